"""What is made sure of before Concord works on a database or answers a request."""

import os

from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from concord.project.environment import is_on

#: The tags of our own checks. All checks together would import every page, which no command needs.
OURS = (checks.Tags.database, checks.Tags.security)


def refuse_unsafe() -> None:
    """Do nothing where engine and settings are safe.

    Raises:
        ImproperlyConfigured: a check of ours found an error; the text names each with its remedy.
    """
    found = [
        message
        for message in checks.run_checks(tags=OURS, databases=["default"])
        if message.level >= checks.ERROR and str(message.id).startswith("concord.")
    ]
    if found:
        raise ImproperlyConfigured("\n".join(f"{message.msg} {message.hint}" for message in found))


def stand_apart() -> None:
    """Give a worker of `concord serve` a process group of its own.

    Ctrl-C reaches everything in a terminal's group, and then the server stops its workers too: a worker
    told twice at once may wait for ever. So only the server hears Ctrl-C.
    """
    if is_on("CONCORD_SERVING"):
        os.setpgid(0, 0)


def is_behind() -> bool:
    """Whether the database lacks a table or migration that this release needs."""
    executor = MigrationExecutor(connection)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def bring_up_to_date() -> None:
    """Make every table that is missing. Safe to run at any time; a second run changes nothing."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def ready_database() -> None:
    """Bring an embedded database up to date by itself; of PostgreSQL, only say that it is behind.

    Raises:
        ImproperlyConfigured: unsafe settings, or a PostgreSQL database that is behind this release.
    """
    refuse_unsafe()
    if not is_behind():
        return
    if connection.vendor != "sqlite":
        raise ImproperlyConfigured(
            "The database is behind this release. Make a backup, then run `concord manage migrate` "
            "and `concord manage createcachetable`."
        )
    bring_up_to_date()
