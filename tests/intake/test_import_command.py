"""`concord import`: the JSON that others build on, exit codes, and what people read."""

import json

import pytest

from concord.commands.main import main
from concord.intake.models import Input
from concord.plan.models import Action, Need, Origin, Statement
from tests.intake import samples
from tests.intake.samples import a_row, csv_file, xlsx_file

pytestmark = pytest.mark.django_db(transaction=True)

FRAMEWORK = ("--framework", "iisg", "--org-column", "reported_by")


@pytest.fixture
def run(world, capsys, monkeypatch):
    """Runs the command on the test's database; gives exit code, standard output and error output."""
    monkeypatch.setattr("concord.commands.main.prepare_django", lambda: None)

    def run_import(*words: object) -> tuple[int, str, str]:
        try:
            code = main(["import", *(str(word) for word in words)])
        except SystemExit as stop:
            code = int(str(stop.code))
        told = capsys.readouterr()
        return code, told.out, told.err

    return run_import


def as_json(run, *words: object) -> tuple[int, dict]:
    code, out, _ = run(*words, "--json")
    return code, json.loads(out)


def test_the_json_has_the_keys_and_row_numbers_that_others_build_on(run, tmp_path):
    path = csv_file(tmp_path, [a_row(1), a_row(2, end="31.02.2019")])

    code, told = as_json(run, path, *FRAMEWORK)

    assert code == 1
    assert list(told) == [
        "file", "sha256", "sheets", "rows", "new", "changed", "same", "conflict", "skipped",
        "problems", "applied", "receipt",
    ]  # fmt: skip
    assert told["sheets"] == [{"name": "", "header_row": 1, "rows": 2}]
    assert [told[name] for name in ("rows", "new", "skipped", "applied")] == [2, 1, 1, True]
    (problem,) = told["problems"]
    assert set(problem) == {"severity", "sheet", "row", "column", "value", "rule", "message", "remedy"}
    assert (problem["severity"], problem["row"], problem["column"], problem["value"]) == (
        "error",
        3,
        "end",
        "31.02.2019",
    )
    assert told["receipt"] == Input.objects.get().key


def test_a_clean_file_exits_0_and_a_second_time_changes_nothing(run, tmp_path):
    path = csv_file(tmp_path, [a_row(n) for n in range(1, 4)])

    first_code, first = as_json(run, path, *FRAMEWORK)
    statements = Statement.objects.count()
    second_code, second = as_json(run, path, *FRAMEWORK)

    assert (first_code, first["new"]) == (0, 3)
    assert (second_code, second["same"], second["changed"], second["new"]) == (0, 3, 0, 0)
    assert (second["receipt"], second["applied"]) == (first["receipt"], True)
    assert Statement.objects.count() == statements
    assert "applied before" in run(path, *FRAMEWORK)[1]


def test_a_dry_run_tells_the_same_and_writes_nothing(run, tmp_path):
    path = csv_file(tmp_path, [a_row(1), a_row(2, title="")])

    code, told = as_json(run, path, *FRAMEWORK, "--dry-run")

    assert (code, told["new"], told["skipped"]) == (1, 1, 1)
    assert (told["applied"], told["receipt"]) == (False, None)
    assert not Input.objects.exists()
    assert not Action.objects.exists()


def test_all_or_nothing_writes_nothing_when_one_row_has_an_error(run, tmp_path):
    path = csv_file(tmp_path, [a_row(1), a_row(2, title="")])

    code, told = as_json(run, path, *FRAMEWORK, "--all-or-nothing")

    assert (code, told["applied"], told["receipt"]) == (1, False, None)
    assert not Action.objects.exists()
    assert not Input.objects.exists()


def test_questions_and_warnings_leave_the_exit_code_0(run, tmp_path):
    path = csv_file(tmp_path, [a_row(1, implementers="Nobody Knows", topics="submarines")])

    code, told = as_json(run, path, *FRAMEWORK)

    assert (code, told["new"]) == (0, 1)
    assert {(p["severity"], p["rule"]) for p in told["problems"]} == {
        ("question", "unknown-organisation"),
        ("warning", "unknown-topic"),
    }


def test_the_same_workbook_and_csv_say_the_same(run, tmp_path):
    rows = [a_row(n) for n in range(1, 4)]
    as_json(run, csv_file(tmp_path, rows), *FRAMEWORK)

    code, told = as_json(run, xlsx_file(tmp_path, {"Sheet1": samples.as_cells(rows)}), *FRAMEWORK)

    assert (code, told["same"], told["sheets"][0]["name"]) == (0, 3, "Sheet1")


def test_one_organisation_is_named_by_name_acronym_or_alias(run, tmp_path, cast):
    path = csv_file(tmp_path, [a_row(1)], headings=("id", "title"))

    assert run(path, "--plan", "wbcsci-2018-2020", "--org", "DA")[0] == 0

    assert Action.objects.get().reporting_organisation == cast.donor_a
    assert Origin.objects.get().on_behalf_of == cast.donor_a


def test_needs_go_by_their_headings(run, tmp_path):
    path = tmp_path / "needs.csv"
    path.write_text("id,statement,beneficiaries\nN1,Lack of equipment,AL\n", encoding="utf-8")

    code, told = as_json(run, path, "--framework", "iisg", "--org", "Donor A")

    assert (code, told["new"]) == (0, 1)
    assert Need.objects.get().own_id == "N1"


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--framework", "iisg", "--org", "Donnor A"), "Donor A"),
        (("--framework", "nowhere", "--org", "Donor A"), "iisg"),
        (("--plan", "nowhere", "--org", "Donor A"), "wbcsci-2018-2020"),
        (("--framework", "iisg", "--org-column", "Agency"), "“title”"),
        (("--framework", "iisg"), "--org"),
        (("--org", "Donor A"), "--plan"),
        (("--framework", "iisg", "--plan", "wbcsci-2018-2020", "--org", "Donor A"), "not allowed"),
        (("--framework", "iisg", "--org", "Donor A", "--org-column", "x"), "not allowed"),
    ],
)
def test_wrong_use_exits_2_and_says_what_there_is(run, tmp_path, words, told):
    code, out, error = run(csv_file(tmp_path, [a_row(1)]), *words)

    assert (code, out) == (2, "")
    assert told in error
    assert not Action.objects.exists()


def test_a_file_that_is_not_there_is_wrong_use(run, tmp_path):
    assert run(tmp_path / "none.csv", *FRAMEWORK)[0] == 2


def test_a_file_that_cannot_be_read_exits_1_and_says_what_to_hand_in(run, tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"%PDF-1.7 a report")

    code, told = as_json(run, path, *FRAMEWORK)
    _, words, _ = run(path, *FRAMEWORK)

    assert code == 1
    assert (told["rows"], told["applied"], told["receipt"]) == (0, False, None)
    assert [(p["severity"], p["rule"], p["row"]) for p in told["problems"]] == [("error", "pdf", None)]
    assert "a.xlsx: The file is a PDF" in words


def test_people_read_file_sheet_row_column_value_and_remedy(run, tmp_path):
    path = xlsx_file(tmp_path, {"Partners": samples.as_cells([a_row(1), a_row(2, budget_currency="XYZ")])})

    code, out, _ = run(path, *FRAMEWORK)

    assert code == 1
    assert "actions.xlsx: 2 rows: 1 new, 1 with errors." in out
    assert "actions.xlsx, sheet Partners, row 3, column budget_currency: “XYZ”" in out
    assert "Write the three letters of the currency, for example EUR." in out
    assert f"receipt {Input.objects.get().key}" in out


def test_what_is_to_be_said_of_many_rows_is_said_once_with_their_numbers(run, tmp_path):
    rows = [a_row(number, beneficiaries="Atlantis") for number in range(1, 13)]

    code, said, _ = run(csv_file(tmp_path, rows), *FRAMEWORK)

    assert code == 1
    assert said.count("“Atlantis” is no beneficiary") == 1
    assert "row 2 (also 3, 4, 5, 6, 7, 8, 9, 10 and 3 more), column beneficiaries" in said


def test_a_large_text_file_is_read_on_the_command_line_and_not_on_a_page(tmp_path, monkeypatch):
    from concord.intake.files import open_bytes, open_path
    from concord.intake.formats import reading
    from concord.intake.formats.parts import UnreadableFile

    path = csv_file(tmp_path, [a_row(n) for n in range(200)])
    monkeypatch.setattr(reading, "FILE_BYTES", 1000)

    file, _ = open_path(path)

    assert len(file.sheets.sheets[0].rows) == 201
    with pytest.raises(UnreadableFile):
        open_bytes("a.csv", path.read_bytes())


def test_a_map_says_which_column_is_which_and_stays_with_the_input(run, tmp_path):
    path, said = tmp_path / "list.csv", tmp_path / "map.json"
    path.write_text("Veikla;Pabaiga;Kas\nMokymai;2019;Donor A\n", encoding="utf-8")
    columns = {"Veikla": "title", "Pabaiga": "end", "Kas": "reported_by"}
    said.write_text(json.dumps({"*": {"columns": columns}}), encoding="utf-8")

    code, told = as_json(run, path, "--framework", "iisg", "--org-column", "Kas", "--map", said)

    assert (code, told["new"], told["problems"]) == (0, 1, [])
    assert Action.objects.get().title == "Mokymai"
    assert Input.objects.get().layout["*"]["columns"] == columns


def test_a_map_with_an_entry_that_means_nothing_is_wrong_use(run, tmp_path):
    path, said = csv_file(tmp_path, [a_row(1)]), tmp_path / "map.json"
    said.write_text('{"*": {"columns": {"title": "tilte"}}}', encoding="utf-8")

    code, _, told = run(path, *FRAMEWORK, "--map", said)

    assert code == 2
    assert "tilte" in told


def test_an_import_is_undone_by_its_receipt_and_listed_as_that(run, tmp_path, capsys):
    from concord.commands.main import main

    _, told = as_json(run, csv_file(tmp_path, [a_row(1)]), *FRAMEWORK)

    assert main(["input", "undo", told["receipt"].lower()]) == 0
    assert "was undone" in capsys.readouterr().out
    assert not Action.objects.exists()
    assert main(["input", "undo", told["receipt"]]) == 1
    assert "undone before" in capsys.readouterr().out
    assert main(["input", "list"]) == 0
    assert f"{told['receipt']}  undone     actions.csv: 1 row" in capsys.readouterr().out
    assert main(["input", "undo", "ZZZZZZZZ"]) == 2
