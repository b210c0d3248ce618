"""The list of plans, and how a plan is called on members' pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max
from django.urls import reverse
from django.utils.translation import gettext as _

from concord.plan.queries import (
    actions_visible_to,
    needs_in_no_plan,
    needs_visible_to,
    plans_visible_to,
    pool_of,
)
from concord.publication.queries import editions
from concord.web.members.filters import say_actions, say_needs
from concord.web.members.rows import years_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from concord.plan.models import Plan
    from concord.web.members.visit import Visit


@dataclass(frozen=True, slots=True)
class PlanLine:
    """One plan in the list of plans."""

    title: str
    period: str
    href: str
    pillar: str
    state: str
    versions: str
    holds: str


@dataclass(frozen=True, slots=True)
class PlansPage:
    """What members/plans.html shows."""

    framework: str
    plans: list[PlanLine]
    pool: str
    pool_href: str


def plans_page(visit: Visit) -> PlansPage:
    """The plans of the visit's framework with what stands in them, in a fixed number of queries."""
    framework, person = visit.framework, visit.person
    plans = list(plans_visible_to(person, framework))
    actions = _by_plan(actions_visible_to(person, framework))
    needs = _by_plan(needs_visible_to(person, framework))
    numbers = numbers_of(plan.ref for plan in plans)
    waiting = {
        "actions": say_actions(pool_of(framework, actor=person).count()),
        "needs": say_needs(needs_in_no_plan(framework, actor=person).count()),
    }
    return PlansPage(
        framework=framework.name,
        plans=[
            PlanLine(
                title=plan.title,
                period=period_beside(plan),
                href=reverse("members:plan", args=[plan.ref]),
                pillar=plan.pillar.name if plan.pillar else _("All pillars"),
                state=said_number(numbers.get(plan.ref)),
                versions=reverse("members:versions", args=[plan.ref]),
                holds=_("%(actions)s and %(needs)s")
                % {
                    "actions": say_actions(actions.get(plan.pk, 0)),
                    "needs": say_needs(needs.get(plan.pk, 0)),
                },
            )
            for plan in plans
        ],
        pool=_("In no plan yet: %(actions)s and %(needs)s") % waiting,
        pool_href=reverse("members:pool"),
    )


def _by_plan(records: QuerySet[Any]) -> dict[int, int]:
    rows = records.order_by().values("placements__plan").annotate(n=Count("pk", distinct=True))
    return {row["placements__plan"]: row["n"] for row in rows if row["placements__plan"]}


def numbers_of(refs: Iterable[str]) -> dict[str, int]:
    """The latest published number of each of these plans that has one."""
    rows = (
        editions()
        .order_by()
        .filter(plan__ref__in=list(refs))
        .values("plan__ref")
        .annotate(last=Max("number"))
    )
    return {row["plan__ref"]: row["last"] for row in rows}


def said_number(number: int | None) -> str:
    """What the public can read of a plan."""
    return (
        _("version %(number)d is published") % {"number": number} if number else _("nothing is published yet")
    )


def titled(plan: Plan) -> str:
    """A plan's title with its years, which many titles hold already."""
    return f"{plan.title} {period_beside(plan)}".rstrip()


def period_beside(plan: Plan) -> str:
    """A plan's years, to stand beside its title; empty where the title holds them already."""
    years = years_of(plan)
    return "" if years in plan.title.replace("-", "–") else years
