"""What was read of a large set, on disk: arrays that several processes look at without copying them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from concord.engine.coded import Coded, Vocabulary
from concord.engine.facets import FACETS
from concord.engine.lexis import WORDS, Lexis
from concord.engine.periods import Periods
from concord.engine.reading import Reading
from concord.engine.statistics import Statistics

#: Lists of values, with the family of each; and what is one number per action.
LISTS: dict[str, str] = {
    "title_words": WORDS,
    "summary_words": WORDS,
    **{name: family for name, (family, _) in FACETS.items()},
}
NUMBERS: dict[str, pa.DataType] = {
    "phases": pa.int64(),
    "calls": pa.int64(),
    "follows": pa.float64(),
    "precedes": pa.float64(),
    "partial": pa.float64(),
    "newslike": pa.float64(),
}
PERIOD: dict[str, pa.DataType] = {
    "first": pa.int64(),
    "last": pa.int64(),
    "has_start": pa.bool_(),
    "has_end": pa.bool_(),
    "known": pa.bool_(),
}
#: What is read of one action: one row each, in the order of ids.
CARDS = pa.schema(
    [
        *((name, pa.list_(pa.string())) for name in LISTS),
        *NUMBERS.items(),
        *PERIOD.items(),
    ]
)
#: Weights of stems are kept as whole numbers, so that sums are exact: a text's vector has about this length.
SCALE = 2000
_ROWS = 50_000  # weighed at a time, to keep memory small


@dataclass(frozen=True)
class ReadCards:
    """Reads a piece of ACTIONS into CARDS."""

    today: date

    def __call__(self, actions: pa.Table) -> pa.Table:
        """One card per row, in the order of the rows."""
        reading = Reading(actions, self.today)
        lists: dict[str, Any] = {"title_words": reading.title_words, "summary_words": reading.summary_words}
        lists |= {name: [sorted(values) for values in read(reading)] for name, (_, read) in FACETS.items()}
        numbers = {name: getattr(reading, name) for name in NUMBERS}
        period = {name: getattr(reading.periods, name) for name in PERIOD}
        return pa.table({**lists, **numbers, **period}, schema=CARDS)


@dataclass(frozen=True)
class Shelf:
    """A folder of one large set's actions (in the order of ids), cards, statistics and text vectors."""

    folder: Path

    @classmethod
    def fill(cls, folder: Path, actions: pa.Table, cards: Iterable[pa.Table]) -> Shelf:
        """Write the actions and their cards, which come in the same order, into an empty folder."""
        with (
            pa.OSFile(str(folder / "actions.arrow"), "wb") as sink,
            pa.ipc.new_file(sink, actions.schema) as out,
        ):
            out.write_table(actions, max_chunksize=_ROWS)
        gathered = _Gathered()
        for part in cards:
            gathered.add(part)
        gathered.write(folder)
        shelf = cls(folder)
        coded = {name: shelf.coded(name) for name in LISTS}
        Statistics.counted(coded).save(folder / "statistics.json")
        shelf._write_vectors()
        return shelf

    def __len__(self) -> int:
        return len(self.actions)

    @cached_property
    def actions(self) -> pa.Table:
        """ACTIONS in the order of ids, mapped from the file."""
        return pa.ipc.open_file(pa.memory_map(str(self.folder / "actions.arrow"))).read_all()

    @cached_property
    def lexis(self) -> Lexis:
        """Vocabularies and statistics of the whole set."""
        return Lexis(self._vocabularies, Statistics.load(self.folder / "statistics.json"))

    @cached_property
    def _vocabularies(self) -> dict[str, Vocabulary]:
        raw = json.loads((self.folder / "vocabularies.json").read_text("utf-8"))
        return {family: Vocabulary(tuple(values)) for family, values in raw.items()}

    def coded(self, name: str) -> Coded:
        """One of LISTS of all actions."""
        return Coded(
            self._vocabularies[LISTS[name]], self.array(f"{name}.offsets"), self.array(f"{name}.codes")
        )

    def array(self, name: str) -> np.ndarray:
        """An array of the folder, mapped."""
        return np.asarray(np.load(self.folder / f"{name}.npy", mmap_mode="r"))

    def write(self, name: str, values: np.ndarray) -> None:
        """Put an array into the folder."""
        np.save(self.folder / f"{name}.npy", values)

    def reading(self, places: np.ndarray, today: date) -> Reading:
        """The actions at these places, ascending, as they were read."""
        coded = {name: self.coded(name).take(places) for name in LISTS}
        arrays: dict[str, Any] = {name: self.array(name)[places] for name in NUMBERS}
        arrays["periods"] = Periods.of_arrays(**{name: self.array(name)[places] for name in PERIOD})
        return Reading.again(self.actions.take(places), today, self.lexis, coded, arrays)

    @cached_property
    def vectors(self) -> sp.csr_matrix:
        """The text of each action as whole weights of its stems, of about the length SCALE."""
        shape = (len(self), max(len(self._vocabularies[WORDS]), 1))
        parts = (self.array("vectors.data"), self.array("vectors.indices"), self.array("vectors.indptr"))
        return sp.csr_matrix(parts, shape, copy=False)

    def _write_vectors(self) -> None:
        data, indices, sizes = [], [], [np.zeros(1, dtype=np.int64)]
        for begin in range(0, len(self), _ROWS):
            places = np.arange(begin, min(begin + _ROWS, len(self)))
            coded = {name: self.coded(name).take(places) for name in LISTS if LISTS[name] == WORDS}
            part = Reading.again(self.actions.slice(begin, len(places)), date.min, self.lexis, coded, {})
            whole = part.all_vectors
            data.append(np.rint(whole.data * SCALE).astype(np.float32))
            indices.append(whole.indices.astype(np.int32))
            sizes.append(np.diff(whole.indptr).astype(np.int64))
        self.write("vectors.data", np.concatenate(data))
        self.write("vectors.indices", np.concatenate(indices))
        self.write("vectors.indptr", np.cumsum(np.concatenate(sizes)))


@lru_cache(maxsize=1)
def open_shelf(folder: Path) -> Shelf:
    """The shelf of a folder, once per process."""
    return Shelf(folder)


class _Gathered:
    """Cards with texts replaced by codes, piece by piece."""

    def __init__(self) -> None:
        self.codes: dict[str, dict[str, int]] = {family: {} for family in LISTS.values()}
        self.lists: dict[str, list[np.ndarray]] = {name: [] for name in LISTS}
        self.sizes: dict[str, list[np.ndarray]] = {name: [np.zeros(1, dtype=np.int64)] for name in LISTS}
        self.numbers: dict[str, list[np.ndarray]] = {name: [] for name in (*NUMBERS, *PERIOD)}

    def add(self, cards: pa.Table) -> None:
        for name, family in LISTS.items():
            column = cards[name].combine_chunks()
            encoded = column.flatten().dictionary_encode()
            known = self.codes[family]
            own = [known.setdefault(value, len(known)) for value in encoded.dictionary.to_pylist()]
            places = encoded.indices.to_numpy(zero_copy_only=False)
            self.lists[name].append(np.array(own, dtype=np.int32)[places])
            self.sizes[name].append(np.diff(column.offsets.to_numpy()).astype(np.int64))
        for name, parts in self.numbers.items():
            parts.append(cards[name].to_numpy())

    def write(self, folder: Path) -> None:
        """Write everything with codes in the order of the sorted values."""
        sorted_values = {family: sorted(known) for family, known in self.codes.items()}
        (folder / "vocabularies.json").write_text(json.dumps(sorted_values, ensure_ascii=False), "utf-8")
        for name, family in LISTS.items():
            rank = _ranks(self.codes[family], sorted_values[family])
            parts = self.lists.pop(name)
            codes = np.concatenate(parts) if parts else np.zeros(0, dtype=np.int32)
            np.save(folder / f"{name}.codes.npy", rank[codes] if len(rank) else codes)
            np.save(folder / f"{name}.offsets.npy", np.cumsum(np.concatenate(self.sizes[name])))
        for name, parts in self.numbers.items():
            np.save(folder / f"{name}.npy", np.concatenate(parts) if parts else np.zeros(0))


def _ranks(known: Mapping[str, int], values: Iterable[str]) -> np.ndarray:
    """First code -> place in sorted order."""
    rank = np.zeros(len(known), dtype=np.int32)
    for place, value in enumerate(values):
        rank[known[value]] = place
    return rank
