"""The embedded database runs on an engine that cannot corrupt it."""

import sqlite3

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from concord.project import checks
from concord.project.engine import is_affected
from concord.project.sqlite.base import DatabaseWrapper

sqlite_only = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="about SQLite")


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 4), False),
    ],
)
def test_only_mended_releases_are_called_safe(version, affected):
    assert is_affected(version) is affected


def test_plain_import_of_sqlite3_gives_the_bundled_engine():
    assert sqlite3.__name__ == "pysqlite3"
    assert sqlite3.sqlite_version_info >= (3, 51, 3)


@sqlite_only
@pytest.mark.django_db
def test_django_is_connected_to_a_safe_engine_with_the_decided_settings():
    with connection.cursor() as cursor:
        answers = {
            name: cursor.execute(sql).fetchone()[0]
            for name, sql in {
                "version": "SELECT sqlite_version()",
                "journal": "PRAGMA journal_mode",
                "synchronous": "PRAGMA synchronous",
                "cache": "PRAGMA cache_size",
                "limit": "PRAGMA journal_size_limit",
                "keys": "PRAGMA foreign_keys",
            }.items()
        }

    assert tuple(map(int, answers.pop("version").split("."))) >= (3, 51, 3)
    assert answers == {"journal": "wal", "synchronous": 2, "cache": -20000, "limit": 67108864, "keys": 1}
    assert connection.transaction_mode == "IMMEDIATE"
    assert connection.features.max_query_params == 250_000


def faked(monkeypatch, version):
    monkeypatch.setattr(DatabaseWrapper.Database, "sqlite_version_info", version)
    monkeypatch.setattr(DatabaseWrapper.Database, "sqlite_version", ".".join(map(str, version)))


@sqlite_only
def test_a_connection_in_wal_mode_on_an_affected_engine_is_refused(tmp_path, monkeypatch):
    from concord.project.environment import sqlite

    wrapper = DatabaseWrapper({**connection.settings_dict, **sqlite(tmp_path / "x.sqlite3")}, "other")
    faked(monkeypatch, (3, 40, 1))

    with pytest.raises(ImproperlyConfigured, match="can corrupt a database in WAL mode"):
        wrapper.get_new_connection(wrapper.get_connection_params())


@sqlite_only
def test_the_start_up_check_refuses_an_affected_engine(monkeypatch):
    faked(monkeypatch, (3, 51, 2))

    found = checks.sqlite_engine_is_safe(databases=["default"])

    assert [message.id for message in found] == ["concord.E001"]
