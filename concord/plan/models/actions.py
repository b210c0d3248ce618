"""Actions and everything that hangs on one action."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from concord.accounts.rules import Marking
from concord.kernel.keys import new_key


class Action(models.Model):
    """A planned, ongoing or completed piece of work; one record however many plans it stands in.

    The columns hold the chosen statements and are written only together with them, by
    plan.services. `start` and `end` are EDTF as precise as stated ("2019", "2019-02",
    "2019-02-28", or empty); start_earliest and end_latest are their outer days, for queries.
    `reported_by_as_written` is filled only while that name is not identified: the secretariat's
    organisation reports the row until then, and the name is part of its identity.
    A merged record is a tombstone: it keeps its key and its identity and points to its target.
    A withdrawn one is no longer planned: it stays with its history and counts nowhere.
    """

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        ONGOING = "ongoing", _("ongoing")
        COMPLETED = "completed", _("completed")

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    framework = models.ForeignKey("plan.Framework", models.PROTECT, related_name="actions")
    reporting_organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="reported_actions"
    )
    reported_by_as_written = models.CharField(max_length=300, blank=True)
    own_id = models.CharField(max_length=200, blank=True)
    iati_identifier = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=500)
    summary = models.TextField(blank=True)
    description = models.TextField(blank=True)
    start = models.CharField(max_length=10, blank=True)
    end = models.CharField(max_length=10, blank=True)
    start_earliest = models.DateField(null=True, blank=True)
    end_latest = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, blank=True)
    source_url = models.CharField(max_length=500, blank=True)
    notes = models.TextField(blank=True)
    marking = models.CharField(max_length=12, choices=Marking, default=Marking.CLEAR)
    last_confirmed_on = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    withdrawn_reason = models.TextField(blank=True)
    withdrawn_on_behalf = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["title", "key"]
        indexes = [
            models.Index(fields=["framework", "merged_into"], name="action_framework_live"),
            models.Index(fields=["framework", "own_id"], name="action_own_id"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="action_has_title"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="action_not_merged_into_itself"
            ),
            models.CheckConstraint(
                condition=(Q(start="") & Q(start_earliest=None))
                | (~Q(start="") & Q(start_earliest__isnull=False)),
                name="action_start_has_day",
            ),
            models.CheckConstraint(
                condition=(Q(end="") & Q(end_latest=None)) | (~Q(end="") & Q(end_latest__isnull=False)),
                name="action_end_has_day",
            ),
            models.CheckConstraint(
                condition=Q(start_earliest=None)
                | Q(end_latest=None)
                | Q(end_latest__gte=F("start_earliest")),
                name="action_ends_after_start",
            ),
            models.CheckConstraint(  # who, when and why, or not withdrawn at all
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
                name="action_withdrawn_by_somebody_for_a_reason",
            ),
            models.UniqueConstraint(
                fields=["framework", "reporting_organisation", "reported_by_as_written", "own_id"],
                condition=~Q(own_id=""),
                name="action_identity_once",
            ),
            models.UniqueConstraint(
                fields=["framework", "iati_identifier"],
                condition=~Q(iati_identifier=""),
                name="action_iati_identifier_once",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this action: by key, never by title."""
        return ("action", self.key)


class ActionReader(models.Model):
    """Somebody named as a reader of an action that is marked above TLP:GREEN."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="readers")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False, person=None)
                | Q(organisation=None, person__isnull=False),
                name="reader_is_one_body_or_one_person",
            ),
            models.UniqueConstraint(fields=["action", "organisation", "person"], name="reader_once"),
        ]

    def __str__(self) -> str:
        return f"reader of {self.action_id}"


class ActionPillar(models.Model):
    """A pillar that the source, or a person, says the action belongs to."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="pillar_rows")
    pillar = models.ForeignKey("plan.Pillar", models.PROTECT, related_name="action_rows")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "pillar"], name="action_pillar_once")]

    def __str__(self) -> str:
        return str(self.pillar)


class ActionBeneficiary(models.Model):
    """A place that receives the action: one that the framework serves, or another (ISO code)."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="beneficiary_rows")
    code = models.CharField(max_length=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "code"], name="action_beneficiary_once")]

    def __str__(self) -> str:
        return self.code


class ActionTopic(models.Model):
    """A topic of the action: a code of the list, or an unknown one kept as written."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="topic_rows")
    code = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "code"], name="action_topic_once")]

    def __str__(self) -> str:
        return self.code


class ActionType(models.Model):
    """One of the means an action uses (training, equipment ...), or an unknown one as written."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="type_rows")
    code = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "code"], name="action_type_once")]

    def __str__(self) -> str:
        return self.code


class Participation(models.Model):
    """An organisation's part in an action. A name that matches nothing is kept as written."""

    class Role(models.TextChoices):
        DONOR = "donor", _("donor")
        IMPLEMENTER = "implementer", _("implementer")
        LEAD = "lead", _("lead")
        PARTNER = "partner", _("partner")
        RECIPIENT = "recipient", _("recipient")
        AUTHORITY = "authority", _("authority")

    action = models.ForeignKey(Action, models.CASCADE, related_name="participations")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="participations"
    )
    as_written = models.CharField(max_length=300, blank=True)
    role = models.CharField(max_length=12, choices=Role)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["action", "role", "order"]
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | ~Q(as_written=""),
                name="participation_names_somebody",
            ),
            models.UniqueConstraint(fields=["action", "role", "order"], name="participation_order_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation or self.as_written} ({self.get_role_display()})"


class FundingLine(models.Model):
    """One amount of one action. Without a donor it is joint: the shares are not reported.

    `amount` is empty where a source names a fund or programme but no money. `status_inferred`
    says that the status was read from the action's own status and not from the line.
    """

    class Status(models.TextChoices):
        SECURED = "secured", _("secured")
        PIPELINE = "pipeline", _("pipeline")
        UNFUNDED = "unfunded", _("unfunded")
        NOT_REPORTED = "not reported", _("not reported")

    action = models.ForeignKey(Action, models.CASCADE, related_name="funding_lines")
    donor = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="funding_lines"
    )
    donor_as_written = models.CharField(max_length=300, blank=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.NOT_REPORTED)
    status_inferred = models.BooleanField(default=False)
    instrument = models.CharField(max_length=200, blank=True)
    contract_number = models.CharField(max_length=120, blank=True)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["action", "order"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount=None) | Q(amount__gte=0), name="funding_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | ~Q(currency=""), name="funding_amount_has_currency"
            ),
            models.UniqueConstraint(fields=["action", "order"], name="funding_order_once"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}" if self.amount is not None else "amount not reported"


class Event(models.Model):
    """A dated part of an action (training, mission, handover). Members only, never guessed."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="events")
    title = models.CharField(max_length=300)
    start = models.CharField(max_length=10, blank=True)
    end = models.CharField(max_length=10, blank=True)
    place = models.CharField(max_length=200, blank=True)
    recipient = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    people = models.PositiveIntegerField(null=True, blank=True)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["action", "order"]
        constraints = [models.UniqueConstraint(fields=["action", "order"], name="event_order_once")]

    def __str__(self) -> str:
        return self.title


class Indicator(models.Model):
    """What an action says it will be measured by; values as its source writes them."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="indicators")
    name = models.CharField(max_length=300)
    unit = models.CharField(max_length=80, blank=True)
    baseline = models.CharField(max_length=120, blank=True)
    target = models.CharField(max_length=120, blank=True)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["action", "order"]
        constraints = [models.UniqueConstraint(fields=["action", "order"], name="indicator_order_once")]

    def __str__(self) -> str:
        return self.name


class ActionLink(models.Model):
    """A link between two actions that people confirmed: `action` continues, is part of, is joined
    with or is phased with `other`."""

    class Kind(models.TextChoices):
        CONTINUES = "continues", _("continues")
        PART_OF = "part-of", _("is part of")
        JOINED = "joined", _("is joined with")
        PHASED = "phased", _("is phased with")

    action = models.ForeignKey(Action, models.CASCADE, related_name="links")
    other = models.ForeignKey(Action, models.CASCADE, related_name="linked_from")
    kind = models.CharField(max_length=10, choices=Kind)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "other", "kind"], name="action_link_once"),
            models.CheckConstraint(condition=~Q(action=F("other")), name="action_not_linked_to_itself"),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} {self.kind} {self.other_id}"


class Placement(models.Model):
    """An action's place in a plan. The main one without measure means "not yet placed".

    `placed_by` tells the rule's proposals from people's choices, which a re-import leaves alone.
    """

    class PlacedBy(models.TextChoices):
        RULE = "rule", _("by topics")
        FILE = "file", _("by the plan its file was handed in for")
        PERSON = "person", _("by a person")

    action = models.ForeignKey(Action, models.CASCADE, related_name="placements")
    plan = models.ForeignKey("plan.Plan", models.PROTECT, related_name="placements")
    measure = models.ForeignKey(
        "plan.Measure", models.PROTECT, null=True, blank=True, related_name="placements"
    )
    is_main = models.BooleanField(default=True)
    placed_by = models.CharField(max_length=8, choices=PlacedBy, default=PlacedBy.RULE)
    via_merge = models.ForeignKey(
        "plan.Merge", models.CASCADE, null=True, blank=True, related_name="placements"
    )

    class Meta:
        ordering = ["plan", "measure__order", "action"]
        constraints = [
            models.UniqueConstraint(
                fields=["action", "plan"], condition=Q(is_main=True), name="placement_one_main_measure"
            ),
            models.UniqueConstraint(fields=["action", "plan", "measure"], name="placement_measure_once"),
            models.CheckConstraint(
                condition=Q(is_main=True) | Q(measure__isnull=False), name="placement_link_has_measure"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action_id} in {self.plan_id}"
