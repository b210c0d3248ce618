"""The grid of a preview: the file's own rows and columns, each row and cell with its state as a word."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from concord.intake.queries import conflicts_settled_in, mended_in, problems_in
from concord.kernel.codelists import NAMING_TABLE, PLACES
from concord.web.members.intake_words import say_value, shortened

if TYPE_CHECKING:
    from concord.intake.models import Correction, Input, InputProblem, InputRow

CELL_CHARACTERS = 140  # of a cell in the grid; the opened row shows all of it
LONG_CELL = 60  # characters from which a cell is mended in a box of several lines
PLACE_NAMES = PLACES | {line.code: line.short for line in NAMING_TABLE}
# Fields of the plan behind the columns that feed them
BEHIND = {
    "donors": "participations",
    "implementers": "participations",
    "budget_amount": "funding",
    "budget_currency": "",
}
RANK = ("error", "question", "conflict", "changed", "mended", "warning")
"""States of a cell from the one that says most."""


@dataclass(frozen=True, slots=True)
class GridColumn:
    """One column of the file as the grid shows it."""

    key: str
    label: str
    about: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell: its text, its state as components/cell_mark.html names it ("" for none), and what to say."""

    column: str
    text: str
    state: str = ""
    note: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class MendField:
    """One cell of an opened row as a form field. seen: what it says now; written: what the file says.

    settle: the field of the plan that both sides changed, to choose whose value counts; settled: what was
    chosen, in words.
    """

    name: str
    index: int
    label: str
    about: str
    seen: str
    written: str
    problems: list[str]
    long: bool
    settle: str = ""
    settled: str = ""


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row opened in place, to mend its cells."""

    sheet_order: int
    number: int
    title: str
    fields: list[MendField]
    remarks: list[str]
    record: str
    may_mend: bool


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of the grid: state is a word that components/cell_mark.html knows."""

    id: str
    number: int
    state: str
    words: str
    opens: str
    record: str
    cells: list[GridCell]
    open: OpenRow | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of one sheet on this page."""

    id: str
    caption: str
    columns: list[GridColumn]
    rows: list[GridRow]

    @property
    def width(self) -> int:
        """How many columns a cell over the whole row spans."""
        return len(self.columns) + 2

    @property
    def choice(self) -> list[GridColumn]:
        """The columns as the choice of columns takes them: its first one always shows."""
        return [GridColumn("row", _("Row")), *self.columns]


@dataclass(frozen=True, slots=True)
class Looking:
    """What the address says of the grid: the open row ("0-14"), the columns asked for, the rest of it."""

    row: str = ""
    columns: Collection[str] = ()
    query: str = ""

    def opens(self, row: InputRow) -> str:
        """Where the row is opened, or folded again."""
        place = place_of(row)
        asked = "" if place == self.row else f"row={place}&"
        kept = "".join(f"column={name}&" for name in self.columns)
        return f"?{self.query}{kept}{asked}".rstrip("&") + f"#row-{place}"


def place_of(row: InputRow) -> str:
    """How an address names a row: "0-14" is row 14 of the first sheet."""
    return f"{row.sheet_order}-{row.number}"


def grids_of(received: Input, rows: Sequence[InputRow], looking: Looking, *, may_mend: bool) -> list[Grid]:
    """The rows of a page sheet by sheet, in the file's own columns and order."""
    beside = _Beside(received, rows)
    grids = []
    for order, sheet in enumerate(received.sheets):
        own = [row for row in rows if row.sheet_order == order]
        if not own or sheet["header_row"] is None:
            continue
        columns = _columns(sheet, looking.columns)
        grids.append(
            Grid(
                id=f"rows-{order + 1}",
                caption=_("Rows of sheet %(name)s, in its own columns") % {"name": sheet["name"]}
                if sheet["name"]
                else _("Rows of the file, in its own columns"),
                columns=columns,
                rows=[_grid_row(row, sheet, columns, beside, looking, may_mend=may_mend) for row in own],
            )
        )
    return grids


class _Beside:
    """What stands beside the rows of a page: their problems and the cells that people mended."""

    def __init__(self, received: Input, rows: Sequence[InputRow]) -> None:
        self.applied = received.state == "applied"
        self._problems: dict[tuple[str, int], list[InputProblem]] = {}
        self._mended: dict[tuple[str, int], dict[int, Correction]] = {}
        for problem in problems_in(received, rows):
            self._problems.setdefault((problem.sheet, problem.row or 0), []).append(problem)
        self._settled = {(s.sheet, s.row, s.field): s.choice for s in conflicts_settled_in(received, rows)}
        for cell in mended_in(received, rows):
            self._mended.setdefault((cell.sheet, cell.row), {})[cell.column] = cell

    def problems(self, row: InputRow) -> list[InputProblem]:
        return self._problems.get((row.sheet, row.number), [])

    def settled(self, row: InputRow, field: str) -> str:
        """What was chosen about a field that both sides changed: ours, theirs, or nothing yet."""
        return self._settled.get((row.sheet, row.number, field), "")

    def mended(self, row: InputRow) -> dict[int, Correction]:
        return self._mended.get((row.sheet, row.number), {})


def _columns(sheet: Mapping[str, Any], asked: Collection[str]) -> list[GridColumn]:
    columns = []
    for index, column in enumerate(sheet["columns"]):
        key = f"c{index}"
        read_as = column["field"].replace("_", " ")
        same = read_as.casefold() == column["heading"].replace("_", " ").casefold()
        about = "" if same else _("read as %(field)s") % {"field": read_as} if read_as else _("not read")
        columns.append(GridColumn(key, column["heading"], about, bool(asked) and key not in asked))
    return columns


def _grid_row(
    row: InputRow,
    sheet: Mapping[str, Any],
    columns: Sequence[GridColumn],
    beside: _Beside,
    looking: Looking,
    *,
    may_mend: bool,
) -> GridRow:
    marks = _marks(row, sheet, beside)
    cells = [
        _cell(column, row.cells[index] if index < len(row.cells) else "", marks.get(index))
        for index, column in enumerate(columns)
    ]
    is_open = place_of(row) == looking.row
    return GridRow(
        id=f"row-{place_of(row)}",
        number=row.number,
        state=_state(row),
        words=state_words(row, applied=beside.applied),
        opens=looking.opens(row),
        record=record_address(row),
        cells=cells,
        open=_opened(row, sheet, beside, may_mend=may_mend) if is_open else None,
    )


def _cell(column: GridColumn, text: str, mark: tuple[str, str] | None) -> GridCell:
    state, note = mark or ("", "")
    return GridCell(column.key, shortened(text, CELL_CHARACTERS), state, note, column.hidden)


def _marks(row: InputRow, sheet: Mapping[str, Any], beside: _Beside) -> dict[int, tuple[str, str]]:
    """The state of each cell that has one, with what to say beside it."""
    found: dict[int, list[tuple[str, str]]] = {}
    for problem in beside.problems(row):
        if problem.column_index is not None:
            note = (
                _("read as %(reading)s") % {"reading": shortened(problem.reading, 60)}
                if problem.reading and problem.severity == "question"
                else ""
            )
            found.setdefault(problem.column_index, []).append((problem.severity, note))
    for index, correction in beside.mended(row).items():
        was = shortened(correction.written, 60) or _("empty")
        found.setdefault(index, []).append(("mended", _("the file says: %(text)s") % {"text": was}))
    for index, column in enumerate(sheet["columns"]):
        if mark := _difference(row, column["field"], index):
            found.setdefault(index, []).append(mark)
    return {index: min(marks, key=lambda mark: RANK.index(mark[0])) for index, marks in found.items()}


def _difference(row: InputRow, column: str, index: int) -> tuple[str, str] | None:
    """What the plan has there, where it is something else."""
    name = BEHIND.get(column, column)
    text = shortened(row.cells[index] if index < len(row.cells) else "", 200)
    for state, listed, said in (
        ("conflict", row.conflicts, _("the plan keeps: %(value)s")),
        ("changed", row.changes, _("before: %(value)s")),
    ):
        old = next((change["old"] for change in listed if change["field"] == name), _NO_CHANGE)
        if name and old is not _NO_CHANGE:
            words = say_value(column, old, PLACE_NAMES)
            if state == "conflict" or words != text:  # a list may have changed in another of its columns
                return state, said % {"value": words}
    return None


_NO_CHANGE = object()


def _state(row: InputRow) -> str:
    if row.state != "error" and row.has_question:
        return "question"
    return row.state


def state_words(row: InputRow, *, applied: bool) -> str:
    """What happens, or happened, to the row: "will be new", "changed, with a question"."""
    if row.round is not None:
        words = {
            "new": _("new"),
            "changed": _("changed"),
            "same": _("the same"),
            "conflict": _("in conflict: kept as a question"),
            "error": _("can’t be stored"),
        }[row.state]
    elif applied and row.state == "error":
        words = _("not applied: to be mended")
    else:
        words = {
            "new": _("will be new"),
            "changed": _("will change"),
            "same": _("stays the same"),
            "conflict": _("in conflict: the plan’s value stays"),
            "error": _("can’t be stored"),
        }[row.state]
    if row.has_question and row.state != "error":
        return _("%(words)s, with a question") % {"words": words}
    return words


def record_address(row: InputRow) -> str:
    """Where the record of an applied row can be opened."""
    if not row.record_key:
        return ""
    try:
        return reverse(f"members:{'need' if row.holds == 'needs' else 'action'}", args=[row.record_key])
    except NoReverseMatch:
        return ""


# --- a row opened in place ---------------------------------------------------------------------------


def _opened(row: InputRow, sheet: Mapping[str, Any], beside: _Beside, *, may_mend: bool) -> OpenRow:
    problems, mended = beside.problems(row), beside.mended(row)
    width = max(len(sheet["columns"]), len(row.cells))
    titles = [i for i, column in enumerate(sheet["columns"]) if column["field"] in ("title", "statement")]
    title = row.cells[titles[0]] if titles and titles[0] < len(row.cells) else ""
    return OpenRow(
        sheet_order=row.sheet_order,
        number=row.number,
        title=shortened(title, 160),
        fields=[
            _with_choice(_mend_field(index, row, sheet, problems, mended), row, sheet, beside)
            for index in range(width)
        ],
        remarks=_lines(problem for problem in problems if problem.column_index is None),
        record=record_address(row),
        may_mend=may_mend,
    )


def _mend_field(
    index: int,
    row: InputRow,
    sheet: Mapping[str, Any],
    problems: Sequence[InputProblem],
    mended: Mapping[int, Correction],
) -> MendField:
    columns = sheet["columns"]
    column = columns[index] if index < len(columns) else {"heading": "", "field": ""}
    text = row.cells[index] if index < len(row.cells) else ""
    mark = _difference(row, column["field"], index)
    return MendField(
        name=f"cell-{index}",
        index=index,
        label=column["heading"] or _("Column %(number)d") % {"number": index + 1},
        about=mark[1] if mark else "",
        seen=text,
        written=mended[index].written if index in mended else "",
        problems=_lines(problem for problem in problems if problem.column_index == index),
        long=len(text) > LONG_CELL or "\n" in text,
    )


def _with_choice(field: MendField, row: InputRow, sheet: Mapping[str, Any], beside: _Beside) -> MendField:
    """Adds the choice between the plan's value and the file's, at the first column that feeds the field."""
    columns = [BEHIND.get(column["field"], column["field"]) for column in sheet["columns"]]
    name = columns[field.index] if field.index < len(columns) else ""
    if not name or columns.index(name) != field.index:
        return field
    chosen = beside.settled(row, name)
    if not chosen and not any(change["field"] == name for change in row.conflicts):
        return field
    words = {"ours": _("The plan’s value stays."), "theirs": _("The file’s value will count.")}
    return replace(field, settle=name, settled=words.get(chosen, ""))


def _lines(problems: Iterable[InputProblem]) -> list[str]:
    return [f"{problem.message} {problem.remedy}" for problem in problems]
