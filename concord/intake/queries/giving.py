"""What was given out to an organisation, and who may have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from concord.accounts.queries import can, powers_of
from concord.accounts.rules import Permission
from concord.accounts.scope import Scope
from concord.intake.models import GivenOut
from concord.plan.queries import frameworks_visible_to, scope_of

if TYPE_CHECKING:
    from concord.accounts.models import Organisation
    from concord.accounts.queries import Actor
    from concord.plan.models import Framework, Plan


def may_give_out(actor: Actor, organisation: Organisation, place: Framework | Plan) -> bool:
    """Whether the person may have an organisation's actions as a workbook: its own, or on its behalf."""
    scope = scope_of(place)
    own = can(actor, Permission.REPORT_OWN, within=scope, organisation=organisation)
    return own or can(actor, Permission.ENTER_ON_BEHALF, within=scope)


def given_to(organisation: Organisation, framework: Framework) -> QuerySet[GivenOut]:
    """All that was given out to an organisation, newest first."""
    return GivenOut.objects.filter(organisation=organisation, framework=framework)


def given_lately(actor: Actor) -> QuerySet[GivenOut]:
    """What a person gave out, and what was given out in frameworks whose restricted records they see;
    newest first."""
    given = GivenOut.objects.select_related("organisation", "given_by", "framework")
    powers = powers_of(actor)
    if powers.everything:
        return given
    if actor is None or actor.pk is None:  # an anonymous visitor
        return given.none()
    refs = frameworks_visible_to(actor).values_list("ref", flat=True)
    whole = [ref for ref in refs if powers.can(Permission.VIEW_RESTRICTED, within=Scope(ref))]
    return given.filter(Q(given_by=actor, framework__ref__in=refs) | Q(framework__ref__in=whole))
