"""Readers give back what was written, and nothing but our own errors leaves them (R7 and S12 in small).

The long form of the second runs `tests.intake.fuzzing` for minutes (`make assurance`).
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from concord.intake.formats.csv.reader import FORMAT as CSV
from concord.intake.formats.docx.reader import FORMAT as DOCX
from concord.intake.formats.ods.reader import FORMAT as ODS
from concord.intake.formats.parts import Format, collect
from concord.intake.formats.xlsx.reader import FORMAT as XLSX
from tests.intake import fuzzing
from tests.intake.samples import ods, ods_cell, ods_row, ods_table, word, word_row, word_table

FUZZ_SECONDS = int(os.environ.get("CONCORD_FUZZ_SECONDS", "60"))

# What people write: letters of all scripts, marks that combine or turn the direction, signs that formats
# give a meaning. Left out: controls, which are not kept and told, and blanks at the ends, which are not kept.
LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs", "Cn", "Co"))
SIGNS = st.sampled_from(list(" =+-@;,|\"'<>&]\\/%_x0041_"))
TEXTS = (
    st.text(st.one_of(LETTERS, SIGNS), max_size=12).map(str.strip).filter(lambda text: "\ufffe" not in text)
)
TABLES = st.lists(st.lists(TEXTS, min_size=2, max_size=5), min_size=1, max_size=6)
SOME = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def read(form: Format, path: Path) -> list[tuple[int, tuple[str, ...]]]:
    return [(row.number, row.cells) for row in collect(form.read(path)).sheets[0].rows]


def filled(table: list[list[str]]) -> list[tuple[int, tuple[str, ...]]]:
    """What a reader yields of a table: no empty cells at the end, no empty rows."""
    rows = [(number, tuple(row[: max((i for i, cell in enumerate(row, 1) if cell), default=0)]))
            for number, row in enumerate(table, start=1)]  # fmt: skip
    return [(number, row) for number, row in rows if row]


@pytest.fixture(scope="module")
def path():
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder) / "input"


@SOME
@given(
    table=TABLES,
    delimiter=st.sampled_from(";,\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_csv_gives_back_what_was_written(path, table, delimiter, encoding):
    with path.open("w", encoding=encoding, newline="") as file:
        file.write(f"sep={delimiter}\n")
        csv.writer(file, delimiter=delimiter).writerows(table)

    assert read(CSV, path) == filled(table)


@SOME
@given(table=TABLES)
def test_xlsx_gives_back_what_was_written(path, table):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("A")
        for number, row in enumerate(table):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text)

    assert read(XLSX, path) == filled(table)


@SOME
@given(table=TABLES)
def test_ods_gives_back_what_was_written(path, table):
    ods(path, ods_table(*(ods_row(*(ods_cell(escape(text)) for text in row)) for row in table)))

    assert read(ODS, path) == filled(table)


@SOME
@given(table=TABLES.filter(filled))
def test_docx_gives_back_what_was_written(path, table):
    rows = [["heading", *["x"] * 4], *table]
    word(path, word_table(*(word_row(*(escape(text) for text in row)) for row in rows)))

    assert read(DOCX, path)[1:] == [(number + 1, row) for number, row in filled(table)]


@SOME
@given(
    numbers=st.lists(st.integers(-(10**12), 10**12), min_size=1, max_size=4),
    amounts=st.lists(st.decimals(0, 10**9, places=2, allow_nan=False), min_size=1, max_size=4),
    days=st.lists(st.dates(date(1901, 1, 1), date(2199, 12, 31)), min_size=1, max_size=4),
)
def test_numbers_and_days_come_out_as_they_went_in(path, numbers, amounts, days):
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("A")
        shown = book.add_format({"num_format": "dd.mm.yyyy"})
        for row, values in enumerate((numbers, amounts, days)):
            for column, value in enumerate(values):
                sheet.write(row, column, value, shown if row == 2 else None)

    rows = [row for _, row in read(XLSX, path)]

    assert [int(cell) for cell in rows[0]] == numbers
    assert [round(float(cell), 2) for cell in rows[1]] == [float(amount) for amount in amounts]
    assert rows[2] == tuple(day.isoformat() for day in days)


@pytest.mark.parametrize("first_seed", range(0, 160, 40))
def test_only_our_own_errors_leave_a_reader(tmp_path, first_seed):
    outcomes = {
        fuzzing.outcome(fuzzing.damaged(seed)[1], tmp_path) for seed in range(first_seed, first_seed + 40)
    }

    assert "read" in outcomes
    assert len(outcomes) > 1


@pytest.mark.assurance
def test_only_our_own_errors_leave_a_reader_for_minutes():
    first_seed = int.from_bytes(os.urandom(4))
    command = [sys.executable, "-m", "tests.intake.fuzzing", str(first_seed), str(FUZZ_SECONDS)]

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=FUZZ_SECONDS * 3 + 60)

    said = [json.loads(line) for line in done.stdout.splitlines()]
    assert [one for one in said if "error" in one] == []
    assert done.returncode == 0, f"ended while reading {said[-1]}"
    assert said[-1]["tried"] > 0
