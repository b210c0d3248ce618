"""The only code that writes publications: asked for by one person, confirmed by a second, made once."""

from __future__ import annotations

import json
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.audit.events import EventName
from concord.audit.services import record
from concord.governance.queries import decision_facts, standing_of
from concord.kernel.canonical import canonical_bytes, sha256_hex
from concord.kernel.errors import IllegalMove, StaleWrite
from concord.plan.queries import scope_of
from concord.plan.services import number_version
from concord.publication import exports, search, signing
from concord.publication.events import edition_published
from concord.publication.models import Edition, EditionFile, PublishRequest
from concord.publication.redaction import redact
from concord.publication.rules import RequestMove, RequestState, next_state, require_second_person

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.governance.models import Decision
    from concord.plan.models import PlanVersion

_ATTEMPTS = 3  # a race for a number is lost at most once per rival; three are more than anybody publishes


@transaction.atomic
def ask_to_publish(
    version: PlanVersion, *, in_force_from: date | None = None, by: Person, at: datetime
) -> PublishRequest:
    """Asks that the public text of an endorsed version be published.

    Args:
        in_force_from: the first day on which it is in force; the day of the decision if not given.

    Raises:
        NotPermitted. IllegalMove: not endorsed, published, superseded, asked for already, or a day
        before the decision or before the text that is in force.
    """
    require(by, Permission.ASK_TO_PUBLISH, within=scope_of(version.plan))
    decision = _endorsing_decision(version)
    day = in_force_from or decision.decided_on
    _require_day(version, decision, day)
    if PublishRequest.objects.filter(version=version).exclude(state=RequestState.WITHDRAWN.value).exists():
        raise IllegalMove("The publication of this version was asked for already.")
    try:
        with transaction.atomic():
            request = PublishRequest.objects.create(
                version=version, in_force_from=day, asked_by=by, asked_at=at
            )
    except IntegrityError:
        raise StaleWrite("Somebody else asked for this publication at the same moment.") from None
    record(EventName.PUBLICATION_ASKED, actor=by, about=version, at=at, in_force_from=day.isoformat())
    return request


@transaction.atomic
def confirm_publication(request: PublishRequest, *, by: Person, at: datetime) -> PublishRequest:
    """Confirms, as a second person, what somebody else asked for. Then it can be published.

    Raises:
        NotPermitted. IllegalMove: the same person, or not waiting to be confirmed. StaleWrite.
    """
    require(by, Permission.CONFIRM_PUBLICATION, within=scope_of(request.version.plan))
    after = next_state(request.state, RequestMove.CONFIRM)
    require_second_person(request.asked_by_id, by.pk)
    _endorsing_decision(request.version)
    _settle(request, after, confirmed_by=by, confirmed_at=at)
    record(EventName.PUBLICATION_CONFIRMED, actor=by, about=request.version, at=at)
    return request


@transaction.atomic
def withdraw_request(request: PublishRequest, *, by: Person, at: datetime) -> None:
    """Takes back a publication that was asked for, before it is made.

    Raises:
        NotPermitted. IllegalMove: published or withdrawn. StaleWrite.
    """
    require(by, Permission.ASK_TO_PUBLISH, within=scope_of(request.version.plan))
    after = next_state(request.state, RequestMove.WITHDRAW)
    _settle(request, after, settled_at=at)
    record(EventName.PUBLICATION_ASK_WITHDRAWN, actor=by, about=request.version, at=at)


def publish(version: PlanVersion, *, by: Person, at: datetime) -> Edition:
    """Makes the edition of a version whose publication was asked for and confirmed: exactly once.

    Called again, or by two at once, it gives the same edition. Number, edition, files and search
    tables come in one transaction, so that a crash leaves all of it or nothing.

    Raises:
        NotPermitted. IllegalMove: a person is missing, or the text may not be published any more.
    """
    require(by, Permission.CONFIRM_PUBLICATION, within=scope_of(version.plan))
    for _attempt in range(_ATTEMPTS):
        made: Edition | None = Edition.objects.filter(version=version).first()
        if made is not None:
            return made
        try:
            with transaction.atomic():
                return _make(version, by=by, at=at)
        except (StaleWrite, IntegrityError):
            version.refresh_from_db(fields=["number"])
    raise StaleWrite("Others are publishing this plan at the same moment. Try again.")


def finish_editions() -> int:
    """Makes what an upgrade added: files of formats that an edition has not got yet, missing search rows.

    What is there stays byte for byte. Returns how many editions were touched; run twice, the second
    touches none.
    """
    return sum(_finish(edition) for edition in Edition.objects.order_by("pk"))


def _make(version: PlanVersion, *, by: Person, at: datetime) -> Edition:
    request = _open_request(version)
    decision = _endorsing_decision(version)
    after = next_state(request.state, RequestMove.MAKE)
    _settle(request, after, settled_at=at)
    previous = Edition.objects.filter(plan=version.plan).order_by("-number").first()
    number = previous.number + 1 if previous else 1
    number_version(version, number=number, by=by, at=at)
    edition = _edition(version, request, decision, number=number, previous=previous, at=at)
    _complete(edition)
    record(
        EventName.EDITION_PUBLISHED,
        actor=by,
        about=edition,
        at=at,
        sha256=edition.sha256,
        commitment=edition.commitment,
        rehearsal=decision.is_rehearsal,
    )
    transaction.on_commit(partial(edition_published.send, sender=Edition, edition=edition), robust=True)
    return edition


def _edition(
    version: PlanVersion,
    request: PublishRequest,
    decision: Decision,
    *,
    number: int,
    previous: Edition | None,
    at: datetime,
) -> Edition:
    profile = version.plan.framework.profile
    document = json.loads(bytes(version.document))
    document["version"] = {"number": number, "state": "endorsed", "decision": decision_facts(decision)}
    document["edition"] = {
        "number": number,
        "in_force_from": request.in_force_from.isoformat(),
        "published_on": at.date().isoformat(),
        "previous_sha256": previous.sha256 if previous else None,
        "profile": profile,
    }
    content = canonical_bytes(redact(document, profile))
    signature, public_key = signing.sign(content)
    return Edition.objects.create(
        plan=version.plan,
        version=version,
        decision=decision,
        number=number,
        profile=profile,
        document=content,
        sha256=sha256_hex(content),
        signature=signature,
        public_key=public_key,
        previous_sha256=previous.sha256 if previous else "",
        commitment=version.commitment,
        in_force_from=request.in_force_from,
        published_at=at,
    )


def _complete(edition: Edition) -> None:
    search.build(edition)
    _add_files(edition, exports.STORED_FORMATS)


@transaction.atomic
def _finish(edition: Edition) -> bool:
    there = set(edition.files.values_list("format", flat=True))
    missing = [name for name in exports.STORED_FORMATS if name not in there]
    _add_files(edition, missing)
    actions = len(json.loads(bytes(edition.document))["actions"])
    if edition.actions.count() != actions:
        search.rebuild(edition)
        return True
    return bool(missing)


def _add_files(edition: Edition, formats: Any) -> None:
    document = json.loads(bytes(edition.document))
    for name in formats:
        content = exports.export(document, name)
        EditionFile.objects.create(edition=edition, format=name, content=content, sha256=sha256_hex(content))


def _endorsing_decision(version: PlanVersion) -> Decision:
    standing = standing_of(version)
    if not standing.is_endorsed or standing.decision is None:
        raise IllegalMove("This text is not endorsed. Record the decision that endorses it first.")
    if standing.superseded:
        raise IllegalMove("A later text of this plan is published already.")
    return standing.decision


def _open_request(version: PlanVersion) -> PublishRequest:
    requests = PublishRequest.objects.filter(version=version).exclude(state=RequestState.WITHDRAWN.value)
    request = requests.first()
    if request is None:
        raise IllegalMove("Nobody has asked for this publication yet. One person asks, a second confirms.")
    if request.state == RequestState.MADE:
        raise StaleWrite("This edition is being made at this moment.")
    return request


def _require_day(version: PlanVersion, decision: Decision, day: date) -> None:
    if day < decision.decided_on:
        raise IllegalMove("A text cannot be in force before the day of its decision.")
    last = Edition.objects.filter(plan=version.plan).order_by("-number").first()
    if last is not None and day < last.in_force_from:
        raise IllegalMove(
            f"Version {last.number} is in force from {last.in_force_from.isoformat()}. "
            "Choose that day or a later one."
        )


def _settle(request: PublishRequest, after: RequestState, **facts: Any) -> None:
    waiting = PublishRequest.objects.filter(pk=request.pk, state=request.state)
    if waiting.update(state=after.value, **facts) != 1:
        raise StaleWrite("Somebody else changed this request since you opened it. Read it again.")
    request.refresh_from_db()
