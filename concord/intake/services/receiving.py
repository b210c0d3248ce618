"""Files as they come in: received, read and compared with the plan, or taken back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from concord.accounts.queries import can
from concord.accounts.rules import Permission
from concord.audit.events import EventName
from concord.audit.services import record
from concord.intake import rules
from concord.intake.files import shown_name
from concord.intake.formats.parts import Sheets
from concord.intake.models import Input
from concord.intake.preview import Counts, File, Preview, Target, preview_of, require_entry
from concord.intake.queries import file_of, mending_of, target_of, twins_of
from concord.intake.services.keeping import keep, keep_reading, move, standing_rows
from concord.kernel.canonical import sha256_hex
from concord.plan.queries import scope_of

if TYPE_CHECKING:
    from concord.accounts.models import Person


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
    return receive_file(unread, content, target, replaces=replaces, by=who, at=at)


def receive_file(
    file: File, content: bytes, target: Target, *, replaces: Input | None, by: Person, at: datetime
) -> Input:
    """The same for a file that was read: part of a caller's transaction, who has asked the permission."""
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

    Rows that were applied before stay as they were, unless somebody mended them since.

    Raises:
        NotPermitted; IllegalMove: withdrawn or undone; StaleWrite; UnreadableFile, BadInput: as preview_of.
    """
    who = require_entry(target_of(received), by)
    after = rules.state_after(received.state, rules.CHECK)
    file = file_of(received)
    with transaction.atomic():
        move(received, after, checked_at=at)
        return compare(received, file, EventName.INPUT_CHECKED, who=who, at=at)


def compare(
    received: Input, file: File, event: EventName, *, who: Person, at: datetime, **facts: object
) -> Preview:
    """Compares a file with the plan as it is now, keeps and records that: part of a caller's transaction.

    Raises:
        NotPermitted, BadInput: as preview_of.
    """
    preview = preview_of(file, target_of(received), mending=mending_of(received), actor=who)
    keep_sheets(received, file, preview)
    keep(received, preview, preview.rows, standing=standing_rows(received, preview))
    record(event, actor=who, about=received, at=at, **facts, **facts_of(preview.counts))
    return preview


def keep_sheets(received: Input, file: File, preview: Preview) -> None:
    """Keeps how the file's sheets were understood and, the first time, what was read in them."""
    Input.objects.filter(pk=received.pk).update(holds=preview.holds, sheets=sheets_json(preview))
    received.refresh_from_db(fields=["holds", "sheets"])
    if not hasattr(received, "reading"):
        keep_reading(received, file.sheets)


@transaction.atomic
def withdraw(received: Input, *, reason: str = "", by: Person, at: datetime) -> Input:
    """Takes back a file that was not applied. It is kept, with its bytes, and says so.

    Raises:
        NotPermitted; IllegalMove: applied, or withdrawn already; StaleWrite.
    """
    who = require_entry(target_of(received), by)
    after = rules.state_after(received.state, rules.WITHDRAW)
    move(received, after, withdrawn_at=at)
    record(EventName.INPUT_WITHDRAWN, actor=who, about=received, at=at, reason=reason)
    return received


def sheets_json(preview: Preview) -> list[dict[str, object]]:
    """The sheets of a file with their heading rows; those without one say None."""
    read: list[dict[str, object]] = [
        {
            "name": sheet.name,
            "header_row": sheet.header_row,
            "rows": preview.rows_in(sheet),
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


def facts_of(counts: Counts) -> dict[str, int]:
    """Counts as the record of acts keeps them."""
    return {
        "rows": counts.rows,
        "new": counts.new,
        "changed": counts.changed,
        "same": counts.same,
        "conflict": counts.conflict,
        "skipped": counts.skipped,
    }


def _open_twin(target: Target, sha256: str, by: Person) -> Input | None:
    """The same file for the same target by the same person, not yet applied or withdrawn."""
    open_states = [Input.State.RECEIVED, Input.State.CHECKED]
    return twins_of(target, sha256).filter(received_by=by, state__in=open_states).first()


def _reports_for(target: Target, who: Person) -> bool:
    scope = scope_of(target.plan or target.framework)
    own = target.organisation is not None and not who.is_system
    return own and can(who, Permission.REPORT_OWN, within=scope, organisation=target.organisation)
