"""DuckDB in the same process: the default backend."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb
import pyarrow as pa

from concord.engine.backends import Step


class DuckDB:
    """Runs steps in a private in-memory DuckDB database that is dropped afterwards.

    Args:
        threads: how many threads DuckDB may use.
        memory_mb: how much memory DuckDB may use, in MiB.
    """

    name = "duckdb"

    def __init__(self, *, threads: int = 2, memory_mb: int = 1024) -> None:
        self.threads = threads
        self.memory_mb = memory_mb

    def run(self, steps: Sequence[Step], tables: Mapping[str, pa.Table], schema: pa.Schema) -> pa.Table:
        """See `Backend.run`. The order of rows is that of the last step's ORDER BY."""
        connection = duckdb.connect(
            ":memory:", config={"threads": self.threads, "memory_limit": f"{self.memory_mb}MB"}
        )
        try:
            for name, table in tables.items():
                connection.register(name, table)
            for step in steps[:-1]:
                connection.execute(f'CREATE TEMP TABLE "{step.name}" AS {step.sql}')
            return _arrow(connection, steps[-1].sql).cast(schema)
        finally:
            connection.close()


def _arrow(connection: duckdb.DuckDBPyConnection, sql: str) -> pa.Table:
    table: pa.Table = connection.sql(sql).to_arrow_table()
    return table
