"""Who may read two actions together: the naming rule, and the counts for those who may not yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q

from concord.accounts.queries import Actor, powers_of, roles_of
from concord.accounts.rules import ROLE_PERMISSIONS, Marking, Permission, Powers, Role
from concord.accounts.scope import Scope
from concord.analysis.models import Asking, Case, Finding
from concord.plan.queries import actions_in, actions_visible_to, scope_of

if TYPE_CHECKING:
    from concord.plan.models import Framework, Plan

FOR_ALL_MEMBERS: Final = (Marking.CLEAR, Marking.GREEN)
FOR_ALL: Final = Q(action_a__marking__in=FOR_ALL_MEMBERS, action_b__marking__in=FOR_ALL_MEMBERS)
"""Findings of which both actions may be seen by every member; only these are ever put to sources, told
with names, or counted for others."""

CONFIRMED: Final = Q(confirmed_at__isnull=False)


def told_to(actor: Actor, framework: Framework) -> Q:
    """Which findings of a framework may be read, with both names, by this actor; as a condition.

    Those who coordinate (ASSESS_FINDING, for a pillar what touches the pillar) and the auditor read
    all; a source reads those of its own actions that were put to it, unless the question was withdrawn;
    everybody else only what the secretariat confirmed after both sources could answer. Whether the two
    actions may be seen at all is asked apart.

    Source: docs/adr/0028-sources-are-asked-before-names-are-told.md.
    """
    powers, whole = powers_of(actor), Scope(framework.ref)
    if powers.can(Permission.ASSESS_FINDING, within=whole) or Role.AUDITOR in roles_of(actor, whole):
        return Q()
    told = CONFIRMED
    if pillars := _pillars_of(powers, framework):
        mine = actions_visible_to(actor, framework).filter(pillar_rows__pillar__ref__in=pillars).values("pk")
        told |= _touching(mine)
    if pks := _put_to(own_organisations(actor, framework)):
        told |= Q(pk__in=pks)
    return told


def own_organisations(actor: Actor, framework: Framework) -> frozenset[int]:
    """Primary keys of the organisations that the actor reports for in a framework."""
    return frozenset(
        held.organisation
        for held in powers_of(actor).roles
        if held.organisation is not None
        and held.within.framework == framework.ref
        and Permission.REPORT_OWN in ROLE_PERMISSIONS[held.role]
    )


def reads_untold(actor: Actor, plan: Plan) -> bool:
    """Whether the actor coordinates a plan, or audits it: reads its findings before they are told."""
    within = scope_of(plan)
    can = powers_of(actor).can(Permission.ASSESS_FINDING, within=within)
    return can or Role.AUDITOR in roles_of(actor, Scope(plan.framework.ref))


def follows_case(actor: Actor, case: Case) -> bool:
    """Whether the actor coordinates this case, or audits it: reads what its sources were asked and said."""
    powers, whole = powers_of(actor), Scope(case.framework.ref)
    if powers.can(Permission.ASSESS_FINDING, within=whole) or Role.AUDITOR in roles_of(actor, whole):
        return True
    pillars = _pillars_of(powers, case.framework)
    mine = actions_visible_to(actor, case.framework).filter(pillar_rows__pillar__ref__in=pillars).values("pk")
    return bool(pillars) and Finding.objects.filter(_touching(mine), case=case).exists()


def _pillars_of(powers: Powers, framework: Framework) -> set[str]:
    return {
        held.within.pillar
        for held in powers.roles
        if held.within.framework == framework.ref
        and held.within.pillar
        and powers.can(Permission.ASSESS_FINDING, within=held.within)
    }


def _touching(actions: Any) -> Q:
    """One of the two is among these actions, or was merged into one of them."""
    return (
        Q(action_a__in=actions)
        | Q(action_b__in=actions)
        | Q(action_a__merged_into__in=actions)
        | Q(action_b__merged_into__in=actions)
    )


def _put_to(own: Iterable[int]) -> list[int]:
    """Primary keys of the findings about own actions that were put to one of these organisations, by a
    question that was not withdrawn."""
    bodies = list(own)
    if not bodies:
        return []
    asked = Asking.objects.filter(sources__organisation__in=bodies, withdrawn_by=None)
    keys = {tuple(pair) for pairs in asked.values_list("pairs", flat=True) for pair in pairs}
    if not keys:
        return []
    mine = Q(action_a__reporting_organisation__in=bodies) | Q(action_b__reporting_organisation__in=bodies)
    rows = Finding.objects.filter(mine, key_a__in={a for a, _b in keys}).values_list("pk", "key_a", "key_b")
    return [pk for pk, key_a, key_b in rows if (key_a, key_b) in keys]


@dataclass(frozen=True, slots=True)
class MeasureCount:
    """How many pairs touch one measure; code and name are "" for actions not yet placed under one.

    order: its place in the plan's template; that of actions not yet placed is the last.
    """

    code: str
    name: str
    pairs: int
    order: int


@dataclass(frozen=True, slots=True)
class Counted:
    """How many pairs of a plan wait to be coordinated, in all and per measure; no pair is told.

    A pair whose two actions stand under different measures counts once in `pairs`, and under each.
    """

    pairs: int
    measures: tuple[MeasureCount, ...]


def counts_by_measure(plan: Plan, *, actor: Actor, on: date, kind: str = "overlap") -> Counted:
    """What waits to be coordinated in a plan, told as numbers: for those who may not read the pairs yet.

    Only pairs of which every member may see both actions count, whoever asks, so that the numbers
    tell nothing about restricted ones. kind: "overlap" or "duplicate".
    """
    from concord.analysis.queries.findings import waiting_pairs  # it asks this module who may read what

    visible = actions_in(plan, actor=actor).filter(marking__in=FOR_ALL_MEMBERS).values("pk")
    fields = ("action", "measure__order", "measure__code", "measure__name")
    stands: dict[int, tuple[int, str, str]] = {
        pk: (order if order is not None else _LAST, code or "", name or "")
        for pk, order, code, name in plan.placements.filter(is_main=True, action__in=visible).values_list(
            *fields
        )
    }
    pairs = 0
    counted: Counter[tuple[int, str, str]] = Counter()
    waiting = waiting_pairs(plan.framework, on=on).filter(FOR_ALL, kind=kind)
    for a, b in waiting.values_list("action_a", "action_b"):
        touched = {stands[pk] for pk in (a, b) if pk in stands}
        if touched:
            pairs += 1
            counted.update(touched)
    measures = [
        MeasureCount(code, name, number, order) for (order, code, name), number in sorted(counted.items())
    ]
    return Counted(pairs, tuple(measures))


_LAST: Final = 1_000_000
"""After every measure: actions that stand under none."""
