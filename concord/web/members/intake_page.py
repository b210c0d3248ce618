"""What the pages of one input show: its counts, what waits for an answer, and the file's own rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.intake.queries import (
    ProblemCounts,
    counts_of_input,
    problem_counts,
    problems_of,
    rows_of,
)
from concord.kernel.codelists import NAMING_TABLE, PLACES
from concord.web.members.intake_words import say_value, shortened

if TYPE_CHECKING:
    from concord.intake.models import Input, InputProblem, InputRow
    from concord.intake.preview import Counts

ROWS_A_PAGE = 50
PROBLEMS_A_PAGE = 20
CELL_CHARACTERS = 140  # of a cell in the table; the problem above it shows more
PROBLEMS_FIRST = 5  # above the rows, while nothing is filtered: the rest is one link away

STATES = ("new", "changed", "same", "conflict", "error")
SEVERITIES = ("question", "warning")


@dataclass(frozen=True, slots=True)
class CountLink:
    """One part of the sentence on top: "24 changed", with the address that shows those rows."""

    count: int
    word: str
    href: str
    current: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class ProblemBlock:
    """One problem as components/problem.html takes it."""

    id: str
    severity: str
    place: str
    about: str
    value: str
    reading: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class MoreLink:
    """A link to the problems that are not shown here."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the file's own table."""

    column: str
    text: str
    href: str = ""
    note: str = ""
    changed: bool = False
    number: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of the file's own table."""

    key: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class SheetTable:
    """The rows of one sheet on this page, in the file's own columns."""

    id: str
    caption: str
    columns: Sequence[Mapping[str, Any]]
    rows: list[TableRow]


@dataclass(frozen=True, slots=True)
class InputPage:
    """What members/intake/input.html shows."""

    input: Input
    counts: Counts
    problem_counts: ProblemCounts
    total: str
    all_href: str
    links: list[CountLink]
    show: str
    blocks: list[ProblemBlock]
    blocks_title: str
    more: list[MoreLink]
    tables: list[SheetTable]
    pages: Page[Any]
    query: str
    sentence: str
    facts: list[dict[str, str]] = field(default_factory=list)

    @property
    def can_apply(self) -> bool:
        """Whether there is anything to apply."""
        return self.input.state == "checked" and self.counts.stored > 0

    @property
    def show_all(self) -> bool:
        """Whether nothing is filtered."""
        return not self.show

    @property
    def mend_href(self) -> str:
        """Where the mended file is handed in, with the same choices as this one."""
        return reverse("members:import-new") + f"?replaces={self.input.key}"

    @property
    def apply_words(self) -> str:
        """What the button says: "Apply 207 rows"."""
        return ngettext("Apply %(count)s row", "Apply %(count)s rows", self.counts.stored) % {
            "count": f"{self.counts.stored:,}"
        }

    @property
    def apply_note(self) -> str:
        """What happens to the rows with errors, and to the readings proposed."""
        left = self.counts.skipped
        if self.input.state == "applied":
            return _(
                "%(rows)s could not be stored. Mend them in your file and hand the whole file in again."
            ) % {"rows": say_rows(left)}
        if left and not self.counts.stored:
            return _("No row can be stored as it is. Mend the file and hand it in again.")
        if left:
            return _("%(rows)s can’t be stored and will stay here as what is to be done.") % {
                "rows": say_rows(left)
            }
        return _("Questions take the reading proposed and stay open; you can still mend the file first.")

    @property
    def rows_title(self) -> str:
        """The heading over the rows."""
        return _("Every row") if not self.show else _("These rows")


def input_page(received: Input, *, show: str, page: str, facts: Iterable[dict[str, str]]) -> InputPage:
    """One input, filtered by `show` (a row's state or a severity; anything else shows all)."""
    shown = show if show in (*STATES, *SEVERITIES) else ""
    counts, problems = counts_of_input(received), problem_counts(received)
    rows = rows_of(received, shown)
    blocks, blocks_page = _blocks(received, shown, page)
    paged = Paginator(rows, ROWS_A_PAGE).get_page(page)
    pages = (
        blocks_page
        if blocks_page is not None and blocks_page.paginator.num_pages > paged.paginator.num_pages
        else paged
    )
    return InputPage(
        input=received,
        counts=counts,
        problem_counts=problems,
        total=say_rows(counts.rows),
        all_href="?",
        links=_links(counts, problems, shown),
        show=shown,
        blocks=blocks,
        blocks_title=_blocks_title(shown, problems),
        more=_more(shown, problems, len(blocks)),
        tables=list(_tables(received, list(paged.object_list))),
        pages=pages,
        query=f"show={shown}&" if shown else "",
        sentence=_sentence(paged, shown),
        facts=list(facts),
    )


def say_rows(count: int) -> str:
    """How many rows: "1 row", "212 rows"."""
    return ngettext("%(count)s row", "%(count)s rows", count) % {"count": f"{count:,}"}


def _links(counts: Counts, problems: ProblemCounts, shown: str) -> list[CountLink]:
    said = [
        ("new", counts.new, _("new"), False),
        ("changed", counts.changed, _("changed"), False),
        ("same", counts.same, _("the same"), False),
        ("conflict", counts.conflict, _("in conflict"), True),
        ("error", counts.skipped, _("can’t be stored"), True),
        ("question", problems.question, ngettext("question", "questions", problems.question), True),
        ("warning", problems.warning, ngettext("remark", "remarks", problems.warning), False),
    ]
    return [
        CountLink(count, word, f"?show={name}", shown == name, waits)
        for name, count, word, waits in said
        if count or shown == name
    ]


# --- problems ----------------------------------------------------------------------------------------


def _blocks(received: Input, shown: str, page: str) -> tuple[list[ProblemBlock], Page[Any] | None]:
    if shown in ("error", *SEVERITIES):
        found = Paginator(problems_of(received, [shown]), PROBLEMS_A_PAGE).get_page(page)
        return _as_blocks(received, found.object_list), found
    if shown:
        return [], None
    first = problems_of(received, ["error", "question"])[:PROBLEMS_FIRST]
    return _as_blocks(received, first), None


def _as_blocks(received: Input, problems: Iterable[InputProblem]) -> list[ProblemBlock]:
    listed = list(problems)
    titles = _titles(received, {problem.row for problem in listed if problem.row is not None})
    return [
        ProblemBlock(
            id=f"problem-{problem.order + 1}",
            severity=problem.severity,
            place=_place(received, problem),
            about=titles.get((problem.sheet, problem.row or 0), ""),
            value=shortened(problem.value, 300),
            reading=shortened(problem.reading, 300),
            message=problem.message,
            remedy=problem.remedy,
        )
        for problem in listed
    ]


def _place(received: Input, problem: InputProblem) -> str:
    parts = [received.file_name]
    if problem.sheet:
        parts.append(_("sheet %(name)s") % {"name": problem.sheet})
    if problem.row is not None:
        parts.append(_("row %(number)d") % {"number": problem.row})
    if problem.column:
        parts.append(_("column %(name)s") % {"name": problem.column})
    return ", ".join(parts)


def _titles(received: Input, numbers: set[int]) -> dict[tuple[str, int], str]:
    """The title or statement that each row has as written, so that people know which one is meant."""
    columns = {
        sheet["name"]: index
        for sheet in received.sheets
        for index, column in enumerate(sheet["columns"])
        if column["field"] in ("title", "statement")
    }
    found = {}
    for row in received.rows.filter(number__in=numbers):
        index = columns.get(row.sheet, -1)
        if 0 <= index < len(row.cells):
            found[row.sheet, row.number] = shortened(row.cells[index], 160)
    return found


def _blocks_title(shown: str, problems: ProblemCounts) -> str:
    waiting = problems.error + problems.question
    said = {
        "error": ngettext(
            "%(count)d thing can’t be stored", "%(count)d things can’t be stored", problems.error
        )
        % {"count": problems.error},
        "question": ngettext("%(count)d question", "%(count)d questions", problems.question)
        % {"count": problems.question},
        "warning": ngettext("%(count)d remark", "%(count)d remarks", problems.warning)
        % {"count": problems.warning},
        "": ngettext("%(count)d thing needs an answer", "%(count)d things need an answer", waiting)
        % {"count": waiting},
    }
    return said.get(shown, "")


def _more(shown: str, problems: ProblemCounts, here: int) -> list[MoreLink]:
    """Where the problems that are not shown here are listed."""
    if shown or problems.error + problems.question <= here:
        return []
    links = []
    if problems.error:
        links.append(
            MoreLink(_("All that can’t be stored (%(count)d)") % {"count": problems.error}, "?show=error")
        )
    if problems.question:
        links.append(
            MoreLink(_("All questions (%(count)d)") % {"count": problems.question}, "?show=question")
        )
    return links


# --- the file's own rows -----------------------------------------------------------------------------


def _tables(received: Input, rows: Sequence[InputRow]) -> Iterable[SheetTable]:
    for number, sheet in enumerate(received.sheets):
        own = [row for row in rows if row.sheet == sheet["name"]]
        if not own:
            continue
        columns = [{"key": "row", "label": _("Row")}, {"key": "state", "label": _("What happens")}]
        columns += [
            {"key": f"c{index}", "label": column["heading"]} for index, column in enumerate(sheet["columns"])
        ]
        yield SheetTable(
            id=f"rows-{number + 1}",
            caption=_("Rows of sheet %(name)s, in its own columns") % {"name": sheet["name"]}
            if sheet["name"]
            else _("Rows of the file, in its own columns"),
            columns=columns,
            rows=[_table_row(received, sheet, row) for row in own],
        )


def _table_row(received: Input, sheet: Mapping[str, Any], row: InputRow) -> TableRow:
    old = {change["field"]: change["old"] for change in row.changes}
    against = {change["field"]: change["old"] for change in row.conflicts}
    cells = [
        Cell("row", f"{row.number}", href=_record_address(row)),
        Cell("state", _state_words(row, applied=received.state == "applied")),
    ]
    touched = []
    for index, column in enumerate(sheet["columns"]):
        text = shortened(row.cells[index] if index < len(row.cells) else "", CELL_CHARACTERS)
        cells.append(_cell(f"c{index}", text, column["field"], old, against))
        if cells[-1].changed:
            touched.append(column["heading"])
    cells[1] = replace(cells[1], note=", ".join(touched))
    return TableRow(f"{row.sheet_order}-{row.number}", cells)


def _cell(key: str, text: str, name: str, old: Mapping[str, Any], against: Mapping[str, Any]) -> Cell:
    field_name = {
        "donors": "participations",
        "implementers": "participations",
        "budget_amount": "funding",
        "budget_currency": "",
    }.get(name, name)
    if field_name in against:
        words = say_value(name, against[field_name], _PLACE_NAMES)
        return Cell(key, text, note=_("the plan keeps: %(value)s") % {"value": words}, changed=True)
    if field_name in old:
        words = say_value(name, old[field_name], _PLACE_NAMES)
        if words == text:  # a list field changed in another of its columns
            return Cell(key, text)
        return Cell(key, text, note=_("before: %(value)s") % {"value": words}, changed=True)
    return Cell(key, text)


_PLACE_NAMES = PLACES | {line.code: line.short for line in NAMING_TABLE}


def _state_words(row: InputRow, *, applied: bool) -> str:
    if applied:
        words = {
            "new": _("new"),
            "changed": _("changed"),
            "same": _("the same"),
            "conflict": _("in conflict: kept as a question"),
            "error": _("not applied: to be mended"),
        }
    else:
        words = {
            "new": _("will be new"),
            "changed": _("will change"),
            "same": _("stays the same"),
            "conflict": _("in conflict: the plan’s value stays"),
            "error": _("can’t be stored"),
        }
    return words[row.state]


def _record_address(row: InputRow) -> str:
    """Where the record of an applied row can be opened, if that page is there."""
    if not row.record_key:
        return ""
    try:
        return reverse(f"members:{'need' if row.holds == 'needs' else 'action'}", args=[row.record_key])
    except NoReverseMatch:
        return ""


def _sentence(paged: Page[Any], shown: str) -> str:
    count = paged.paginator.count
    if not count:
        return ""
    if shown == "":
        return _("Rows %(first)d to %(last)d of %(count)d") % {
            "first": paged.start_index(),
            "last": paged.end_index(),
            "count": count,
        }
    return _("Rows %(first)d to %(last)d of these %(count)d") % {
        "first": paged.start_index(),
        "last": paged.end_index(),
        "count": count,
    }
