"""What a file would do to the plan: read, mapped, checked and compared, without writing anything."""

from __future__ import annotations

from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from concord.accounts.queries import (
    can,
    organisations_by_key,
    require,
)
from concord.accounts.rules import Permission
from concord.intake.beside import problems_beside
from concord.intake.checks import CheckedRow, check_rows
from concord.intake.coming_back import coming_back
from concord.intake.formats.parts import Sheets
from concord.intake.knowing import context_of
from concord.intake.layouts import layout_from
from concord.intake.mapping import MappedSheet, Mapping, located, map_sheets
from concord.intake.marks import marked
from concord.intake.mending import (
    NOTHING_SETTLED,
    Mending,
    SettledField,
    answered,
    mended,
    open_problems,
    with_organisations,
)
from concord.intake.problems import Problem, Severity, in_order
from concord.intake.returning import keep_edits
from concord.kernel.errors import BadInput
from concord.plan.queries import preview_actions, preview_needs, scope_of
from concord.plan.rows import ActionRow, NeedRow, RowOutcome, Source
from concord.plan.rules import clean_action_value, clean_need_value, encode
from concord.work.progress import progress

if TYPE_CHECKING:
    from concord.accounts.models import Organisation, Person
    from concord.plan.models import Framework, Plan

UNFORESEEN = 50  # rows that the plan may refuse for reasons the checks did not foresee


@dataclass(frozen=True, slots=True)
class Target:
    """Where a file's rows go and whose they are.

    plan: None places each row by its pillars and dates. organisation: whose all rows are; None where
    org_column names the column that says so.
    """

    framework: Framework
    plan: Plan | None = None
    organisation: Organisation | None = None
    org_column: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file by its name and the SHA-256 of its bytes, with what was read in it."""

    name: str
    sha256: str
    size: int
    sheets: Sheets


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A row with what it means for the plan. state: new, changed, same, conflict or error."""

    row: CheckedRow
    outcome: RowOutcome | None = None

    @property
    def state(self) -> str:
        """The row's state; a row that cannot be stored is an error."""
        return self.outcome.state if self.outcome else "error"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many rows of each state; every row is counted once. skipped: rows with errors."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    conflict: int = 0
    skipped: int = 0

    @property
    def to_apply(self) -> int:
        """Rows that would write something."""
        return self.new + self.changed + self.conflict

    @property
    def stored(self) -> int:
        """Rows that stand in the plan once the file is applied."""
        return self.to_apply + self.same


@dataclass(frozen=True, slots=True)
class Preview:
    """All that a person should know before a file is applied."""

    file_name: str
    sha256: str
    mapping: Mapping
    rows: tuple[PreviewRow, ...]
    problems: tuple[Problem, ...]
    counts: Counts = field(default_factory=Counts)

    @property
    def has_errors(self) -> bool:
        """Whether anything cannot be stored."""
        return any(problem.severity is Severity.ERROR for problem in self.problems)

    def rows_in(self, sheet: MappedSheet) -> int:
        """How many rows a sheet has; a file that was read in batches has one sheet and holds none."""
        return len(sheet.rows) or (0 if self.rows else self.counts.rows)

    @property
    def holds(self) -> str:
        """actions, needs, both, or "" where no sheet could be read."""
        kinds = {sheet.holds for sheet in self.mapping.sheets}
        return "both" if len(kinds) > 1 else next(iter(kinds), "")


def preview_of(file: File, target: Target, *, mending: Mending = NOTHING_SETTLED, actor: Person) -> Preview:
    """Maps, checks and compares a file that was read, with what people settled about it.

    Raises:
        NotPermitted: the actor may not hand in such rows here.
        BadInput: the column named for the organisations is not in the file.
    """
    marks = marked(mended(file.sheets, mending.cells).sheets)
    layout = layout_from(mending.layout)
    mapping = map_sheets(marks.read, org_column=target.org_column, layout=layout)
    if marks.is_plan:  # its other columns are for people, and follow from what is read
        mapping = replace(mapping, problems=tuple(p for p in mapping.problems if p.rule != "unknown-heading"))
    mapping = replace(mapping, sheets=answered(mapping.sheets, mending.answers))
    _require_kinds(mapping, target, actor)
    names = mending.names()
    back = coming_back(marks.key, mapping.sheets, target, actor=actor)
    known = replace(mapping, sheets=(*mapping.sheets, *back.as_sent))
    context = context_of(known, file, target, names=names, actor=actor)
    checked = check_rows(mapping.sheets, context)
    with_organisations(checked, names)
    keep_edits(checked, mapping.sheets, back.as_sent, back.sent, context)
    for row in checked:
        row.problems = open_problems(row.problems, mapping.sheets, mending)
    progress("Comparing with the plan")
    rows = _compared(
        checked,
        mapping.sheets,
        _Asking(file, target, actor, bodies_of(mending), mending.records, mending.conflicts),
    )
    notes = [located(note, mapping.sheets) for note in file.sheets.notes]
    remarks = problems_beside(marks.read, mapping.sheets)
    said = back.problems(row.key for row in checked)
    beside = open_problems([*mapping.problems, *notes, *remarks, *said], mapping.sheets, mending)
    problems = in_order([*beside, *(p for row in checked for p in row.problems)])
    return Preview(file.name, file.sha256, mapping, tuple(rows), tuple(problems), counts_of(rows))


def counts_of(rows: Sequence[PreviewRow]) -> Counts:
    """The rows counted by state."""
    states = [row.state for row in rows]
    return Counts(len(rows), *map(states.count, ("new", "changed", "same", "conflict", "error")))


def require_entry(target: Target, actor: Person | None) -> Person:
    """Lets pass who may hand in something for this target at all: on behalf, their own, or needs.

    Raises:
        NotPermitted: the actor may do none of these here.
    """
    scope = scope_of(target.plan or target.framework)
    if can(actor, Permission.REPORT_OWN, within=scope, organisation=target.organisation):
        return require(actor, Permission.REPORT_OWN, within=scope, organisation=target.organisation)
    if can(actor, Permission.STATE_NEED, within=scope):
        return require(actor, Permission.STATE_NEED, within=scope)
    return require(actor, Permission.ENTER_ON_BEHALF, within=scope)


def _require_kinds(mapping: Mapping, target: Target, actor: Person) -> None:
    scope = scope_of(target.plan or target.framework)
    if can(actor, Permission.ENTER_ON_BEHALF, within=scope):
        return
    kinds = {sheet.holds for sheet in mapping.sheets}
    if "needs" in kinds:
        require(actor, Permission.STATE_NEED, within=scope)
    if "actions" in kinds:
        require(actor, Permission.REPORT_OWN, within=scope, organisation=target.organisation)


# --- the plan's side ---------------------------------------------------------------------------------


def rows_for_plan(
    rows: Sequence[CheckedRow],
    target: Target,
    *,
    bodies: MappingType[str, Organisation],
    records: MappingType[tuple[str, int], str],
    conflicts: Sequence[SettledField] = (),
) -> list[Any]:
    """Rows of one sheet in the form that the plan records.

    bodies: reporters that a person chose, by name as written. records, conflicts: as in Mending.
    """
    settled = _Settlement(conflicts)
    keys = {row.number: row.key or records.get((row.sheet[:120], row.number), "") for row in rows}
    if rows and rows[0].holds == "needs":
        return [NeedRow(row.number, settled.stated(row), row.own_id, keys[row.number]) for row in rows]
    return [
        ActionRow(
            row.number,
            settled.stated(row),
            row.own_id,
            keys[row.number],
            row.iati_identifier,
            row.reported_by,
            bodies.get(row.reported_by) if row.reported_by else target.organisation,
            # A row with a key comes from a file that Concord wrote: the plan has what its source sent.
            received="" if row.key else row.received,
            sent=row.sent.values if row.sent else None,
            settled=settled.theirs(row),
        )
        for row in rows
    ]


class _Settlement:
    """What was chosen about fields that both sides changed, found by row."""

    def __init__(self, conflicts: Sequence[SettledField]) -> None:
        self._by_row: dict[tuple[str, int], list[SettledField]] = {}
        for said in conflicts:
            self._by_row.setdefault((said.sheet, said.row), []).append(said)

    def stated(self, row: CheckedRow) -> dict[str, Any]:
        """The values that the row states: all, or of a workbook that came back those that were edited;
        without those about which the plan's value was chosen."""
        ours = self._fields(row, "ours")
        return {
            name: value
            for name, value in row.fields.items()
            if name not in ours and (row.edited is None or name in row.edited)
        }

    def theirs(self, row: CheckedRow) -> frozenset[str]:
        """The fields about which the row's value was chosen."""
        return self._fields(row, "theirs")

    def _fields(self, row: CheckedRow, choice: str) -> frozenset[str]:
        clean = clean_action_value if row.holds == "actions" else clean_need_value
        return frozenset(
            said.field
            for said in self._by_row.get((row.sheet[:120], row.number), ())
            if said.choice == choice
            and said.field in row.fields
            and encode(clean(said.field, row.fields[said.field])) == said.new
        )


def source_of(file: File, sheet: str, receipt: str = "") -> Source:
    """A sheet of the file as the plan keeps it with each value; receipt: the key of its input."""
    return Source(file.name, file.sha256, sheet, receipt=receipt)


def bodies_of(mending: Mending) -> dict[str, Organisation]:
    """The organisations that a person chose for names of the file, by name as written."""
    names = mending.names()
    known = organisations_by_key(set(names.values())) if names else {}
    return {name: known[key] for name, key in names.items() if key in known}


@dataclass(frozen=True, slots=True)
class _Asking:
    """What every question to the plan about one file has in common."""

    file: File
    target: Target
    actor: Person
    bodies: MappingType[str, Organisation]
    records: MappingType[tuple[str, int], str]
    conflicts: Sequence[SettledField]

    def for_plan(self, rows: Sequence[CheckedRow]) -> list[Any]:
        return rows_for_plan(
            rows, self.target, bodies=self.bodies, records=self.records, conflicts=self.conflicts
        )

    def outcomes(self, rows: Sequence[CheckedRow], sheet: MappedSheet) -> list[RowOutcome]:
        """The plan's answers about rows of one sheet.

        Raises:
            BadInput: the plan refuses one of them.
        """
        if not rows:
            return []
        framework, asked = self.target.framework, self.for_plan(rows)
        if sheet.holds == "needs":
            return preview_needs(asked, framework=framework, actor=self.actor)
        return preview_actions(
            asked,
            framework=framework,
            source=source_of(self.file, sheet.name),
            on_behalf_of=self.target.organisation,
            actor=self.actor,
        )


def _compared(
    checked: Sequence[CheckedRow], sheets: Sequence[MappedSheet], asking: _Asking
) -> list[PreviewRow]:
    rows: list[PreviewRow] = []
    for sheet in sheets:
        own = [row for row in checked if row.sheet == sheet.name]
        outcomes = _outcomes([r for r in own if r.fields and not r.has_error], sheet, asking)
        rows += [PreviewRow(row, outcomes.get(row.number)) for row in own]
        for row in own:
            if (outcome := outcomes.get(row.number)) and outcome.is_withdrawn:
                row.problems.append(_withdrawn(row, sheet, outcome.key))
    return rows


def _outcomes(rows: list[CheckedRow], sheet: MappedSheet, asking: _Asking) -> dict[int, RowOutcome]:
    """The plan's answer by row number. A row that it refuses becomes an error; the others are asked again."""
    left = rows
    for _ in range(UNFORESEEN):
        try:
            return {outcome.row: outcome for outcome in asking.outcomes(left, sheet)}
        except BadInput as error:
            refused = _first_refused(left, sheet, asking)
            refused.problems.append(_refusal(refused, sheet, str(error)))
            left = [row for row in left if row is not refused]
    for row in left:
        row.problems.append(_refusal(row, sheet, "Too many rows of this sheet were refused by the plan."))
    return {}


def _first_refused(rows: Sequence[CheckedRow], sheet: MappedSheet, asking: _Asking) -> CheckedRow:
    """The first row with which the rows before it are refused, found by halving."""
    low, high = 0, len(rows)  # the first `low` rows pass, the first `high` do not
    while high - low > 1:
        middle = (low + high) // 2
        try:
            asking.outcomes(rows[:middle], sheet)
            low = middle
        except BadInput:
            high = middle
    return rows[high - 1]


def _withdrawn(row: CheckedRow, sheet: MappedSheet, key: str) -> Problem:
    column = sheet.column_of("title")
    return Problem(
        Severity.QUESTION,
        "withdrawn-action",
        f"This action (key {key}) was withdrawn by its source. The row's values are kept, and count nowhere.",
        "If it is planned again, open the action and restore it. Otherwise remove the row.",
        row.sheet,
        row.number,
        column.shown if column else "",
        row.fields.get("title", ""),
        "stays withdrawn",
    )


def _refusal(row: CheckedRow, sheet: MappedSheet, message: str) -> Problem:
    column = sheet.column_of("key") if row.key else sheet.column_of("id")
    value = row.key or row.own_id
    return Problem(
        Severity.ERROR,
        "refused-by-the-plan",
        message,
        "Check the key, the id and the long cells of this row, and hand it in again.",
        row.sheet,
        row.number,
        column.shown if column else "",
        value,
    )
