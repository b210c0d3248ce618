"""What was given out to an organisation, and who may have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from concord.accounts.queries import can
from concord.accounts.rules import Permission
from concord.intake.models import GivenOut
from concord.plan.queries import scope_of

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
