"""Compared pairs of actions become rows of RELATIONS: probability, likeliest kind, evidence and terms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from concord.engine import evidence
from concord.engine.features import FEATURES, TERM_OF, TERMS, TOGETHER, compare
from concord.engine.profile import profiles
from concord.engine.reading import Reading
from concord.engine.relation_model import KINDS as KINDS
from concord.engine.relation_model import NONE as NONE
from concord.engine.relation_model import RelationModel, Verdict
from concord.engine.schemas import RELATIONS
from concord.engine.waterfall import terms_column

#: Pairs scored lower are left out: nobody reads down to them, and ten thousand actions have many.
LEAST_SCORE = 0.05
#: RELATIONS with the places of the two actions in the order of ids, by which ties are settled.
SCORED = pa.schema([*RELATIONS, ("left_no", pa.int64()), ("right_no", pa.int64())])
_SLICE, _BANDS = 200_000, 50
_GROUPS = [TERMS.index(TERM_OF[name]) for name in FEATURES]


@dataclass(frozen=True)
class Judge:
    """What turns compared pairs into rows.

    names: code of a place -> the name that people read. terms: whether to say what moved each score.
    told_from: the score from which a pair gets its sentence of evidence.
    """

    model: RelationModel
    names: Mapping[str, str]
    terms: bool
    told_from: float

    def rows(self, reading: Reading, a: np.ndarray, b: np.ndarray) -> pa.Table:
        """SCORED of the pairs (a[i], b[i]) of a reading from LEAST_SCORE on, in the order they came."""
        x = compare(reading, a, b)
        places = np.unique(np.concatenate([a, b]))
        verdict = self.model.verdict(
            x, profiles(reading, places), np.searchsorted(places, a), np.searchsorted(places, b)
        )
        score = verdict.score
        keep = np.flatnonzero(score >= LEAST_SCORE)
        kinds = verdict.kinds(keep)
        texts, words = self._told(reading, a[keep], b[keep], x[keep], kinds, score[keep])
        columns: dict[str, Any] = {
            "id_a": reading.ids[a[keep]],
            "id_b": reading.ids[b[keep]],
            "kind": np.array(KINDS, dtype=object)[kinds.argmax(axis=1)],
            "score": score[keep],
            "evidence": texts,
            **{f"p_{name}": np.round(kinds[:, at], 6) for at, name in enumerate(KINDS)},
            "terms": self._terms(verdict, keep, words),
            "left_no": a[keep],
            "right_no": b[keep],
        }
        return pa.table(columns, schema=SCORED)

    def _told(
        self,
        reading: Reading,
        a: np.ndarray,
        b: np.ndarray,
        x: np.ndarray,
        kinds: np.ndarray,
        score: np.ndarray,
    ) -> tuple[list[str], list[list[str]]]:
        """Sentences of evidence, and the words of each term where terms are wanted."""
        comparison = evidence.Comparison(reading, self.names)
        texts, words = [""] * len(a), []
        for place in np.flatnonzero(score >= (0 if self.terms else self.told_from)).tolist():
            features = dict(zip(FEATURES, x[place].tolist(), strict=True))
            facts = comparison.facts(int(a[place]), int(b[place]), features)
            texts[place] = evidence.sentence(facts, KINDS[int(kinds[place].argmax())])
            if self.terms:
                found = evidence.term_words(facts)
                words.append([found[name] for name in TERMS])
        return texts, words

    def _terms(self, verdict: Verdict, keep: np.ndarray, words: list[list[str]]) -> Any:
        if not self.terms:
            return [[] for _ in keep]
        base, moved = verdict.moves(keep, _GROUPS, TERMS.index(TOGETHER))
        return terms_column(TERMS, words, moved, base, "any two actions worth comparing")


def in_order_of_score(parts: Iterable[pa.Table], folder: Path | None = None) -> pa.Table:
    """RELATIONS of all parts (SCORED), best score first, then by the order of ids.

    Rows are laid into bands of like scores as they come, and a band is let go once it is in order, so that
    the pairs of a large set are held little more than once. With a folder they wait in files there, and what
    is given is mapped from a file there, so that they are not held at all; the file may be removed meanwhile.
    """
    bands = [_Band(folder and folder / f"band-{number}.arrow") for number in range(_BANDS)]
    for part in parts:
        band = np.minimum((part["score"].to_numpy() * _BANDS).astype(np.int64), _BANDS - 1)
        for number in np.unique(band).tolist():
            bands[number].add(part.filter(pa.array(band == number)))
    slices = (rows for band in reversed(bands) for rows in _ordered(band.taken()))
    if folder is not None:
        return _mapped(slices, folder / "found.arrow")
    held = list(slices)
    return pa.concat_tables(held) if held else RELATIONS.empty_table()


class _Band:
    """Rows of like scores: held, or in a file."""

    def __init__(self, path: Path | None) -> None:
        self.path, self.parts = path, list[pa.Table]()
        self.out: Any = None

    def add(self, rows: pa.Table) -> None:
        if self.path is None:
            self.parts.append(rows)
            return
        self.out = self.out or pa.ipc.new_file(str(self.path), SCORED)
        self.out.write_table(rows.combine_chunks())

    def taken(self) -> list[pa.Table]:
        """All rows, which are let go here."""
        if self.path is None or self.out is None:
            found, self.parts = self.parts, []
            return found
        self.out.close()
        with pa.OSFile(str(self.path), "rb") as source:
            rows = pa.ipc.open_file(source).read_all()
        self.path.unlink()
        return [rows]


def _mapped(slices: Iterable[pa.Table], path: Path) -> pa.Table:
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, RELATIONS) as out:
        for rows in slices:
            out.write_table(rows)
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def _ordered(parts: list[pa.Table]) -> Iterator[pa.Table]:
    if not parts:
        return
    found = pa.concat_tables(parts).combine_chunks()
    parts.clear()
    order = np.lexsort(
        (found["right_no"].to_numpy(), found["left_no"].to_numpy(), -found["score"].to_numpy())
    )
    rows = found.select(RELATIONS.names)
    # In slices: the texts of millions of pairs do not fit one Arrow array.
    for begin in range(0, len(order), _SLICE):
        yield rows.take(order[begin : begin + _SLICE])
