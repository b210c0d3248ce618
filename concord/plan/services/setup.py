"""Sets up frameworks: pillars, beneficiaries with their names, templates and plans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.accounts.scope import Scope
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import BadInput, StaleWrite
from concord.plan.models import (
    Approach,
    Beneficiary,
    BeneficiaryName,
    Framework,
    Measure,
    Objective,
    Pillar,
    PillarLead,
    Plan,
    Template,
)
from concord.plan.queries.scopes import scope_of

if TYPE_CHECKING:
    from concord.accounts.models import Organisation, Person


@dataclass(frozen=True, slots=True)
class BeneficiaryLine:
    """A row of the naming table: machines read the code, people the name and the short form."""

    code: str
    name: str
    short: str
    footnote: str = ""


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """A row of a template: a measure with the levels above it and the topics it is about."""

    approach: str
    objective: str
    measure: str
    topics: tuple[str, ...]


@transaction.atomic
def add_framework(
    *,
    ref: str,
    name: str,
    acronym: str,
    secretariat: Organisation,
    beneficiaries: Sequence[BeneficiaryLine],
    notice: str = "",
    is_demonstration: bool = False,
    by: Person,
    at: datetime,
) -> Framework:
    """Adds a framework with its naming table; its publication profile is the safe one, five facts.

    Raises:
        NotPermitted; BadInput: the ref is taken, or it serves nobody.
    """
    require(by, Permission.MANAGE_FRAMEWORK, within=Scope(ref))
    if Framework.objects.filter(ref=ref).exists():
        raise BadInput(f"There is a framework “{ref}” already. Choose another ref.")
    if not beneficiaries:
        raise BadInput("A framework serves at least one beneficiary. Name them.")
    framework = Framework.objects.create(
        ref=ref,
        name=name,
        acronym=acronym,
        secretariat=secretariat,
        notice=notice,
        is_demonstration=is_demonstration,
    )
    for order, line in enumerate(beneficiaries, 1):
        place = Beneficiary.objects.create(framework=framework, code=line.code, order=order)
        BeneficiaryName.objects.create(
            beneficiary=place, name=line.name, short=line.short, footnote=line.footnote
        )
    record(EventName.FRAMEWORK_ADDED, actor=by, about=framework, at=at, beneficiaries=len(beneficiaries))
    return framework


@transaction.atomic
def set_profile(framework: Framework, *, profile: str, by: Person, at: datetime) -> Framework:
    """Sets what the framework's next editions make public: "five-facts" or "open".

    Raises:
        NotPermitted; BadInput: another profile; StaleWrite: the framework changed meanwhile.
    """
    require(by, Permission.MANAGE_FRAMEWORK, within=scope_of(framework))
    if profile not in Framework.Profile.values:
        raise BadInput(f"A publication profile is one of: {', '.join(Framework.Profile.values)}.")
    found = Framework.objects.filter(pk=framework.pk, version=framework.version)
    if not found.update(profile=profile, version=F("version") + 1):
        raise StaleWrite("Somebody changed this framework meanwhile.")
    framework.refresh_from_db()
    record(EventName.PROFILE_CHANGED, actor=by, about=framework, at=at, profile=profile)
    return framework


@transaction.atomic
def set_mail_sender(framework: Framework, *, address: str, by: Person, at: datetime) -> Framework:
    """Sets the address that the framework's mails come from; "" is the installation's own.

    Raises:
        NotPermitted; StaleWrite: the framework changed meanwhile.
    """
    return _set(framework, by=by, at=at, mail_sender=address.strip())


@transaction.atomic
def set_confirming(framework: Framework, *, months: int | None, by: Person, at: datetime) -> Framework:
    """Sets after how many months an action or need leaves the figures unless its source confirms it again.

    Raises:
        NotPermitted; BadInput: less than one month; StaleWrite: the framework changed meanwhile.
    """
    if months is not None and months < 1:
        raise BadInput("One month is the least. Leave it empty for “never”.")
    return _set(framework, by=by, at=at, confirm_within_months=months)


def _set(framework: Framework, *, by: Person, at: datetime, **values: Any) -> Framework:
    require(by, Permission.MANAGE_FRAMEWORK, within=scope_of(framework))
    found = Framework.objects.filter(pk=framework.pk, version=framework.version)
    if not found.update(version=F("version") + 1, **values):
        raise StaleWrite("Somebody changed this framework meanwhile.")
    framework.refresh_from_db()
    record(EventName.FRAMEWORK_CHANGED, actor=by, about=framework, at=at, fields=sorted(values))
    return framework


@transaction.atomic
def add_pillar(
    framework: Framework, *, ref: str, acronym: str, name: str, order: int, by: Person, at: datetime
) -> Pillar:
    """Adds a pillar.

    Raises:
        NotPermitted; BadInput: the ref or the acronym is taken.
    """
    require(by, Permission.MANAGE_FRAMEWORK, within=scope_of(framework))
    if framework.pillars.filter(ref=ref).exists() or framework.pillars.filter(acronym=acronym).exists():
        raise BadInput(f"There is a pillar “{acronym}” already in this framework.")
    pillar = Pillar.objects.create(framework=framework, ref=ref, acronym=acronym, name=name, order=order)
    record(EventName.PILLAR_ADDED, actor=by, about=framework, at=at, pillar=ref)
    return pillar


@transaction.atomic
def appoint_lead(
    pillar: Pillar,
    *,
    organisation: Organisation,
    kind: str,
    decision: str,
    from_on: date,
    until_on: date | None = None,
    by: Person,
    at: datetime,
) -> PillarLead:
    """Records the lead or a co-lead partner of a pillar, with the Decision that appointed it.

    Raises:
        NotPermitted; BadInput: another kind, or an end before the start.
    """
    require(by, Permission.MANAGE_FRAMEWORK, within=scope_of(pillar))
    if kind not in PillarLead.Kind.values or (until_on is not None and until_on < from_on):
        raise BadInput("A partner leads or co-leads a pillar, from a day until a later one.")
    lead = PillarLead.objects.create(
        pillar=pillar,
        organisation=organisation,
        kind=kind,
        decision=decision,
        from_on=from_on,
        until_on=until_on,
    )
    record(
        EventName.PILLAR_CHANGED,
        actor=by,
        about=pillar.framework,
        at=at,
        pillar=pillar.ref,
        lead=organisation.key,
    )
    return lead


@transaction.atomic
def add_template(
    pillar: Pillar, *, title: str, notice: str = "", lines: Sequence[MeasureLine], by: Person, at: datetime
) -> Template:
    """Adds the next version of a pillar's template; the order of the lines is the template's.

    Raises:
        NotPermitted; BadInput: no line, or a line with an empty level.
    """
    require(by, Permission.MANAGE_FRAMEWORK, within=scope_of(pillar))
    if not lines or any(not (line.approach and line.objective and line.measure) for line in lines):
        raise BadInput("Every line of a template needs an approach, an objective and a measure.")
    template = Template.objects.create(
        pillar=pillar, number=pillar.templates.count() + 1, title=title, notice=notice
    )
    _write_measures(template, lines)
    record(
        EventName.TEMPLATE_ADDED,
        actor=by,
        about=pillar.framework,
        at=at,
        pillar=pillar.ref,
        measures=len(lines),
    )
    return template


@transaction.atomic
def add_plan(
    framework: Framework,
    *,
    pillar: Pillar | None,
    template: Template,
    ref: str,
    title: str,
    starts_year: int,
    ends_year: int,
    predecessor: Plan | None = None,
    by: Person,
    at: datetime,
) -> Plan:
    """Adds a plan for whole years, both included.

    Raises:
        NotPermitted; BadInput: the ref is taken, the years are turned round, or the template or
        predecessor belongs to another pillar.
    """
    require(by, Permission.MANAGE_FRAMEWORK, within=scope_of(pillar or framework))
    if Plan.objects.filter(ref=ref).exists():
        raise BadInput(f"There is a plan “{ref}” already. Choose another ref.")
    if ends_year < starts_year:
        raise BadInput("The plan's last year lies before its first.")
    if pillar is not None and template.pillar_id != pillar.pk:
        raise BadInput("The template belongs to another pillar.")
    plan = Plan.objects.create(
        framework=framework,
        pillar=pillar,
        template=template,
        ref=ref,
        title=title,
        starts_year=starts_year,
        ends_year=ends_year,
        predecessor=predecessor,
    )
    record(EventName.PLAN_ADDED, actor=by, about=plan, at=at, years=[starts_year, ends_year])
    return plan


def _write_measures(template: Template, lines: Iterable[MeasureLine]) -> None:
    """The three levels in the lines' order; a measure's code counts within its levels: 2.1.3."""
    approaches: dict[str, Approach] = {}
    objectives: dict[tuple[str, str], Objective] = {}
    counts: dict[int, int] = {}
    for order, line in enumerate(lines, 1):
        if line.approach not in approaches:
            approaches[line.approach] = Approach.objects.create(
                template=template,
                code=line.approach.lower(),
                name=line.approach.capitalize(),
                order=len(approaches) + 1,
            )
        approach = approaches[line.approach]
        if (line.approach, line.objective) not in objectives:
            number = approach.objectives.count() + 1
            objectives[(line.approach, line.objective)] = Objective.objects.create(
                approach=approach, name=line.objective, order=number
            )
        objective = objectives[(line.approach, line.objective)]
        counts[objective.pk] = counts.get(objective.pk, 0) + 1
        Measure.objects.create(
            template=template,
            objective=objective,
            code=f"{approach.order}.{objective.order}.{counts[objective.pk]}",
            name=line.measure,
            topics=list(line.topics),
            order=order,
        )
