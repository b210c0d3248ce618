"""What is looked for in the queue of cases, its other orders, and that nothing hidden shows through."""

from datetime import date, timedelta
from typing import Any

import pytest

from concord.accounts.models import Person
from concord.accounts.rules import Marking
from concord.analysis.models import Case, Finding
from concord.analysis.queries import (
    CaseFilters,
    case_named,
    cases_in,
    counts_of,
    measures_of,
    people_of,
    read_cases,
)
from concord.analysis.queries.asking import asking_state
from concord.analysis.queries.case_queue import standings_of
from concord.analysis.services import answer_case, ask_sources, assign, confirm_findings, run
from concord.plan.models import Action
from tests.analysis.asked import both_reply, tell_all
from tests.analysis.world import World, an_action
from tests.cast import Cast
from tests.factories import NOON

TODAY = date(2019, 7, 15)


@pytest.fixture
def four(world: World, cast: Cast) -> dict[str, Case]:
    """Four cases of one pair each: three overlaps and a possible double entry."""
    world.record(
        an_action(1, "Zagreb talks", end="2039", funding=("500", "EUR"), topics=["police-cooperation"]),
        an_action(2, "Training of guards", end="2039", funding=("400", "EUR"), reporter="Donor B"),
        an_action(3, "Border radios", end="2019", beneficiaries=["RS"], implementers=["Border Service Ltd"]),
        an_action(4, "Radios for borders", end="2019", beneficiaries=["RS"], own_id="RS/04"),
        an_action(5, "Arms register", end="2029", funding=("900", "USD")),
        an_action(6, "Register of arms", end="2029", funding=("800", "USD")),
        an_action(7, "Told once", end="2039"),
        an_action(8, "Told twice", end="2039"),
    )
    world.finds("A1", "A2", score=0.75)
    world.finds("A3", "RS/04", score=0.95)
    world.finds("A5", "A6", score=0.6)
    world.finds("A7", "A8", "duplicate", 0.9)
    run(world.plan, by=cast.officer, at=NOON)
    named = {"talks": "A1", "radios": "A3", "arms": "A5", "twice": "A7"}
    return {name: case_about(world, own_id) for name, own_id in named.items()}


def case_about(world: World, own_id: str) -> Case:
    action = world.action(own_id)
    found = Finding.objects.filter(action_a=action) | Finding.objects.filter(action_b=action)
    return Case.objects.get(pk=found.get().case_id)


def found(world: World, who: Person, tab: str = "coordinate", **filters: Any) -> list[str]:
    """The titles of the first action of each case that is found, in order."""
    wanted = CaseFilters(**filters)
    places = cases_in(world.plan, actor=who, on=TODAY, tab=tab, filters=wanted)
    counts = counts_of(world.plan, actor=who, on=TODAY, filters=wanted)
    assert counts[tab] == len(places)  # the number on the tab is what the tab holds
    read = read_cases([place.pk for place in places], world.framework, actor=who, on=TODAY)
    return [min(action.title for action in each.actions) for each in read]


TALKS, RADIOS, ARMS = "Training of guards", "Border radios", "Arms register"


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({}, [TALKS, ARMS, RADIOS]),
        ({"words": "zagreb"}, [TALKS]),
        ({"words": "ZAGREB guards"}, [TALKS]),
        ({"words": "zagreb radios"}, []),
        ({"words": "Border Service"}, [RADIOS]),
        ({"words": "RS/04"}, [RADIOS]),
        ({"words": "donor zagreb"}, [TALKS]),
        ({"words": "%"}, []),
        ({"measure": "1.1.1"}, [ARMS, RADIOS, TALKS]),
        ({"beneficiary": "RS"}, [RADIOS]),
        ({"band": 2}, [TALKS, RADIOS]),
        ({"adjustable": True}, [TALKS, ARMS]),
        ({"assigned": "nobody"}, [TALKS, ARMS, RADIOS]),
        ({"asked": "no"}, [TALKS, ARMS, RADIOS]),
        ({"asked": "waiting"}, []),
        ({"adjustable": True, "words": "radios"}, []),
        ({"order": "certainty"}, [RADIOS, TALKS, ARMS]),
        ({"order": "money"}, [TALKS, ARMS, RADIOS]),
        ({"order": "until"}, [ARMS, TALKS, RADIOS]),
        ({"order": "title"}, [ARMS, RADIOS, TALKS]),
    ],
)
def test_what_is_looked_for(
    four: dict[str, Case], world: World, cast: Cast, filters: dict[str, Any], titles: list[str]
) -> None:
    result = found(world, cast.officer, **filters)

    assert (sorted(result) if "measure" in filters else result) == (
        sorted(titles) if "measure" in filters else titles
    )


def test_a_case_is_found_by_its_key_and_by_those_of_its_actions(
    four: dict[str, Case], world: World, cast: Cast
) -> None:
    assert found(world, cast.officer, words=four["arms"].key.lower()) == [ARMS]
    assert found(world, cast.officer, words=world.action("A6").key) == [ARMS]


def test_each_measure_is_that_of_the_plan(four: dict[str, Case], world: World, cast: Cast) -> None:
    codes = [measure.code for measure in measures_of(world.plan)]
    main = {p.action.own_id: p.measure.code for p in world.plan.placements.filter(is_main=True) if p.measure}

    assert found(world, cast.officer, measure=main["A1"]).count(TALKS) == 1
    assert set(main.values()) <= set(codes)
    world.plan.placements.filter(action__own_id="A5").update(measure=None)
    assert found(world, cast.officer, measure="none") == [ARMS]


def test_where_kinds_stand_together_one_is_chosen(four: dict[str, Case], world: World, cast: Cast) -> None:
    assert found(world, cast.officer, "board", kind="duplicate") == ["Told once"]
    assert len(found(world, cast.officer, "board", kind="overlap")) == 3
    assert len(found(world, cast.officer, "board", order="title")) == 4


def test_by_who_has_taken_it_on(four: dict[str, Case], world: World, cast: Cast) -> None:
    assign(four["arms"], to=cast.lead_partner, expected_version=1, by=cast.officer, at=NOON)

    assert people_of(world.plan, actor=cast.officer) == [cast.lead_partner]
    assert found(world, cast.officer, assigned=cast.lead_partner.ref) == [ARMS]
    assert found(world, cast.officer, assigned=cast.officer.ref) == []
    assert ARMS not in found(world, cast.officer, assigned="nobody")


def test_by_what_their_sources_said(four: dict[str, Case], world: World, cast: Cast) -> None:
    talks, radios, arms = (four[name] for name in ("talks", "radios", "arms"))
    ask_sources(radios, answers_until=TODAY + timedelta(days=9), by=cast.officer, at=NOON)
    asking = ask_sources(talks, answers_until=TODAY + timedelta(days=9), by=cast.officer, at=NOON)
    both_reply(asking, cast)
    ask_sources(arms, answers_until=NOON.date() + timedelta(days=1), by=cast.officer, at=NOON)
    confirm_findings(arms, by=cast.officer, at=NOON + timedelta(days=3))
    later = TODAY + timedelta(days=3)

    def asked(value: str) -> list[int]:
        wanted = CaseFilters(asked=value)
        return [p.pk for p in cases_in(world.plan, actor=cast.officer, on=later, filters=wanted)]

    assert asked("waiting") == [radios.pk]
    assert asked("answered") == [talks.pk]
    assert asked("confirmed") == [arms.pk]
    assert asked("no") == []
    told = standings_of([case.pk for case in four.values()], on=later)
    assert told == {case.pk: asking_state(case, on=later).standing for case in four.values()}


def test_what_was_answered_is_looked_through_too(four: dict[str, Case], world: World, cast: Cast) -> None:
    rows = Finding.objects.filter(case=four["arms"])
    read = {(f.key_a, f.key_b): f.version for f in rows}
    answer_case(four["arms"], answer="joined", read=read, by=cast.officer, at=NOON)

    assert found(world, cast.officer, "answered", words="arms") == [ARMS]
    assert found(world, cast.officer, "answered", words="zagreb") == []
    assert found(world, cast.officer, "answered", kind="overlap", order="money") == [ARMS]
    assert ARMS not in found(world, cast.officer)


@pytest.mark.parametrize(
    ("who", "order"), [("lead_partner", ""), ("lead_partner", "money"), ("reporter_b", "title")]
)
def test_what_is_hidden_changes_no_list_count_or_choice(
    four: dict[str, Case], world: World, cast: Cast, who: str, order: str
) -> None:
    """The same lists as in a world without the restricted case, whatever is looked for."""
    tell_all(cast.officer)
    assign(four["arms"], to=cast.second_officer, expected_version=1, by=cast.officer, at=NOON)
    person = getattr(cast, who)
    Action.objects.filter(own_id="A6").update(marking=Marking.AMBER_STRICT)
    looked: list[dict[str, Any]] = [
        {},
        {"words": "arms"},
        {"words": four["arms"].key},
        {"words": world.action("A6").key},
        {"assigned": cast.second_officer.ref},
        {"measure": "1.1.1"},
        {"asked": "no"},
    ]

    hidden = [found(world, person, order=order, **each) for each in looked]
    people = people_of(world.plan, actor=person)
    Finding.objects.filter(case=four["arms"]).update(is_live=False)
    without = [found(world, person, order=order, **each) for each in looked]

    assert hidden == without
    assert people == []
    assert hidden[1:5] == [[], [], [], []]


def test_how_cases_stand_with_their_sources_is_told_to_who_follows_them(
    four: dict[str, Case], world: World, cast: Cast
) -> None:
    """A member reads a confirmed case; whether others of them were asked cannot be found out by looking."""
    tell_all(cast.officer)

    assert len(found(world, cast.coordinator)) == 3
    assert [found(world, cast.coordinator, asked=value) for value in ("no", "confirmed")] == [[], []]
    assert len(found(world, cast.lead_partner, asked="no")) == 3


def test_a_case_is_shown_whole_whichever_pair_was_looked_for(world: World, cast: Cast) -> None:
    """A case of three is ordered by its best pair, also when its weakest is what was looked for."""
    world.record(*(an_action(number, f"Action {number}", end="2039") for number in (1, 2, 3)))
    world.finds("A1", "A2", score=0.95)
    world.finds("A1", "A3", score=0.6)
    world.finds("A2", "A3", score=0.6)
    run(world.plan, by=cast.officer, at=NOON)

    (place,) = cases_in(world.plan, actor=cast.officer, on=TODAY, filters=CaseFilters(words="A3"))

    assert (place.band, place.score, place.size) == (3, 0.95, 3)
    key = Case.objects.get().key
    assert len(case_named(key, actor=cast.officer, on=TODAY).findings) == 3
