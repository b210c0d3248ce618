"""Records rows about actions and needs: origins, statements, columns and places, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F

from concord.accounts.queries import can, require
from concord.accounts.rules import Permission
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import BadInput, StaleWrite
from concord.plan.comparison import Comparison, compare_actions, compare_needs
from concord.plan.events import announce_actions
from concord.plan.identities import MatchedAction, MatchedNeed, match_actions, match_needs
from concord.plan.models import Action, Framework, Need, Origin, Plan, Statement
from concord.plan.naming import Chosen
from concord.plan.queries.scopes import actions_for_whom_can, scope_of
from concord.plan.rows import ActionRow, NeedRow, RowOutcome, Source
from concord.plan.rules import decode
from concord.plan.services.columns import (
    pillars_by_acronym,
    set_action_columns,
    set_need_columns,
    write_action_rows,
    write_need_rows,
)
from concord.plan.services.keeping import keep_received
from concord.plan.services.placing import place_actions_by_rule, place_needs_by_rule
from concord.plan.services.recordings import before_recording, keep_recordings

if TYPE_CHECKING:
    from concord.accounts.models import Organisation, Person


@dataclass(frozen=True, slots=True)
class _Batch:
    """What all rows of one call share."""

    framework: Framework
    source: Source
    plan: Plan | None
    on_behalf_of: Organisation | None
    by: Person
    at: datetime

    def origin(self, row: int) -> Origin:
        return Origin(
            framework=self.framework,
            kind=Origin.Kind.FILE,
            file_name=self.source.file_name,
            file_sha256=self.source.file_sha256,
            sheet=self.source.sheet,
            row=row,
            page_address=self.source.page_address,
            receipt=self.source.receipt,
            entered_by=self.by,
            on_behalf_of=self.on_behalf_of,
            at=self.at,
        )


@transaction.atomic
def record_actions(
    rows: Sequence[ActionRow],
    *,
    framework: Framework,
    source: Source,
    plan: Plan | None = None,
    on_behalf_of: Organisation | None = None,
    by: Person,
    at: datetime,
) -> list[RowOutcome]:
    """Records the rows of one sheet; the same rows a second time change nothing.

    A value that its own source changed replaces the earlier one; what a person set stays chosen
    and the row's value is kept as a question. A row about a merged record goes to its target.
    With a plan every row stands in it; without, each stands where its pillars and period say.

    Returns:
        One outcome per row, in the rows' order.

    Raises:
        NotPermitted: entering for others takes ENTER_ON_BEHALF, own rows REPORT_OWN.
        BadInput: a value that cannot be stored, two rows about one record, an unknown key.
        StaleWrite: somebody changed one of the records in the same moment; nothing was written.
    """
    matched = match_actions(rows, framework=framework, source=source, on_behalf_of=on_behalf_of)
    _require_entry(matched, framework=framework, plan=plan, by=by)
    batch = _Batch(framework, source, plan, on_behalf_of, by, at)
    comparisons = compare_actions(matched, file_name=source.file_name)
    own = _own(((match, match.target) for match in matched), batch)
    touched = [
        match.target
        for match, comparison in zip(matched, comparisons, strict=True)
        if match.target is not None and (_states(comparison) or match.target.pk in own)
    ]
    before = before_recording(touched) if source.receipt else {}
    try:
        targets = _write_actions(matched, comparisons, batch)
    except IntegrityError as error:
        raise StaleWrite("Somebody recorded one of these actions in the same moment. Try again.") from error
    new = [t for m, t in zip(matched, targets, strict=True) if m.target is None]
    keep_recordings(source.receipt, before, [*new, *touched], at=at)
    outcomes = [
        comparison.outcome(
            match.row.row,
            key=target.key,
            is_new=match.identity is None,
            is_withdrawn=match.is_withdrawn,
        )
        for match, comparison, target in zip(matched, comparisons, targets, strict=True)
    ]
    _record_event(EventName.ACTIONS_RECORDED, outcomes, batch)
    announce_actions(framework, [each.key for each in outcomes if each.state in ("new", "changed")])
    return outcomes


@transaction.atomic
def record_needs(
    rows: Sequence[NeedRow],
    *,
    framework: Framework,
    source: Source,
    plan: Plan | None = None,
    on_behalf_of: Organisation | None = None,
    by: Person,
    at: datetime,
) -> list[RowOutcome]:
    """Records the rows of one sheet of needs; on_behalf_of is who stated or entered them.

    Returns and raises like record_actions; entering needs takes STATE_NEED or ENTER_ON_BEHALF.
    """
    scope = scope_of(plan or framework)
    if not can(by, Permission.ENTER_ON_BEHALF, within=scope):
        require(by, Permission.STATE_NEED, within=scope)
    batch = _Batch(framework, source, plan, on_behalf_of, by, at)
    matched = match_needs(rows, framework=framework)
    comparisons = compare_needs(matched)
    touched = [
        match.need
        for match, comparison in zip(matched, comparisons, strict=True)
        if match.need is not None and _states(comparison)
    ]
    before = before_recording(touched) if source.receipt else {}
    try:
        needs = _write_needs(matched, comparisons, batch)
    except IntegrityError as error:
        raise StaleWrite("Somebody recorded one of these needs in the same moment. Try again.") from error
    new = [n for m, n in zip(matched, needs, strict=True) if m.need is None]
    keep_recordings(source.receipt, before, [*new, *touched], at=at)
    outcomes = [
        comparison.outcome(match.row.row, key=need.key, is_new=match.need is None)
        for match, comparison, need in zip(matched, comparisons, needs, strict=True)
    ]
    _record_event(EventName.NEEDS_RECORDED, outcomes, batch)
    return outcomes


def _require_entry(
    matched: Sequence[MatchedAction], *, framework: Framework, plan: Plan | None, by: Person
) -> None:
    scope = scope_of(plan or framework)
    if can(by, Permission.ENTER_ON_BEHALF, within=scope):
        return
    for match in matched:
        require(by, Permission.REPORT_OWN, within=scope, organisation=match.reporter.organisation)
        owner = match.identity.reporting_organisation if match.identity else match.reporter.organisation
        if not can(by, Permission.REPORT_OWN, within=scope, organisation=owner):
            raise BadInput(f"Row {match.row.row}: there is no action with the key {match.row.key} of yours.")


def _write_actions(
    matched: Sequence[MatchedAction], comparisons: Sequence[Comparison], batch: _Batch
) -> list[Action]:
    targets = [match.target or _new_action(match, batch) for match in matched]
    written = [
        (target, _chosen({**comparison.added, **comparison.changed}, batch))
        for target, comparison in zip(targets, comparisons, strict=True)
        if comparison.added or comparison.changes_facts
    ]
    for action, items in written:
        touched = set_action_columns(action, items)
        if action.pk is not None:
            _update(action, touched)
    Action.objects.bulk_create([action for action in targets if action.pk is None])
    keep_received(
        match.row.received
        for match, comparison in zip(matched, comparisons, strict=True)
        if "received" in comparison.added or "received" in comparison.changed
    )
    _write_statements(
        [
            (comparison, match.row.row, {"action": target}, _brought_for(match))
            for match, comparison, target in zip(matched, comparisons, targets, strict=True)
        ],
        batch,
    )
    write_action_rows(dict(written), framework=batch.framework)
    place_actions_by_rule([action for action, _ in written], framework=batch.framework, plan=batch.plan)
    _confirm_own(matched, targets, batch)
    return targets


def _new_action(match: MatchedAction, batch: _Batch) -> Action:
    return Action(
        framework=batch.framework,
        reporting_organisation=match.reporter.organisation,
        reported_by_as_written=match.reporter.as_written,
        own_id=match.row.own_id,
        iati_identifier=match.row.iati_identifier,
    )


def _brought_for(match: MatchedAction) -> Action | None:
    return match.identity if match.identity != match.target else None


def _write_needs(
    matched: Sequence[MatchedNeed], comparisons: Sequence[Comparison], batch: _Batch
) -> list[Need]:
    pillars = pillars_by_acronym(batch.framework)
    needs = [
        match.need or Need(framework=batch.framework, own_id=match.row.own_id, entered_for=batch.on_behalf_of)
        for match in matched
    ]
    written = [
        (need, _chosen({**comparison.added, **comparison.changed}, batch))
        for need, comparison in zip(needs, comparisons, strict=True)
        if comparison.added or comparison.changed
    ]
    for need, items in written:
        touched = set_need_columns(need, items, pillars)
        if need.pk is not None:
            _update(need, touched)
    Need.objects.bulk_create([need for need in needs if need.pk is None])
    _write_statements(
        [
            (comparison, match.row.row, {"need": need}, None)
            for match, comparison, need in zip(matched, comparisons, needs, strict=True)
        ],
        batch,
    )
    write_need_rows(dict(written))
    place_needs_by_rule([need for need, _ in written], framework=batch.framework, plan=batch.plan)
    return needs


def _chosen(texts: Mapping[str, str], batch: _Batch) -> list[Chosen]:
    return [Chosen(field, decode(text), batch.source.file_name) for field, text in texts.items()]


def _update(row: Action | Need, touched: Iterable[str]) -> None:
    """Compare-and-set of one existing record's columns."""
    values = {column: getattr(row, column) for column in touched}
    found = type(row)._default_manager.filter(pk=row.pk, version=row.version)
    if not found.update(version=F("version") + 1, **values):
        raise StaleWrite("Somebody changed one of these records in the same moment. Try again.")
    row.version += 1


def _write_statements(
    items: Sequence[tuple[Comparison, int, Mapping[str, Action | Need], Action | None]], batch: _Batch
) -> None:
    """The statements of each row under one origin per row; earlier choices of the same fields end."""
    stating = [item for item in items if item[0].added or item[0].changed or item[0].conflicting]
    origins = Origin.objects.bulk_create([batch.origin(row) for _, row, _, _ in stating])
    for comparison, _, about, _ in stating:
        if comparison.changed:
            Statement.objects.filter(**about, field__in=comparison.changed, chosen=True).update(chosen=False)
    Statement.objects.bulk_create(
        Statement(
            **about,
            field=field,
            value=text,
            origin=origin,
            chosen=field not in comparison.conflicting,
            is_question=field in comparison.conflicting,
            brought_for=brought_for,
        )
        for (comparison, _, about, brought_for), origin in zip(stating, origins, strict=True)
        for field, text in {**comparison.added, **comparison.changed, **comparison.conflicting}.items()
    )


def _confirm_own(matched: Sequence[MatchedAction], targets: Sequence[Action], batch: _Batch) -> None:
    """A source that sends its own row confirms it; rows entered on its behalf stay unconfirmed."""
    own = _own(zip(matched, targets, strict=True), batch)
    if own:
        Action.objects.filter(pk__in=own).update(last_confirmed_on=batch.at.date())


def _own(sent: Iterable[tuple[MatchedAction, Action | None]], batch: _Batch) -> set[int]:
    """The primary keys of the records that their own source sends, in a fixed number of queries."""
    if batch.by.is_system:
        return set()
    pks = {target.pk for match, target in sent if target is not None and not match.reporter.as_written}
    return pks - actions_for_whom_can(batch.by, Permission.ENTER_ON_BEHALF, pks, batch.framework)


def _states(comparison: Comparison) -> bool:
    return bool(comparison.added or comparison.changed or comparison.conflicting)


def _record_event(event: EventName, outcomes: Sequence[RowOutcome], batch: _Batch) -> None:
    states = ("new", "changed", "same", "conflict")
    counts = {state: sum(outcome.state == state for outcome in outcomes) for state in states}
    about = batch.plan or batch.framework
    record(event, actor=batch.by, about=about, at=batch.at, file_sha256=batch.source.file_sha256, **counts)
