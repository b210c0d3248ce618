"""What is known of a whole set of actions: with it, two rows alone give the numbers of the full run."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from concord.engine import texts
from concord.engine.coded import Coded
from concord.engine.facets import FACETS
from concord.kernel.errors import SchemaMismatch

if TYPE_CHECKING:
    from concord.engine.reading import Reading

FORMAT = "concord-statistics/1"
#: What sharing a value that everybody has still counts.
LEAST_RARITY = 0.2
_ROWS = 100_000  # counted at a time, to keep memory small


@dataclass(frozen=True)
class Statistics:
    """Counts over a set of actions. All that the comparison of two actions knows beyond the two stands here.

    actions: how many there are. stems: stem -> how many titles or summaries hold it. values: facet (see
    `facets.FACETS`) -> value -> how many actions have it. The order of the actions does not matter.
    """

    actions: int = 0
    stems: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, reading: Reading) -> Statistics:
        """Count the actions of a reading; a part of a set may be counted alone and added to the others."""
        names = ("title_words", "summary_words", *FACETS)
        return cls.counted({name: reading.coded(name) for name in names})

    @classmethod
    def counted(cls, coded: Mapping[str, Coded]) -> Statistics:
        """Count "title_words", "summary_words" and all FACETS of the same actions."""
        words = [coded["title_words"], coded["summary_words"]]
        return cls(len(words[0]), _having(words), {name: _having([coded[name]]) for name in FACETS})

    def __add__(self, other: Statistics) -> Statistics:
        """The counts of both sets, which must have no action in common."""
        names = self.values.keys() | other.values.keys()
        return Statistics(
            self.actions + other.actions,
            _sum(self.stems, other.stems),
            {name: _sum(self.values.get(name, {}), other.values.get(name, {})) for name in sorted(names)},
        )

    def __sub__(self, part: Statistics) -> Statistics:
        """The counts of the set without a part of it; a value that nobody has any more is gone."""
        return Statistics(
            self.actions - part.actions,
            _less(self.stems, part.stems),
            {name: _less(counts, part.values.get(name, {})) for name, counts in self.values.items()},
        )

    @property
    def bodies(self) -> Set[str]:
        """The keys of all organisations that take part somewhere."""
        return self.values.get("organisations", {}).keys()

    def weight_of_stem(self, stem: str) -> float:
        """ln((1 + texts) / (1 + texts with it)) + 1, over these texts and those of the shipped compilation.

        The shipped counts keep a file of two rows from thinking every word rare.
        """
        total, shipped = texts.background()
        count = shipped.get(stem, 0) + self.stems.get(stem, 0)
        return math.log((1 + total + self.actions) / (1 + count)) + 1

    def rarity(self, facet: str, value: str) -> float:
        """What sharing a value counts: ln((1 + actions) / (1 + actions with it)) + LEAST_RARITY."""
        count = self.values.get(facet, {}).get(value, 0)
        return math.log((1 + self.actions) / (1 + count)) + LEAST_RARITY

    def save(self, path: Path) -> None:
        """Write a file; the same counts give the same bytes."""
        path.write_text(self.to_json(), "utf-8")

    def to_json(self) -> str:
        """The file's text."""
        counts = {name: dict(sorted(found.items())) for name, found in sorted(self.values.items())}
        whole = {
            "format": FORMAT,
            "actions": self.actions,
            "stems": dict(sorted(self.stems.items())),
            "values": counts,
        }
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def load(cls, path: Path) -> Statistics:
        """Read a file that `save` wrote.

        Raises:
            SchemaMismatch: it is none.
        """
        return cls.from_json(path.read_text("utf-8"))

    @classmethod
    def from_json(cls, text: str) -> Statistics:
        """Read what `to_json` gave. Raises as `load`."""
        try:
            raw = json.loads(text)
            if raw["format"] != FORMAT:
                raise SchemaMismatch(f"the statistics' format is {raw['format']!r}, expected {FORMAT!r}")
            return cls(int(raw["actions"]), raw["stems"], raw["values"])
        except (KeyError, TypeError, ValueError) as error:
            raise SchemaMismatch(f"these are no statistics that Concord can read: {error}") from error


def _having(parts: Sequence[Coded]) -> dict[str, int]:
    """How many actions have each value in at least one of the parts, which share a vocabulary."""
    vocabulary = parts[0].vocabulary
    found = np.zeros(max(len(vocabulary), 1), dtype=np.int64)
    for begin in range(0, len(parts[0]), _ROWS):
        rows = np.arange(begin, min(begin + _ROWS, len(parts[0])))
        counts = sum((part.take(rows).counts() for part in parts[1:]), start=parts[0].take(rows).counts())
        found += np.bincount(counts.indices, minlength=len(found))
    return {value: int(count) for value, count in zip(vocabulary.values, found, strict=False) if count}


def _sum(one: Mapping[str, int], other: Mapping[str, int]) -> dict[str, int]:
    total = dict(one)
    for key, count in other.items():
        total[key] = total.get(key, 0) + count
    return total


def _less(whole: Mapping[str, int], part: Mapping[str, int]) -> dict[str, int]:
    left = dict(whole)
    for key, count in part.items():
        left[key] = left.get(key, 0) - count
        if left[key] <= 0:
            del left[key]
    return left
