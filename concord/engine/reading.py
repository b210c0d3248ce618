"""What the engine reads out of each action before it compares any two of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from concord.engine import lexicon, names, texts
from concord.engine.coded import Coded, Vocabulary
from concord.engine.facets import FACETS, Facet
from concord.engine.lexis import WORDS, Lexis
from concord.engine.organisations import keys_of_all
from concord.engine.periods import Periods
from concord.engine.statistics import Statistics


@dataclass
class Reading:
    """The actions in the order of their ids, and everything read from them once.

    table: ACTIONS in that order. All arrays and matrices have one row per action.
    whole: the statistics of the set that these actions belong to, None where they are the whole set.
    """

    table: pa.Table
    today: date
    whole: Statistics | None = None

    @classmethod
    def of(cls, actions: pa.Table, today: date, statistics: Statistics | None = None) -> Reading:
        """Read a table of ACTIONS. The order of its rows does not matter.

        With the `statistics` of a larger set, two of these actions compare exactly as they do in it.
        """
        return cls(in_order(actions), today, statistics)

    @classmethod
    def again(
        cls, table: pa.Table, today: date, lexis: Lexis, coded: Mapping[str, Coded], arrays: Mapping[str, Any]
    ) -> Reading:
        """Actions in the order of ids that have been read before: `coded` as from `coded`, and the properties
        whose names `arrays` has. What is not given is read from the table when it is asked for."""
        reading = cls(table, today, lexis.statistics)
        vars(reading).update(arrays, lexis=lexis, _coded=dict(coded))
        return reading

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def rows(self) -> list[dict[str, Any]]:
        """The actions as dictionaries."""
        rows: list[dict[str, Any]] = self.table.to_pylist()
        for row in rows:
            row["title"] = row["title"] or ""
            row["summary"] = row["summary"] or ""
        return rows

    @cached_property
    def ids(self) -> np.ndarray:
        return np.array(self.table["id"].to_pylist(), dtype=object)

    @cached_property
    def _coded(self) -> dict[str, Coded]:
        return {}

    def coded(self, name: str) -> Coded:
        """The values of a facet, or the stems "title_words" and "summary_words", as codes."""
        if name not in self._coded:
            family, lists = self._lists(name)
            self._coded[name] = Coded.of(lists, self.vocabularies[family])
        return self._coded[name]

    def _lists(self, name: str) -> tuple[str, Sequence[Any]]:
        if name in FACETS:
            family, read = FACETS[name]
            return family, read(self)
        return WORDS, self.title_words if name == "title_words" else self.summary_words

    @cached_property
    def vocabularies(self) -> dict[str, Vocabulary]:
        """Family -> the values that these actions have."""
        values: dict[str, set[str]] = {}
        for name in ("title_words", "summary_words", *FACETS):
            family, lists = self._lists(name)
            values.setdefault(family, set()).update(*lists)
        return {family: Vocabulary.of(found) for family, found in values.items()}

    @cached_property
    def statistics(self) -> Statistics:
        """What is known of the whole set: what was given, else these actions counted."""
        return Statistics.of(self) if self.whole is None else self.whole

    @cached_property
    def lexis(self) -> Lexis:
        """Vocabularies and weights."""
        return Lexis(self.vocabularies, self.statistics)

    def facet(self, name: str) -> Facet:
        """One of FACETS as matrices."""
        if name not in self._facets:
            family, _ = FACETS[name]
            coded = self.coded(name)
            if family == "marks":
                coded = coded.without(self.lexis.bodies)
            plain = coded.indicator()
            rare = plain.copy()
            rare.data = np.sqrt(self.lexis.rarity(name, family))[plain.indices]
            self._facets[name] = Facet(plain, rare, np.asarray(plain.sum(axis=1)).ravel())
        return self._facets[name]

    @cached_property
    def _facets(self) -> dict[str, Facet]:
        return {}

    def _found(self, name: str, read: Callable[[dict[str, Any]], frozenset[str]]) -> list[frozenset[str]]:
        """The values of a facet that has been read before, else as read from each row."""
        return self._coded[name].sets() if name in self._coded else [read(row) for row in self.rows]

    @cached_property
    def title_words(self) -> list[list[str]]:
        if "title_words" in self._coded:
            return self._coded["title_words"].lists()
        return [texts.words(row["title"]) for row in self.rows]

    @cached_property
    def summary_words(self) -> list[list[str]]:
        if "summary_words" in self._coded:
            return self._coded["summary_words"].lists()
        return [texts.words(row["summary"]) for row in self.rows]

    @cached_property
    def all_words(self) -> list[list[str]]:
        return [title + summary for title, summary in zip(self.title_words, self.summary_words, strict=True)]

    @cached_property
    def _counts(self) -> tuple[sp.csr_matrix, sp.csr_matrix, sp.csr_matrix]:
        """How often each stem stands in title, summary and both."""
        title, summary = self.coded("title_words").counts(), self.coded("summary_words").counts()
        return title, summary, sp.csr_matrix(title + summary)

    @cached_property
    def title_vectors(self) -> sp.csr_matrix:
        return texts.weighed(self._counts[0], self.lexis.stem_weights)

    @cached_property
    def summary_vectors(self) -> sp.csr_matrix:
        return texts.weighed(self._counts[1], self.lexis.stem_weights)

    @cached_property
    def all_vectors(self) -> sp.csr_matrix:
        return texts.weighed(self._counts[2], self.lexis.stem_weights)

    @cached_property
    def title_letters(self) -> sp.csr_matrix:
        return texts.lettered(self.coded("title_words").indicator(), self.lexis.spelled)

    @cached_property
    def lengths(self) -> np.ndarray:
        """How many stems title and summary have together."""
        return np.diff(self.coded("title_words").offsets) + np.diff(self.coded("summary_words").offsets)

    @cached_property
    def organisations(self) -> list[dict[str, frozenset[str]]]:
        """Per action the keys of its donors, its implementers and of all who take part."""
        roles = {"donors": "donors", "implementers": "implementers", "all": "organisations"}
        if roles["all"] in self._coded:
            sets = [self._coded[name].sets() for name in roles.values()]
            return [dict(zip(roles, found, strict=True)) for found in zip(*sets, strict=True)]
        return [_bodies(row) for row in self.rows]

    @cached_property
    def texts(self) -> list[str]:
        """Title and summary of each action in one text."""
        return [_text(row) for row in self.rows]

    @cached_property
    def title_weights(self) -> sp.csr_matrix:
        """Which stems stand in the title, by weight; columns as in `text_words`."""
        return self.coded("title_words").indicator(self.lexis.stem_weights)

    @cached_property
    def text_words(self) -> sp.csr_matrix:
        """Which stems stand in title or summary."""
        present = self._counts[2].copy()
        present.data = np.ones(len(present.data))
        return present

    @cached_property
    def subjects(self) -> list[frozenset[str]]:
        return self._found("subjects", lambda row: lexicon.found_in(_text(row), "subjects"))

    @cached_property
    def means(self) -> list[frozenset[str]]:
        return self._found("means", lambda row: lexicon.found_in(_text(row), "means"))

    @cached_property
    def targets(self) -> list[frozenset[str]]:
        return self._found("targets", lambda row: lexicon.found_in(_text(row), "targets"))

    @cached_property
    def beneficiaries(self) -> list[frozenset[str]]:
        """Stated beneficiaries; where none is stated, those that the text names."""
        return self._found(
            "beneficiaries",
            lambda row: frozenset(row["beneficiaries"] or ()) or lexicon.places_in(_text(row)),
        )

    @cached_property
    def periods(self) -> Periods:
        return Periods(
            [row["start"] for row in self.rows],
            [row["end"] for row in self.rows],
            [" ".join([row["title"], row["summary"], *row["donors"]]) for row in self.rows],
            [row["status"] == "ongoing" for row in self.rows],
            self.today,
        )

    @cached_property
    def phases(self) -> np.ndarray:
        return np.array([names.phase_of(row["title"], row["summary"]) for row in self.rows], dtype=np.int64)

    @cached_property
    def calls(self) -> np.ndarray:
        """The year of the donor's programme that title, summary or donors name, 0 if none."""
        named = (" ".join([_text(row), *(row["donors"] or ())]) for row in self.rows)
        return np.array([names.call_of(text) for text in named], dtype=np.int64)

    @cached_property
    def written_marks(self) -> list[frozenset[str]]:
        """Marks in the title, the summary and beside the donors, the acronyms of bodies among them."""
        return self._found(
            "marks", lambda row: names.marks_of(" ".join([_text(row), *(row["donors"] or ())]))
        )

    @cached_property
    def written_title_marks(self) -> list[frozenset[str]]:
        """Marks in the title, the acronyms of bodies among them."""
        return self._found("title_marks", lambda row: names.marks_of(row["title"]))

    @cached_property
    def marks(self) -> list[frozenset[str]]:
        """Programme names and contract numbers in the title, the summary and beside the donors.

        The acronyms of bodies that take part somewhere are no programme names.
        """
        return [found - self.statistics.bodies for found in self.written_marks]

    @cached_property
    def title_marks(self) -> list[frozenset[str]]:
        """Those in the title alone."""
        return [found - self.statistics.bodies for found in self.written_title_marks]

    @cached_property
    def follows(self) -> np.ndarray:
        """1.0 where the text says that this follows something."""
        return self._says(names.speaks_of_next)

    @cached_property
    def precedes(self) -> np.ndarray:
        """1.0 where the text says that this comes before something."""
        return self._says(names.speaks_of_before)

    @cached_property
    def partial(self) -> np.ndarray:
        """1.0 where the text speaks of a part of something larger."""
        return self._says(names.speaks_of_part)

    @cached_property
    def newslike(self) -> np.ndarray:
        """1.0 where the text tells of an action rather than describing it."""
        return self._says(names.speaks_as_news)

    def _says(self, question: Callable[[str], bool]) -> np.ndarray:
        return np.array([question(text) for text in self.texts], dtype=np.float64)

    @cached_property
    def amounts(self) -> list[dict[str, int]]:
        """Whole minor units per currency, summed over an action's lines."""
        found: list[dict[str, int]] = []
        for row in self.rows:
            sums: dict[str, int] = {}
            for line in row["amounts"] or ():
                if line["currency"] and line["minor_units"]:
                    sums[line["currency"]] = sums.get(line["currency"], 0) + line["minor_units"]
            found.append(sums)
        return found


def in_order(actions: pa.Table) -> pa.Table:
    """The rows in the order of their ids."""
    ids = actions["id"].to_pylist()
    if all(one <= other for one, other in pairwise(ids)):
        return actions
    return actions.take(sorted(range(len(ids)), key=ids.__getitem__))


def _text(row: Mapping[str, Any]) -> str:
    return f"{row['title']}. {row['summary']}"


def _bodies(row: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    donors, implementers = keys_of_all(row["donors"]), keys_of_all(row["implementers"])
    reporter = keys_of_all([row["reported_by"]]) if row["reported_by"] else frozenset()
    return {"donors": donors, "implementers": implementers, "all": donors | implementers | reporter}


def indicator(
    sets: Sequence[frozenset[str]],
    weights: Mapping[str, float] | None = None,
    columns: Mapping[str, int] | None = None,
) -> sp.csr_matrix:
    """One row per set, one column per value, holding the value's weight (1 if not given).

    columns: value -> column, where several indicators must agree; values in sorted order if not given.
    """
    if columns is None:
        columns = {value: place for place, value in enumerate(sorted(frozenset().union(*sets)))}
    rows, cols, cells = [], [], []
    for row, members in enumerate(sets):
        for value in sorted(members):
            rows.append(row)
            cols.append(columns[value])
            cells.append(weights[value] if weights else 1.0)
    return sp.csr_matrix((cells, (rows, cols)), (len(sets), max(len(columns), 1)), dtype=np.float64)
