"""`concord check A.csv --against B.csv`: rows of a file beside the actions of another, without a database."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from concord.analysis.ideas import Idea
from concord.commands.demo import files
from concord.commands.main import main

HEAD = "id,title,summary,topics,action_types,beneficiaries,donors,implementers,start,end\n"
PLANNED = HEAD + (
    "B1,Training of border police on forged documents,Courses on forged passports and risk analysis.,"
    "border-management,training,AL,Donor B,Academy,2019,2021\n"
    "B2,Comparison microscopes for the ballistics laboratory,The laboratory gets microscopes.,"
    "firearms,equipment,AL,Donor C,,2020,2020\n"
    "B3,Summer school of short films,Students of the academy show their films.,other,training,AL,Donor D,,,\n"
)
DRAFTS = HEAD + (
    "1,Training of border police on forged documents,,,,,,,2020,2021\n"
    "2,Courses for border police on forged passports,Officers learn to detect forgeries.,,,AL,,,2020,2021\n"
    "3,=HYPERLINK('x') Planting of olive trees,,,,,,,,\n"
)


@pytest.fixture
def paths(tmp_path: Path) -> tuple[str, str, Path]:
    drafts, planned = tmp_path / "drafts.csv", tmp_path / "planned.csv"
    drafts.write_text(DRAFTS, "utf-8")
    planned.write_text(PLANNED, "utf-8")
    return str(drafts), str(planned), tmp_path


def rows_of(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_each_row_is_told_beside_the_actions_of_the_other_file(paths, capsys):
    drafts, planned, _ = paths

    assert main(["check", drafts, "--against", planned]) == 0

    said = capsys.readouterr().out
    first, second, third = said.split("\n\n")[:3]
    assert "Perhaps the same work: 1\n    B1" in first
    assert "To be coordinated with: 1\n    B1" in second
    assert "Who works on the same: Academy (1); Donor B (1)" in second
    assert "Nothing is like it." in third
    assert "3 rows beside 3 actions: 2 with something like them" in said


def test_the_csv_has_the_documented_columns_row_after_row(paths):
    drafts, planned, folder = paths
    out = folder / "out.csv"

    assert main(["check", drafts, "--against", planned, "-o", str(out)]) == 0

    rows = rows_of(out)
    assert list(rows[0]) == [
        *("id_a", "title_a", "id_b", "title_b", "kind", "score", "evidence", "donors_b", "implementers_b")
    ]
    assert [row["id_a"] for row in rows] == sorted(row["id_a"] for row in rows)
    assert (rows[0]["id_b"], rows[0]["kind"], rows[0]["donors_b"]) == ("B1", "duplicate", "Donor B")
    assert all(float(row["score"]) >= 0.2 for row in rows)
    assert not any(cell.startswith("=") for row in rows for cell in row.values())


def test_explain_adds_probabilities_and_terms(paths, capsys):
    drafts, planned, folder = paths
    out = folder / "out.csv"

    assert main(["check", drafts, "--against", planned, "-o", str(out), "--explain"]) == 0

    row = rows_of(out)[0]
    kinds = sum(float(row[f"p_{kind}"]) for kind in ("duplicate", "continuation", "overlap", "synergy"))
    assert kinds == pytest.approx(1, abs=1e-4)
    assert {"name", "value", "weight"} <= set(json.loads(row["terms"])[0])
    assert "1 – B1" in capsys.readouterr().out


def test_json_on_the_screen_and_as_a_file_say_the_same(paths, capsys):
    drafts, planned, folder = paths
    out = folder / "out.json"

    assert main(["check", drafts, "--against", planned, "-o", str(out), "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    assert json.loads(out.read_text("utf-8")) == told["ideas"]
    assert (told["rows"], told["against"], told["found"]) == (3, 3, 2)
    assert told["ideas"][1]["read"]["from_words"] == ["action_types", "topics"]
    assert told["ideas"][1]["partners"] == [
        {"name": "Academy", "actions": 1},
        {"name": "Donor B", "actions": 1},
    ]


def test_rows_of_one_file_are_not_compared_with_each_other_and_equal_ids_mean_nothing(paths, capsys):
    drafts, planned, folder = paths
    Path(drafts).write_text(PLANNED.replace("B2,Comparison", "B1x,Comparison").replace("B1,", "B2,"), "utf-8")
    out = folder / "out.csv"

    assert main(["check", drafts, "--against", planned, "-o", str(out)]) == 0

    best = {row["id_a"]: row for row in reversed(rows_of(out))}
    assert (best["B2"]["id_b"], best["B2"]["kind"]) == ("B1", "duplicate")
    assert (best["B1x"]["id_b"], best["B1x"]["kind"]) == ("B2", "duplicate")


def test_one_idea_is_checked_beside_a_file(paths, capsys):
    words = ["--title", "Obuka granične policije u Albaniji", "--start", "2020", "--end", "2021"]

    assert main(["check", *words, "--against", paths[1]]) == 0

    said = capsys.readouterr().out
    assert "border police; Albania" in said
    assert "1 row beside 3 actions" in said


def test_no_database_and_no_settings_are_touched(paths):
    drafts, planned, folder = paths
    program = (
        "import sys\nfrom concord.commands.main import main\n"
        f"assert main(['check', {drafts!r}, '--against', {planned!r}]) == 0\n"
        "assert not any(name.split('.')[0] == 'django' for name in sys.modules), 'Django was imported'\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        cwd=folder,
    )

    assert run.returncode == 0, run.stderr.decode()
    assert sorted(path.name for path in folder.iterdir()) == ["drafts.csv", "planned.csv"]


def test_real_actions_are_found_again_by_their_titles(tmp_path, capsys):
    """Ten actions of the compilation with their titles alone: each stands first, as perhaps the same work."""
    rows = files.rows_of(files.ACTIONS)
    planned, drafts, out = (tmp_path / name for name in ("planned.csv", "drafts.csv", "out.csv"))
    with open(planned, "w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    chosen = [row for row in rows[::30] if sum(other["title"] == row["title"] for other in rows) == 1][:10]
    drafts.write_text("id;title\n" + "".join(f'{row["id"]}-x;"{row["title"]}"\n' for row in chosen), "utf-8")

    assert main(["check", str(drafts), "--against", str(planned), "-o", str(out)]) == 0

    first = {row["id_a"]: row for row in reversed(rows_of(out))}
    found = [first.get(f"{row['id']}-x", {}).get("id_b") == row["id"] for row in chosen]
    assert sum(found) >= 9, found


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "Give either an idea (--title) or a FILE with drafts."),
        (["--title", "Courses"], "Say what it is compared with: --framework REF, or --against FILE.csv."),
        (["--title", "  ", "--against", "B"], "--title: an idea needs a title."),
        (["--title", "C", "--against", "B", "--framework", "iisg"], "not with both at once"),
        (["--title", "C", "--against", "B", "--amount", "5"], "--amount: an amount needs its currency."),
        (["--title", "C", "--against", "B", "--amount", "-5", "--currency", "EUR"], "is negative"),
        (["--title", "C", "--against", "B", "--currency", "XXQ"], "“XXQ” is no currency code"),
        (["--title", "C", "--against", "B", "--start", "soon"], "--start: “soon” is not a date."),
        (["--title", "C", "--against", "B", "--start", "2021", "--end", "2019"], "lies before the start"),
        (["--title", "C", "--against", "B", "--topics", "nope"], "--topics: “nope” is not known."),
        (["--title", "C", "--against", "B", "--beneficiaries", "Atlantis"], "“Atlantis” is not known"),
        (["--title", "C", "--framework", "iisg", "-o", "x.csv"], "--out goes with --against"),
        (["nothing-there.csv", "--against", "B"], "nothing-there.csv: there is no such file."),
        ([".", "--against", "B"], ". is a folder."),
        (["--title", "C", "--against", "B", "-o", "x.txt"], "Name it .csv or .json"),
        (["--title", "C", "--against", "B", "-o", "x.xlsx"], "Name it .csv"),
    ],
)
def test_wrong_use_is_one_sentence_that_says_what_to_do(paths, capsys, monkeypatch, words, says):
    monkeypatch.chdir(paths[2])

    assert main(["check", *(paths[1] if word == "B" else word for word in words)]) == 2

    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1


def test_too_many_rows_are_refused_with_another_way(paths, capsys, monkeypatch):
    monkeypatch.setattr("concord.analysis.checking_files.MOST_ROWS", 2)

    assert main(["check", paths[0], "--against", paths[1]]) == 2
    assert "3 rows are more than the 2 checked at once. Compare whole lists with" in capsys.readouterr().err


def test_an_idea_is_the_same_with_a_database_and_without():
    """Both read the same class, so that what one learns the other knows."""
    from concord.analysis.services import checking

    assert checking.Idea is Idea
