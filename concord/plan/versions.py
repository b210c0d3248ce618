"""The chain of frozen versions: how a commitment is made, and the proof that all of them hold."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from concord.plan.models import Plan, PlanVersion


@dataclass(frozen=True, slots=True)
class BrokenVersion:
    """A version that does not prove what it should, and why."""

    ref: str
    why: str


def commitment_of(document: bytes, *, salt: bytes, previous: str) -> str:
    """The commitment to a version's bytes: HMAC-SHA256 keyed with its salt, over the previous
    version's commitment (hexadecimal text) and the document; 64 lower-case hexadecimal digits.

    Source: design.md, section 5 (a plain hash over a restricted amount is guessed in milliseconds).
    """
    return hmac.new(salt, previous.encode() + b"\n" + document, hashlib.sha256).hexdigest()


def verify_versions(plan: Plan) -> list[BrokenVersion]:
    """Recomputes a plan's chain of versions in the order of drafts; empty means that all is well.

    Finds a changed document, salt, commitment, order, a missing version and a gap in the numbers.
    """
    broken: list[BrokenVersion] = []
    previous, expected = "", 1
    versions = PlanVersion.objects.filter(plan=plan).order_by("draft_number")
    for version in versions:
        if why := _fault(version, previous=previous, expected=expected):
            broken.append(BrokenVersion(version.ref, why))
        previous, expected = version.commitment, version.draft_number + 1
    numbers = [version.number for version in versions if version.number is not None]
    if sorted(numbers) != list(range(1, len(numbers) + 1)):
        broken.append(BrokenVersion(plan.ref, f"The numbers of its versions have a gap: {sorted(numbers)}."))
    return broken


def _fault(version: PlanVersion, *, previous: str, expected: int) -> str:
    if version.draft_number != expected:
        return f"Draft {expected} is missing before it."
    if version.previous_commitment != previous:
        return "It does not follow from the draft before it."
    made = commitment_of(bytes(version.document), salt=bytes(version.salt), previous=previous)
    return "" if made == version.commitment else "Its text, its salt or its commitment was changed."
