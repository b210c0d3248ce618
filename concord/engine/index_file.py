"""Indexes in files: arrays of numbers, Arrow and JSON, nothing that anybody's code is read from."""

from __future__ import annotations

import io
import json
import os
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa
import scipy.sparse as sp

from concord.engine.index import Index
from concord.engine.need_index import NeedIndex
from concord.engine.schemas import ACTIONS, NEEDS, require_schema
from concord.engine.statistics import Statistics
from concord.kernel.errors import SchemaMismatch

FORMAT = "concord-index/1"

Arrays = Mapping[str, np.ndarray]


def save_indexes(path: Path, index: Index, needs: NeedIndex, beside: Mapping[str, Any]) -> None:
    """Write an index, that of its needs, and a few facts beside them (JSON), readable by the owner alone.

    The file is whole or not there at all: it is written beside `path` and then takes its place.
    """
    half = path.with_suffix(f".{os.getpid()}.part")
    arrays = _index_arrays(index) | _need_arrays(needs)
    arrays |= {"format": _bytes(FORMAT), "beside": _bytes(json.dumps(beside))}
    try:
        with open(os.open(half, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)


def load_indexes(path: Path) -> tuple[Index, NeedIndex, dict[str, Any]]:
    """Read what `save_indexes` wrote.

    Raises:
        SchemaMismatch: the file is no index, damaged, or of another format.
    """
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        if _text(arrays["format"]) != FORMAT:
            raise SchemaMismatch(f"the index has another format than {FORMAT!r}")
        index = _index(arrays)
        return index, _needs(arrays), json.loads(_text(arrays["beside"]))
    except _DAMAGED as error:
        raise SchemaMismatch(f"this is no index that Concord can read: {error}") from error


_DAMAGED = (
    OSError, ValueError, EOFError, KeyError, TypeError, AttributeError, BadZipFile, zlib.error,
    pa.ArrowException,
)  # fmt: skip


def _index_arrays(index: Index) -> dict[str, np.ndarray]:
    return {
        "actions": _arrow_bytes(index.actions),
        "statistics": _bytes(index.statistics.to_json()),
        "stems": _bytes(json.dumps(list(index.stems), ensure_ascii=False)),
        "blocks": _bytes(json.dumps(list(index.blocks), ensure_ascii=False)),
        "floors": index.floors,
        **_matrix_arrays("counts", index.counts),
        **_matrix_arrays("holds", index.holds),
    }


def _index(arrays: Arrays) -> Index:
    actions = _arrow(arrays["actions"], ACTIONS)
    stems, blocks = (json.loads(_text(arrays[name])) for name in ("stems", "blocks"))
    counts, holds = (_matrix(arrays, name) for name in ("counts", "holds"))
    shapes = (counts.shape, holds.shape, arrays["floors"].shape)
    size = len(actions)
    if shapes != ((size, len(stems)), (size, len(blocks)), (size, 2)):
        raise SchemaMismatch("the parts of the index do not fit together")
    return Index(
        actions,
        Statistics.from_json(_text(arrays["statistics"])),
        {stem: place for place, stem in enumerate(stems)},
        counts,
        {block: place for place, block in enumerate(blocks)},
        holds,
        arrays["floors"],
    )


def _need_arrays(needs: NeedIndex) -> dict[str, np.ndarray]:
    return {
        "needs": _arrow_bytes(needs.needs),
        "need_ids": _bytes(json.dumps(list(needs.ids))),
        "likest": needs.likest,
        "likest_ids": needs.likest_ids,
        "worth": needs.worth,
    }


def _needs(arrays: Arrays) -> NeedIndex:
    needs = _arrow(arrays["needs"], NEEDS)
    ids = tuple(json.loads(_text(arrays["need_ids"])))
    found = NeedIndex(needs, ids, arrays["likest"], arrays["likest_ids"], arrays["worth"])
    fits = found.likest.shape == found.likest_ids.shape and len(found.likest) == len(needs)
    if not fits or found.worth.shape != (len(needs),):
        raise SchemaMismatch("the parts of the index of needs do not fit together")
    return found


def _matrix_arrays(name: str, matrix: sp.csr_matrix) -> dict[str, np.ndarray]:
    shape = np.array(matrix.shape, dtype=np.int64)
    parts = {"data": matrix.data, "indices": matrix.indices, "indptr": matrix.indptr, "shape": shape}
    return {f"{name}_{part}": array for part, array in parts.items()}


def _matrix(arrays: Mapping[str, np.ndarray], name: str) -> sp.csr_matrix:
    data, indices, indptr, shape = (
        arrays[f"{name}_{part}"] for part in ("data", "indices", "indptr", "shape")
    )
    matrix = sp.csr_matrix((data, indices, indptr), tuple(int(side) for side in shape))
    matrix.check_format(full_check=True)
    return matrix


def _arrow(array: np.ndarray, schema: pa.Schema) -> pa.Table:
    table = pa.ipc.open_file(pa.BufferReader(array.tobytes())).read_all()
    require_schema(table, schema)
    return table


def _arrow_bytes(table: pa.Table) -> np.ndarray:
    sink = io.BytesIO()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return np.frombuffer(sink.getvalue(), dtype=np.uint8)


def _bytes(text: str) -> np.ndarray:
    return np.frombuffer(text.encode(), dtype=np.uint8)


def _text(array: Any) -> str:
    return bytes(array.tobytes()).decode()
