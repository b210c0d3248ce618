"""Organisations as written -> keys that agree when two strings name the same body."""
# ruff: noqa: E501  word lists read better in long lines

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from concord.engine.texts import plain

_BRACKETS = re.compile(r"\(([^()]*)\)")
_ACRONYM = re.compile(r"\b[A-Z][A-Za-z]*[A-Z][A-Z0-9]*\b")
_LEAD = re.compile(
    r"^(the|republic of|government of|federal republic of|kingdom of|embassy of|ministry of foreign affairs of)\s+"
)

#: Bodies whose many spellings no acronym in brackets explains. Pattern on the plain text -> key.
#: Source: the names in the public pages behind the shipped compilation.
_KNOWN: tuple[tuple[str, str], ...] = (
    (r"\b(european union|eu|european commission|ec|ipa|ipa ii|dg near|dg elarg|echo|bashkimi evropian|evropska unija|europska unija|internal security fund|amif|icsp|instrument contributing to stability)\b", "eu"),
    (r"\b(council of europe|coe|economic crime and cooperation)\b", "council of europe"),
    (r"\b(giz|deutsche gesellschaft fur internationale|german development cooperation)\b", "giz"),
    (r"\b(bmz|german federal ministry for economic|federal german ministry of economic|german government|germany|federal republic of germany|german federal foreign office|federal foreign office)\b", "germany"),
    (r"\b(iom|international organi[sz]ation for migration)\b", "iom"),
    (r"\b(undp|united nations development programme)\b", "undp"),
    (r"\b(unodc|united nations office on drugs)\b", "unodc"),
    (r"\b(seesac)\b", "seesac"),
    (r"\b(unhcr)\b", "unhcr"),
    (r"\b(unicef)\b", "unicef"),
    (r"\b(osce|organi[sz]ation for security and co-?operation)\b", "osce"),
    (r"\b(gcerf|global community engagement)\b", "gcerf"),
    (r"\b(cilc|center for international legal cooperation|centre for international legal cooperation)\b", "cilc"),
    (r"\b(irz|german foundation for international legal)\b", "irz"),
    (r"\b(aed|agency for economic cooperation and development)\b", "aed"),
    (r"\b(icmpd|international centre for migration policy)\b", "icmpd"),
    (r"\b(italian ministry of (the )?interior|imoi|ministry of interior of italy|italian police)\b", "italian interior"),
    (r"\b(italy|italian ministry of foreign|italian agency for development|italian embassy)\b", "italy"),
    (r"\b(sida|sweden|swedish international development|government of sweden|embassy of sweden)\b", "sweden"),
    (r"\b(sdc|swiss|switzerland|state secretariat for migration)\b", "switzerland"),
    (r"\b(norway|norwegian|royal norwegian)\b", "norway"),
    (r"\b(denmark|danish)\b", "denmark"),
    (r"\b(netherlands|dutch|nuffic)\b", "netherlands"),
    (r"\b(british|united kingdom|uk|fcdo|conflict,? stability and security fund|cssf)\b", "united kingdom"),
    (r"\b(usaid)\b", "usaid"),
    (r"\b(u\.?s\.? department of state|state department|department of state|inl|us embassy|u\.?s\.? embassy|united states|usa|us government|u\.?s\.? bureau|prm|icitap|opdat|u\.?s\.? department of justice)\b", "united states"),
    (r"\b(austria|austrian)\b", "austria"),
    (r"\b(frontex)\b", "frontex"),
    (r"\b(euaa|easo|european asylum support)\b", "euaa"),
    (r"\b(europol)\b", "europol"),
    (r"\b(cepol)\b", "cepol"),
    (r"\b(interpol)\b", "interpol"),
    (r"\b(dcaf)\b", "dcaf"),
    (r"\b(rcc|regional cooperation council)\b", "rcc"),
    (r"\b(un women)\b", "un women"),
)  # fmt: skip
_PATTERNS = tuple((re.compile(pattern), key) for pattern, key in _KNOWN)


@lru_cache(maxsize=100_000)
def keys_of(name: str) -> frozenset[str]:
    """The keys one written name answers to: its known body, its own folded name, its acronym.

    "International Organization for Migration (IOM)" and "IOM" share the key `iom`;
    "European Union (IPA 2016)" and "European Commission" share `eu`.
    """
    folded = plain(name)
    known = {key for pattern, key in _PATTERNS if pattern.search(folded)}
    if known:
        return frozenset(known)
    main = _LEAD.sub("", re.sub(r"[^a-z0-9]+", " ", _BRACKETS.sub(" ", folded)).strip())
    acronyms = {plain(found) for part in _BRACKETS.findall(name) for found in _ACRONYM.findall(part)}
    bare = {plain(name.strip())} if _ACRONYM.fullmatch(name.strip()) else set()
    return frozenset({key for key in {main} | acronyms | bare if key})


def keys_of_all(names: Iterable[str] | None) -> frozenset[str]:
    """The keys of a list of names."""
    found: set[str] = set()
    for name in names or ():
        found |= keys_of(name)
    return frozenset(found)


def same_bodies(left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether each name of one list has its like in the other: the same bodies, perhaps spelt differently."""
    return len(shared_names(left, right)) == len(left) and len(shared_names(right, left)) == len(right)


def shared_names(left: Sequence[str] | None, right: Sequence[str] | None) -> list[str]:
    """The names of `left` (as written there) that also stand in `right`, in left's order."""
    others = keys_of_all(right)
    return [name for name in left or () if keys_of(name) & others]
