"""The actions of a document as the columns of Concord's own template: what CSV and IATI files carry.

A file with these cells comes back in without a difference (docs/formats/template.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from concord.intake.formats.json.documents import Cells, Record, cells_of_action, spelling_of
from concord.intake.vocabulary import fields_of


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


def filled(columns: Sequence[str], row: Mapping[str, str]) -> list[str]:
    """A row's cells in the order of the columns."""
    return [row.get(column, "") for column in columns]
