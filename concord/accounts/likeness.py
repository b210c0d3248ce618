"""Bodies that a name may mean, the likest first, each with the reason: for "did you mean". Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest
from itertools import islice

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

from concord.accounts.name_index import Looks, NameIndex, bag, is_initials, is_open, places_named, splits
from concord.accounts.shapes import Shape, ends_in_place, shape_of
from concord.accounts.words import plain
from concord.kernel.codelists import PLACES
from concord.kernel.names import fold

LIKELY = 75.0
"""Likeness of 100 from which a body is proposed. Source: docs/methods/names.md, section 4."""
STRUCTURE = 95.0  # what the words or the tree say goes before what only looks alike
INSIDE = 0.93  # one name inside the other weighs a little less than the same words
LONG_ENOUGH = 6  # letters from which a name inside a longer one says something ("UN" is in "UNICEF")
CONTAINED = 90.0  # an acronym that stands as a word in the text
SHORTEST_INITIALS, LONGEST_INITIALS = 3, 8
_AT_ONCE = 512  # texts compared in one step: bounds the memory
_LOOKED_AT = 20  # likest strings of the register per text; several may belong to one body

Likenesses = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Near:
    """A body that a text may mean: why in words, and how like (0 to 100)."""

    owner: int
    why: str
    score: float


def nearest(
    index: NameIndex, texts: Sequence[str], *, source: str = "", limit: int = 5
) -> dict[str, list[Near]]:
    """For each text the bodies it may mean, the likest first; empty where nothing is like it.

    Source: docs/methods/names.md, section 3.
    """
    listed = list(dict.fromkeys(texts))
    alike = _alike(index, listed)
    return {text: _best([*_told(index, text, source), *alike.get(text, [])], limit) for text in listed}


def _best(found: Sequence[Near], limit: int) -> list[Near]:
    best: dict[int, Near] = {}
    for near in found:
        if near.owner not in best or near.score > best[near.owner].score:
            best[near.owner] = near
    ranked = sorted(best.values(), key=lambda near: (-near.score, near.owner))
    return ranked[:limit]


# --- what words and the tree say --------------------------------------------------------------------


def _told(index: NameIndex, text: str, source: str) -> Iterator[Near]:
    for owner in sorted(index.exact(fold(text), source) or index.same(text, source)):
        yield Near(owner, "several bodies are called so", 100.0)
    for owner in sorted(index.elsewhere(fold(text), source)):
        yield Near(owner, "called so in another file", STRUCTURE + 2)
    if (shape := shape_of(text)) is not None:
        yield from _by_shape(index, shape)
    yield from _by_initials(index, text)
    for head, tail in splits(text):
        yield from _parts_of(index, head, tail, source)
    if office := ends_in_place(text):
        for owner in _lone(index.same(office[0], source)):
            place = PLACES.get(office[1], office[1])
            yield Near(owner, f"its office for {place}? The register has none", STRUCTURE)


def _by_initials(index: NameIndex, text: str) -> Iterator[Near]:
    letters = text.strip().replace(".", "")
    if not (
        SHORTEST_INITIALS <= len(letters) <= LONGEST_INITIALS and letters.isalpha() and letters.isupper()
    ):
        return
    for name in index.names:
        if name.sort != "acronym" and not name.only_in and is_initials(letters, name.text, left_out=1):
            yield Near(name.owner, f"the first letters of “{name.text}”", 85.0)


def _lone(owners: set[int]) -> set[int]:
    return owners if len(owners) == 1 else set()


def _by_shape(index: NameIndex, shape: Shape) -> Iterator[Near]:
    fitting = {owner for known, owners in index.by_shape.items() if _may_be(shape, known) for owner in owners}
    for owner in sorted(fitting):
        served = 1 if index.bodies[owner].beneficiary else 0  # the beneficiaries' own go before others
        why = _WHOSE[shape.kind] if is_open(shape) else "of the same state, with a like subject or seat"
        yield Near(owner, why, STRUCTURE + served)
    if not fitting and shape.kind in ("embassy", "ministry") and shape.of:
        for owner in sorted(index.by_shape.get(Shape("government", shape.of), set())):
            yield Near(owner, f"the register has no such {shape.kind}; this is what it belongs to", 80.0)


_WHOSE = {
    "ministry": "a ministry of this name; the text does not say whose",
    "embassy": "an embassy of this sender; the seat is not told in both",
    "delegation": "a delegation of the Union; the place is not told in both",
    "government": "the same state",
}


def _may_be(shape: Shape, known: Shape) -> bool:
    """Whether two shapes agree in all that both of them say; a ministry may have more subjects."""
    topics, others = set(shape.topic.split()), set(known.topic.split())
    if shape.kind != known.kind or not (topics <= others or others <= topics):
        return False
    return all(
        not one or not other or one == other for one, other in ((shape.of, known.of), (shape.at, known.at))
    )


def _parts_of(index: NameIndex, head: str, tail: str, source: str) -> Iterator[Near]:
    owners, others = _lone(index.same(head, source)), _lone(index.same(tail, source))
    for owner in owners:
        why = f"“{head}” is its name, “{tail}” is not known: its part, or a role?"
        yield Near(owner, why if not others else f"“{head}” is its name", STRUCTURE)
    for owner in others:
        yield Near(owner, f"“{tail}” is its name", STRUCTURE - 1)
    for text in (head, tail):
        if (shape := shape_of(text)) is not None and is_open(shape):
            yield from _by_shape(index, shape)


# --- what looks alike ---------------------------------------------------------------------------------


def _alike(index: NameIndex, texts: Sequence[str]) -> dict[str, list[Near]]:
    known = index.looks
    found: dict[str, list[Near]] = {}
    for start in range(0, len(texts), _AT_ONCE):
        batch = texts[start : start + _AT_ONCE]
        ordered = _ordered([plain(text) for text in batch], known)
        for row, text in enumerate(batch):
            likeness = {int(at): float(ordered[row, at]) for at in np.flatnonzero(ordered[row] >= LIKELY)}
            for at, score in _inside(plain(text), known).items():
                likeness[at] = max(score, likeness.get(at, 0.0))
            found[text] = list(islice(_ranked(text, likeness, known), _LOOKED_AT))
    return found


def _ranked(text: str, likeness: Mapping[int, float], known: Looks) -> Iterator[Near]:
    for score, at in nlargest(3 * _LOOKED_AT, ((score, -at) for at, score in likeness.items())):
        name = known.names[-at]
        if score >= LIKELY and not contradict(text, name.text):
            why = "spelt much like it" if name.sort == "name" else f"looks like “{name.text}”"
            yield Near(name.owner, why, score)


def _ordered(asked: Sequence[str], known: Looks) -> Likenesses:
    """0 to 100, a row for each text: the same letters, whatever the order of the words."""
    if not asked or not known.names:
        return np.zeros((len(asked), len(known.names)), dtype=np.float32)
    scores: Likenesses = process.cdist(
        [" ".join(sorted(text.split())) for text in asked],
        known.ordered,
        scorer=fuzz.ratio,
        dtype=np.float32,
        score_cutoff=LIKELY,
        workers=-1,
    )
    # Two acronyms that differ by a letter are two bodies.
    scores[np.array([" " not in text and len(text) < LONG_ENOUGH for text in asked])] = 0
    return scores


def _inside(text: str, known: Looks) -> dict[int, float]:
    """Positions of the names inside the text, or around it, that have a rare word in common with it."""
    found: dict[int, float] = {}
    for word in text.split():
        for at in known.by_word.get(word, ()):
            name = known.plain[at]
            if name == word and name not in known.places:
                found[at] = CONTAINED
            elif len(text) >= LONG_ENOUGH and len(name) >= LONG_ENOUGH and name not in known.places:
                found.setdefault(at, INSIDE * fuzz.token_set_ratio(text, name))
    return found


def contradict(text: str, name: str) -> bool:
    """Whether two names that look alike name different places, or different ministries."""
    one, other = shape_of(text), shape_of(name)
    if one is not None and other is not None and one.kind == other.kind and not is_open(one):
        return not _may_be(one, other)
    places, others = places_named(text), places_named(name)
    return bool(places and others and not places & others) and bag(text) != bag(name)
