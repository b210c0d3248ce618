"""What hangs on an action: the needs it answers, the actions it belongs with, the findings about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.analysis.queries import waiting_of
from concord.kernel.codelists import KINDS
from concord.plan.queries import actions_visible_to, needs_stated, needs_visible_to
from concord.web.members.rows import address_of_action, address_of_need
from concord.web.members.told import say_date

if TYPE_CHECKING:
    from concord.plan.models import Action
    from concord.web.members.visit import Visit

Shown = dict[str, Any]

STRENGTHS = {"direct": gettext_lazy("answers it directly"), "partly": gettext_lazy("answers it partly")}

_FORWARD = {
    "continues": gettext_lazy("continues"),
    "part-of": gettext_lazy("is part of"),
    "joined": gettext_lazy("is joined with"),
    "phased": gettext_lazy("is phased with"),
}
_BACKWARD = {
    "continues": gettext_lazy("is continued by"),
    "part-of": gettext_lazy("includes"),
    "joined": gettext_lazy("is joined with"),
    "phased": gettext_lazy("is phased with"),
}

_MOST_FINDINGS = 20

_STATES = {
    "duplicate": "double",
    "overlap": "coordinate",
    "synergy": "synergy",
    "continuation": "continuation",
}


def needs_answered(visit: Visit, action: Action) -> list[Shown]:
    """The needs that people confirmed this action answers, and those that only its source says it answers,
    as far as the person sees them."""
    seen = needs_visible_to(visit.person, action.framework)
    visible = set(seen.values_list("pk", flat=True))
    links = action.need_links.select_related("need", "confirmed_by").order_by("need__own_id", "need__key")
    return [
        {
            "text": link.need.statement,
            "href": address_of_need(link.need.key),
            "note": _("%(how)s; confirmed by %(person)s on %(day)s")
            % {
                "how": STRENGTHS[link.strength],
                "person": link.confirmed_by.name,
                "day": say_date(link.confirmed_at),
            },
        }
        for link in links
        if link.need_id in visible
    ] + [
        {
            "text": need.statement,
            "href": reverse("members:need-support", args=[need.key]),
            "note": _("its source says so; nobody has confirmed it yet"),
        }
        for need in seen.filter(key__in=needs_stated(action)).exclude(links__action=action)
    ]


def links_of(visit: Visit, action: Action) -> list[Shown]:
    """The actions that people said it belongs with, in words, as far as the person sees them."""
    visible = set(actions_visible_to(visit.person, action.framework).values_list("pk", flat=True))
    forward = [(_FORWARD[link.kind], link.other) for link in action.links.select_related("other")]
    backward = [(_BACKWARD[link.kind], link.action) for link in action.linked_from.select_related("action")]
    return [
        {"how": str(how), "text": other.title, "href": address_of_action(other.key)}
        for how, other in [*forward, *backward]
        if other.pk in visible
    ]


def findings_of_action(visit: Visit, action: Action) -> list[Shown]:
    """What analysis asks about the action and nobody has answered; what presses comes first."""
    about = waiting_of(action.framework, actor=visit.person).filter(Q(action_a=action) | Q(action_b=action))
    found = []
    for finding in about.select_related("action_a", "action_b").order_by("-score", "key_a", "key_b")[
        :_MOST_FINDINGS
    ]:
        other = finding.action_b if finding.action_a_id == action.pk else finding.action_a
        found.append(
            {
                "presses": finding.kind in ("duplicate", "overlap"),
                "state": _STATES[finding.kind],
                "word": KINDS[finding.kind],
                "text": other.title,
                "href": _address_of_pair(finding.key_a, finding.key_b) or address_of_action(other.key),
            }
        )
    return sorted(found, key=lambda line: not line["presses"])


def _address_of_pair(key_a: str, key_b: str) -> str:
    try:
        return reverse("members:pair", args=[key_a, key_b])
    except NoReverseMatch:
        return ""
