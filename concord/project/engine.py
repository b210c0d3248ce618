"""Puts the bundled SQLite engine where Python and Django look for one. Import it before Django.

Releases 3.7.0 to 3.51.2 of SQLite (except 3.44.6 and 3.50.7) can corrupt a WAL database that has two
connections, and many systems still ship one. Source: docs/adr, "SQLite engine".
"""

import sys

import pysqlite3
import pysqlite3.dbapi2

FIRST_SAFE = (3, 51, 3)
MENDED_BEFORE = ((3, 44, 6), (3, 50, 7))
FIRST_AFFECTED = (3, 7, 0)


def use_bundled_sqlite() -> None:
    """Make `import sqlite3` mean the bundled engine, from here on."""
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2


def is_affected(version: tuple[int, int, int]) -> bool:
    """Whether this release can corrupt a WAL database with two connections."""
    return FIRST_AFFECTED <= version < FIRST_SAFE and version not in MENDED_BEFORE
