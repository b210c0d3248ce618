"""What a tester would try on `relations`, `check` and `match`: each ends in one clear sentence or in a
documented answer, and nothing half-written is left."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from concord.analysis.standalone import replace_file
from concord.commands.main import main

HEAD = "id,title,summary,topics,beneficiaries,donors,start,end,budget_amount,budget_currency"
ROWS = (
    "A1,Training of border police,Courses on forgeries,border-management,AL,Donor A,2019,2021,100000,EUR",
    "A2,Border police courses,Forged passports,border-management,AL,Donor B,2019,2020,50000,EUR",
)
GOOD = "\n".join((HEAD, *ROWS)) + "\n"
RECORD_HEAD = "id,title,description,donors,implementers,country,sector,start,end,amount,currency"
RECORDS = f"{RECORD_HEAD}\nR1,Training of border police,,Donor A,,Albania,,2019,2021,100000,EUR\n"
ALL = ("relations", "check", "against", "match")


class Desk:
    """A folder, and the commands run on a file in it."""

    def __init__(self, folder: Path, capsys: Any) -> None:
        self.folder, self.capsys, self.out = folder, capsys, folder / "out.csv"
        (folder / "good.csv").write_text(GOOD, "utf-8")
        (folder / "records.csv").write_text(RECORDS, "utf-8")

    def write(self, content: str | bytes) -> Path:
        path = self.folder / "in.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run(self, command: str, path: Path, *, out: Path | None = None) -> tuple[int, str]:
        """The exit code and what was said on stderr."""
        good, file = str(self.folder / "good.csv"), str(path)
        words = {
            "relations": ["relations", file],
            "check": ["check", file, "--against", good],
            "against": ["check", good, "--against", file],
            "match": ["match", file, str(self.folder / "records.csv")],
        }[command]
        code = main([*words, "-o", str(out or self.out)])
        return code, self.capsys.readouterr().err

    @property
    def left(self) -> list[str]:
        """What stands in the folder that nobody asked for."""
        return sorted({path.name for path in self.folder.iterdir()} - {"good.csv", "records.csv", "in.csv"})


@pytest.fixture
def desk(tmp_path: Path, capsys: Any) -> Desk:
    return Desk(tmp_path, capsys)


REFUSED = {
    "empty": ("", 2, "in.csv is empty. Its first row must name the columns"),
    "blank lines": ("\n\n  \n", 2, "is empty"),
    "no column id": ("name,title\nx,y\n", 2, "row 1: there is no column “id”"),
    "no column title": ("id,name\n1,x\n", 2, "row 1: there is no column “title”"),
    "a column twice": ("id,title,title\n1,a,b\n", 2, "row 1: the column “title” stands twice. Keep one."),
    "no id": (GOOD.replace("A2,", ",", 1), 1, "row 3, column id: empty. Give each row an id of its own."),
    "ids twice": (GOOD.replace("A2,", "A1,", 1), 1, "row 3, column id: “A1” stands in row 2 too."),
    "an id as a formula": (GOOD.replace("A1,", "=A1,", 1), 1, "row 2, column id: “=A1” begins as a formula."),
    "an open quotation mark": (
        GOOD.replace("Courses", '"Courses'),
        1,
        "row 2: a quotation mark is never closed, so that all lines from 2 on were read as one cell.",
    ),
    "bytes": (bytes(range(256)) * 20, 2, "this is no CSV text. Open it in a spreadsheet and save it as CSV"),
}


@pytest.mark.parametrize("command", ALL)
@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_one_sentence_and_nothing_is_written(
    desk: Desk, name: str, command: str
) -> None:
    content, code, says = REFUSED[name]

    found, said = desk.run(command, desk.write(content))

    assert (found, says in said) == (code, True), said
    assert "Traceback" not in said
    assert desk.left == []


@pytest.mark.parametrize("command", ["relations", "check", "against"])
def test_a_row_without_a_title_stops_the_work(desk: Desk, command: str) -> None:
    code, said = desk.run(command, desk.write(GOOD.replace("Border police courses", "", 1)))

    assert code == 1
    assert "row 3, column title: empty. Write it, or take the row out." in said
    assert desk.left == []


@pytest.mark.parametrize("command", ALL)
def test_a_workbook_under_any_name_is_told_to_be_saved_as_csv(desk: Desk, command: str) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["id", "title"])
    book.save(desk.folder / "in.csv")

    code, said = desk.run(command, desk.folder / "in.csv")

    assert code == 2
    assert "this is no CSV text. Open it in a spreadsheet and save it as CSV (UTF-8)." in said


@pytest.mark.parametrize("command", ALL)
def test_a_folder_and_a_missing_file_are_named(desk: Desk, command: str) -> None:
    for path in (desk.folder, desk.folder / "missing.csv"):
        code, said = desk.run(command, path, out=desk.folder / "out.csv")
        assert code == 2
        assert said.count("\n") == 1
        assert path.name in said


ANSWERED = {
    "headings alone": (HEAD + "\n", "there is no row below the headings"),
    "semicolons": (GOOD.replace(",", ";"), ""),
    "tabs": (GOOD.replace(",", "\t"), ""),
    "UTF-16": (GOOD.encode("utf-16"), ""),
    "a code page": (
        GOOD.replace("Courses", "Šta će").encode("cp1250"),
        "row 2: not UTF-8; read as Windows-125",
    ),
    "a megabyte of text": (GOOD.replace("Forged passports", "forged passport " * 65_000), ""),
    "a megabyte of title": (GOOD.replace("Border police courses", "border police " * 75_000), ""),
    "200 beneficiaries": (GOOD.replace(",AL,", f",{';'.join(f'B{n}' for n in range(200))},", 1), ""),
    "more cells than columns": (
        GOOD.rstrip("\n") + ",more\n",
        "row 3, end of row: 11 cells under 10 columns",
    ),
    "a date of nonsense": (
        GOOD.replace("2019,2021", "soon,31.02.2020"),
        "row 2, start: “soon” is not a date.",
    ),
    "dates the wrong way round": (GOOD.replace("2019,2021", "2021,2019"), "before the start (2021)"),
    "the same title 200 times": (
        "id,title\n" + "".join(f"S{n},The same title every time\n" for n in range(200)),
        "",
    ),
}


@pytest.mark.parametrize("command", ALL)
@pytest.mark.parametrize("name", ANSWERED)
def test_what_can_be_read_is_answered_with_a_word_on_what_was_left_out(
    desk: Desk, name: str, command: str
) -> None:
    content, says = ANSWERED[name]

    code, said = desk.run(command, desk.write(content))

    assert code == 0, said
    assert says in said
    assert desk.left == ["out.csv"]


@pytest.mark.parametrize("command", ["relations", "check", "against"])
@pytest.mark.parametrize(
    ("amount", "says"),
    [
        ("-100000,EUR", "row 2, budget_amount: “-100000” is negative."),
        ("lots,EUR", "row 2, budget_amount: “lots” is not a number."),
        ("NaN,EUR", "row 2, budget_amount: “NaN” is not a number."),
        (f"{'9' * 30},EUR", "is more than an amount can be. Taken as not reported."),
        ("100000,XXQ", "row 2, budget_currency: “XXQ” is no ISO 4217 currency."),
        ("100000,", "row 2, budget_currency: an amount needs its currency."),
    ],
)
def test_money_that_cannot_be_read_is_not_reported(desk: Desk, command: str, amount: str, says: str) -> None:
    code, said = desk.run(command, desk.write(GOOD.replace("100000,EUR", amount)))

    assert code == 0
    assert says in said


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        ("-100000,EUR", "row 2, amount: “-100000” is negative."),
        ("lots,EUR", "row 2, amount: “lots” is not a number."),
        ("100000,XXQ", "row 2, currency: “XXQ” is no ISO 4217 currency. Write EUR, USD, … The amount is not"),
        ("100000,", "row 2, currency: an amount needs its currency"),
    ],
)
def test_money_of_records_that_cannot_be_read_is_not_compared(desk: Desk, amount: str, says: str) -> None:
    code, said = desk.run("match", desk.write(RECORDS.replace("100000,EUR", amount)))

    assert code == 0
    assert says in said


def test_a_quotation_mark_inside_a_cell_is_no_fault(desk: Desk) -> None:
    """5" pipes: an odd number of marks in the file, and nothing swallowed."""
    code, said = desk.run("relations", desk.write(GOOD.replace("Forged passports", 'Pipes of 5" width')))

    assert (code, said) == (0, "")


def test_a_cell_of_several_lines_at_the_end_is_no_fault(desk: Desk) -> None:
    text = f'{HEAD}\n{ROWS[0]}\nA2,"Border police\ncourses","Forged\npassports",,,,,,,\n'

    code, said = desk.run("relations", desk.write(text))

    assert (code, said) == (0, "")


# --- where it is written ---------------------------------------------------------------------------


@pytest.mark.parametrize("command", ALL)
def test_a_file_that_is_there_is_replaced_once_the_new_one_is_whole(desk: Desk, command: str) -> None:
    desk.out.write_text("old")
    assert desk.run(command, desk.folder / "missing.csv")[0] == 2
    assert desk.out.read_text() == "old"

    assert desk.run(command, desk.write(GOOD))[0] == 0
    assert "score" in desk.out.read_text("utf-8").splitlines()[0]


@pytest.mark.parametrize("command", ALL)
@pytest.mark.parametrize(
    ("out", "says"),
    [
        ("nowhere/out.csv", "there is no folder"),
        (".", "is a folder. Name the file to write."),
        ("in.csv", "is the file to be read. Choose another name for the output."),
        ("out.xlsx", "Name it .csv."),
    ],
)
def test_a_place_that_cannot_be_written_is_told_before_the_work(
    desk: Desk, command: str, out: str, says: str
) -> None:
    code, said = desk.run(command, desk.write(GOOD), out=desk.folder / out)

    assert code == 2
    assert says in said
    assert (desk.folder / "in.csv").read_text("utf-8") == GOOD
    assert desk.left == []


def test_a_write_protected_file_stays(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.out.write_text("old")
    monkeypatch.setattr(os, "access", lambda path, mode: path != desk.out)  # the tests may run as root

    code, said = desk.run("relations", desk.write(GOOD))

    assert code == 2
    assert "out.csv is write-protected." in said
    assert desk.out.read_text() == "old"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("command", ["relations", "match"])
def test_a_full_disk_is_one_sentence_and_a_device_stays_a_device(desk: Desk, command: str) -> None:
    code, said = desk.run(command, desk.write(GOOD), out=Path("/dev/full"))

    assert code == 2
    assert "/dev/full: it cannot be written: No space left on device." in said
    assert stat.S_ISCHR(Path("/dev/full").stat().st_mode)


def test_a_fault_while_writing_leaves_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.out.write_text("old")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    code, said = desk.run("relations", desk.write(GOOD))

    assert (code, desk.out.read_text(), desk.left) == (2, "old", ["out.csv"])
    assert "it cannot be written: No space left on device." in said


def test_a_link_to_a_file_stays_a_link(desk: Desk) -> None:
    target = desk.folder / "target.csv"
    target.write_text("old")
    desk.out.symlink_to(target)

    assert desk.run("relations", desk.write(GOOD))[0] == 0
    assert desk.out.is_symlink()
    assert target.read_text("utf-8").startswith("id_a,")


def test_what_is_written_to_a_pipe_comes_out_of_it():
    read, write = os.pipe()

    replace_file(Path(f"/dev/fd/{write}"), lambda stream: stream.write("id_a,id_b"))
    os.close(write)

    assert os.read(read, 100) == b"id_a,id_b"
    os.close(read)


def test_rows_for_stdout_go_after_what_a_file_holds_and_nothing_else_goes_there(tmp_path):
    (tmp_path / "in.csv").write_text(GOOD)
    (tmp_path / "all.csv").write_text("old\n")
    words = ["relations", str(tmp_path / "in.csv"), "-o", "/dev/stdout"]
    with open(tmp_path / "all.csv", "a") as out:
        done = subprocess.run(
            [sys.executable, "-m", "concord.commands.main", *words],
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
        )

    assert done.returncode == 0
    assert "Written to /dev/stdout." in done.stderr
    first, second, *rest = (tmp_path / "all.csv").read_text().splitlines()
    assert (first, second) == ("old", "id_a,id_b,kind,score,evidence")
    assert all(line.count(",") >= 4 for line in rest)


def test_a_quotation_mark_that_is_never_closed_is_told_in_utf16_too(desk: Desk) -> None:
    text = 'id,title\na,"Border police\nb,Customs\nc,Judges\n'

    code, said = desk.run("relations", desk.write(text.encode("utf-16")))

    assert code == 1
    assert "a quotation mark is never closed" in said


def test_an_idea_that_is_no_text_is_refused(desk: Desk, capsys: Any) -> None:
    path = str(desk.write(GOOD))

    assert main(["check", "--title", "Caf\udcff police", "--against", path]) == 2
    assert "--title: this is no text in UTF-8." in capsys.readouterr().err


def test_a_file_that_is_replaced_stays_as_closed_as_it_was(tmp_path):
    out = tmp_path / "out.csv"
    out.touch(mode=0o600)

    replace_file(out, lambda stream: stream.write("id_a,id_b"))

    assert (out.stat().st_mode & 0o777, out.read_text("utf-8")) == (0o600, "id_a,id_b")
