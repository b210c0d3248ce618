"""What the bundled engine can do."""

from django.db.backends.sqlite3.features import DatabaseFeatures as SqliteFeatures


class DatabaseFeatures(SqliteFeatures):
    """As Django's own, without the question that the bundled engine cannot answer."""

    # SQLITE_MAX_VARIABLE_NUMBER of pysqlite3's build. Django asks Connection.getlimit, which it lacks.
    max_query_params = 250_000
