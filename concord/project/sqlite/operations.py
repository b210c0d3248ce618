"""What Django asks the bundled engine to do."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.sqlite3.operations import DatabaseOperations as SqliteOperations

MOST_COLUMNS = 2_000  # SQLITE_MAX_COLUMN of pysqlite3's build


class DatabaseOperations(SqliteOperations):
    """As Django's own, without the question that the bundled engine cannot answer."""

    def _quote_params_for_last_executed_query(self, params: Sequence[Any]) -> tuple[Any, ...]:
        """Django's own asks Connection.getlimit, which pysqlite3 lacks: counting queries would fail."""
        quoted: tuple[Any, ...] = ()
        for start in range(0, len(params), MOST_COLUMNS):
            part = tuple(params[start : start + MOST_COLUMNS])
            sql = "SELECT " + ", ".join(["QUOTE(?)"] * len(part))
            quoted += self.connection.connection.execute(sql, part).fetchone()
        return quoted
