"""What the coordination pages say of a finding and of a case, in short."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.analysis.queries import CaseRead, last_run
from concord.analysis.rules import FAR, Band
from concord.kernel.money import format_amount
from concord.kernel.scores import said_score

if TYPE_CHECKING:
    from concord.analysis.models import Finding
    from concord.plan.models import Plan

TITLE_SHOWN = 64  # characters of a title in a line of the queue

STATE_OF_KIND = {
    "overlap": "coordinate",
    "duplicate": "double",
    "synergy": "synergy",
    "continuation": "continuation",
}
"""The sign of a kind, as components/state_tag.html calls it."""

TAB_OF_KIND = {
    "overlap": "coordinate",
    "duplicate": "double-entries",
    "synergy": "synergies",
    "continuation": "continuations",
}


def said_run(plan: Plan) -> str:
    """When the plan was analysed last. What the run counted is not said: it saw more than some may see."""
    found = last_run(plan)
    if found is None:
        return _("This plan has not been analysed yet.")
    when = date_format(found.at, "j F Y, H:i")
    return _("Analysed on %(when)s UTC by release %(release)s.") % {
        "when": when,
        "release": found.engine_release,
    }


def said_pair(finding: Finding) -> str:
    """The two actions in a line; long titles are cut."""
    titles = [Truncator(action.title).chars(TITLE_SHOWN) for action in (finding.action_a, finding.action_b)]
    return _("“%(one)s” and “%(other)s”") % {"one": titles[0], "other": titles[1]}


def said_certainty(finding: Finding) -> str:
    """How sure analysis is: "likely (0.82)"."""
    return f"{Band(finding.band).label} ({said_score(finding.score)})"


def said_adjustable(finding: Finding, on: date) -> str:
    """Until when one of the two can still be changed."""
    until = finding.adjustable_until
    if until is None or until < on:
        return _("neither can easily be changed any more")
    if until >= FAR:
        return _("not begun, as far as is reported")
    return _("can be changed until %(day)s") % {"day": date_format(until, "j F Y")}


def said_money(finding: Finding) -> str:
    """The smaller of both amounts, where both state one in the same currency."""
    if finding.money_at_stake is None:
        return ""
    return _("both state money, at least %(amount)s each") % {
        "amount": format_amount(finding.money_at_stake, finding.money_currency)
    }


def said_size(read: CaseRead) -> str:
    """ "5 actions, 7 pairs"; "" for a single pair."""
    if len(read.findings) == 1:
        return ""
    actions = ngettext("%(n)d action", "%(n)d actions", len(read.actions)) % {"n": len(read.actions)}
    pairs = ngettext("%(n)d pair", "%(n)d pairs", len(read.findings)) % {"n": len(read.findings)}
    return f"{actions}, {pairs}"


def strongest_of(read: CaseRead) -> Finding:
    """The pair that a case is ordered by: the likeliest that waits, else the likeliest."""
    return (read.waiting or read.findings)[0]
