"""Which needs one action may answer, asked against the needs and actions that were read before."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

import numpy as np
import pyarrow as pa

from concord.engine.coverage import PLAUSIBLE, SCORED_PER_NEED, answers_of
from concord.engine.coverage_features import PLACES_TOLD, Both, Likest
from concord.engine.index import Index
from concord.engine.model import Forest
from concord.engine.reading import Reading
from concord.engine.schemas import ACTIONS, COVERAGE, NEEDS, require_schema

_CHUNK = 1_000


@dataclass(frozen=True)
class NeedIndex:
    """Needs, and for each how like it the likest actions of a set are.

    needs: NEEDS by id. likest: a row per need, largest first; likest_ids: whose they are, as places in
    `ids`. worth: per need the least that is worth scoring (see `coverage.SCORED_PER_NEED`).
    """

    needs: pa.Table
    ids: tuple[str, ...]
    likest: np.ndarray
    likest_ids: np.ndarray
    worth: np.ndarray

    @classmethod
    def of(cls, needs: pa.Table, index: Index, *, today: date) -> NeedIndex:
        """Read needs beside the actions of an index.

        Raises:
            SchemaMismatch: needs is not NEEDS.
        """
        require_schema(needs, NEEDS)
        needs = needs.sort_by("id")
        ids = tuple(index.actions["id"].to_pylist())
        likeness, worth = _compared(needs, index, today)
        size = min(PLACES_TOLD, len(ids))
        likest = np.argsort(-np.round(likeness, 9), axis=1, kind="stable")[:, :size]
        last = np.zeros(len(needs))
        if len(ids) > SCORED_PER_NEED and len(needs):
            last = -np.partition(-worth, SCORED_PER_NEED - 1, axis=1)[:, SCORED_PER_NEED - 1]
        return cls(needs, ids, np.take_along_axis(likeness, likest, axis=1), likest.astype(np.int32), last)

    def answered(
        self,
        rows: pa.Table,
        index: Index,
        *,
        today: date,
        model: Forest | None = None,
        place_names: Mapping[str, str] | None = None,
    ) -> pa.Table:
        """The needs that these actions may answer, as a run over all would say it.

        Args:
            rows: ACTIONS, new ones or new texts of some of the index (known by id).
            index: the actions whose statistics count.
            today, model, place_names: as in `measure_coverage`.

        Returns:
            COVERAGE from PLAUSIBLE on, by need_id, then best score first, then action_id.

        Raises:
            SchemaMismatch: rows is not ACTIONS, or the model reads other features.
        """
        require_schema(rows, ACTIONS)
        if not len(rows) or not len(self.needs):
            return COVERAGE.empty_table()
        asked = Reading.of(rows, today)
        whole = index.statistics_with(asked, today)
        both = Both(
            self.needs, Reading.of(rows, today, whole), self._likest_without({*rows["id"].to_pylist()})
        )
        need, action = np.nonzero(both.worth >= self.worth[:, None] - 1e-9)
        return answers_of(
            both, need, action, listed=partial(_plausible, need, action), model=model, place_names=place_names
        )

    def _likest_without(self, keys: Collection[str]) -> Likest:
        """The likest actions, but for these: what they said before stands in nobody's way."""
        ids = np.array(self.ids, dtype=object)[self.likest_ids]
        left = [place for place, key in enumerate(self.ids) if key in keys]
        return Likest(np.where(np.isin(self.likest_ids, left), -1.0, self.likest), ids)


def _compared(needs: pa.Table, index: Index, today: date) -> tuple[np.ndarray, np.ndarray]:
    """How like each need each action is, and how much it is worth scoring; in parts, to keep memory small."""
    size = len(index)
    likeness, worth = np.zeros((len(needs), size)), np.zeros((len(needs), size))
    for begin in range(0, size if len(needs) else 0, _CHUNK):
        part = index.actions.slice(begin, _CHUNK)
        reading = Reading.of(part, today, index.statistics)
        both = Both(needs, reading)
        at = {row["id"]: place for place, row in enumerate(reading.rows)}
        order = [at[key] for key in part["id"].to_pylist()]
        likeness[:, begin : begin + len(part)] = both.likeness[:, order]
        worth[:, begin : begin + len(part)] = both.worth[:, order]
    return likeness, worth


def _plausible(need: np.ndarray, action: np.ndarray, score: np.ndarray) -> np.ndarray:
    """Places of the scores from PLAUSIBLE on: by need, best first, then by action."""
    keep = np.flatnonzero(score >= PLAUSIBLE)
    return np.asarray(keep[np.lexsort((action[keep], -score[keep], need[keep]))])
