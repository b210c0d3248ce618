"""Excel: one sheet per kind of record, a header row that stays, and a sheet that says what it is.

Every text is written as text and every amount as a number. A text that a spreadsheet might take for a
formula is marked as text as well, so that it stays inert when somebody edits the cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from concord.intake.formats.json.documents import cells_of_action, spelling_of
from concord.intake.marks import PLAN_LINE
from concord.intake.template import ROLE_COLUMNS, Spelling, join_list
from concord.kernel.codelists import name_of_action_type, name_of_topic
from concord.kernel.texts import LIVE, plain
from concord.publication.exports.packing import EARLIEST, without_clock
from concord.publication.reading import NOT_REPORTED, PlanText, Record
from concord.publication.wording import LICENCE, about_lines, opening_lines

INK, TINT, RULE = "#1d2b30", "#e6efee", "#2f6f73"
Cell = str | Decimal | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, width in characters, and what it holds of a record."""

    heading: str
    width: int
    value: Callable[[Record], Cell]


@dataclass(frozen=True, slots=True)
class _Formats:
    text: Format
    inert: Format
    amount: Format
    head: Format
    title: Format
    label: Format


def make(document: Mapping[str, Any], *, called: str = "") -> bytes:
    """The workbook: about, actions, funding, needs, needs and support, organisations.

    What the profile leaves out has no sheet and no column.
    """
    text = PlanText(document)
    called = called or text.called
    stream = BytesIO()
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties(
            {
                "title": f"{text.title}, {called}",
                "subject": text.marking,
                "author": text.framework["name"],
                "comments": " ".join(text.notices),
                "created": _made_on(text),
            }
        )
        formats = _formats(book)
        _about(book, formats, text, called)
        for name, columns, records in _sheets(text):
            _sheet(book, formats, text, called, name=name, columns=columns, records=records)
    return without_clock(stream.getvalue())


def _made_on(text: PlanText) -> datetime:
    """No clock: the same document gives the same bytes."""
    if text.edition is None:
        return EARLIEST
    return datetime.fromisoformat(text.edition["published_on"]).replace(tzinfo=UTC)


def _formats(book: Workbook) -> _Formats:
    plain_text = {"valign": "top", "text_wrap": True, "font_color": INK}
    return _Formats(
        text=book.add_format(plain_text),
        inert=book.add_format(plain_text | {"quote_prefix": True}),
        amount=book.add_format({"valign": "top", "num_format": "#,##0.00", "font_color": INK}),
        head=book.add_format(
            {"bold": True, "text_wrap": True, "valign": "bottom", "bg_color": TINT, "bottom": 2}
            | {"bottom_color": RULE, "font_color": INK}
        ),
        title=book.add_format({"bold": True, "font_size": 16, "font_color": INK, "font_name": "Cambria"}),
        label=book.add_format({"bold": True, "valign": "top", "font_color": RULE}),
    )


def _about(book: Workbook, formats: _Formats, text: PlanText, called: str) -> None:
    sheet = _added(book, text, called, "About")
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 96)
    _write(sheet, formats, 0, 0, text.title, formats.title)
    row = 2
    for label, said in about_lines(text, called):
        _write(sheet, formats, row, 0, label, formats.label)
        _write(sheet, formats, row, 1, said)
        row += 1
    for said in [*opening_lines(text), *text.footnotes_marked, LICENCE, PLAN_LINE]:
        _write(sheet, formats, row + 1, 1, said)
        row += 1


def _sheet(
    book: Workbook,
    formats: _Formats,
    text: PlanText,
    called: str,
    *,
    name: str,
    columns: Sequence[Column],
    records: Iterable[Record],
) -> None:
    sheet = _added(book, text, called, name)
    sheet.freeze_panes(1, 2)
    sheet.repeat_rows(0)
    sheet.set_row(0, 32)
    for at, column in enumerate(columns):
        sheet.set_column(at, at, column.width)
        sheet.write_string(0, at, column.heading, formats.head)
    row = 0
    for row, record in enumerate(records, start=1):
        for at, column in enumerate(columns):
            _write(sheet, formats, row, at, column.value(record))
    sheet.autofilter(0, 0, row, len(columns) - 1)


def _added(book: Workbook, text: PlanText, called: str, name: str) -> Worksheet:
    sheet = book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.9, bottom=0.8)
    sheet.set_header(f"&L{_ampersands(text.title)}&R&B&12{_ampersands(text.marking)}")
    sheet.set_footer(
        f"&L&B&12{_ampersands(text.marking)}&B&9  {_ampersands(_short(called))}&R&9Page &P of &N"
    )
    return sheet


def _write(
    sheet: Worksheet, formats: _Formats, row: int, at: int, value: Cell, style: Format | None = None
) -> None:
    if value is None or value == "":
        return
    if isinstance(value, Decimal | int):
        sheet.write_number(row, at, value, formats.amount if isinstance(value, Decimal) else formats.text)
        return
    said = plain(value)
    sheet.write_string(row, at, said, style or (formats.inert if said.startswith(LIVE) else formats.text))


def _short(called: str) -> str:
    """A header holds 255 characters with its codes."""
    return called if len(called) <= 120 else f"{called[:119]}…"


def _ampersands(said: str) -> str:
    return plain(said).replace("&", "&&")


# --- what stands in the columns -----------------------------------------------------------------------


def _sheets(text: PlanText) -> Iterable[tuple[str, list[Column], Iterable[Record]]]:
    actions = [action for _place, action in _in_structure(text)]
    yield "Actions", _action_columns(text), actions
    if not text.is_open:
        return
    yield "Funding", _funding_columns(), _funding_rows(actions)
    if text.needs:
        yield "Needs", _need_columns(text), text.needs
        yield "Needs and support", _matrix_columns(text), _matrix_rows(text)
    yield "Organisations", _organisation_columns(text), text.document["organisations"]


def _in_structure(text: PlanText) -> Iterable[tuple[str, Record]]:
    for approach in text.approaches:
        for objective in approach.objectives:
            for measure in objective.measures:
                yield from ((measure.code, action) for action in measure.actions)
    yield from (("", action) for action in text.not_placed())


def _action_columns(text: PlanText) -> list[Column]:
    spelling = spelling_of(text.document)
    five = [
        Column("Key", 11, lambda action: action["key"]),
        Column("Title", 52, lambda action: action["title"]),
        Column("Donors", 32, lambda action: join_list(action["donors"]) or NOT_REPORTED),
        Column("Implementers", 32, lambda action: join_list(action["implementers"]) or NOT_REPORTED),
        Column("Beneficiaries", 18, lambda action: _shorts(text, action["beneficiaries"])),
    ]
    if not text.is_open:
        return five
    return [
        *five,
        Column("Start", 12, lambda action: action["start"]),
        Column("End", 12, lambda action: action["end"]),
        Column("Status", 12, lambda action: action["status"]),
        Column("Amount", 16, _amount),
        Column("Currency", 10, _currency),
        Column("Funding lines", 40, lambda action: cells_of_action(action, spelling).get("funding", "")),
        *_level_columns(text),
        Column("Topics", 32, lambda action: _names(action["topics"], name_of_topic)),
        Column("Types", 28, lambda action: _names(action["action_types"], name_of_action_type)),
        Column("Summary", 70, lambda action: action["summary"]),
        *_role_columns(text, spelling),
        Column("Needs it answers", 22, lambda action: _needs_answered(text, action)),
        Column("Reporting organisation", 30, lambda action: action["reporting_organisation"]),
        Column("Last confirmed", 14, lambda action: action["last_confirmed"] or "not yet confirmed"),
        Column("Web page", 44, lambda action: action["source_url"]),
    ]


def _level_columns(text: PlanText) -> list[Column]:
    levels = enumerate(text.plan["levels"])
    return [Column(f"{level} in the plan", 30, _level(text, at)) for at, level in levels]


def _role_columns(text: PlanText, spelling: Spelling) -> list[Column]:
    """The roles beside donor and implementer, where an action states one: without them it would say less."""
    stated = {part["role"] for action in text.document["actions"] for part in action["participations"]}
    rare = [column for column, role in ROLE_COLUMNS.items() if role in stated - {"donor", "implementer"}]

    def value(column: str) -> Callable[[Record], Cell]:
        return lambda action: cells_of_action(action, spelling)[column]

    return [Column(column.capitalize(), 30, value(column)) for column in rare]


def _names(codes: Iterable[str], name_of: Callable[[str], str]) -> str:
    return join_list(name_of(code) for code in codes) or NOT_REPORTED


def _shorts(text: PlanText, codes: Iterable[str]) -> str:
    return "; ".join(text.short_of_place(code) for code in text.in_order(codes)) or NOT_REPORTED


def _level(text: PlanText, at: int) -> Callable[[Record], Cell]:
    def value(action: Record) -> Cell:
        names = text.levels_of.get(action["measure"] or "")
        return names[at] if names else "not yet placed"

    return value


def _stating(action: Record) -> list[Record]:
    return [line for line in action["funding"] if line["amount"] is not None]


def _amount(action: Record) -> Cell:
    """The sum where all lines have one currency; with several, only the sheet “Funding” can say."""
    lines = _stating(action)
    one = len({line["currency"] for line in lines}) == 1
    return sum((Decimal(line["amount"]) for line in lines), Decimal(0)) if one else None


def _currency(action: Record) -> Cell:
    currencies = sorted({line["currency"] for line in _stating(action)})
    return "several, see Funding" if len(currencies) > 1 else "".join(currencies) or NOT_REPORTED


def _needs_answered(text: PlanText, action: Record) -> str:
    names = (
        _need_name(text.need_by_key[link["need"]])
        for link in action["needs"]
        if link["need"] in text.need_by_key
    )
    return "; ".join(names)


def _need_name(need: Record) -> str:
    return str(need.get("own_id") or need["key"])


def _funding_columns() -> list[Column]:
    return [
        Column("Action", 11, lambda row: row["action"]),
        Column("Title", 52, lambda row: row["title"]),
        Column("Donor", 36, lambda row: row["donor"] or "joint, shares not reported"),
        Column("Amount", 16, lambda row: Decimal(row["amount"]) if row["amount"] is not None else None),
        Column("Currency", 10, lambda row: row["currency"]),
        Column("Status", 14, lambda row: row["status"]),
        Column(
            "Status read from",
            18,
            lambda row: "the action's status" if row["status_inferred"] else "the source",
        ),
        Column("Instrument or programme", 30, lambda row: row["instrument"]),
        Column("Contract or decision number", 26, lambda row: row["contract_number"]),
    ]


def _funding_rows(actions: Iterable[Record]) -> Iterable[Record]:
    for action in actions:
        for line in action["funding"]:
            yield {**line, "action": action["key"], "title": action["title"]}


def _need_columns(text: PlanText) -> list[Column]:
    return [
        Column("Key", 11, lambda need: need["key"]),
        Column("Need", 60, lambda need: need["statement"]),
        Column("Own id", 10, lambda need: need["own_id"]),
        Column("Kind", 14, lambda need: need["kind"]),
        Column(
            "Beneficiaries",
            24,
            lambda need: _shorts(text, [place["code"] for place in need["beneficiaries"]]),
        ),
        Column("Priority", 12, lambda need: need["priority"] or NOT_REPORTED),
        Column("Stated on", 12, lambda need: need["stated_on"] or "date not stated"),
        *_level_columns(text),
        Column("Topics", 32, lambda need: _names(need["topics"], name_of_topic)),
        Column("Reference", 44, lambda need: need["reference"]),
        Column("Web page", 44, lambda need: need["source_url"]),
    ]


def _matrix_columns(text: PlanText) -> list[Column]:
    return [
        Column("Need key", 11, lambda row: row["need"]),
        Column("Need", 60, lambda row: text.need_by_key[row["need"]]["statement"]),
        Column("Beneficiary", 14, lambda row: text.short_of_place(row["beneficiary"])),
        *(Column(str(year), 26, _in_year(str(year))) for year in text.years),
        Column("Actions", 30, lambda row: "; ".join(row["actions"])),
    ]


def _in_year(year: str) -> Callable[[Record], Cell]:
    return lambda row: row.get(year)


def _matrix_rows(text: PlanText) -> Iterable[Record]:
    for (need, code), cells in text.cells.items():
        keys = sorted({key for cell in cells for key in cell["actions"]})
        years = {cell["year"]: cell["cell"] for cell in cells}
        yield {"need": need, "beneficiary": code, "actions": keys, **years}


def _organisation_columns(text: PlanText) -> list[Column]:
    return [
        Column("Key", 11, lambda body: body["key"]),
        Column("Name", 60, lambda body: body["name"]),
        Column("Acronym", 16, lambda body: body["acronym"]),
        Column("Kind", 28, lambda body: text.kind_of(body)),
        Column("Part of", 44, lambda body: text.organisations.get(body["parent"] or "", {}).get("name")),
    ]
