"""An idea is compared with what the person may see, and nothing of it stays anywhere."""

import json
import logging
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from concord.accounts.rules import Marking
from concord.analysis import kept_index
from concord.analysis.services.checking import MOST_IDEAS, Checking, Idea, check_ideas
from concord.commands import check_words
from concord.commands.main import main
from concord.kernel.errors import BadInput, NotFound
from concord.plan.models import Action, Need, NeedBeneficiary
from tests.analysis.real_texts import BORDER, LAB, NEED, TEXTS, real_world
from tests.analysis.world import PLAN, World, a_need, an_action
from tests.cast import Cast
from tests.factories import FRAMEWORK, NOON

pytestmark = pytest.mark.usefixtures("folder")
IDEA = Idea("Courses for border police on forged passports", TEXTS[1][1], ("AL",), start="2018", end="2019")


@pytest.fixture
def world(cast: Cast) -> World:
    return real_world(cast.lead_organisation)


def ask(world: World, actor: Any, *ideas: Idea) -> Checking:
    return check_ideas(ideas or (IDEA,), world.framework, actor=actor, on=NOON.date())


def rows_of_all_tables() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_what_is_like_the_idea_is_found_with_its_reason(world: World, cast: Cast) -> None:
    found = ask(world, cast.reporter_b).checked[0]

    keys = [like.key for like in found.related if like.score >= 0.5]
    assert set(keys) == {world.action("A1").key, world.action("A2").key}
    assert "border police" in found.related[0].evidence
    assert "not reported" not in found.related[0].evidence
    assert [need.key for need in found.needs] == [world.need("N1").key]


def test_the_topics_and_means_that_nobody_stated_are_read_from_the_words(world: World, cast: Cast) -> None:
    read = ask(
        world, cast.officer, Idea("Courses on forged passports for border police in Albania, 2027-2029")
    )

    read_as = read.checked[0].read
    assert read_as.topics == ("border-management",)
    assert (read_as.beneficiaries, read_as.years) == (("AL",), (2027, 2029))
    assert read_as.whom == ("border police",)
    assert read_as.from_words == {"topics", "action_types", "beneficiaries"}


def test_what_is_stated_is_not_read_from_the_words(world: World, cast: Cast) -> None:
    idea = Idea(
        "Courses for border police", topics=("drugs",), action_types=("equipment",), beneficiaries=("RS",)
    )
    read = ask(world, cast.officer, idea).checked[0].read

    assert (read.topics, read.action_types, read.beneficiaries) == (("drugs",), ("equipment",), ("RS",))
    assert not read.from_words


def test_nothing_of_an_idea_is_kept(
    world: World, cast: Cast, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kept_index.index_now(world.framework, on=NOON.date())
    before = rows_of_all_tables()
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    with caplog.at_level(logging.DEBUG):
        ask(world, cast.reporter_b, Idea("Zqkanari courses", "Zqkanari", amount=Decimal(5), currency="EUR"))

    assert rows_of_all_tables() == before
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == files
    assert "zqkanari" not in caplog.text.lower()
    assert not any(
        "zqkanari" in stem for stem in kept_index.index_now(world.framework, on=NOON.date()).index.stems
    )


def test_ten_tries_tell_nothing_of_what_is_hidden(world: World, cast: Cast) -> None:
    tries = [
        *(Idea(f"{title} {word}", summary) for title, summary in TEXTS.values() for word in ("Zqkanari",)),
        Idea("Zqkanari Zqkanari"),
        Idea("Zqkanari laboratory", TEXTS[3][1], ("AL",)),
        Idea(BORDER, "Zqkanari", topics=("border-management",)),
        Idea(LAB, donors=("Zqkanari Fund",), implementers=("Donor B",)),
        IDEA,
    ]
    assert len(tries) == 10
    without = ask(world, cast.reporter_b, *tries)

    for row, number in enumerate(TEXTS, start=20):
        title, summary = TEXTS[number]
        hidden = an_action(row, f"{title} Zqkanari", summary=f"{summary} Zqkanari", donors=["Zqkanari Fund"])
        world.record(hidden)
        Action.objects.filter(own_id=f"A{row}").update(marking=Marking.AMBER_STRICT)
    world.record(a_need(9, f"{NEED} Zqkanari"))
    Need.objects.filter(own_id="N9").update(marking=Marking.AMBER)

    assert ask(world, cast.reporter_b, *tries) == without
    seen = ask(world, cast.officer, *tries)
    assert (seen.compared_with, seen.needs) == (10, 2)
    assert seen != without


def test_what_only_this_person_may_see_is_compared_for_them(world: World, cast: Cast) -> None:
    world.record(
        an_action(9, "Witness protection van", summary="A van.", reporter="Donor B", topics=["other"])
    )
    Action.objects.filter(own_id="A9").update(
        marking=Marking.AMBER_STRICT, reporting_organisation=cast.donor_b
    )
    idea = Idea("Witness protection van", "A van.", ("AL",), topics=("other",))
    key = world.action("A9").key

    mine = ask(world, cast.reporter_b, idea).checked[0]
    others = ask(world, cast.reporter_c, idea).checked[0]

    assert key in [like.key for like in mine.related]
    assert key not in [like.key for like in others.related]


def test_a_row_that_stands_in_the_plan_is_not_compared_with_itself(world: World, cast: Cast) -> None:
    key = world.action("A1").key
    own = ask(world, cast.officer, Idea(BORDER, TEXTS[1][1], ("AL",), key=key)).checked[0]
    strange = ask(world, cast.officer, Idea(BORDER, TEXTS[1][1], ("AL",), key="ZZZZZZZZ")).checked[0]

    assert key not in [like.key for like in own.related]
    assert key in [like.key for like in strange.related]


def test_a_need_that_its_beneficiary_calls_met_is_not_offered(world: World, cast: Cast) -> None:
    rows = NeedBeneficiary.objects.filter(need=world.need("N1"))
    rows.update(state=NeedBeneficiary.State.MET, stated_at=NOON)

    found = ask(world, cast.officer)

    assert found.needs == 0
    assert not found.checked[0].needs


def test_who_may_not_enter_the_framework_is_told_that_there_is_none(world: World, cast: Cast) -> None:
    for stranger in (cast.administrator, cast.suspended, cast.anonymous):
        with pytest.raises(NotFound):
            ask(world, stranger)


@pytest.mark.parametrize(
    ("ideas", "said"),
    [
        ([], "nothing to check"),
        ([Idea("  \n ")], "needs a title"),
        ([Idea("Courses", start="2030", end="2029")], "before"),
        ([Idea("Courses")] * (MOST_IDEAS + 1), "more than the 50"),
    ],
)
def test_what_cannot_be_checked_says_why(world: World, cast: Cast, ideas: list[Idea], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        check_ideas(ideas, world.framework, actor=cast.officer, on=NOON.date())


def test_a_megabyte_of_text_and_strange_signs_are_answered(world: World, cast: Cast) -> None:
    long = Idea("x" * 5_000, "border police forged passports " * 35_000, ("AL",))
    odd = Idea("\u202e\ufeff 🙂 ´`", "\u0000\u0301", amount=Decimal(10) ** 17, currency="EUR")

    checked = ask(world, cast.officer, long, odd).checked

    assert len(checked[0].idea.title) == 500
    assert checked[0].needs


def test_an_empty_plan_is_answered_with_nothing(world: World, cast: Cast) -> None:
    Action.objects.update(withdrawn_at=NOON, withdrawn_reason="Gone.", withdrawn_by=cast.officer)

    found = ask(world, cast.officer)

    assert found.compared_with == 0
    assert not found.checked[0].related


# --- commands ----------------------------------------------------------------------------------------


def test_the_command_names_what_was_found(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--framework", FRAMEWORK, "--title", IDEA.title, "--beneficiaries", "AL", "--start", "2018"]

    assert main(["check", *words]) == 0
    said = capsys.readouterr().out
    assert "Compared with 5 actions and 1 open need." in said
    assert world.action("A1").key in said
    assert NEED in said

    assert main(["check", *words, "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["ideas"][0]["read"]["topics"] == ["border-management"]
    assert answer["ideas"][0]["related"][0]["kind"] in check_words.HEADINGS


def test_the_command_reads_a_draft_and_says_which_rows_it_could_not(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "draft.csv"
    path.write_text("title;start;end\nBorder police courses;2018;2019\nCourses;2030;2029\n", "utf-8")

    assert main(["check", str(path), "--framework", FRAMEWORK]) == 1

    said = capsys.readouterr().out
    assert "Border police courses (row 2)" in said
    assert "Not checked: row 3" in said


@pytest.mark.parametrize(
    "words",
    [
        ["--framework", "nowhere", "--title", "Courses"],
        ["--framework", FRAMEWORK],
        ["--framework", FRAMEWORK, "--title", "Courses", "--start", "soon"],
        ["--framework", FRAMEWORK, "--title", "Courses", "--amount", "much"],
    ],
)
def test_wrong_words_are_wrong_use(
    world: World, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", *words]) == 2
    assert capsys.readouterr().err.startswith("concord: ")


def test_one_action_of_a_plan_is_analysed_by_command(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    key = world.action("A1").key

    assert main(["analyse", "--plan", PLAN, "--action", key, "--json"]) == 0

    answer = json.loads(capsys.readouterr().out)
    assert answer["counts"]["actions"] == 1
    assert answer["findings"]
    assert all(key in (each["id_a"], each["id_b"]) for each in answer["findings"])
    assert main(["analyse", "--plan", PLAN, "--action", "ZZZZZZZZ"]) == 2
