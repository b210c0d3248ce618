"""Django's SQLite backend on the bundled engine, which refuses one that can corrupt data."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.sqlite3.base import DatabaseWrapper as SqliteWrapper

from concord.project.engine import is_affected
from concord.project.sqlite.features import DatabaseFeatures
from concord.project.sqlite.operations import DatabaseOperations


class DatabaseWrapper(SqliteWrapper):
    """One connection to the embedded database."""

    features_class = DatabaseFeatures
    ops_class = DatabaseOperations

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open a connection.

        Raises:
            ImproperlyConfigured: the database is in WAL mode on an engine that can corrupt it.
        """
        connection = super().get_new_connection(conn_params)
        journal = connection.execute("PRAGMA journal_mode").fetchone()[0]
        if journal == "wal" and is_affected(self.Database.sqlite_version_info):
            connection.close()
            raise ImproperlyConfigured(
                f"SQLite {self.Database.sqlite_version} can corrupt a database in WAL mode. "
                "Run `make setup`, which installs a safe one, or use PostgreSQL."
            )
        return connection
