"""Reads of the publication room. Public pages ask nothing else; nothing here writes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from concord.kernel import clock
from concord.kernel.canonical import sha256_hex
from concord.kernel.errors import NotFound
from concord.kernel.names import fold
from concord.publication import signing
from concord.publication.exports import FORMATS, export
from concord.publication.models import (
    Edition,
    EditionAction,
    EditionFacet,
    EditionFile,
    EditionNeed,
    MovedOrganisation,
    PublishRequest,
)
from concord.publication.reading import PlanText
from concord.publication.rules import RequestState

_SLUG = re.compile(r"[-\w]{1,50}", re.ASCII)
_KEPT_TEXTS = 24  # parsed editions in memory; one of 315 actions takes about 3 MB


@dataclass(frozen=True, slots=True)
class ActionFilter:
    """What a reader looks for; an empty field asks nothing. words: all of them, wherever they stand."""

    beneficiary: str = ""
    topic: str = ""
    means: str = ""
    donor: str = ""
    year: int | None = None
    words: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether every action passes."""
        return self == ActionFilter()


def editions() -> QuerySet[Edition]:
    """Every edition with its plan, without the bytes."""
    return Edition.objects.select_related("plan").defer("document")


def editions_of(plan_ref: str) -> list[Edition]:
    """The editions of a plan, the latest number first.

    Raises:
        NotFound: nothing of such a plan was ever published; whether it exists is not told.
    """
    found = (
        list(editions().filter(plan__ref=plan_ref).order_by("-number")) if _SLUG.fullmatch(plan_ref) else []
    )
    if not found:
        raise NotFound(f"No plan with the address “{plan_ref}” is published here.")
    return found


def edition_of(plan_ref: str, number: int) -> Edition:
    """Version `number` of a plan, as it was published.

    Raises:
        NotFound: there is no such plan, or it has no such version.
    """
    found = editions_of(plan_ref)
    for edition in found:
        if edition.number == number:
            return edition
    raise NotFound(f"This plan has no version {number}. The latest is version {found[0].number}.")


def edition_on(plan_ref: str, day: date) -> Edition:
    """The text of a plan that was in force on a day (included).

    It depends on rows that never change: the edition with the latest first day up to then, and of
    those of one day the highest number.

    Raises:
        NotFound: no text was in force on that day.
    """
    found = editions_of(plan_ref)
    begun = [edition for edition in found if edition.in_force_from <= day]
    if not begun:
        first = min(edition.in_force_from for edition in found)
        raise NotFound(
            f"No text of this plan was in force on {day.isoformat()}. "
            f"The first is in force from {first.isoformat()}."
        )
    return max(begun, key=lambda edition: (edition.in_force_from, edition.number))


def edition_in_force(plan_ref: str) -> Edition:
    """The text of a plan that is in force today.

    Raises:
        NotFound: nothing is in force.
    """
    return edition_on(plan_ref, clock.now().date())


def editions_in_force() -> list[Edition]:
    """One edition for each plan that has a text in force today, by period, pillar and ref."""
    today = clock.now().date()
    latest: dict[int, Edition] = {}
    begun = editions().filter(in_force_from__lte=today)
    for edition in begun.order_by("in_force_from", "number"):
        latest[edition.plan_id] = edition
    return sorted(latest.values(), key=lambda edition: (_text(edition).plan["starts"], edition.plan.ref))


def edition_made_of(version_pk: int) -> Edition | None:
    """The edition made from a version, if there is one."""
    return editions().filter(version_id=version_pk).first()


def bytes_of(edition: Edition) -> bytes:
    """The edition's bytes, exactly as published."""
    return bytes(Edition.objects.values_list("document", flat=True).get(pk=edition.pk))


def text_of(edition: Edition) -> PlanText:
    """The edition, read. Kept in memory, since it never changes."""
    return _text(edition)


def _text(edition: Edition) -> PlanText:
    return _parsed(edition.pk, edition.sha256)


@lru_cache(maxsize=_KEPT_TEXTS)
def _parsed(pk: int, _sha256: str) -> PlanText:
    content = bytes(Edition.objects.values_list("document", flat=True).get(pk=pk))
    return PlanText(json.loads(content))


def file_of(edition: Edition, format_name: str) -> tuple[bytes, str]:
    """An edition as a file, and the SHA-256 of these bytes: those made when it was published.

    Raises:
        NotFound: it has no file of that format.
    """
    if format_name == "json":
        return bytes_of(edition), edition.sha256
    row = EditionFile.objects.filter(edition=edition, format=format_name).first()
    if row is not None:
        return bytes(row.content), row.sha256
    if format_name not in FORMATS:
        raise NotFound(f"This version has no file of the format “{format_name}”.")
    # Published before this format was made: its bytes follow from the edition's alone.
    content = export(json.loads(bytes_of(edition)), format_name)
    return content, sha256_hex(content)


def file_sizes(edition: Edition) -> dict[str, int]:
    """The size in bytes of each file of an edition, by format."""
    sizes = {row.format: len(row.content) for row in EditionFile.objects.filter(edition=edition)}
    return {**sizes, "json": len(bytes_of(edition))}


def matching_actions(edition: Edition, wanted: ActionFilter) -> list[str]:
    """The keys of an edition's actions that pass a filter, in the order of the edition.

    year: the action runs, or may run, in that year; one without any date may.
    """
    rows = EditionAction.objects.filter(edition=edition)
    for kind, value in (
        (EditionFacet.Kind.BENEFICIARY, wanted.beneficiary),
        (EditionFacet.Kind.TOPIC, wanted.topic),
        (EditionFacet.Kind.MEANS, wanted.means),
        (EditionFacet.Kind.DONOR, wanted.donor),
    ):
        if value:
            rows = rows.filter(pk__in=EditionFacet.objects.filter(kind=kind, value=value).values("action"))
    if wanted.year is not None:
        rows = rows.filter(_in_year(wanted.year))
    for word in fold(wanted.words).split():
        rows = rows.filter(text__contains=word)
    return list(rows.order_by("order").values_list("key", flat=True))


def _in_year(year: int) -> Q:
    """A start alone runs up to three years, an end alone began up to three before (design.md, section 6)."""
    begins = (
        Q(first_year__lte=year)
        | Q(first_year=None, last_year=None)
        | Q(first_year=None, last_year__lte=year + 3)
    )
    ends = (
        Q(last_year__gte=year)
        | Q(last_year=None, first_year=None)
        | Q(last_year=None, first_year__gte=year - 3)
    )
    return begins & ends


def matching_needs(edition: Edition, words: str) -> list[str]:
    """The keys of an edition's needs that hold all these words, in the order of the edition."""
    rows = EditionNeed.objects.filter(edition=edition)
    for word in fold(words).split():
        rows = rows.filter(text__contains=word)
    return list(rows.order_by("order").values_list("key", flat=True))


def keys_with(kind: str, value: str, among: Iterable[Edition]) -> dict[int, list[str]]:
    """The actions that a facet holds for, by the primary key of their edition."""
    facets = EditionFacet.objects.filter(kind=kind, value=value, action__edition__in=[e.pk for e in among])
    found: dict[int, list[str]] = {}
    rows = facets.order_by("action__edition", "action__order").values_list("action__edition", "action__key")
    for edition, key in rows:
        found.setdefault(edition, []).append(key)
    return found


def standing_in(keys: Iterable[str], among: Iterable[Edition]) -> dict[str, list[str]]:
    """In which plans (refs) each of these actions stands, among these editions."""
    rows = EditionAction.objects.filter(key__in=list(keys), edition__in=[edition.pk for edition in among])
    found: dict[str, list[str]] = {}
    for key, ref in rows.order_by("edition__plan__ref").values_list("key", "edition__plan__ref"):
        found.setdefault(key, []).append(ref)
    return found


def proof_of(edition: Edition) -> dict[str, Any]:
    """What proves an edition without this server: hash, signature, key, the one before, and the salted
    commitment to the internal version that the Board's decision bound."""
    return {
        "plan": edition.plan.ref,
        "number": edition.number,
        "sha256": edition.sha256,
        "previous_sha256": edition.previous_sha256 or None,
        "signature": edition.signature,
        "algorithm": "Ed25519 over the bytes of the edition",
        "public_key": edition.public_key,
        "public_key_pem": signing.public_key_pem(edition.public_key),
        "commitment": edition.commitment,
    }


def organisation_now(key: str) -> str:
    """The key to which a merged body's key leads, "" where none does.

    Only a key that some edition named: that another body was merged away is nobody's business.
    """
    moved = dict(MovedOrganisation.objects.values_list("key", "target_key")) if key else {}
    if key not in moved or not _was_named(key):
        return ""
    now = moved[key]
    while now in moved:
        now = moved[now]
    return now


def _was_named(key: str) -> bool:
    named = f'"key":"{key}"'.encode()
    documents = Edition.objects.values_list("document", flat=True)
    return any(named in bytes(document) for document in documents.iterator())


def requests_of(plan_ref: str) -> QuerySet[PublishRequest]:
    """What was asked for in a plan and is neither made nor withdrawn, oldest first. For members' pages."""
    waiting = PublishRequest.objects.filter(version__plan__ref=plan_ref)
    return waiting.filter(state__in=[RequestState.ASKED.value, RequestState.CONFIRMED.value]).select_related(
        "version__plan", "asked_by", "confirmed_by"
    )


def request_for(version_pk: int) -> PublishRequest | None:
    """The request of a version that was not withdrawn, if there is one. For members' pages."""
    kept = PublishRequest.objects.filter(version_id=version_pk).exclude(state=RequestState.WITHDRAWN.value)
    return kept.select_related("asked_by", "confirmed_by").first()


def fingerprint() -> str:
    """Changes whenever anything that public pages show may have changed: a new edition, or a new day."""
    rows = Edition.objects.order_by("pk").values_list("sha256", "in_force_from")
    told = [clock.now().date().isoformat(), *(f"{sha256} {day}" for sha256, day in rows)]
    return sha256_hex("\n".join(told).encode())
