"""The only code that writes to the intake room's tables."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from concord.accounts.queries import can
from concord.accounts.rules import Permission
from concord.audit.events import EventName
from concord.audit.services import record
from concord.intake import rules
from concord.intake.files import open_bytes, shown_name
from concord.intake.formats.parts import Sheets
from concord.intake.models import Input, InputProblem, InputRow
from concord.intake.preview import (
    Counts,
    File,
    Preview,
    PreviewRow,
    Target,
    counts_of,
    preview_of,
    require_entry,
    rows_for_plan,
    source_of,
)
from concord.intake.queries import applied_twin, target_of, twins_of
from concord.kernel.canonical import sha256_hex
from concord.kernel.errors import BadInput, StaleWrite
from concord.plan.queries import scope_of
from concord.plan.rows import FieldChange
from concord.plan.services import record_actions, record_needs

if TYPE_CHECKING:
    from concord.accounts.models import Person

BATCH = 500


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a file. repeated: it was applied before and said nothing new, so nothing was written.

    input is None where nothing was kept; applied says whether its rows stand in the plan.
    """

    preview: Preview
    input: Input | None = None
    applied: bool = False
    repeated: bool = False


@transaction.atomic
def receive(
    *, file_name: str, content: bytes, target: Target, replaces: Input | None = None, by: Person, at: datetime
) -> Input:
    """Keeps a file that was handed in. The same file for the same target, still open, is not kept twice.

    Raises:
        NotPermitted: `by` may not hand in for this target.
    """
    who = require_entry(target, by)
    unread = File(shown_name(file_name), sha256_hex(content), len(content), Sheets())
    return _receive(unread, content, target, replaces=replaces, by=who, at=at)


def _receive(
    file: File,
    content: bytes,
    target: Target,
    *,
    replaces: Input | None,
    by: Person,
    at: datetime,
) -> Input:
    if (again := _open_twin(target, file.sha256, by)) is not None:
        return again
    received = Input.objects.create(
        framework=target.framework,
        plan=target.plan,
        organisation=target.organisation,
        org_column=target.org_column,
        on_behalf=not _reports_for(target, by),
        file_name=file.name,
        sha256=file.sha256,
        size=file.size,
        content=content,
        replaces=replaces,
        received_by=by,
        received_at=at,
    )
    record(EventName.INPUT_RECEIVED, actor=by, about=received, at=at, file_sha256=file.sha256)
    return received


def check(received: Input, *, by: Person, at: datetime) -> Preview:
    """Reads a file that was received, and keeps what each of its rows would do.

    Raises:
        NotPermitted; IllegalMove: applied or withdrawn; StaleWrite; UnreadableFile, BadInput: as preview_of.
    """
    target = target_of(received)
    who = require_entry(target, by)
    after = rules.state_after(received.state, rules.CHECK)
    file = open_bytes(received.file_name, bytes(received.content))
    with transaction.atomic():
        preview = preview_of(file, target, actor=who)
        _check(received, preview, after, who=who, at=at)
    return preview


def _check(received: Input, preview: Preview, after: str, *, who: Person, at: datetime) -> None:
    _move(received, after, checked_at=at, holds=preview.holds, sheets=sheets_json(preview))
    _keep(received, preview, preview.rows)
    record(EventName.INPUT_CHECKED, actor=who, about=received, at=at, **_facts(preview.counts))


def accept(received: Input, *, all_or_nothing: bool = False, by: Person, at: datetime) -> Receipt:
    """Applies every row of a checked file that can be stored, in one transaction, checked again now.

    Rows with errors stay with the input as what is to be done. A second time changes nothing.

    Raises:
        NotPermitted; IllegalMove: not checked, or withdrawn; StaleWrite: somebody changed or applied
        it in the same moment; BadInput: no row can be stored, or all_or_nothing and one cannot.
    """
    target = target_of(received)
    who = require_entry(target, by)
    read = open_bytes(received.file_name, bytes(received.content))
    if received.state == Input.State.APPLIED:
        return Receipt(preview_of(read, target, actor=who), received, applied=True, repeated=True)
    after = rules.state_after(received.state, rules.ACCEPT)
    with transaction.atomic():
        preview = preview_of(read, target, actor=who)
        _require_applicable(preview, all_or_nothing=all_or_nothing)
        return _accept(received, read, preview, after, who=who, at=at)


def _accept(
    received: Input, read: File, preview: Preview, after: str, *, who: Person, at: datetime
) -> Receipt:
    # The move first: of two at once, the second finds it made and rolls back.
    _move(
        received,
        after,
        checked_at=at,
        applied_at=at,
        applied_by=who,
        holds=preview.holds,
        sheets=sheets_json(preview),
    )
    rows = _apply(read, preview, target_of(received), by=who, at=at)
    _keep(received, preview, rows)
    record(EventName.IMPORT_APPLIED, actor=who, about=received, at=at, **_facts(counts_of(rows)))
    return Receipt(_with_rows(preview, rows), received, applied=True)


@transaction.atomic
def withdraw(received: Input, *, reason: str = "", by: Person, at: datetime) -> Input:
    """Takes back a file that was not applied. It is kept, with its bytes, and says so.

    Raises:
        NotPermitted; IllegalMove: applied, or withdrawn already; StaleWrite.
    """
    who = require_entry(target_of(received), by)
    after = rules.state_after(received.state, rules.WITHDRAW)
    _move(received, after, withdrawn_at=at)
    record(EventName.INPUT_WITHDRAWN, actor=who, about=received, at=at, reason=reason)
    return received


def take_in(
    file: File, content: bytes, *, target: Target, replaces: Input | None = None, by: Person, at: datetime
) -> Receipt:
    """Receives and checks a file that was read, in one transaction: what the upload page does.

    A file that was applied before and says nothing new is not kept again: the earlier receipt is the answer.

    Raises:
        NotPermitted, BadInput: as preview_of.
    """
    who = require_entry(target, by)
    with transaction.atomic():
        preview = preview_of(file, target, actor=who)
        if preview.counts.to_apply == 0 and (earlier := applied_twin(target, file.sha256)):
            return Receipt(preview, earlier, applied=True, repeated=True)
        received = _receive(file, content, target, replaces=replaces, by=who, at=at)
        after = rules.state_after(received.state, rules.CHECK)
        _check(received, preview, after, who=who, at=at)
    return Receipt(preview, received)


def hand_in(
    file: File,
    content: bytes,
    *,
    target: Target,
    all_or_nothing: bool = False,
    by: Person,
    at: datetime,
) -> Receipt:
    """Receives, checks and applies a file in one transaction: what the command line does.

    A file that was applied before and says nothing new changes nothing: the earlier receipt is the
    answer. Where no row can be stored, or all_or_nothing and one cannot, nothing is applied or kept.

    Raises:
        NotPermitted, BadInput: as preview_of; StaleWrite: somebody changed the plan in the same moment.
    """
    who = require_entry(target, by)
    with transaction.atomic():
        preview = preview_of(file, target, actor=who)
        if preview.counts.to_apply == 0 and (earlier := applied_twin(target, file.sha256)):
            return Receipt(preview, earlier, applied=True, repeated=True)
        if not preview.counts.stored or (all_or_nothing and preview.has_errors):
            return Receipt(preview)
        received = _receive(file, content, target, replaces=None, by=who, at=at)
        _move(received, rules.state_after(received.state, rules.CHECK), checked_at=at)
        after = rules.state_after(received.state, rules.ACCEPT)
        return _accept(received, file, preview, after, who=who, at=at)


# --- what the writes build on --------------------------------------------------------------------------


def _open_twin(target: Target, sha256: str, by: Person) -> Input | None:
    """The same file for the same target by the same person, not yet applied or withdrawn."""
    open_states = [Input.State.RECEIVED, Input.State.CHECKED]
    return twins_of(target, sha256).filter(received_by=by, state__in=open_states).first()


def sheets_json(preview: Preview) -> list[dict[str, object]]:
    """The sheets of a file with their heading rows; those without one say None."""
    read: list[dict[str, object]] = [
        {
            "name": sheet.name,
            "header_row": sheet.header_row,
            "rows": len(sheet.rows),
            "holds": sheet.holds,
            "columns": [{"heading": column.shown, "field": column.field} for column in sheet.columns],
        }
        for sheet in preview.mapping.sheets
    ]
    unread: list[dict[str, object]] = [
        {"name": name, "header_row": None, "rows": 0, "holds": "", "columns": []}
        for name in preview.mapping.unread
    ]
    return [*read, *unread]


def _reports_for(target: Target, who: Person) -> bool:
    scope = scope_of(target.plan or target.framework)
    own = target.organisation is not None and not who.is_system
    return own and can(who, Permission.REPORT_OWN, within=scope, organisation=target.organisation)


def _require_applicable(preview: Preview, *, all_or_nothing: bool) -> None:
    if all_or_nothing and preview.has_errors:
        raise BadInput(
            "The file has errors, so none of its rows was applied. Mend them and hand it in again."
        )
    if not preview.counts.stored:
        raise BadInput("No row of the file can be stored. Mend the errors and hand it in again.")


def _apply(file: File, preview: Preview, target: Target, *, by: Person, at: datetime) -> list[PreviewRow]:
    """Records the rows sheet by sheet; gives them with what became of each."""
    rows: list[PreviewRow] = []
    for sheet in preview.mapping.sheets:
        own = [row for row in preview.rows if row.row.sheet == sheet.name]
        storable = [row.row for row in own if row.outcome is not None]
        outcomes = {}
        if storable:
            write = record_needs if sheet.holds == "needs" else record_actions
            written = write(
                rows_for_plan(storable, target),
                framework=target.framework,
                source=source_of(file, sheet.name),
                plan=target.plan,
                on_behalf_of=target.organisation,
                by=by,
                at=at,
            )
            outcomes = {outcome.row: outcome for outcome in written}
        rows += [PreviewRow(row.row, outcomes.get(row.row.number)) for row in own]
    return rows


def _with_rows(preview: Preview, rows: list[PreviewRow]) -> Preview:
    return Preview(
        preview.file_name,
        preview.sha256,
        preview.mapping,
        tuple(rows),
        preview.problems,
        counts_of(rows),
    )


def _move(received: Input, after: str, **values: object) -> None:
    """Compare-and-set of the state: a miss means that somebody else moved it."""
    found = Input.objects.filter(pk=received.pk, state=received.state, version=received.version)
    if found.update(state=after, version=F("version") + 1, **values) != 1:
        raise StaleWrite("Somebody changed this input in the same moment. Look at it again.")
    received.refresh_from_db()


def _keep(received: Input, preview: Preview, rows: tuple[PreviewRow, ...] | list[PreviewRow]) -> None:
    """Replaces what was kept of the file's rows and problems."""
    received.rows.all().delete()
    received.problems.all().delete()
    order = {sheet.name: number for number, sheet in enumerate(preview.mapping.sheets)}
    InputRow.objects.bulk_create(
        (_row(received, row, order[row.row.sheet]) for row in rows), batch_size=BATCH
    )
    InputProblem.objects.bulk_create(
        (
            InputProblem(
                input=received,
                order=number,
                severity=problem.severity.value,
                rule=problem.rule,
                sheet=problem.sheet[:120],
                row=problem.row,
                column=problem.column[:200],
                value=problem.value,
                message=problem.message,
                remedy=problem.remedy,
                reading=problem.reading,
            )
            for number, problem in enumerate(preview.problems)
        ),
        batch_size=BATCH,
    )


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
    )


def _changes(changes: list[FieldChange]) -> list[dict[str, object]]:
    return [{"field": change.field, "old": change.old, "new": change.new} for change in changes]


def _facts(counts: Counts) -> dict[str, int]:
    return {
        "rows": counts.rows,
        "new": counts.new,
        "changed": counts.changed,
        "same": counts.same,
        "conflict": counts.conflict,
        "skipped": counts.skipped,
    }
