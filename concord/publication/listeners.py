"""What the publication room does when an earlier step announces itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.dispatch import receiver

from concord.accounts.events import organisation_merge_undone, organisations_merged

if TYPE_CHECKING:
    from concord.accounts.models import Organisation


def finish_after_upgrade(*, using: str = DEFAULT_DB_ALIAS, **_facts: Any) -> None:
    """After the tables were brought up to date: files of new formats and missing search rows are made."""
    from concord.publication.models import Edition
    from concord.publication.services import finish_editions

    tables = connections[using].introspection.table_names()
    if using == DEFAULT_DB_ALIAS and Edition._meta.db_table in tables:  # migrating back drops them
        finish_editions()


@receiver(organisations_merged)
def keep_where_a_key_leads(target: Organisation, merged: Organisation, **_signal: Any) -> None:
    """The merged body's public address leads to the target once no text in force names it."""
    from concord.publication.models import MovedOrganisation

    MovedOrganisation.objects.update_or_create(key=merged.key, defaults={"target_key": target.key})


@receiver(organisation_merge_undone)
def forget_where_a_key_led(merged: Organisation, **_signal: Any) -> None:
    """The reopened body has its own address again."""
    from concord.publication.models import MovedOrganisation

    MovedOrganisation.objects.filter(key=merged.key).delete()
