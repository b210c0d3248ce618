"""`concord case`: list, show, answer, undo and sheet, for operators."""

import json
from pathlib import Path

import pytest

from concord.analysis.models import Assessment, Case
from concord.analysis.services import assign, run
from concord.commands.main import main
from concord.plan.models import Action
from tests.analysis.world import PLAN, World, an_action
from tests.cast import Cast
from tests.factories import NOON


@pytest.fixture
def case(world: World, cast: Cast) -> Case:
    """Three actions that overlap with each other."""
    world.record(*(an_action(number, end="2035") for number in (1, 2, 3)))
    for one, other in (("A1", "A2"), ("A1", "A3"), ("A2", "A3")):
        world.finds(one, other)
    run(world.plan, by=cast.officer, at=NOON)
    return Case.objects.get()


def test_the_list_names_each_case_with_its_sentence(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["case", "list", "--plan", PLAN]) == 0
    said = capsys.readouterr().out
    assert f"{case.key}  to be coordinated: 3 actions, 3 of 3 pairs waiting" in said
    assert "Three actions offer training on firearms in Albania" in said

    assert main(["case", "list", "--plan", PLAN, "--sort", "board", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["key"], told["sort"], told["waiting"]) == (case.key, "overlap", 3)

    assert main(["case", "list", "--plan", PLAN, "--sort", "duplicate"]) == 0
    assert "No case is there." in capsys.readouterr().out


def test_a_case_is_answered_shown_and_undone(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["case", "answer", case.key.lower(), "--answer", "joined", "--reason", "Agreed"]) == 0
    assert "Recorded for 3 pairs" in capsys.readouterr().out
    assert main(["case", "show", case.key]) == 0
    assert "joined (3 pairs)" in capsys.readouterr().out

    assert main(["case", "undo", case.key]) == 0
    assert "Taken back for 3 pairs" in capsys.readouterr().out
    assert Assessment.objects.filter(undone_at=None).count() == 0
    assert main(["case", "show", case.key, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [answer["ended"] for answer in told["answers"]] == [", undone"]
    assert len(told["members"]) == 3


@pytest.mark.parametrize(
    "words",
    [
        ["show", "ZZZZZZZZ"],
        ["undo", "KEY"],
        ["split", "KEY", "ZZZZZZZZ", "--reason", "No such action"],
        ["split", "KEY", "A1", "A2", "A3", "--reason", "Nothing stays"],
        ["split", "KEY", "A1", "--reason", " "],
        ["join", "KEY", "KEY", "--reason", "The same"],
        ["join", "KEY", "ZZZZZZZZ", "--reason", "No such case"],
        ["list", "--plan", PLAN, "--measure", "9.9.9"],
        ["list", "--plan", PLAN, "--assigned", "No One"],
        ["answer", "KEY", "--answer", "kept"],
        ["list", "--plan", "nowhere"],
        ["sheet", "KEY", "--format", "pdf", "-o", "/nowhere/at/all.pdf"],
    ],
)
def test_what_cannot_be_done_exits_2_and_says_why(
    case: Case, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["case", *(case.key if word == "KEY" else word for word in words)]) == 2
    assert capsys.readouterr().err.startswith("concord: ")
    assert not Assessment.objects.exists()


@pytest.mark.parametrize(("ending", "starts"), [("docx", b"PK"), ("pdf", b"%PDF")])
def test_the_sheet_is_written_whole(case: Case, tmp_path: Path, ending: str, starts: bytes) -> None:
    path = tmp_path / f"sheet.{ending}"

    assert main(["case", "sheet", case.key, "--format", ending, "-o", str(path)]) == 0

    assert path.read_bytes().startswith(starts)


def test_an_id_that_two_actions_bear_is_asked_back(
    case: Case, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    one, other = Action.objects.filter(own_id__in=["A2", "A3"]).order_by("own_id")
    Action.objects.filter(pk=other.pk).update(own_id="A2", reporting_organisation=cast.donor_b)

    assert main(["case", "split", case.key, "A2", "--reason", "Others buy drones."]) == 2
    said = capsys.readouterr().err
    assert "“A2” is the id of 2 actions here. Write the key: " in said
    assert one.key in said
    assert other.key in said


def test_a_case_is_split_joined_shown_and_undone(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    def says(*words: str) -> str:
        assert main(["case", *words]) == 0
        return capsys.readouterr().out

    assert "2 pairs now stand in case" in says("split", case.key, "a3", "--reason", "Others buy drones.")
    new = Case.objects.exclude(pk=case.pk).get()
    assert f"case {new.key} was split off case {case.key} (2 pairs)" in says("show", new.key)
    (act,) = json.loads(says("show", case.key, "--json"))["by_hand"]
    assert (act["did"], act["reason"], act["ended"]) == ("split", "Others buy drones.", "")

    assert "Taken back. 2 pairs now stand in case" in says("undo", case.key)
    says("split", case.key, "A3", "--reason", "Once more")
    newest = Case.objects.order_by("-pk")[0]
    assert f"2 pairs now stand in case {case.key}, no more in case {newest.key}" in says(
        "join", case.key, newest.key, "--reason", "They are one after all"
    )
    assert f"{case.key}  to be coordinated: 3 actions" in says("list", "--plan", PLAN)
    pair = case.findings.all()[0]
    assert "1 pair now stands in case" in says(
        "split", case.key, f"{pair.key_b}-{pair.key_a}", "--reason", "Alone"
    )


def test_undo_takes_back_what_was_done_last(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    main(["case", "split", case.key, "A3", "--reason", "Others buy drones."])
    main(["case", "answer", case.key, "--answer", "joined"])
    capsys.readouterr()

    main(["case", "undo", case.key])
    assert "Taken back for 1 pair of case" in capsys.readouterr().out
    main(["case", "undo", case.key])
    assert "Taken back. 2 pairs now stand in case" in capsys.readouterr().out
    assert main(["case", "undo", case.key]) == 2


def test_the_list_is_narrowed_and_ordered_as_on_the_page(
    case: Case, world: World, cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    def found(*words: str) -> bool:
        assert main(["case", "list", "--plan", PLAN, *words]) == 0
        return case.key in capsys.readouterr().out

    assert found("--words", "Action 2")
    assert found("--words", case.key.lower(), "--order", "newest")
    assert not found("--words", "nowhere")
    assert found("--beneficiary", "al")
    assert not found("--beneficiary", "RS")
    assert found("--assigned", "nobody", "--asked", "no", "--adjustable", "--certainty", "likely")
    assert not found("--asked", "confirmed")
    assert not found("--certainty", "almost-certain")
    assert found("--sort", "board", "--kind", "overlap")
    assert not found("--sort", "board", "--kind", "duplicate")
    assign(case, to=cast.officer, expected_version=1, by=cast.officer, at=NOON)
    assert found("--assigned", "secretariat officer")
    assert not found("--assigned", "nobody")
