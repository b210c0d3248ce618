"""Which text was in force on a day: from rows that never change."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from concord.kernel.errors import NotFound
from concord.plan.models import PlanVersion
from concord.publication.models import Edition
from concord.publication.queries import edition_in_force, edition_of, edition_on, editions_of
from tests.analysis.world import PLAN, SUCCESSOR, an_action
from tests.publication.conftest import Press

pytestmark = pytest.mark.django_db


def test_the_edition_of_a_day_is_the_latest_that_had_begun(press: Press):
    first = press.published(on=date(2018, 3, 16))
    press.world.record(an_action(4, "One more"))
    second = press.published(on=date(2019, 6, 3))

    assert edition_on(PLAN, date(2018, 3, 16)) == first
    assert edition_on(PLAN, date(2019, 6, 2)) == first
    assert edition_on(PLAN, date(2019, 6, 3)) == second
    assert edition_in_force(PLAN) == second
    assert edition_of(PLAN, 1) == first
    assert editions_of(PLAN) == [second, first]


def test_before_the_first_text_nothing_was_in_force(press: Press):
    press.published(on=date(2018, 3, 16))
    with pytest.raises(NotFound, match="The first is in force from 2018-03-16"):
        edition_on(PLAN, date(2018, 3, 15))


@pytest.mark.parametrize("ref", ["nothing", SUCCESSOR, "x" * 80, "a/b", "ä", "' OR 1=1"])
def test_a_plan_that_was_never_published_and_one_that_is_not_there_look_alike(press: Press, ref: str):
    with pytest.raises(NotFound, match="No plan with the address"):
        editions_of(ref)


def test_a_version_that_is_not_there_names_the_latest(press: Press):
    press.published()
    with pytest.raises(NotFound, match=r"no version 7\. The latest is version 1"):
        edition_of(PLAN, 7)


@pytest.fixture
def versions(press: Press) -> list[PlanVersion]:
    """Five endorsed texts."""
    return [press.endorsed(on=date(2018, 1, 1)) for _ in range(5)]


@given(days=st.lists(st.integers(0, 20), min_size=1, max_size=5), asked=st.integers(0, 20))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_several_changes_a_day_leave_one_answer(versions: list[PlanVersion], days: list[int], asked: int):
    """Editions may begin on any days, several on one: the last that began, of one day the highest number."""
    start = date(2018, 1, 1)
    begun = sorted(days)
    with transaction.atomic():
        for number, day in enumerate(begun, start=1):
            _add_edition(versions[number - 1], number, start + timedelta(days=day))
        expected = [number for number, day in enumerate(begun, start=1) if day <= asked]
        if expected:
            assert edition_on(PLAN, start + timedelta(days=asked)).number == expected[-1]
        else:
            with pytest.raises(NotFound):
                edition_on(PLAN, start + timedelta(days=asked))
        transaction.set_rollback(True)


def _add_edition(version: PlanVersion, number: int, day: date) -> None:
    Edition.objects.create(
        plan=version.plan,
        version=version,
        decision=version.standing.decision,
        number=number,
        profile="open",
        document=b"{}",
        sha256=f"{number:064d}",
        previous_sha256="" if number == 1 else f"{number - 1:064d}",
        commitment=version.commitment,
        in_force_from=day,
        published_at=version.frozen_at,
    )
