"""Running the analysis: what is compared, what is kept, what a second run changes."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from concord.accounts.services import operator
from concord.analysis.models import CoverageProposal, Finding
from concord.analysis.queries import findings_of, last_run
from concord.analysis.services import assess, run
from concord.audit.queries import history_of
from concord.kernel.errors import BadInput, NotPermitted
from concord.plan.services import amend_action, amend_need
from tests.analysis.world import World, a_need, an_action
from tests.cast import Cast
from tests.factories import NOON

LATER = NOON + timedelta(days=1)


def test_run_keeps_each_pair_once_with_what_the_queue_needs(world: World, cast: Cast) -> None:
    """Smaller of 300 and 200 euro; the later of both actions ends 2019-12-31, so until 2019-06-29."""
    world.record(an_action(1, funding=("300", "EUR")), an_action(2, funding=("200.50", "EUR"), end="2018"))
    world.finds("A1", "A2", "overlap", 0.93)

    kept = run(world.plan, by=cast.officer, at=NOON)

    finding = Finding.objects.get()
    assert (finding.kind, finding.score, finding.band) == ("overlap", 0.93, 3)
    assert (finding.money_at_stake, finding.money_currency) == (Decimal("200.50"), "EUR")
    assert finding.adjustable_until == date(2019, 6, 29)
    assert (finding.first_seen, finding.last_seen) == (kept, kept)
    assert finding.key_a < finding.key_b
    assert (kept.counts["overlap"], kept.counts["new"], kept.counts["actions"]) == (1, 1, 2)


def test_weak_candidates_are_no_findings(world: World, cast: Cast) -> None:
    world.record(an_action(1), an_action(2))
    world.finds("A1", "A2", score=0.49)

    run(world.plan, by=cast.officer, at=NOON)

    assert not Finding.objects.exists()


def test_a_plan_is_compared_with_the_other_plan_and_with_the_pool(world: World, cast: Cast) -> None:
    """A1 stands in the plan, A2 in its successor, A3 (of 2010) in no plan."""
    world.record(an_action(1), an_action(2, start="2022", end="2023"), an_action(3, start="2010", end="2011"))
    world.finds("A1", "A2", "continuation")
    world.finds("A1", "A3", "continuation")
    world.finds("A2", "A3", "continuation")

    run(world.plan, by=cast.officer, at=NOON)

    pool, mine = world.action("A3"), world.action("A1")
    assert Finding.objects.count() == 2
    assert all(mine in (f.action_a, f.action_b) for f in Finding.objects.all())
    assert not pool.placements.exists()


def test_a_second_run_without_changes_changes_nothing_but_the_run(world: World, cast: Cast) -> None:
    world.record(an_action(1), an_action(2))
    world.finds("A1", "A2")
    run(world.plan, by=cast.officer, at=NOON)
    before = Finding.objects.values().get()

    second = run(world.plan, by=cast.officer, at=LATER)

    after = Finding.objects.values().get()
    assert after.pop("last_seen_id") == second.pk
    before.pop("last_seen_id")
    assert after == before
    assert (second.counts["new"], second.counts["changed"], second.counts["gone"]) == (0, 0, 0)


def test_a_new_run_says_what_changed(world: World, cast: Cast) -> None:
    world.record(an_action(1), an_action(2))
    world.finds("A1", "A2", "overlap", 0.8)
    run(world.plan, by=cast.officer, at=NOON)
    world.finds("A1", "A2", "duplicate", 0.9)
    amend_action(world.action("A1"), changes={"end": "2020"}, expected_version=1, by=cast.officer, at=LATER)

    second = run(world.plan, by=cast.officer, at=LATER)

    finding = Finding.objects.get()
    side = "a" if finding.action_a.own_id == "A1" else "b"
    assert finding.change == {
        "kind": ["overlap", "duplicate"],
        "score": [0.8, 0.9],
        "fields": {side: ["end"]},
        "run": second.pk,
    }
    assert finding.version == 2
    assert second.counts["changed"] == 1


def test_a_pair_that_is_no_longer_found_is_marked_and_comes_back(world: World, cast: Cast) -> None:
    world.record(an_action(1), an_action(2))
    world.finds("A1", "A2")
    run(world.plan, by=cast.officer, at=NOON)
    found, world.pairs = world.pairs, []

    gone = run(world.plan, by=cast.officer, at=LATER)
    assert not Finding.objects.get().is_live
    assert gone.counts["gone"] == 1

    world.pairs = found
    run(world.plan, by=cast.officer, at=LATER)
    assert Finding.objects.get().is_live
    assert Finding.objects.get().change["back"] is True


def test_another_plans_run_leaves_pairs_alone_that_it_does_not_concern(world: World, cast: Cast) -> None:
    world.record(an_action(1), an_action(2))
    world.finds("A1", "A2")
    run(world.plan, by=cast.officer, at=NOON)
    world.pairs = []

    run(world.successor, by=cast.officer, at=LATER)

    assert Finding.objects.get().is_live


def test_a_record_that_changes_while_the_engine_works_is_left_to_the_next_run(
    world: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from concord.analysis import engines

    world.record(an_action(1), an_action(2))
    world.finds("A1", "A2")
    relate = engines.relate

    def meanwhile(snapshot: object, **options: object) -> object:
        action = world.action("A1")
        amend_action(action, changes={"title": "New"}, expected_version=1, by=cast.officer, at=NOON)
        return relate(snapshot, **options)

    monkeypatch.setattr(engines, "relate", meanwhile)
    kept = run(world.plan, by=cast.officer, at=NOON)

    assert not Finding.objects.exists()
    assert kept.counts["changed_meanwhile"] == 1


def test_a_need_that_changes_while_the_engine_works_keeps_its_proposals(
    world: World, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from concord.analysis import engines

    world.record(an_action(1), a_need(1))
    world.covers("N1", "A1")
    run(world.plan, by=cast.officer, at=NOON)
    cover = engines.cover

    def meanwhile(snapshot: object, **options: object) -> object:
        amend_need(world.need("N1"), changes={"notes": "New"}, expected_version=1, by=cast.officer, at=NOON)
        return cover(snapshot, **options)

    monkeypatch.setattr(engines, "cover", meanwhile)
    run(world.plan, by=cast.officer, at=LATER)

    assert CoverageProposal.objects.get().is_live


def test_proposals_are_kept_from_a_fifth_on_and_marked_when_they_go(world: World, cast: Cast) -> None:
    world.record(an_action(1), an_action(2), an_action(3), a_need(1))
    world.covers("N1", "A1", 0.9)
    world.covers("N1", "A2", 0.3)
    world.covers("N1", "A3", 0.1)

    kept = run(world.plan, by=cast.officer, at=NOON)

    assert sorted(CoverageProposal.objects.values_list("action__own_id", flat=True)) == ["A1", "A2"]
    assert (kept.counts["needs"], kept.counts["needs_with_proposal"], kept.counts["proposals"]) == (1, 1, 1)

    world.support = []
    run(world.plan, by=cast.officer, at=LATER)
    assert not CoverageProposal.objects.filter(is_live=True).exists()


def test_only_who_may_run_the_analysis_can(world: World, cast: Cast) -> None:
    world.record(an_action(1), an_action(2))
    world.finds("A1", "A2")

    with pytest.raises(NotPermitted):
        run(world.plan, by=cast.reporter_a, at=NOON)

    assert not Finding.objects.exists()
    assert last_run(world.plan) is None


def test_a_lead_partner_runs_its_own_pillars_plan_but_not_the_framework(world: World, cast: Cast) -> None:
    world.record(an_action(1), an_action(2))

    assert run(world.plan, by=cast.lead_partner, at=NOON).counts["actions"] == 2
    with pytest.raises(NotPermitted):
        run(world.framework, by=cast.lead_partner, at=NOON)


def test_a_whole_framework_can_be_analysed_and_nothing_else(world: World, cast: Cast) -> None:
    world.record(an_action(1), an_action(2, start="2010", end="2011"))
    world.finds("A1", "A2", "continuation")

    kept = run(world.framework, by=cast.officer, at=NOON)

    assert findings_of(world.framework, actor=cast.officer).count() == 1
    assert last_run(world.plan) == kept
    with pytest.raises(BadInput):
        run(world.action("A1"), by=cast.officer, at=NOON)


def test_a_run_is_recorded_with_its_counts(world: World, cast: Cast) -> None:
    world.record(an_action(1), an_action(2))
    world.finds("A1", "A2")

    run(world.plan, by=cast.officer, at=NOON)

    event = history_of(world.plan)[-1]
    assert (event.event, event.actor_ref) == ("analysis-run", cast.officer.ref)
    assert event.details["overlap"] == 1


def test_running_never_merges_or_answers_by_itself(world: World, cast: Cast) -> None:
    world.record(an_action(1), an_action(2))
    world.finds("A1", "A2", "duplicate", 0.999)

    run(world.plan, by=operator(), at=NOON)

    assert not Finding.objects.get().assessments.exists()
    assert world.action("A1").merged_into is None
    assert world.action("A2").merged_into is None


def test_an_answered_pair_does_not_come_back_after_reimport_and_new_run(world: World, cast: Cast) -> None:
    rows = an_action(1), an_action(2)
    world.record(*rows)
    world.finds("A1", "A2")
    run(world.plan, by=cast.officer, at=NOON)
    finding = Finding.objects.get()
    assess(finding, answer="kept", reason="Different forces", expected_version=1, by=cast.officer, at=NOON)

    assert [outcome.state for outcome in world.record(*rows, at=LATER)] == ["same", "same"]
    run(world.plan, by=cast.officer, at=LATER)

    found = findings_of(world.plan, actor=cast.officer).get()
    assert (found.answer, found.answered_digest) == ("kept", found.digest)
