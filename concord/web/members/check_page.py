"""What members see of the actions and needs that an idea is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from concord.accounts.rules import Marking
from concord.plan.queries import actions_visible_to, needs_visible_to
from concord.web.idea_page import Known, Result, keys_of, results_of, say_period
from concord.web.members.filters import say_actions, say_needs
from concord.web.members.rows import address_of_action, address_of_need, reporter_of

if TYPE_CHECKING:
    from concord.analysis.services.checking import Checking
    from concord.plan.models import Action, Framework, Need
    from concord.web.members.visit import Visit
    from concord.web.places import Places

TAKING_PART = ("donor", "implementer", "lead", "partner")


def results_for(checking: Checking, framework: Framework, visit: Visit, places: Places) -> list[Result]:
    """Each idea's answer. The actions and needs are read as this person may see them."""
    likes, stated = keys_of(checking)
    actions = (
        actions_visible_to(visit.person, framework)
        .filter(key__in=likes)
        .select_related("reporting_organisation")
        .prefetch_related("beneficiary_rows", "participations__organisation")
    )
    needs = (
        needs_visible_to(visit.person, framework).filter(key__in=stated).prefetch_related("beneficiary_rows")
    )
    return results_of(
        checking,
        {action.key: _action(action, places) for action in actions},
        {need.key: _need(need, places) for need in needs},
        places,
    )


def compared_with(checking: Checking) -> str:
    """What an idea was compared with, in words."""
    return _("Compared with %(actions)s and %(needs)s that you may see. Nothing of it is kept.") % {
        "actions": say_actions(checking.compared_with),
        "needs": say_needs(checking.needs),
    }


def nothing_like_it() -> str:
    """What is said of an idea that nothing is like."""
    return _(
        "Nothing that you may see is like this idea, and no open need asks for it. Write more about it, or "
        "choose beneficiaries and topics, and check again."
    )


def _action(action: Action, places: Places) -> Known:
    about = [
        reporter_of(action),
        places.shorts(row.code for row in action.beneficiary_rows.all()),
        say_period(action.start, action.end) or _("period not reported"),
    ]
    bodies = {
        part.organisation.key if part.organisation else part.as_written: (
            (part.organisation.name, reverse("members:organisation", args=[part.organisation.key]))
            if part.organisation
            else (part.as_written, "")
        )
        for part in action.participations.all()
        if part.role in TAKING_PART
    }
    return Known(
        action.title,
        address_of_action(action.key),
        "; ".join(part for part in about if part),
        tuple(body for key, body in bodies.items() if key),
        _label(action),
    )


def _need(need: Need, places: Places) -> Known:
    about = places.shorts(row.code for row in need.beneficiary_rows.all())
    return Known(need.statement, address_of_need(need.key), about, label=_label(need))


def _label(record: Action | Need) -> str:
    for_all = record.marking in (Marking.CLEAR, Marking.GREEN)
    return "" if for_all else Marking(record.marking).label
