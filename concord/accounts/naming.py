"""Which organisation a string means, as sources write it. Part of this room's queries."""

import re
from collections.abc import Collection, Iterable, Mapping

from django.db.models import Q
from rapidfuzz import fuzz

from concord.accounts.models import Instrument, Organisation, OrganisationName
from concord.kernel.names import fold

BATCH = 5_000  # strings in one question: far below what either database takes as parameters

# How a fund or programme begins, where it stands beside its donor in brackets. Known from the
# instruments of the European Union and of the region's other donors; further ones go into the table.
_PROGRAMME = re.compile(
    r"(?:ipa|icsp|ifs|isf|amif|bmvi|ndici|cards|phare|eidhr|taiex|twinning|madad|matra|cssf|wbif|exbs"
    r"|instrument (?:for|contributing)|internal security fund|civil society facility"
    r"|asylum, migration|horizon (?:2020|europe)|eea and norway)\b"
)
_BRACKETED = re.compile(r"(?P<outer>[^()]+?)\s*\((?P<inner>.+)\)\s*")

Donor = tuple[Organisation | None, str]


def resolve_name(text: str, *, source: str = "") -> Organisation | None:
    """The one organisation with this name, acronym or alias after folding; None: none, or several.

    source: the name of the file that the string stands in; an alias that holds only there counts then,
    and before names that hold everywhere.
    """
    return resolve_names([text], source=source)[text]


def resolve_names(texts: Iterable[str], *, source: str = "") -> dict[str, Organisation | None]:
    """`resolve_name` for many strings, in one query for up to 5,000: every string that came in is a key."""
    wanted = {text: fold(text) for text in texts}
    found = _owners(set(wanted.values()) - {""}, source)
    return {text: found.get(folded) for text, folded in wanted.items()}


def resolve_donor(text: str, *, source: str = "") -> Donor:
    """The donor and the instrument or programme that a string names; (None, "") where it is unknown."""
    return read_donors([text], source=source)[text]


def read_donors(texts: Iterable[str], *, source: str = "") -> dict[str, Donor]:
    """Donor and instrument of many strings as written, in two queries: every string is a key.

    First the table of instruments; then the whole string as a name (instrument ""); then NAME
    (PROGRAMME) or PROGRAMME (NAME), where PROGRAMME begins with a known programme word and NAME is
    known, the programme as written. A string that is none of these gives (None, "").

    Source: design.md, section 2 ("Funding line") and 3 ("Names as written").
    """
    listed = list(dict.fromkeys(texts))
    parts = {text: split for text in listed if (split := _name_and_programme(text))}
    names = resolve_names([*listed, *(name for name, _ in parts.values())], source=source)
    table = _instruments({fold(text) for text in listed})
    return {text: _donor(text, table, names, parts) for text in listed}


def near_names(text: str, limit: int = 5) -> list[Organisation]:
    """Organisations with a name most like the text, the likest first; for "did you mean"."""
    folded = fold(text)
    likest: dict[int, float] = {}
    for organisation, known in OrganisationName.objects.filter(only_in="").values_list(
        "organisation", "folded"
    ):
        likest[organisation] = max(likest.get(organisation, 0.0), _likeness(folded, known))
    near = sorted((pk for pk, score in likest.items() if score >= NEAR), key=lambda pk: (-likest[pk], pk))
    organisations = Organisation.objects.in_bulk(near[:limit])
    return [organisations[pk] for pk in near[:limit]]


NEAR = 60.0  # of 100; below it, names in the demonstration's register stop looking alike to a reader
LONG_ENOUGH = 6  # letters from which a name inside a longer one says something ("UN" is in "UNICEF")


def _likeness(text: str, known: str) -> float:
    """0 to 100: letters in order, words in any order, and a little less for one name inside the other."""
    if known in text.split() or text in known.split():
        return 90.0  # "GIZ GmbH" and GIZ
    whole = max(fuzz.ratio(text, known), fuzz.token_sort_ratio(text, known))
    if min(len(text), len(known)) < LONG_ENOUGH:
        return whole
    return max(whole, 0.9 * fuzz.token_set_ratio(text, known))


def _owners(folded: Collection[str], source: str) -> dict[str, Organisation]:
    """The organisation of each folded string that means exactly one; local aliases go before others."""
    local: dict[str, set[int]] = {}
    general: dict[str, set[int]] = {}
    organisations: dict[int, Organisation] = {}
    places = Q(only_in="") | Q(only_in=source) if source else Q(only_in="")
    for batch in _batches(sorted(folded)):
        for name in OrganisationName.objects.filter(places, folded__in=batch).select_related("organisation"):
            organisations[name.organisation_id] = name.organisation
            owners = local if name.only_in else general
            owners.setdefault(name.folded, set()).add(name.organisation_id)
    meant = {text: local.get(text) or general.get(text, set()) for text in folded}
    return {text: organisations[next(iter(pks))] for text, pks in meant.items() if len(pks) == 1}


def _instruments(folded: Collection[str]) -> dict[str, Instrument]:
    return {
        row.folded: row
        for batch in _batches(sorted(folded))
        for row in Instrument.objects.filter(folded__in=batch).select_related("donor")
    }


def _donor(
    text: str,
    table: Mapping[str, Instrument],
    names: Mapping[str, Organisation | None],
    parts: Mapping[str, tuple[str, str]],
) -> Donor:
    if listed := table.get(fold(text)):
        return listed.donor, listed.instrument
    if organisation := names[text]:
        return organisation, ""
    name, programme = parts.get(text, ("", ""))
    return (names[name], programme) if name and names[name] else (None, "")


def _name_and_programme(text: str) -> tuple[str, str] | None:
    found = _BRACKETED.fullmatch(text.strip())
    if not found:
        return None
    outer, inner = found["outer"].strip(), found["inner"].strip()
    if _PROGRAMME.match(fold(inner)):
        return outer, inner
    return (inner, outer) if _PROGRAMME.match(fold(outer)) else None


def _batches(strings: list[str]) -> Iterable[list[str]]:
    return (strings[start : start + BATCH] for start in range(0, len(strings), BATCH))
