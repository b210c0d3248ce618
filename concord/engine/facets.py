"""What actions can share besides words: each facet once, as sets of values and as matrices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from concord.engine import lexicon

if TYPE_CHECKING:
    from concord.engine.reading import Reading

_MAIN = 2  # a row's first topics are what it is about, the later ones what it touches


@dataclass(frozen=True)
class Facet:
    """One facet of all actions of a reading, a row each; columns are values in sorted order.

    plain: 1.0 where an action has a value. rare: products of two rows add up what each shared value counts.
    sizes: how many values each action has.
    """

    plain: sp.csr_matrix
    rare: sp.csr_matrix
    sizes: np.ndarray


#: Facet -> (family, the values that each action states). Facets of one family have the same columns, so that
#: the donors of one action can be compared with the implementers of another.
FACETS: dict[str, tuple[str, Callable[[Reading], Sequence[frozenset[str]]]]] = {
    "topics": ("topics", lambda r: _listed(r, "topics")),
    "first_topic": ("topics", lambda r: _first(r, 1)),
    "main_topics": ("topics", lambda r: _first(r, _MAIN)),
    "narrow_topics": ("topics", lambda r: [t - lexicon.BROAD_TOPICS for t in _listed(r, "topics")]),
    "broad_topics": ("topics", lambda r: [t & lexicon.BROAD_TOPICS for t in _listed(r, "topics")]),
    "pillars": ("pillars", lambda r: _listed(r, "pillars")),
    "types": ("types", lambda r: _listed(r, "action_types")),
    "first_type": ("types", lambda r: _first(r, 1, "action_types")),
    "means": ("means", lambda r: r.means),
    "subjects": ("subjects", lambda r: r.subjects),
    "targets": ("targets", lambda r: r.targets),
    "donors": ("organisations", lambda r: [bodies["donors"] for bodies in r.organisations]),
    "implementers": ("organisations", lambda r: [bodies["implementers"] for bodies in r.organisations]),
    "organisations": ("organisations", lambda r: [bodies["all"] for bodies in r.organisations]),
    "beneficiaries": ("beneficiaries", lambda r: r.beneficiaries),
    "title_places": ("beneficiaries", lambda r: [lexicon.places_in(row["title"]) for row in r.rows]),
    # The acronyms of bodies are no programme names, but which bodies there are is known once all are read:
    # everything is counted here, and the reading leaves the bodies out.
    "marks": ("marks", lambda r: r.written_marks),
    "title_marks": ("marks", lambda r: r.written_title_marks),
}


def _listed(reading: Reading, column: str) -> list[frozenset[str]]:
    return [frozenset(row[column] or ()) for row in reading.rows]


def _first(reading: Reading, count: int, column: str = "topics") -> list[frozenset[str]]:
    return [frozenset((row[column] or ())[:count]) for row in reading.rows]
