"""What calls bring to somebody's desk, and what a task on it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.accounts.rules import ROLE_PERMISSIONS, Permission
from concord.intake.call_rules import WAITED_FOR
from concord.intake.queries.calls import calls_asking, calls_visible_to, open_objections, standings_in
from concord.kernel import clock
from concord.web.members.told import say_date

if TYPE_CHECKING:
    from concord.plan.models import Framework
    from concord.web.members.visit import Visit


@dataclass(frozen=True, slots=True)
class Task:
    """One thing that waits: what, why, until when, and the one button."""

    text: str
    why: str
    href: str
    button: str
    until: str = ""
    late: bool = False


def calls_tasks(visit: Visit, framework: Framework) -> Iterator[Task]:
    """Calls that wait: for the person's own organisation, for its officers to chase, and for answers."""
    own = [
        held.organisation
        for held in visit.powers.roles
        if held.organisation
        and held.within.framework == framework.ref
        and Permission.REPORT_OWN in ROLE_PERMISSIONS[held.role]
    ]
    today = clock.now().date()
    for asked in calls_asking(own, framework) if own else []:
        yield Task(
            _("%(call)s: how do the actions of %(body)s stand?")
            % {"call": asked.call.title, "body": asked.organisation.short},
            _("The secretariat asks every organisation. Confirm what stands and change the rest."),
            f"{reverse('members:actions')}?show=mine",
            _("Look at them"),
            until=say_date(asked.call.closes_on),
            late=asked.call.closes_on < today,
        )
    for call in calls_visible_to(visit.person, framework).filter(state="open"):
        waiting = sum(standing in WAITED_FOR for _body, standing, _at in standings_in(call))
        if waiting:
            yield Task(
                ngettext(
                    "%(call)s waits for %(n)d organisation", "%(call)s waits for %(n)d organisations", waiting
                )
                % {"call": call.title, "n": waiting},
                _("The list says who has reacted, and whom to call."),
                f"{reverse('members:call', args=[call.key])}?standing=waiting",
                _("See who"),
                until=say_date(call.closes_on),
                late=call.closes_on < today,
            )
    for objection in open_objections(framework, actor=visit.person):
        yield Task(
            _("%(body)s objects to what was entered on its behalf")
            % {"body": objection.entry.organisation.name},
            objection.text[:200],
            reverse("members:objection", args=[objection.key]),
            _("Answer it"),
        )
