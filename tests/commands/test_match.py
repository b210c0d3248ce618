"""`concord match`: two files in, one out, and every fault named with file, row, field and remedy."""

import csv
import json
import subprocess
import sys

import pytest

from concord.commands.main import main

HEAD = "id,title,description,donors,implementers,country,sector,start,end,amount,currency\n"
LEFT = HEAD + (
    "L1,Rural wells in Kasamba phase II,,Embassy of Sweden,,DR Congo,Water supply,2011-03,2014,2000000,USD\n"
    "L2,Appui au recensement national,,UNFPA,,Senegal,Statistics,2012,2013,,\n"
    "L3,Festival of short films,,Italy,,Peru,,,,,\n"
)
RIGHT = HEAD + (
    "R1,Kasamba rural wells 2,Wells are repaired,Sida; Sweden,UNICEF,"
    '"Congo, The Democratic Republic Of The",Drinking water,2011-03-01,2014-12-31,2010000,USD\n'
    "R2,Support to the national census,Census,United Nations Population Fund,,Senegal,Statistics,2012-02,,,\n"
    "R3,Bridges of the north,,Germany,,Kenya,Roads,2004,,,\n"
)


@pytest.fixture
def files(tmp_path):
    """Writes two files of the given texts and gives (left, right, out)."""

    def write(left=LEFT, right=RIGHT, encoding="utf-8"):
        for name, text in (("left.csv", left), ("right.csv", right)):
            (tmp_path / name).write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return tmp_path / "left.csv", tmp_path / "right.csv", tmp_path / "out.csv"

    return write


def match(paths, *more):
    left, right, out = map(str, paths)
    return main(["match", left, right, "-o", out, *more])


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_the_documented_columns_are_written_best_first(files, capsys):
    paths = files()

    assert match(paths) == 0

    rows = rows_of(paths[2])
    assert list(rows[0]) == ["left_id", "right_id", "score"]
    assert {(row["left_id"], row["right_id"]) for row in rows[:2]} == {("L1", "R1"), ("L2", "R2")}
    assert [float(row["score"]) for row in rows] == sorted(
        (float(row["score"]) for row in rows), reverse=True
    )
    assert "3 records against 3" in capsys.readouterr().out


def test_explain_adds_evidence_and_terms_that_add_up(files, capsys):
    paths = files()

    assert match(paths, "--explain") == 0

    for row in rows_of(paths[2]):
        terms = json.loads(row["terms"])
        assert sum(term["weight"] for term in terms) == pytest.approx(float(row["score"]), abs=1e-4)
    assert "L1 – R1" in capsys.readouterr().out


def test_json_prints_figures_and_what_the_scores_are_held_against(files, capsys):
    assert match(files(), "--json", "--explain") == 0

    figures = json.loads(capsys.readouterr().out)
    assert (figures["left"], figures["right"], figures["written"]) == (3, 3, True)
    assert (figures["to_be_looked_at_from"], figures["matched_from"]) == (0.5, 0.8)
    assert figures["best"][0]["evidence"]


def test_id_and_title_are_enough_and_unknown_columns_are_warned_of(files, capsys):
    paths = files("id,title,colour\n1,Rural wells of Kasamba,red\n", "id,title\n1,Kasamba rural wells\n")

    assert match(paths) == 0

    assert len(rows_of(paths[2])) == 1
    assert "left.csv, row 1: unknown columns, ignored: colour" in capsys.readouterr().err


@pytest.mark.parametrize("sides", [("id,title\n", RIGHT), (LEFT, "id,title\n"), ("id,title\n", "id,title\n")])
def test_a_side_without_records_gives_headings_alone(files, sides):
    paths = files(*sides)

    assert match(paths) == 0
    assert paths[2].read_text() == "left_id,right_id,score\n"


def test_a_row_without_title_is_compared_and_warned_of_once(files, capsys):
    left = (
        HEAD
        + "L1,,Wells are repaired in Kasamba,Sida,,DR Congo,,2011-03,,2000000,USD\n"
        + "L2,,,,,,,,,,\nL3,,,,,,,,,,\n"
    )
    paths = files(left)

    assert match(paths) == 0

    said = capsys.readouterr().err
    assert "row 2, title: empty" in said
    assert "The same in 2 more rows." in said
    assert {row["left_id"] for row in rows_of(paths[2])} == {"L1"}


@pytest.mark.parametrize(
    ("cells", "column", "said"),
    [
        ("31.02.2019,,,", "start", "no such date"),
        ("2020,2019,,", "end", "lies before the start"),
        ("3/4/2019,,,", "start", "only its year is taken"),
        ("3/4/0019,,,", "start", "Taken as not reported"),
        (",,-5,EUR", "amount", "negative"),
        (",,much,EUR", "amount", "Taken as not reported"),
        (",,5,", "currency", "needs its currency"),
    ],
)
def test_a_cell_that_cannot_be_read_is_warned_of_and_not_reported(files, capsys, cells, column, said):
    paths = files(f"id,title,start,end,amount,currency\n1,Kasamba rural wells,{cells}\n")

    assert match(paths) == 0

    line = capsys.readouterr().err
    assert f"left.csv, row 2, {column}: " in line
    assert said in line


def test_a_double_id_names_both_rows_and_writes_nothing(files, capsys):
    paths = files(right="id,title\n1,Wells\n1,Roads\n,Bridges\n")

    assert match(paths) == 1

    said = capsys.readouterr().err
    assert "right.csv, row 3, column id: “1” stands in row 2 too" in said
    assert "right.csv, row 4, column id: empty" in said
    assert not paths[2].exists()


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04workbook", "save it as CSV"),
        (b"id,title\n1,\x00\n", "save it as CSV"),
        (b"name,title\n1,Wells\n", "no column “id”"),
        (b"id,name\n1,Wells\n", "no column “title”"),
        (b"id,title,title\n1,a,b\n", "stands twice"),
    ],
)
def test_a_file_that_is_no_table_of_records_ends_with_two_and_a_remedy(files, capsys, content, remedy):
    paths = files(right=content)

    assert match(paths) == 2

    said = capsys.readouterr().err
    assert "right.csv" in said
    assert remedy in said
    assert not paths[2].exists()


def test_the_inputs_are_never_overwritten(files):
    left, right, _ = files()

    assert match((left, right, right)) == 2
    assert right.read_text("utf-8") == RIGHT


def test_a_file_that_is_not_there_ends_with_two(files, capsys):
    left, _, out = files()

    assert match((left, out.parent / "missing.csv", out)) == 2
    assert "missing.csv" in capsys.readouterr().err


def test_another_encoding_is_read_as_western_and_warned_of(files, capsys):
    left = "id,title,country\n1,Réhabilitation du marché,Sénégal\n"
    paths = files(left, encoding="cp1252")

    assert match(paths) == 0
    assert "row 2: not UTF-8; read as Windows-1252" in capsys.readouterr().err


def test_semicolons_between_columns_and_byte_order_marks_are_understood(files):
    paths = files(
        "id;title;donors\n1;Rural wells of Kasamba;Sida\n", "id;title\n1;Kasamba rural wells\n", "utf-8-sig"
    )

    assert match(paths) == 0
    assert len(rows_of(paths[2])) == 1


def test_the_command_imports_neither_django_nor_what_only_training_needs():
    code = (
        "import sys, concord.commands.match;"
        "print([name for name in sys.modules if name.split('.')[0] in ('django', 'sklearn')])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
