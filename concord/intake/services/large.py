"""Applies a file that is too large to be held: batch by batch, in one transaction."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from concord.audit.events import EventName
from concord.audit.services import record
from concord.intake import rules
from concord.intake.formats.parts import Sheets
from concord.intake.kept_files import kept_file
from concord.intake.large import LargeFile, read_through, summary_of
from concord.intake.models import AppliedRound, Input
from concord.intake.preview import (
    Counts,
    File,
    Preview,
    Target,
    preview_of,
    require_entry,
    rows_for_plan,
    source_of,
)
from concord.intake.queries import applied_twin
from concord.intake.services.inputs import Receipt
from concord.intake.services.keeping import move
from concord.intake.services.receiving import facts_of, receive_file, sheets_json
from concord.plan.services import record_actions, record_needs

if TYPE_CHECKING:
    from concord.accounts.models import Person


def preview_large(file: LargeFile, *, target: Target, by: Person, step: Callable[[int], object]) -> Receipt:
    """What a large file would do, writing nothing."""
    return Receipt(summary_of(file, read_through(file, target, actor=by, step=step)))


def hand_in_large(
    file: LargeFile,
    *,
    target: Target,
    all_or_nothing: bool = False,
    by: Person,
    at: datetime,
    step: Callable[[int], object] = lambda _rows: None,
) -> Receipt:
    """Receives and applies a large file in one transaction; its bytes are kept beside the database.

    The file is read twice: once to find what cannot be stored and what stands in it twice, once to apply
    the rest. Rows are not kept one by one with the input; its counts and the first problems are.

    Raises:
        NotPermitted, BadInput: as preview_of; UnreadableFile: as formats.reading.read_file; StaleWrite.
    """
    who = require_entry(target, by)
    reading = read_through(file, target, actor=who, step=step)
    told = summary_of(file, reading)
    if reading.counts.to_apply == 0 and (earlier := applied_twin(target, file.sha256)):
        return Receipt(told, earlier, applied=True, repeated=True)
    if not reading.counts.stored or (all_or_nothing and reading.has_errors):
        return Receipt(told)
    with transaction.atomic():
        received = _received(file, told, target, who=who, at=at)
        rows = 0
        for batch in file.batches():
            rows += _apply(batch, target, reading.repeated, who=who, at=at)
            step(rows)
        _settle(received, reading.counts, who=who, at=at)
        shutil.copyfile(file.path, kept_file(file.sha256))  # last: a copy alone is harmless
    return Receipt(told, received, applied=True)


def _received(file: LargeFile, told: Preview, target: Target, *, who: Person, at: datetime) -> Input:
    unread = File(file.name, file.sha256, file.size, Sheets())
    received = receive_file(unread, b"", target, replaces=None, by=who, at=at)
    move(received, rules.state_after(received.state, rules.CHECK), checked_at=at)
    Input.objects.filter(pk=received.pk).update(holds=told.holds, sheets=sheets_json(told))
    after = rules.state_after(received.state, rules.ACCEPT)
    move(received, after, checked_at=at, applied_at=at, applied_by=who)
    return received


def _apply(
    batch: File,
    target: Target,
    repeated: Collection[tuple[str, int]],
    *,
    who: Person,
    at: datetime,
) -> int:
    """Records the rows of one batch that can be stored; gives how many it went through."""
    preview = preview_of(batch, target, actor=who)
    for sheet in preview.mapping.sheets:
        storable = [
            row.row
            for row in preview.rows
            if row.outcome is not None
            and row.row.sheet == sheet.name
            and (row.row.sheet, row.row.number) not in repeated
        ]
        if storable:
            write = record_needs if sheet.holds == "needs" else record_actions
            write(
                rows_for_plan(storable, target, bodies={}, records={}, conflicts=()),
                framework=target.framework,
                source=source_of(batch, sheet.name),
                plan=target.plan,
                on_behalf_of=target.organisation,
                by=who,
                at=at,
            )
    return len(preview.rows)


def _settle(received: Input, counts: Counts, *, who: Person, at: datetime) -> None:
    facts = facts_of(counts)
    AppliedRound.objects.create(input=received, number=1, by=who, at=at, counts=facts)
    states = {"new": counts.new, "changed": counts.changed, "same": counts.same, "conflict": counts.conflict}
    left = dict.fromkeys(states, 0) | {"error": counts.skipped}
    told = {"error": counts.skipped, "question": 0, "warning": 0}
    kept = {"rows": counts.rows, **states, "error": counts.skipped, "left": left, "problems": told}
    kept |= {"waiting": counts.skipped, "with_question": 0, "with_warning": 0}
    Input.objects.filter(pk=received.pk).update(counts=kept)
    record(EventName.IMPORT_APPLIED, actor=who, about=received, at=at, round=1, **facts)
