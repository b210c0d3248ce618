"""A layout: what a person said about the sheets and columns of a file, as a small document. Pure.

`{"Sheet1": {"header_row": 3, "holds": "actions", "columns": {"Projekat": "title", "F": "ignore"},
"currency": "EUR", "in_thousands": true, "day_first": true}}`. The sheet "*" stands for every sheet without
an entry of its own.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from concord.intake.columns import YEARLY, Column
from concord.intake.vocabulary import Holds, fields_of, heading_key, known_currency, word_key
from concord.kernel.errors import BadInput

IGNORE: Final = "ignore"
"""Said of a column that does not belong to the plan; said of a sheet as what it holds."""

ANY_SHEET: Final = "*"
_ENTRIES: Final = ("header_row", "holds", "columns", "currency", "in_thousands", "day_first")


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """What was said about one sheet; None and "" where nothing was.

    header_row: as in the file, the lowest row of headings. holds: actions, needs or "ignore". columns: a
    heading as written, or a column's letters, to a field or "ignore". currency: of amounts that name none.
    """

    header_row: int | None = None
    holds: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    currency: str = ""
    in_thousands: bool | None = None
    day_first: bool | None = None

    def chosen(self, column: Column) -> str:
        """The field chosen for a column: by its letters, then by its heading; "" where none was."""
        if column.letters in self.columns:
            return self.columns[column.letters]
        wanted = heading_key(column.heading)
        named = (value for key, value in self.columns.items() if wanted and heading_key(key) == wanted)
        return next(named, "")

    def as_json(self) -> dict[str, Any]:
        """The entries that say something."""
        entries = {name: getattr(self, name) for name in _ENTRIES}
        entries["columns"] = dict(self.columns)
        return {name: value for name, value in entries.items() if value not in (None, "", {})}


NOTHING_SAID: Final = SheetLayout()


@dataclass(frozen=True, slots=True)
class Layout:
    """What was said about the sheets of a file. origin: a sentence for people, where it came from."""

    sheets: Mapping[str, SheetLayout] = field(default_factory=dict)
    origin: str = ""

    def of(self, sheet: str) -> SheetLayout:
        """What was said about a sheet."""
        return self.sheets.get(sheet) or self.sheets.get(ANY_SHEET) or NOTHING_SAID

    def as_json(self) -> dict[str, Any]:
        """The document, as `layout_from` reads it."""
        sheets: dict[str, Any] = {name: sheet.as_json() for name, sheet in self.sheets.items()}
        return sheets | ({ORIGIN: self.origin} if self.origin else {})


NO_LAYOUT: Final = Layout()


ORIGIN: Final = "@"
"""The entry of a stored layout that says where it came from; every other entry is a sheet."""


def layout_from(document: Any) -> Layout:
    """Reads the document of a layout.

    Raises:
        BadInput: an entry that means nothing here; the message names it.
    """
    if not isinstance(document, Mapping):
        raise BadInput('A layout is a table of sheets: {"Sheet1": {"columns": {…}}}.')
    sheets = {str(name): _sheet(str(name), entry) for name, entry in document.items() if name != ORIGIN}
    return Layout(sheets, str(document.get(ORIGIN, "")))


def layout_of_file(path: Path) -> Layout:
    """Reads a layout from a JSON or TOML file.

    Raises:
        BadInput: no such document, or an entry that means nothing.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        document = tomllib.loads(text) if path.suffix.casefold() == ".toml" else json.loads(text)
    except (OSError, ValueError) as error:
        raise BadInput(f"The layout {path.name} could not be read: {error}") from None
    return layout_from(document)


def field_choices(holds: Holds) -> list[tuple[str, str]]:
    """The fields that a person may choose for a column, each with its name for people."""
    also = ("period", YEARLY) if holds == "actions" else ()
    return [(name, LABELS[name]) for name in (*fields_of(holds), *also)]


def _sheet(name: str, entry: Any) -> SheetLayout:
    if not isinstance(entry, Mapping):
        raise BadInput(f"The layout of sheet “{name}” is no table of entries.")
    unknown = sorted(set(map(str, entry)) - set(_ENTRIES))
    if unknown:
        raise BadInput(
            f"The layout of sheet “{name}” has an entry “{unknown[0]}”. Known are: {', '.join(_ENTRIES)}."
        )
    holds = _one_of(name, "holds", entry.get("holds") or "", ("actions", "needs", IGNORE, ""))
    return SheetLayout(
        _row(name, entry.get("header_row")),
        holds,
        _columns(name, entry.get("columns") or {}, holds),
        _currency(name, entry.get("currency") or ""),
        _yes_or_no(name, "in_thousands", entry.get("in_thousands")),
        _yes_or_no(name, "day_first", entry.get("day_first")),
    )


def _row(sheet: str, value: Any) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise BadInput(f"“header_row” of sheet “{sheet}” must be the number of a row, starting at 1.")


def _columns(sheet: str, value: Any, holds: str) -> dict[str, str]:
    if not isinstance(value, Mapping):
        raise BadInput(f'“columns” of sheet “{sheet}” must be a table: {{"heading or letters": "field"}}.')
    kinds: tuple[Holds, ...] = (
        ("needs",) if holds == "needs" else ("actions",) if holds else ("actions", "needs")
    )
    allowed = {name for kind in kinds for name, _ in field_choices(kind)} | {IGNORE}
    for heading, chosen in value.items():
        if chosen not in allowed:
            raise BadInput(
                f"Column “{heading}” of sheet “{sheet}” is to be read as “{chosen}”, which is no field."
                f" Fields are: {', '.join(sorted(allowed))}."
            )
    return {str(heading): str(chosen) for heading, chosen in value.items()}


def _currency(sheet: str, value: Any) -> str:
    code = known_currency(str(value)) if value else ""
    if value and not code:
        raise BadInput(f"“currency” of sheet “{sheet}” is “{value}”, which is no currency code (ISO 4217).")
    return code


def _one_of(sheet: str, entry: str, value: Any, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        known = ", ".join(word for word in allowed if word)
        raise BadInput(f"“{entry}” of sheet “{sheet}” is “{value}”. Write one of: {known}.")
    return str(value)


def _yes_or_no(sheet: str, entry: str, value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise BadInput(f"“{entry}” of sheet “{sheet}” must be true or false.")


def signature_of(headings: list[str]) -> str:
    """The headings of a sheet as they are compared: the same form, whatever the order of its columns."""
    return "\n".join(sorted({word_key(heading) for heading in headings if heading.strip()}))


LABELS: Final[dict[str, str]] = {
    "id": "Own id",
    "key": "Concord's key",
    "iati_identifier": "IATI identifier",
    "reported_by": "Reporting organisation",
    "title": "Title",
    "summary": "Summary",
    "description": "Description",
    "pillars": "Pillars",
    "pillar": "Pillar",
    "topics": "Topics",
    "action_types": "Types of action",
    "donors": "Donors",
    "implementers": "Implementers",
    "leads": "Lead organisations",
    "partners": "Partners",
    "recipients": "Receiving organisations",
    "authorities": "Authorities",
    "beneficiaries": "Beneficiaries (places)",
    "start": "Start",
    "end": "End",
    "period": "Period (start and end in one cell)",
    "budget_amount": "Amount",
    "budget_currency": "Currency",
    "budget_year": "Amount of one year",
    "funding": "Funding lines",
    "status": "Status",
    "events": "Events",
    "indicators": "Indicators",
    "answers_needs": "Needs that it answers",
    "related_ids": "Related ids",
    "source_url": "Web page of the source",
    "notes": "Notes",
    "statement": "Statement of the need",
    "kind": "Kind of need",
    "approach": "Approach",
    "priority": "Priority",
    "reference": "Document of the need",
    "stated_on": "Stated on",
}
"""Fields as people call them."""
