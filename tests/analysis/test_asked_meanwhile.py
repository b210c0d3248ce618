"""What becomes of a question when its case changes: another kind, a withdrawn or merged action, a join."""

from datetime import timedelta

import pytest

from concord.analysis.asking_rules import Standing
from concord.analysis.models import Asking, Finding
from concord.analysis.queries import (
    asking_state,
    case_named,
    is_told,
    may_read,
    waiting_for_sources,
    waiting_of,
)
from concord.analysis.queries.case_queue import standings_of
from concord.analysis.queries.findings import waiting_pairs
from concord.analysis.services import (
    confirm_findings,
    reply,
    run,
    undo_assessment,
    undo_confirmation,
)
from concord.kernel.errors import IllegalMove, NotFound, StaleWrite
from concord.plan.models import Action
from concord.plan.services import withdraw_action
from tests.analysis.asked import UNTIL, asked, both_reply, case_of, source, two_sources
from tests.analysis.regrouped import case_of as case_of_pair
from tests.analysis.regrouped import finding_of, join, split
from tests.analysis.test_merging_pairs import merged
from tests.analysis.world import World, an_action
from tests.cast import Cast
from tests.factories import NOON

LATER = NOON + timedelta(days=1)


def says_nothing_more(asking: Asking, cast: Cast) -> None:
    """Nobody can reply to it, and it waits for nobody."""
    with pytest.raises(IllegalMove):
        reply(source(asking, cast.donor_b), says="talk", way="desk", by=cast.reporter_b, at=LATER)
    assert waiting_for_sources(cast.reporter_b, asking.case.framework, on=LATER.date()) == []


def test_a_pair_of_another_kind_is_another_question(world: World, cast: Cast) -> None:
    asking = asked(two_sources(world, cast, end="2039"), cast)
    world.finds("A1", "A2", "duplicate", 0.9)
    run(world.plan, by=cast.officer, at=LATER)

    says_nothing_more(asking, cast)
    now = case_of(Finding.objects.get())
    assert now != asking.case
    assert asking_state(now, on=LATER.date()).standing is Standing.NOT_ASKED


def test_confirming_tells_only_what_the_sources_were_asked(world: World, cast: Cast) -> None:
    case = two_sources(world, cast, end="2039")
    world.record(an_action(3, "Dogs at the border", end="2039"))
    world.finds("A1", "A3")
    world.finds("A2", "A3")
    run(world.plan, by=cast.officer, at=NOON)
    asking = asked(case, cast)
    assert len(asking.pairs) == 3
    both_reply(asking, cast)
    world.finds("A1", "A2", "duplicate", 0.9)
    run(world.plan, by=cast.officer, at=LATER)

    assert confirm_findings(case, by=cast.officer, at=LATER) == 2
    assert finding_of(world, "A1", "A2").confirmed_at is None


def test_nothing_is_asked_about_an_action_that_was_withdrawn(world: World, cast: Cast) -> None:
    asking = asked(two_sources(world, cast, end="2039"), cast)
    action = world.action("A1")
    withdraw_action(action, reason="No money", expected_version=action.version, by=cast.reporter_a, at=LATER)

    says_nothing_more(asking, cast)


def test_a_joined_case_asked_anew_ends_what_both_were_asked(world: World, cast: Cast) -> None:
    case = two_sources(world, cast, end="2039")
    world.record(an_action(3, "Dogs", end="2039"), an_action(4, "Scanners", reporter="Donor B", end="2039"))
    world.finds("A3", "A4")
    run(world.plan, by=cast.officer, at=NOON)
    other = case_of_pair(world, "A3", "A4")
    first, second = asked(case, cast), asked(other, cast)
    both_reply(first, cast)
    both_reply(second, cast)
    join(case, other, cast.officer)
    case.refresh_from_db()

    asked(case, cast, answers_until=UNTIL + timedelta(days=9), at=LATER)

    assert Asking.objects.filter(ended_at=None).count() == 1


def test_other_pairs_of_a_merged_record_wait_for_nobody_until_the_merge_is_undone(
    world: World, cast: Cast
) -> None:
    world.record(*(an_action(number, end="2039") for number in (1, 2, 3)))
    world.finds("A1", "A2", "duplicate", 0.9)
    world.finds("A1", "A3")
    world.finds("A2", "A3")
    run(world.plan, by=cast.officer, at=NOON)
    answer = merged(finding_of(world, "A1", "A2"), world, cast.officer, target="A1", reason="The same")

    def waiting() -> set[str]:
        found = waiting_of(world.plan, actor=cast.officer, on=LATER.date())
        return {"".join(sorted([each.action_a.own_id, each.action_b.own_id])) for each in found}

    assert waiting() == {"A1A3"}
    undo_assessment(answer, by=cast.officer, at=LATER)
    assert "A2A3" in waiting()


def test_cases_joined_to_and_fro_lead_in_no_circle(world: World, cast: Cast) -> None:
    """What was hidden from who joined them stayed behind, so each of the two leads to the other."""
    world.record(*(an_action(number, end="2039") for number in range(1, 6)))
    for one, other in (("A1", "A2"), ("A1", "A3"), ("A2", "A3"), ("A4", "A5")):
        world.finds(one, other)
    run(world.plan, by=cast.officer, at=NOON)
    case, second = case_of_pair(world, "A1", "A2"), case_of_pair(world, "A4", "A5")
    Action.objects.filter(own_id="A3").update(marking="amber-strict")
    join(second, case, cast.lead_partner)
    assert case_of_pair(world, "A2", "A3") == case
    join(case, second, cast.officer)

    with pytest.raises(NotFound):
        case_named(second.key, actor=cast.board_member, on=NOON.date())


def test_what_ended_before_its_last_day_was_not_open_to_every_source(world: World, cast: Cast) -> None:
    """Whoever had not replied could not any more, so nothing is confirmed because a day has passed."""
    case = two_sources(world, cast, end="2039")
    asked(case, cast)
    Finding.objects.update(is_live=False)
    after = UNTIL + timedelta(days=1)

    assert asking_state(case, on=after).standing is Standing.WAITING
    with pytest.raises(IllegalMove):
        confirm_findings(case, by=cast.officer, at=NOON + timedelta(days=20))


def test_a_confirmation_is_taken_back_whole_after_a_split(world: World, cast: Cast) -> None:
    case = two_sources(world, cast, end="2039")
    world.record(an_action(3, "Dogs at the border", end="2039"))
    world.finds("A1", "A3")
    world.finds("A2", "A3")
    run(world.plan, by=cast.officer, at=NOON)
    both_reply(asked(case, cast), cast)
    assert confirm_findings(case, by=cast.officer, at=LATER) == 3
    split(case, cast.officer, world, "A3")
    part = case_of_pair(world, "A1", "A3")
    assert part != case
    assert is_told(part)

    assert undo_confirmation(case, by=cast.officer, at=LATER) == 3
    assert not is_told(part)
    assert not Finding.objects.filter(confirmed_at__isnull=False).exists()


def test_a_withdrawn_action_is_counted_for_nobody(world: World, cast: Cast) -> None:
    two_sources(world, cast, end="2039")
    assert waiting_pairs(world.framework, on=LATER.date()).count() == 1
    action = world.action("A1")
    withdraw_action(action, reason="No money", expected_version=action.version, by=cast.reporter_a, at=LATER)

    assert waiting_pairs(world.framework, on=LATER.date()).count() == 0


def test_one_click_asks_once(world: World, cast: Cast) -> None:
    case = two_sources(world, cast, end="2039")
    first = asked(case, cast, read="")

    with pytest.raises(StaleWrite):
        asked(case, cast, read="")
    assert asked(case, cast, read=first.key) != first


def test_the_queue_says_of_a_pair_of_another_kind_what_its_page_says(world: World, cast: Cast) -> None:
    case = two_sources(world, cast, end="2039")
    world.record(an_action(3, "Dogs at the border", end="2039"))
    world.finds("A1", "A3")
    world.finds("A2", "A3")
    run(world.plan, by=cast.officer, at=NOON)
    both_reply(asked(case, cast), cast)
    confirm_findings(case, by=cast.officer, at=LATER)
    world.finds("A1", "A2", "duplicate", 0.9)
    run(world.plan, by=cast.officer, at=LATER)

    assert asking_state(case, on=LATER.date()).standing is Standing.CONFIRMED
    assert standings_of([case.pk], on=LATER.date()) == {case.pk: Standing.CONFIRMED}


def test_what_names_an_action_that_became_restricted_is_read_by_the_secretariat_alone(
    world: World, cast: Cast
) -> None:
    case = two_sources(world, cast, end="2039")
    state = asking_state(asked(case, cast).case, on=NOON.date())
    assert may_read(state, actor=cast.lead_partner)
    Action.objects.filter(own_id="A2").update(marking="amber-strict")

    state = asking_state(case, on=NOON.date())
    assert not may_read(state, actor=cast.lead_partner)
    assert may_read(state, actor=cast.officer)
