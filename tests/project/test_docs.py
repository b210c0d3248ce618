"""The documents say where things are, and those things are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "concord").rglob("README.md")]
ADRS = sorted((ROOT / "docs" / "adr").glob("*.md"))
ADR_PARTS = ["Status", "Context", "Options", "Decision", "Consequences", "Superseded by"]
ROOMS = [
    "kernel",
    "engine",
    "audit",
    "accounts",
    "work",
    "plan",
    "intake",
    "analysis",
    "governance",
    "publication",
    "monitoring",
    "web",
    "commands",
]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_to_one(page: Path):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text)]
    missing = [
        target
        for target in targets
        if target
        and not target.startswith(("http:", "https:", "mailto:"))
        and not (page.parent / target).exists()
    ]
    assert missing == []


@pytest.mark.parametrize("adr", ADRS, ids=lambda adr: adr.stem)
def test_an_adr_carries_its_number_and_every_part(adr: Path):
    text = adr.read_text(encoding="utf-8")
    assert text.startswith(f"# {adr.stem[:4]}. ")
    assert re.findall(r"^## (.+)$", text, flags=re.MULTILINE) == ADR_PARTS
    options = text.split("## Options")[1].split("## Decision")[0]
    assert len(re.findall(r"^\d\. ", options, flags=re.MULTILINE)) >= 2


def test_adr_numbers_have_no_gap():
    assert [int(adr.stem[:4]) for adr in ADRS] == list(range(1, len(ADRS) + 1))


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_has_a_readme_of_one_screen(room: str):
    lines = (ROOT / "concord" / room / "README.md").read_text(encoding="utf-8").splitlines()
    assert 3 < len(lines) <= 60
