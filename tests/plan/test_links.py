"""Links that people confirm: needs answered, actions that belong together, needs met."""

import pytest

from concord.audit.events import EventName
from concord.audit.queries import history_of
from concord.kernel.errors import BadInput, IllegalMove, NotFound, NotPermitted
from concord.plan.documents import document_of
from concord.plan.models import ActionLink, NeedLink
from concord.plan.services import (
    confirm_link,
    link_actions,
    merge_actions,
    place_action,
    place_need,
    remove_link,
    state_need,
    unlink_actions,
)
from tests.analysis.world import World, a_need, an_action
from tests.factories import NOON


@pytest.fixture
def filled(world: World) -> World:
    world.record(an_action(1), an_action(2), a_need(1))
    return world


def test_a_confirmed_link_shows_in_the_document_and_its_matrix(filled, cast):
    confirm_link(
        action=filled.action("A1"), need=filled.need("N1"), strength="partly", by=cast.officer, at=NOON
    )

    document = document_of(filled.plan, actor=cast.officer)
    words = {(cell["beneficiary"], cell["year"]): cell["cell"] for cell in document["matrix"]}
    assert words == {("AL", "2018"): "partly", ("AL", "2019"): "partly", ("AL", "2020"): "none reported"}
    confirm_link(
        action=filled.action("A1"), need=filled.need("N1"), strength="direct", by=cast.officer, at=NOON
    )
    assert NeedLink.objects.get().strength == "direct"


def test_links_are_refused_to_the_wrong_person_strength_and_record(filled, cast):
    action, need = filled.action("A1"), filled.need("N1")
    with pytest.raises(NotPermitted):
        confirm_link(action=action, need=need, strength="direct", by=cast.reporter_a, at=NOON)
    with pytest.raises(BadInput):
        confirm_link(action=action, need=need, strength="fully", by=cast.officer, at=NOON)
    merge_actions(target=filled.action("A2"), merged=action, take=set(), reason="", by=cast.officer, at=NOON)
    with pytest.raises(IllegalMove):
        confirm_link(action=filled.action("A1"), need=need, strength="direct", by=cast.officer, at=NOON)
    assert not NeedLink.objects.exists()


def test_a_link_is_removed_once(filled, cast):
    link = confirm_link(
        action=filled.action("A1"), need=filled.need("N1"), strength="direct", by=cast.officer, at=NOON
    )
    with pytest.raises(NotPermitted):
        remove_link(link, by=cast.viewer_a, at=NOON)
    remove_link(link, by=cast.officer, at=NOON)
    with pytest.raises(NotFound):
        remove_link(
            NeedLink(pk=999, need=filled.need("N1"), action=filled.action("A1")), by=cast.officer, at=NOON
        )
    assert [e.event for e in history_of(filled.need("N1"))] == [
        EventName.LINK_CONFIRMED,
        EventName.LINK_REMOVED,
    ]


def test_joined_actions_work_with_each_other_in_the_document(filled, cast):
    one, other = filled.action("A1"), filled.action("A2")
    link_actions(action=one, other=other, kind="joined", by=cast.officer, at=NOON)
    link_actions(action=one, other=other, kind="joined", by=cast.officer, at=NOON)

    found = {a["key"]: a["works_with"] for a in document_of(filled.plan, actor=cast.officer)["actions"]}
    assert found == {one.key: [other.key], other.key: [one.key]}
    with pytest.raises(BadInput):
        link_actions(action=one, other=one, kind="joined", by=cast.officer, at=NOON)
    with pytest.raises(NotPermitted):
        unlink_actions(action=one, other=other, kind="joined", by=cast.observer, at=NOON)
    unlink_actions(action=one, other=other, kind="joined", by=cast.officer, at=NOON)
    assert not ActionLink.objects.exists()


def test_only_the_beneficiary_says_that_its_need_is_met(filled, cast):
    need = filled.need("N1")
    with pytest.raises(NotPermitted):
        state_need(need, code="AL", state="met", by=cast.officer, at=NOON)
    with pytest.raises(NotPermitted):
        state_need(need, code="RS", state="met", by=cast.coordinator, at=NOON)

    state_need(need, code="AL", state="met", by=cast.coordinator, at=NOON)

    [need_text] = document_of(filled.plan, actor=cast.officer)["needs"]
    assert need_text["beneficiaries"] == [{"code": "AL", "state": "met", "since": "2019-06-03"}]
    with pytest.raises(BadInput):
        state_need(need, code="AL", state="gone", by=cast.coordinator, at=NOON)
    filled.record(a_need(2, beneficiaries=["RS"]))
    with pytest.raises(NotFound):
        state_need(filled.need("N2"), code="AL", state="met", by=cast.coordinator, at=NOON)


def test_people_place_actions_and_a_reimport_leaves_their_choice(filled, cast):
    second = filled.plan.template.measures.get(code="2.1.1")
    place_action(filled.action("A1"), plan=filled.plan, measure=second, by=cast.officer, at=NOON)
    filled.record(an_action(1, "New title", topics=["explosives"]))

    [place] = filled.action("A1").placements.filter(plan=filled.plan)
    assert (place.measure, place.placed_by) == (second, "person")
    with pytest.raises(NotPermitted):
        place_action(filled.action("A1"), plan=filled.plan, measure=None, by=cast.reporter_a, at=NOON)
    with pytest.raises(NotPermitted):
        place_need(filled.need("N1"), plan=filled.plan, measure=None, by=cast.coordinator, at=NOON)
    placed = place_need(filled.need("N1"), plan=filled.plan, measure=second, by=cast.officer, at=NOON)
    assert placed.measure == second
