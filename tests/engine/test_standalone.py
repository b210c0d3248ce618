"""`concord relations` and `concord coverage`: files in, files out, and every fault named."""

import csv
import json
import subprocess
import sys

import pytest

from concord.commands.main import main
from concord.engine.backends.choice import missing_for_spark

ACTIONS = """id,title,summary,topics,action_types,donors,beneficiaries,start,end,budget_amount,budget_currency
B-1,Border police training,Forged documents,border-management,training,Norway,AL;MK,2019-01,2020-12,500000,EUR
B-2,Border police courses,Forged documents,border-management,training,Sweden,AL,2019-07,2020,,
C-1,Festival of short films,Films,other,awareness,,RS,,,,
"""
NEEDS = """id,statement,topics,beneficiaries
N-1,Border police need training on forged documents,border-management,AL
"""


@pytest.fixture
def files(tmp_path):
    """Writes a file of the given text and gives its path; `files.out` is where the output goes."""

    def write(text, name="actions.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    write.out = tmp_path / "out.csv"
    return write


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def relations(path, out, *more):
    return main(["relations", str(path), "-o", str(out), *more])


def test_relations_writes_the_documented_columns_best_first(files, capsys):
    assert relations(files(ACTIONS), files.out) == 0

    rows = rows_of(files.out)
    assert list(rows[0]) == ["id_a", "id_b", "kind", "score", "evidence"]
    assert (rows[0]["id_a"], rows[0]["id_b"]) == ("B-1", "B-2")
    assert "3 actions" in capsys.readouterr().out


def test_explain_adds_terms_that_add_up(files, capsys):
    assert relations(files(ACTIONS), files.out, "--explain") == 0

    row = rows_of(files.out)[0]
    assert sum(term["weight"] for term in json.loads(row["terms"])) == pytest.approx(
        float(row["score"]), abs=1e-4
    )
    assert "border management" in capsys.readouterr().out


def test_json_prints_figures(files, capsys):
    assert relations(files(ACTIONS), files.out, "--json") == 0

    figures = json.loads(capsys.readouterr().out)
    assert figures["actions"] == 3
    assert figures["written"] is True
    assert figures["warnings"] == []


def test_coverage_writes_answers_best_first(files):
    actions, needs = files(ACTIONS), files(NEEDS, "needs.csv")

    assert main(["coverage", str(actions), str(needs), "-o", str(files.out)]) == 0

    rows = rows_of(files.out)
    assert list(rows[0]) == ["need_id", "action_id", "score", "evidence"]
    assert {row["action_id"] for row in rows} == {"B-1", "B-2", "C-1"}
    assert rows[-1]["action_id"] == "C-1"


def test_id_and_title_are_enough_and_unknown_columns_are_warned_of(files, capsys):
    assert relations(files("id,title,colour\n1,Border police\n2,Border police\n"), files.out) == 0

    assert len(rows_of(files.out)) == 1
    assert "row 1: unknown columns, ignored: colour" in capsys.readouterr().err


def test_notes_and_stated_links_are_never_evidence(files):
    plain = "id,title,related_ids,notes,source_url\nA,Police,,,\nB,Courts,,,\n"
    linked = "id,title,related_ids,notes,source_url\nA,Police,B,same as B,http://x\nB,Courts,A,same as A,http://x\n"
    found = []
    for text in (plain, linked):
        assert relations(files(text), files.out) == 0
        found.append(files.out.read_bytes())

    assert found[0] == found[1]


def test_headings_alone_give_headings_alone(files):
    assert relations(files("id,title\n"), files.out) == 0
    assert files.out.read_text() == "id_a,id_b,kind,score,evidence\n"


def test_one_action_gives_headings_alone(files):
    assert relations(files("id,title\n1,Police\n"), files.out) == 0
    assert rows_of(files.out) == []


def test_a_double_id_names_both_rows_and_writes_nothing(files, capsys):
    assert relations(files("id,title\n1,Police\n2,Courts\n1,Prisons\n"), files.out) == 1

    assert "row 4, column id: “1” stands in row 2 too" in capsys.readouterr().err
    assert not files.out.exists()


def test_rows_without_id_or_title_are_all_named(files, capsys):
    assert relations(files("id,title\n,Police\n2,\n3,Courts\n"), files.out) == 1

    said = capsys.readouterr().err
    assert "row 2, column id: empty" in said
    assert "row 3, column title: empty" in said


def test_an_id_that_a_spreadsheet_would_run_is_refused(files, capsys):
    assert relations(files("id,title\n=cmd|' /C calc'!A0,Police\n"), files.out) == 1
    assert "begins as a formula" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        ("31.02.2019,,,", "start"),
        ("2020,2019,,", "end"),
        (",,-5,EUR", "budget_amount"),
        (",,much,EUR", "budget_amount"),
        (",,5,", "budget_currency"),
        (",,5,XYZ", "budget_currency"),
    ],
)
def test_a_cell_that_cannot_be_read_is_warned_of_and_not_reported(files, capsys, cells, column):
    text = f"id,title,start,end,budget_amount,budget_currency\n1,Police,{cells}\n2,Police,,,,\n"

    assert relations(files(text), files.out) == 0

    assert f"row 2, {column}: " in capsys.readouterr().err
    assert len(rows_of(files.out)) == 1


@pytest.mark.parametrize(
    ("content", "remedy"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"PK\x03\x04workbook", "save it as CSV"),
        (b"\x00\x01\x02", "save it as CSV"),
        (b"name,title\n1,Police\n", "no column “id”"),
        (b"id,name\n1,Police\n", "no column “title”"),
        (b"id,title,title\n1,a,b\n", "stands twice"),
    ],
)
def test_a_file_that_is_no_table_of_actions_ends_with_two_and_a_remedy(files, capsys, content, remedy):
    assert relations(files(content), files.out) == 2

    said = capsys.readouterr().err
    assert said.startswith("concord: ")
    assert "actions.csv" in said
    assert remedy in said
    assert not files.out.exists()


def test_a_file_that_is_not_there_and_a_folder_that_is_not_there_end_with_two(files, capsys):
    missing = files.out.parent / "missing.csv"

    assert relations(missing, files.out) == 2
    assert "missing.csv" in capsys.readouterr().err
    assert relations(files(ACTIONS), files.out.parent / "no" / "out.csv") == 2
    assert "there is no folder" in capsys.readouterr().err


def test_the_input_is_never_overwritten(files):
    path = files(ACTIONS)

    assert relations(path, path) == 2
    assert path.read_text("utf-8") == ACTIONS


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_are_understood(files, encoding):
    assert relations(files(ACTIONS, encoding=encoding), files.out) == 0
    assert len(rows_of(files.out)) >= 1


def test_another_encoding_is_read_and_warned_of(files, capsys):
    assert relations(files("id,title\n1,Policija Čačak\n", encoding="cp1250"), files.out) == 0
    assert "row 2: not UTF-8; read as Windows-1250" in capsys.readouterr().err


def test_semicolons_between_columns_are_understood(files):
    assert relations(files("id;title;topics\n1;Police;drugs\n2;Police;drugs\n"), files.out) == 0
    assert len(rows_of(files.out)) == 1


def test_an_engine_that_is_not_installed_ends_with_two_and_a_remedy(files, capsys, monkeypatch):
    monkeypatch.setattr("concord.engine.backends.choice.find_spec", lambda name: None)

    assert relations(files(ACTIONS), files.out, "--engine", "spark") == 2

    assert "make setup-spark" in capsys.readouterr().err
    assert not files.out.exists()


def test_duckdb_can_be_named(files):
    assert relations(files(ACTIONS), files.out, "--engine", "duckdb") == 0
    assert len(rows_of(files.out)) >= 1


@pytest.mark.spark
def test_spark_writes_the_same_file(files):
    if missing := missing_for_spark():
        pytest.skip(missing)
    path, other = files(ACTIONS), files.out.with_name("spark.csv")

    assert relations(path, files.out) == 0
    assert relations(path, other, "--engine", "spark") == 0
    assert other.read_bytes() == files.out.read_bytes()


def test_neither_command_imports_django():
    code = (
        "import sys, concord.commands.relations, concord.commands.coverage;"
        "print([name for name in sys.modules if name.split('.')[0] in ('django', 'sklearn')])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
