"""Cases split and joined by hand: who may, when, what moves, and what its readers are told."""

from datetime import date, timedelta

import pytest

from concord.accounts.models import Person
from concord.accounts.rules import Marking
from concord.analysis.models import Asking, Case, Finding, Regrouping
from concord.analysis.queries import (
    asked_elsewhere,
    case_named,
    joinable_with,
    kept_by_hand,
    notes_of,
    regroupings_of,
)
from concord.analysis.services import (
    add_note,
    ask_sources,
    assess,
    assign,
    confirm_findings,
    join_cases,
    run,
)
from concord.analysis.services.cases import assign_cases
from concord.audit.queries import history_of
from concord.kernel.errors import BadInput, IllegalMove, NotFound, NotPermitted, StaleWrite
from concord.plan.models import Action
from tests.analysis.asked import tell_all
from tests.analysis.regrouped import (
    BEFORE,
    LATER,
    WHY,
    WITHOUT_A4,
    case_of,
    finding_of,
    in_cases,
    join,
    split,
)
from tests.analysis.world import World, an_action
from tests.cast import Cast
from tests.factories import NOON

# --- splitting ------------------------------------------------------------------------------------


def test_an_action_leaves_with_all_its_pairs(square: Case, world: World, cast: Cast) -> None:
    assign(square, to=cast.officer, expected_version=1, by=cast.officer, at=NOON)
    add_note(square, text="Ask Vienna", by=cast.officer, at=NOON)

    act = split(square, cast.officer, world, "A4")

    assert in_cases(world) == WITHOUT_A4
    assert (act.did, act.case, act.reason, len(act.pairs)) == ("split", square, WHY, 3)
    assert act.actions == [world.action("A4").key]
    assert (act.other.sort, act.other.is_restricted, act.other.assigned_to) == (
        "overlap",
        False,
        cast.officer,
    )
    assert [len(notes_of(case)) for case in (square, act.other)] == [1, 0]
    (event,) = [row for row in history_of(square) if row.event == "case-split"]
    assert act.other.key in event.facts


def test_single_pairs_leave_alone(square: Case, world: World, cast: Cast) -> None:
    finding = finding_of(world, "A1", "A2")

    act = split(square, cast.officer, world, pairs=[(finding.key_b, finding.key_a)])

    assert in_cases(world)[0:2] == ["A1A2", "A1A3 A1A4 A2A3 A2A4 A3A4"]
    assert act.actions == []


def test_answers_go_with_their_pairs(square: Case, world: World, cast: Cast) -> None:
    finding = finding_of(world, "A1", "A4")
    assess(finding, answer="joined", expected_version=finding.version, by=cast.officer, at=NOON)

    act = split(square, cast.lead_partner, world, "A4")

    read = case_named(act.other.key, actor=cast.officer, on=date(2019, 6, 5))
    assert (len(read.findings), len(read.waiting)) == (3, 2)


@pytest.mark.parametrize("who", ["auditor", "reporter_a", "coordinator", "board_member"])
def test_who_may_not_answer_may_not_split(square: Case, world: World, cast: Cast, who: str) -> None:
    tell_all(cast.officer)

    with pytest.raises(NotPermitted):
        split(square, getattr(cast, who), world, "A4")

    assert not Regrouping.objects.exists()
    assert in_cases(world) == BEFORE


def test_who_cannot_see_the_case_does_not_find_it(square: Case, world: World, cast: Cast) -> None:
    with pytest.raises(NotFound):
        split(square, cast.reporter_b, world, "A4")


@pytest.mark.parametrize(
    ("actions", "values", "said"),
    [
        ((), {}, "Choose what is taken out"),
        (("A1", "A2", "A3"), {}, "Nothing would stay"),
        (("A4",), {"reason": "  "}, "Give the reason"),
        (("A4",), {"reason": "x" * 2001}, "at most 2,000 characters"),
    ],
)
def test_a_split_that_makes_no_sense_says_why(
    square: Case, world: World, cast: Cast, actions: tuple[str, ...], values: dict[str, str], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        split(square, cast.officer, world, *actions, **values)

    assert in_cases(world) == BEFORE


def test_what_does_not_stand_in_the_case_is_not_found(square: Case, world: World, cast: Cast) -> None:
    with pytest.raises(NotFound):
        split(square, cast.officer, world, "A6")


def test_of_two_who_split_the_second_is_told(square: Case, world: World, cast: Cast) -> None:
    version = square.version
    split(square, cast.officer, world, "A4")

    with pytest.raises(StaleWrite):
        split(square, cast.second_officer, world, "A3", expected_version=version)


# --- joining --------------------------------------------------------------------------------------


def test_two_cases_become_one_and_the_old_key_leads_there(square: Case, world: World, cast: Cast) -> None:
    other = case_of(world, "A1", "A5")

    act = join(square, other, cast.lead_partner)

    assert in_cases(world) == ["A1A2 A1A3 A1A4 A1A5 A2A3 A2A4 A3A4", "A5A6"]
    assert (act.did, act.case, act.other) == ("joined", square, other)
    assert case_named(other.key, actor=cast.officer).case == square
    assert Case.objects.get(pk=square.pk).version > other.version  # a page of the other one is stale


def test_a_join_of_too_many_actions_says_what_to_do(world: World, cast: Cast) -> None:
    world.record(*(an_action(number, end="2039") for number in range(1, 11)))
    for first in (1, 6):
        for one in range(first, first + 5):
            for other in range(one + 1, first + 5):
                world.finds(f"A{one}", f"A{other}")
    run(world.plan, by=cast.officer, at=NOON)
    one, other = case_of(world, "A1", "A2"), case_of(world, "A6", "A7")

    with pytest.raises(BadInput, match=r"hold 10 actions.*Take 2 out into a case of their own"):
        join(one, other, cast.officer)


def test_a_joined_case_leads_on_where_hidden_pairs_stayed_in_it(
    square: Case, world: World, cast: Cast
) -> None:
    other = case_of(world, "A5", "A6")
    join(square, other, cast.officer)
    world.record(*(an_action(number, end="2039") for number in (8, 9)))
    world.finds("A8", "A9")
    run(world.plan, by=cast.officer, at=NOON)
    Action.objects.filter(own_id__in=["A8", "A9"]).update(marking=Marking.RED)
    Finding.objects.filter(pk=finding_of(world, "A8", "A9").pk).update(case=other)

    assert case_named(other.key, actor=cast.officer).case == square


def test_only_cases_of_one_kind_plan_and_visibility_are_joined(
    square: Case, world: World, cast: Cast
) -> None:
    with pytest.raises(BadInput, match="the same case"):
        join_cases(square, square, reason=WHY, expected_version=1, other_version=1, by=cast.officer, at=LATER)
    world.finds("A6", "A7", "duplicate")
    run(world.plan, by=cast.officer, at=NOON)
    with pytest.raises(BadInput, match="different questions"):
        join(square, case_of(world, "A6", "A7"), cast.officer)
    Action.objects.filter(own_id="A6").update(marking=Marking.AMBER)
    assign_cases(world.framework, at=LATER)
    with pytest.raises(BadInput, match="not every member may see"):
        join(square, case_of(world, "A5", "A6"), cast.officer)
    with pytest.raises(NotFound):  # to the lead partner the restricted one is not there at all
        join(square, case_of(world, "A5", "A6"), cast.lead_partner)


def test_cases_of_different_plans_stay_two(square: Case, world: World, cast: Cast) -> None:
    world.record(*(an_action(number, start="2021", end="2023") for number in (8, 9)))
    world.finds("A8", "A9")
    run(world.successor, by=cast.officer, at=NOON)
    other = case_of(world, "A8", "A9")
    world.plan.placements.filter(action__own_id__in=["A8", "A9"]).delete()
    world.successor.placements.exclude(action__own_id__in=["A8", "A9"]).delete()

    with pytest.raises(BadInput, match="different plans"):
        join(square, other, cast.officer)


@pytest.mark.parametrize("who", ["auditor", "reporter_a"])
def test_who_may_not_answer_may_not_join(square: Case, world: World, cast: Cast, who: str) -> None:
    tell_all(cast.officer)

    with pytest.raises(NotPermitted):
        join(square, case_of(world, "A1", "A5"), getattr(cast, who))

    assert in_cases(world) == BEFORE


def test_of_two_who_join_the_second_is_told(square: Case, world: World, cast: Cast) -> None:
    other = case_of(world, "A1", "A5")

    with pytest.raises(StaleWrite):
        join(square, other, cast.officer, other_version=7)

    assert in_cases(world) == BEFORE


# --- while sources are asked ----------------------------------------------------------------------


def test_a_case_whose_sources_are_being_asked_stays_as_it_is(square: Case, world: World, cast: Cast) -> None:
    other = case_of(world, "A1", "A5")
    until = (LATER + timedelta(days=5)).date()
    ask_sources(square, answers_until=until, by=cast.officer, at=NOON)

    for act in (
        lambda: split(square, cast.officer, world, "A4"),
        lambda: join(square, other, cast.officer),
        lambda: join(other, square, cast.officer),
    ):
        with pytest.raises(IllegalMove, match=rf"being asked about it.*until {until.day} June 2019"):
            act()
    assert in_cases(world) == BEFORE


def test_once_they_could_answer_it_can_be_split_and_says_what_was_asked(
    square: Case, world: World, cast: Cast
) -> None:
    ask_sources(square, answers_until=LATER.date(), by=cast.officer, at=NOON)
    after = LATER + timedelta(days=3)
    confirm_findings(square, by=cast.officer, at=after)

    act = split(square, cast.officer, world, "A4", at=after)

    new = case_named(act.other.key, actor=cast.officer, on=after.date())
    (asked,) = asked_elsewhere(new, actor=cast.officer, on=after.date())
    assert asked.asking == Asking.objects.get()
    assert asked_elsewhere(new, actor=cast.coordinator, on=after.date()) == []  # who does not follow the case
    assert all(finding.confirmed_at for finding in new.findings)  # what was told stays told


# --- what a reader is told ------------------------------------------------------------------------


def test_the_act_is_told_with_its_reason_to_who_follows_the_case(
    square: Case, world: World, cast: Cast
) -> None:
    tell_all(cast.officer)
    act = split(square, cast.officer, world, "A4")

    for case, other in ((square, act.other), (act.other, square)):
        for who, reason in ((cast.officer, WHY), (cast.auditor, WHY), (cast.reporter_b, "")):
            (told,) = regroupings_of(case_named(case.key, actor=who), actor=who)
            assert (told.act, told.other_key, told.reason, told.pairs) == (act, other.key, reason, 3)
    assert kept_by_hand(square)
    assert not kept_by_hand(case_of(world, "A5", "A6"))


def test_the_list_to_join_offers_what_shares_an_action_and_finds_the_rest(
    square: Case, world: World, cast: Cast
) -> None:
    read = case_named(square.key, actor=cast.officer, on=NOON.date())

    def offered(words: str = "", by: Person = cast.officer) -> list[tuple[str, int, int]]:
        found = joinable_with(read, world.plan, actor=by, words=words)
        return [
            ("".join(sorted(a.own_id for a in each.read.actions)), each.shared, each.actions)
            for each in found
        ]

    assert offered() == [("A1A5", 1, 5)]
    assert offered("Action 5") == [("A1A5", 1, 5), ("A5A6", 0, 6)]
    assert offered(case_of(world, "A5", "A6").key.lower()) == [("A5A6", 0, 6)]
    assert offered("A6") == [("A5A6", 0, 6)]
    assert offered("nothing") == []
    assert offered(by=cast.auditor) == []
    Action.objects.filter(own_id="A6").update(marking=Marking.AMBER)
    assert offered("A6", cast.lead_partner) == []


def test_one_that_cannot_be_joined_now_says_why(square: Case, world: World, cast: Cast) -> None:
    other = case_of(world, "A1", "A5")
    ask_sources(other, answers_until=(LATER + timedelta(days=5)).date(), by=cast.officer, at=NOON)
    read = case_named(square.key, actor=cast.officer, on=LATER.date())

    (one,) = joinable_with(read, world.plan, actor=cast.officer)

    assert f"sources of case {other.key} are being asked" in one.why_not
