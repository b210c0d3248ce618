"""Every live finding has one case, keeps it, and what few may see is grouped apart."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps

from concord.accounts.rules import Marking
from concord.analysis.models import Case, Finding
from concord.analysis.rules import ends_on, pair_ends_on
from concord.analysis.services import assess, run
from concord.analysis.services.cases import assign_cases
from concord.plan.models import Action
from concord.plan.services import amend_action
from tests.analysis.world import World, an_action
from tests.cast import Cast
from tests.factories import NOON

LATER = NOON + timedelta(days=1)


@pytest.fixture
def triangle(world: World, cast: Cast) -> World:
    """Three overlaps among A1, A2 and A3; A4 is found related to nobody yet."""
    world.record(*(an_action(number) for number in (1, 2, 3, 4)))
    for one, other in (("A1", "A2"), ("A1", "A3"), ("A2", "A3")):
        world.finds(one, other)
    run(world.plan, by=cast.officer, at=NOON)
    return world


def find_related_to_a4(world: World, kind: str = "overlap") -> None:
    for own_id in ("A1", "A2", "A3"):
        world.finds(own_id, "A4", kind)


def cases_by_finding() -> dict[int, int | None]:
    return dict(Finding.objects.values_list("pk", "case"))


def test_a_run_gives_related_findings_one_case(triangle: World) -> None:
    case = Case.objects.get()

    assert (case.sort, case.is_restricted, case.opened_at, case.framework) == (
        "overlap",
        False,
        NOON,
        triangle.framework,
    )
    assert case.findings.count() == 3


def test_a_second_run_moves_nothing_and_takes_a_newcomer_in(triangle: World, cast: Cast) -> None:
    before = cases_by_finding()
    find_related_to_a4(triangle)

    kept = run(triangle.plan, by=cast.officer, at=LATER)

    assert Case.objects.count() == 1
    assert kept.counts["cases_opened"] == 0
    assert before.items() <= cases_by_finding().items()
    assert Case.objects.get().findings.count() == 6


def test_a_finding_of_another_kind_moves_to_another_case(triangle: World, cast: Cast) -> None:
    triangle.finds("A1", "A2", "duplicate")

    run(triangle.plan, by=cast.officer, at=LATER)

    sorts = sorted(Finding.objects.values_list("kind", "case__sort"))
    assert sorts == [("duplicate", "duplicate"), ("overlap", "overlap"), ("overlap", "overlap")]


def test_an_answered_case_takes_nothing_in(triangle: World, cast: Cast) -> None:
    for finding in Finding.objects.all():
        assess(finding, answer="joined", expected_version=finding.version, by=cast.officer, at=NOON)
    find_related_to_a4(triangle)

    run(triangle.plan, by=cast.officer, at=LATER)

    assert sorted(case.findings.count() for case in Case.objects.all()) == [3, 3]


def test_an_answered_finding_stays_where_it_was_answered_until_it_is_asked_again(
    triangle: World, cast: Cast
) -> None:
    finding = Finding.objects.order_by("pk")[0]
    assess(finding, answer="joined", expected_version=1, by=cast.officer, at=NOON)
    one, other = finding.action_a.own_id, finding.action_b.own_id
    triangle.finds(one, other, "synergy", 0.9)
    run(triangle.plan, by=cast.officer, at=LATER)
    assert Finding.objects.get(pk=finding.pk).case_id == finding.case_id

    action = triangle.action(one)
    amend_action(
        action,
        changes={"summary": "Something else"},
        expected_version=action.version,
        by=cast.officer,
        at=LATER,
    )
    run(triangle.plan, by=cast.officer, at=LATER)

    moved = Finding.objects.get(pk=finding.pk)
    assert moved.case is not None
    assert (moved.case_id != finding.case_id, moved.case.sort) == (True, "synergy")


def test_what_touches_a_restricted_action_is_grouped_apart(world: World, cast: Cast) -> None:
    """A1, A2 and A4 relate to each other, and all to A3, which only its sources may see."""
    world.record(*(an_action(number) for number in (1, 2, 3, 4)))
    Action.objects.filter(own_id="A3").update(marking=Marking.AMBER)
    for one, other in (("A1", "A2"), ("A1", "A4"), ("A2", "A4"), ("A1", "A3"), ("A2", "A3"), ("A3", "A4")):
        world.finds(one, other)

    run(world.plan, by=cast.officer, at=NOON)

    hidden = Action.objects.get(own_id="A3")
    for case in Case.objects.all():
        touches = {hidden.pk in (f.action_a_id, f.action_b_id) for f in case.findings.all()}
        assert touches == {case.is_restricted}
    assert Case.objects.filter(is_restricted=False).count() == 1


def test_a_raised_marking_moves_the_findings_out_of_the_case_that_others_see(
    triangle: World, cast: Cast
) -> None:
    Action.objects.filter(own_id="A3").update(marking=Marking.AMBER)

    assign_cases(triangle.framework, at=LATER)

    assert sorted((c.is_restricted, c.findings.count()) for c in Case.objects.all())[0] == (False, 1)
    assert Finding.objects.filter(case__is_restricted=True).count() == 2


def test_only_the_findings_named_are_assigned(triangle: World) -> None:
    Finding.objects.update(case=None)
    first = Finding.objects.order_by("pk")[0]

    assert assign_cases(triangle.framework, [], at=LATER) == 0
    assert assign_cases(triangle.framework, [Finding(key_a=first.key_a, key_b=first.key_b)], at=LATER) == 1
    assert not Finding.objects.filter(case=None).exists()  # what belongs with it comes along


def test_assigning_twice_changes_nothing(triangle: World, django_assert_max_num_queries) -> None:
    before = cases_by_finding()

    with django_assert_max_num_queries(3):
        assert assign_cases(triangle.framework, at=LATER) == 0

    assert cases_by_finding() == before


def test_findings_that_were_there_before_there_were_cases_get_theirs(triangle: World) -> None:
    Finding.objects.update(case=None)
    Case.objects.all().delete()
    gone = Finding.objects.order_by("pk")[0]
    Finding.objects.filter(pk=gone.pk).update(is_live=False)

    import_module("concord.analysis.migrations.0003_findings_have_cases").give_cases(apps, None)

    assert sorted(case.findings.count() for case in Case.objects.all()) == [1, 1, 1]
    assert not Finding.objects.filter(case=None).exists()  # two that are left make no triangle


@pytest.mark.parametrize(
    ("start", "end", "status", "day"),
    [
        ("2018", "2019", "", "2019-12-31"),
        ("2018-03", "2019-02", "planned", "2019-02-28"),
        ("2018", "", "", "2021-12-30"),  # a start alone runs up to three years: from 31 December 2018
        ("2018", "", "ongoing", None),
        ("", "2019-05-03", "ongoing", "2019-05-03"),
        ("", "", "planned", None),
    ],
)
def test_the_last_day_of_an_action(start: str, end: str, status: str, day: str | None) -> None:
    found = ends_on(start, end, status)

    assert (found.isoformat() if found else None) == day


def test_a_pair_ends_with_the_later_of_the_two_if_both_are_known() -> None:
    first, second = ends_on("2018", "2019", ""), ends_on("2018", "2020", "")

    assert pair_ends_on(first, second) == second
    assert pair_ends_on(first, None) is None
