"""Which organisation a string means, as sources write it. Part of this room's queries.

The rules are pure and stand in name_index.py and likeness.py; here the register is read for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from django.db.models import Q

from concord.accounts.likeness import nearest
from concord.accounts.models import Instrument, Organisation, OrganisationIdentifier, OrganisationName
from concord.accounts.name_index import Body, KnownName, NameIndex, Settled, is_open, splits
from concord.accounts.shapes import Shape, shape_of
from concord.accounts.words import has_legal_form
from concord.kernel.names import fold

BATCH = 5_000  # strings in one question: far below what either database takes as parameters

Donor = tuple[Organisation | None, str]
As = Literal["donor", "other"]


class Certainty(StrEnum):
    """How sure it is whom a string names."""

    CERTAIN = "certain"
    LIKELY = "likely"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Told:
    """What a string tells of a body that the register lacks: the proposal for adding it."""

    name: str
    acronym: str = ""
    kind: str = ""
    parent: Organisation | None = None
    beneficiary: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """Whom a string as written names.

    certain: organisation is that body; likely: ask "did you mean", near has up to five bodies, the
    likest first, each with the reason; unknown: kept as written. instrument is what a donor string
    names beside the donor. told: what adding a body would start from, where it is not certain. bare:
    it says what the body is and not whose ("Ministry of Interior"), so an answer holds in its file.
    """

    text: str
    certainty: Certainty
    organisation: Organisation | None = None
    instrument: str = ""
    near: list[tuple[Organisation, str]] = field(default_factory=list)
    told: Told | None = None
    bare: bool = False


def read_names(texts: Iterable[str], *, source: str, kind: As = "other") -> dict[str, Reading]:
    """Whom each string names, in a fixed number of queries; every string that came in is a key.

    Args:
        source: the file that the strings stand in; aliases that hold only there count first.
        kind: "donor" also reads the table of instruments and NAME (PROGRAMME).

    Source: docs/methods/names.md.
    """
    listed = list(dict.fromkeys(texts))
    index = name_index() if listed else NameIndex([], [])
    settled = {text: index.settle(text, source=source, donor=kind == "donor") for text in listed}
    open_ones = [text for text, found in settled.items() if found is None and fold(text)]
    near = nearest(index, open_ones, source=source)
    told = {text: _told(index, text) for text in open_ones}
    wanted = {one.owner for one in settled.values() if one} | {pk for _, pk in told.values() if pk}
    bodies = Organisation.objects.in_bulk(wanted | {n.owner for found in near.values() for n in found})
    return {
        text: _certain(text, one, bodies)
        if (one := settled[text])
        else _open(text, [(bodies[n.owner], n.why) for n in near.get(text, [])], told.get(text), bodies)
        for text in listed
    }


def resolve_name(text: str, *, source: str = "") -> Organisation | None:
    """The one organisation that the string names for certain; None: none, or several.

    source: the name of the file that the string stands in; an alias that holds only there counts then,
    and before names that hold everywhere.
    """
    return resolve_names([text], source=source)[text]


def resolve_names(texts: Iterable[str], *, source: str = "") -> dict[str, Organisation | None]:
    """`resolve_name` for many strings, in a fixed number of queries: every string that came in is a key.

    Names as they stand in the register take one query for up to 5,000; the whole register is read
    only where a string is none of them.
    """
    wanted = {text: fold(text) for text in texts}
    owners = _owners(set(wanted.values()) - {""}, source)
    left = [text for text, folded in wanted.items() if folded and not owners[folded]]
    settled = {text: found for text, found in _settled(left, source, donor=False).items() if found}
    pks = {pk for found in owners.values() if len(found) == 1 for pk in found}
    bodies = Organisation.objects.in_bulk(pks | {s.owner for s in settled.values()}) if pks or settled else {}
    return {
        text: bodies[settled[text].owner] if text in settled else _only(owners.get(folded, set()), bodies)
        for text, folded in wanted.items()
    }


def resolve_donor(text: str, *, source: str = "") -> Donor:
    """The donor and the instrument or programme that a string names; (None, "") where it is unknown."""
    return read_donors([text], source=source)[text]


def read_donors(texts: Iterable[str], *, source: str = "") -> dict[str, Donor]:
    """Donor and instrument of many strings as written, in a fixed number of queries: every string is a key.

    First the table of instruments; then the whole string as a name (instrument ""); then NAME
    (PROGRAMME) or PROGRAMME (NAME), where PROGRAMME begins with a known programme word and NAME is
    known, the programme as written. A string that is none of these, and no certain reading otherwise,
    gives (None, "").

    Source: design.md, section 2 ("Funding line") and 3 ("Names as written").
    """
    listed = list(dict.fromkeys(texts))
    settled = _settled(listed, source, donor=True)
    bodies = Organisation.objects.in_bulk({s.owner for s in settled.values() if s}) if listed else {}
    return {text: (bodies[s.owner], s.instrument) if s else (None, "") for text, s in settled.items()}


def near_names(text: str, limit: int = 5) -> list[Organisation]:
    """Organisations that the text may mean, the likest first; for "did you mean"."""
    return [organisation for organisation, _ in nearest_names([text], limit=limit)[text]]


def nearest_names(texts: Sequence[str], *, limit: int = 5) -> dict[str, list[tuple[Organisation, str]]]:
    """For each text the organisations that it may mean, each with the reason; the likest first."""
    asked = [text for text in dict.fromkeys(texts) if fold(text)]
    near = _near(asked, limit) if asked else {}
    bodies = Organisation.objects.in_bulk({n.owner for found in near.values() for n in found})
    return {text: [(bodies[n.owner], n.why) for n in near.get(text, [])] for text in texts}


# --- the register as rules read it --------------------------------------------------------------------

_kept: list[tuple[Any, NameIndex]] = []  # the last register that this process read, with its look-ups


def name_index() -> NameIndex:
    """The register with its look-ups, in four queries; built again only where a row of it changed."""
    rows = _register_rows()
    if not _kept or _kept[0][0] != rows:
        bodies, names, identifiers, instruments = rows
        index = NameIndex(
            (Body(*row) for row in bodies),
            (KnownName(*row) for row in names),
            {f"{scheme}-{value}": owner for scheme, value, owner in identifiers},
            {folded: (donor, instrument) for folded, donor, instrument in instruments},
        )
        _kept[:] = [(rows, index)]
        _answered.clear()
    return _kept[0][1]


_answered: dict[Any, Any] = {}  # what was asked of the register that is kept, and its answer
ANSWERS_KEPT = 50_000  # a large file writes the same names in every batch


def _near(texts: Sequence[str], limit: int) -> dict[str, Any]:
    index = name_index()
    asked = [text for text in texts if (text, limit) not in _answered]
    found = nearest(index, asked, limit=limit) if asked else {}
    _keep_answers({(text, limit): found.get(text, []) for text in asked})
    return {text: _answered.get((text, limit), found.get(text, [])) for text in texts}


def _keep_answers(answers: Mapping[Any, Any]) -> None:
    if len(_answered) + len(answers) <= ANSWERS_KEPT:
        _answered.update(answers)


def _register_rows() -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    bodies = Organisation.objects.filter(merged_into=None).order_by("pk")
    names = OrganisationName.objects.filter(organisation__merged_into=None).order_by("pk")
    return (
        list(bodies.values_list("pk", "name", "parent_id", "beneficiary_code")),
        list(names.values_list("organisation_id", "sort", "text", "folded", "only_in", "restricted")),
        list(OrganisationIdentifier.objects.order_by("pk").values_list("scheme", "value", "organisation_id")),
        list(Instrument.objects.order_by("pk").values_list("folded", "donor_id", "instrument")),
    )


def _settled(texts: Sequence[str], source: str, *, donor: bool) -> dict[str, Settled | None]:
    index = name_index() if any(fold(text) for text in texts) else NameIndex([], [])
    found: dict[str, Settled | None] = {}
    for text in texts:
        asked = text, source, donor
        if asked not in _answered:
            _keep_answers({asked: index.settle(text, source=source, donor=donor)})
        found[text] = (
            _answered[asked] if asked in _answered else index.settle(text, source=source, donor=donor)
        )
    return found


def _owners(folded: Collection[str], source: str) -> dict[str, set[int]]:
    """The organisations of each folded string; aliases of the source go before others."""
    local: dict[str, set[int]] = {}
    general: dict[str, set[int]] = {}
    places = Q(only_in="") | Q(only_in=source) if source else Q(only_in="")
    for batch in _batches(sorted(folded)):
        rows = OrganisationName.objects.filter(places, folded__in=batch, organisation__merged_into=None)
        for text, only_in, owner in rows.values_list("folded", "only_in", "organisation_id"):
            (local if only_in else general).setdefault(text, set()).add(owner)
    return {text: local.get(text) or general.get(text, set()) for text in folded}


def _only(owners: set[int], bodies: Mapping[int, Organisation]) -> Organisation | None:
    return bodies[next(iter(owners))] if len(owners) == 1 else None


def _certain(text: str, settled: Settled, bodies: Mapping[int, Organisation]) -> Reading:
    return Reading(text, Certainty.CERTAIN, bodies[settled.owner], settled.instrument)


def _open(
    text: str,
    near: list[tuple[Organisation, str]],
    told: tuple[dict[str, str], int | None] | None,
    bodies: Mapping[int, Organisation],
) -> Reading:
    certainty = Certainty.LIKELY if near else Certainty.UNKNOWN
    if told is None:
        return Reading(text, certainty, near=near)
    facts, parent = told
    above = bodies[parent] if parent else None
    place = above.beneficiary_code if above else ""
    shape = shape_of(text)
    return Reading(
        text,
        certainty,
        near=near,
        told=Told(parent=above, beneficiary=place, **facts),
        bare=shape is not None and is_open(shape),
    )


_KIND_OF_SHAPE = {
    "ministry": "ministry-or-agency",
    "embassy": "ministry-or-agency",
    "delegation": "eu-institution",
    "government": "government",
}


def _told(index: NameIndex, text: str) -> tuple[dict[str, str], int | None]:
    """Name, acronym and kind that the string tells of a new body, and the body that it stands under."""
    facts = {"name": " ".join(text.split())[:300]}
    shape = shape_of(text)
    if shape is not None and shape.kind != "government":
        above = index.by_shape.get(Shape("government", shape.of), set())
        union = index.exact(fold("European Union")) if shape.of == "EU" else above
        return facts | {"kind": _KIND_OF_SHAPE[shape.kind]}, next(iter(union)) if len(union) == 1 else None
    if shape is not None:
        return facts | {"kind": "government"}, None
    if has_legal_form(text):
        facts["kind"] = "company"
    for head, tail in splits(text):
        owners = index.same(head)
        if len(owners) == 1:
            return facts, next(iter(owners))
        if f"({tail})" in text and tail.isupper() and " " not in tail:
            return facts | {"name": head[:300], "acronym": tail[:60]}, None
    return facts, None


def _batches(strings: list[str]) -> Iterable[list[str]]:
    return (strings[start : start + BATCH] for start in range(0, len(strings), BATCH))
