"""A large set: read, put into cells and compared piece by piece, with the numbers that a small one gets."""

import time
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from concord.analysis.resampling import candidate_recall, resampled_actions, told_twice
from concord.commands.benchmarks.quality import MATERIAL
from concord.engine import candidates, cells, find_relations, near, relations
from concord.engine.backends.duckdb import DuckDB
from concord.engine.backends.processes import WorkerError, in_processes
from concord.engine.near import NEIGHBOURS, near_texts
from concord.engine.reading import in_order
from concord.engine.schemas import RELATIONS, actions_table
from concord.engine.scoring import SCORED, in_order_of_score
from concord.engine.shelf import CARDS, SCALE, ReadCards, Shelf
from tests.engine.conftest import BORDER_COURSES, BORDER_TRAINING, EURALIUS_4, TODAY, action


@pytest.fixture(scope="module")
def many():
    return resampled_actions(MATERIAL.actions, 600, 3)


@pytest.fixture
def alone():
    """A backend that keeps all pieces in this process."""
    return DuckDB(threads=1, workers=1)


@pytest.fixture
def small_pieces(monkeypatch):
    """Cells and pieces so small that six hundred actions make many of them."""
    for module, name, size in (
        (cells, "CELL_SIZE", 60),
        (cells, "CELL_LIMIT", 100),
        (cells, "LOOKED_IN_ALL", 3_000),
        (near, "_CELLS_A_PIECE", 3),
        (near, "_TEXTS_A_PIECE", 130),
        (relations, "_READ", 100),
        (relations, "_COMPARED", 700),
    ):
        monkeypatch.setattr(module, name, size)


def shelf_of(table, folder, backend):
    return Shelf.fill(folder, table, backend.map_pieces(table, ReadCards(TODAY), CARDS, rows=200))


def rows_of(found):
    return {(row["id_a"], row["id_b"]): row for row in found.to_pylist()}


def test_a_pair_gets_the_same_row_in_pieces_as_at_once(many, alone, small_pieces):
    pieces, whole = (
        rows_of(find_relations(many, backend=alone, today=TODAY, large=large, terms=True))
        for large in (True, False)
    )

    assert len(pieces) > 1000
    common = pieces.keys() & whole.keys()
    assert len(common) > 0.9 * len(pieces)
    assert all(pieces[pair] == whole[pair] for pair in common)


def test_a_set_just_above_the_border_is_searched_as_deeply_as_one_below(
    many, alone, small_pieces, monkeypatch
):
    """Sixteen pairs of each action are kept, as in ten thousand: more than 95 in 100 found are there too."""
    monkeypatch.setattr(candidates, "KEPT_PER_ACTION", 16)

    pieces, whole = (
        rows_of(find_relations(many, backend=alone, today=TODAY, large=large, terms=False))
        for large in (True, False)
    )

    found = {pair for pair, row in whole.items() if row["score"] >= 0.5}
    assert len(found) > 1000
    assert len(found & pieces.keys()) > 0.95 * len(found)


def test_a_rare_word_finds_a_text_across_the_borders_of_cells(alone, small_pieces, tmp_path, monkeypatch):
    monkeypatch.setattr(near, "NearInCells", Nowhere)
    monkeypatch.setattr(near, "HOLDERS", 10)
    rows = [
        action(f"{number:04d}", f"Training of border police measure{number // 2}") for number in range(300)
    ]

    a, b, _ = near_texts(shelf_of(actions_table(rows), tmp_path, alone), alone)

    found = set(zip(a.tolist(), b.tolist(), strict=True))
    assert found == {(number, number + 1) for number in range(0, 300, 2)}


class Nowhere:
    """Finds nothing in any cell."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, cells):
        return near.NEAR.empty_table()


def test_work_grows_with_the_set_and_not_faster():
    sizes = [20_000, 100_000, 500_000, 1_000_000]

    assert [cells.looked_into(size) for size in sizes] == [32, 10, 8, 8]
    assert [candidates.limits_of(size).followed for size in sizes] == [2_000, 400, 80, 80]
    assert [candidates.kept_in_large(size) for size in sizes] == [60, 16, 16, 10]


def test_a_large_set_waits_in_files_and_comes_in_the_same_order(tmp_path):
    parts = [
        pa.Table.from_pylist(
            [
                {
                    "id_a": f"A{n}", "id_b": f"B{n}", "kind": "overlap", "score": (n * 37 % 100) / 100,
                    "evidence": "said", "terms": [], "left_no": n, "right_no": n + 1,
                }
                for n in range(begin, begin + 40)
            ],
            schema=SCORED,
        )
        for begin in (80, 0, 40)
    ]  # fmt: skip

    held, mapped = in_order_of_score(parts), in_order_of_score(parts, tmp_path)
    for path in tmp_path.iterdir():
        path.unlink()

    assert mapped.equals(held)
    assert mapped["score"].to_pylist() == sorted(held["score"].to_pylist(), reverse=True)


def test_a_large_set_comes_best_first_and_says_why_what_counts_as_found(many, alone, small_pieces):
    found = find_relations(many, backend=alone, today=TODAY, large=True, terms=False)

    rows = found.to_pylist()
    assert found.schema.equals(RELATIONS)
    order = [(-row["score"], row["id_a"], row["id_b"]) for row in rows]
    assert order == sorted(order)
    assert all(bool(row["evidence"]) == (row["score"] >= 0.5) for row in rows)
    assert not any(row["terms"] for row in rows)


def test_processes_give_what_one_process_gives(many, alone, small_pieces):
    table = many.slice(0, 500)
    one, two = (
        find_relations(table, backend=backend, today=TODAY, large=True)
        for backend in (alone, DuckDB(threads=1, workers=2))
    )

    assert one.equals(two)


def test_cells_find_most_of_the_nearest_texts_and_always_the_same(many, alone, small_pieces, tmp_path):
    shelf = shelf_of(in_order(many), tmp_path, alone)
    a, b, likeness = near_texts(shelf, alone)
    exact = (shelf.vectors @ shelf.vectors.T).toarray()
    np.fill_diagonal(exact, 0)

    found = set(zip(a.tolist(), b.tolist(), strict=True))
    best = np.argsort(-exact, axis=1, kind="stable")[:, :NEIGHBOURS]
    wanted = [(min(i, j), max(i, j)) for i, row in enumerate(best.tolist()) for j in row if exact[i, j] > 0]
    again = near_texts(shelf, alone)

    assert np.mean([pair in found for pair in wanted]) > 0.75
    assert (likeness == exact[a, b]).all()
    assert all((one == other).all() for one, other in zip((a, b, likeness), again, strict=True))


def test_a_shelf_gives_back_what_was_read(many, alone, tmp_path):
    shelf = shelf_of(in_order(many), tmp_path, alone)

    reading = shelf.reading(np.array([3, 70, 599]), TODAY)

    assert reading.ids.tolist() == in_order(many)["id"].take([3, 70, 599]).to_pylist()
    assert shelf.lexis.statistics.actions == len(many)
    lengths = np.sqrt(shelf.vectors.multiply(shelf.vectors).sum(axis=1))
    assert np.abs(np.asarray(lengths).ravel() / SCALE - 1).max() < 0.01


@pytest.mark.parametrize("large", [False, True])
def test_identical_titles_by_the_thousand_take_seconds_and_bounded_pairs(large, alone):
    """Nobody reads five million pairs; each action is shown with a few others in the order of ids."""
    rows = actions_table(action(f"{number:05d}", "Training of border police") for number in range(3_000))

    began = time.perf_counter()
    found = find_relations(rows, backend=alone, today=TODAY, large=large, terms=False)

    assert time.perf_counter() - began < 30
    assert 0 < len(found) <= 3_000 * NEIGHBOURS
    assert len(set(found["id_a"].to_pylist()) | set(found["id_b"].to_pylist())) == 3_000


def test_boilerplate_that_all_texts_share_hides_no_pair(alone):
    same = "This action is implemented in line with the rules of the programme and reports twice a year. " * 5
    rows = [
        action(f"{number:04d}", f"Measure {word} alpha{number // 2} beta{number // 2}", summary=same)
        for number, word in enumerate(["north", "south"] * 150)
    ]

    found = rows_of(find_relations(actions_table(rows), backend=alone, today=TODAY, large=True))

    twins = [(f"{number:04d}", f"{number + 1:04d}") for number in range(0, 300, 2)]
    assert all(pair in found for pair in twins)


@pytest.mark.parametrize("rows", [[], [EURALIUS_4], [action("1", "!!!"), action("2", "???")]])
def test_sets_without_anything_to_compare_give_an_empty_table(rows, alone):
    found = find_relations(actions_table(rows), backend=alone, today=TODAY, large=True)

    assert found.schema.equals(RELATIONS)
    assert len(found) == 0


def test_actions_that_state_nothing_but_a_title_are_compared(alone):
    rows = [action(f"{number}", f"Training of border police {number % 3}") for number in range(9)]

    found = find_relations(actions_table(rows), backend=alone, today=TODAY, large=True)

    assert len(found) > 0


def test_pieces_come_back_in_their_order():
    pieces = [pa.table({"n": [number]}) for number in range(7)]

    answers = list(in_processes(pieces, Doubled(), pieces[0].schema, 2))

    assert [answer["n"].to_pylist() for answer in answers] == [[2 * number] for number in range(7)]


def test_a_process_that_fails_says_why():
    pieces = [pa.table({"other": [number]}) for number in range(3)]

    with pytest.raises(WorkerError, match="KeyError"):
        list(in_processes(pieces, Doubled(), pieces[0].schema, 2))


class Doubled:
    """Doubles the column n."""

    def __call__(self, table):
        return pa.table({"n": [2 * value for value in table["n"].to_pylist()]})


def test_cells_do_not_outgrow_their_limit(many, alone, small_pieces, tmp_path):
    shelf = shelf_of(in_order(many), tmp_path, alone)

    cells.lay_out_cells(shelf)

    offsets = shelf.array("cells.members.offsets").tolist()
    assert offsets[-1] == len(many)
    assert all(end - begin <= cells.CELL_LIMIT for begin, end in pairwise(offsets))


def test_texts_of_a_megabyte_in_a_large_set_cost_no_more_than_long_ones(alone):
    rows = [
        BORDER_TRAINING | {"id": f"H-{number}", "summary": f"number{number} police " * 50_000}
        for number in range(6)
    ]

    began = time.perf_counter()
    found = find_relations(actions_table(rows), backend=alone, today=TODAY, large=True)

    assert time.perf_counter() - began < 30
    assert len(found) == 15


def test_two_hundred_beneficiaries_in_a_large_set_are_compared_like_any_other(alone):
    wide = BORDER_TRAINING | {"id": "W-1", "beneficiaries": [f"Z{number}" for number in range(200)] + ["AL"]}

    found = find_relations(actions_table([wide, BORDER_COURSES]), backend=alone, today=TODAY, large=True)

    assert "Albania" in found["evidence"][0].as_py()


def test_related_pairs_stand_among_the_ten_best_candidates():
    """Of the labelled pairs 95 % at least stand among the ten best of one of their two actions."""
    assert candidate_recall(MATERIAL.actions, MATERIAL.pairs) >= 0.95


def test_a_second_telling_keeps_the_place_and_most_of_the_words(many):
    told = told_twice(many, 20, 3)

    rows = {row["id"]: row for row in told.to_pylist()}
    twins = [row for row in rows.values() if row["id"].endswith("-twin")]
    assert len(twins) == 20
    for twin in twins:
        first = rows[twin["id"].removesuffix("-twin")]
        assert twin["beneficiaries"] == first["beneficiaries"]
        assert twin["summary"] != first["summary"]
    assert told.equals(told_twice(many, 20, 3))
