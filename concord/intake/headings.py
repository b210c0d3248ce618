"""What headings mean: words of the vocabulary, two rows of headings, languages, years, near misses. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

from rapidfuzz import fuzz, process

from concord.intake.columns import KNOWN, NEAR, UNKNOWN, YEARLY
from concord.intake.readings.units import Unit, unit_of
from concord.intake.vocabulary import (
    Holds,
    field_named,
    heading_key,
    index_of,
    is_numbering,
    words,
    words_of,
)

NEAR_ENOUGH = 90.0  # of 100: "Donnor" and "Projct title" pass, "Recipient" and "Reporting" do not
SHORTEST_NEAR = 5  # letters; shorter words are like too many others
_CLEAR_BY = 3.0  # a near word of another field must be this much less alike
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_OF_MONEY = ("budget_amount",)
_TWO_LANGUAGES = re.compile(r"[/\n()\[\]|]|\s-\s")  # "Naziv projekta / Project title"
_IN_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a heading means: its field ("" where unknown), how it was found, and what it says beside."""

    field: str = ""
    how: str = UNKNOWN
    currency: str = ""
    factor: int = 1
    detail: str = ""
    language: str = ""
    rank: int = 0


@lru_cache(maxsize=65536)
def meaning_of(texts: tuple[str, ...], holds: Holds) -> Meaning:
    """What the headings above one column mean together, the topmost first.

    Returns:
        The lowest heading's meaning where it is known by itself; else that of the group above it with it.
    """
    stated = tuple(dict.fromkeys(text for text in texts if text.strip()))
    if not stated:
        return Meaning()
    own, group = stated[-1], " ".join(stated[:-1])
    if holds == "actions" and (year := _yearly(own, group)):
        return year
    if (known := _known(own, holds)).field:
        return known
    if is_numbering(own):
        return Meaning(how=KNOWN)
    if group:
        joined = (_known(text, holds) for text in (f"{group} {own}", f"{own} {group}", f"{own} of {group}"))
        if found := next((meaning for meaning in joined if meaning.field), None):
            return found
        if not unit_of(own).bare.strip() or _language_of(heading_key(own))[1] == heading_key(own):
            unit, above = unit_of(own), _known(group, holds)
            return Meaning(above.field, above.how, unit.currency or above.currency, unit.factor)
    return _near(own, holds)


def known_fields(headings: Sequence[tuple[str, ...]], holds: Holds) -> set[str]:
    """The fields that the vocabulary knows for these headings, without near misses."""
    meanings = (meaning_of(texts, holds) for texts in headings)
    return {meaning.field + meaning.detail for meaning in meanings if meaning.field and meaning.how == KNOWN}


def _known(heading: str, holds: Holds) -> Meaning:
    key = heading_key(heading)
    if field := field_named(heading, holds):
        return _with_unit(heading, field, Meaning(field, KNOWN, rank=_rank(key, field, holds)))
    bare, language = _language_of(key)
    if language and (field := _field_of_key(bare, holds)):
        return Meaning(field, KNOWN, language=language, rank=_rank(bare, field, holds))
    unit = heading_key(unit_of(heading).bare)
    if unit != key and (field := _field_of_key(unit, holds)) in _OF_MONEY:
        return _with_unit(heading, field, Meaning(field, KNOWN, rank=_rank(unit, field, holds)))
    pieces = [piece for piece in _TWO_LANGUAGES.split(heading) if piece.strip()]
    fields = {field_named(piece, holds) for piece in pieces}
    if len(pieces) > 1 and len(fields) == 1 and (field := fields.pop()):
        return Meaning(field, KNOWN, rank=_rank(heading_key(pieces[0]), field, holds))
    return Meaning()


def _with_unit(heading: str, field: str, meaning: Meaning) -> Meaning:
    unit = unit_of(heading) if field in _OF_MONEY else Unit(heading)
    return replace(meaning, currency=unit.currency, factor=unit.factor)


def _yearly(own: str, group: str) -> Meaning | None:
    """ "2018" under "Budget", "Budget 2018", "2018 (EUR)": the amount of one year."""
    found = _YEAR.search(own)
    if not found:
        return None
    unit = unit_of(own)
    rest = heading_key(_YEAR.sub(" ", unit.bare)).strip(" ()")
    above = unit_of(group) if group else Unit("")
    group_key = heading_key(above.bare)
    of_money = "budget_amount" in (field_named(rest, "actions"), field_named(above.bare, "actions"))
    of_money = of_money or bool({rest, group_key} & words("words", "budget_group"))
    if not rest and (of_money or unit.currency or above.currency):
        of_money = True
    if not of_money or (rest and field_named(rest, "actions") not in ("", "budget_amount")):
        return None
    return Meaning(YEARLY, KNOWN, unit.currency or above.currency, max(unit.factor, above.factor), found[1])


def _near(heading: str, holds: Holds) -> Meaning:
    """A heading with more in brackets, or a letter or two away from a word of the vocabulary."""
    bare = _IN_BRACKETS.sub(" ", heading).strip()
    if bare and bare != heading and (found := _known(bare, holds)).field:
        return Meaning(found.field, NEAR, found.currency, found.factor, language=found.language, rank=1000)
    key = heading_key(bare or heading)
    if len(key) < SHORTEST_NEAR:
        return Meaning()
    likest = process.extract(
        key, _keys(holds), scorer=fuzz.ratio, score_cutoff=NEAR_ENOUGH - _CLEAR_BY, limit=5
    )
    if not likest or likest[0][1] < NEAR_ENOUGH:
        return Meaning()
    fields = {_field_of_key(word, holds) for word, score, _ in likest if score > likest[0][1] - _CLEAR_BY}
    return Meaning(fields.pop(), NEAR, rank=1000) if len(fields) == 1 else Meaning()


@cache
def _keys(holds: Holds) -> tuple[str, ...]:
    listed: Mapping[str, str] = index_of(holds) | (index_of("also_read") if holds == "actions" else {})
    return tuple(key for key in listed if len(key) >= SHORTEST_NEAR)


def _field_of_key(key: str, holds: Holds) -> str:
    return field_named(key, holds) if key else ""


def _language_of(key: str) -> tuple[str, str]:
    """A heading without the language behind it, and that language: "title en" is "title", "en"."""
    tokens = key.replace("(", " ").replace(")", " ").split()
    for size in (2, 1):
        tail = " ".join(tokens[-size:])
        if len(tokens) > size and (language := index_of("languages").get(tail)):
            return " ".join(tokens[:-size]), language
    return key, ""


def _rank(key: str, field: str, holds: Holds) -> int:
    """The place of a word in its list: of two headings of one field, the earlier word is taken."""
    listed = words_of(holds, field)
    return listed.index(key) if key in listed else len(listed)
