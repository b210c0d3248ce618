"""What its source confirmed too long ago leaves the figures, visibly, and stays in the lists."""

from datetime import date, timedelta

import pytest

from concord.accounts.services import operator
from concord.kernel import clock
from concord.kernel.errors import BadInput, NotPermitted, StaleWrite
from concord.plan.ageing import counts_from, is_counted
from concord.plan.documents import completed, document_of
from concord.plan.models import Action, Framework, Need
from concord.plan.services import confirm_link, confirm_need, set_confirming
from concord.publication.redaction import redact
from tests.analysis.world import World, a_need, an_action, build_world
from tests.cast import Cast
from tests.factories import NOON

TODAY = clock.now().date()


@pytest.fixture
def world(cast: Cast) -> World:
    """Two actions that answer one need; the first was confirmed yesterday, the second two years ago."""
    built = build_world(cast.lead_organisation)
    built.record(an_action(1, funding=("100", "EUR")), an_action(2, funding=("50", "EUR")), a_need(1))
    for action in Action.objects.all():
        confirm_link(action=action, need=built.need("N1"), strength="direct", by=cast.officer, at=NOON)
    Action.objects.filter(own_id="A1").update(last_confirmed_on=TODAY - timedelta(days=1))
    Action.objects.filter(own_id="A2").update(last_confirmed_on=TODAY - timedelta(days=730))
    Need.objects.update(last_confirmed_on=TODAY)
    return built


def a_year(world: World, cast: Cast) -> None:
    world.plan.framework = set_confirming(world.framework, months=12, by=cast.officer, at=NOON)


def test_a_limit_counts_back_whole_months():
    framework = Framework(confirm_within_months=3)
    assert counts_from(framework, on=date(2026, 2, 15)) == date(2025, 11, 15)
    assert counts_from(framework, on=date(2026, 5, 31)) == date(2026, 2, 28)
    assert counts_from(Framework(), on=TODAY) is None
    assert is_counted(None, None)
    assert not is_counted(None, TODAY)
    assert is_counted(TODAY, TODAY)


def test_by_default_everything_counts(world: World):
    document = document_of(world.plan, actor=operator())

    assert document["figures"]["actions"] == 2
    assert "not_counted" not in document["figures"]
    assert "confirmed_since" not in document["plan"]


def test_what_is_too_old_leaves_figures_and_matrix_and_stays_in_the_list(world: World, cast: Cast):
    a_year(world, cast)
    document = document_of(world.plan, actor=operator())

    figures = document["figures"]
    assert (figures["actions"], figures["amounts"]) == (1, {"EUR": "100.00"})
    assert figures["not_counted"] | {"since": ""} == {"actions": 1, "needs": 0, "since": ""}
    assert len(document["actions"]) == 2
    old = {action["key"] for action in document["actions"] if action.get("counted") is False}
    assert old == {world.action("A2").key}
    assert not any(old & set(cell["actions"]) for cell in document["matrix"])
    assert completed(document) == document


@pytest.mark.parametrize("profile", ["five-facts", "open"])
def test_a_published_text_says_what_it_does_not_count(world: World, cast: Cast, profile: str):
    a_year(world, cast)
    public = redact(document_of(world.plan, actor=operator()), profile)

    assert public["figures"]["actions"] == 1
    assert redact(public, profile) == public


def test_a_need_is_confirmed_by_who_speaks_for_its_beneficiary(world: World, cast: Cast):
    need = world.need("N1")
    Need.objects.update(last_confirmed_on=None)
    for wrong in (cast.officer, cast.reporter_a, cast.lead_partner):
        with pytest.raises(NotPermitted):
            confirm_need(need, expected_version=need.version, by=wrong, at=NOON)
    with pytest.raises(StaleWrite):
        confirm_need(need, expected_version=9, by=cast.coordinator, at=NOON)
    confirmed = confirm_need(need, expected_version=need.version, by=cast.authority, at=NOON)
    assert confirmed.last_confirmed_on == NOON.date()


def test_only_who_manages_the_framework_sets_the_limit(world: World, cast: Cast):
    with pytest.raises(NotPermitted):
        set_confirming(world.framework, months=12, by=cast.lead_partner, at=NOON)
    with pytest.raises(BadInput):
        set_confirming(world.framework, months=0, by=cast.officer, at=NOON)
