"""From the document that members see to the one that the public may read: a pure function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from concord.plan.documents import completed
from concord.publication.rules import (
    FIVE_FACTS_FIGURES,
    PUBLIC_MARKING,
    PUBLIC_ROLES,
    Profile,
    public_paths,
)

Document = dict[str, Any]

_LISTS = ("notices", "beneficiaries", "structure", "organisations", "actions", "needs", "matrix")

_STATED_AS = {"pillars": "plan.pillar"}
"""Statement fields whose value stands elsewhere in the document than in the action's own field."""


def redact(document: Mapping[str, Any], profile: Profile | str) -> Document:
    """The public form of a document under a profile. The one that came in is left as it was.

    Only actions and needs marked TLP:CLEAR stay, of these only the fields that the table and the
    profile call public; links to what is gone are dropped; organisations, matrix and figures are
    made again from what remains, so that nothing can be read from a difference. Applied twice it
    changes nothing more; a narrower profile or a raised marking only takes away.

    Source: design.md, section 3 "Public by field".
    """
    profile = Profile(profile)
    kept = _keep(document, "", _allowed(profile))
    for name in _LISTS:
        kept.setdefault(name, [])
    kept["framework"] = {**kept.get("framework", {}), "profile": profile.value}
    _drop_restricted(kept, document)
    _drop_roles(kept, PUBLIC_ROLES[profile])
    _drop_facts(kept, _allowed(profile)[0])
    return _recomputed(kept, profile)


@cache
def _allowed(profile: Profile) -> tuple[frozenset[str], frozenset[str]]:
    """The leaves that stay, and the places above them that are passed through."""
    leaves = public_paths(profile)
    above = {path.rsplit(".", n)[0] for path in leaves for n in range(1, path.count(".") + 1)}
    return leaves, frozenset(above - leaves)


def _keep(value: Mapping[str, Any], at: str, allowed: tuple[frozenset[str], frozenset[str]]) -> Document:
    kept: Document = {}
    for name, inner in value.items():
        path = f"{at}.{name}" if at else name
        if path in allowed[0]:
            kept[name] = _copied(inner)
        elif path in allowed[1]:
            kept[name] = _keep_inner(inner, path, allowed)
    return kept


def _keep_inner(inner: Any, path: str, allowed: tuple[frozenset[str], frozenset[str]]) -> Any:
    if isinstance(inner, Mapping):
        return _keep(inner, path, allowed)
    if isinstance(inner, list | tuple):
        return [_keep(item, path, allowed) for item in inner if isinstance(item, Mapping)]
    return None


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _copied(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(inner) for inner in value]
    return value


def _drop_restricted(kept: Document, document: Mapping[str, Any]) -> None:
    """A record without a marking counts as restricted: forgetting it must not publish it."""
    for name in ("actions", "needs"):
        if not kept[name]:
            continue
        pairs = zip(kept[name], document[name], strict=True)
        kept[name] = [record for record, whole in pairs if whole.get("marking") == PUBLIC_MARKING]


def _drop_roles(kept: Document, roles: Iterable[str]) -> None:
    for action in kept["actions"]:
        if "participations" in action:
            action["participations"] = [
                part for part in action["participations"] if part.get("role") in roles
            ]


def _drop_facts(kept: Document, leaves: frozenset[str]) -> None:
    """Where a fact comes from is public only if the fact is."""
    for action in kept["actions"]:
        if "facts" in action:
            named = ({**fact, "fields": _public_fields(fact, leaves)} for fact in action["facts"])
            action["facts"] = [fact for fact in named if fact["fields"]]


def _public_fields(fact: Mapping[str, Any], leaves: frozenset[str]) -> list[str]:
    return [
        field
        for field in fact.get("fields", [])
        if _is_public(_STATED_AS.get(field, f"actions.{field}"), leaves)
    ]


def _is_public(path: str, leaves: frozenset[str]) -> bool:
    return path in leaves or any(leaf.startswith(f"{path}.") for leaf in leaves)


def _recomputed(kept: Document, profile: Profile) -> Document:
    """What follows from the records, from those that remain; a parent that no action names is not told."""
    whole = completed(kept)
    named = {body["key"] for body in whole["organisations"]}
    whole["organisations"] = [
        {**body, "parent": body.get("parent") if body.get("parent") in named else None}
        for body in whole["organisations"]
    ]
    if profile is Profile.FIVE_FACTS:
        whole["actions"] = [_keep(action, "actions", _allowed(profile)) for action in whole["actions"]]
        figures = whole["figures"]
        whole["figures"] = {name: figures[name] for name in FIVE_FACTS_FIGURES if name in figures}
    return whole
