"""Freezes a plan as an immutable version, and numbers the versions that were published."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.accounts.services import operator
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.canonical import canonical_bytes
from concord.kernel.errors import IllegalMove, StaleWrite
from concord.plan.documents import document_of
from concord.plan.models import Plan, PlanVersion
from concord.plan.queries.scopes import scope_of
from concord.plan.versions import commitment_of

if TYPE_CHECKING:
    from concord.accounts.models import Person

SALT_BYTES = 32
"""256 random bits, so that nobody can guess restricted contents from the commitment."""


@transaction.atomic
def freeze(plan: Plan, *, label: str = "", by: Person, at: datetime) -> PlanVersion:
    """Keeps the plan's whole text, as the framework holds it now, as the next draft.

    The document holds everything whatever its marking; who may read it is asked when it is read.

    Raises:
        NotPermitted; StaleWrite: another draft was frozen in the same moment.
    """
    require(by, Permission.FREEZE_VERSION, within=scope_of(plan))
    previous = PlanVersion.objects.filter(plan=plan).order_by("-draft_number").first()
    number = previous.draft_number + 1 if previous else 1
    document = document_of(plan, actor=operator(), version_ref=f"d{number}")
    data, salt = canonical_bytes(document), secrets.token_bytes(SALT_BYTES)
    before = previous.commitment if previous else ""
    try:
        version = PlanVersion.objects.create(
            plan=plan,
            draft_number=number,
            label=label,
            document=data,
            salt=salt,
            commitment=commitment_of(data, salt=salt, previous=before),
            previous_commitment=before,
            frozen_by=by,
            frozen_at=at,
        )
    except IntegrityError as error:
        raise StaleWrite("Another draft was frozen in the same moment. Look at it first.") from error
    record(EventName.VERSION_FROZEN, actor=by, about=version, at=at, commitment=version.commitment)
    return version


@transaction.atomic
def number_version(version: PlanVersion, *, number: int, by: Person, at: datetime) -> PlanVersion:
    """Gives a version the number of its published edition: the next of its plan, without a gap.

    Called where an edition is made, which asks for the permission; `by` is who confirmed it.

    Raises:
        NotPermitted; IllegalMove: it has a number, or this is not the next one; StaleWrite.
    """
    require(by, Permission.CONFIRM_PUBLICATION, within=scope_of(version.plan))
    last = PlanVersion.objects.filter(plan=version.plan, number__isnull=False).count()
    if version.number is not None or number != last + 1:
        raise IllegalMove(f"The next version to publish of this plan is number {last + 1}.")
    try:
        numbered = PlanVersion.objects.filter(pk=version.pk, number=None).update(number=number)
    except IntegrityError as error:
        raise StaleWrite("Another version got this number in the same moment.") from error
    if not numbered:
        raise StaleWrite("This version was numbered in the same moment.")
    version.number = number
    record(EventName.VERSION_NUMBERED, actor=by, about=version, at=at, number=number)
    return version
