"""Reads of the governance room: how a text stands, and what was decided about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from concord.accounts.queries import can
from concord.accounts.rules import Permission
from concord.governance.models import (
    Adjustment,
    AgendaItem,
    Comment,
    Decision,
    DecisionText,
    Meeting,
    Standing,
)
from concord.governance.rules import REHEARSAL_NOTICE, TextState
from concord.kernel.errors import NotFound
from concord.plan.queries import scope_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from concord.accounts.models import Person
    from concord.plan.models import Framework, Plan, PlanVersion


@dataclass(frozen=True, slots=True)
class StandingOfText:
    """How one frozen text stands.

    superseded: a later text of the plan is published. notice: what has to be said beside the
    decision, or empty.
    """

    state: TextState
    decision: Decision | None
    superseded: bool
    notice: str

    @property
    def is_endorsed(self) -> bool:
        """Whether a decision makes it the endorsed text."""
        return self.state is TextState.ENDORSED


def standing_of(version: PlanVersion) -> StandingOfText:
    """How the version stands; a version that nobody submitted or decided on is frozen and no more."""
    row = Standing.objects.filter(version=version).select_related("decision", "decision__meeting").first()
    decision = row.decision if row else None
    return StandingOfText(
        state=TextState(row.state) if row else TextState.FROZEN,
        decision=decision,
        superseded=is_superseded(version),
        notice=REHEARSAL_NOTICE if decision and decision.is_rehearsal else "",
    )


def standings_of(versions: Iterable[PlanVersion]) -> dict[int, TextState]:
    """How several versions stand, by primary key, in one query."""
    keys = [version.pk for version in versions]
    rows = dict(Standing.objects.filter(version__in=keys).values_list("version", "state"))
    return {key: TextState(rows.get(key, TextState.FROZEN)) for key in keys}


def is_superseded(version: PlanVersion) -> bool:
    """Whether a later text of the same plan has been published."""
    later = version.plan.versions.filter(number__isnull=False, draft_number__gt=version.draft_number)
    return later.exists()


def decision_facts(decision: Decision) -> dict[str, Any]:
    """A decision as documents state it: kind, number, on, place, text, conditions, meeting, rehearsal."""
    return {
        "kind": decision.kind,
        "number": decision.number,
        "on": decision.decided_on.isoformat(),
        "place": decision.place,
        "text": decision.text,
        "conditions": decision.conditions,
        "meeting": decision.meeting.title if decision.meeting else None,
        "rehearsal": decision.is_rehearsal,
    }


def decisions_of(plan: Plan) -> QuerySet[Decision]:
    """The decisions about the plan's texts, oldest first."""
    return Decision.objects.filter(texts__version__plan=plan).select_related("meeting").distinct()


def texts_of(decision: Decision) -> QuerySet[DecisionText]:
    """The exact texts that a decision concerns."""
    return decision.texts.select_related("version__plan").defer("version__document")


def meetings_of(framework: Framework) -> QuerySet[Meeting]:
    """The framework's meetings, oldest first."""
    return Meeting.objects.filter(framework=framework)


def meeting_named(framework: Framework, key: str) -> Meeting:
    """The meeting with this key.

    Raises:
        NotFound: the framework has no such meeting.
    """
    meeting = Meeting.objects.filter(framework=framework, key=key).first()
    if meeting is None:
        raise NotFound(f"There is no meeting {key}.")
    return meeting


def agenda_of(meeting: Meeting) -> QuerySet[AgendaItem]:
    """The points of the agenda in their order."""
    return meeting.agenda.select_related("version__plan").defer("version__document")


def comments_on(version: PlanVersion, *, actor: Person) -> QuerySet[Comment]:
    """The comments that stand, for who sees the plan as a member; for others none."""
    if not can(actor, Permission.VIEW_MEMBERS, within=scope_of(version.plan)):
        return Comment.objects.none()
    return Comment.objects.filter(version=version, withdrawn_at=None).select_related("made_by")


def adjustments_of(plan: Plan, *, actor: Person) -> QuerySet[Adjustment]:
    """The proposed changes to a plan, oldest first, for members; for others none."""
    if not can(actor, Permission.VIEW_MEMBERS, within=scope_of(plan)):
        return Adjustment.objects.none()
    return Adjustment.objects.filter(plan=plan)
