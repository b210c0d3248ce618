"""The values that count now, as their statements keep them: what is given out, and compared later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from concord.plan.models import NeedLink, Statement
from concord.plan.naming import Chosen, Register
from concord.plan.rules import decode

if TYPE_CHECKING:
    from concord.accounts.models import Organisation
    from concord.plan.models import Action, Need


def chosen_texts(actions: Iterable[Action]) -> dict[int, dict[str, str]]:
    """The chosen values of each action by primary key and field, as canonical JSON texts."""
    texts: dict[int, dict[str, str]] = {action.pk: {} for action in actions}
    rows = Statement.objects.filter(action_id__in=texts, chosen=True)
    for pk, field, value in rows.values_list("action_id", "field", "value"):
        if pk is not None:
            texts[pk][field] = value
    return texts


def chosen_values(records: Iterable[Action | Need], kind: str = "action") -> dict[int, list[Chosen]]:
    """The chosen values of each record by primary key, with the file that their names are read by.

    kind: "action" or "need", what the records are.
    """
    values: dict[int, list[Chosen]] = {record.pk: [] for record in records}
    rows = Statement.objects.filter(**{f"{kind}_id__in": list(values)}, chosen=True).order_by("field")
    for pk, field, value, file in rows.values_list(f"{kind}_id", "field", "value", "origin__file_name"):
        values[pk].append(Chosen(field, decode(value), file))
    return values


def organisations_said(values: Iterable[Chosen]) -> dict[tuple[str | None, str], Organisation]:
    """Which organisation each (key, name as written) of these values stands for, where one is known."""
    listed = list(values)
    register = Register(listed)
    found: dict[tuple[str | None, str], Organisation] = {}
    for said in listed:
        for key, text in said.names():
            if organisation := register.organisation(key, text, said.file_name):
                found[key, text] = organisation
    return found


def needs_stated(action: Action) -> list[str]:
    """What the action's source says it answers: keys of needs, and text where it named none that is known."""
    said = Statement.objects.filter(action=action, field="answers_needs", chosen=True).first()
    return list(decode(said.value)) if said else []


def needs_answered(actions: Iterable[Action]) -> dict[int, list[str]]:
    """Keys of the needs that people confirmed each action to answer, by the action's primary key."""
    keys: dict[int, list[str]] = defaultdict(list)
    links = NeedLink.objects.filter(action__in=[action.pk for action in actions]).order_by("need__own_id")
    for pk, key in links.values_list("action_id", "need__key"):
        keys[pk].append(key)
    return keys
