"""The words and values of a set of actions with their weights, built once for however many comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from concord.engine import texts
from concord.engine.coded import Vocabulary
from concord.engine.statistics import Statistics

#: The family of the stems of titles and summaries, beside those of `facets.FACETS`.
WORDS = "words"


@dataclass(frozen=True)
class Lexis:
    """Vocabularies by family (WORDS and those of `facets.FACETS`), and the statistics that weigh them."""

    vocabularies: Mapping[str, Vocabulary]
    statistics: Statistics

    @cached_property
    def stem_weights(self) -> np.ndarray:
        """What each stem counts, in the order of the vocabulary."""
        stems = self.vocabularies[WORDS].values
        return np.array([self.statistics.weight_of_stem(stem) for stem in stems] or [0.0])

    @cached_property
    def spelled(self) -> sp.csr_matrix:
        """How each stem is spelled; see `texts.spellings`."""
        return texts.spellings(self.vocabularies[WORDS], self.stem_weights)

    def rarity(self, facet: str, family: str) -> np.ndarray:
        """What sharing each value of a facet counts, in the order of its family's vocabulary."""
        if facet not in self._rarities:
            values = self.vocabularies[family].values
            weights = [self.statistics.rarity(facet, value) for value in values]
            self._rarities[facet] = np.array(weights or [0.0])
        return self._rarities[facet]

    @cached_property
    def _rarities(self) -> dict[str, np.ndarray]:
        return {}

    @cached_property
    def bodies(self) -> np.ndarray:
        """Which marks are the acronyms of bodies."""
        marks = self.vocabularies["marks"].values
        return np.array([mark in self.statistics.bodies for mark in marks], dtype=bool)
