"""The commands on the loaded demonstration, as an operator types them: files, exit codes, and what stays."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path

import pytest

from concord.commands.demo import files
from tests.commands.installation import EMBEDDED, Installation

pytestmark = [pytest.mark.slow, EMBEDDED]

IMPORT = ["import", str(files.ACTIONS), "--framework", "iisg"]
PLAN, SUCCESSOR = "wbcsci-2018-2020", "wbcsci-2021-2023"
EXPORT = ["export", "--plan", PLAN, "--format", "json", "-o", "-"]

MERGE_AND_UNDO = """
from concord.accounts.queries import person_by_email
from concord.analysis.queries import findings_of
from concord.analysis.services import merge_pair, undo_assessment
from concord.kernel import clock
from concord.plan.queries import plan_named
officer = person_by_email("secretariat@demonstration.example")
plan = plan_named("wbcsci-2018-2020")
found = findings_of(plan, actor=officer).filter(kind="duplicate", is_live=True)
finding = found.select_related("action_a", "action_b").order_by("-score", "key_a", "key_b")[0]
answer = merge_pair(
    finding, target=finding.action_a, take={"title", "start", "end", "funding", "participations"},
    reason="The same project.", expected_version=finding.version, by=officer, at=clock.now(),
    read={each.key: each.version for each in (finding.action_a, finding.action_b)},
)
print(json.dumps({"assessment": answer.pk, "merged": finding.key_b}))
"""

UNDO = """
from concord.accounts.queries import person_by_email
from concord.analysis.models import Assessment
from concord.analysis.services import undo_assessment
from concord.kernel import clock
officer = person_by_email("secretariat@demonstration.example")
undo_assessment(Assessment.objects.get(pk=%d), by=officer, at=clock.now())
print(json.dumps(True))
"""

ANSWER = """
from concord.accounts.queries import person_by_email
from concord.analysis.queries import queue
from concord.analysis.services import assess
from concord.kernel import clock
from concord.plan.queries import plan_named
officer, now = person_by_email("secretariat@demonstration.example"), clock.now()
finding = queue(plan_named("wbcsci-2021-2023"), actor=officer, on=now.date(), tab="coordinate")[0]
assess(finding, answer="kept", reason="Two regions.", expected_version=finding.version, by=officer, at=now)
print(json.dumps([finding.key_a, finding.key_b]))
"""


def exported(installation: Installation, name: str, *words: str) -> bytes:
    """The bytes of a JSON export."""
    path = installation.folder / name
    done = installation.run("export", "--plan", PLAN, "--format", "json", "-o", path, *words)
    assert done.returncode == 0, done.stderr
    return path.read_bytes()


def test_the_plans_are_listed_with_period_state_and_counts(demonstration: Installation):
    rows = {row["ref"]: row for row in demonstration.json("plan", "list")}

    assert set(rows) == {"wbcti-2018-2020", PLAN, "wbbsi-2018-2020", SUCCESSOR}
    assert [rows[PLAN][name] for name in ("starts", "ends", "state", "version")] == [
        2018,
        2020,
        "version 1 in force",
        1,
    ]
    assert (rows[SUCCESSOR]["state"], rows[SUCCESSOR]["version"]) == ("draft", None)
    assert all(row["actions"] and row["needs"] for row in rows.values())


def test_a_second_demo_loads_nothing_and_keeps_everything(own: Installation):
    before = own.database.read_bytes(), (own.folder / "demo-accounts.txt").read_bytes()
    heads = own.json("audit", "verify")

    done = own.run("demo", "--no-serve")

    assert done.returncode == 0
    assert "The demonstration is loaded" in done.stdout
    assert own.json("audit", "verify") == heads
    assert (own.folder / "demo-accounts.txt").read_bytes() == before[1]
    assert (own.folder / "demo-accounts.txt").stat().st_mode & 0o777 == 0o600


def test_the_same_files_again_change_nothing(own: Installation):
    before = exported(own, "before.json")

    actions = own.json("import", files.ACTIONS, "--framework", "iisg", "--org-column", "reported_by")
    needs = own.json("import", files.NEEDS, "--framework", "iisg", "--org", "Demonstration secretariat")

    for told, rows in ((actions, 315), (needs, 93)):
        counts = [told[name] for name in ("rows", "same", "new", "changed", "conflict", "skipped")]
        assert counts == [rows, rows, 0, 0, 0, 0]
    assert exported(own, "after.json") == before


def test_merge_and_undo_leave_the_export_byte_for_byte(own: Installation):
    before = exported(own, "before.json")

    done = own.inside(MERGE_AND_UNDO)
    merged = exported(own, "merged.json")
    own.inside(UNDO % done["assessment"])

    assert done["merged"] not in {action["key"] for action in json.loads(merged)["actions"]}
    assert merged != before
    assert exported(own, "after.json") == before


def test_an_answered_finding_is_not_asked_again(own: Installation):
    pair = own.inside(ANSWER)

    own.json("import", files.ACTIONS, "--framework", "iisg", "--org-column", "reported_by")
    told = own.json("analyse", "--plan", SUCCESSOR)

    states = {(row["id_a"], row["id_b"]): row["state"] for row in told["findings"]}
    assert states[tuple(pair)] == "kept"
    assert told["counts"]["new"] == 0


def test_one_changed_byte_in_the_record_is_found_and_named(own: Installation):
    with sqlite3.connect(own.database) as database:
        count = database.execute("SELECT count(*) FROM audit_event").fetchone()[0]
        row = count // 2
        facts = database.execute("SELECT facts FROM audit_event WHERE sequence = ?", [row]).fetchone()[0]
        changed = facts.replace('"', "'", 1) if '"' in facts else facts + " "
        database.execute("UPDATE audit_event SET facts = ? WHERE sequence = ?", [changed, row])

    done = own.run("audit", "verify")

    assert done.returncode == 1
    assert f"Row {row} is not as it was written." in done.stdout


def test_a_published_version_is_exported_as_it_was_made(demonstration: Installation, tmp_path: Path):
    path = tmp_path / "v1.json"

    done = demonstration.run("export", "--plan", PLAN, "--version", "1", "--format", "json", "-o", path)

    assert done.returncode == 0, done.stderr
    [version] = demonstration.json("version", "list", "--plan", PLAN)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == version["edition"]["sha256"]
    assert json.loads(path.read_bytes())["version"]["decision"]["rehearsal"] is True


@pytest.mark.parametrize("name", ["docx", "xlsx"])
def test_papers_are_written_whole(demonstration: Installation, tmp_path: Path, name: str):
    path = tmp_path / f"plan.{name}"

    done = demonstration.run("export", "--plan", SUCCESSOR, "--format", name, "-o", path)

    assert done.returncode == 0, done.stderr
    assert path.read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([*EXPORT, "--version", "d1"], "no published version"),
        ([*EXPORT, "--version", "9"], "no version 9"),
        (["export", "--plan", "none-1999", "--format", "json", "-o", "-"], "none-1999"),
        (["publish", "--plan", SUCCESSOR], "nobody has asked for a publication"),
        (["version", "show", "d9", "--plan", PLAN], "d9"),
        (["analyse", "--plan", "none-1999"], "none-1999"),
        ([*IMPORT, "--org", "Demonstration secretariet"], "Demonstration secretariat"),
        ([*IMPORT, "--org-column", "nobody"], "nobody"),
    ],
    ids=lambda value: " ".join(value[:4]) if isinstance(value, list) else "",
)  # fmt: skip
def test_wrong_use_exits_2_with_one_sentence(demonstration: Installation, words: list[str], said: str):
    done = demonstration.run(*words)

    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_versions_are_shown_compared_and_verified(own: Installation):
    assert own.json("version", "verify", "--plan", PLAN)["ok"] is True
    own.json("version", "freeze", "--plan", PLAN, "--label", "for June")

    refs = [row["ref"] for row in own.json("version", "list", "--plan", PLAN)]
    shown = own.json("version", "show", "1", "--plan", PLAN)
    same = own.run("version", "diff", "d1", "d2", "--plan", PLAN)

    assert refs == ["1", "d2"]
    assert shown["standing"] == "published"
    assert (same.returncode, "No action and no need differs" in same.stdout) == (0, True)


def test_a_changed_edition_is_found(own: Installation):
    with sqlite3.connect(own.database) as database:
        edition, document, ref = database.execute(
            "SELECT e.id, e.document, p.ref FROM publication_edition e JOIN plan_plan p ON p.id = e.plan_id"
        ).fetchone()
        changed = bytes(document).replace(b"2018", b"2017", 1)
        database.execute("UPDATE publication_edition SET document = ? WHERE id = ?", [changed, edition])

    done = own.run("version", "verify", "--plan", ref)

    assert done.returncode == 1
    assert f"edition 1 of {ref}: Its bytes were changed" in done.stdout
