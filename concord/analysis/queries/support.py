"""Proposals of which action answers which need, for the person who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from concord.accounts.queries import Actor
from concord.analysis.models import CoverageProposal
from concord.analysis.rules import PROPOSED_FROM
from concord.kernel.errors import NotFound
from concord.plan.queries import actions_visible_to, needs_in, needs_visible_to

if TYPE_CHECKING:
    from concord.plan.models import Framework, Need, Plan


def proposals_of(plan: Plan, *, actor: Actor, at_least: float = PROPOSED_FROM) -> QuerySet[CoverageProposal]:
    """The open proposals for the needs of a plan, by need, the likeliest first.

    Open: proposed by the last run, not confirmed as a link, not refused as it stands now. Need and
    action must both be visible to the actor.
    """
    needs = needs_in(plan, actor=actor).values("pk")
    return open_proposals(plan.framework, actor=actor).filter(need__in=needs, score__gte=at_least)


def proposals_for(need: Need, *, actor: Actor) -> QuerySet[CoverageProposal]:
    """The open proposals for one need, weak ones too, the likeliest first."""
    return open_proposals(need.framework, actor=actor).filter(need=need)


def refused_for(need: Need, *, actor: Actor) -> QuerySet[CoverageProposal]:
    """The proposals for one need that people refused, as they stand now, the latest refusal first."""
    found = _visible(need.framework, actor).filter(need=need, refused_digest=F("digest"))
    return found.order_by("-refused_at", "pk")


def open_proposals(framework: Framework, *, actor: Actor) -> QuerySet[CoverageProposal]:
    """All open proposals of a framework that the actor may see."""
    confirmed = Q(("is_confirmed", True))  # an annotation, which the model's types do not know
    found = _visible(framework, actor).filter(~confirmed, is_live=True)
    return found.exclude(refused_digest=F("digest")).order_by("need", "-score", "action")


def proposal_named(key: str, *, actor: Actor) -> CoverageProposal:
    """One proposal by its key, answered ones too, with need and action loaded.

    Raises:
        NotFound: there is none, or the actor may not see need or action.
    """
    found = CoverageProposal.objects.filter(key=key).select_related("framework").first()
    if found is None:
        raise NotFound(_NO_PROPOSAL)
    return visible_proposal(found, actor=actor)


def visible_proposal(proposal: CoverageProposal, *, actor: Actor) -> CoverageProposal:
    """The proposal as it is now, with `is_confirmed`, if the actor may see it; raises like its sister."""
    seen = _visible(proposal.framework, actor).filter(pk=proposal.pk).first()
    if seen is None:
        raise NotFound(_NO_PROPOSAL)
    return seen


_NO_PROPOSAL = "There is no such proposal."


def _visible(framework: Framework, actor: Actor) -> QuerySet[CoverageProposal]:
    """With `is_confirmed`: whether a person confirmed the link."""
    needs = needs_visible_to(actor, framework)
    confirmed = needs.filter(pk=OuterRef("need"), links__action=OuterRef("action"))
    return (
        CoverageProposal.objects.filter(
            framework=framework,
            need__in=needs.values("pk"),
            action__in=actions_visible_to(actor, framework).values("pk"),
        )
        .annotate(is_confirmed=Exists(confirmed))
        .select_related("framework", "need__framework", "need__pillar", "action__framework")
    )
