"""The same rows from every backend, row by row; and what is said where a backend is missing."""

import shutil

import pyarrow as pa
import pytest

from concord.analysis.resampling import resampled_actions
from concord.commands.benchmarks.quality import MATERIAL
from concord.engine import cells, find_relations, measure_coverage, near, relations
from concord.engine.backends import Step
from concord.engine.backends.choice import backend_named
from concord.engine.backends.duckdb import DuckDB
from concord.kernel.errors import BadInput
from tests.engine.conftest import TODAY, spark_backend


def test_steps_read_each_other_by_name_and_the_last_is_given(backend):
    cards = pa.table({"no": [1, 2, 3], "values": [[7, 8], [8], []]})
    steps = [
        Step("members", "SELECT no, unnest(values) AS value FROM cards"),
        Step("sizes", "SELECT value, count(*) AS size FROM members GROUP BY value"),
        Step("all", "SELECT value, size FROM sizes ORDER BY size DESC, value"),
    ]
    schema = pa.schema([("value", pa.int64()), ("size", pa.int64())])

    found = backend.run(steps, {"cards": cards}, schema)

    assert found.schema.equals(schema)
    assert [tuple(row.values()) for row in found.to_pylist()] == [(8, 2), (7, 1)]


def test_money_is_summed_in_whole_cents(backend):
    cents = pa.table({"cents": pa.array([10, 20, 9_007_199_254_740_993], pa.int64())})
    steps = [Step("total", "SELECT CAST(sum(cents) AS BIGINT) AS cents FROM amounts")]

    found = backend.run(steps, {"amounts": cents}, pa.schema([("cents", pa.int64())]))

    assert found["cents"].to_pylist() == [9_007_199_254_741_023]


def test_pieces_come_back_in_the_order_of_the_table(backend):
    table = pa.table({"n": list(range(25))})

    answers = list(backend.map_pieces(table, Squares(), table.schema, rows=4))

    assert [len(answer) for answer in answers] == [4, 4, 4, 4, 4, 4, 1]
    assert pa.concat_tables(answers)["n"].to_pylist() == [n * n for n in range(25)]
    assert list(backend.map_pieces(table.slice(0, 0), Squares(), table.schema, rows=4)) == []


class Squares:
    """Squares the column n."""

    def __call__(self, table):
        return pa.table({"n": [n * n for n in table["n"].to_pylist()]})


@pytest.mark.spark
@pytest.mark.parametrize("large", [False, True])
def test_spark_finds_the_same_relations_as_duckdb_row_by_row(large, monkeypatch):
    """As one set, and in cells and pieces."""
    monkeypatch.setattr(cells, "CELL_SIZE", 60)
    monkeypatch.setattr(near, "_CELLS_A_PIECE", 2)
    monkeypatch.setattr(near, "_TEXTS_A_PIECE", 90)
    monkeypatch.setattr(relations, "_READ", 100)
    monkeypatch.setattr(relations, "_COMPARED", 500)
    actions = resampled_actions(MATERIAL.actions, 400, 3)

    one, other = (
        find_relations(actions, backend=backend, today=TODAY, large=large, terms=True)
        for backend in (DuckDB(), spark_backend())
    )

    assert len(one) > 500
    for row, same in zip(one.to_pylist(), other.to_pylist(), strict=True):
        assert row == same


@pytest.mark.spark
def test_spark_measures_the_same_coverage_as_duckdb_row_by_row():
    from concord.analysis.reading_csv import read_needs

    actions, needs = resampled_actions(MATERIAL.actions, 200, 3), read_needs(MATERIAL.needs).table

    one, other = (
        measure_coverage(actions, needs, backend=backend, today=TODAY)
        for backend in (DuckDB(), spark_backend())
    )

    assert len(one) > 100
    assert one.to_pylist() == other.to_pylist()


def test_an_engine_that_does_not_exist_is_named():
    with pytest.raises(BadInput, match="Known: duckdb, spark"):
        backend_named("oracle")


def test_duckdb_is_there_without_anything_else():
    assert backend_named("duckdb").name == "duckdb"


def test_where_spark_is_not_installed_the_remedy_is_said(monkeypatch):
    monkeypatch.setattr("concord.engine.backends.choice.find_spec", lambda name: None)

    with pytest.raises(BadInput, match="make setup-spark"):
        backend_named("spark")


def test_where_java_is_missing_the_remedy_is_said(monkeypatch):
    monkeypatch.setattr("concord.engine.backends.choice.find_spec", lambda name: True)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.delenv("JAVA_HOME", raising=False)

    with pytest.raises(BadInput, match="Java 17"):
        backend_named("spark")
