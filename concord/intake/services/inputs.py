"""Files on their way into the plan: taken in with a preview, applied, or both at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from concord.audit.events import EventName
from concord.audit.services import record
from concord.intake import rules
from concord.intake.layouts import NO_LAYOUT, Layout
from concord.intake.mending import Mending
from concord.intake.models import AppliedRound, Input
from concord.intake.preview import (
    File,
    Preview,
    PreviewRow,
    Target,
    bodies_of,
    counts_of,
    preview_of,
    require_entry,
    rows_for_plan,
    source_of,
)
from concord.intake.queries import applied_twin, file_of, mending_of, original_of, target_of
from concord.intake.services.carrying import carry, mending_before
from concord.intake.services.keeping import Place, keep, move, orders_of, standing_rows
from concord.intake.services.receiving import (
    compare,
    facts_of,
    keep_sheets,
    receive_file,
    withdraw,
)
from concord.kernel.errors import BadInput
from concord.plan.rows import RowOutcome
from concord.plan.services import record_actions, record_needs
from concord.work.running import finish

if TYPE_CHECKING:
    from concord.accounts.models import Person


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a file. repeated: it was applied before and said nothing new, so nothing was written.

    input is None where nothing was kept; applied says whether its rows stand in the plan.
    """

    preview: Preview
    input: Input | None = None
    applied: bool = False
    repeated: bool = False


def take_in(
    file: File, content: bytes, *, target: Target, replaces: Input | None = None, by: Person, at: datetime
) -> Receipt:
    """Receives and checks a file that was read, in one transaction: what the upload page does.

    A file that was applied before and says nothing new is not kept again: the earlier receipt is the
    answer. Questions that were answered for an earlier file of the same source are not asked again. A
    marked copy of an earlier file stands in its place.

    Raises:
        NotPermitted, BadInput: as preview_of.
    """
    who = require_entry(target, by)
    replaces = replaces or original_of(file.sheets.sheets, target.framework, actor=who)
    with transaction.atomic():
        if (repeated := _repeated(file, target, replaces, who)) is not None:
            return repeated
        received = receive_file(file, content, target, replaces=replaces, by=who, at=at)
        carry(received, file, replaces)
        move(received, rules.state_after(received.state, rules.CHECK), checked_at=at)
        preview = compare(received, file, EventName.INPUT_CHECKED, who=who, at=at)
    return Receipt(preview, received)


def take_in_received(received: Input, *, by: Person, at: datetime) -> Input:
    """The same for a large file that was received before it was read: what the upload's job does.

    Returns:
        The input with its preview; where the file was applied before and says nothing new, the earlier
        one with its receipt, and this one is withdrawn.

    Raises:
        NotPermitted; IllegalMove: withdrawn or undone; StaleWrite; UnreadableFile, BadInput: as preview_of.
    """
    target = target_of(received)
    who = require_entry(target, by)
    after = rules.state_after(received.state, rules.CHECK)
    file = file_of(received)
    with transaction.atomic():
        repeated = _repeated(file, target, received.replaces, who)
        if repeated is not None and repeated.input is not None and repeated.input.pk != received.pk:
            withdraw(received, reason="It was applied before and says nothing new.", by=who, at=at)
            finish(repeated.input, message=APPLIED_BEFORE)
            return repeated.input
        carry(received, file, received.replaces)
        move(received, after, checked_at=at)
        compare(received, file, EventName.INPUT_CHECKED, who=who, at=at)
        finish(received)
    return received


APPLIED_BEFORE = (
    "This file was applied before and says nothing new: nothing was changed. Here is its receipt."
)


def _repeated(file: File, target: Target, replaces: Input | None, who: Person) -> Receipt | None:
    """The earlier receipt of the same bytes, where they say nothing new; the plan is asked only then."""
    earlier = applied_twin(target, file.sha256)
    if earlier is None:
        return None
    preview = preview_of(file, target, mending=mending_before(file, target, replaces), actor=who)
    return Receipt(preview, earlier, applied=True, repeated=True) if not preview.counts.to_apply else None


def hand_in(
    file: File,
    content: bytes,
    *,
    target: Target,
    layout: Layout = NO_LAYOUT,
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
        before = mending_before(file, target, None, layout)
        preview = preview_of(file, target, mending=before, actor=who)
        if preview.counts.to_apply == 0 and (earlier := applied_twin(target, file.sha256)):
            return Receipt(preview, earlier, applied=True, repeated=True)
        if not preview.counts.stored or (all_or_nothing and preview.has_errors):
            return Receipt(preview)
        received = receive_file(file, content, target, replaces=None, by=who, at=at)
        carry(received, file, None, layout)
        move(received, rules.state_after(received.state, rules.CHECK), checked_at=at)
        after = rules.state_after(received.state, rules.ACCEPT)
        chosen = _chosen(preview, frozenset(), leave_questions=False)
        applying = _Applying(file, preview, mending_of(received), frozenset(), chosen)
        return _accept(received, applying, after, who=who, at=at)


def accept(
    received: Input,
    *,
    all_or_nothing: bool = False,
    leave_questions: bool = False,
    by: Person,
    at: datetime,
) -> Receipt:
    """Applies every row of a checked file that can be stored, in one transaction, checked again now.

    Rows with errors stay with the input as what is to be done; once mended they are applied by the same
    call. Where nothing is left that can be applied, nothing is changed.

    Args:
        leave_questions: rows with an open question stay as well, until it is answered.

    Raises:
        NotPermitted; IllegalMove: not checked, withdrawn or undone; StaleWrite: somebody changed or
        applied it in the same moment; BadInput: no row can be stored, or all_or_nothing and one cannot.
    """
    target = target_of(received)
    who = require_entry(target, by)
    after = rules.state_after(received.state, rules.ACCEPT)
    file, mending = file_of(received), mending_of(received)
    with transaction.atomic():
        preview = preview_of(file, target, mending=mending, actor=who)
        standing = standing_rows(received, preview)
        chosen = _chosen(preview, standing, leave_questions=leave_questions)
        if standing and not chosen:
            return Receipt(preview, received, applied=True, repeated=True)
        _require_applicable(preview, chosen, all_or_nothing=all_or_nothing)
        applying = _Applying(file, preview, mending, standing, chosen)
        return _accept(received, applying, after, who=who, at=at)


@dataclass(frozen=True, slots=True)
class _Applying:
    """One round: the file as it was compared, the rows that stand already, and those to apply now."""

    file: File
    preview: Preview
    mending: Mending
    standing: frozenset[Place]
    chosen: frozenset[Place]

    def is_chosen(self, row: PreviewRow) -> bool:
        """Whether this round applies the row."""
        return (orders_of(self.preview)[row.row.sheet], row.row.number) in self.chosen


def _chosen(preview: Preview, standing: frozenset[Place], *, leave_questions: bool) -> frozenset[Place]:
    """The rows that can be stored and do not stand in the plan already."""
    orders = orders_of(preview)
    return frozenset(
        place
        for row in preview.rows
        if row.outcome is not None
        and (place := (orders[row.row.sheet], row.row.number)) not in standing
        and not (leave_questions and row.row.has_question)
    )


def _require_applicable(preview: Preview, chosen: frozenset[Place], *, all_or_nothing: bool) -> None:
    if all_or_nothing and preview.has_errors:
        raise BadInput(
            "The file has errors, so none of its rows was applied. Mend them and hand it in again."
        )
    if not chosen and preview.counts.stored:
        raise BadInput("Every row that is left has an open question. Answer one, or apply them as read.")
    if not chosen:
        raise BadInput("No row of the file can be stored. Mend the errors and hand it in again.")


def _accept(received: Input, applying: _Applying, after: str, *, who: Person, at: datetime) -> Receipt:
    # The move first: of two at once, the second finds it made and rolls back.
    first = {} if received.applied_at else {"applied_at": at, "applied_by": who}
    move(received, after, checked_at=at, **first)
    preview = applying.preview
    keep_sheets(received, applying.file, preview)
    rows = _apply(applying, received, by=who, at=at)
    counts = facts_of(counts_of([row for row in rows if applying.is_chosen(row)]))
    counts["skipped"] = sum(row.outcome is None for row in rows)
    number = received.rounds.count() + 1
    AppliedRound.objects.create(input=received, number=number, by=who, at=at, counts=counts)
    keep(received, preview, rows, standing=applying.standing, number=number, applied=applying.chosen)
    record(EventName.IMPORT_APPLIED, actor=who, about=received, at=at, round=number, **counts)
    finish(received)
    told = replace(preview, rows=tuple(rows), counts=counts_of(rows))
    return Receipt(told, received, applied=True)


def _apply(applying: _Applying, received: Input, *, by: Person, at: datetime) -> list[PreviewRow]:
    """Records the chosen rows sheet by sheet; gives all rows with what became, or would become, of each."""
    target = target_of(received)
    bodies = bodies_of(applying.mending)
    rows: list[PreviewRow] = []
    for sheet in applying.preview.mapping.sheets:
        own = [row for row in applying.preview.rows if row.row.sheet == sheet.name]
        storable = [row.row for row in own if applying.is_chosen(row)]
        outcomes = {}
        if storable:
            write = record_needs if sheet.holds == "needs" else record_actions
            written = write(
                rows_for_plan(
                    storable,
                    target,
                    bodies=bodies,
                    records=applying.mending.records,
                    conflicts=applying.mending.conflicts,
                ),
                framework=target.framework,
                source=source_of(applying.file, sheet.name, received.key),
                plan=target.plan,
                on_behalf_of=target.organisation,
                by=by,
                at=at,
            )
            outcomes = {outcome.row: outcome for outcome in written}
        rows += _with_outcomes(own, outcomes)
    return rows


def _with_outcomes(rows: Sequence[PreviewRow], outcomes: dict[int, RowOutcome]) -> list[PreviewRow]:
    return [PreviewRow(row.row, outcomes.get(row.row.number, row.outcome)) for row in rows]
