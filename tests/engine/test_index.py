"""An index answers for one action what a run over all actions would say of it."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from concord.analysis.reading_csv import read_actions, read_needs
from concord.commands.benchmarks.quality import MATERIAL
from concord.engine import find_relations, measure_coverage
from concord.engine.backends import Step
from concord.engine.backends.duckdb import DuckDB
from concord.engine.candidates import PLAN, blocks_sql, candidate_steps, cards_of
from concord.engine.coverage import PLAUSIBLE
from concord.engine.index import Index, blocks_of
from concord.engine.index_file import load_indexes, save_indexes
from concord.engine.need_index import NeedIndex
from concord.engine.reading import Reading
from concord.engine.schemas import ACTIONS, COVERAGE, NEEDS, RELATIONS, actions_table
from concord.kernel.errors import SchemaMismatch
from tests.engine.conftest import BORDER_COURSES, BORDER_TRAINING, EURALIUS_4, EURALIUS_5, FILMS, TODAY

SIZE = 160  # more than a full run scores for each need


@pytest.fixture(scope="module")
def actions():
    return read_actions(MATERIAL.actions).table.slice(0, SIZE)


@pytest.fixture(scope="module")
def index(actions):
    return Index.of(actions, today=TODAY)


@pytest.fixture(scope="module")
def by_pair(actions):
    found = find_relations(actions, backend=DuckDB(threads=1), today=TODAY)
    return {(row["id_a"], row["id_b"]): row for row in found.to_pylist()}


def pairs(table):
    return {(row["id_a"], row["id_b"]): row for row in table.to_pylist()}


def test_unchanged_rows_relate_exactly_as_in_a_run_over_all(actions, index, by_pair):
    for place in range(0, SIZE, 10):
        row = actions.slice(place, 1)
        key = row["id"][0].as_py()

        found = pairs(index.related(row, today=TODAY))

        expected = {ids: pair for ids, pair in by_pair.items() if key in ids}
        assert expected
        assert {ids: found.get(ids) for ids in expected} == expected
        assert all(key in ids for ids in found)


def test_a_row_in_a_new_text_relates_as_if_it_had_always_said_so(actions):
    changed = actions.slice(3, 1).to_pylist()[0] | {"title": "Border police courses on forged documents"}
    now = actions_table([row for row in actions.to_pylist() if row["id"] != changed["id"]] + [changed])

    one = Index.of(actions, today=TODAY).related(actions_table([changed]), today=TODAY)
    other = Index.of(now, today=TODAY).related(actions_table([changed]), today=TODAY)

    scores = {ids: row["score"] for ids, row in pairs(other).items()}
    same = [ids for ids in pairs(one) if ids in scores]
    assert len(same) >= 0.9 * len(scores)
    assert all(pairs(one)[ids] == pairs(other)[ids] for ids in same)


def test_changes_leave_the_numbers_of_an_index_made_anew(actions):
    rows = actions.to_pylist()
    changed = rows[5] | {"title": "Mobile laboratories for crime scene work", "topics": ["forensics"]}
    new = rows[9] | {"id": "NEW-1"}
    rows[5] = changed
    anew = Index.of(actions_table([*rows[:20], *rows[21:], new]), today=TODAY)

    moved = Index.of(actions, today=TODAY).with_changes(
        actions_table([changed, new]), removed=[actions["id"][20].as_py()], today=TODAY
    )

    assert moved.statistics.to_json() == anew.statistics.to_json()
    assert sorted(moved.places) == sorted(anew.places)
    one, other = (pairs(found.related(actions.slice(9, 1), today=TODAY)) for found in (moved, anew))
    assert one[min(rows[9]["id"], "NEW-1"), max(rows[9]["id"], "NEW-1")]["kind"] == "duplicate"
    assert {ids: other[ids] for ids in one if ids in other} == {ids: one[ids] for ids in one if ids in other}


def test_several_new_rows_are_compared_with_each_other_too():
    index = Index.of(actions_table([BORDER_TRAINING, FILMS]), today=TODAY)

    found = pairs(index.related(actions_table([EURALIUS_4, EURALIUS_5]), today=TODAY))

    assert found["A-1", "A-2"]["kind"] == "continuation"


def test_excluded_actions_are_not_compared():
    index = Index.of(actions_table([BORDER_TRAINING, EURALIUS_5]), today=TODAY)
    courses = actions_table([BORDER_COURSES])

    assert ("B-1", "B-2") in pairs(index.related(courses, today=TODAY))
    assert ("B-1", "B-2") not in pairs(index.related(courses, today=TODAY, exclude=["B-1"]))


def test_an_empty_index_and_no_rows_answer_with_nothing():
    empty = Index.of(ACTIONS.empty_table(), today=TODAY)

    assert empty.related(actions_table([FILMS]), today=TODAY).equals(RELATIONS.empty_table())
    assert empty.related(ACTIONS.empty_table(), today=TODAY).equals(RELATIONS.empty_table())
    assert len(empty.with_changes(actions_table([FILMS]), today=TODAY)) == 1
    assert empty.nearest(actions_table([FILMS]), 3, today=TODAY) == [[]]


def test_actions_without_any_words_are_found_by_what_they_share():
    bare = [
        {"id": key, "title": "", "topics": ["drugs"], "beneficiaries": ["AL"], "start": "2020"}
        for key in "xyz"
    ]
    found = pairs(
        Index.of(actions_table(bare[:2]), today=TODAY).related(actions_table(bare[2:]), today=TODAY)
    )

    assert set(found) <= {("x", "z"), ("y", "z")}


def test_the_nearest_texts_come_first(index, actions):
    nearest = index.nearest(actions.slice(7, 1), 5, today=TODAY)[0]

    assert nearest[0][0] == actions["id"][7].as_py()
    assert nearest[0][1] == pytest.approx(1.0)
    assert [likeness for _, likeness in nearest] == sorted((near for _, near in nearest), reverse=True)


def test_blocks_join_the_actions_that_those_of_the_full_run_join(actions):
    reading = Reading.of(actions.slice(0, 25), TODAY)
    cards = cards_of(reading.coded, reading.lexis)
    none = pa.array([[]] * len(reading), cards["words"].type)
    cards = cards.set_column(cards.schema.get_field_index("words"), "words", none)
    steps = [step for step in candidate_steps(PLAN) if step.name.endswith("_blocks")]
    steps = [step for step in steps if step.name != "telling_blocks"]
    schema = pa.schema([("no", pa.int32()), ("block", pa.int64())])

    blocks = DuckDB(threads=1).run([*steps, Step("all", blocks_sql())], {"cards": cards}, schema).to_pylist()

    named = [(no, name) for no in range(len(reading)) for name in blocks_of(reading, no)]
    assert joined((row["no"], row["block"]) for row in blocks) == joined(named)


def joined(blocks):
    """How many blocks join which actions."""
    members = {}
    for no, block in blocks:
        members.setdefault(block, set()).add(no)
    return Counter(frozenset(found) for found in members.values())


# --- needs -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def needs():
    return read_needs(MATERIAL.needs).table.slice(0, 25)


def test_needs_are_answered_exactly_as_in_a_run_over_all(actions, index, needs):
    full = measure_coverage(actions, needs, backend=DuckDB(threads=1), today=TODAY).to_pylist()
    stated = NeedIndex.of(needs, index, today=TODAY)
    compared = 0
    for place in range(0, SIZE, 8):
        row = actions.slice(place, 1)
        key = row["id"][0].as_py()

        found = stated.answered(row, index, today=TODAY).to_pylist()

        expected = [each for each in full if each["action_id"] == key and each["score"] >= PLAUSIBLE]
        assert found == expected
        compared += len(expected)
    assert compared > 10


def test_a_saved_index_answers_as_before_and_is_for_its_owner_alone(actions, index, needs, tmp_path):
    path = tmp_path / "index.npz"
    stated = NeedIndex.of(needs, index, today=TODAY)
    save_indexes(path, index, stated, {"versions": {"A": 1}})

    again, stated_again, beside = load_indexes(path)

    row = actions.slice(11, 1)
    assert beside == {"versions": {"A": 1}}
    assert again.related(row, today=TODAY).equals(index.related(row, today=TODAY))
    assert stated_again.answered(row, again, today=TODAY).equals(stated.answered(row, index, today=TODAY))
    assert [each.name for each in tmp_path.iterdir()] == ["index.npz"]
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"not a file of arrays", b"PK\x03\x04 cut off"])
def test_another_file_is_refused(tmp_path, content):
    path = tmp_path / "index.npz"
    path.write_bytes(content)

    with pytest.raises(SchemaMismatch, match="index"):
        load_indexes(path)


def test_a_file_with_objects_in_it_is_refused_and_not_run(tmp_path):
    np.savez(tmp_path / "index.npz", format=np.array([object()], dtype=object))

    with pytest.raises(SchemaMismatch):
        load_indexes(tmp_path / "index.npz")


def test_parts_that_do_not_fit_together_are_refused(index, needs, tmp_path):
    stated = NeedIndex.of(needs, index, today=TODAY)
    save_indexes(tmp_path / "index.npz", replace(index, floors=np.zeros((2, 2))), stated, {})

    with pytest.raises(SchemaMismatch, match="fit together"):
        load_indexes(tmp_path / "index.npz")


def test_without_needs_or_rows_nothing_is_answered(index, actions):
    none = NeedIndex.of(NEEDS.empty_table(), index, today=TODAY)

    assert none.answered(actions.slice(0, 1), index, today=TODAY).equals(COVERAGE.empty_table())
    assert none.answered(ACTIONS.empty_table(), index, today=TODAY).equals(COVERAGE.empty_table())
