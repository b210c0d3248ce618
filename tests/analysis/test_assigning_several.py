"""Several cases are assigned in one act, or none of them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from concord.accounts.rules import Marking
from concord.analysis.models import Case
from concord.analysis.services import assign, assign_several, run
from concord.analysis.services.casework import MOST_AT_ONCE
from concord.audit.models import Event
from concord.commands.main import main
from concord.kernel.errors import BadInput, NotFound, NotPermitted, StaleWrite
from concord.plan.models import Action
from tests.analysis.world import World, an_action
from tests.cast import Cast
from tests.factories import NOON

LATER = NOON + timedelta(days=1)


@pytest.fixture
def cases(world: World, cast: Cast) -> list[Case]:
    """An overlap of A1 and A2, one of A3 and A4, and one of A5 and A6."""
    world.record(*(an_action(number, end="2035") for number in range(1, 7)))
    for one, other in (("A1", "A2"), ("A3", "A4"), ("A5", "A6")):
        world.finds(one, other)
    run(world.plan, by=cast.officer, at=NOON)
    return list(Case.objects.order_by("key"))


def read(cases: list[Case]) -> dict[str, int]:
    return {case.key: case.version for case in cases}


def taken() -> list[str]:
    rows = Case.objects.order_by("key").select_related("assigned_to")
    return [case.assigned_to.name if case.assigned_to else "" for case in rows]


def hide(case: Case) -> None:
    """Marks the actions of a case so that the secretariat alone sees it."""
    pks = [pk for pair in case.findings.values_list("action_a", "action_b") for pk in pair]
    Action.objects.filter(pk__in=pks).update(marking=Marking.AMBER_STRICT)
    Case.objects.filter(pk=case.pk).update(is_restricted=True)


def test_all_are_with_one_person_and_each_stands_in_the_record(cases: list[Case], cast: Cast) -> None:
    changed = assign_several(read(cases), to=cast.lead_partner, by=cast.officer, at=LATER)

    assert [case.key for case in changed] == [case.key for case in cases]
    assert taken() == [cast.lead_partner.name] * 3
    assert {case.assigned_at for case in Case.objects.all()} == {LATER}
    assert Event.objects.filter(event="case-assigned").count() == 3


def test_nobody_takes_them_on_any_more(cases: list[Case], cast: Cast) -> None:
    assign_several(read(cases), to=cast.officer, by=cast.officer, at=NOON)
    assign_several(read(list(Case.objects.all())), to=None, by=cast.officer, at=LATER)

    assert taken() == ["", "", ""]


def test_what_is_so_already_is_left_alone(cases: list[Case], cast: Cast) -> None:
    assign(cases[0], to=cast.officer, expected_version=1, by=cast.officer, at=NOON)

    changed = assign_several(read(cases), to=cast.officer, by=cast.officer, at=LATER)

    assert [case.key for case in changed] == [case.key for case in cases[1:]]
    assert Case.objects.get(pk=cases[0].pk).assigned_at == NOON


def test_one_that_was_assigned_meanwhile_stops_them_all(cases: list[Case], cast: Cast) -> None:
    before = read(cases)
    assign(cases[2], to=cast.second_officer, expected_version=1, by=cast.second_officer, at=NOON)

    with pytest.raises(StaleWrite, match=f"Case {cases[2].key}: .* Nothing was assigned"):
        assign_several(before, to=cast.officer, by=cast.officer, at=LATER)

    assert taken() == ["", "", cast.second_officer.name]


def test_one_that_the_person_may_not_take_on_stops_them_all(cases: list[Case], cast: Cast) -> None:
    hide(cases[1])

    with pytest.raises(BadInput, match=f"Case {cases[1].key}: .* may not answer this case"):
        assign_several(read(cases), to=cast.lead_partner, by=cast.officer, at=LATER)

    assert taken() == ["", "", ""]


def test_a_hidden_case_is_like_none_and_stops_them_all(cases: list[Case], cast: Cast) -> None:
    hide(cases[1])
    said = []
    for other in (cases[1].key, "ZZZZZZZZ"):
        with pytest.raises(NotFound) as refused:
            assign_several({cases[0].key: 1, other: 1}, to=None, by=cast.lead_partner, at=LATER)
        said.append(str(refused.value))

    assert said[0] == said[1]
    assert taken() == ["", "", ""]


def test_who_does_not_coordinate_assigns_none(cases: list[Case], cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        assign_several(read(cases), to=None, by=cast.auditor, at=LATER)


def test_none_and_too_many_are_refused(cast: Cast, db: None) -> None:
    with pytest.raises(BadInput, match="Choose at least one case"):
        assign_several({}, to=None, by=cast.officer, at=LATER)
    many = {f"KEY{number:05}": 1 for number in range(MOST_AT_ONCE + 1)}
    with pytest.raises(BadInput, match="At most 100 cases"):
        assign_several(many, to=None, by=cast.officer, at=LATER)


def test_each_further_case_asks_a_few_queries_more(cases: list[Case], cast: Cast) -> None:
    asked = []
    for some in (cases[:1], cases):
        with CaptureQueriesContext(connection) as captured:
            assign_several(
                read(list(Case.objects.filter(pk__in=[each.pk for each in some]))),
                to=cast.second_officer if len(some) == 1 else cast.officer,
                by=cast.officer,
                at=LATER,
            )
        asked.append(len(captured))

    assert asked[1] - asked[0] <= 2 * 6


def test_the_command_assigns_several(
    cases: list[Case], cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = [case.key.lower() for case in cases]
    assert main(["case", "assign", *keys[:2], "--to", cast.officer.name.upper()]) == 0
    assert "2 cases with Secretariat officer now." in capsys.readouterr().out
    assert main(["case", "assign", *keys, "--to", cast.officer.email or ""]) == 0
    assert "1 case with Secretariat officer now; 2 already so." in capsys.readouterr().out
    assert taken() == [cast.officer.name] * 3

    assert main(["case", "assign", keys[0], "--to", "nobody"]) == 0
    assert "1 case with nobody now." in capsys.readouterr().out
    assert taken()[0] == ""


def test_the_command_says_who_may_take_a_case_on(
    cases: list[Case], cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["case", "assign", cases[0].key, "--to", "Auditor"]) == 2
    said = capsys.readouterr().err
    assert "none of them is called “Auditor”" in said
    assert cast.officer.name in said
    assert main(["case", "assign", cases[0].key, "ZZZZZZZZ", "--to", "nobody"]) == 2
    assert taken() == ["", "", ""]
