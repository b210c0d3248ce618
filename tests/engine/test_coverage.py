"""Which actions answer which needs."""

import pytest

from concord.engine import measure_coverage
from concord.engine.schemas import COVERAGE, actions_table, needs_table
from tests.engine.conftest import BORDER_COURSES, BORDER_TRAINING, EURALIUS_4, FILMS, TODAY, action

NEED = {
    "id": "N-1",
    "pillar": "WBBSi",
    "kind": "operational",
    "statement": "Border police in Albania need training to detect forged documents.",
    "topics": ["border-management", "document-security"],
    "beneficiaries": ["AL"],
    "stated_on": "2018",
}


def cover(actions, needs, backend):
    return measure_coverage(actions_table(actions), needs_table(needs), backend=backend, today=TODAY)


def test_the_training_answers_the_need_and_the_festival_does_not(backend):
    rows = cover([FILMS, BORDER_COURSES, EURALIUS_4], [NEED], backend).to_pylist()

    assert rows[0]["action_id"] == "B-2"
    assert rows[0]["score"] > 0.5 > rows[1]["score"]
    assert rows[0]["evidence"].startswith("Both on border management and document security for Albania")
    assert "asks for and offers training" in rows[0]["evidence"]


def test_terms_add_up_to_the_score(backend):
    for row in cover([FILMS, BORDER_COURSES, EURALIUS_4], [NEED], backend).to_pylist():
        assert sum(term["weight"] for term in row["terms"]) == pytest.approx(row["score"], abs=2e-5)


def test_needs_come_in_their_order_and_answers_best_first(backend):
    needs = [NEED | {"id": "N-2", "statement": "Courts need new laws.", "topics": ["judiciary"]}, NEED]

    rows = cover([FILMS, BORDER_COURSES, EURALIUS_4, BORDER_TRAINING], needs, backend).to_pylist()

    order = [(row["need_id"], -row["score"], row["action_id"]) for row in rows]
    assert order == sorted(order)
    assert len(rows) == 8


def test_at_least_fifty_actions_are_listed_for_each_need(backend):
    actions = [action(f"{number:03d}", f"Course number {number} for officers") for number in range(200)]

    rows = cover(actions, [NEED, NEED | {"id": "N-2"}], backend).to_pylist()

    assert all(sum(row["need_id"] == need for row in rows) >= 50 for need in ("N-1", "N-2"))


def test_an_action_that_ended_before_the_need_was_stated_is_said_to_have(backend):
    early = BORDER_TRAINING | {"start": "2010", "end": "2012"}

    (row,) = cover([early], [NEED], backend).to_pylist()

    assert row["evidence"].endswith("the action ended before the need was stated (2018)")


def test_no_actions_or_no_needs_give_an_empty_table(backend):
    for actions, needs in (([], [NEED]), ([FILMS], []), ([], [])):
        found = cover(actions, needs, backend)
        assert found.schema.equals(COVERAGE)
        assert len(found) == 0


def test_a_need_that_states_next_to_nothing_is_no_fault(backend):
    rows = cover([FILMS, BORDER_COURSES], [{"id": "N-9", "statement": "?"}], backend).to_pylist()

    assert len(rows) == 2


def test_the_order_of_the_input_changes_nothing(backend):
    actions, needs = [FILMS, BORDER_COURSES, EURALIUS_4], [NEED, NEED | {"id": "N-2"}]

    assert cover(actions, needs, backend).equals(cover(actions[::-1], needs[::-1], backend))
