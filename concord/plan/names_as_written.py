"""The rows that keep a name as written, and what each name is read as: reading only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models

from concord.kernel.names import fold
from concord.plan.models import Event, FundingLine, Participation, Statement
from concord.plan.rules import decode


@dataclass(frozen=True, slots=True)
class NamedRow:
    """One row that names an organisation: its table, the column that holds it, the text and its file.

    owner: the primary key of the organisation that it is read as, None while it is not identified.
    """

    model: type[models.Model]
    column: str
    pk: int
    action: int
    text: str
    file_name: str
    owner: int | None


@dataclass(frozen=True, slots=True)
class _Table:
    model: type[models.Model]
    column: str
    field: str
    text: str  # the column with the text; "" where the statement alone has it
    item_text: str
    item_key: str

    def position_of(self, row: dict[str, Any]) -> tuple[str, int]:
        return row.get("role", ""), row["order"]

    def items(self, value: list[dict[str, Any]]) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
        """The statement's items by the place that their row has."""
        orders: dict[str, int] = defaultdict(int)
        for item in value:
            role = item["role"] if self.field == "participations" else ""
            orders[role] += 1
            yield (role, orders[role]), item


_TABLES = (
    _Table(Participation, "organisation", "participations", "as_written", "as_written", "organisation"),
    _Table(FundingLine, "donor", "funding", "donor_as_written", "donor_as_written", "donor"),
    _Table(Event, "recipient", "events", "", "recipient", ""),
)


def rows_named(folded: Collection[str], *, owner: int | None) -> list[NamedRow]:
    """The rows with one of these names, folded, that are read as this organisation (None: as none).

    A row whose statement gives the organisation by its key was not read from its name and is left out.
    """
    return [row for table in _TABLES for row in _rows(table, folded, owner)]


def rows_with_key(key: str, *, owner: int) -> list[NamedRow]:
    """The rows of an organisation whose chosen statement gives this key."""
    found = []
    for table in (table for table in _TABLES if table.item_key):
        stated = _stated(table, set(_stating(table, key)))
        columns = ["pk", "action_id", "order", *(["role"] if table.field == "participations" else [])]
        rows = table.model._default_manager.filter(action__in=list(stated), **{table.column: owner})
        for row in rows.values(*columns):
            file_name, items = stated[row["action_id"]]
            item = items.get(table.position_of(row), {})
            if item.get(table.item_key) == key:
                text = item.get(table.item_text, "")
                found.append(
                    NamedRow(table.model, table.column, row["pk"], row["action_id"], text, file_name, owner)
                )
    return found


def _stating(table: _Table, key: str) -> list[int]:
    chosen = Statement.objects.filter(field=table.field, chosen=True, value__contains=f'"{key}"')
    return [pk for pk in chosen.values_list("action_id", flat=True) if pk is not None]


def _rows(table: _Table, folded: Collection[str], owner: int | None) -> Iterator[NamedRow]:
    rows = table.model._default_manager.filter(**{table.column: owner})
    columns = ["pk", "action_id", "order", *(["role"] if table.field == "participations" else [])]
    listed = list(rows.values(*columns, *([table.text] if table.text else [])))
    if table.text:
        listed = [row for row in listed if fold(row[table.text]) in folded]
    stated = _stated(table, {row["action_id"] for row in listed})
    for row in listed:
        file_name, items = stated.get(row["action_id"], ("", {}))
        item = items.get(table.position_of(row), {})
        text = row[table.text] if table.text else item.get(table.item_text, "")
        if fold(text) in folded and not (table.item_key and item.get(table.item_key)):
            yield NamedRow(table.model, table.column, row["pk"], row["action_id"], text, file_name, owner)


def _stated(table: _Table, actions: Collection[int]) -> dict[int, tuple[str, dict[tuple[str, int], Any]]]:
    """The chosen list of each action: its file, and its items by place."""
    chosen = Statement.objects.filter(action__in=actions, field=table.field, chosen=True)
    return {
        action: (file_name, dict(table.items(decode(value))))
        for action, value, file_name in chosen.values_list("action_id", "value", "origin__file_name")
    }
