"""Which actions are related to which, how, how surely, and why in words."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from concord.engine.backends import Backend
from concord.engine.candidates import candidate_pairs, candidates_of_shelf
from concord.engine.features import FEATURES
from concord.engine.reading import Reading, in_order
from concord.engine.relation_model import RelationModel, shipped_relations
from concord.engine.schemas import ACTIONS, RELATIONS, require_schema
from concord.engine.scoring import KINDS as KINDS
from concord.engine.scoring import NONE as NONE
from concord.engine.scoring import SCORED, Judge, in_order_of_score
from concord.engine.shelf import CARDS, ReadCards, Shelf, open_shelf
from concord.kernel import clock
from concord.kernel.codelists import PLACES

#: More actions than this are read, put into cells and compared piece by piece.
LARGE = 10_000
#: In a large set a pair gets its sentence of evidence from this score on, where it counts as found.
TOLD_FROM = 0.5
_BATCH = 20_000  # pairs explained at a time, to keep memory small
_READ, _COMPARED = 4_000, 40_000  # rows and pairs in a piece of a large set


def find_relations(
    actions: pa.Table,
    *,
    backend: Backend,
    model: RelationModel | None = None,
    today: date | None = None,
    place_names: Mapping[str, str] | None = None,
    terms: bool | None = None,
    large: bool | None = None,
) -> pa.Table:
    """Pairs of actions that may be related, with the likeliest kind, its probability and the evidence.

    Args:
        actions: ACTIONS, one row per action, ids distinct. Missing facts are unknown, never "no".
        model: the trained model; the shipped one if not given.
        today: the day up to which an ongoing action without an end runs at least; the clock's if not given.
        place_names: code -> name that people read, for the evidence; the kernel's naming table if not given.
        terms: whether to say what moved each score; if not given, in sets of up to LARGE actions. Without
            terms, pairs below TOLD_FROM have no sentence of evidence.
        large: whether to go the way of large sets; if not given, above LARGE actions.

    Returns:
        RELATIONS: one row per unordered pair (id_a < id_b), best score first, then id_a, id_b; candidates
        down to LEAST_SCORE. The order of the input rows does not matter. Fewer than two actions: empty.

    Raises:
        SchemaMismatch: actions is not ACTIONS, or the model reads other features.

    Source: docs/methods/relations.md.
    """
    require_schema(actions, ACTIONS)
    in_pieces = len(actions) > LARGE if large is None else large
    told = len(actions) <= LARGE if terms is None else terms
    judge = _judge(model, place_names, told)
    day = today or clock.now().date()
    if len(actions) < 2:
        return RELATIONS.empty_table()
    if in_pieces:
        return _relate_in_pieces(in_order(actions), judge, day, backend)
    reading = Reading.of(actions, day)
    return _judged(judge, reading, *candidate_pairs(reading, backend=backend))


def relations_of(
    reading: Reading,
    a: np.ndarray,
    b: np.ndarray,
    *,
    model: RelationModel | None = None,
    place_names: Mapping[str, str] | None = None,
) -> pa.Table:
    """The same for given pairs of a reading: (a[i], b[i]), a < b, in ascending order, each once."""
    return _judged(_judge(model, place_names, terms=True), reading, a, b)


def _judge(model: RelationModel | None, place_names: Mapping[str, str] | None, terms: bool) -> Judge:
    judged_by = (model or shipped_relations()).for_features(FEATURES)
    return Judge(judged_by, place_names or PLACES, terms, 0.0 if terms else TOLD_FROM)


def _judged(judge: Judge, reading: Reading, a: np.ndarray, b: np.ndarray) -> pa.Table:
    return in_order_of_score(
        judge.rows(reading, a[begin : begin + _BATCH], b[begin : begin + _BATCH])
        for begin in range(0, len(a), _BATCH)
    )


def _relate_in_pieces(actions: pa.Table, judge: Judge, today: date, backend: Backend) -> pa.Table:
    with tempfile.TemporaryDirectory(prefix="concord-") as name:
        cards = backend.map_pieces(actions, ReadCards(today), CARDS, rows=_READ)
        shelf = Shelf.fill(Path(name), actions, cards)
        pa.default_memory_pool().release_unused()
        a, b = candidates_of_shelf(shelf, backend=backend)
        # Pairs of one cell stand together, so that a piece looks at few actions.
        order = np.lexsort((b, a, shelf.array("cells.of")[a]))
        pairs = pa.table({"left_no": a[order], "right_no": b[order]})
        judged = JudgePairs(shelf.folder, today, judge)
        return in_order_of_score(backend.map_pieces(pairs, judged, SCORED, rows=_COMPARED), shelf.folder)


@dataclass(frozen=True)
class JudgePairs:
    """Compares and scores a piece of the pairs of a large set."""

    folder: Path
    today: date
    judge: Judge

    def __call__(self, pairs: pa.Table) -> pa.Table:
        """SCORED of the pairs left_no, right_no, in their order."""
        a, b = pairs["left_no"].to_numpy(), pairs["right_no"].to_numpy()
        places = np.unique(np.concatenate([a, b]))
        reading = open_shelf(self.folder).reading(places, self.today)
        found = self.judge.rows(reading, np.searchsorted(places, a), np.searchsorted(places, b))
        for name in ("left_no", "right_no"):
            at = found.schema.get_field_index(name)
            found = found.set_column(at, SCORED.field(name), pa.array(places[found[name].to_numpy()]))
        return found
