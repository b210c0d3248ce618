"""Editions, the requests they come from, their files, and the tables made from their bytes."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from concord.kernel.errors import IllegalMove

UNCHANGEABLE = "What was published stays as it is. Publish a new version instead."


class KeptQuerySet(models.QuerySet[Any]):
    """Rows that are added once and then only read."""

    def update(self, **_values: Any) -> NoReturn:
        raise IllegalMove(UNCHANGEABLE)

    def bulk_update(self, *_args: Any, **_options: Any) -> NoReturn:
        raise IllegalMove(UNCHANGEABLE)

    def delete(self) -> NoReturn:
        raise IllegalMove(UNCHANGEABLE)


class Kept(models.Model):
    """A row that is saved once, and never changed or deleted."""

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, **options: Any) -> None:
        """Adds the row; raises IllegalMove where it stands already."""
        if not self._state.adding:
            raise IllegalMove(UNCHANGEABLE)
        super().save(**(options | {"force_insert": True}))

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        """Refused: permalinks and decisions point to it."""
        raise IllegalMove(UNCHANGEABLE)


class Edition(Kept):
    """The public text of an endorsed version: bytes, stored once and served as they are.

    sha256 covers the bytes alone, signature (Ed25519, hex) signs the bytes, public_key (hex) is
    the key that made it. previous_sha256 also stands inside the bytes. commitment binds the edition
    to the internal version; it is salted and not part of the public bytes. in_force_from: the first
    day on which this text is in force, included.
    """

    plan = models.ForeignKey("plan.Plan", models.PROTECT, related_name="editions")
    version = models.OneToOneField("plan.PlanVersion", models.PROTECT, related_name="edition")
    decision = models.ForeignKey("governance.Decision", models.PROTECT, related_name="editions")
    number = models.PositiveIntegerField()
    profile = models.CharField(max_length=12)
    document = models.BinaryField()
    sha256 = models.CharField(max_length=64, unique=True)
    signature = models.CharField(max_length=128)
    public_key = models.CharField(max_length=64)
    previous_sha256 = models.CharField(max_length=64, blank=True)
    commitment = models.CharField(max_length=64)
    in_force_from = models.DateField()
    published_at = models.DateTimeField()

    class Meta:
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="edition_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="edition_numbers_count_from_one"),
            models.CheckConstraint(
                condition=(Q(number=1) & Q(previous_sha256="")) | (Q(number__gt=1) & ~Q(previous_sha256="")),
                name="edition_follows_the_one_before",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}, version {self.number}"

    @property
    def audit_ref(self) -> tuple[str, str]:
        """How the record names this edition."""
        return ("edition", f"{self.plan.ref}/v{self.number}")


class EditionFile(Kept):
    """An edition as a file of one format, made with it and served byte for byte ever after."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="files")
    format = models.CharField(max_length=8)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["edition", "format"]
        constraints = [models.UniqueConstraint(fields=["edition", "format"], name="edition_format_once")]

    def __str__(self) -> str:
        return f"{self.edition} ({self.format})"


class PublishRequest(models.Model):
    """A publication that one person asks for and a second confirms. Written by publication.services."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked for")
        CONFIRMED = "confirmed", _("confirmed")
        MADE = "made", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    version = models.ForeignKey("plan.PlanVersion", models.PROTECT, related_name="publish_requests")
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    in_force_from = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("asked_by")),
                name="publication_takes_two_people",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="publication_confirmed_has_date",
            ),
            models.CheckConstraint(
                condition=Q(state="asked", confirmed_by=None)
                | Q(state="withdrawn")
                | (Q(state__in=["confirmed", "made"]) & Q(confirmed_by__isnull=False)),
                name="publication_made_was_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "confirmed"], settled_at=None)
                | Q(state__in=["made", "withdrawn"], settled_at__isnull=False),
                name="publication_settled_has_date",
            ),
            models.UniqueConstraint(
                fields=["version"], condition=~Q(state="withdrawn"), name="publication_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}: {self.get_state_display()}"


class EditionAction(models.Model):
    """One action of one edition, for search and filters. Made from the edition's bytes alone.

    order is its place in the plan; text is folded for searching; the years are the outer ones that
    its dates can mean, both included, or empty where there is no date.
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="actions")
    key = models.CharField(max_length=8)
    order = models.PositiveIntegerField()
    text = models.TextField()
    first_year = models.PositiveSmallIntegerField(null=True)
    last_year = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["edition", "order"]
        indexes = [models.Index(fields=["key"], name="edition_action_key")]
        constraints = [models.UniqueConstraint(fields=["edition", "key"], name="edition_action_once")]

    def __str__(self) -> str:
        return self.key


class EditionFacet(models.Model):
    """One thing that an action of an edition can be filtered by: a beneficiary, topic, means, donor."""

    class Kind(models.TextChoices):
        BENEFICIARY = "beneficiary", _("beneficiary")
        TOPIC = "topic", _("topic")
        MEANS = "means", _("means")
        DONOR = "donor", _("donor")
        ORGANISATION = "organisation", _("organisation")

    action = models.ForeignKey(EditionAction, models.CASCADE, related_name="facets")
    kind = models.CharField(max_length=12, choices=Kind)
    value = models.CharField(max_length=300)

    class Meta:
        indexes = [models.Index(fields=["kind", "value"], name="edition_facet_value")]
        constraints = [models.UniqueConstraint(fields=["action", "kind", "value"], name="edition_facet_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.value}"


class EditionNeed(models.Model):
    """One need of one edition, for search. Made from the edition's bytes alone."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="needs")
    key = models.CharField(max_length=8)
    order = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        ordering = ["edition", "order"]
        constraints = [models.UniqueConstraint(fields=["edition", "key"], name="edition_need_once")]

    def __str__(self) -> str:
        return self.key


class MovedOrganisation(models.Model):
    """The key of a body that was merged into another one, and the other's key: for addresses that public
    texts once gave. Kept here, because public pages know no register."""

    key = models.CharField(max_length=8, unique=True)
    target_key = models.CharField(max_length=8)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return f"{self.key} is {self.target_key}"
