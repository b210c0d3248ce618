"""Two records are merged fact by fact: who may, on which page, what becomes of both, and the way back."""

from datetime import timedelta
from typing import Any

import pytest

from concord.accounts.models import Person
from concord.accounts.services import operator
from concord.analysis.models import Assessment, Finding
from concord.analysis.queries import counts_of, pair_of, state_of_finding
from concord.analysis.rules import State
from concord.analysis.services import merge_pair, run, undo_assessment
from concord.audit.queries import history_of
from concord.kernel.canonical import canonical_bytes
from concord.kernel.errors import BadInput, NotPermitted, StaleWrite
from concord.plan.documents import document_of
from concord.plan.services import amend_action
from tests.analysis.asked import tell_all
from tests.analysis.world import World, an_action
from tests.cast import Cast
from tests.factories import NOON

LATER = NOON + timedelta(days=1)


def read_now(world: World) -> dict[str, int]:
    """The versions of both actions as they are now."""
    return {world.action(own_id).key: world.action(own_id).version for own_id in ("A1", "A2")}


def merged(finding: Finding, world: World, by: Person, *, target: str, **told: Any) -> Assessment:
    """A1 and A2 made one record; told: what is not as on the page that was just opened."""
    values = {"take": set(), "expected_version": 1, "read": read_now(world), "at": NOON} | told
    return merge_pair(finding, target=world.action(target), by=by, **values)


def test_merge_keeps_the_target_and_takes_the_fields_chosen(
    finding: Finding, world: World, cast: Cast
) -> None:
    made = merged(finding, world, cast.officer, target="A1", take={"title"}, reason="Same contract")

    kept, gone = world.action("A1"), world.action("A2")
    assert (kept.title, kept.start) == ("Another title", "2018")
    assert gone.merged_into == kept
    assert made.merge is not None
    assert (made.answer, made.merge.target, made.merge.merged) == ("merged", kept, gone)
    assert state_of_finding(finding) is State.MERGED


def test_merge_and_undo_leave_the_plans_document_byte_for_byte(
    finding: Finding, world: World, cast: Cast
) -> None:
    before = canonical_bytes(document_of(world.plan, actor=operator()))
    made = merged(finding, world, cast.officer, target="A2", take={"title", "funding", "start"})
    after = canonical_bytes(document_of(world.plan, actor=operator()))

    undo_assessment(made, by=cast.officer, at=LATER)

    assert after != before
    assert canonical_bytes(document_of(world.plan, actor=operator())) == before
    assert state_of_finding(finding, on=NOON.date()) is State.OPEN


def test_a_merged_pair_is_answered_and_does_not_come_back(finding: Finding, world: World, cast: Cast) -> None:
    rows = an_action(1, funding=("300", "EUR")), an_action(2, "Another title", start="2019")
    merged(finding, world, cast.officer, target="A1")
    world.record(*rows, at=LATER)
    run(world.plan, by=cast.officer, at=LATER)

    assert counts_of(world.plan, actor=cast.officer) == {
        "coordinate": 0,
        "double-entries": 0,
        "synergies": 0,
        "continuations": 0,
        "answered": 1,
        "board": 0,
    }
    keys = finding.key_a, finding.key_b
    assert pair_of(*keys, actor=cast.officer).pk == finding.pk


def test_merging_on_a_page_older_than_a_change_of_one_action_is_stale(
    finding: Finding, world: World, cast: Cast
) -> None:
    read = read_now(world)
    amend_action(world.action("A2"), changes={"end": "2025"}, expected_version=1, by=cast.officer, at=NOON)

    with pytest.raises(StaleWrite):
        merged(finding, world, cast.officer, target="A1", read=read)

    assert world.action("A2").merged_into is None
    assert not Assessment.objects.exists()
    finding.refresh_from_db()
    assert finding.version == 1


def test_a_third_action_is_no_target(finding: Finding, world: World, cast: Cast) -> None:
    world.record(an_action(3))
    with pytest.raises(BadInput):
        merged(finding, world, cast.officer, target="A3")


def test_who_may_not_merge_is_refused_and_nothing_changes(finding: Finding, world: World, cast: Cast) -> None:
    tell_all(cast.officer)
    with pytest.raises(NotPermitted):
        merged(finding, world, cast.reporter_a, target="A1")

    assert world.action("A2").merged_into is None


def test_merge_and_its_undo_are_recorded(finding: Finding, world: World, cast: Cast) -> None:
    made = merged(finding, world, cast.officer, target="A1")
    undo_assessment(made, by=cast.second_officer, at=LATER)

    assert [(event.event, event.actor_ref) for event in history_of(finding)] == [
        ("finding-assessed", cast.officer.ref),
        ("assessment-undone", cast.second_officer.ref),
    ]
