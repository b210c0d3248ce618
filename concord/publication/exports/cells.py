"""The actions of a document as the columns of Concord's own template: what CSV and IATI files carry.

A file with these cells comes back in without a difference (docs/formats/template.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from concord.intake.template import Spelling, action_cells, recorded_values
from concord.intake.vocabulary import fields_of
from concord.kernel.names import fold

Record = Mapping[str, Any]
Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The columns that the document states, in the template's order, and a row for each of its actions."""

    columns: tuple[str, ...]
    rows: tuple[Cells, ...]


def sheet_of(document: Record) -> Sheet:
    """The actions as a sheet. What the document leaves out, as a profile may, has no column."""
    spelling = spelling_of(document)
    rows = tuple(cells_of_action(action, spelling) for action in document["actions"])
    stated = {column for row in rows for column in row}
    return Sheet(tuple(column for column in fields_of("actions") if column in stated), rows)


def spelling_of(document: Record) -> Spelling:
    """Codes of places; names of organisations as people read them, with the key only where two share one."""
    names = Counter(fold(body["name"]) for body in document["organisations"])

    def organisation(name: str, key: str | None) -> str:
        return f"{name} [{key}]" if key and names[fold(name)] > 1 else name

    return Spelling(organisation=organisation)


def cells_of_action(action: Record, spelling: Spelling, values: Mapping[str, Any] | None = None) -> Cells:
    """One action's cells with its identity; values: other field values than those of the document."""
    cells = {"key": action["key"]} | action_cells(
        recorded_values(action) if values is None else values, spelling
    )
    for column, name in (("id", "own_id"), ("iati_identifier", "iati_identifier")):
        if name in action:
            cells[column] = action[name]
    reporter = action.get("reported_by") or action.get("reporting_organisation")
    return cells if reporter is None else cells | {"reported_by": reporter}


def filled(columns: Sequence[str], row: Mapping[str, str]) -> list[str]:
    """A row's cells in the order of the columns."""
    return [row.get(column, "") for column in columns]
