"""What the publication room does when an earlier step announces itself."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


def finish_after_upgrade(*, using: str = DEFAULT_DB_ALIAS, **_facts: Any) -> None:
    """After the tables were brought up to date: files of new formats and missing search rows are made."""
    from concord.publication.models import Edition
    from concord.publication.services import finish_editions

    tables = connections[using].introspection.table_names()
    if using == DEFAULT_DB_ALIAS and Edition._meta.db_table in tables:  # migrating back drops them
        finish_editions()
