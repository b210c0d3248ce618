"""A copy of a file as a workbook in which doubtful cells are coloured, commented and listed.

It is built from what was read, sheet by sheet, with the same columns and row numbers. Every cell is a
text, nothing is calculated, and the colour says nothing that the comment and the list do not say too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import xlsxwriter
from xlsxwriter.exceptions import OverlappingRange
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from concord.intake.formats.parts import MergedCells, Sheet
from concord.intake.marks import ASKED, ASKS, copy_line
from concord.intake.workbook.writer import CELL_CHARACTERS, INK, RULE, TINT
from concord.kernel.errors import BadInput
from concord.kernel.texts import LIVE, plain

ERROR_FILL, QUESTION_FILL = "#f6d5cf", "#fbeebc"
TOLD = 10_000
"""Things that are commented and listed; further ones are coloured, and the list says so."""

_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384  # Source: Microsoft, "Excel specifications and limits"
_NAME_CHARACTERS = 31  # of a sheet; same source
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_WORDS = {"error": "can’t be stored", "question": "a question"}


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing that is asked: where (row as in the file, column 0 is the first), and what is said."""

    sheet: str
    row: int | None
    column: int | None
    heading: str
    severity: str
    value: str
    reading: str
    message: str
    remedy: str

    @property
    def said(self) -> str:
        """All of it in one text, for the comment."""
        read = f"\nRead as: {self.reading}" if self.reading else ""
        return f"{_WORDS[self.severity].capitalize()}: {self.message}{read}\n{self.remedy}"


@dataclass(frozen=True, slots=True)
class Copied:
    """What the copy says. key: of the input's receipt. marking: its label, TLP:AMBER."""

    key: str
    file_name: str
    marking: str
    sheets: Sequence[Sheet]
    doubts: Sequence[Doubt]


def write_marked_copy(copied: Copied) -> bytes:
    """The copy as an .xlsx file.

    Raises:
        BadInput: a text or a sheet is larger than a workbook holds.
    """
    stream = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    names = _sheet_names(copied.sheets)
    told = [doubt for doubt in copied.doubts if doubt.row is not None][:TOLD]
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": f"Marked copy of {plain(copied.file_name)}", "subject": copied.marking})
        fills = _Fills(book)
        for sheet in copied.sheets:
            _Copy(book.add_worksheet(names[sheet.name]), sheet, copied, fills).write(told)
        _asked(book, copied, told, names)
    return stream.getvalue()


class _Fills:
    """The formats of cells: by severity, and whether a spreadsheet might take the text for a formula."""

    def __init__(self, book: Workbook) -> None:
        base = {"font_color": INK, "font_size": 11, "valign": "top", "num_format": "@"}
        fills = {"": {}, "error": {"bg_color": ERROR_FILL}, "question": {"bg_color": QUESTION_FILL}}
        self._made = {
            (severity, live): book.add_format(base | fill | {"quote_prefix": live})
            for severity, fill in fills.items()
            for live in (False, True)
        }

    def of(self, severity: str, text: str) -> Format:
        """The format of one cell."""
        return self._made[severity, text.startswith(LIVE)]


class _Copy:
    """One sheet on its way into the copy."""

    def __init__(self, out: Worksheet, sheet: Sheet, copied: Copied, fills: _Fills) -> None:
        self._out, self._sheet, self._fills = out, sheet, fills
        self._severity: dict[tuple[int, int], str] = {}
        for doubt in reversed(copied.doubts):  # errors come first, and stay
            if doubt.sheet == sheet.name[:120] and doubt.row is not None:
                self._severity[doubt.row, doubt.column or 0] = doubt.severity
        label = plain(copied.marking).replace("&", "&&")
        out.set_header(f"&R&B&12{label}")
        out.set_footer(f"&L&B&12{label}")
        out.set_comments_author("Concord")
        out.ignore_errors({"number_stored_as_text": f"A1:{xl_rowcol_to_cell(_LAST_ROW - 1, 99)}"})

    def write(self, told: Sequence[Doubt]) -> None:
        """Writes rows, merged cells, what is hidden, and comments."""
        merged = self._merge()
        widths: dict[int, int] = defaultdict(lambda: 10)
        for row in self._sheet.rows:
            if row.number > _LAST_ROW or len(row.cells) > _LAST_COLUMN:
                raise BadInput(
                    "The file has more rows or columns than a workbook holds. Mend it at its source."
                )
            for column, text in enumerate(row.cells):
                severity = self._severity.pop((row.number, column), "")
                widths[column] = max(widths[column], min(len(text) + 2, 40))
                if (row.number, column) not in merged:
                    self._cell(row.number, column, text, severity)
            if row.hidden:
                self._out.set_row(row.number - 1, None, None, {"hidden": True})
        for (number, column), severity in self._severity.items():  # behind the end of their rows
            if (number, column) not in merged:
                self._cell(number, column, "", severity)
        for column, width in widths.items():
            hidden = {"hidden": True} if column in self._sheet.hidden_columns else {}
            self._out.set_column(column, column, width, None, hidden)
        self._comment(told)

    def _cell(self, number: int, column: int, text: str, severity: str) -> None:
        style = self._fills.of(severity, text)
        if not text:
            if severity:
                self._out.write_blank(number - 1, column, None, style)
            return
        self._out.write_string(number - 1, column, _fitting(text), style)

    def _merge(self) -> set[tuple[int, int]]:
        """Merges what the file shows as one cell, unless a part of it was mended; gives their places."""
        texts = {row.number: row for row in self._sheet.rows}
        done: set[tuple[int, int]] = set()
        for area in self._sheet.merged:
            places = _places(area)
            said = {texts[n].cell(c) if n in texts else "" for n, c in places}
            if len(said) != 1 or len(places) < 2:
                continue
            text = said.pop()
            severity = next((self._severity[place] for place in places if place in self._severity), "")
            try:
                self._out.merge_range(
                    area.first_row - 1,
                    area.first_column,
                    area.last_row - 1,
                    area.last_column,
                    _fitting(text),
                    self._fills.of(severity, text),
                )
            except OverlappingRange:  # a file may say so; its cells are written one by one
                continue
            done.update(places)
        return done

    def _comment(self, told: Sequence[Doubt]) -> None:
        said: dict[tuple[int, int], list[str]] = defaultdict(list)
        for doubt in told:
            if doubt.sheet == self._sheet.name[:120] and doubt.row is not None:
                said[doubt.row, doubt.column or 0].append(doubt.said)
        own = {(each.row, each.column): each.text for each in self._sheet.comments}
        for place in sorted(said.keys() | own.keys()):
            asks = f"{ASKS}\n" + "\n\n".join(said[place]) if place in said else ""
            text = plain("\n\n".join(part for part in (own.get(place, ""), asks) if part))[:CELL_CHARACTERS]
            number, column = place
            height = 40 + 18 * (len(text) // 38 + text.count("\n"))
            options = {"width": 300, "height": min(height, 500), "font_size": 10}
            self._out.write_comment(number - 1, column, text, options)


def _places(area: MergedCells) -> set[tuple[int, int]]:
    rows = range(area.first_row, area.last_row + 1)
    return {(row, column) for row in rows for column in range(area.first_column, area.last_column + 1)}


def _fitting(text: str) -> str:
    said = plain(text)
    if len(said) > CELL_CHARACTERS:
        raise BadInput("A cell of the file is longer than a workbook holds. Mend the file at its source.")
    return said


def _sheet_names(sheets: Sequence[Sheet]) -> dict[str, str]:
    """A name for each sheet that a workbook takes, as near to its own as it can be."""
    names: dict[str, str] = {}
    taken = {ASKED.casefold(), "history"}  # the second is the program's own
    for number, sheet in enumerate(sheets, 1):
        wanted = _FORBIDDEN.sub(" ", plain(sheet.name)).strip().strip("'")[:_NAME_CHARACTERS] or "Rows"
        if wanted.casefold() in taken:
            wanted = f"{wanted[: _NAME_CHARACTERS - 6]} {number}"
        taken.add(wanted.casefold())
        names[sheet.name] = wanted
    return names


# --- the list of what is asked ------------------------------------------------------------------------

_COLUMNS = (
    ("Sheet", 18),
    ("Row", 7),
    ("Column", 18),
    ("Cell", 9),
    ("Kind", 15),
    ("As written", 30),
    ("Read as", 24),
    ("What is the matter", 56),
    ("What to do", 50),
)


def _asked(book: Workbook, copied: Copied, told: Sequence[Doubt], names: Mapping[str, str]) -> None:
    out = book.add_worksheet(ASKED)
    text = book.add_format({"font_color": INK, "font_size": 11, "valign": "top", "text_wrap": True})
    link = book.add_format({"font_color": RULE, "underline": 1, "font_size": 11, "valign": "top"})
    head = book.add_format(
        {"bold": True, "bg_color": TINT, "bottom": 2, "bottom_color": RULE, "font_size": 12}
    )
    by_kept = {name[:120]: shown for name, shown in names.items()}
    out.write_string(0, 0, f"{copied.marking}. {copy_line(copied.key)}.", book.add_format({"bold": True}))
    out.write_string(
        1, 0, "Mend the coloured cells on the other sheets, save, and hand this workbook in again."
    )
    out.write_string(2, 0, "Leave this sheet in it: by it Concord knows which file was mended.")
    if len(told) < sum(doubt.row is not None for doubt in copied.doubts):
        out.write_string(
            3, 0, f"The first {len(told):,} are listed; the other doubtful cells are coloured only."
        )
    for column, (heading, width) in enumerate(_COLUMNS):
        out.set_column(column, column, width)
        out.write_string(4, column, heading, head)
    out.freeze_panes(5, 0)
    out.set_landscape()
    out.set_footer(f"&L&B&12{plain(copied.marking).replace('&', '&&')}")
    whole = [doubt for doubt in copied.doubts if doubt.row is None]
    for at, doubt in enumerate([*whole, *told], start=5):
        shown = by_kept.get(doubt.sheet, doubt.sheet)
        row = "" if doubt.row is None else str(doubt.row)
        said = (shown, row, doubt.heading, "", _WORDS[doubt.severity])
        for column, cell in enumerate((*said, doubt.value, doubt.reading, doubt.message, doubt.remedy)):
            out.write_string(at, column, plain(cell)[:CELL_CHARACTERS], text)
        if doubt.row is not None and doubt.sheet in by_kept:
            cell = xl_rowcol_to_cell(doubt.row - 1, doubt.column or 0)
            quoted = shown.replace("'", "''")
            out.write_url(at, 3, f"internal:'{quoted}'!{cell}", link, cell)
