"""What questions to sources bring to somebody's desk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.analysis.queries import waiting_for_sources, withdrawn_from
from concord.analysis.rules import Sort
from concord.kernel import clock
from concord.web.asked import TITLES, say_day
from concord.web.members.desk_calls import Task

if TYPE_CHECKING:
    from concord.plan.models import Framework
    from concord.web.members.visit import Visit


def asked_tasks(visit: Visit, framework: Framework) -> Iterator[Task]:
    """What a source is asked and has not replied to, one line for each asking; and until the day that it
    named, what was withdrawn."""
    today = clock.now().date()
    for put in waiting_for_sources(visit.person, framework, on=today):
        until = put.asking.answers_until
        count = len(put.actions)
        yield Task(
            str(TITLES[Sort(put.sort)]) + " " + "; ".join(f"“{action.title}”" for action in put.actions[:2]),
            ngettext(
                "All who report it are asked the same, at the same moment.",
                "All who report these %(n)d actions are asked the same, at the same moment.",
                count,
            )
            % {"n": count},
            reverse("members:asked", args=[put.asking.key]),
            _("Read it and reply"),
            until=say_day(until),
            late=until < today,
        )
    for put in withdrawn_from(visit.person, framework, on=today):
        yield Task(
            _("A question to %(body)s was withdrawn") % {"body": put.source.organisation.name},
            _("You need not answer it, and nothing follows from it for your actions."),
            reverse("members:asked", args=[put.asking.key]),
            _("Read it"),
        )
