"""What the words of a name say a body is: an embassy of X in Y, a ministry, a government. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from concord.accounts.words import (
    longest_places,
    ministry_acronyms,
    ministry_topics,
    phrases,
    places,
    plain,
    words_of,
)

_FEDERAL = frozenset({"AT", "DE", "CH", "BE", "US"})  # elsewhere "federal" may mean a part of the place


@dataclass(frozen=True, slots=True)
class Shape:
    """A body told by its name. kind: embassy, delegation, ministry or government.

    of: the code of the place it belongs to ("EU" for the Union), "" where the name does not say;
    at: the place where it sits, "" likewise; topic: a ministry's, "" for others.
    """

    kind: str
    of: str = ""
    at: str = ""
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a name: its code, how it is named (name, adjective, seat) and where its words stand."""

    code: str
    sort: str
    start: int
    end: int


@lru_cache(maxsize=200_000)
def shape_of(text: str) -> Shape | None:
    """The body that a name describes in full; None where a word of it says something else.

    "Swedish Embassy in Tirana" is an embassy of SE at AL; "MoI" is a ministry of the interior of no
    place named; "Embassy of Sweden, MATRA programme" is None.
    """
    words = words_of(text)
    found = places_in(words)
    left = _left(words, found)
    for read in (_embassy, _delegation, _ministry, _government):
        if shape := read(found, left):
            return shape
    return None


def places_in(words: Sequence[str]) -> list[Place]:
    """The places that the words name, in their order; the longest phrase counts."""
    known, longest = places(), longest_places()
    found: list[Place] = []
    start = 0
    while start < len(words):
        for size in range(min(longest.get(words[start], 0), len(words) - start), 0, -1):
            if here := known.get(" ".join(words[start : start + size])):
                found.append(Place(here[0], here[1], start, start + size))
                start += size
                break
        else:
            start += 1
    return found


@lru_cache(maxsize=200_000)
def place_of(text: str) -> str:
    """The code of the one place that a name names, "" where it names none or several."""
    codes = {place.code for place in places_in(words_of(text))}
    return next(iter(codes)) if len(codes) == 1 else ""


@lru_cache(maxsize=200_000)
def ends_in_place(text: str) -> tuple[str, str] | None:
    """A name with a place behind it: ("IOM", "RS") for "IOM Office in Belgrade"; None where there is none."""
    words = words_of(text)
    found = places_in(words)
    if not found or found[-1].end != len(words) or (found[-1].sort == "adjective" and not found[-1].start):
        return None
    head = list(words[: found[-1].start])
    trailing = {*phrases("shapes", "office"), "in", "to", "for", "of", "the", "a", "u", "ne", "country"}
    while head and head[-1] in trailing:
        head.pop()
    return (" ".join(head), found[-1].code) if head else None


def _left(words: Sequence[str], found: Sequence[Place]) -> list[str]:
    """The words that name no place, without small ones."""
    taken = {index for place in found for index in range(place.start, place.end)}
    text = " ".join(word for index, word in enumerate(words) if index not in taken)
    return [] if not text else plain(text).split()


def _without(left: list[str], *lists: str) -> list[str]:
    """The words left when the phrases of these lists are taken out."""
    text = f" {' '.join(left)} "
    for name in lists:
        for phrase in sorted(phrases("shapes", name), key=len, reverse=True):
            text = text.replace(f" {phrase} ", " ")
    return text.split()


def _has(left: list[str], name: str) -> bool:
    text = f" {' '.join(left)} "
    return any(f" {phrase} " in text for phrase in phrases("shapes", name))


def _embassy(found: list[Place], left: list[str]) -> Shape | None:
    if not _has(left, "embassy") or _without(left, "embassy", "filler") or not 0 < len(found) <= 2:
        return None
    first, rest = found[0], found[1:]
    if not rest:
        return Shape("embassy", first.code) if first.sort != "seat" else None
    if first.sort == "seat":  # "Tirana Embassy of Sweden"
        first, rest = rest[0], [first]
    return Shape("embassy", first.code, rest[0].code) if first.code != rest[0].code else None


def _delegation(found: list[Place], left: list[str]) -> Shape | None:
    if not (_has(left, "delegation") and _has(left, "union")) or _without(
        left, "union", "delegation", "filler"
    ):
        return None
    codes = {place.code for place in found}
    return Shape("delegation", "EU", next(iter(codes), "")) if len(codes) <= 1 else None


def _ministry(found: list[Place], left: list[str]) -> Shape | None:
    codes = {place.code for place in found}
    if len(codes) > 1:
        return None
    of = next(iter(codes), "")
    rest = [word for word in left if word not in phrases("shapes", "filler") or word == "state"]
    if "federal" in left or "federalno" in left:
        of = of if of in _FEDERAL else f"{of}?" if of else ""
    if len(rest) == 1 and (topic := ministry_acronyms().get(rest[0])):
        return Shape("ministry", of, "", topic)
    if not _has(left, "ministry"):
        return None
    topic = " ".join(_without(rest, "ministry"))
    named = ministry_topics().get(topic) or " ".join(sorted(topic.split()))
    return Shape("ministry", of, "", named) if named else None


def _government(found: list[Place], left: list[str]) -> Shape | None:
    codes = {place.code for place in found}
    if len(codes) != 1 or any(place.sort == "seat" for place in found):
        return None
    if (not left and found[0].sort == "name") or (left and not _without(left, "government", "filler")):
        return Shape("government", next(iter(codes)))
    return None
