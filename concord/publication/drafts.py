"""Drafts and frozen versions as documents and papers, for members: what each of them may see."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from concord.accounts.queries import powers_of, require
from concord.accounts.rules import Permission
from concord.accounts.services import operator
from concord.plan.documents import completed, document_of
from concord.plan.queries import (
    needs_visible_to,
    records_visible_to,
    scope_of,
)
from concord.publication.exports import export
from concord.publication.reading import PlanText, say_day

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.plan.models import Plan, PlanVersion

_FOR_ALL_MEMBERS = ("clear", "green")


def draft_file(plan: Plan, format_name: str, *, actor: Person, today: date) -> bytes:
    """The plan as it stands now, as far as the actor may see it, as a file.

    Papers say on every page "working draft of" today; JSON holds no day.

    Raises:
        NotPermitted: the actor may not export drafts. BadInput: no such format.
    """
    require(actor, Permission.EXPORT_DRAFT, within=scope_of(plan))
    document = document_of(plan, actor=actor)
    return export(document, format_name, called=f"working draft of {say_day(today.isoformat())}")


def version_file(version: PlanVersion, format_name: str, *, actor: Person) -> bytes:
    """A frozen version, as far as the actor may see it, as a file: "draft 3 of 10 June 2025" on every page.

    Raises:
        NotPermitted: the actor may not export drafts. BadInput: no such format.
    """
    require(actor, Permission.EXPORT_DRAFT, within=scope_of(version.plan))
    return export(version_document(version, actor=actor), format_name, called=name_of_version(version))


def name_of_version(version: PlanVersion) -> str:
    """What people call a frozen text: "draft 3 of 10 June 2025", and once it is published "version 2"."""
    if version.number:
        return f"version {version.number}"
    label = f" ({version.label})" if version.label else ""
    return f"draft {version.draft_number} of {say_day(version.frozen_at.date().isoformat())}{label}"


def version_document(version: PlanVersion, *, actor: Person) -> dict[str, Any]:
    """A frozen document as far as the actor may see its records now; all that follows from them is
    reckoned again. The system account sees all of it.

    A record that is hidden from the actor now stays out; one that was merged since is judged by its
    marking in the text, one that was withdrawn since as if it were not.
    """
    document = json.loads(bytes(version.document))
    if powers_of(actor).everything:
        return dict(document)
    framework = version.plan.framework
    actions = _seen(
        document["actions"],
        *_keys(records_visible_to(actor, framework), records_visible_to(operator(), framework)),
    )
    needs = _seen(
        document["needs"], *_keys(needs_visible_to(actor, framework), needs_visible_to(operator(), framework))
    )
    return completed({**document, "actions": actions, "needs": needs})


def _keys(visible: Any, live: Any) -> tuple[set[str], set[str]]:
    """The keys that the actor sees, and those that exist but are hidden from the actor."""
    seen = set(visible.values_list("key", flat=True))
    return seen, set(live.values_list("key", flat=True)) - seen


def _seen(records: list[dict[str, Any]], visible: set[str], hidden: set[str]) -> list[dict[str, Any]]:
    return [
        record
        for record in records
        if record["key"] in visible
        or (record["key"] not in hidden and record.get("marking") in _FOR_ALL_MEMBERS)
    ]


def text_of_version(version: PlanVersion, *, actor: Person) -> PlanText:
    """A frozen version read as people read it, as far as the actor may see it."""
    return PlanText(version_document(version, actor=actor))
