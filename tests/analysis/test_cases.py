"""Cases: their queue, who works on them, and one answer for all pairs of a case."""

import json
from datetime import date, timedelta

import pytest

from concord.accounts.models import Person
from concord.accounts.rules import Marking
from concord.accounts.services import operator
from concord.analysis.models import Assessment, Case, CaseNote, Finding
from concord.analysis.queries import (
    Filters,
    case_named,
    case_of_finding,
    cases_in,
    coordinates,
    coordinators_of,
    counts_of,
    history_of_case,
    notes_of,
    read_cases,
    standing_of,
)
from concord.analysis.services import (
    add_note,
    answer_case,
    assess,
    assign,
    run,
    take_back_note,
    undo_act,
    undo_assessment,
)
from concord.audit.queries import history_of
from concord.kernel.errors import BadInput, IllegalMove, NotFound, NotPermitted, StaleWrite
from concord.plan.models import Action
from tests.analysis.world import World, an_action
from tests.cast import Cast
from tests.factories import NOON

LATER = NOON + timedelta(days=1)
TODAY = date(2018, 9, 1)


@pytest.fixture
def triangle(world: World, cast: Cast) -> Case:
    """Three overlaps among A1, A2 and A3, one case; A4 and A5 may be one action, another case."""
    world.record(*(an_action(number) for number in (1, 2, 3, 4, 5)))
    for one, other in (("A1", "A2"), ("A1", "A3"), ("A2", "A3")):
        world.finds(one, other)
    world.finds("A4", "A5", "duplicate", 0.95)
    run(world.plan, by=cast.officer, at=NOON)
    return Case.objects.get(sort="overlap")


def pairs_of(case: Case) -> dict[tuple[str, str], int]:
    """The pairs of a case with their versions, as a page has read them."""
    return {(f.key_a, f.key_b): f.version for f in Finding.objects.filter(case=case)}


def in_queue(world: World, person: Person, tab: str = "coordinate", **options: object) -> list[str]:
    """The queue as the own ids of each case's actions: "A1-A2-A3"."""
    places = cases_in(world.plan, actor=person, on=TODAY, tab=tab, **options)  # type: ignore[arg-type]
    read = read_cases([place.pk for place in places], world.framework, actor=person, on=TODAY)
    return ["-".join(sorted(action.own_id for action in each.actions)) for each in read]


# --- the queue ------------------------------------------------------------------------------------


def test_each_part_of_the_queue_holds_cases(triangle: Case, world: World, cast: Cast) -> None:
    assert in_queue(world, cast.officer) == ["A1-A2-A3"]
    assert in_queue(world, cast.officer, "double-entries") == ["A4-A5"]
    assert in_queue(world, cast.officer, "board") == ["A4-A5", "A1-A2-A3"]
    assert in_queue(world, cast.officer, "answered") == []
    assert counts_of(world.plan, actor=cast.officer, on=TODAY) == {
        "coordinate": 1,
        "double-entries": 1,
        "synergies": 0,
        "continuations": 0,
        "answered": 0,
        "board": 2,
    }


def test_the_best_of_a_cases_findings_decides_its_place(world: World, cast: Cast) -> None:
    """Changeable first (A1-A2), then almost certain (A3-A4-A5 by its best pair), then money, then score."""
    over = {"end": "2018", "start": "2015"}
    world.record(
        an_action(1),
        an_action(2),
        *(an_action(number, **over) for number in (3, 4, 5)),
        an_action(6, funding=("200", "EUR"), **over),
        an_action(7, funding=("300", "EUR"), **over),
        *(an_action(number, **over) for number in (8, 9)),
    )
    world.finds("A1", "A2", score=0.55)
    world.finds("A3", "A4", score=0.95)
    world.finds("A3", "A5", score=0.6)
    world.finds("A4", "A5", score=0.6)
    world.finds("A6", "A7", score=0.8)
    world.finds("A8", "A9", score=0.85)
    run(world.plan, by=cast.officer, at=NOON)

    assert in_queue(world, cast.officer) == ["A1-A2", "A3-A4-A5", "A6-A7", "A8-A9"]


def test_before_the_board_are_at_most_twenty_cases(world: World, cast: Cast) -> None:
    world.record(*(an_action(number) for number in range(1, 51)))
    for number in range(1, 50, 2):
        world.finds(f"A{number}", f"A{number + 1}")
    run(world.plan, by=cast.officer, at=NOON)

    counts = counts_of(world.plan, actor=cast.officer, on=TODAY)

    assert (counts["coordinate"], counts["board"]) == (25, 20)
    board = in_queue(world, cast.officer, "board")
    assert len(board) == 20
    last = in_queue(world, cast.officer)[20].split("-")[0]
    narrowed = in_queue(world, cast.officer, "board", filters=Filters(words=f"Action {last[1:]}"))
    assert set(narrowed) <= set(board)  # filters let no twenty-first in


def test_a_case_matches_a_filter_if_one_of_its_pairs_does(world: World, cast: Cast) -> None:
    world.record(
        an_action(1, "Firearms"), an_action(2, beneficiaries=["AL", "RS"]), an_action(3, beneficiaries=["RS"])
    )
    for one, other in (("A1", "A2"), ("A1", "A3"), ("A2", "A3")):
        world.finds(one, other)
    run(world.plan, by=cast.officer, at=NOON)

    for kept in (Filters(beneficiary="RS"), Filters(words="firearms"), Filters(assigned="nobody"), Filters()):
        assert in_queue(world, cast.officer, filters=kept) == ["A1-A2-A3"]
    for none in (Filters(beneficiary="XK"), Filters(band=3), Filters(assigned=cast.officer.ref)):
        assert in_queue(world, cast.officer, filters=none) == []


def test_a_partly_answered_case_still_waits(triangle: Case, world: World, cast: Cast) -> None:
    first = Finding.objects.filter(case=triangle)[0]
    assess(first, answer="joined", expected_version=1, by=cast.officer, at=NOON)

    read = case_named(triangle.key, actor=cast.officer, on=TODAY)
    assert (len(read.findings), len(read.waiting), len(standing_of(read))) == (3, 2, 1)
    assert counts_of(world.plan, actor=cast.officer, on=TODAY)["coordinate"] == 1


def test_a_case_is_made_of_what_the_reader_may_see(triangle: Case, world: World, cast: Cast) -> None:
    """A marking raised between two runs takes its findings out of what others read, at once."""
    Action.objects.filter(own_id="A3").update(marking=Marking.AMBER_STRICT)

    assert in_queue(world, cast.lead_partner) == ["A1-A2"]
    assert len(case_named(triangle.key, actor=cast.officer, on=TODAY).actions) == 3
    Action.objects.filter(own_id__in=["A1", "A2"]).update(marking=Marking.AMBER_STRICT)
    with pytest.raises(NotFound):
        case_named(triangle.key, actor=cast.lead_partner)
    assert counts_of(world.plan, actor=cast.lead_partner, on=TODAY)["coordinate"] == 0


def test_cases_are_read_in_as_many_queries_however_many_there_are(
    triangle: Case, world: World, django_assert_max_num_queries: object
) -> None:
    keys = list(Case.objects.values_list("pk", flat=True))
    with django_assert_max_num_queries(20) as one:  # type: ignore[operator]
        read_cases(keys[:1], world.framework, actor=operator())
    with django_assert_max_num_queries(len(one)):  # type: ignore[operator]
        assert len(read_cases(keys, world.framework, actor=operator())) == 2


def test_an_unknown_key_is_no_case(triangle: Case, cast: Cast) -> None:
    with pytest.raises(NotFound):
        case_named("ZZZZZZZZ", actor=cast.officer)
    with pytest.raises(NotFound):
        case_of_finding(Finding.objects.get(kind="duplicate"), actor=cast.administrator)


# --- one answer for the whole case ----------------------------------------------------------------


def test_a_whole_case_is_answered_in_one_act_and_undone_in_one(
    triangle: Case, world: World, cast: Cast
) -> None:
    given = answer_case(
        triangle,
        answer="joined",
        reason="Agreed at the meeting",
        read=pairs_of(triangle),
        by=cast.officer,
        at=NOON,
    )

    assert len(given) == 3
    assert len({row.together for row in given}) == 1
    assert given[0].together
    assert in_queue(world, cast.officer, "answered") == ["A1-A2-A3"]
    assert len(history_of_case(case_named(triangle.key, actor=cast.officer, on=TODAY))) == 3
    event = history_of(given[0].finding)[0]
    assert (event.event, json.loads(event.facts)["together"]) == ("finding-assessed", given[0].together)

    undone = undo_act(given[1], by=cast.second_officer, at=LATER)

    assert [row.undone_by for row in undone] == [cast.second_officer] * 3
    assert in_queue(world, cast.officer) == ["A1-A2-A3"]
    with pytest.raises(StaleWrite):
        undo_act(given[0], by=cast.officer, at=LATER)


def test_undoing_the_act_leaves_what_was_undone_alone_before(triangle: Case, cast: Cast) -> None:
    given = answer_case(triangle, answer="joined", read=pairs_of(triangle), by=cast.officer, at=NOON)
    undo_assessment(given[0], by=cast.officer, at=NOON)

    assert len(undo_act(given[1], by=cast.officer, at=LATER)) == 2


def test_one_pair_of_a_case_is_answered_alone(triangle: Case, cast: Cast) -> None:
    pair, version = next(iter(pairs_of(triangle).items()))

    (given,) = answer_case(triangle, answer="phased", read={pair: version}, by=cast.officer, at=NOON)

    assert given.together == ""
    assert len(case_named(triangle.key, actor=cast.officer, on=TODAY).waiting) == 2


def test_of_two_officers_who_answer_a_case_the_second_changes_nothing(triangle: Case, cast: Cast) -> None:
    read = pairs_of(triangle)
    one = Finding.objects.filter(case=triangle)[1]
    assess(one, answer="kept", reason="Two forces", expected_version=1, by=cast.officer, at=NOON)

    with pytest.raises(StaleWrite):
        answer_case(triangle, answer="joined", read=read, by=cast.second_officer, at=LATER)

    assert Assessment.objects.count() == 1


@pytest.mark.parametrize("answer", ["merged", "nonsense", "kept", "dismissed"])
def test_an_answer_that_is_none_or_lacks_its_reason_answers_nothing(
    triangle: Case, cast: Cast, answer: str
) -> None:
    with pytest.raises(BadInput):
        answer_case(triangle, answer=answer, read=pairs_of(triangle), by=cast.officer, at=NOON)
    with pytest.raises(BadInput):
        answer_case(triangle, answer="joined", read={}, by=cast.officer, at=NOON)
    assert not Assessment.objects.exists()


def test_a_pair_of_another_case_is_not_answered_with_it(triangle: Case, cast: Cast) -> None:
    other = Finding.objects.get(kind="duplicate")

    with pytest.raises(NotFound):
        answer_case(triangle, answer="joined", read={(other.key_a, other.key_b): 1}, by=cast.officer, at=NOON)


def test_an_answered_case_is_undone_before_it_is_answered_again(triangle: Case, cast: Cast) -> None:
    answer_case(triangle, answer="joined", read=pairs_of(triangle), by=cast.officer, at=NOON)

    with pytest.raises(IllegalMove):
        answer_case(triangle, answer="phased", read=pairs_of(triangle), by=cast.officer, at=LATER)


@pytest.mark.parametrize("name", ["reporter_a", "auditor", "coordinator"])
def test_who_does_not_coordinate_answers_nothing(triangle: Case, cast: Cast, name: str) -> None:
    with pytest.raises((NotPermitted, NotFound)):
        answer_case(triangle, answer="joined", read=pairs_of(triangle), by=getattr(cast, name), at=NOON)
    assert not Assessment.objects.exists()


# --- working together -----------------------------------------------------------------------------


def test_a_case_is_taken_on_and_given_away(triangle: Case, cast: Cast) -> None:
    taken = assign(triangle, to=cast.officer, expected_version=1, by=cast.officer, at=NOON)
    assert (taken.assigned_to, taken.assigned_at, taken.version) == (cast.officer, NOON, 2)

    given = assign(taken, to=cast.lead_partner, expected_version=2, by=cast.officer, at=NOON)
    assert given.assigned_to == cast.lead_partner

    nobody = assign(given, to=None, expected_version=3, by=cast.lead_partner, at=LATER)
    assert (nobody.assigned_to, nobody.assigned_at) == (None, None)
    assert [json.loads(event.facts)["to"] for event in history_of(triangle)] == [
        cast.officer.ref,
        cast.lead_partner.ref,
        "",
    ]


def test_a_case_goes_to_somebody_who_coordinates(triangle: Case, cast: Cast) -> None:
    read = case_named(triangle.key, actor=cast.officer, on=TODAY)
    people = set(coordinators_of(read))

    assert {cast.officer, cast.second_officer, cast.lead_partner, cast.co_lead_partner} == people
    assert all(coordinates(person, read) for person in people)
    for person in (cast.reporter_a, cast.suspended, operator()):
        with pytest.raises(BadInput):
            assign(triangle, to=person, expected_version=1, by=cast.officer, at=NOON)
    with pytest.raises((NotPermitted, NotFound)):
        assign(triangle, to=cast.officer, expected_version=1, by=cast.reporter_a, at=NOON)
    assert Case.objects.get(pk=triangle.pk).assigned_to is None


def test_of_two_who_take_a_case_the_second_is_told(triangle: Case, cast: Cast) -> None:
    assign(triangle, to=cast.officer, expected_version=1, by=cast.officer, at=NOON)

    with pytest.raises(StaleWrite):
        assign(triangle, to=cast.lead_partner, expected_version=1, by=cast.lead_partner, at=NOON)


def test_a_note_is_kept_until_its_writer_takes_it_back(triangle: Case, cast: Cast) -> None:
    add_note(triangle, text=" Ask Vienna first. ", by=cast.officer, at=NOON)
    add_note(triangle, text="Done.", by=cast.lead_partner, at=LATER)
    assert [(number, note.text) for number, note in notes_of(triangle)] == [
        (1, "Ask Vienna first."),
        (2, "Done."),
    ]

    with pytest.raises(NotPermitted):
        take_back_note(triangle, 1, by=cast.lead_partner, at=LATER)
    take_back_note(triangle, 1, by=cast.officer, at=LATER)

    assert [number for number, _ in notes_of(triangle)] == [2]
    assert CaseNote.objects.count() == 2
    with pytest.raises(StaleWrite):
        take_back_note(triangle, 1, by=cast.officer, at=LATER)
    with pytest.raises(NotFound):
        take_back_note(triangle, 9, by=cast.officer, at=LATER)


@pytest.mark.parametrize("text", ["", "   ", "x" * 4_001])
def test_a_note_says_something_and_not_too_much(triangle: Case, cast: Cast, text: str) -> None:
    with pytest.raises(BadInput):
        add_note(triangle, text=text, by=cast.officer, at=NOON)


def test_who_does_not_coordinate_writes_no_notes(triangle: Case, cast: Cast) -> None:
    for person in (cast.reporter_a, cast.auditor, cast.administrator):
        with pytest.raises((NotPermitted, NotFound)):
            add_note(triangle, text="Mine", by=person, at=NOON)
    assert not CaseNote.objects.exists()
