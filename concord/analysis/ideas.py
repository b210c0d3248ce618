"""An idea for an action: how its free text is read, and what is said of an action that is like it.

Nothing here needs Django: the pages, the program and `concord check --against` read ideas the same way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Protocol

from concord.engine.index import Index
from concord.engine.languages import english
from concord.engine.lexicon import found_in, places_in
from concord.engine.periods import years_in
from concord.engine.schemas import actions_table
from concord.engine.texts import plain, words
from concord.kernel.money import minor_units
from concord.kernel.names import fold

LEAST_SHOWN: Final = 0.2
"""Weaker likenesses are not shown: fewer than one in five is related at all."""

NEIGHBOURS, ENOUGH = 6, 0.35
"""Topics and means that an idea does not state are those that weigh this much among its six nearest texts.
Source: docs/methods/checking.md, "Free text"."""

NAMED_ENOUGH, UNNAMED_ENOUGH = 0.15, 0.55
"""Where the idea's own words name a means, the named ones need less and the others more. Source: as above."""

LEAST_LIKE, LEAST_NEIGHBOURS, ALONE_ENOUGH = 0.1, 2, 0.3
"""Texts less alike than this say nothing about each other's topics; one alone says enough only if it is as
much alike as the last."""

MOST_READ: Final = 3
"""So many topics and so many means are read from the words at most."""

MANY_FOREIGN: Final = 2
"""A text with so many words of other languages is taken for one in another language."""

SAME_TITLE_WORDS: Final = 3
"""Of a shorter title the same words tell little."""

MOST_COMPARED: Final = (
    Decimal(10) ** 15
)  # a larger sum is a typing error, and might not fit the engine's int64

MEANS_NAMED: Final = {
    "training": "training",
    "advice": "advisory",
    "networking": "networking",
    "operations": "operational-support",
    "analysis": "analysis",
    "legislation": "legislation",
    "equipment": "equipment",
    "awareness": "awareness",
    "information systems": "information-exchange",
    "infrastructure": "infrastructure",
}
"""The word list's names of means -> the codes of action types that mean the same."""

_PLACES_ELSEWHERE: Final = {
    "AL": r"\b(shqip(eri|tar)|albani)",
    "BA": r"\b(bosn|hercegov)",
    "XK": r"\bkosov",
    "ME": r"\b(crn(a|e|oj|u) gor|crnogor|mali i zi|malit te zi|malin e zi)",
    "MK": r"\bma(q|k)edon",
    "RS": r"\b(serbi|srbi)",
}
"""What the beneficiaries are called in the region's languages, folded, beyond the engine's own list."""

_ACRONYM = re.compile(r"\b[A-Z][A-Z0-9]{2,}\b")
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Idea:
    """What somebody thinks of doing. Only the title must be there; empty means not stated.

    key: of the action that it is a new text of, as a workbook of Concord's says; "" for a new one.
    start, end: as precise as known ("2026", "2026-03"). amount: major units of currency.
    """

    title: str
    summary: str = ""
    beneficiaries: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    action_types: tuple[str, ...] = ()
    donors: tuple[str, ...] = ()
    implementers: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    amount: Decimal | None = None
    currency: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class ReadAs:
    """What was compared: what the idea states, and where it states nothing, what its words say.

    from_words: the fields that were read from the words ("topics", "beneficiaries", ...). whom: with whom the
    work is done, by the words alone. years: the first and the last year that the words name, where no date is
    stated.
    """

    topics: tuple[str, ...]
    action_types: tuple[str, ...]
    beneficiaries: tuple[str, ...]
    whom: tuple[str, ...]
    start: str
    end: str
    years: tuple[int, int] | None
    from_words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Like:
    """An action that relates to the idea; key: the action's."""

    key: str
    kind: str
    score: float
    evidence: str


class Found(Protocol):
    """A pair as the engine found it."""

    @property
    def key_a(self) -> str: ...
    @property
    def key_b(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def evidence(self) -> str: ...


def read_idea(idea: Idea, key: str, index: Index, *, on: date) -> ReadAs:
    """How an idea is read beside the actions of an index; key: what it is called among them.

    What it states counts as stated. Topics and means that it does not state are those of the actions of its
    very title, else of its nearest texts, and only where its words speak of the field at all: of anything
    else nothing is guessed.
    """
    text = f"{idea.title}. {idea.summary}"
    said = _in_english(text)
    topics, types = idea.topics, idea.action_types
    named = _of_the_same_title(idea, key, index)
    if not (topics and types) and (named or _speaks_of_the_field(text, said, index)):
        near = named or _neighbours(idea, key, index, on)
        topics = topics or _common(near, "topics")
        types = types or _common(near, "action_types", named=_means_in(said))
    places = idea.beneficiaries or tuple(sorted(_places(text)))
    whom = found_in(said, "targets")
    years = None if idea.start or idea.end else years_in(text)
    stated = {"topics": idea.topics, "action_types": idea.action_types, "beneficiaries": idea.beneficiaries}
    from_words = frozenset(name for name, value in stated.items() if not value)
    shown = tuple(sorted(whom - {"police"} if "border police" in whom else whom))
    return ReadAs(topics, types, places, shown, idea.start, idea.end, years, from_words)


def row_of(idea: Idea, read: ReadAs, key: str) -> dict[str, Any]:
    """The idea as a row of ACTIONS."""
    amount = idea.amount if idea.amount is not None and 0 < idea.amount <= MOST_COMPARED else None
    money = (
        [{"currency": idea.currency, "minor_units": minor_units(amount, idea.currency)}]
        if (amount is not None and idea.currency)
        else []
    )
    return {
        "id": key,
        "title": idea.title,
        "summary": idea.summary,
        "topics": list(read.topics),
        "action_types": list(read.action_types),
        "donors": list(idea.donors),
        "implementers": list(idea.implementers),
        "beneficiaries": sorted(idea.beneficiaries or _unknown_to_engine(idea, read)),
        "start": idea.start,
        "end": idea.end,
        "status": "planned",
        "amounts": money,
    }


def _unknown_to_engine(idea: Idea, read: ReadAs) -> tuple[str, ...]:
    """The places that were read, where the engine's own list does not find them in the text."""
    found = places_in(f"{idea.title}. {idea.summary}")
    return () if found == frozenset(read.beneficiaries) else read.beneficiaries


def likes_of(pairs: Iterable[Found], idea: Idea, key: str, index: Index) -> tuple[Like, ...]:
    """What is said of the actions that the engine found like an idea: those of the same title first, else in
    the engine's order."""
    found: list[tuple[bool, Like]] = []
    for pair in pairs:
        if pair.score < LEAST_SHOWN:
            continue
        other = pair.key_b if pair.key_a == key else pair.key_a
        title = index.actions["title"][index.places[other]].as_py()
        same = _same_title(idea.title, title) and (pair.kind in _NO_PHASE or not idea.start + idea.end)
        kind = "duplicate" if same else pair.kind
        found.append((not same, Like(other, kind, pair.score, _telling(pair.evidence))))
    return tuple(like for _other, like in sorted(found, key=lambda each: each[0]))


_NO_PHASE = ("overlap", "synergy")


def _same_title(one: str, other: str) -> bool:
    """Whether two titles say the same words: whoever writes an action's very title means that action, however
    little else they say of it."""
    folded = fold(one)
    return folded == fold(other) and len(folded.split()) >= SAME_TITLE_WORDS


def _in_english(text: str) -> str:
    """The text, and behind it the English words for those that it writes in another language."""
    foreign = _foreign_words(text)
    return f"{text}. {' '.join(foreign)}" if foreign else text


def _foreign_words(text: str) -> list[str]:
    pairs = [(word, english(word)) for word in _WORD.findall(plain(text))]
    return [told for word, told in pairs if told != word]


def _speaks_of_the_field(text: str, said: str, index: Index) -> bool:
    """Whether a text names what actions are about, whom they are for, or a programme that stands here."""
    if found_in(said, "subjects") or found_in(said, "targets"):
        return True
    return any(stem in index.stems for name in _ACRONYM.findall(text) for stem in words(name))


def _places(text: str) -> frozenset[str]:
    """The beneficiaries that a text names in any of the languages; the region's name means all of them."""
    folded, known = plain(text), places_in(text)
    elsewhere = frozenset(code for code, name in _PLACES_ELSEWHERE.items() if re.search(name, folded))
    if elsewhere and known == frozenset(_PLACES_ELSEWHERE):  # by the region's name, and some by their own
        return elsewhere
    return known | elsewhere


def _means_in(text: str) -> frozenset[str]:
    """The action types that a text names in so many words."""
    return frozenset(MEANS_NAMED[name] for name in found_in(text, "means") if name in MEANS_NAMED)


def _of_the_same_title(idea: Idea, key: str, index: Index) -> list[tuple[Mapping[str, Any], float]]:
    """The actions of an idea's very title, each counting the same."""
    block = index.blocks.get(f"title:{' '.join(words(idea.title))}")
    if block is None:
        return []
    places = index.holds[:, [block]].nonzero()[0]
    rows = index.actions.take(sorted(int(place) for place in places)).to_pylist()
    return [(row, 1.0) for row in rows if row["id"] != key and _same_title(idea.title, row["title"])]


def _neighbours(idea: Idea, key: str, index: Index, on: date) -> Sequence[tuple[Mapping[str, Any], float]]:
    """The nearest texts with how like they are. A text in another language is looked for by its English words
    alone: those that nobody can read would make everything unlike it."""
    foreign = _foreign_words(f"{idea.title}. {idea.summary}")
    title, summary = (idea.title, idea.summary) if len(foreign) < MANY_FOREIGN else (" ".join(foreign), "")
    row = actions_table([{"id": key, "title": title, "summary": summary}])
    near = index.nearest(row, NEIGHBOURS + 1, today=on)[0]
    near = [(other, like) for other, like in near if other != key and like >= LEAST_LIKE][:NEIGHBOURS]
    if len(near) < LEAST_NEIGHBOURS and not (near and near[0][1] >= ALONE_ENOUGH):
        return []
    places = [index.places[other] for other, _ in near]
    rows = index.actions.take(places).to_pylist() if places else []
    return [(row, like) for row, (_, like) in zip(rows, near, strict=True)]


def _common(
    near: Sequence[tuple[Mapping[str, Any], float]], field: str, named: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """The values that weigh enough among the nearest texts, the weightiest first. named: what the idea's own
    words say."""
    total = sum(like for _, like in near)
    weights: dict[str, float] = {}
    for row, like in near:
        for value in row[field] or ():
            weights[value] = weights.get(value, 0.0) + like
    found = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    others = UNNAMED_ENOUGH if named else ENOUGH
    enough = {value: NAMED_ENOUGH if value in named else others for value in weights}
    return tuple(value for value, weight in found if weight >= enough[value] * total)[:MOST_READ]


def _telling(evidence: str) -> str:
    """A sentence of evidence without its clauses on what is not reported: an idea need not say it yet."""
    clauses = [clause for clause in evidence.split("; ") if not _UNKNOWN.search(clause)]
    text = "; ".join(clauses)
    return text[:1].upper() + text[1:] if text else evidence


_UNKNOWN = re.compile(r"not reported for (one|either|at least one)$|not all dates are reported$")
