"""Donors' own files, read by us and once more by other means: rows and sums agree, nothing is silent.

The files are public releases of others and never copied here; without ../shared/data the tests are skipped.
"""

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from concord.intake.checks import check_rows, names_asked
from concord.intake.context import Context
from concord.intake.formats.reading import read_file
from concord.intake.mapping import map_sheets
from concord.kernel.codelists import NAMING_TABLE

SHARED = Path(__file__).parents[3] / "shared" / "data"
FILES = SHARED / "partner-files"
pytestmark = pytest.mark.skipif(not FILES.exists(), reason="skipped: no ../shared/data")


def ours(path: Path, org_column: str = ""):
    """The mapping, the checked rows, and the sum of amounts by currency."""
    mapping = map_sheets(read_file(path).sheets, org_column=org_column)
    donors, others = names_asked(mapping.sheets)
    context = Context(
        served={line.code: line.name for line in NAMING_TABLE},
        donors=dict.fromkeys(donors, ("KEY", "")),
        organisations=dict.fromkeys(others, "KEY"),
        pillars=["WBCTi", "WBCSCi", "WBBSi"],
        reporter="" if org_column else "KEY",
    )
    rows = check_rows(mapping.sheets, context)
    sums: Counter[str] = Counter()
    for row in rows:
        for line in row.fields.get("funding", []):
            if line["amount"] is not None:
                sums[line["currency"]] += Decimal(line["amount"])
    return mapping, rows, sums


def theirs(path: Path, amount: int, currency: int):
    """The same by openpyxl alone: filled rows below the first, and sums by the currency's own text."""
    sheet = openpyxl.load_workbook(path, data_only=True).worksheets[0]
    rows = [
        row for row in sheet.iter_rows(min_row=2, values_only=True) if any(c not in (None, "") for c in row)
    ]
    sums: Counter[str] = Counter()
    for row in rows:
        if row[amount] not in (None, ""):
            sums[row[currency]] += Decimal(str(row[amount]))
    return rows, sums


def told(mapping, rows):
    return [*mapping.problems, *(problem for row in rows for problem in row.problems)]


def test_two_languages_side_by_side():
    mapping, rows, sums = ours(FILES / "lithuania-2009.xlsx")
    independent, other_sums = theirs(FILES / "lithuania-2009.xlsx", 12, 13)

    (sheet,) = mapping.sheets
    assert len(rows) == len(independent)
    assert dict(sums) == {"LTL": other_sums["Lt"]}
    assert [row.fields["title"].split() for row in rows] == [
        str(row[6] or "").replace("_x000D_", " ").split() for row in independent
    ]
    said_of = {problem.column for problem in mapping.problems}
    silent = [c.heading for c in sheet.columns if not c.field and not c.left and c.heading not in said_of]
    assert silent == [], "every column is read, understood or asked about"


def test_ninety_columns():
    path = FILES / "liechtenstein-export.xlsx"
    mapping, rows, sums = ours(path)
    independent, other_sums = theirs(path, 28, 29)

    (sheet,) = mapping.sheets
    assert (len(rows), len(sheet.columns)) == (len(independent), 90)
    swiss = ("FS--Switz", "CHF")
    assert dict(sums) == {"CHF": sum(other_sums[text] for text in swiss)}
    other = {text for text in other_sums if text not in swiss}
    assert {p.value for p in told(mapping, rows) if p.rule == "unknown-currency"} == other
    filled = {i for row in independent for i, cell in enumerate(row) if cell not in (None, "")}
    said_of = {problem.column for problem in mapping.problems}
    silent = [
        c.heading for c in sheet.columns if c.index in filled and not c.field and c.shown not in said_of
    ]
    assert silent == [], "every column with a cell is read or asked about"


def test_the_master_list_raises_no_false_alarm():
    path = SHARED / "western-balkans-actions.csv"
    mapping, rows, sums = ours(path, "reported_by")
    with path.open(encoding="utf-8", newline="") as file:
        independent = list(csv.DictReader(file))

    other_sums: Counter[str] = Counter()
    for row in independent:
        if row["budget_amount"]:
            other_sums[row["budget_currency"]] += Decimal(row["budget_amount"])
    assert (len(rows), sums) == (len(independent), other_sums)
    assert {problem.rule for problem in told(mapping, rows)} <= {"place-not-served"}


def test_the_list_of_needs_raises_no_false_alarm():
    mapping, rows, _ = ours(SHARED / "western-balkans-needs.csv")

    assert [sheet.holds for sheet in mapping.sheets] == ["needs"]
    assert {problem.rule for problem in told(mapping, rows)} <= {"place-not-served"}
    with (SHARED / "western-balkans-needs.csv").open(encoding="utf-8", newline="") as file:
        assert len(rows) == len(list(csv.DictReader(file)))
