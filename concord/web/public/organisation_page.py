"""Organisations that the plans in force name, and one of them with its actions."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from concord.kernel.codelists import BeneficiaryName
from concord.kernel.errors import NotFound
from concord.kernel.names import fold
from concord.publication.queries import organisation_now
from concord.publication.reading import Record, say_count
from concord.web.public.beneficiary_page import years_of
from concord.web.public.overview_pages import Everything, everything
from concord.web.public.places import Place
from concord.web.public.plan_page import Rows

_ROLES = {
    "donor": "Pays for",
    "implementer": "Does",
    "lead": "Leads",
    "partner": "Is a partner in",
}


@dataclass(frozen=True, slots=True)
class OrganisationsPage:
    """What templates/public/organisations.html receives."""

    whole: Everything
    letters: Rows
    sentences: list[str]


@dataclass(frozen=True, slots=True)
class OrganisationPage:
    """What templates/public/organisation.html receives."""

    whole: Everything
    body: Record
    kicker: str
    trail: list[dict[str, str]]
    naming: list[BeneficiaryName]
    axis: tuple[int, int]
    facts: Rows
    roles: Rows
    sentence: str
    is_open: bool


def organisations_page() -> OrganisationsPage:
    """Every organisation named in a plan in force, by letter, with how many actions name it."""
    whole = everything()
    bodies = _bodies(whole)
    counts = _counts(whole)
    rows = [
        {
            "text": body["name"],
            "acronym": body["acronym"],
            "href": f"/organisations/{key}/",
            "count": counts.get(key, 0),
        }
        for key, body in bodies.items()
    ]
    rows.sort(key=lambda row: fold(str(row["text"])))
    letters = [
        {"letter": letter, "rows": list(group)}
        for letter, group in groupby(rows, key=lambda row: fold(str(row["text"]))[:1].upper())
    ]
    return OrganisationsPage(
        whole, letters, [f"{say_count(len(rows), 'organisation', 'organisations')} named."]
    )


def organisation_page(key: str) -> OrganisationPage:
    """One organisation: its place in the tree, and its actions by what it does in them.

    Raises:
        NotFound: no plan in force names it.
    """
    whole = everything()
    bodies = _bodies(whole)
    body = bodies.get(key)
    if body is None:
        raise NotFound("No plan that is published here names such an organisation.")
    roles = _roles(whole, key)
    count = _counts(whole).get(key, 0)
    first = whole.places[0].text
    return OrganisationPage(
        whole=whole,
        body=body,
        kicker=first.kind_of(body) or "Organisation",
        trail=[{"text": "Organisations", "href": "/organisations/"}, {"text": body["name"]}],
        naming=first.places,
        axis=years_of(whole),
        facts=_facts(bodies, body),
        roles=roles,
        sentence=f"{say_count(count, 'action', 'actions')} in the plans in force; one that stands in several "
        "plans, or in which it has several parts, counts once.",
        is_open=any(text.is_open for text in whole.texts),
    )


def moved_to(key: str) -> str:
    """The key of the body that a text in force names instead of this one, "" where there is none."""
    now = organisation_now(key)
    return now if now in _bodies(everything()) else ""


def _bodies(whole: Everything) -> dict[str, Record]:
    """By key; the latest text's word for it."""
    return {key: body for text in whole.texts for key, body in text.organisations.items()}


def _counts(whole: Everything) -> dict[str, int]:
    counts: dict[str, int] = {}
    for found in whole.standing().values():
        named = {part["organisation"] for _place, action in found for part in action["participations"]}
        for key in named - {None}:
            counts[key] = counts.get(key, 0) + 1
    return counts


def _facts(bodies: dict[str, Record], body: Record) -> Rows:
    parent = bodies.get(body.get("parent") or "")
    parts = sorted(
        (row for row in bodies.values() if row.get("parent") == body["key"]), key=lambda row: row["name"]
    )
    facts: Rows = []
    if body["acronym"]:
        facts.append({"label": "Short", "value": body["acronym"]})
    if parent:
        facts.append(
            {"label": "Part of", "value": parent["name"], "href": f"/organisations/{parent['key']}/"}
        )
    if parts:
        many = [{"text": row["name"], "href": f"/organisations/{row['key']}/"} for row in parts]
        facts.append({"label": "Its parts named here", "many": many})
    return facts


def _roles(whole: Everything, key: str) -> Rows:
    found: dict[str, list[dict[str, Any]]] = {}
    for places in whole.standing().values():
        place, action = places[0]
        for role in dict.fromkeys(
            part["role"] for part in action["participations"] if part["organisation"] == key
        ):
            found.setdefault(role, []).append(_row(place, action))
    return [
        {
            "heading": heading,
            "id": role,
            "rows": sorted(found[role], key=lambda row: row["action"]["title"].casefold()),
        }
        for role, heading in _ROLES.items()
        if role in found
    ]


def _row(place: Place, action: Record) -> dict[str, Any]:
    return {"action": action, "href": place.action(action["key"])}
