"""Who sees which actions and needs: markings, readers, and nothing by the back door."""

import pytest

from concord.kernel.errors import NotFound
from concord.plan.documents import document_of
from concord.plan.models import Action, ActionReader, Need
from concord.plan.queries import (
    action_named,
    actions_visible_to,
    need_named,
    needs_visible_to,
    plan_visible,
    plans_visible_to,
    preview_actions,
)
from concord.plan.rows import Source
from concord.plan.services import link_actions
from tests.analysis.world import World, a_need, an_action
from tests.cast import Cast
from tests.factories import NOON

MARKED = {"A1": "clear", "A2": "green", "A3": "amber", "A4": "amber-strict", "A5": "red"}
SEES = {
    "operator": "A1 A2 A3 A4 A5",
    "officer": "A1 A2 A3 A4",
    "auditor": "A1 A2 A3 A4",
    "reporter_b": "A1 A2 A3 A4",  # Donor B reports all of them
    "reporter_a": "A1 A2 A4",  # named as a reader of A4
    "viewer_a": "A1 A2 A4",
    "reporter_c": "A1 A2 A3",  # implements them: AMBER, not AMBER+STRICT
    "board_member": "A1 A2 A5",  # named in person
    "coordinator": "A1 A2",
    "observer": "A1 A2",
    "administrator": "",
    "suspended": "",
    "anonymous": "",
}


@pytest.fixture
def marked(world: World, cast: Cast) -> World:
    world.record(*(an_action(n, f"Action {n}", reporter="Donor B", donors=["Donor B"]) for n in range(1, 6)))
    for own_id, marking in MARKED.items():
        Action.objects.filter(own_id=own_id).update(marking=marking)
    ActionReader.objects.create(action=world.action("A4"), organisation=cast.donor_a)
    ActionReader.objects.create(action=world.action("A5"), person=cast.board_member)
    return world


@pytest.mark.parametrize("who", SEES)
def test_each_person_sees_what_the_marking_allows(marked: World, cast: Cast, who: str):
    person = getattr(cast, who)
    seen = actions_visible_to(person, marked.framework).order_by("own_id")
    assert " ".join(action.own_id for action in seen) == SEES[who]
    in_document = {action["own_id"] for action in document_of(marked.plan, actor=person)["actions"]}
    assert in_document == set(SEES[who].split())


@pytest.mark.parametrize("who", ["officer", "reporter_a", "coordinator", "anonymous"])
def test_what_somebody_may_not_see_is_not_found_by_its_key(marked: World, cast: Cast, who: str):
    hidden = marked.action("A5")
    with pytest.raises(NotFound) as refused:
        action_named(hidden.key, actor=getattr(cast, who))
    with pytest.raises(NotFound) as unknown:
        action_named("00000000", actor=getattr(cast, who))
    assert str(refused.value) == str(unknown.value)


def test_a_link_to_something_hidden_does_not_show(marked: World, cast: Cast):
    one, hidden = marked.action("A1"), marked.action("A4")
    link_actions(action=one, other=hidden, kind="joined", by=cast.officer, at=NOON)
    [row] = [a for a in document_of(marked.plan, actor=cast.coordinator)["actions"] if a["key"] == one.key]
    assert row["works_with"] == []


def test_a_preview_about_something_hidden_shows_none_of_its_values(marked: World, cast: Cast):
    row = an_action(5, "A guess", reporter="Donor B")
    [outcome] = preview_actions(
        [row], framework=marked.framework, source=Source("x.csv", "2" * 64), actor=cast.officer
    )
    assert (outcome.state, outcome.key, outcome.changes, outcome.conflicts) == ("conflict", "", [], [])


def test_restricted_needs_are_for_the_secretariat_and_the_beneficiary_concerned(world: World, cast: Cast):
    world.record(a_need(1), a_need(2, beneficiaries=["RS"]))
    Need.objects.update(marking="amber")
    seen = {
        who: {need.own_id for need in needs_visible_to(getattr(cast, who), world.framework)}
        for who in ("officer", "coordinator", "reporter_a", "anonymous")
    }
    assert seen == {"officer": {"N1", "N2"}, "coordinator": {"N1"}, "reporter_a": set(), "anonymous": set()}
    with pytest.raises(NotFound):
        need_named(world.need("N1").key, actor=cast.reporter_a)


def test_plans_open_to_members_alone(world: World, cast: Cast):
    assert plans_visible_to(cast.observer).count() == 2
    assert plans_visible_to(cast.anonymous).count() == 0
    with pytest.raises(NotFound):
        plan_visible(world.plan.ref, actor=cast.administrator)
