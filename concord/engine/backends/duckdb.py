"""DuckDB in the same process: the default backend."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence

import duckdb
import pyarrow as pa

from concord.engine.backends import PieceFunction, Step
from concord.engine.backends.processes import in_processes

#: So many pieces are worked on in this process: starting others takes about a second.
ALONE = 4


class DuckDB:
    """Runs steps in a private in-memory DuckDB database that is dropped afterwards.

    Args:
        threads: how many threads DuckDB may use.
        memory_mb: how much memory DuckDB may use, in MiB; what needs more goes to a temporary folder.
        workers: how many processes work on the pieces of large tables; the cores, two at most, if not given.
    """

    name = "duckdb"

    def __init__(self, *, threads: int = 2, memory_mb: int = 1024, workers: int | None = None) -> None:
        self.threads = threads
        self.memory_mb = memory_mb
        self.workers = min(2, os.cpu_count() or 1) if workers is None else workers

    def run(self, steps: Sequence[Step], tables: Mapping[str, pa.Table], schema: pa.Schema) -> pa.Table:
        """See `Backend.run`. The order of rows is that of the last step's ORDER BY."""
        with tempfile.TemporaryDirectory(prefix="concord-") as folder:
            settings: dict[str, str | bool | int | float | list[str]] = {
                "threads": self.threads,
                "memory_limit": f"{self.memory_mb}MB",
                "temp_directory": folder,
            }
            connection = duckdb.connect(":memory:", config=settings)
            try:
                for name, table in tables.items():
                    connection.register(name, table)
                for step in steps[:-1]:
                    connection.execute(f'CREATE TEMP TABLE "{step.name}" AS {step.sql}')
                return _arrow(connection, steps[-1].sql).cast(schema)
            finally:
                connection.close()

    def map_pieces(
        self, table: pa.Table, function: PieceFunction, schema: pa.Schema, *, rows: int
    ) -> Iterator[pa.Table]:
        """See `Backend.map_pieces`. Processes share many pieces; few are worked on in this one."""
        pieces = [table.slice(begin, rows) for begin in range(0, len(table), rows)]
        if self.workers < 2 or len(pieces) <= ALONE:
            return (function(piece).cast(schema) for piece in pieces)
        return in_processes(pieces, function, schema, min(self.workers, len(pieces)))


def _arrow(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    table: pa.Table = connection.sql(sql).to_arrow_table()
    return table
