"""Checks of all rows of a file together: each row's values, ids that repeat, names nobody knows. Pure.

All problems are found at once, so that a file needs mending once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from concord.intake.columns import Column
from concord.intake.context import Context
from concord.intake.formats.parts import Row
from concord.intake.layouts import LABELS
from concord.intake.mapping import MappedSheet
from concord.intake.problems import Problem, Severity
from concord.intake.row_reader import SHOWN_CHARACTERS, RowReader, candidates_in
from concord.intake.template import ROLE_COLUMNS, split_records
from concord.intake.values import action_fields, need_fields
from concord.intake.vocabulary import REQUIRED, Holds, is_not_stated
from concord.kernel.canonical import canonical_bytes
from concord.kernel.keys import is_key
from concord.kernel.names import fold
from concord.plan.rows import Sent
from concord.work.progress import told

# What a spreadsheet would run. A dash or plus is text in most cells ("- training"), so it needs more.
_FORMULA = re.compile(r"[=@]\S|[+\-][^\s\d].*[|!(]|[\t\r]?=", re.DOTALL)
_FORMULA_BEGINS = ("=", "@", "+", "-", "\t", "\r")  # how every text begins that the pattern finds


@dataclass(slots=True)
class CheckedRow:
    """A row as it was read: identity, field values and what is to say about it.

    sent, edited: for a row of a workbook that Concord gave out, what it said then and the fields that
    were edited since; None otherwise.
    """

    sheet: str
    number: int
    holds: Holds
    cells: tuple[str, ...]
    fields: dict[str, Any] = field(default_factory=dict)
    own_id: str = ""
    key: str = ""
    iati_identifier: str = ""
    reported_by: str = ""
    received: str = ""
    problems: list[Problem] = field(default_factory=list)
    sent: Sent | None = None
    edited: frozenset[str] | None = None

    @property
    def has_error(self) -> bool:
        """Whether the row cannot be stored."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    @property
    def has_question(self) -> bool:
        """Whether something in the row was read in a way that a person should confirm."""
        return any(problem.severity is Severity.QUESTION for problem in self.problems)


def check_rows(sheets: Sequence[MappedSheet], context: Context) -> list[CheckedRow]:
    """Every row of every sheet, in the file's order, with its values and problems.

    Rows of a sheet without the required heading have no values and an error each that is told once,
    for the sheet (mapping); they come with the rule "missing-heading" and nothing else.
    """
    listed = [(sheet, row) for sheet in sheets for row in sheet.rows]
    rows = [_checked(sheet, row, context) for sheet, row in told(listed, "Checking rows", len(listed))]
    _ask_about_groups(sheets, rows, context)
    _refuse_repeated(rows, context)
    _ask_about_names(sheets, rows, context)
    return rows


def names_asked(sheets: Iterable[MappedSheet]) -> tuple[list[str], list[str]]:
    """The donor strings, and the other names (implementers and other roles, reporters), that the rows hold.

    Donors of funding lines are asked by their own names only, as no fund stands in them.
    """
    donors: dict[str, None] = {}
    others: dict[str, None] = {}
    for sheet in sheets:
        if sheet.holds != "actions":
            continue
        donors.update(dict.fromkeys(sheet.groups.values()))
        for column in ROLE_COLUMNS:
            asked = donors if column == "donors" else others
            for text in _distinct(sheet, column):
                asked.update(dict.fromkeys(candidates_in(text)))
        for text in _distinct(sheet, "funding"):
            others.update(dict.fromkeys(parts[0] for parts in split_records(text) if parts[0]))
        others.update(dict.fromkeys(name for row in sheet.rows if (name := reporter_in(sheet, row))))
    return list(donors), list(others)


def _distinct(sheet: MappedSheet, field: str) -> list[str]:
    """The texts of a field's column, each once: the same few lists of names stand in many rows."""
    place = sheet.places.get(field)
    return (
        [] if place is None else list(dict.fromkeys(row.cell(place) for row in sheet.rows if row.cell(place)))
    )


def reporter_in(sheet: MappedSheet, row: Row) -> str:
    """The reporter's name as the row writes it: in the column named for it, else in its own column."""
    column = sheet.org_column or sheet.column_of("reported_by")
    text = row.cell(column.index) if column else ""
    return "" if is_not_stated(text) else text


def _checked(sheet: MappedSheet, row: Row, context: Context) -> CheckedRow:
    checked = CheckedRow(sheet.name, row.number, sheet.holds, row.cells)
    if sheet.column_of(REQUIRED[sheet.holds]) is None:
        return checked
    reader = RowReader(sheet, row, context)
    checked.received = row.received
    checked.own_id = reader.text("id")
    checked.key = _key(reader)
    checked.iati_identifier = reader.text("iati_identifier") if sheet.holds == "actions" else ""
    checked.fields = (
        action_fields(reader, context) if sheet.holds == "actions" else need_fields(reader, context)
    )
    _require_filled(reader, sheet, checked)
    if sheet.holds == "actions":
        _read_reporter(reader, sheet, row, checked, context)
    checked.problems = [*reader.problems, *_formulas(sheet, row)]
    return checked


def _require_filled(reader: RowReader, sheet: MappedSheet, checked: CheckedRow) -> None:
    required = REQUIRED[sheet.holds]
    if not checked.fields[required]:
        thing = "action" if sheet.holds == "actions" else "need"
        reader.error(
            required,
            f"no-{required}",
            f"The row has no {required}, so it cannot be stored as an {thing}."
            if thing == "action"
            else f"The row has no {required}, so it cannot be stored as a {thing}.",
            f"Write the {required}, or delete the row if it is not one.",
        )


def _key(reader: RowReader) -> str:
    text = reader.text("key").strip().upper()
    if text and not is_key(text):
        reader.error(
            "key",
            "no-key",
            f"“{text[:40]}” is no key: Concord's own keys have 8 letters and digits.",
            "Leave the cell empty for a new action; do not make keys up.",
        )
        return ""
    return text


def _read_reporter(
    reader: RowReader, sheet: MappedSheet, row: Row, checked: CheckedRow, context: Context
) -> None:
    written = reporter_in(sheet, row)
    if not context.reporter or (row.received and written and context.rows_name_reporters):
        checked.reported_by = written[:300]
        return
    other = context.organisations.get(written, "")
    if other and other != context.reporter:
        column = sheet.org_column or sheet.column_of("reported_by")
        reader.warning(
            column.field if column else "reported_by",
            "another-reporter",
            f"The row names {written[:SHOWN_CHARACTERS]} as its reporter, but the file is handed in for"
            f" {context.reporter_name}.",
            "Remove the row, or hand the file in as a master list with this column.",
            value=written,
        )


def _formulas(sheet: MappedSheet, row: Row) -> Iterator[Problem]:
    if not any(cell.startswith(_FORMULA_BEGINS) for cell in row.cells):
        return
    for column in sheet.columns:
        text = row.cell(column.index)
        if _FORMULA.match(text):
            yield Problem(
                Severity.WARNING,
                "formula-like-text",
                "The text looks like a formula. It is kept as plain text and never run.",
                "Nothing needs doing if the text is meant as it stands; otherwise type it again.",
                sheet.name,
                row.number,
                column.shown,
                text[:SHOWN_CHARACTERS],
                text[:SHOWN_CHARACTERS],
            )


# --- the same thing twice ------------------------------------------------------------------------


def _refuse_repeated(rows: Sequence[CheckedRow], context: Context) -> None:
    """Two rows about one record cannot both be right: both are named, none is applied."""
    usable = [row for row in rows if row.fields]
    for column, rule, what, identity in (
        ("key", "repeated-key", "key", lambda row: row.key),
        ("iati_identifier", "repeated-iati-identifier", "IATI identifier", lambda row: row.iati_identifier),
        ("id", "repeated-id", "id", lambda row: row.own_id and (_whose(row, context), row.own_id)),
        ("title", "repeated-title", "title and start", lambda row: _title_identity(row, context)),
    ):
        groups: dict[Any, list[CheckedRow]] = defaultdict(list)
        for row in usable:
            if said := identity(row):
                groups[row.holds, said].append(row)
        for same in groups.values():
            if len(same) > 1 and rule != "repeated-title":
                _name_all(same, column, rule, what)
            elif len(same) > 1 and not all(row.own_id for row in same):
                _judge_same_titles(same, column, rule, what)


def _whose(row: CheckedRow, context: Context) -> str:
    """Whose id it is: needs share one list of ids; an unknown reporter is told by the name as written."""
    if row.holds == "needs":
        return ""
    if not row.reported_by:
        return context.reporter or context.fallback_reporter
    return context.organisations.get(row.reported_by) or f"?{row.reported_by}"


def _title_identity(row: CheckedRow, context: Context) -> tuple[str, str, str] | None:
    """What an action without an id of its own is recognised by (design, "Identity")."""
    if row.holds == "needs" or row.key or row.iati_identifier or not row.fields.get("title"):
        return None
    return _whose(row, context), fold(row.fields["title"]), row.fields.get("start", "")


def _judge_same_titles(rows: Sequence[CheckedRow], column: str, rule: str, what: str) -> None:
    """Rows of one title that differ otherwise are read as actions of their own (grants of one fund)."""
    texts = [canonical_bytes({**row.fields, "title": ""}) for row in rows]
    if len(set(texts)) == len(rows) and len({row.sheet for row in rows}) == 1:
        first = rows[0]
        first.problems.append(
            Problem(
                Severity.QUESTION,
                "same-title",
                f"Rows {_and([str(row.number) for row in rows])} have the same title and start, and differ"
                " otherwise. Each was read as an action of its own.",
                "Leave it if that is right. To have them as one action, keep one row; an id of its own in"
                " each row makes it certain.",
                first.sheet,
                first.number,
                column,
                first.fields["title"][:SHOWN_CHARACTERS],
                f"{len(rows)} actions",
            )
        )
        return
    _name_all(rows, column, rule, what)


def _name_all(rows: Sequence[CheckedRow], column: str, rule: str, what: str) -> None:
    places = [f"{row.number}" + (f" of sheet “{row.sheet}”" if row.sheet else "") for row in rows]
    for row in rows:
        value = {
            "key": row.key,
            "iati_identifier": row.iati_identifier,
            "id": row.own_id,
            "title": row.fields.get("title", ""),
        }
        row.problems.append(
            Problem(
                Severity.ERROR,
                rule,
                f"Rows {_and(places)} have the same {what} for one reporting organisation."
                if row.holds == "actions"
                else f"Rows {_and(places)} have the same {what}.",
                "Keep one row, or give each its own id. None of them is applied until then.",
                row.sheet,
                row.number,
                column,
                value[column][:SHOWN_CHARACTERS],
            )
        )


def _and(words: Sequence[str]) -> str:
    shown = list(words[:10]) + ([f"{len(words) - 10} more"] if len(words) > 10 else [])
    return ", ".join(shown[:-1]) + " and " + shown[-1]


# --- headings over rows ----------------------------------------------------------------------------


def _ask_about_groups(sheets: Sequence[MappedSheet], rows: Sequence[CheckedRow], context: Context) -> None:
    """One question for each heading inside a table, at the first row under it."""
    row_at = {(row.sheet, row.number): row for row in rows}
    for sheet in sheets:
        above = ""
        for row in sheet.rows:
            group = sheet.groups.get(row.number, "")
            if group and group != above:
                row_at[sheet.name, row.number].problems.append(_about_group(group, sheet, row, context))
            above = group


def _about_group(group: str, sheet: MappedSheet, row: Row, context: Context) -> Problem:
    field = context.field_of_group(group)
    column = sheet.column_of(field)
    reading = f"{LABELS[field]}: {group}" if field else "kept with the file, not applied"
    return Problem(
        Severity.QUESTION,
        "group-heading",
        f"“{group[:SHOWN_CHARACTERS]}” stands as a heading over this row and the rows below. It was read as"
        f" {reading}.",
        "Confirm it, or write what it says into a column of its own.",
        sheet.name,
        row.number,
        column.shown if column else field,
        group[:SHOWN_CHARACTERS],
        reading,
    )


# --- names that the register does not have ---------------------------------------------------------


def _ask_about_names(sheets: Sequence[MappedSheet], rows: Sequence[CheckedRow], context: Context) -> None:
    """One question for each unknown name, at the first row that writes it."""
    row_at = {(row.sheet, row.number): row for row in rows}
    met: dict[str, list[tuple[MappedSheet, Row, Column]]] = defaultdict(list)
    for sheet in sheets:
        if sheet.holds != "actions" or sheet.column_of(REQUIRED[sheet.holds]) is None:
            continue
        for row in sheet.rows:
            for column, name in _unknown_names(sheet, row, context):
                met[name].append((sheet, row, column))
    for name, places in met.items():
        sheet, row, column = places[0]
        numbers = {(place.name, at.number) for place, at, _ in places}
        row_at[sheet.name, row.number].problems.append(
            _unknown_name(name, sheet, row, column, len(numbers), context)
        )


def _unknown_names(sheet: MappedSheet, row: Row, context: Context) -> Iterator[tuple[Column, str]]:
    reader = RowReader(sheet, row, context)
    for role_column in ROLE_COLUMNS:
        if (found := sheet.column_of(role_column)) is None:
            continue
        for named in reader.organisations(role_column):
            known = context.donors.get(named.name, ("", ""))[0] if role_column == "donors" else ""
            if not (known or context.organisations.get(named.name)):
                yield found, named.name
    reporter = reporter_in(sheet, row)
    column = sheet.org_column or sheet.column_of("reported_by")
    counts = not context.reporter or (row.received and context.rows_name_reporters)
    if column and reporter and counts and not context.organisations.get(reporter):
        yield column, reporter


def _unknown_name(
    name: str, sheet: MappedSheet, row: Row, column: Column, rows: int, context: Context
) -> Problem:
    near = list(context.near.get(name, ()))
    also = f" {rows} rows write it." if rows > 1 else ""
    remedy = (
        "Did you mean " + " or ".join(f"“{other}”" for other in near[:3]) + "? Otherwise leave it:"
        if near
        else "Leave it:"
    )
    return Problem(
        Severity.QUESTION,
        "unknown-organisation",
        f"“{name[:SHOWN_CHARACTERS]}” is not yet identified; it is kept as written.{also}",
        remedy + " the secretariat adds it to the register, or as another name of a body that is there.",
        sheet.name,
        row.number,
        column.shown,
        name[:SHOWN_CHARACTERS],
        "kept as written",
    )
