"""People, organisations with their names, and the roles that people hold.

Written by accounts.services alone.
"""

import uuid

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from concord.accounts.rules import ROLE_NAMES, ROLES_OF_A_BENEFICIARY, ROLES_OF_AN_ORGANISATION, Role
from concord.accounts.scope import Scope
from concord.kernel import clock
from concord.kernel.codelists import ORGANISATION_KINDS
from concord.kernel.keys import new_key

LINK_DOMAIN = "links.concord.invalid"
"""Of the accounts by which organisations answer through a link: .invalid can receive no mail (RFC 2606)."""


def new_ref() -> str:
    """An opaque reference: what the record of acts keeps of a person."""
    return uuid.uuid4().hex


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, email: str | None) -> "Person":
        return self.get(email=(email or "").casefold())


class Person(AbstractBaseUser):
    """Somebody with an account. Name and address live here alone, so that erasing them is one row.

    is_active: False means suspended or erased, and nothing is allowed. is_system: a named account of
    the installation that no one can sign in to.
    """

    ref = models.CharField(max_length=32, unique=True, default=new_ref, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    is_system = models.BooleanField(default=False)
    added_at = models.DateTimeField(default=clock.now)
    erased_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = PersonManager()

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(Lower("email"), name="person_email_any_case"),
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(is_active=False), name="person_erased_is_inactive"
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def audit_ref(self) -> tuple[str, str]:
        return "person", self.ref

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Organisation(models.Model):
    """One real body. A tree: a delegation stands under its directorate, that under its institution.

    register_id: its id in the register it was loaded from, or empty. A body that was found to be the
    same as another keeps its key and points to that one (`merged_into`); nothing else points to it.
    """

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    name = models.CharField(max_length=300)
    acronym = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=40, blank=True, choices=sorted(ORGANISATION_KINDS.items()))
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="parts")
    beneficiary_code = models.CharField(max_length=2, blank=True)
    register_id = models.CharField(max_length=80, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_from")
    added_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["register_id"], condition=~Q(register_id=""), name="organisation_register_id_once"
            ),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="organisation_not_its_own_parent"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")),
                name="organisation_not_merged_into_itself",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def audit_ref(self) -> tuple[str, str]:
        return "organisation", self.key

    @property
    def short(self) -> str:
        """The acronym where there is one, else the name."""
        return self.acronym or self.name


class OrganisationMerge(models.Model):
    """Two records found to be one real body: what `merged` was, `target` is from then on.

    moved: what pointed to `merged` and points to `target` since, as a list of {"table", "column",
    "rows": [primary keys]}; "sorts" keeps what sort a name was. Its undo moves just these back.
    """

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    target = models.ForeignKey(Organisation, models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Organisation, models.PROTECT, related_name="merges_away")
    reason = models.CharField(max_length=300, blank=True)
    moved = models.JSONField(default=list)
    merged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    merged_at = models.DateTimeField()
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(condition=~Q(target=F("merged")), name="organisation_merge_of_two"),
            models.UniqueConstraint(
                fields=["merged"], condition=Q(undone_at=None), name="organisation_merge_open_once"
            ),
            models.CheckConstraint(
                condition=Q(undone_by=None, undone_at=None)
                | Q(undone_by__isnull=False, undone_at__isnull=False),
                name="organisation_merge_undo_has_date",
            ),
        )

    def __str__(self) -> str:
        return f"{self.merged} is {self.target}"


class OrganisationName(models.Model):
    """One string by which an organisation is known: its name, its acronym or an alias.

    only_in: the one source in which an alias holds ("Ministry of Interior" in a file about Serbia);
    empty holds everywhere. restricted: learnt from rows that not every member may see; it reads those
    rows, and is never shown, searched or proposed.
    """

    class Sort(models.TextChoices):
        NAME = "name", "Name"
        ACRONYM = "acronym", "Acronym"
        ALIAS = "alias", "Alias"

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="names")
    sort = models.CharField(max_length=8, choices=Sort)
    text = models.CharField(max_length=300)
    folded = models.CharField(max_length=400)
    language = models.CharField(max_length=12, blank=True)
    only_in = models.CharField(max_length=200, blank=True)
    restricted = models.BooleanField(default=False)

    class Meta:
        ordering = ("organisation", "sort", "text", "pk")
        indexes = (models.Index(fields=["folded"], name="organisation_name_folded"),)
        constraints = (
            models.UniqueConstraint(
                fields=["organisation", "sort", "folded", "only_in"], name="organisation_name_once"
            ),
            models.UniqueConstraint(
                fields=["organisation", "sort"],
                condition=Q(sort__in=["name", "acronym"]),
                name="organisation_one_name_one_acronym",
            ),
            models.CheckConstraint(
                condition=Q(sort="alias") | Q(only_in=""), name="organisation_only_aliases_are_local"
            ),
            models.CheckConstraint(
                condition=Q(restricted=False) | ~Q(only_in=""), name="organisation_restricted_names_are_local"
            ),
        )

    def __str__(self) -> str:
        return self.text


class OrganisationIdentifier(models.Model):
    """An organisation's number in somebody's list (org-id.guide), such as XM-DAC-41304."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=40)
    value = models.CharField(max_length=100)

    class Meta:
        ordering = ("scheme", "value")
        constraints = (
            models.UniqueConstraint(fields=["scheme", "value"], name="organisation_identifier_once"),
        )

    def __str__(self) -> str:
        return f"{self.scheme}-{self.value}"


class Instrument(models.Model):
    """A string as sources write it that names a fund or programme inside a donor.

    "European Union (IPA II 2016)" is donor European Union, instrument IPA II 2016.
    """

    text = models.CharField(max_length=300)
    folded = models.CharField(max_length=400, unique=True)
    donor = models.ForeignKey(Organisation, models.PROTECT, related_name="instruments")
    instrument = models.CharField(max_length=200)

    class Meta:
        ordering = ("text",)

    def __str__(self) -> str:
        return self.text


class Contact(models.Model):
    """A focal point of an organisation for a framework or pillar, without an account, for a time.

    Members only, and erasable. Both days are included. is_proposed: a colleague named it through a
    link, and no officer has looked at it yet.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="contacts")
    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    framework = models.SlugField(max_length=60)
    pillar = models.SlugField(max_length=60, blank=True)
    name = models.CharField(max_length=200, blank=True)
    function = models.CharField(max_length=200, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=400, blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    is_proposed = models.BooleanField(default=False)
    added_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("organisation", "name", "pk")
        indexes = (models.Index(fields=["framework", "organisation"], name="contact_framework"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(name="", function="", email="", phone="", note=""),
                name="contact_erased_is_empty",
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="contact_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return self.name or self.key

    @property
    def within(self) -> Scope:
        return Scope(self.framework, self.pillar)

    @property
    def audit_ref(self) -> tuple[str, str]:
        return "contact", self.key


class Membership(models.Model):
    """A person works for an organisation, from a day on and perhaps until a day (both included)."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("person", "from_on", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["person", "organisation"], condition=Q(until_on=None), name="membership_open_once"
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="membership_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person} at {self.organisation}"


class RoleGrant(models.Model):
    """A role that a person holds for a framework or one pillar of it, for a time.

    Both days are included. Rows are never deleted: a revoked grant says when it was revoked.
    """

    key = models.CharField(max_length=8, unique=True, default=new_key, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="role_grants")
    role = models.CharField(max_length=24, choices=[(role.value, name) for role, name in ROLE_NAMES.items()])
    framework = models.SlugField(max_length=60)
    pillar = models.SlugField(max_length=60, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="role_grants"
    )
    beneficiary_code = models.CharField(max_length=2, blank=True)
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)
    granted_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("person", "framework", "pillar", "role", "from_on", "pk")
        indexes = (models.Index(fields=["person", "framework"], name="role_grant_person"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in Role]), name="role_grant_role"
            ),
            models.CheckConstraint(condition=~Q(framework=""), name="role_grant_has_framework"),
            models.CheckConstraint(
                condition=~Q(role__in=sorted(ROLES_OF_AN_ORGANISATION)) | Q(organisation__isnull=False),
                name="role_grant_has_organisation",
            ),
            models.CheckConstraint(
                condition=(Q(role__in=sorted(ROLES_OF_A_BENEFICIARY)) & ~Q(beneficiary_code=""))
                | (~Q(role__in=sorted(ROLES_OF_A_BENEFICIARY)) & Q(beneficiary_code="")),
                name="role_grant_has_beneficiary",
            ),
            models.CheckConstraint(
                condition=Q(until_on=None) | Q(until_on__gte=F("from_on")), name="role_grant_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()} of {self.within}"

    @property
    def within(self) -> Scope:
        return Scope(self.framework, self.pillar)

    @property
    def audit_ref(self) -> tuple[str, str]:
        return "role-grant", self.key
