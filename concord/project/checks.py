"""Start-up checks: an engine or a setting that could lose or show data is refused."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from concord.project.engine import is_affected
from concord.project.environment import LOOPBACK

WEAK_TLS = {"disable", "allow", "prefer"}


@register(Tags.database)
def sqlite_engine_is_safe(databases: Iterable[str] | None = None, **_: Any) -> list[CheckMessage]:
    """Refuse an embedded engine that can corrupt a database in WAL mode."""
    found: list[CheckMessage] = []
    for alias in databases or ():
        connection = connections[alias]
        if connection.vendor != "sqlite":
            continue
        version = connection.Database.sqlite_version_info  # type: ignore[attr-defined]
        if is_affected(version):
            text = ".".join(str(part) for part in version)
            found.append(
                Error(
                    f"SQLite {text} can corrupt a database in WAL mode.",
                    hint="Run `make setup`, which installs a safe one, or use PostgreSQL.",
                    id="concord.E001",
                )
            )
    return found


@register(Tags.security)
def settings_are_safe(**_: Any) -> list[CheckMessage]:
    """Refuse settings with which a site must not be reached by others."""
    return list(unsafe_in(settings))


def unsafe_in(values: Any) -> list[Error]:
    """The errors of these settings (an object with Django's names), each with its remedy."""
    return [Error(text, hint=hint, id=id_) for holds, text, hint, id_ in _judged(values) if holds]


def _judged(settings: Any) -> Iterable[tuple[bool, str, str, str]]:
    others = [host for host in settings.ALLOWED_HOSTS if host not in {*LOOPBACK, "testserver"}]
    default = settings.DATABASES["default"]
    options = default.get("OPTIONS", {})
    remote = default.get("HOST", "") not in {"", "localhost", "127.0.0.1", "::1"}
    sqlite = default["ENGINE"] == "concord.project.sqlite"
    yield (
        bool(others) and not settings.SESSION_COOKIE_SECURE,
        f"The site answers to {', '.join(others)} without https.",
        "Set CONCORD_HTTPS=1 and let a proxy speak https, or leave CONCORD_HOSTS empty.",
        "concord.E002",
    )
    yield (
        "*" in settings.ALLOWED_HOSTS,
        "The site answers to any name.",
        "Name the hosts in CONCORD_HOSTS.",
        "concord.E003",
    )
    yield (settings.DEBUG and bool(others), "DEBUG is on.", "Leave DEBUG off.", "concord.E004")
    yield (
        len(settings.SECRET_KEY) < 50,
        "The secret key is too short.",
        "Remove CONCORD_DATA/secret-key: a new one is made (all sessions end).",
        "concord.E005",
    )
    yield (
        remote and options.get("sslmode", "prefer") in WEAK_TLS,
        "The database is on another machine and its connection may go unencrypted.",
        "Add ?sslmode=verify-full to CONCORD_DATABASE.",
        "concord.E006",
    )
    yield (
        sqlite and options.get("transaction_mode") != "IMMEDIATE",
        "SQLite transactions must begin IMMEDIATE, else concurrent edits fail.",
        "Take the setting back.",
        "concord.E007",
    )
    yield (
        default["ENGINE"] == "django.db.backends.sqlite3",
        "Django's own SQLite backend may run on an engine that corrupts data.",
        "Use concord.project.sqlite.",
        "concord.E008",
    )
    yield (
        settings.CACHES["default"]["BACKEND"] == "django.core.cache.backends.locmem.LocMemCache",
        "Rate limits would be counted for each process by itself.",
        "Use the database cache or Redis.",
        "concord.E009",
    )
