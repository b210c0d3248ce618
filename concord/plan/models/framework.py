"""Frameworks, their pillars and beneficiaries, templates and plans."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def default_level_names() -> list[str]:
    """The names of a template's three levels where a framework sets no others."""
    return ["Approach", "Objective", "Measure"]


class Framework(models.Model):
    """One cooperation framework (IISG): it owns pillars, beneficiaries, actions and needs.

    `notice` stands on every page and export of the framework, `profile` decides what its
    editions make public. The secretariat's organisation reports the rows whose reporter is
    not known. `mail_sender` is the address that its mails come from (the installation's own where
    empty). `confirm_within_months`: an action or need that its source confirmed longer ago, or never,
    leaves the figures; empty means never. Written by plan.services alone.
    """

    class Profile(models.TextChoices):
        FIVE_FACTS = "five-facts", _("Five facts of each action")
        OPEN = "open", _("Everything the field table calls public")

    ref = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    acronym = models.CharField(max_length=40, blank=True)
    secretariat = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    profile = models.CharField(max_length=12, choices=Profile, default=Profile.FIVE_FACTS)
    notice = models.CharField(max_length=300, blank=True)
    is_demonstration = models.BooleanField(default=False)
    level_names = models.JSONField(default=default_level_names)
    mail_sender = models.EmailField(blank=True)
    confirm_within_months = models.PositiveSmallIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["ref"]

    def __str__(self) -> str:
        return self.acronym or self.name

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this framework."""
        return ("framework", self.ref)


class Beneficiary(models.Model):
    """A place that the framework's plans serve. Codes are for machines, people read the names."""

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="beneficiaries")
    code = models.CharField(max_length=2)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "code"], name="beneficiary_code_once"),
            models.UniqueConstraint(fields=["framework", "order"], name="beneficiary_order_once"),
        ]

    def __str__(self) -> str:
        return self.code


class BeneficiaryName(models.Model):
    """One row of the naming table: what people read for a beneficiary in one language."""

    beneficiary = models.ForeignKey(Beneficiary, models.CASCADE, related_name="names")
    language = models.CharField(max_length=8, default="en")
    name = models.CharField(max_length=80)
    short = models.CharField(max_length=12)
    footnote = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["beneficiary", "language"], name="beneficiary_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class Pillar(models.Model):
    """One pillar of a framework (WBCSCi). `ref` is for addresses, `acronym` for people."""

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="pillars")
    ref = models.SlugField()
    acronym = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["framework", "order"]
        constraints = [
            models.UniqueConstraint(fields=["framework", "ref"], name="pillar_ref_once"),
            models.UniqueConstraint(fields=["framework", "acronym"], name="pillar_acronym_once"),
        ]

    def __str__(self) -> str:
        return self.acronym


class PillarLead(models.Model):
    """An organisation that leads or co-leads a pillar, appointed by a Decision, for a time."""

    class Kind(models.TextChoices):
        LEAD = "lead", _("Lead partner")
        CO_LEAD = "co-lead", _("Co-lead partner")

    pillar = models.ForeignKey(Pillar, models.PROTECT, related_name="leads")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    decision = models.CharField(max_length=200, blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["pillar", "from_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["pillar", "organisation", "from_on"], name="pillar_lead_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")),
                name="pillar_lead_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.get_kind_display()} of {self.pillar}"


class Template(models.Model):
    """One version of a pillar's structure. Plans keep the template they were made on."""

    pillar = models.ForeignKey(Pillar, models.PROTECT, related_name="templates")
    number = models.PositiveSmallIntegerField(default=1)
    title = models.CharField(max_length=200)
    notice = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["pillar", "number"]
        constraints = [models.UniqueConstraint(fields=["pillar", "number"], name="template_number_once")]

    def __str__(self) -> str:
        return f"{self.title} (template {self.number})"


class Approach(models.Model):
    """First level of a template: anticipate, prevent, protect, respond."""

    template = models.ForeignKey(Template, models.CASCADE, related_name="approaches")
    code = models.SlugField(max_length=20)
    name = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["template", "order"]
        constraints = [models.UniqueConstraint(fields=["template", "code"], name="approach_code_once")]

    def __str__(self) -> str:
        return self.name


class Objective(models.Model):
    """Second level of a template."""

    approach = models.ForeignKey(Approach, models.CASCADE, related_name="objectives")
    name = models.CharField(max_length=200)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["approach", "order"]
        constraints = [models.UniqueConstraint(fields=["approach", "order"], name="objective_order_once")]

    def __str__(self) -> str:
        return self.name


class Measure(models.Model):
    """Third level of a template: where needs and actions meet.

    `code` is its place in the template ("2.1.3": approach, objective, measure), `topics` the
    topic codes by which records are proposed for it, `order` runs through the whole template.
    """

    objective = models.ForeignKey(Objective, models.CASCADE, related_name="measures")
    template = models.ForeignKey(Template, models.CASCADE, related_name="measures")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=200)
    order = models.PositiveSmallIntegerField()
    topics = models.JSONField(default=list)

    class Meta:
        ordering = ["template", "order"]
        constraints = [
            models.UniqueConstraint(fields=["template", "code"], name="measure_code_once"),
            models.UniqueConstraint(fields=["template", "order"], name="measure_order_once"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Plan(models.Model):
    """One pillar's (or, without pillar, a joint) plan of action for a period of whole years.

    starts_year and ends_year are both included. `predecessor` is the plan it follows.
    """

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="plans")
    pillar = models.ForeignKey(Pillar, models.PROTECT, null=True, blank=True, related_name="plans")
    template = models.ForeignKey(Template, models.PROTECT, related_name="plans")
    ref = models.SlugField(unique=True)
    title = models.CharField(max_length=200)
    starts_year = models.PositiveSmallIntegerField()
    ends_year = models.PositiveSmallIntegerField()
    predecessor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="successors")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["starts_year", "pillar__order", "ref"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_year__gte=F("starts_year")), name="plan_ends_after_start")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this plan."""
        return ("plan", self.ref)
