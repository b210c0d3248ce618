"""The terms that make up each score, for many rows at once, as an Arrow column."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from concord.engine.schemas import TERM

BASE = "base"


def terms_column(
    names: Sequence[str], words: Sequence[Sequence[str]], weights: np.ndarray, base: float, start: str
) -> pa.Array:
    """Per row the base first, then each term with its words and weight, largest effect first, then by name.

    Args:
        names: the terms; words: per row the words of each, in the order of `names`; weights: per row the
            points of probability that each moved the score. base and a row's weights add up to its score.
        start: the words that go with the base.
    """
    rows, count = weights.shape
    order = np.lexsort((np.broadcast_to(np.argsort(np.argsort(names)), weights.shape), -np.abs(weights)))
    texts = np.array([text for row in words for text in row], dtype=object).reshape(rows, count)
    listed_names = np.full((rows, count + 1), BASE, dtype=object)
    listed_texts = np.full((rows, count + 1), start, dtype=object)
    listed_weights = np.full((rows, count + 1), base)
    listed_names[:, 1:] = np.array(names, dtype=object)[order]
    listed_texts[:, 1:] = np.take_along_axis(texts, order, axis=1)
    listed_weights[:, 1:] = np.take_along_axis(weights, order, axis=1)
    columns = [
        pa.array(listed_names.ravel(), pa.string()),
        pa.array(listed_texts.ravel(), pa.string()),
        pa.array(np.round(listed_weights, 6).ravel(), pa.float64()),
    ]
    offsets = pa.array(np.arange(rows + 1, dtype=np.int32) * (count + 1))
    return pa.ListArray.from_arrays(offsets, pa.StructArray.from_arrays(columns, fields=list(TERM)))
