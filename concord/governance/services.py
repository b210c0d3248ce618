"""The only code that writes meetings, decisions, comments and adjustments."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.audit.events import EventName
from concord.audit.services import record
from concord.governance.events import decision_recorded
from concord.governance.models import (
    Adjustment,
    AgendaItem,
    Comment,
    Decision,
    DecisionText,
    Meeting,
    Standing,
)
from concord.governance.queries import standing_of
from concord.governance.rules import (
    SUBMIT,
    DecisionKind,
    TextState,
    next_adjustment_state,
    next_state,
    require_texts,
)
from concord.kernel.errors import BadInput, IllegalMove, NotPermitted, StaleWrite
from concord.plan.queries import scope_of

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.plan.models import Framework, Plan, PlanVersion

STALE = "Somebody else decided on this text since you opened it. Read it again."


@transaction.atomic
def add_meeting(
    framework: Framework, *, title: str, held_on: date, place: str = "", by: Person, at: datetime
) -> Meeting:
    """A meeting of the framework's Board, past or to come.

    Raises:
        NotPermitted: by may not record decisions. BadInput: no title.
    """
    require(by, Permission.RECORD_DECISION, within=scope_of(framework))
    meeting = Meeting.objects.create(
        framework=framework, title=_needed(title, "the meeting's title"), held_on=held_on, place=place.strip()
    )
    record(EventName.MEETING_ADDED, actor=by, about=meeting, at=at, held_on=held_on.isoformat())
    return meeting


@transaction.atomic
def add_agenda_item(
    meeting: Meeting, *, number: int, title: str, version: PlanVersion | None = None, by: Person, at: datetime
) -> AgendaItem:
    """A point of the agenda; with a version, that text is submitted to the Board.

    Raises:
        NotPermitted. BadInput: no title, or the number is taken. IllegalMove: the text stands so that
        it cannot be submitted, or is another framework's. StaleWrite: it was moved meanwhile.
    """
    require(by, Permission.RECORD_DECISION, within=scope_of(meeting.framework))
    if version is not None:
        _move(version, SUBMIT, framework=meeting.framework, decision=None, at=at)
    if meeting.agenda.filter(number=number).exists():
        raise BadInput(f"The agenda has a point {number} already. Give another number.")
    item = AgendaItem.objects.create(
        meeting=meeting, number=number, title=_needed(title, "the point's title"), version=version
    )
    record(EventName.AGENDA_ITEM_ADDED, actor=by, about=meeting, at=at, number=number)
    if version is not None:
        record(EventName.VERSION_SUBMITTED, actor=by, about=version, at=at, meeting=meeting.key)
    return item


@transaction.atomic
def record_decision(
    framework: Framework,
    *,
    kind: str,
    number: str,
    decided_on: date,
    text: str,
    versions: Sequence[PlanVersion] = (),
    place: str = "",
    conditions: str = "",
    meeting: Meeting | None = None,
    is_rehearsal: bool = False,
    by: Person,
    at: datetime,
) -> Decision:
    """What the Board decided, from the chair's conclusions, binding exactly these texts.

    Args:
        kind: one of rules.DecisionKind. number: as the Board writes it. text, conditions: verbatim.
        versions: the texts it concerns, as they were read; their commitments are kept with it.
        is_rehearsal: nobody decided; every page and paper says so.

    Raises:
        NotPermitted. BadInput: something is missing. IllegalMove: a text is endorsed or withdrawn
        already, superseded by a published one, or another framework's. StaleWrite: moved meanwhile.
    """
    require(by, Permission.RECORD_DECISION, within=scope_of(framework))
    for version in versions:
        require(by, Permission.RECORD_DECISION, within=scope_of(version.plan))
    decision_kind = _kind(kind)
    require_texts(decision_kind, len(versions))
    _require_same_framework(framework, meeting)
    decision = Decision.objects.create(
        framework=framework,
        meeting=meeting,
        kind=decision_kind,
        number=_needed(number, "the decision's number"),
        decided_on=decided_on,
        place=place.strip(),
        text=_needed(text, "the text of the decision"),
        conditions=conditions.strip(),
        is_rehearsal=is_rehearsal,
        recorded_by=by,
        recorded_at=at,
    )
    for version in versions:
        _bind(decision, version, at=at)
    _record_decision(decision, versions, by=by, at=at)
    transaction.on_commit(partial(decision_recorded.send, sender=Decision, decision=decision), robust=True)
    return decision


def _bind(decision: Decision, version: PlanVersion, *, at: datetime) -> None:
    """Ties the decision to the text exactly as it was read: its draft number and commitment."""
    read = version.commitment
    version.refresh_from_db(fields=["number", "commitment"])
    if version.commitment != read:
        raise StaleWrite(STALE)
    after = _move(version, decision.kind, framework=decision.framework, decision=decision, at=at)
    DecisionText.objects.create(
        decision=decision,
        version=version,
        commitment=version.commitment,
        makes_endorsed=after is TextState.ENDORSED and decision.kind != DecisionKind.TAKE_NOTE,
    )


def _move(
    version: PlanVersion, move: str, *, framework: Framework, decision: Decision | None, at: datetime
) -> TextState:
    if version.plan.framework_id != framework.pk:
        raise IllegalMove("This text belongs to another framework.")
    before = standing_of(version)
    after = next_state(before.state, move)
    if after is TextState.ENDORSED and before.superseded:
        raise IllegalMove(
            "A later text of this plan is published already. Freeze a new version and take that to the Board."
        )
    if after is TextState.WITHDRAWN and version.number is not None:
        raise IllegalMove("This text is published. Replace it by endorsing and publishing a new version.")
    if after is not before.state:
        _compare_and_set(version, before.state, after, decision=decision, at=at)
    return after


def _compare_and_set(
    version: PlanVersion, before: TextState, after: TextState, *, decision: Decision | None, at: datetime
) -> None:
    if before is TextState.FROZEN:
        try:
            with transaction.atomic():
                Standing.objects.create(version=version, state=after, decision=decision, changed_at=at)
        except IntegrityError:
            raise StaleWrite(STALE) from None
        return
    moved = Standing.objects.filter(version=version, state=before.value).update(
        state=after, decision=decision, changed_at=at
    )
    if moved != 1:
        raise StaleWrite(STALE)


def _record_decision(
    decision: Decision, versions: Sequence[PlanVersion], *, by: Person, at: datetime
) -> None:
    record(
        EventName.DECISION_RECORDED,
        actor=by,
        about=decision,
        at=at,
        kind=decision.kind,
        decided_on=decision.decided_on.isoformat(),
        rehearsal=decision.is_rehearsal,
        texts=[{"version": v.audit_ref[1], "commitment": v.commitment} for v in versions],
    )


@transaction.atomic
def add_comment(version: PlanVersion, *, text: str, about_key: str = "", by: Person, at: datetime) -> Comment:
    """A member's remark on a frozen text, or on one action or need of it (about_key).

    Raises:
        NotPermitted. BadInput: no text.
    """
    require(by, Permission.COMMENT, within=scope_of(version.plan))
    comment = Comment.objects.create(
        version=version, text=_needed(text, "your comment"), about_key=about_key, made_by=by, made_at=at
    )
    record(EventName.COMMENT_MADE, actor=by, about=comment, at=at, version=version.audit_ref[1])
    return comment


@transaction.atomic
def withdraw_comment(comment: Comment, *, by: Person, at: datetime) -> None:
    """Takes one's own comment back; it is kept, and no longer shown.

    Raises:
        NotPermitted: somebody else's. StaleWrite: withdrawn already.
    """
    require(by, Permission.COMMENT, within=scope_of(comment.version.plan))
    if comment.made_by_id != by.pk:
        raise NotPermitted("You may only withdraw your own comment.")
    if Comment.objects.filter(pk=comment.pk, withdrawn_at=None).update(withdrawn_at=at) != 1:
        raise StaleWrite("This comment is withdrawn already.")
    record(EventName.COMMENT_WITHDRAWN, actor=by, about=comment, at=at)


@transaction.atomic
def propose_adjustment(
    plan: Plan, *, proposal: str, reason: str = "", about_key: str = "", by: Person, at: datetime
) -> Adjustment:
    """A change to the plan in force that somebody would like the Board to decide.

    Raises:
        NotPermitted. BadInput: no proposal.
    """
    require(by, Permission.COMMENT, within=scope_of(plan))
    adjustment = Adjustment.objects.create(
        plan=plan,
        proposal=_needed(proposal, "the change you propose"),
        reason=reason.strip(),
        about_key=about_key,
        proposed_by=by,
        proposed_at=at,
    )
    record(EventName.ADJUSTMENT_PROPOSED, actor=by, about=adjustment, at=at, plan=plan.ref)
    return adjustment


@transaction.atomic
def settle_adjustment(
    adjustment: Adjustment, *, move: str, decision: Decision | None = None, by: Person, at: datetime
) -> None:
    """What became of a proposed change: accept, decline (both with the decision), or withdraw.

    Raises:
        NotPermitted. IllegalMove: settled already. StaleWrite: settled meanwhile.
    """
    require(by, Permission.RECORD_DECISION, within=scope_of(adjustment.plan))
    after = next_adjustment_state(adjustment.state, move)
    moved = Adjustment.objects.filter(pk=adjustment.pk, state=adjustment.state).update(
        state=after, decision=decision, settled_at=at
    )
    if moved != 1:
        raise StaleWrite("Somebody else settled this proposal since you opened it. Read it again.")
    record(EventName.ADJUSTMENT_DECIDED, actor=by, about=adjustment, at=at, state=after.value)


def _kind(kind: str) -> DecisionKind:
    try:
        return DecisionKind(kind)
    except ValueError:
        raise BadInput(f"“{kind}” is no kind of decision. Use one of: {', '.join(DecisionKind)}.") from None


def _needed(text: str, what: str) -> str:
    stripped = text.strip()
    if not stripped:
        raise BadInput(f"Give {what}.")
    return stripped


def _require_same_framework(framework: Framework, meeting: Meeting | None) -> None:
    if meeting is not None and meeting.framework_id != framework.pk:
        raise BadInput("That meeting belongs to another framework.")
