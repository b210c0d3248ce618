"""Which actions are related, how, and why: on examples that a reader can check by hand."""

import time

import pyarrow as pa
import pytest

from concord.engine import find_relations
from concord.engine.schemas import RELATIONS, actions_table
from concord.kernel.errors import SchemaMismatch
from tests.engine.conftest import (
    BORDER_COURSES,
    BORDER_TRAINING,
    EURALIUS_4,
    EURALIUS_5,
    EURALIUS_5_AGAIN,
    FILMS,
    TODAY,
    action,
)

EVERYTHING = [EURALIUS_4, EURALIUS_5, EURALIUS_5_AGAIN, BORDER_TRAINING, BORDER_COURSES, FILMS]


def relate(*rows, backend):
    return find_relations(actions_table(rows), backend=backend, today=TODAY)


def pair(found, id_a, id_b):
    return next(row for row in found.to_pylist() if (row["id_a"], row["id_b"]) == (id_a, id_b))


def test_the_next_phase_is_a_continuation_and_says_so(backend):
    row = pair(relate(*EVERYTHING, backend=backend), "A-1", "A-2")

    assert row["kind"] == "continuation"
    assert row["score"] > 0.9
    assert row["evidence"].startswith("Phase 4 and phase 5; nearly the same title; both name EURALIUS")
    assert "one begins where the other ends" in row["evidence"]
    assert "same donor: European Union" in row["evidence"]
    assert "same implementers: IRZ and CILC" in row["evidence"]


def test_the_same_phase_told_by_a_partner_is_a_duplicate(backend):
    row = pair(relate(*EVERYTHING, backend=backend), "A-2", "A-3")

    assert row["kind"] == "duplicate"
    assert row["score"] > 0.9


def test_the_same_training_by_different_donors_overlaps_with_numbers_a_reader_can_check(backend):
    """Both run from 1 July 2019 to 31 December 2020: 550 days, 18 months."""
    row = pair(relate(*EVERYTHING, backend=backend), "B-1", "B-2")

    assert row["kind"] == "overlap"
    assert row["score"] > 0.8
    assert row["evidence"].startswith(
        "Both train border police on border management and document security in Albania and North Macedonia"
    )
    assert "18 months in common; donors and implementers differ by name" in row["evidence"]


def test_actions_that_share_nothing_are_not_found(backend):
    found = relate(*EVERYTHING, backend=backend).to_pylist()

    assert all(row["score"] < 0.5 for row in found if "C-1" in (row["id_a"], row["id_b"]))


def test_terms_add_up_to_the_score(backend):
    for row in relate(*EVERYTHING, backend=backend).to_pylist():
        assert row["terms"][0]["name"] == "base"
        assert sum(term["weight"] for term in row["terms"]) == pytest.approx(row["score"], abs=2e-5)


def test_the_kinds_probabilities_add_up_to_one_and_the_kind_is_the_likeliest(backend):
    for row in relate(*EVERYTHING, backend=backend).to_pylist():
        shares = {kind: row[f"p_{kind}"] for kind in ("duplicate", "continuation", "overlap", "synergy")}
        assert sum(shares.values()) == pytest.approx(1, abs=1e-5)
        assert shares[row["kind"]] == max(shares.values())


def test_rows_come_best_first_each_pair_once_with_the_smaller_id_first(backend):
    rows = relate(*EVERYTHING, backend=backend).to_pylist()

    order = [(-row["score"], row["id_a"], row["id_b"]) for row in rows]
    assert order == sorted(order)
    assert all(row["id_a"] < row["id_b"] for row in rows)
    assert len({(row["id_a"], row["id_b"]) for row in rows}) == len(rows)


def test_the_order_of_the_input_changes_nothing(backend):
    forward, backward = relate(*EVERYTHING, backend=backend), relate(*EVERYTHING[::-1], backend=backend)

    assert forward.equals(backward)


def test_names_replace_codes_in_the_evidence(backend):
    rows = [
        row | {"id": f"K-{row['id']}", "beneficiaries": ["XK"]} for row in (BORDER_TRAINING, BORDER_COURSES)
    ]

    row = relate(*rows, backend=backend).to_pylist()[0]

    assert "in Kosovo*" in row["evidence"]
    assert "XK" not in row["evidence"]


def test_no_actions_and_one_action_give_an_empty_table(backend):
    for rows in ([], [EURALIUS_4]):
        found = relate(*rows, backend=backend)
        assert found.schema.equals(RELATIONS)
        assert len(found) == 0


def test_titles_alone_are_enough(backend):
    rows = [
        action("1", "EU4FAST: fight against migrant smuggling"),
        action("2", "EU4FAST: fight against migrant smuggling"),
    ]

    (row,) = relate(*rows, backend=backend).to_pylist()

    assert row["evidence"].startswith("The same title; both name EU4FAST")
    assert row["evidence"].endswith("period, donor and implementer not reported for either")


def test_many_identical_titles_take_bounded_time_and_keep_their_order(backend):
    rows = [action(f"{number:04d}", "Training of border police") for number in range(400)]

    began = time.perf_counter()
    first, again = relate(*rows, backend=backend), relate(*rows, backend=backend)

    assert first.equals(again)
    assert len(first) <= 400 * 60
    assert time.perf_counter() - began < 60


def test_a_text_of_one_megabyte_costs_no_more_than_a_long_one(backend):
    huge = BORDER_TRAINING | {"id": "H-1", "summary": "border police training " * 45_000}

    began = time.perf_counter()
    found = relate(huge, BORDER_TRAINING, BORDER_COURSES, backend=backend)

    assert len(found) == 3
    assert time.perf_counter() - began < 20


def test_a_text_without_any_word_is_no_fault(backend):
    found = relate(action("1", "!!!"), action("2", "???"), FILMS, backend=backend)

    assert all(row["score"] < 0.5 for row in found.to_pylist())


def test_an_action_with_two_hundred_beneficiaries_is_compared_like_any_other(backend):
    wide = BORDER_TRAINING | {"id": "W-1", "beneficiaries": [f"Z{number}" for number in range(200)] + ["AL"]}

    row = pair(relate(wide, BORDER_COURSES, backend=backend), "B-2", "W-1")

    assert "Albania" in row["evidence"]


def test_other_columns_are_refused(backend):
    table = actions_table([EURALIUS_4])

    with pytest.raises(SchemaMismatch, match="notes"):
        find_relations(table.append_column("notes", pa.array(["x"])), backend=backend)
    with pytest.raises(SchemaMismatch, match="title"):
        find_relations(table.drop_columns(["title"]), backend=backend)
