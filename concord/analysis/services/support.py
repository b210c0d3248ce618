"""What people answer about proposed support: confirm, refuse, take a refusal back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from concord.accounts.rules import Permission
from concord.analysis import events
from concord.analysis.models import CoverageProposal
from concord.analysis.queries import proposals_of, visible_proposal
from concord.analysis.rules import ProposalMove, ProposalState, proposal_after, proposal_state, strength_of
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import StaleWrite
from concord.plan.queries import require_on
from concord.plan.services import confirm_link, confirm_links

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.plan.models import NeedLink, Plan

STALE = "Somebody answered this proposal, or a new analysis changed it, since you opened it. Look again."


@transaction.atomic
def confirm_proposal(
    proposal: CoverageProposal, *, strength: str, expected_version: int, by: Person, at: datetime
) -> NeedLink:
    """Confirms that the action answers the need, "direct" or "partly"; the link is the plan's.

    Raises:
        NotFound: hidden from `by`; NotPermitted; IllegalMove: confirmed already, refused, or no
        longer proposed; StaleWrite; BadInput: another strength.
    """
    proposal = visible_proposal(proposal, actor=by)
    require_on(by, Permission.CONFIRM_LINK, proposal.need)
    _claim(proposal, expected_version)
    proposal_after(_state(proposal), ProposalMove.CONFIRM)
    link = confirm_link(action=proposal.action, need=proposal.need, strength=strength, by=by, at=at)
    _announce([proposal])
    return link


@transaction.atomic
def confirm_proposals(plan: Plan, *, at_least: float, by: Person, at: datetime) -> list[NeedLink]:
    """Confirms all open proposals for the plan's needs from a probability on, under one event.

    How the action answers is read from the score (rules.strength_of); a person can change each
    link afterwards. Nothing to confirm: an empty list, and no event.

    Raises:
        NotPermitted: `by` may not confirm links for one of the needs; nothing is confirmed then.
    """
    proposals = list(proposals_of(plan, actor=by, at_least=at_least))
    links = [(each.action, each.need, strength_of(each.score)) for each in proposals]
    confirmed = confirm_links(links, by=by, at=at)
    CoverageProposal.objects.filter(pk__in=[each.pk for each in proposals]).update(version=F("version") + 1)
    _announce(proposals)
    return confirmed


@transaction.atomic
def refuse_proposal(
    proposal: CoverageProposal, *, reason: str = "", expected_version: int, by: Person, at: datetime
) -> CoverageProposal:
    """Records that the action does not answer the need. It stays away until one of the two says
    something else.

    Raises:
        NotFound; NotPermitted; IllegalMove: confirmed (remove the link instead), refused already,
        or no longer proposed; StaleWrite.
    """
    proposal = visible_proposal(proposal, actor=by)
    require_on(by, Permission.CONFIRM_LINK, proposal.need)
    _claim(proposal, expected_version)
    proposal_after(_state(proposal), ProposalMove.REFUSE)
    CoverageProposal.objects.filter(pk=proposal.pk).update(
        refused_by=by, refused_at=at, refused_reason=reason.strip(), refused_digest=proposal.digest
    )
    _record(EventName.LINK_DISMISSED, proposal, by, at)
    return visible_proposal(proposal, actor=by)


@transaction.atomic
def undo_refusal(
    proposal: CoverageProposal, *, expected_version: int, by: Person, at: datetime
) -> CoverageProposal:
    """Takes a refusal back; the proposal is open again. Raises like refuse_proposal."""
    proposal = visible_proposal(proposal, actor=by)
    require_on(by, Permission.CONFIRM_LINK, proposal.need)
    _claim(proposal, expected_version)
    proposal_after(_state(proposal), ProposalMove.UNDO)
    CoverageProposal.objects.filter(pk=proposal.pk).update(
        refused_by=None, refused_at=None, refused_reason="", refused_digest=""
    )
    _record(EventName.LINK_DISMISSAL_UNDONE, proposal, by, at)
    return visible_proposal(proposal, actor=by)


def _state(proposal: Any) -> ProposalState:
    """Of a row of queries.visible_proposal, which carries `is_confirmed`."""
    return proposal_state(
        is_live=proposal.is_live,
        is_confirmed=proposal.is_confirmed,
        is_refused=bool(proposal.refused_digest) and proposal.refused_digest == proposal.digest,
    )


def _claim(proposal: CoverageProposal, expected_version: int) -> None:
    mine = CoverageProposal.objects.filter(pk=proposal.pk, version=expected_version)
    if mine.update(version=F("version") + 1) != 1:
        raise StaleWrite(STALE)


def _record(event: EventName, proposal: CoverageProposal, by: Person, at: datetime) -> None:
    record(event, actor=by, about=proposal, at=at, need=proposal.need.key, action=proposal.action.key)
    _announce([proposal])


def _announce(proposals: Sequence[CoverageProposal]) -> None:
    transaction.on_commit(
        partial(events.support_answered.send_robust, sender=CoverageProposal, proposals=list(proposals))
    )
