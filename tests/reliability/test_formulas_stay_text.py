"""S13: text that looks like a formula comes out of every export as text; numbers stay numbers."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from docx import Document
from lxml import etree

from concord.kernel.texts import LIVE, unmarked
from concord.plan.models import Action
from concord.publication.drafts import draft_file
from concord.publication.exports import FORMATS
from concord.publication.queries import edition_of, file_of
from tests.cast import Cast
from tests.reliability.loaded import PLAN, Loaded, real_actions, stage

PAYLOADS = (
    "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(1;2)", "\t=1+1", "=HYPERLINK(\"http://evil.example\";\"x\")",
    "=1+1\r\n=2+2", "  =1+1", "＝1+1", "'=1+1",
)  # fmt: skip
TODAY = datetime(2026, 6, 1, 12, tzinfo=UTC).date()
FIELDS = ("title", "summary", "reported_by", "donors", "implementers", "source_url", "notes")

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def with_payloads() -> list[dict[str, str]]:
    """One row per payload, which stands in every field of text that a file can bring."""
    row = next(row for row in real_actions() if row["id"] == "WB-045")
    return [
        row | dict.fromkeys(FIELDS, payload) | {"id": f"P{number}", "title": f"{payload} {number}"}
        for number, payload in enumerate(PAYLOADS)
    ]


@pytest.fixture
def world(cast: Cast) -> Loaded:
    """A plan of which every action is a payload."""
    made = stage(cast)
    receipt = made.bring_in(with_payloads(), "payloads.csv")
    assert receipt.preview.counts.skipped == 0
    return made


@pytest.fixture
def exports(world: Loaded) -> dict[str, list[bytes]]:
    """Draft and edition in every format."""
    world.published(world.endorsed(world.frozen(), "Rehearsal 1"))
    return {
        name: [
            draft_file(world.plan, name, actor=world.cast.officer, today=TODAY),
            file_of(edition_of(PLAN, 1), name)[0],
        ]
        for name in FORMATS
    }


def test_every_format_is_looked_at(exports: dict[str, Any]):
    assert set(exports) == {"docx", "xlsx", "csv", "json", "iati"}


def test_no_cell_of_a_workbook_is_a_formula_or_a_live_link(exports: dict[str, list[bytes]]):
    for content in exports["xlsx"]:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            for name in parts.namelist():
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    assert b"<f>" not in parts.read(name), name
        book = openpyxl.load_workbook(io.BytesIO(content))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
        texts = "\n".join(str(cell.value) for cell in cells)
        assert "17915000" in texts, "amounts are numbers"
        amounts = [cell for cell in cells if cell.value == 17915000]
        assert amounts
        assert all(cell.data_type == "n" for cell in amounts)
        assert all(unmarked(payload.strip()).splitlines()[0] in texts for payload in PAYLOADS)


def test_no_part_of_a_paper_is_a_field(exports: dict[str, list[bytes]]):
    for content in exports["docx"]:
        paper = Document(io.BytesIO(content))
        text = "\n".join(cell.text for table in paper.tables for row in table.rows for cell in row.cells)
        assert "=cmd|' /C calc'!A0" in text
        body = paper.element.body.xml
        assert "w:instrText" not in body
        assert "w:hyperlink" not in body or "evil.example" not in json.dumps(
            [part.target_ref for part in paper.part.rels.values() if part.is_external]
        )


def test_no_cell_of_a_table_begins_as_a_formula_does(exports: dict[str, list[bytes]]):
    for content in exports["csv"]:
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        cells = [cell for row in rows for cell in row]
        assert [cell for cell in cells if cell.startswith(LIVE)] == []
        assert "17915000" in cells, "amounts are digits alone"
        assert any("=cmd|' /C calc'!A0" in cell for cell in cells)


def test_iati_holds_the_text_as_it_is_stored(exports: dict[str, list[bytes]]):
    for content in exports["iati"]:
        titles = {title.text for title in etree.fromstring(content).iterfind("iati-activity/title/narrative")}
        assert titles == {action.title.replace("\r\n", "\n") for action in Action.objects.all()}


def test_json_holds_the_text_as_it_is_stored(exports: dict[str, list[bytes]]):
    for content in exports["json"]:
        actions = {action["key"]: action for action in json.loads(content)["actions"]}
        for action in Action.objects.all():
            assert actions[action.key]["title"] == action.title
            assert actions[action.key]["funding"][0]["amount"] == "17915000.00"
