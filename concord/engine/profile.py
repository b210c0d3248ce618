"""What an action is about and does, as one row of zeros and ones: its profile."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from concord.engine import lexicon
from concord.engine.reading import Reading
from concord.kernel.codelists import ACTION_TYPES, TOPICS

_PLACES = ("AL", "BA", "ME", "MK", "RS", "XK")
#: Facet -> the values that a profile has a column for. Other values are not looked at.
_KNOWN: dict[str, tuple[str, ...]] = {
    "topics": tuple(sorted(TOPICS)),
    "types": tuple(sorted(ACTION_TYPES)),
    "means": tuple(lexicon.MEANS),
    "targets": tuple(lexicon.TARGETS),
    "subjects": tuple(lexicon.SUBJECTS),
    "beneficiaries": _PLACES,
}
#: The columns of a profile.
PROFILE: tuple[str, ...] = tuple(f"{facet}:{value}" for facet, values in _KNOWN.items() for value in values)


def profiles(reading: Reading, places: np.ndarray) -> np.ndarray:
    """The profiles of the actions at these places, a row each, columns in the order of PROFILE."""
    parts = []
    for facet, values in _KNOWN.items():
        plain = reading.facet(facet).plain[places]
        codes = reading.coded(facet).vocabulary.codes
        found = [(codes[value], column) for column, value in enumerate(values) if value in codes]
        rows, columns = zip(*found, strict=True) if found else ((), ())
        chosen = sp.csr_matrix((np.ones(len(rows)), (rows, columns)), (plain.shape[1], len(values)))
        parts.append((plain @ chosen).toarray())
    return np.hstack(parts)
