"""The tables that public pages search and filter: made from an edition's bytes, nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from concord.kernel.dates import ImpreciseDate
from concord.kernel.names import fold
from concord.publication.models import Edition, EditionAction, EditionFacet, EditionNeed

_SEARCHED = ("title", "summary", "description", "iati_identifier")
_VALUE_LENGTH = 300


@transaction.atomic
def rebuild(edition: Edition) -> None:
    """Drops the edition's rows and makes them again from its bytes; run twice it changes nothing."""
    EditionAction.objects.filter(edition=edition).delete()
    EditionNeed.objects.filter(edition=edition).delete()
    build(edition)


def build(edition: Edition) -> None:
    """Makes the rows of an edition that has none yet. Part of the caller's transaction."""
    document = json.loads(bytes(edition.document))
    rows = [_action_row(edition, order, action) for order, action in enumerate(document["actions"])]
    EditionAction.objects.bulk_create(rows)
    by_key = {row.key: row for row in EditionAction.objects.filter(edition=edition)}
    EditionFacet.objects.bulk_create(
        EditionFacet(action=by_key[action["key"]], kind=kind, value=value)
        for action in document["actions"]
        for kind, value in sorted(_facets(action))
    )
    EditionNeed.objects.bulk_create(
        EditionNeed(edition=edition, key=need["key"], order=order, text=fold(_need_text(need)))
        for order, need in enumerate(document["needs"])
    )


def donor_values(action: Mapping[str, Any]) -> list[str]:
    """What an action's donors are filtered by: the organisation's key, or the name where none is known."""
    return _of_role(action, "donor")


def _action_row(edition: Edition, order: int, action: Mapping[str, Any]) -> EditionAction:
    start, end = (ImpreciseDate(action[name]) if action.get(name) else None for name in ("start", "end"))
    return EditionAction(
        edition=edition,
        key=action["key"],
        order=order,
        text=fold(_action_text(action)),
        first_year=start.earliest.year if start else None,
        last_year=end.latest.year if end else None,
    )


def _action_text(action: Mapping[str, Any]) -> str:
    names = [part.get("name") or "" for part in action.get("participations", [])]
    return " ".join(
        [*(action.get(name) or "" for name in _SEARCHED), *action["donors"], *action["implementers"], *names]
    )


def _need_text(need: Mapping[str, Any]) -> str:
    return " ".join(need.get(name) or "" for name in ("own_id", "statement", "reference"))


def _facets(action: Mapping[str, Any]) -> set[tuple[str, str]]:
    kinds = EditionFacet.Kind
    found = {(kinds.BENEFICIARY.value, code) for code in action.get("beneficiaries", [])}
    found |= {(kinds.TOPIC.value, code) for code in action.get("topics", [])}
    found |= {(kinds.MEANS.value, code) for code in action.get("action_types", [])}
    found |= {(kinds.DONOR.value, value) for value in donor_values(action)}
    bodies = {part.get("organisation") for part in action.get("participations", [])}
    found |= {(kinds.ORGANISATION.value, key) for key in bodies if key}
    return {(kind, value[:_VALUE_LENGTH]) for kind, value in found}


def _of_role(action: Mapping[str, Any], role: str) -> list[str]:
    parts = [part for part in action.get("participations", []) if part.get("role") == role]
    return [part.get("organisation") or part.get("name") or "" for part in parts]
