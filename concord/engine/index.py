"""One action asked against thousands that were read before: what relates to it, at once."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from concord.engine.candidates import (
    BLOCK_LIMIT,
    COMMON_FROM,
    COMMON_SHARE,
    KEPT_AT_LEAST,
    KEPT_IN_ALL,
    KEPT_PER_ACTION,
    NEAREST,
    RARE_WORD_MOST,
    strength_of,
)
from concord.engine.reading import Reading
from concord.engine.relation_model import RelationModel
from concord.engine.relations import relations_of
from concord.engine.schemas import ACTIONS, RELATIONS, require_schema
from concord.engine.statistics import Statistics
from concord.engine.texts import unit

#: How many candidates of one action are compared when a person asks; a full run keeps fewer in large sets.
ASKED = 60
#: In larger sets nobody works out where each action's list ends: that takes time with the square of the size.
MOST_WITH_FLOORS = 30_000
_CHUNK = 500
_NO_FLOOR = np.inf
_LEAST = 1e-6  # texts less alike have nothing in common; sums in another order differ by less


@dataclass(frozen=True)
class Index:
    """A set of actions, read once, that answers which of them relate to an action.

    actions: ACTIONS, ids distinct. statistics: what is known of the whole set. stems, blocks: a stem, or what
    actions can share besides words -> its column. counts: 1 + ln(how often a text has a stem). holds: 1.0
    where an action has a block. floors: per action how strong its weakest candidate is, and how near its
    last near text: a newcomer above one of them would stand in that action's own list.

    All rows of matrices and arrays are in the order of `actions`. Nothing is changed in place.
    """

    actions: pa.Table
    statistics: Statistics
    stems: Mapping[str, int]
    counts: sp.csr_matrix
    blocks: Mapping[str, int]
    holds: sp.csr_matrix
    floors: np.ndarray

    @classmethod
    def of(cls, actions: pa.Table, *, today: date) -> Index:
        """Read a table of ACTIONS; the order of its rows does not matter.

        Raises:
            SchemaMismatch: actions is not ACTIONS.
        """
        require_schema(actions, ACTIONS)
        empty = sp.csr_matrix((0, 0))
        none = cls(ACTIONS.empty_table(), Statistics(), {}, empty, {}, empty, np.empty((0, 2)))
        read = none.with_rows(Reading.of(actions, today))
        return read.with_floors(np.arange(len(read)))

    def __len__(self) -> int:
        return len(self.actions)

    @cached_property
    def places(self) -> dict[str, int]:
        """Id of an action -> its row."""
        return {key: place for place, key in enumerate(self.actions["id"].to_pylist())}

    def related(
        self,
        rows: pa.Table,
        *,
        today: date,
        exclude: Collection[str] = (),
        per_row: int | None = None,
        model: RelationModel | None = None,
        place_names: Mapping[str, str] | None = None,
    ) -> pa.Table:
        """Which actions relate to these rows, and the rows to each other, as a run over all would say it.

        Args:
            rows: ACTIONS, new ones or new texts of some that are here (known by id, which stand back).
            exclude: ids of actions that are not compared.
            per_row: how many candidates of each row are compared; as many as a full run keeps, if not given.
                Beside them those in whose own list the row would stand.
            today, model, place_names: as in `find_relations`.

        Returns:
            RELATIONS of the pairs that hold one of `rows` at least, best score first, then id_a, id_b.

        Raises:
            SchemaMismatch: rows is not ACTIONS, or the model reads other features.
        """
        require_schema(rows, ACTIONS)
        if not len(rows):
            return RELATIONS.empty_table()
        asked = Reading.of(rows, today)
        ids = [row["id"] for row in asked.rows]
        pairs = self._pairs(asked, {*ids, *exclude}, per_row or self.kept)
        others = sorted({place for _, place in pairs})
        table = pa.concat_tables([rows, self.actions.take(pa.array(others, pa.int64()))])
        whole = self.statistics_with(asked, today)
        reading = Reading.of(table, today, whole)
        at = {row["id"]: place for place, row in enumerate(reading.rows)}
        names = self.actions["id"]
        keys = [(ids[number], names[place].as_py()) for number, place in pairs]
        keys += [(one, other) for place, one in enumerate(ids) for other in ids[place + 1 :]]
        ends = np.array([sorted((at[one], at[other])) for one, other in keys], dtype=np.int64).reshape(-1, 2)
        ends = ends[np.lexsort((ends[:, 1], ends[:, 0]))]
        return relations_of(reading, ends[:, 0], ends[:, 1], model=model, place_names=place_names)

    def nearest(self, rows: pa.Table, count: int, *, today: date) -> list[list[tuple[str, float]]]:
        """For each row the `count` nearest texts: (id, likeness above 0 and up to 1), nearest first."""
        asked = Reading.of(rows, today)
        found = []
        for number in range(len(asked)):
            near = self.vectors @ self._vector(asked.all_words[number])
            best = np.argsort(-near, kind="stable")[:count]
            found.append(
                [(self.actions["id"][int(at)].as_py(), float(near[at])) for at in best if near[at] > 0]
            )
        return found

    def with_changes(self, changed: pa.Table, *, removed: Collection[str] = (), today: date) -> Index:
        """This index with some actions new or in a new text, and without some.

        The statistics are those of the new set, exactly; where the lists of actions that did not change
        end (`floors`) is left as it was.

        Raises:
            SchemaMismatch: changed is not ACTIONS.
        """
        require_schema(changed, ACTIONS)
        gone = {*removed, *changed["id"].to_pylist()} & self.places.keys()
        kept = self.without(gone, today) if gone else self
        if not len(changed):
            return kept
        grown = kept.with_rows(Reading.of(changed, today))
        return grown.with_floors(np.arange(len(kept), len(grown)))

    @property
    def kept(self) -> int:
        """How many candidates of each action a full run over this set compares."""
        return max(KEPT_AT_LEAST, min(KEPT_PER_ACTION, KEPT_IN_ALL // max(len(self), 1)))

    @cached_property
    def vectors(self) -> sp.csr_matrix:
        """The texts as vectors of unit length."""
        weights = np.array([self.statistics.weight_of_stem(stem) for stem in self.stems])
        return unit(sp.csr_matrix(self.counts @ sp.diags(weights))) if len(weights) else self.counts

    # --- candidates -------------------------------------------------------------------------------

    def _pairs(self, asked: Reading, leave: Collection[str], per_row: int) -> list[tuple[int, int]]:
        """(number of the row asked about, place of an action here) of the pairs that are compared."""
        left_out = [self.places[key] for key in leave if key in self.places]
        pairs = []
        for number in range(len(asked)):
            vector = self._vector(asked.all_words[number])
            near, searched = self.vectors @ vector, self.vectors @ (vector * self._followed)
            shared = self._shared(asked, number, left_out)
            searched[left_out], shared[left_out] = -1.0, 0.0
            strength = strength_of(near, shared)
            worth = np.flatnonzero(self._worth(searched, shared))
            own = np.argsort(-np.round(strength[worth], 9), kind="stable")[:per_row]
            theirs = np.flatnonzero(strength[worth] >= self.floors[worth, 0] - _LEAST)
            pairs += [(number, int(place)) for place in worth[np.union1d(own, theirs)]]
        return pairs

    @cached_property
    def _followed(self) -> np.ndarray:
        """1.0 for the stems that are followed where near texts are looked for, as in a full run."""
        if len(self) <= COMMON_FROM:
            return np.ones(len(self.stems))
        return np.asarray(self._stem_sizes <= COMMON_SHARE * len(self), dtype=np.float64)

    def _worth(self, near: np.ndarray, shared: np.ndarray) -> np.ndarray:
        """Whether each action here shares a block with a row, or is near in wording to it."""
        nearest = np.argsort(-near, kind="stable")[:NEAREST]
        close = near >= self.floors[:, 1] - _LEAST
        close[nearest] = True
        return np.asarray((shared > 0) | (close & (near > _LEAST)))

    def _vector(self, words: Sequence[str]) -> np.ndarray:
        """A text as a vector over the stems here; of its length count the stems that are not here too."""
        found, total = np.zeros(len(self.stems)), 0.0
        for word, count in Counter(words).items():
            weight = (1 + math.log(count)) * self.statistics.weight_of_stem(word)
            total += weight * weight
            if word in self.stems:
                found[self.stems[word]] = weight
        return found / math.sqrt(total) if total else found

    def _shared(self, asked: Reading, number: int, left_out: Sequence[int]) -> np.ndarray:
        """How many telling blocks each action here shares with a row; the row itself counts among those
        that have a block, and the actions left out do not."""
        blocks = [self.blocks[name] for name in blocks_of(asked, number) if name in self.blocks]
        words = [self.stems[word] for word in set(asked.all_words[number]) if word in self.stems]
        mine_b, mine_w = self._block_sizes.copy(), self._stem_sizes.copy()
        for place in left_out:
            mine_b[self.holds.indices[self.holds.indptr[place] : self.holds.indptr[place + 1]]] -= 1
            mine_w[self.counts.indices[self.counts.indptr[place] : self.counts.indptr[place + 1]]] -= 1
        chosen_b = np.zeros(self.holds.shape[1])
        chosen_b[[at for at in blocks if mine_b[at] < BLOCK_LIMIT]] = 1.0
        chosen_w = np.zeros(self.counts.shape[1])
        chosen_w[[at for at in words if mine_w[at] < RARE_WORD_MOST]] = 1.0
        return np.asarray(self.holds @ chosen_b + self._has_stem @ chosen_w)

    @cached_property
    def _block_sizes(self) -> np.ndarray:
        return np.asarray(self.holds.sum(axis=0)).ravel()

    @cached_property
    def _stem_sizes(self) -> np.ndarray:
        return np.asarray(self._has_stem.sum(axis=0)).ravel()

    @cached_property
    def _has_stem(self) -> sp.csr_matrix:
        return sp.csr_matrix(
            (np.ones(self.counts.nnz), self.counts.indices, self.counts.indptr), self.counts.shape
        )

    # --- making and changing ----------------------------------------------------------------------

    def with_rows(self, read: Reading) -> Index:
        """This index and these rows behind it, without floors of their own."""
        stems, counts = _grown(self.stems, self.counts, [_stem_counts(words) for words in read.all_words])
        named = [dict.fromkeys(blocks_of(read, number), 1.0) for number in range(len(read))]
        blocks, holds = _grown(self.blocks, self.holds, named)
        floors = np.full((len(read), 2), _NO_FLOOR)
        return Index(
            pa.concat_tables([self.actions, read.table]).combine_chunks(),
            self.statistics + Statistics.of(read),
            stems,
            counts,
            blocks,
            holds,
            np.vstack([self.floors, floors]),
        )

    def without(self, keys: Collection[str], today: date) -> Index:
        places = sorted(self.places[key] for key in keys)
        stays = np.setdiff1d(np.arange(len(self)), places)
        gone = Reading.of(self.actions.take(pa.array(places, pa.int64())), today)
        return Index(
            self.actions.take(pa.array(stays, pa.int64())),
            self.statistics - Statistics.of(gone),
            self.stems,
            sp.csr_matrix(self.counts[stays]),
            self.blocks,
            sp.csr_matrix(self.holds[stays]),
            self.floors[stays],
        )

    def statistics_with(self, asked: Reading, today: date) -> Statistics:
        """Those of the set in which these rows stand, in place of their earlier texts."""
        before = [self.places[row["id"]] for row in asked.rows if row["id"] in self.places]
        counted = self.statistics + Statistics.of(asked)
        if not before:
            return counted
        return counted - Statistics.of(Reading.of(self.actions.take(pa.array(before, pa.int64())), today))

    def with_floors(self, places: np.ndarray) -> Index:
        """The same with the floors of these rows worked out."""
        if len(self) > MOST_WITH_FLOORS:
            return self
        floors = self.floors.copy()
        shared = self._telling
        followed = sp.csr_matrix(self.vectors @ sp.diags(self._followed)) if self.stems else self.vectors
        for begin in range(0, len(places), _CHUNK):
            part = places[begin : begin + _CHUNK]
            near = (self.vectors @ self.vectors[part].T).toarray().T
            blocks = (shared @ shared[part].T).toarray().T
            searched = near if len(self) <= COMMON_FROM else (followed @ self.vectors[part].T).toarray().T
            searched[np.arange(len(part)), part] = -1.0
            blocks[np.arange(len(part)), part] = 0.0
            floors[part] = _floors(near, searched, blocks, self.kept)
        return Index(self.actions, self.statistics, self.stems, self.counts, self.blocks, self.holds, floors)

    @cached_property
    def _telling(self) -> sp.csr_matrix:
        """Blocks and rare stems that two actions at least share and few enough have."""
        blocks = np.flatnonzero((self._block_sizes >= 2) & (self._block_sizes <= BLOCK_LIMIT))
        words = np.flatnonzero((self._stem_sizes >= 2) & (self._stem_sizes <= RARE_WORD_MOST))
        return sp.csr_matrix(sp.hstack([self.holds[:, blocks], self._has_stem[:, words]]))


def blocks_of(reading: Reading, number: int) -> list[str]:
    """What one action offers to be found by besides its words; as `candidates.blocks_sql`."""
    topics = sorted(set(reading.rows[number]["topics"] or ()))
    title = " ".join(reading.title_words[number])
    found = [f"topic:{topic}:{place}" for topic in topics for place in sorted(reading.beneficiaries[number])]
    found += [
        f"organisation:{body}:{topic}"
        for body in sorted(reading.organisations[number]["all"])
        for topic in topics
    ]
    return found + ([f"title:{title}"] if title else [])


def _stem_counts(words: Iterable[str]) -> dict[str, float]:
    return {word: 1 + math.log(count) for word, count in sorted(Counter(words).items())}


def _grown(
    columns: Mapping[str, int], matrix: sp.csr_matrix, rows: Sequence[Mapping[str, float]]
) -> tuple[dict[str, int], sp.csr_matrix]:
    """The matrix with these rows behind it, and its columns with what is new in them."""
    known = dict(columns)
    indptr, indices, values = [0], [], []
    for row in rows:
        for name, value in row.items():
            indices.append(known.setdefault(name, len(known)))
            values.append(value)
        indptr.append(len(indices))
    new = sp.csr_matrix((np.array(values, dtype=float), indices, indptr), (len(rows), len(known)))
    wide = sp.csr_matrix((matrix.data, matrix.indices, matrix.indptr), (matrix.shape[0], len(known)))
    return known, sp.csr_matrix(sp.vstack([wide, new]))


def _floors(near: np.ndarray, searched: np.ndarray, shared: np.ndarray, kept: int) -> np.ndarray:
    """Per row the strength of its last candidate, and the likeness of its last near text."""
    size = near.shape[1]
    if size - 1 <= min(kept, NEAREST):
        return np.zeros((len(near), 2))
    last_near = -np.partition(-searched, NEAREST - 1, axis=1)[:, NEAREST - 1]
    worth = (shared > 0) | (searched >= last_near[:, None])
    strength = np.where(worth & (searched > -1.0), strength_of(near, shared), 0.0)
    weakest = -np.partition(-strength, kept - 1, axis=1)[:, kept - 1] if size > kept else np.zeros(len(near))
    return np.column_stack([weakest, last_near])
