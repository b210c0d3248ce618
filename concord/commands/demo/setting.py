"""The stage of the demonstration: framework, pillars, templates, plans and the register of organisations."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from concord.accounts.queries import resolve_name
from concord.accounts.services import add_organisation, load_register, operator
from concord.commands.demo import files
from concord.kernel.codelists import NAMING_TABLE
from concord.plan.services import (
    BeneficiaryLine,
    MeasureLine,
    add_framework,
    add_pillar,
    add_plan,
    add_template,
    appoint_lead,
    set_profile,
)

if TYPE_CHECKING:
    from concord.accounts.models import Organisation
    from concord.plan.models import Framework, Pillar, Plan, Template

FRAMEWORK = "iisg"
NOTICE = "Demonstration from public sources, not an official document"
TEMPLATE_NOTICE = "The structure is the demonstration's own wording, not an official template"
PILLARS = (
    ("wbcti", "WBCTi", "Western Balkan Counter-Terrorism initiative"),
    ("wbcsci", "WBCSCi", "Western Balkan Counter-Serious Crime initiative"),
    ("wbbsi", "WBBSi", "Western Balkan Border Security initiative"),
)
SECRETARIAT = "Demonstration secretariat"
LEAD_PARTNER = "Demonstration lead partner"
CO_LEAD_PARTNER = "Demonstration co-lead partner"
DONOR = "Demonstration donor"
BODIES = (SECRETARIAT, LEAD_PARTNER, CO_LEAD_PARTNER, DONOR)
PERIOD, NEXT_PERIOD = (2018, 2020), (2021, 2023)
SUCCESSOR_OF = "wbcsci"


@transaction.atomic
def set_the_stage(*, at: datetime) -> Framework:
    """Adds the framework with everything that is there before the first row comes in."""
    by = operator()
    bodies = {name: add_organisation(name=name, kind="other", by=by, at=at) for name in BODIES}
    load_register(
        organisations=files.rows_of(files.ORGANISATIONS),
        instruments=files.rows_of(files.INSTRUMENTS),
        source=files.ACTIONS.name,
        by=by,
        at=at,
    )
    framework = add_framework(
        ref=FRAMEWORK,
        name="Integrative Internal Security Governance",
        acronym="IISG",
        secretariat=bodies[SECRETARIAT],
        beneficiaries=[BeneficiaryLine(p.code, p.name, p.short, p.footnote) for p in NAMING_TABLE],
        notice=NOTICE,
        is_demonstration=True,
        by=by,
        at=at,
    )
    # All its sources are public, so the demonstration may show all that the field table calls public.
    set_profile(framework, profile="open", by=by, at=at)
    for order, (ref, acronym, name) in enumerate(PILLARS, 1):
        pillar = add_pillar(framework, ref=ref, acronym=acronym, name=name, order=order, by=by, at=at)
        _appoint(pillar, bodies, at=at)
        _add_plans(pillar, _add_template(pillar, at=at), at=at)
    return framework


def demonstration_body(name: str) -> Organisation:
    """One of the demonstration's own bodies, by its name."""
    found = resolve_name(name)
    if found is None:
        raise LookupError(f"The demonstration has no body “{name}”.")
    return found


def _appoint(pillar: Pillar, bodies: dict[str, Organisation], *, at: datetime) -> None:
    for name, kind in ((LEAD_PARTNER, "lead"), (CO_LEAD_PARTNER, "co-lead")):
        appoint_lead(
            pillar,
            organisation=bodies[name],
            kind=kind,
            decision="Demonstration: no Board appointed it",
            from_on=at.date(),
            by=operator(),
            at=at,
        )


def _add_template(pillar: Pillar, *, at: datetime) -> Template:
    lines = [
        MeasureLine(row["approach"], row["objective"], row["measure"], tuple(row["topics"].split(";")))
        for row in files.rows_of(files.TEMPLATE)
        if row["pillar"] == pillar.acronym
    ]
    title = f"{pillar.acronym} demonstration template"
    return add_template(pillar, title=title, notice=TEMPLATE_NOTICE, lines=lines, by=operator(), at=at)


def _add_plans(pillar: Pillar, template: Template, *, at: datetime) -> None:
    plan = _add_plan(pillar, template, PERIOD, predecessor=None, at=at)
    if pillar.ref == SUCCESSOR_OF:
        _add_plan(pillar, template, NEXT_PERIOD, predecessor=plan, at=at)


def _add_plan(
    pillar: Pillar, template: Template, years: tuple[int, int], *, predecessor: Plan | None, at: datetime
) -> Plan:
    first, last = years
    return add_plan(
        pillar.framework,
        pillar=pillar,
        template=template,
        ref=f"{pillar.ref}-{first}-{last}",
        title=f"{pillar.acronym} integrative plan of action {first}-{last}",
        starts_year=first,
        ends_year=last,
        predecessor=predecessor,
        by=operator(),
        at=at,
    )
