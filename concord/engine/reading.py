"""What the engine reads out of each action before it compares any two of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from concord.engine import lexicon, names, texts
from concord.engine.organisations import keys_of_all
from concord.engine.periods import Periods


@dataclass
class Reading:
    """The actions in the order of their ids, and everything read from them once.

    rows: the actions as dictionaries. All arrays and matrices have one row per action, in that order.
    """

    rows: list[dict[str, Any]]
    today: date

    @classmethod
    def of(cls, actions: pa.Table, today: date) -> Reading:
        """Read a table of ACTIONS. The order of its rows does not matter."""
        rows = sorted(actions.to_pylist(), key=lambda row: row["id"])
        for row in rows:
            row["title"] = row["title"] or ""
            row["summary"] = row["summary"] or ""
        return cls(rows, today)

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def title_words(self) -> list[list[str]]:
        return [texts.words(row["title"]) for row in self.rows]

    @cached_property
    def summary_words(self) -> list[list[str]]:
        return [texts.words(row["summary"]) for row in self.rows]

    @cached_property
    def all_words(self) -> list[list[str]]:
        return [title + summary for title, summary in zip(self.title_words, self.summary_words, strict=True)]

    @cached_property
    def weights(self) -> dict[str, float]:
        """Rarity of each stem over these actions and the shipped compilation."""
        return texts.rarity(self.all_words)

    @cached_property
    def title_vectors(self) -> sp.csr_matrix:
        return texts.vectors(self.title_words, self.weights)

    @cached_property
    def summary_vectors(self) -> sp.csr_matrix:
        return texts.vectors(self.summary_words, self.weights)

    @cached_property
    def all_vectors(self) -> sp.csr_matrix:
        return texts.vectors(self.all_words, self.weights)

    @cached_property
    def title_letters(self) -> sp.csr_matrix:
        return texts.letter_vectors(self.title_words, self.weights)

    @cached_property
    def organisations(self) -> list[dict[str, frozenset[str]]]:
        """Per action the keys of its donors, its implementers and of all who take part."""
        found = []
        for row in self.rows:
            donors, implementers = keys_of_all(row["donors"]), keys_of_all(row["implementers"])
            reporter = keys_of_all([row["reported_by"]]) if row["reported_by"] else frozenset()
            found.append(
                {"donors": donors, "implementers": implementers, "all": donors | implementers | reporter}
            )
        return found

    @cached_property
    def texts(self) -> list[str]:
        """Title and summary of each action in one text."""
        return [row["title"] + ". " + row["summary"] for row in self.rows]

    @cached_property
    def title_weights(self) -> sp.csr_matrix:
        """Which stems stand in the title, by weight; columns as in `text_words`."""
        return indicator([frozenset(words) for words in self.title_words], self.weights, self._columns)

    @cached_property
    def text_words(self) -> sp.csr_matrix:
        """Which stems stand in title or summary."""
        return indicator([frozenset(words) for words in self.all_words], columns=self._columns)

    @cached_property
    def _columns(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(sorted(self.weights))}

    @cached_property
    def subjects(self) -> list[frozenset[str]]:
        return [lexicon.found_in(text, "subjects") for text in self.texts]

    @cached_property
    def means(self) -> list[frozenset[str]]:
        return [lexicon.found_in(text, "means") for text in self.texts]

    @cached_property
    def targets(self) -> list[frozenset[str]]:
        return [lexicon.found_in(text, "targets") for text in self.texts]

    @cached_property
    def beneficiaries(self) -> list[frozenset[str]]:
        """Stated beneficiaries; where none is stated, those that the text names."""
        return [
            frozenset(row["beneficiaries"]) or lexicon.places_in(row["title"] + ". " + row["summary"])
            for row in self.rows
        ]

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
    def marks(self) -> list[frozenset[str]]:
        """Programme names and contract numbers in the title, the summary and beside the donors.

        The acronyms of bodies that take part somewhere are no programme names.
        """
        return [
            names.marks_of(" ".join([text, *(row["donors"] or ())])) - self._bodies
            for text, row in zip(self.texts, self.rows, strict=True)
        ]

    @cached_property
    def title_marks(self) -> list[frozenset[str]]:
        """Those in the title alone."""
        return [names.marks_of(row["title"]) - self._bodies for row in self.rows]

    @cached_property
    def _bodies(self) -> frozenset[str]:
        return frozenset().union(*(bodies["all"] for bodies in self.organisations))

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
