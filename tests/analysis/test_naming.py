"""Nobody reads two names together before both could answer and the secretariat confirmed it."""

from datetime import timedelta

import pytest

from concord.accounts.rules import Marking
from concord.analysis.models import Case, Finding
from concord.analysis.queries import (
    counts_by_measure,
    counts_of,
    findings_of,
    others_with,
    pair_of,
    queue,
    state_of_finding,
    waiting_of,
)
from concord.analysis.rules import State
from concord.analysis.services import assess, confirm_findings, run, undo_confirmation
from concord.kernel.errors import NotFound
from concord.plan.models import Action
from concord.plan.services import place_action
from tests.analysis.asked import asked, both_reply, two_sources
from tests.analysis.world import World, an_action
from tests.cast import Cast
from tests.factories import NOON

COORDINATE = {"officer", "second_officer", "lead_partner", "co_lead_partner", "operator", "auditor"}
SOURCES = {"reporter_a", "reporter_b"}
OTHERS = {
    "viewer_a",
    "reporter_c",
    "board_member",
    "coordinator",
    "authority",
    "support_group_member",
    "observer",
}
NOBODY = {"administrator", "suspended", "anonymous"}
STEPS = {"found": COORDINATE, "asked": COORDINATE | SOURCES, "confirmed": COORDINATE | SOURCES | OTHERS}


@pytest.fixture
def case(world: World, cast: Cast) -> Case:
    """Two overlapping actions, of Donor A and of Donor B."""
    return two_sources(world, cast)


def readers(world: World, cast: Cast) -> set[str]:
    """Who reads the pair anywhere; each way of reading says the same."""
    finding = Finding.objects.get()
    found = set()
    for name, person in cast.people():
        seen = {
            findings_of(world.plan, actor=person).exists(),
            findings_of(world.framework, actor=person).exists(),
            waiting_of(world.plan, actor=person, on=NOON.date()).exists(),
            queue(world.plan, actor=person, on=NOON.date()).exists(),
            bool(counts_of(world.plan, actor=person, on=NOON.date())["coordinate"]),
        }
        try:
            pair_of(finding.key_a, finding.key_b, actor=person)
            seen.add(True)
        except NotFound:
            seen.add(False)
        assert len(seen) == 1, name
        if seen == {True}:
            found.add(name)
    return found


def test_every_role_reads_a_pair_from_its_own_step_on(case: Case, world: World, cast: Cast) -> None:
    assert readers(world, cast) == STEPS["found"]
    asking = asked(case, cast)
    assert readers(world, cast) == STEPS["asked"]
    both_reply(asking, cast)
    assert readers(world, cast) == STEPS["asked"]
    confirm_findings(case, by=cast.officer, at=NOON)
    assert readers(world, cast) == STEPS["confirmed"]
    undo_confirmation(case, by=cast.officer, at=NOON)
    assert readers(world, cast) == STEPS["asked"]
    assert readers(world, cast).isdisjoint(NOBODY)


def test_a_source_reads_what_was_put_to_it_and_no_other_pair_of_the_case(world: World, cast: Cast) -> None:
    case = two_sources(world, cast)
    asked(case, cast)
    world.record(an_action(3, reporter="Implementer C"))
    world.finds("A2", "A3", score=0.7)
    run(world.plan, by=cast.officer, at=NOON)
    Finding.objects.update(case=case)

    both = Finding.objects.get(score=0.9)
    assert findings_of(world.plan, actor=cast.reporter_b).count() == 1
    assert others_with(both, actor=cast.reporter_b, on=NOON.date()) == []
    assert findings_of(world.plan, actor=cast.reporter_c).count() == 0


def test_a_lead_of_another_pillar_coordinates_nothing_here(case: Case, world: World, cast: Cast) -> None:
    Action.objects.get(own_id="A1").pillar_rows.all().delete()
    assert findings_of(world.framework, actor=cast.lead_partner).count() == 1
    Action.objects.get(own_id="A2").pillar_rows.all().delete()
    assert findings_of(world.framework, actor=cast.lead_partner).count() == 0


def test_what_became_restricted_is_the_secretariats_even_if_it_was_confirmed(
    case: Case, world: World, cast: Cast
) -> None:
    both_reply(asked(case, cast), cast)
    confirm_findings(case, by=cast.officer, at=NOON)
    Action.objects.filter(own_id="A1").update(marking=Marking.AMBER_STRICT)

    assert readers(world, cast) == {"officer", "second_officer", "operator"}


def test_a_confirmation_lapses_when_the_pair_is_found_to_be_something_else(
    case: Case, world: World, cast: Cast
) -> None:
    both_reply(asked(case, cast), cast)
    confirm_findings(case, by=cast.officer, at=NOON)
    run(world.plan, by=cast.officer, at=NOON)
    assert Finding.objects.get().confirmed_at == NOON
    world.finds("A1", "A2", "duplicate", 0.9)
    run(world.plan, by=cast.officer, at=NOON)

    assert Finding.objects.get().confirmed_by is None
    assert not findings_of(world.plan, actor=cast.board_member).exists()


# --- counts for everybody else --------------------------------------------------------------------


def counted(world: World, cast: Cast, person: str) -> tuple[int, list[tuple[str, int]]]:
    found = counts_by_measure(world.plan, actor=getattr(cast, person), on=NOON.date())
    return found.pairs, [(line.name, line.pairs) for line in found.measures]


def test_others_are_told_how_many_wait_under_which_measure(world: World, cast: Cast) -> None:
    """A1, A2 stand under stockpiles, A3 under cooperation: two pairs, one of which touches both. That A2
    stands in the next plan as well, under another measure, is nothing to this one."""
    world.record(an_action(1), an_action(2, end="2022"), an_action(3, topics=["police-cooperation"]))
    place_action(
        world.action("A2"),
        plan=world.successor,
        measure=world.plan.template.measures.get(name="Police cooperation"),
        by=cast.officer,
        at=NOON,
    )
    world.finds("A1", "A2")
    world.finds("A2", "A3")
    world.finds("A1", "A3", "duplicate")
    run(world.plan, by=cast.officer, at=NOON)

    for person in ("board_member", "observer", "reporter_b", "officer"):
        assert counted(world, cast, person) == (2, [("Safe stockpiles", 2), ("Police cooperation", 1)])
    assert counts_by_measure(world.plan, actor=cast.observer, on=NOON.date(), kind="duplicate").pairs == 1


@pytest.mark.parametrize("person", ["officer", "reporter_a", "board_member"])
def test_a_pair_that_somebody_may_not_see_is_in_nobodys_count(world: World, cast: Cast, person: str) -> None:
    two_sources(world, cast)
    assert counted(world, cast, person)[0] == 1
    Action.objects.filter(own_id="A1").update(marking=Marking.AMBER)
    assert counted(world, cast, person) == (0, [])


# --- ageing out -----------------------------------------------------------------------------------


def test_an_unanswered_pair_ages_out_of_queues_and_counts_and_is_listed_as_closed(
    case: Case, world: World, cast: Cast
) -> None:
    Finding.objects.update(ends_on=NOON.date() - timedelta(days=1))
    finding = pair_of(*Finding.objects.values_list("key_a", "key_b").get(), actor=cast.officer)
    common = {"actor": cast.officer, "on": NOON.date()}

    assert state_of_finding(finding, on=NOON.date()) is State.AGED_OUT
    assert not queue(world.plan, **common).exists()
    assert not waiting_of(world.plan, **common).exists()
    assert [found.pk for found in queue(world.plan, tab="answered", **common)] == [finding.pk]
    counts = counts_of(world.plan, **common)
    assert (counts["coordinate"], counts["board"], counts["answered"]) == (0, 0, 1)
    assert counted(world, cast, "observer")[0] == 0


def test_one_whose_end_is_unknown_or_today_goes_on_waiting(case: Case, world: World, cast: Cast) -> None:
    for end in (None, NOON.date()):
        Finding.objects.update(ends_on=end)
        assert counts_of(world.plan, actor=cast.officer, on=NOON.date())["coordinate"] == 1


def test_what_aged_out_can_still_be_answered_and_an_answer_never_ages(
    case: Case, world: World, cast: Cast
) -> None:
    Finding.objects.update(ends_on=NOON.date() - timedelta(days=1))
    finding = Finding.objects.get()

    assess(finding, answer="kept", reason="x", expected_version=finding.version, by=cast.officer, at=NOON)
    Finding.objects.update(digest="0" * 64)  # as if one of the two had changed

    assert state_of_finding(Finding.objects.get(), on=NOON.date()) is State.KEPT
