"""Writes the workbook: instructions, actions with drop-downs and locked keys, needs, lists.

A text stays a text: what a spreadsheet might take for a formula is marked, and nothing is calculated.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from concord.intake.marks import ACTIONS, INSTRUCTIONS, LISTS, NEEDS, mark_line
from concord.intake.workbook.contents import COLUMNS, Column, Contents, GivenAction
from concord.intake.workbook.wording import PROPERTY, RANGE_NAME, instructions
from concord.kernel.texts import LIVE, plain

INK, TINT, BAND, RULE, QUIET = "#1d2b30", "#e6efee", "#f4f8f7", "#2f6f73", "#5b6b70"
CELL_CHARACTERS = 32_767  # of a cell; Source: Microsoft, "Excel specifications and limits"
TOO_LONG = "Too long for a cell. It stays as it is; change it on the action's page."
NEW_ROWS = 150
"""Empty rows that are ready for new actions; further rows are inserted like in any sheet."""

HEAD_ROW, FIRST_ROW = 1, 2  # counted from 0; the first row names the sheet
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_EXACT_DIGITS = 15  # of a number in a workbook
_BODY, _HEAD, _READING, _TITLE = 12, 12, 14, 20  # sizes in points
_SAID_WIDTH = 100  # of the column of sentences, in figures of the default font
_WIDTH_POINTS = 13  # a column counts figures of 11 points, and letters are narrower than figures
_LEADING = 1.35
_MOST_LINES = 16  # a row is no page: the rest is read by opening the cell

_PERMITTED: Final = {
    "format_cells": True,
    "format_columns": True,
    "format_rows": True,
    "insert_rows": True,
    "delete_rows": True,
    "sort": True,
    "autofilter": True,
}


@dataclass(frozen=True, slots=True)
class _Formats:
    cell: Format
    inert: Format
    day: Format
    amount: Format
    kept: Format
    head: Format
    mark: Format
    title: Format
    label: Format
    step: Format
    said: Format
    band: Format


def write_workbook(contents: Contents) -> bytes:
    """The workbook as an .xlsx file."""
    stream = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, options) as book:
        _describe(book, contents)
        formats = _formats(book)
        _instructions(book, formats, contents)
        _actions(book, formats, contents)
        _needs(book, formats, contents)
        _lists(book, formats, contents)
    return stream.getvalue()


def written_cells(action: GivenAction) -> dict[str, str]:
    """The text that each column of an action's row holds, as a reader finds it."""
    cells = {
        **action.cells,
        "key": action.key,
        "id": action.own_id,
        "iati_identifier": action.iati_identifier,
    }
    return {column.field: _fitting(cells.get(column.field, "")) for column in COLUMNS}


def _fitting(text: str) -> str:
    kept = plain(text).strip()
    return kept if len(kept) <= CELL_CHARACTERS else TOO_LONG


def _describe(book: Workbook, contents: Contents) -> None:
    made = datetime.combine(contents.given_on, time(), UTC)
    book.set_properties(
        {
            "title": f"Actions of {contents.organisation}, {contents.about}",
            "subject": contents.marking,
            "comments": mark_line(contents.key, ACTIONS),
            "created": made,
        }
    )
    book.set_custom_property(PROPERTY, contents.key)
    book.define_name(RANGE_NAME, f'="{contents.key}"')


def _formats(book: Workbook) -> _Formats:
    def made(**facts: object) -> Format:
        base = {"font_color": INK, "font_size": _BODY, "valign": "top", "text_wrap": True}
        return book.add_format(base | facts)

    return _Formats(
        cell=made(locked=False),
        inert=made(locked=False, quote_prefix=True),
        day=made(locked=False, num_format="yyyy-mm-dd", align="left"),
        amount=made(locked=False, num_format="#,##0.00"),
        kept=made(font_color=QUIET),
        head=made(bold=True, font_size=_HEAD, bg_color=TINT, bottom=2, bottom_color=RULE, valign="bottom"),
        mark=made(bold=True, font_size=_HEAD, text_wrap=False),
        title=made(bold=True, font_size=_TITLE),
        label=made(bold=True, font_size=_READING, font_color=RULE),
        step=made(font_size=_READING, align="right"),
        said=made(font_size=_READING),
        band=book.add_format({"bg_color": BAND}),
    )


def _added(book: Workbook, contents: Contents, name: str) -> Worksheet:
    sheet = book.add_worksheet(name)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.set_margins(left=0.4, right=0.4, top=0.8, bottom=0.7)
    label = plain(contents.marking).replace("&", "&&")
    whose = plain(contents.organisation).replace("&", "&&")[:120]
    sheet.set_header(f"&L{whose}&R&B&12{label}")
    sheet.set_footer(f"&L&B&12{label}&R&9{mark_line(contents.key, name)}, page &P of &N")
    return sheet


# --- instructions -----------------------------------------------------------------------------------


def _instructions(book: Workbook, formats: _Formats, contents: Contents) -> None:
    sheet = _added(book, contents, INSTRUCTIONS)
    sheet.hide_gridlines(2)
    sheet.fit_to_pages(1, 0)
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, _SAID_WIDTH)
    sheet.write_string(0, 0, contents.marking, formats.label)
    sheet.write_string(0, 1, mark_line(contents.key, INSTRUCTIONS), formats.said)
    row = 1
    for label, said in instructions(contents):
        style = formats.title if row == 1 else formats.said
        sheet.write_string(row, 0, label, formats.label)
        _text(sheet, row, 1, said, style)
        sheet.set_row(row, _height([(said, _SAID_WIDTH)], _TITLE if style is formats.title else _READING))
        row += 1
    sheet.write_string(row + 1, 0, contents.marking, formats.label)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _height(cells: Iterable[tuple[str, int]], size: int) -> float:
    """Points that the fullest cell of a row takes, wrapped: not every program finds that by itself."""
    lines = 1
    for text, width in cells:
        of_line = max(1, int(width * _WIDTH_POINTS / size))
        lines = max(lines, sum(max(1, -(-len(line) // of_line)) for line in text.split("\n")))
    return min(_MOST_LINES, lines) * size * _LEADING


def _text(sheet: Worksheet, row: int, at: int, said: str, style: Format) -> None:
    if said:
        sheet.write_string(row, at, plain(said), style)


# --- actions ----------------------------------------------------------------------------------------


def _actions(book: Workbook, formats: _Formats, contents: Contents) -> None:
    sheet = _added(book, contents, ACTIONS)
    printed = sum(column.printed for column in COLUMNS)
    last = FIRST_ROW + len(contents.actions) + NEW_ROWS - 1
    _set_up_table(sheet, formats, contents, [c.heading for c in COLUMNS], [c.width for c in COLUMNS])
    sheet.freeze_panes(FIRST_ROW, 2)
    sheet.print_area(0, 0, max(FIRST_ROW + len(contents.actions) - 1, FIRST_ROW), printed - 1)
    sheet.repeat_columns(0, 1)
    sheet.fit_to_pages(2, 0)
    for at, column in enumerate(COLUMNS):
        sheet.write_comment(HEAD_ROW, at, column.about, {"x_scale": 2, "font_size": _HEAD})
        _offer(sheet, at, column, last, contents)
    sheet.set_comments_author("Concord")
    for row, action in enumerate(contents.actions, start=FIRST_ROW):
        cells = written_cells(action)
        for at, column in enumerate(COLUMNS):
            _cell(sheet, formats, row, at, column, cells[column.field], kept=column.kept)
        sheet.set_row(row, _height([(cells[column.field], column.width) for column in COLUMNS], _BODY))
    for row in range(FIRST_ROW + len(contents.actions), last + 1):
        for at, column in enumerate(COLUMNS):
            _cell(sheet, formats, row, at, column, "", kept=column.field == "key")
    sheet.autofilter(HEAD_ROW, 0, last, len(COLUMNS) - 1)
    banded = {"type": "formula", "criteria": f"=MOD(ROW(),2)={FIRST_ROW % 2}", "format": formats.band}
    sheet.conditional_format(FIRST_ROW, 0, last, len(COLUMNS) - 1, banded)
    sheet.protect("", _PERMITTED)


def _set_up_table(
    sheet: Worksheet, formats: _Formats, contents: Contents, headings: Sequence[str], widths: Sequence[int]
) -> None:
    line = f"{contents.marking}. {mark_line(contents.key, sheet.get_name())}."
    sheet.write_string(0, 0, line, formats.mark)
    sheet.repeat_rows(0, HEAD_ROW)
    sheet.set_row(HEAD_ROW, 34)
    for at, (heading, width) in enumerate(zip(headings, widths, strict=True)):
        sheet.set_column(at, at, width)
        sheet.write_string(HEAD_ROW, at, heading, formats.head)


def _cell(
    sheet: Worksheet, formats: _Formats, row: int, at: int, column: Column, text: str, *, kept: bool
) -> None:
    if not text:
        sheet.write_blank(row, at, None, formats.kept if kept else formats.cell)
    elif kept:
        sheet.write_string(row, at, text, formats.kept)
    elif column.kind == "date" and _DAY.fullmatch(text):
        sheet.write_datetime(row, at, date.fromisoformat(text), formats.day)
    elif column.kind == "amount" and _is_exact(text):
        sheet.write_number(row, at, float(text), formats.amount)
    else:
        sheet.write_string(row, at, text, formats.inert if text.startswith(LIVE) else formats.cell)


def _is_exact(text: str) -> bool:
    return len(Decimal(text).as_tuple().digits) <= _EXACT_DIGITS


def _offer(sheet: Worksheet, at: int, column: Column, last: int, contents: Contents) -> None:
    """The drop-down or the check of a column."""
    told = {"input_title": column.heading[:32], "input_message": column.about[:255], "ignore_blank": True}
    letter = xl_col_to_name(at)
    options: Mapping[str, object]
    if contents.choices.get(column.field):
        source = list(contents.choices).index(column.field)
        name, count = xl_col_to_name(source), len(contents.choices[column.field])
        options = {
            "validate": "list",
            "source": f"={LISTS}!${name}$3:${name}${count + 2}",
            "show_error": column.kind == "one",
            "error_title": column.heading[:32],
            "error_message": "Choose one of the list, or leave the cell empty.",
        }
    elif column.kind == "date":
        first = f"{letter}{FIRST_ROW + 1}"
        options = {
            "validate": "custom",
            "value": f"=OR(ISNUMBER({first}),AND(LEN({first})<=10,ISNUMBER(VALUE(RIGHT({first},2)))))",
            "error_type": "warning",
            "error_title": "Is this a date?",
            "error_message": "Write 2019, 2019-02 or 28.02.2019.",
        }
    else:
        options = {"validate": "any"}
    sheet.data_validation(FIRST_ROW, at, last, at, {**told, **options})


# --- needs and lists --------------------------------------------------------------------------------


def _needs(book: Workbook, formats: _Formats, contents: Contents) -> None:
    if not contents.needs:
        return
    sheet = _added(book, contents, NEEDS)
    headings = ("Number", "What is lacking", "Beneficiaries", "Measure", "Key")
    widths = (14, 80, 24, 44, 12)
    _set_up_table(sheet, formats, contents, headings, widths)
    sheet.freeze_panes(FIRST_ROW, 1)
    sheet.fit_to_pages(1, 0)
    row = HEAD_ROW
    for row, need in enumerate(contents.needs, start=FIRST_ROW):
        cells = (need.own_id, need.statement, need.beneficiaries, need.measure, need.key)
        for at, text in enumerate(cells):
            style = formats.inert if text.startswith(LIVE) else formats.cell
            _text(sheet, row, at, _fitting(text), style)
        sheet.set_row(row, _height(zip(cells, widths, strict=True), _BODY))
    sheet.autofilter(HEAD_ROW, 0, row, len(headings) - 1)
    sheet.protect("", _PERMITTED)


def _lists(book: Workbook, formats: _Formats, contents: Contents) -> None:
    sheet = _added(book, contents, LISTS)
    headings = {column.field: column.heading for column in COLUMNS}
    chosen = [headings[name] for name in contents.choices]
    _set_up_table(sheet, formats, contents, chosen, [34] * len(chosen))
    for at, words in enumerate(contents.choices.values()):
        for row, word in enumerate(words, start=FIRST_ROW):
            _text(sheet, row, at, word, formats.inert if word.startswith(LIVE) else formats.cell)
    sheet.protect("", {})
