"""The proof that what was published is what was decided: hashes, signatures, chains."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from concord.kernel.canonical import canonical_bytes, sha256_hex
from concord.kernel.errors import ConcordError
from concord.plan.versions import verify_versions
from concord.publication import signing
from concord.publication.models import Edition

if TYPE_CHECKING:
    from concord.plan.models import Plan


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that does not prove what it should: what, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and what is wrong with it. head: the latest edition's hash, or empty."""

    versions: int
    editions: int
    head: str
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return not self.problems


def verify(plan: Plan, *, since: str = "") -> Verification:
    """Recomputes the chain of a plan's versions and of its editions.

    Finds a changed byte of a version, an edition or a file; a removed, swapped or inserted one; a
    signature by a foreign key; an edition whose version or decision is another one.

    Args:
        since: the SHA-256 of an edition that somebody kept; it has to be in the chain.
    """
    editions = list(Edition.objects.filter(plan=plan).select_related("version", "plan").order_by("number"))
    problems = [Problem(f"version {broken.ref}", broken.why) for broken in verify_versions(plan)]
    keys = signing.known_keys()
    previous = ""
    for place, edition in enumerate(editions, start=1):
        whys = _faults(edition, place=place, previous=previous, keys=keys)
        problems += [Problem(f"edition {edition.number} of {plan.ref}", why) for why in whys]
        previous = edition.sha256
    problems += _unpublished(plan, editions)
    if since and since not in {sha256_hex(bytes(edition.document)) for edition in editions}:
        problems.append(
            Problem(plan.ref, f"The edition with the hash {since} is not in this chain: it is a fork.")
        )
    return Verification(plan.versions.count(), len(editions), previous, tuple(problems))


def _faults(edition: Edition, *, place: int, previous: str, keys: frozenset[str]) -> list[str]:
    content = bytes(edition.document)
    faults = []
    if edition.number != place:
        faults.append(f"The edition with number {place} is missing before it.")
    if sha256_hex(content) != edition.sha256:
        faults.append("Its bytes were changed: they do not have its SHA-256 any more.")
    if edition.previous_sha256 != previous:
        faults.append("It does not follow from the edition before it.")
    if not signing.is_signed(content, edition.signature, edition.public_key):
        faults.append("Its signature does not fit its bytes.")
    if edition.public_key not in keys:
        faults.append("It was signed with a key that is not this installation's.")
    faults += _faults_inside(edition, content)
    faults += _faults_of_binding(edition)
    faults += [
        f"Its {file.format} file was changed."
        for file in edition.files.all()
        if sha256_hex(bytes(file.content)) != file.sha256
    ]
    return faults


def _faults_inside(edition: Edition, content: bytes) -> list[str]:
    """The row has to say what the signed bytes say."""
    try:
        document = json.loads(content)
        facts: dict[str, Any] = document["edition"]
        said = (
            document["plan"]["ref"],
            facts["number"],
            facts["previous_sha256"] or "",
            facts["in_force_from"],
        )
        is_canonical = canonical_bytes(document) == content
    except (ValueError, KeyError, TypeError, ConcordError):
        return ["Its bytes are no edition any more."]
    row = (edition.plan.ref, edition.number, edition.previous_sha256, edition.in_force_from.isoformat())
    faults = [] if said == row else ["Its bytes speak of another plan, number, predecessor or day."]
    return faults if is_canonical else [*faults, "Its bytes are not in canonical form."]


def _faults_of_binding(edition: Edition) -> list[str]:
    faults = []
    if edition.version.commitment != edition.commitment:
        faults.append("The version that it was made from was exchanged.")
    if edition.version.number != edition.number:
        faults.append(f"The version that it was made from bears the number {edition.version.number}.")
    bound = edition.decision.texts.filter(version=edition.version, commitment=edition.commitment)
    if not bound.exists():
        faults.append("Its decision does not bind the version that it was made from.")
    return faults


def _unpublished(plan: Plan, editions: list[Edition]) -> list[Problem]:
    published = {edition.version_id for edition in editions}
    numbered = plan.versions.filter(number__isnull=False).exclude(pk__in=published)
    return [
        Problem(f"version {version.ref}", "It bears a number, but its edition is missing.")
        for version in numbered.defer("document")
    ]
