"""What is compared between a need and an action, as numbers; each belongs to one term of evidence."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from concord.engine import lexicon, texts
from concord.engine.features import Columns, share
from concord.engine.reading import Reading, indicator
from concord.engine.statistics import Statistics
from concord.engine.texts import row_products

_TERMS: dict[str, tuple[str, ...]] = {
    "wording": ("words", "title_words", "words_found", "letters", "place"),
    "subject": ("subjects", "subjects_shared", "subjects_found", "subjects_missing"),
    "topics": (
        "topics", "topics_shared", "topics_found", "topics_rare", "topics_of_action", "first_topic",
        "narrow_topics", "narrow_missing", "pillar",
    ),
    "beneficiaries": (
        "beneficiaries", "beneficiaries_shared", "beneficiaries_within", "beneficiaries_of_need",
        "beneficiaries_of_action",
    ),
    "means": ("means", "means_found", "legislative", "laws", "equipment", "training"),
    "whom it works with": ("targets", "targets_found"),
    "period": ("years_later", "dated"),
}  # fmt: skip
TERM_OF: dict[str, str] = {name: term for term, names in _TERMS.items() for name in names}
TERMS: tuple[str, ...] = tuple(_TERMS)
FEATURES: tuple[str, ...] = tuple(TERM_OF)
_LISTS = ("subjects", "means", "targets")
_FAR_YEARS = 10.0


#: A place further down says no more than this one: features hold at most LAST_PLACE = ln(1 + place).
PLACES_TOLD = 150
_LAST_PLACE = 5.0


class Likest(NamedTuple):
    """How like each need (row) the likest actions of a set are, largest first, and the ids of these."""

    likeness: np.ndarray
    ids: np.ndarray


class Both:
    """Needs beside actions: what is read of both once, and the features of pairs of them.

    Needs are in the order of their ids, actions in that of the reading. Where the reading is part of a larger
    set of actions (it has the statistics of a whole), `likest` holds the PLACES_TOLD likest of that set.
    """

    def __init__(self, needs: pa.Table, reading: Reading, likest: Likest | None = None) -> None:
        self.likest = likest
        self.needs: list[dict[str, Any]] = sorted(needs.to_pylist(), key=lambda row: row["id"])
        self.reading = reading
        self.statements = [need["statement"] or "" for need in self.needs]
        self.places = [
            frozenset(need["beneficiaries"] or ()) or lexicon.places_in(text)
            for need, text in zip(self.needs, self.statements, strict=True)
        ]
        self.wanted = {name: [lexicon.found_in(text, name) for text in self.statements] for name in _LISTS}
        self.found = {"subjects": reading.subjects, "means": reading.means, "targets": reading.targets}
        #: Per need the stems of its longer words, each with the first word it was cut from.
        self.stated_words = [
            {texts.stem(word): word for word in reversed(texts.whole_words(text)) if len(word) > 3}
            for text in self.statements
        ]
        self._read_words()
        self._read_topics()

    def _read_words(self) -> None:
        stated = [texts.words(text) for text in self.statements]
        documents = stated + self.reading.all_words
        weights, count = stem_weights(stated, self.reading.all_words, self.reading.statistics), len(stated)
        columns = {word: place for place, word in enumerate(sorted(weights))}
        self.need_vectors, self.action_vectors = _cut(texts.vectors(documents, weights), count)
        self.title_vectors = _cut(texts.vectors(stated + self.reading.title_words, weights), count)[1]
        self.need_letters, self.action_letters = _cut(texts.letter_vectors(documents, weights), count)
        self.need_words = indicator([frozenset(words) for words in stated], weights, columns)
        self.action_words = indicator([frozenset(words) for words in self.reading.all_words], columns=columns)
        self.likeness = np.asarray((self.need_vectors @ self.action_vectors.T).todense())

    def _read_topics(self) -> None:
        own = [frozenset(need["topics"] or ()) for need in self.needs]
        theirs = [frozenset(row["topics"] or ()) for row in self.reading.rows]
        self.topics = _pair(own, theirs)
        self.narrow = _pair(
            [t - lexicon.BROAD_TOPICS for t in own], [t - lexicon.BROAD_TOPICS for t in theirs]
        )
        columns = {topic: place for place, topic in enumerate(sorted(frozenset().union(*own, *theirs)))}
        counts = self.reading.statistics
        scale = sp.diags(np.sqrt([counts.rarity("topics", topic) for topic in columns] or [0.0]))
        self.rare_topics = (
            sp.csr_matrix(indicator(own, columns=columns) @ scale),
            sp.csr_matrix(indicator(theirs, columns=columns) @ scale),
        )
        self.first_topics = (
            indicator([frozenset((need["topics"] or ())[:1]) for need in self.needs], columns=columns),
            indicator([frozenset((row["topics"] or ())[:1]) for row in self.reading.rows], columns=columns),
        )
        self.all_topics = (indicator(own, columns=columns), indicator(theirs, columns=columns))

    @property
    def worth(self) -> np.ndarray:
        """How much each action (column) is worth scoring for each need (row)."""
        topics = np.asarray((self.rare_topics[0] @ self.rare_topics[1].T).todense())
        return np.asarray(self.likeness + 0.1 * topics)

    def features(self, need: np.ndarray, action: np.ndarray) -> np.ndarray:
        """One row per pair (need[i], action[i]), columns in the order of FEATURES."""
        columns: Columns = {}
        for part in (
            self._wording,
            self._lists,
            self._topics,
            self._beneficiaries,
            self._types,
            self._period,
        ):
            columns |= part(need, action)
        return np.column_stack([np.asarray(columns[name], dtype=np.float64) for name in FEATURES])

    def _wording(self, n: np.ndarray, a: np.ndarray) -> Columns:
        total = np.asarray(self.need_words.sum(axis=1)).ravel()
        return {
            "words": self.likeness[n, a],
            "place": np.minimum(np.log1p(self._places(n, a)), _LAST_PLACE),
            "title_words": row_products(self.need_vectors, n, a, self.title_vectors),
            "words_found": share(row_products(self.need_words, n, a, self.action_words), total[n]),
            "letters": row_products(self.need_letters, n, a, self.action_letters),
        }

    def _places(self, n: np.ndarray, a: np.ndarray) -> np.ndarray:
        """How many actions are more like the need than this one, or as like it and before it."""
        if self.likest is not None:
            near = np.round(self.likeness[n, a], 9)[:, None]
            others, ids = np.round(self.likest.likeness[n], 9), self.likest.ids[n]
            own = np.array([row["id"] for row in self.reading.rows], dtype=object)[a][:, None]
            return np.asarray(((others > near) | ((others == near) & (ids < own))).sum(axis=1))
        order = np.argsort(-np.round(self.likeness, 9), axis=1, kind="stable")
        rank = np.empty_like(order)
        np.put_along_axis(rank, order, np.arange(order.shape[1])[None, :], axis=1)
        return np.asarray(rank[n, a])

    def _lists(self, n: np.ndarray, a: np.ndarray) -> Columns:
        columns: Columns = {}
        for name in _LISTS:
            shared, wanted, found = _counts(_pair(self.wanted[name], self.found[name]), n, a)
            columns[name] = share(shared, wanted + found - shared)
            columns[f"{name}_found"] = share(shared, wanted)
            if name == "subjects":
                columns |= {"subjects_shared": shared, "subjects_missing": wanted - shared}
        return columns

    def _topics(self, n: np.ndarray, a: np.ndarray) -> Columns:
        shared, own, theirs = _counts(self.topics, n, a)
        narrow, narrow_own, _ = _counts(self.narrow, n, a)
        weighted = row_products(self.rare_topics[0], n, a, self.rare_topics[1])
        total = np.asarray(self.rare_topics[0].multiply(self.rare_topics[0]).sum(axis=1)).ravel()
        first = row_products(self.first_topics[0], n, a, self.all_topics[1])
        return {
            "topics": share(shared, own + theirs - shared),
            "topics_shared": shared,
            "topics_found": share(weighted, total[n]),
            "topics_rare": weighted,
            "topics_of_action": theirs,
            "first_topic": first + row_products(self.all_topics[0], n, a, self.first_topics[1]),
            "narrow_topics": narrow,
            "narrow_missing": narrow_own - narrow,
            "pillar": self._pillar(n, a),
        }

    def _pillar(self, n: np.ndarray, a: np.ndarray) -> np.ndarray:
        own = [frozenset([need["pillar"]] if need["pillar"] else ()) for need in self.needs]
        theirs = [frozenset(row["pillars"] or ()) for row in self.reading.rows]
        shared, stated, had = _counts(_pair(own, theirs), n, a)
        return np.where((stated > 0) & (had > 0), shared, 0.5)

    def _beneficiaries(self, n: np.ndarray, a: np.ndarray) -> Columns:
        shared, own, theirs = _counts(_pair(self.places, self.reading.beneficiaries), n, a)
        return {
            "beneficiaries": share(shared, own + theirs - shared),
            "beneficiaries_shared": shared,
            "beneficiaries_within": np.where(theirs > 0, share(shared, own, otherwise=0.5), 0.5),
            "beneficiaries_of_need": own,
            "beneficiaries_of_action": theirs,
        }

    def _types(self, n: np.ndarray, a: np.ndarray) -> Columns:
        """0: not asked for; 1: asked for, not offered; 2: asked for and offered."""
        legislative = np.array([need["kind"] == "legislative" for need in self.needs])
        asked = {
            what: np.array([what in wanted for wanted in self.wanted["means"]]) for what in _ASKED.values()
        }
        offered = {
            what: np.array([what in (row["action_types"] or ()) for row in self.reading.rows])
            for what in _ASKED.values()
        }
        columns = {name: asked[what][n] * (1.0 + offered[what][a]) for name, what in _ASKED.items()}
        return columns | {"legislative": legislative[n] * (1.0 + offered["legislation"][a])}

    def _period(self, n: np.ndarray, a: np.ndarray) -> Columns:
        """Years from the middle of the year the need was stated to the action's end; 0 if unknown."""
        p = self.reading.periods
        years = [(need["stated_on"] or "")[:4] for need in self.needs]
        known = np.array([year.isdigit() and len(year) == 4 and int(year) > 0 for year in years])
        day = np.array(
            [date(int(y), 7, 1).toordinal() if k else 0 for y, k in zip(years, known, strict=True)]
        )
        dated = p.dated[a] & known[n]
        later = np.clip((p.last[a] - day[n]) / 365.0, -_FAR_YEARS, _FAR_YEARS)
        return {"years_later": np.where(dated, later, 0.0), "dated": dated}


def stem_weights(
    stated: Sequence[Sequence[str]], acting: Sequence[Sequence[str]], counted: Statistics
) -> dict[str, float]:
    """The rarity of each stem among needs and actions: that of `texts.rarity` over all the texts together.

    stated: the stems of all needs; acting: those of the actions at hand; counted: the whole set of actions.
    """
    total, shipped = texts.background()
    needs = Counter(stem for words in stated for stem in set(words))
    texts_with = {
        stem: shipped.get(stem, 0) + needs[stem] + counted.stems.get(stem, 0)
        for stem in frozenset().union(*stated, *acting)
    }
    size = 1 + total + len(stated) + counted.actions
    return {stem: math.log(size / (1 + count)) + 1 for stem, count in texts_with.items()}


_ASKED: Mapping[str, str] = {"laws": "legislation", "equipment": "equipment", "training": "training"}
_Pair = tuple[sp.csr_matrix, sp.csr_matrix]


def _cut(matrix: sp.csr_matrix, count: int) -> _Pair:
    return sp.csr_matrix(matrix[:count]), sp.csr_matrix(matrix[count:])


def _pair(own: list[frozenset[str]], theirs: list[frozenset[str]]) -> _Pair:
    columns = {value: place for place, value in enumerate(sorted(frozenset().union(*own, *theirs)))}
    return indicator(own, columns=columns), indicator(theirs, columns=columns)


def _counts(pair: _Pair, n: np.ndarray, a: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How many values need and action share, how many the need has, how many the action has."""
    own, theirs = (np.asarray(side.sum(axis=1)).ravel() for side in pair)
    return row_products(pair[0], n, a, pair[1]), own[n], theirs[a]
