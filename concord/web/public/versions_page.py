"""All texts of a plan: decision, hash, signature; and what changed between any two."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import QueryDict

from concord.kernel.codelists import ACTION_STATUSES, name_of_action_type, name_of_topic
from concord.kernel.errors import NotFound
from concord.publication.comparison import Changes, FieldChange
from concord.publication.queries import edition_in_force, editions_of, text_of
from concord.publication.reading import NOT_REPORTED, PlanText, say_count, say_day, say_line
from concord.publication.wording import decision_lines
from concord.web.public.places import Place, find_place, permanent_base
from concord.web.public.plan_page import Rows, comparison_of, tabs_of

if TYPE_CHECKING:
    from concord.publication.models import Edition

_FIELDS = {
    "title": "title",
    "summary": "summary",
    "description": "description",
    "start": "start",
    "end": "end",
    "status": "status",
    "donors": "who pays",
    "implementers": "who does it",
    "beneficiaries": "for whom",
    "topics": "topics",
    "action_types": "means",
    "funding": "money",
    "measure": "place in the plan",
    "linked_measures": "other measures",
    "source_url": "source",
    "needs": "needs answered",
    "continues": "what it continues",
    "works_with": "what it works with",
    "statement": "statement",
    "priority": "priority",
    "reference": "reference",
    "stated_on": "date of statement",
    "reporting_organisation": "who reports it",
}
_GONE = (
    "They stand in the earlier version and not in the later one: withdrawn, joined with another, "
    "or no longer public."
)
_HIDDEN = frozenset({"participations", "marking"})


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """What templates/public/versions.html receives."""

    title: str
    ref: str
    text: PlanText
    trail: list[dict[str, str]]
    tabs: Rows
    versions: Rows
    choices: Rows
    chosen: str
    action: str
    comparison: dict[str, Any] | None
    problem: str


def versions_page(ref: str, query: QueryDict) -> VersionsPage:
    """The versions of a plan, latest first, and the comparison that the address asks for.

    Raises:
        NotFound: nothing of the plan was ever published.
    """
    editions = editions_of(ref)
    text = text_of(editions[0])
    old, new = query.get("from", ""), query.get("to", "")
    comparison, problem = None, ""
    if old or new:
        try:
            comparison = _comparison(ref, text, _number(old), _number(new))
        except NotFound as error:
            problem = str(error)
    return VersionsPage(
        title=text.title,
        ref=ref,
        text=text,
        trail=[
            {"text": "Plans", "href": "/plans/"},
            {"text": text.title, "href": f"/plans/{ref}/"},
            {"text": "Versions"},
        ],
        tabs=tabs_of(_place(ref, editions[0]), "versions"),
        versions=[_version(ref, edition) for edition in editions],
        choices=_choices(editions, old, new) if len(editions) > 1 else [],
        chosen=_chosen(comparison),
        action=f"/plans/{ref}/versions/",
        comparison=comparison,
        problem=problem,
    )


def _place(ref: str, latest: Edition) -> Place:
    try:
        return find_place(ref)
    except NotFound:  # published, but in force only from a later day
        return find_place(ref, latest.number)


def _chosen(comparison: dict[str, Any] | None) -> str:
    if comparison is None:
        return "Choose two versions"
    return f"From version {comparison['old']} to version {comparison['new']}"


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 8):
        raise NotFound("Choose two versions to compare.")
    return int(text)


def _version(ref: str, edition: Edition) -> dict[str, Any]:
    text = text_of(edition)
    base = permanent_base(ref, edition.number)
    return {
        "number": edition.number,
        "href": base,
        "is_in_force": edition.pk == _in_force_pk(ref),
        "facts": [
            *({"label": label, "value": said} for label, said in decision_lines(text)),
            {"label": "In force from", "value": say_day(edition.in_force_from.isoformat())},
            {"label": "Published on", "value": say_day((text.edition or {})["published_on"])},
            {"label": "Holds", "value": say_count(len(text.actions), "action", "actions")},
        ],
        "sha256": edition.sha256,
        "signature": edition.signature,
        "downloads": [
            {"text": "The signed bytes", "href": f"{base}plan.json", "format": ".json"},
            {"text": "Proof: hash, signature, key", "href": f"{base}proof.json", "format": ".json"},
        ],
    }


def _in_force_pk(ref: str) -> int | None:
    try:
        return edition_in_force(ref).pk
    except NotFound:
        return None


def _choices(editions: list[Edition], old: str, new: str) -> Rows:
    numbers = [edition.number for edition in editions]
    chosen = (old or str(numbers[1]), new or str(numbers[0]))
    return [
        {
            "name": name,
            "label": label,
            "kind": "select",
            "options": [
                {"value": str(number), "text": f"Version {number}", "selected": str(number) == value}
                for number in numbers
            ],
        }
        for name, label, value in (("from", "From", chosen[0]), ("to", "To", chosen[1]))
    ]


# --- comparison -----------------------------------------------------------------------------------


def _comparison(ref: str, text: PlanText, old: int, new: int) -> dict[str, Any]:
    found = comparison_of(ref, old, new)
    base = permanent_base(ref, new)
    earlier = permanent_base(ref, old)
    parts = _parts("action", "actions", found.actions, text, base, earlier)
    parts += _parts("need", "needs", found.needs, text, base, earlier)
    return {"old": old, "new": new, "parts": parts, "is_empty": found.is_empty}


def _parts(one: str, many: str, changes: Changes, text: PlanText, base: str, earlier: str) -> Rows:
    parts = [
        {
            "heading": f"{say_count(len(changes.added), one, many)} new",
            "rows": [{"text": row.title, "href": f"{base}{many}/{row.key}/"} for row in changes.added],
        },
        {
            "heading": f"{say_count(len(changes.changed), one, many)} changed",
            "rows": [
                {
                    "text": row.title,
                    "href": f"{base}{many}/{row.key}/",
                    "fields": [_field(field, text) for field in row.fields if field.field not in _HIDDEN],
                }
                for row in changes.changed
            ],
        },
        {
            "heading": f"{say_count(len(changes.no_longer_public), one, many)} no longer public",
            "note": _GONE,
            "rows": [
                {"text": row.title, "href": f"{earlier}{many}/{row.key}/"} for row in changes.no_longer_public
            ],
        },
    ]
    return [part for part in parts if part["rows"]]


def _field(change: FieldChange, text: PlanText) -> dict[str, str]:
    return {
        "name": _FIELDS.get(change.field, change.field.replace("_", " ")),
        "old": _say(change.field, change.old, text),
        "new": _say(change.field, change.new, text),
    }


def _say(field: str, value: Any, text: PlanText) -> str:
    """A value as people read it."""
    if value in (None, "", []):
        return NOT_REPORTED
    if field in ("start", "end", "stated_on"):
        return say_day(value)
    if field == "measure":
        return " / ".join(text.levels_of.get(value, (value,)))
    if field == "status":
        return ACTION_STATUSES.get(value, value)
    if not isinstance(value, list):
        return str(value)
    return "; ".join(_say_item(field, item, text) for item in value)


def _say_item(field: str, item: Any, text: PlanText) -> str:
    if field == "beneficiaries":
        return text.name_of_place(item["code"] if isinstance(item, dict) else item)
    if field == "funding":
        return say_line(item)
    if field == "topics":
        return name_of_topic(item)
    if field == "action_types":
        return name_of_action_type(item)
    if field == "linked_measures":
        return text.levels_of.get(item, (item,))[-1]
    if field == "needs":
        need = text.need_by_key.get(item["need"])
        return str(need["statement"]) if need else str(item["need"])
    action = text.action_by_key.get(item) if isinstance(item, str) else None
    return str(action["title"]) if action else str(item)
