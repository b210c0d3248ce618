"""Frameworks, plans, names and versions, by the refs that people and commands use."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db.models import QuerySet

from concord.accounts.queries import Actor, powers_of
from concord.kernel.errors import NotFound
from concord.plan.models import BeneficiaryName, Framework, Plan, PlanVersion


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A beneficiary as people read it; `footnote` is "" where its name needs none."""

    code: str
    name: str
    short: str
    order: int
    footnote: str


def framework_named(ref: str) -> Framework:
    """A framework by its ref.

    Raises:
        NotFound: there is none; the message names those that exist.
    """
    found = Framework.objects.filter(ref=ref).select_related("secretariat").first()
    if found is None:
        refs = ", ".join(Framework.objects.values_list("ref", flat=True)) or "none yet"
        raise NotFound(f"There is no framework “{ref}”. Frameworks here: {refs}.")
    return found


def plan_named(ref: str) -> Plan:
    """A plan by its ref.

    Raises:
        NotFound: there is none; the message names those that exist.
    """
    plans = Plan.objects.select_related(
        "framework__secretariat", "pillar__framework", "template", "predecessor"
    )
    found = plans.filter(ref=ref).first()
    if found is None:
        refs = ", ".join(Plan.objects.values_list("ref", flat=True)) or "none yet"
        raise NotFound(f"There is no plan “{ref}”. Plans here: {refs}.")
    return found


def plans_visible_to(actor: Actor, framework: Framework | None = None) -> QuerySet[Plan]:
    """The plans whose members' pages a person may open, by period and pillar."""
    plans = Plan.objects.select_related("framework", "pillar", "template")
    if framework is not None:
        plans = plans.filter(framework=framework)
    powers = powers_of(actor)
    if powers.everything:
        return plans
    entered = [ref for ref in Framework.objects.values_list("ref", flat=True) if powers.may_enter(ref)]
    return plans.filter(framework__ref__in=entered)


def frameworks_visible_to(actor: Actor) -> QuerySet[Framework]:
    """The frameworks whose members' pages a person may open."""
    powers = powers_of(actor)
    if powers.everything:
        return Framework.objects.all()
    refs = Framework.objects.values_list("ref", flat=True)
    return Framework.objects.filter(ref__in=[ref for ref in refs if powers.may_enter(ref)])


def plan_visible(ref: str, *, actor: Actor) -> Plan:
    """One plan as a person may open it.

    Raises:
        NotFound: there is none, or the person may not open it; the two look alike.
    """
    plans = plans_visible_to(actor).select_related("framework__secretariat", "pillar__framework", "template")
    found = plans.filter(ref=ref).first()
    if found is None:
        raise NotFound("There is no such plan, or you may not see it.")
    return found


def version_named(plan: Plan, ref: str) -> PlanVersion:
    """A version by what people call it: "2" is the published version 2, "d3" draft 3.

    Raises:
        NotFound: the text is neither, or there is no such version.
    """
    versions = PlanVersion.objects.filter(plan=plan).select_related("plan")
    if match := re.fullmatch(r"d([1-9]\d{0,8})", ref):
        found = versions.filter(draft_number=int(match[1])).first()
    elif re.fullmatch(r"[1-9]\d{0,8}", ref):
        found = versions.filter(number=int(ref)).first()
    else:
        raise NotFound(f"“{ref}” is no version. Write 2 for version 2, or d3 for draft 3.")
    if found is None:
        raise NotFound(f"{plan.ref} has no version “{ref}”.")
    return found


def naming_table(framework: Framework, *, language: str = "en") -> list[NamedPlace]:
    """The framework's beneficiaries in its order, as people read them in one language."""
    names = BeneficiaryName.objects.filter(beneficiary__framework=framework, language=language)
    return [
        NamedPlace(
            code=name.beneficiary.code,
            name=name.name,
            short=name.short,
            order=name.beneficiary.order,
            footnote=name.footnote,
        )
        for name in names.select_related("beneficiary").order_by("beneficiary__order")
    ]
