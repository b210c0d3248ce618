"""Keeps what was read of an input and what it means: its rows, its problems and their counts.

Only what differs is written again, so that an answer about one row of 20,000 costs one row.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import F

from concord.intake.files import pack
from concord.intake.formats.limits import FILE_BYTES
from concord.intake.formats.parts import Sheets
from concord.intake.mending import columns_by_heading, question_field
from concord.intake.models import Input, InputProblem, InputReading, InputRow
from concord.intake.preview import Preview, PreviewRow
from concord.intake.problems import Problem, Severity
from concord.intake.row_reader import SHOWN_CHARACTERS
from concord.kernel.errors import StaleWrite
from concord.plan.rows import FieldChange

BATCH = 500
Place = tuple[int, int]
"""Where a row stands: the order of its sheet and its number."""


def move(received: Input, after: str, **values: object) -> None:
    """Compare-and-set of the state: a miss means that somebody else moved it."""
    found = Input.objects.filter(pk=received.pk, state=received.state, version=received.version)
    if found.update(state=after, version=F("version") + 1, **values) != 1:
        raise StaleWrite("Somebody changed this input in the same moment. Look at it again.")
    received.refresh_from_db()


def keep_reading(received: Input, sheets: Sheets) -> None:
    """Keeps the sheets as they were read; a file above the page's limit is read again where needed."""
    if received.size <= FILE_BYTES:
        InputReading.objects.update_or_create(input=received, defaults={"parts": pack(sheets)})


def orders_of(preview: Preview) -> dict[str, int]:
    """The sheets of a file by name, with the order in which it has them."""
    return {sheet.name: number for number, sheet in enumerate(preview.mapping.sheets)}


def standing_rows(received: Input, preview: Preview) -> frozenset[Place]:
    """The rows that an earlier round applied and whose reading is the same as then."""
    applied = {
        (order, number): digest
        for order, number, digest in InputRow.objects.filter(input=received, round__isnull=False)
        .order_by()
        .values_list("sheet_order", "number", "digest")
    }
    if not applied:
        return frozenset()
    orders = orders_of(preview)
    return frozenset(
        place
        for row in preview.rows
        if (place := (orders[row.row.sheet], row.row.number)) in applied and applied[place] == digest_of(row)
    )


def keep(
    received: Input,
    preview: Preview,
    rows: Sequence[PreviewRow],
    *,
    standing: frozenset[Place] = frozenset(),
    number: int | None = None,
    applied: frozenset[Place] = frozenset(),
) -> None:
    """Brings the rows, problems and counts kept of an input up to date.

    Args:
        rows: each with what it means, or with what became of it.
        standing: rows that were applied before and stay as they were kept; only what is asked about
            them is renewed. number: of the round that has just applied the rows named in `applied`.
    """
    orders = orders_of(preview)
    problems = _told(preview, orders, standing)
    flags = _flags(problems)
    stored = {(row.sheet_order, row.number): row for row in InputRow.objects.filter(input=received)}
    now: list[InputRow] = []
    for row in rows:
        place = (orders[row.row.sheet], row.row.number)
        if place in standing:
            now.append(stored[place])
        else:
            fresh = _row(received, row, place[0])
            fresh.applied_key = stored[place].applied_key if place in stored else ""
            if place in applied:
                fresh.round, fresh.applied_key = number, fresh.record_key
            now.append(fresh)
    changed = [row for row in now if _set_flags(row, flags) or row.pk is None]
    _replace(stored, now, changed)
    asked = _keep_problems(received, preview, problems)
    counts = _counted(now) | {"problems": {name.value: asked[name.value] for name in Severity}}
    Input.objects.filter(pk=received.pk).update(counts=counts)
    received.refresh_from_db(fields=["counts"])


def _set_flags(row: InputRow, flags: Mapping[tuple[str, int], set[Severity]]) -> bool:
    """Sets what the row waits for; whether that differs from what was kept."""
    said = flags.get((row.sheet, row.number), set())
    before = (row.waits, row.has_question, row.has_warning)
    row.has_question, row.has_warning = Severity.QUESTION in said, Severity.WARNING in said
    row.waits = row.has_question or (row.state == InputRow.State.ERROR)
    return before != (row.waits, row.has_question, row.has_warning)


def _replace(
    stored: Mapping[Place, InputRow],
    now: Sequence[InputRow],
    changed: Sequence[InputRow],
) -> None:
    """Writes the rows that differ from what was kept and drops those that are gone."""
    gone = {row.pk for row in stored.values()} - {row.pk for row in now}
    fresh = []
    for row in changed:
        before = stored.get((row.sheet_order, row.number))
        if before is not None and row.pk is None and _same(before, row):
            gone.discard(before.pk)
            continue
        if row.pk is not None:
            gone.add(row.pk)
            row.pk = None
        fresh.append(row)
    listed = sorted(gone)
    for start in range(0, len(listed), BATCH):
        InputRow.objects.filter(pk__in=listed[start : start + BATCH]).delete()
    InputRow.objects.bulk_create(fresh, batch_size=BATCH)


_COMPARED = (
    "sheet", "holds", "cells", "state", "record_key", "applied_key", "changes", "conflicts", "digest",
    "round", "waits", "has_question", "has_warning",
)  # fmt: skip


def _same(before: InputRow, row: InputRow) -> bool:
    return all(getattr(before, name) == getattr(row, name) for name in _COMPARED)


def _row(received: Input, row: PreviewRow, sheet_order: int) -> InputRow:
    outcome = row.outcome
    return InputRow(
        input=received,
        sheet=row.row.sheet[:120],
        sheet_order=sheet_order,
        number=row.row.number,
        holds=row.row.holds,
        cells=list(row.row.cells),
        state=row.state,
        record_key=outcome.key if outcome else "",
        changes=_changes(outcome.changes) if outcome else [],
        conflicts=_changes(outcome.conflicts) if outcome else [],
        digest=digest_of(row),
    )


def _changes(changes: list[FieldChange]) -> list[dict[str, object]]:
    return [
        {"field": change.field, "old": change.old, "new": change.new}
        | ({} if change.sent is None else {"sent": change.sent})
        for change in changes
    ]


def digest_of(row: PreviewRow) -> str:
    """What tells two readings of one row apart: its cells, what they were read as, and who it names."""
    read = row.row
    said = [read.cells, read.fields, read.own_id, read.key, read.iati_identifier, read.reported_by]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


# --- problems ----------------------------------------------------------------------------------------


def _told(preview: Preview, orders: Mapping[str, int], standing: frozenset[Place]) -> list[Problem]:
    """The problems, without errors of rows that stand in the plan already."""
    if not standing:
        return list(preview.problems)
    return [
        problem
        for problem in preview.problems
        if problem.severity is not Severity.ERROR
        or (orders.get(problem.sheet, -1), problem.row or 0) not in standing
    ]


def _flags(problems: Sequence[Problem]) -> dict[tuple[str, int], set[Severity]]:
    flags: dict[tuple[str, int], set[Severity]] = {}
    for problem in problems:
        if problem.row is not None:
            flags.setdefault((problem.sheet[:120], problem.row), set()).add(problem.severity)
    return flags


def _keep_problems(received: Input, preview: Preview, problems: Sequence[Problem]) -> Counter[str]:
    """Writes the problems that differ; gives how many things are to be answered, by severity."""
    fresh = list(_problem_rows(received, preview, problems))
    stored = {row.order: row for row in InputProblem.objects.filter(input=received)}
    same = {row.order for row in fresh if row.order in stored and _same_problem(stored[row.order], row)}
    gone = [row.pk for order, row in stored.items() if order not in same]
    for start in range(0, len(gone), BATCH):
        InputProblem.objects.filter(pk__in=gone[start : start + BATCH]).delete()
    InputProblem.objects.bulk_create((row for row in fresh if row.order not in same), batch_size=BATCH)
    return Counter(row.severity for row in fresh if row.first)


_PROBLEM_COMPARED = (
    "severity", "rule", "sheet", "row", "column", "column_index", "field", "value", "message", "remedy",
    "reading", "first", "alike",
)  # fmt: skip


def _same_problem(before: InputProblem, row: InputProblem) -> bool:
    return all(getattr(before, name) == getattr(row, name) for name in _PROBLEM_COMPARED)


def _problem_rows(received: Input, preview: Preview, problems: Sequence[Problem]) -> Iterator[InputProblem]:
    columns = columns_by_heading(preview.mapping.sheets)
    places = [columns.get((p.sheet, p.column), (None, p.column)) for p in problems]
    groups = [
        (p.severity, p.rule, question_field(p.rule, name), p.value[:SHOWN_CHARACTERS])
        if p.value
        else (p.severity, p.rule, name, p.sheet, p.row)  # empty cells are asked about one by one
        for p, (_, name) in zip(problems, places, strict=True)
    ]
    alike = Counter(groups)
    met: set[Any] = set()
    for order, (problem, (index, name), group) in enumerate(zip(problems, places, groups, strict=True)):
        yield InputProblem(
            input=received,
            order=order,
            severity=problem.severity.value,
            rule=problem.rule,
            sheet=problem.sheet[:120],
            row=problem.row,
            column=problem.column[:200],
            column_index=index,
            field=question_field(problem.rule, name)[:40],
            value=problem.value,
            message=problem.message,
            remedy=problem.remedy,
            reading=problem.reading,
            first=group not in met,
            alike=alike[group],
        )
        met.add(group)


# --- counts ------------------------------------------------------------------------------------------

STATES = ("new", "changed", "same", "conflict", "error")


def _counted(rows: Sequence[InputRow]) -> dict[str, Any]:
    """The counts that pages show: rows by state, those no round has applied, and those that wait."""
    states = Counter(row.state for row in rows)
    left = Counter(row.state for row in rows if row.round is None)
    return {
        "rows": len(rows),
        **{state: states[state] for state in STATES},
        "left": {state: left[state] for state in STATES},
        "waiting": sum(row.waits for row in rows),
        "with_question": sum(row.has_question for row in rows),
        "with_warning": sum(row.has_warning for row in rows),
    }
