"""What comes to one beneficiary: from whom, when, against which of its needs, and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.kernel.errors import NotFound
from concord.plan.queries import actions_visible_to, needs_visible_to, plans_visible_to
from concord.web.members.filters import in_year, say_actions, say_needs
from concord.web.members.need_lists import NEED_STATES
from concord.web.members.rows import (
    Places,
    address_of_action,
    address_of_need,
    edition_row,
    need_meta,
    plan_name,
    with_rows,
)

if TYPE_CHECKING:
    from concord.plan.models import Action, Need
    from concord.plan.queries import NamedPlace
    from concord.web.members.visit import Visit

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One beneficiary in the list."""

    name: str
    href: str
    holds: str


@dataclass(frozen=True, slots=True)
class YearCount:
    """How many actions run, or may run, in one year."""

    year: int
    actions: str
    href: str


@dataclass(frozen=True, slots=True)
class BeneficiaryPage:
    """What members/beneficiary.html shows."""

    name: str
    figures: list[str]
    tabs: list[Shown]
    payers: list[Shown]
    years: list[YearCount]
    rows: list[Shown]
    needs: list[Shown]
    missing: list[Shown]
    naming: Sequence[Any]
    axis: tuple[int, int]
    footnote: str


def beneficiaries_page(visit: Visit) -> list[PlaceLine]:
    """The beneficiaries of the framework with what comes to them, in their order."""
    actions = _by_code(actions_visible_to(visit.person, visit.framework))
    needs = _by_code(needs_visible_to(visit.person, visit.framework))
    return [
        PlaceLine(
            name=place.name,
            href=reverse("members:beneficiary", args=[place.code]),
            holds=_("%(actions)s and %(needs)s")
            % {
                "actions": say_actions(actions.get(place.code, 0)),
                "needs": say_needs(needs.get(place.code, 0)),
            },
        )
        for place in visit.places
    ]


def _by_code(records: Any) -> dict[str, int]:
    rows = records.order_by().values("beneficiary_rows__code").annotate(n=Count("pk", distinct=True))
    return {row["beneficiary_rows__code"]: row["n"] for row in rows}


def beneficiary_page(visit: Visit, code: str, query: Mapping[str, str]) -> BeneficiaryPage:
    """One beneficiary's page over one plan, or over everything.

    Raises:
        NotFound: the framework serves no such place.
    """
    place = _place(visit, code)
    places = Places(visit.places)
    plans = list(plans_visible_to(visit.person, visit.framework))
    chosen = next((plan for plan in plans if plan.ref == query.get("plan")), None)
    actions = actions_visible_to(visit.person, visit.framework).filter(beneficiary_rows__code=code)
    needs = needs_visible_to(visit.person, visit.framework).filter(beneficiary_rows__code=code)
    if chosen is not None:
        actions = actions.filter(pk__in=chosen.placements.values("action"))
        needs = needs.filter(pk__in=chosen.need_placements.values("need"))
    coming = list(with_rows(actions).order_by("start_earliest", "end_latest", "title", "key"))
    stated = list(needs.prefetch_related("beneficiary_rows", "links").order_by("own_id", "key"))
    seen = {action.pk for action in coming}
    lines = [_need(need, code, seen) for need in stated]
    first, last = _period(coming, chosen)
    return BeneficiaryPage(
        name=place.name,
        figures=_figures(place, coming, lines),
        tabs=_tabs(code, plans, chosen),
        payers=_payers(coming),
        years=_years(actions, first, last, code),
        rows=[{"action": edition_row(action), "href": address_of_action(action.key)} for action in coming],
        needs=lines,
        missing=[line for line in lines if not line["answers"] and line["state"] not in ("met", "closed")],
        naming=places.table,
        axis=(first, last),
        footnote=places.footnote_for(_named(code, coming)),
    )


def _named(code: str, coming: Sequence[Action]) -> set[str]:
    return {code, *(row.code for action in coming for row in action.beneficiary_rows.all())}


def _place(visit: Visit, code: str) -> NamedPlace:
    for place in visit.places:
        if place.code == code:
            return place
    raise NotFound("The framework serves no such place.")


def _need(need: Need, code: str, seen: set[int]) -> Shown:
    state = next((row.state for row in need.beneficiary_rows.all() if row.code == code), "not cleared")
    answers = sum(link.action_id in seen for link in need.links.all())
    return {
        "text": need.statement,
        "href": address_of_need(need.key),
        "meta": need_meta(need),
        "state": state,
        "said": str(NEED_STATES[state]),
        "answers": answers,
        "said_answers": ngettext("%(n)d action confirmed", "%(n)d actions confirmed", answers)
        % {"n": answers}
        if answers
        else _("none reported"),
    }


def _figures(place: NamedPlace, coming: Sequence[Action], needs: Sequence[Shown]) -> list[str]:
    rows = [edition_row(action) for action in coming]
    missing = sum(not line["answers"] for line in needs)
    alone = sum(row["beneficiaries"] == [place.code] for row in rows)
    counts = {
        "actions": say_actions(len(rows)),
        "place": place.name,
        "donors": len({name for row in rows for name in row["donors"]}),
        "alone": alone,
        "shared": len(rows) - alone,
        "missing": missing,
        "needs": say_needs(len(needs)),
        "uncleared": sum(line["state"] == "not cleared" for line in needs),
    }
    said = [
        _("%(actions)s for %(place)s, paid by %(donors)d bodies; %(shared)d of them are shared with others.")
        % counts
    ]
    if needs:
        said.append(_("For %(missing)d of %(needs)s no action is confirmed as an answer so far.") % counts)
        said.append(_("%(uncleared)d of %(needs)s are not cleared yet by the national coordinator.") % counts)
    return said


def _tabs(code: str, plans: Sequence[Any], chosen: Any) -> list[Shown]:
    href = reverse("members:beneficiary", args=[code])
    everything = {"text": _("Everything"), "href": href, "current": chosen is None}
    return [
        everything,
        *(
            {"text": plan_name(plan), "href": f"{href}?plan={plan.ref}", "current": plan == chosen}
            for plan in plans
        ),
    ]


def _payers(coming: Sequence[Action]) -> list[Shown]:
    counted: Counter[tuple[str, str]] = Counter()
    for action in coming:
        parts = {
            (part.organisation.key, part.organisation.name) if part.organisation else ("", part.as_written)
            for part in action.participations.all()
            if part.role == "donor"
        }
        counted.update(parts)
    listed = sorted(counted.items(), key=lambda item: (-item[1], item[0][1]))
    return [
        {
            "text": name,
            "href": reverse("members:organisation", args=[key]) if key else "",
            "note": say_actions(count),
        }
        for (key, name), count in listed
    ]


def _years(actions: Any, first: int, last: int, code: str) -> list[YearCount]:
    listed = []
    for year in range(first, last + 1):
        href = f"{reverse('members:actions')}?beneficiary={code}&year={year}"
        listed.append(YearCount(year, say_actions(actions.filter(in_year(year)).count()), href))
    return listed


def _period(coming: Sequence[Action], chosen: Any) -> tuple[int, int]:
    """The years shown: the plan's, or the last ten in which something runs."""
    if chosen is not None:
        return chosen.starts_year, chosen.ends_year
    years = [day.year for action in coming for day in (action.start_earliest, action.end_latest) if day]
    return (max(min(years), max(years) - 9), max(years)) if years else (2018, 2020)
