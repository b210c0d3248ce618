"""`concord train` from files: what it says, what it writes, and every fault named."""

import csv
import json
from pathlib import Path

import pytest

from concord.analysis import learning
from concord.analysis.quality import Material
from concord.commands import train
from concord.commands.benchmarks.quality import MATERIAL
from concord.commands.main import main
from tests.analysis.test_learning import few_trees

LABELS = "id_a,id_b,kind\nB-1,B-2,overlap\nB-1,C-1,none\n"
ACTIONS = """id,title,summary,topics,beneficiaries,start,end
B-1,Border police training,Forged documents,border-management,AL;MK,2019-01,2020-12
B-2,Border police courses,Forged documents,border-management,AL,2019-07,2020
C-1,Festival of short films,Films,other,RS,,
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Own actions and labels, and a tenth of the shipped ones beside them."""
    monkeypatch.setattr(learning, "LEAST", 2)
    few_trees(monkeypatch)
    (tmp_path / "actions.csv").write_text(ACTIONS)
    (tmp_path / "labels.csv").write_text(LABELS)
    with open(MATERIAL.pairs, encoding="utf-8", newline="") as handle:
        rows = list(csv.reader(handle))
    with open(tmp_path / "shipped.csv", "w", encoding="utf-8", newline="") as handle:
        csv.writer(handle).writerows([rows[0], *rows[1::10]])
    small = Material(
        MATERIAL.actions, MATERIAL.needs, tmp_path / "shipped.csv", MATERIAL.links, MATERIAL.judged
    )
    monkeypatch.setattr(train, "_material", lambda: small)
    return tmp_path


def trained(folder: Path, *more: str) -> int:
    words = [
        "--actions",
        folder / "actions.csv",
        "--labels",
        folder / "labels.csv",
        "-o",
        folder / "model.json",
    ]
    return main(["train", *map(str, words), "--use-anyway", *more])


def test_a_model_is_written_that_relations_uses(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert trained(files) == 0
    said = capsys.readouterr().out
    assert "the shipped labels and 2 of your own" in said
    assert "right kind among the related" in said

    words = ["relations", str(files / "actions.csv"), "--model", str(files / "model.json")]
    assert main([*words, "-o", str(files / "out.csv")]) == 0
    assert (files / "out.csv").read_text().startswith("id_a,id_b,kind,score,evidence")


def test_the_figures_as_json_say_before_and_after(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert trained(files, "--dry-run", "--json") == 0

    said = json.loads(capsys.readouterr().out)
    assert set(said["before"]) == set(said["after"]) == set(train.FIGURES)
    assert (said["own_pairs"], said["written"]) == (2, False)
    assert not (files / "model.json").exists()


@pytest.mark.parametrize(
    ("labels", "fault"),
    [
        ("id_a,id_b,kind\nB-1,X-9,overlap\n", "row 2, id_b: there is no action “X-9”"),
        ("id_a,id_b,kind\nB-1,B-2,twin\n", "row 2, kind: “twin” is none of duplicate"),
        ("id_a,id_b,kind\nB-1,B-2,none\nB-1,,none\n", "row 3: id_b is empty"),
        ("id_a,id_b,kind\nB-1,B-2,none,same donor, elsewhere\n", "row 2: there are more cells than headings"),
        ("id_a,id_b,kind\nB-1,B-1,none\n", "row 2: a label names two different actions"),
        ("id_a,id_b,kind\nB-1,B-2,none\n", "There are 1 labels of your own; from 2 on"),
    ],
)
def test_a_bad_label_is_named_with_its_row(
    files: Path, capsys: pytest.CaptureFixture[str], labels: str, fault: str
) -> None:
    (files / "labels.csv").write_text(labels)

    assert trained(files) == 2
    assert fault in capsys.readouterr().err
    assert not (files / "model.json").exists()


def test_a_file_that_is_read_is_not_written_over(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (files / "actions.csv").read_text()

    assert trained(files, "-o", str(files / "actions.csv")) == 2
    assert "actions.csv is the file to be read." in capsys.readouterr().err
    assert (files / "actions.csv").read_text() == before


def test_files_are_named_all_three_or_not_at_all(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--labels", str(files / "labels.csv")]) == 2
    assert "--actions, --labels and -o" in capsys.readouterr().err


def test_a_file_that_is_no_model_is_refused(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "model.json").write_text("{}")
    words = ["relations", str(files / "actions.csv"), "--model", str(files / "model.json")]

    assert main([*words, "-o", str(files / "out.csv")]) == 2
    assert "cannot be used as a model" in capsys.readouterr().err
    assert not (files / "out.csv").exists()
