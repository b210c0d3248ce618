"""Large sets of actions made from real ones, to measure speed: no row is real, every word is."""

from __future__ import annotations

import csv
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from datetime import date
from itertools import batched
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from concord.analysis.reading_csv import read_actions, read_needs
from concord.engine import find_relations, measure_coverage
from concord.engine.backends.duckdb import DuckDB
from concord.engine.near import NEIGHBOURS, near_texts
from concord.engine.reading import in_order
from concord.engine.schemas import actions_table
from concord.engine.shelf import CARDS, ReadCards, Shelf

#: Share of a text's words that are replaced by another action's.
CHANGED = 0.3
#: The same where one action is told by two sources.
TWIN_CHANGED = 0.2
_ROWS = 10_000  # made into a table at a time, to keep memory small
#: "Today" of every measurement.
DAY = date(2026, 1, 1)
_PLACES = ("AL", "BA", "ME", "MK", "RS", "XK")


def resampled_actions(source: Path, count: int, seed: int) -> pa.Table:
    """`count` actions drawn from the rows of a CSV file, with partners, places and years drawn anew.

    A third of each text's words are another action's on a shared topic.

    The same source, count and seed give the same rows.
    """
    chance = random.Random(seed)  # noqa: S311  (no secret: rows to measure speed with)
    rows = read_actions(source).table.to_pylist()
    by_topic: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        for topic in row["topics"]:
            by_topic.setdefault(topic, []).append(row)
    drawn = (_action(chance, number, rows, by_topic) for number in range(count))
    parts = [actions_table(part) for part in batched(drawn, _ROWS)]
    return pa.concat_tables(parts) if parts else actions_table([])


def told_twice(actions: pa.Table, count: int, seed: int) -> pa.Table:
    """The actions, and `count` of them once more as another source would tell them.

    The second telling of R-0000007 is called R-0000007-twin: a fifth of its words are another action's, its
    donor or its implementers are not reported, its dates are years.
    """
    chance = random.Random(seed)  # noqa: S311  (no secret: rows to measure with)
    chosen = sorted(chance.sample(range(len(actions)), count))
    rows = actions.take(chosen).to_pylist()
    others = actions.take([chance.randrange(len(actions)) for _ in rows]).to_pylist()
    twins = [_told_again(chance, row, other) for row, other in zip(rows, others, strict=True)]
    return pa.concat_tables([actions, actions_table(twins)])


def _told_again(chance: random.Random, row: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    return row | {
        "id": f"{row['id']}-twin",
        "title": _mixed(chance, row["title"], other["title"], TWIN_CHANGED),
        "summary": _mixed(chance, row["summary"], other["summary"], TWIN_CHANGED),
        chance.choice(("donors", "implementers")): [],
        "start": row["start"][:4],
        "amounts": [],
    }


def _action(
    chance: random.Random,
    number: int,
    rows: Sequence[dict[str, Any]],
    by_topic: dict[str, list[dict[str, Any]]],
) -> dict[str, Any]:
    row = chance.choice(rows)
    other = chance.choice(by_topic[chance.choice(row["topics"])]) if row["topics"] else chance.choice(rows)
    start = chance.randint(2012, 2026)
    return row | {
        "id": f"R-{number:07d}",
        "title": _mixed(chance, row["title"], other["title"]),
        "summary": _mixed(chance, row["summary"], other["summary"]),
        "donors": chance.choice(rows)["donors"],
        "implementers": chance.choice(rows)["implementers"],
        "beneficiaries": sorted(chance.sample(_PLACES, chance.choice((1, 1, 1, 2, 3, 6)))),
        "start": f"{start}-{chance.randint(1, 12):02d}",
        "end": str(start + chance.randint(1, 4)),
    }


def _mixed(chance: random.Random, text: str, other: str, changed: float = CHANGED) -> str:
    words, strange = text.split(), other.split() or [""]
    return " ".join(chance.choice(strange) if chance.random() < changed else word for word in words)


def sheet_of(source: Path) -> pa.Table:
    """The actions of a CSV file as they are."""
    return read_actions(source).table


def found_pairs(actions: pa.Table) -> pa.Table:
    """The relations between the actions, as the engine finds them in a set of this size."""
    return find_relations(actions, backend=DuckDB(), today=DAY)


def near_timed(actions: pa.Table, sample: int) -> dict[str, float]:
    """How many of the exact nearest texts of a sample the cells of a large set find, and how fast."""
    with tempfile.TemporaryDirectory(prefix="concord-") as folder:
        backend, ordered = DuckDB(), in_order(actions)
        shelf = Shelf.fill(
            Path(folder), ordered, backend.map_pieces(ordered, ReadCards(DAY), CARDS, rows=4_000)
        )
        began = time.perf_counter()
        left, right, _ = near_texts(shelf, backend)
        took = time.perf_counter() - began
        chosen = np.sort(np.random.default_rng(1).choice(len(ordered), sample, replace=False))
        began = time.perf_counter()
        exact = (shelf.vectors[chosen] @ shelf.vectors.T).toarray()
        exact[np.arange(sample), chosen] = 0
        nearest = np.argpartition(-exact, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
        exactly = (time.perf_counter() - began) * len(ordered) / sample
    found = set(zip(left.tolist(), right.tolist(), strict=True))
    wanted = [
        (min(i, j), max(i, j)) for i, row in zip(chosen.tolist(), nearest.tolist(), strict=True) for j in row
    ]
    share = sum(pair in found for pair in wanted) / len(wanted)
    return {"recall": share, "seconds": took, "exact_seconds": exactly}


def border_recall(actions: pa.Table) -> float:
    """The share of pairs found in the small way (a score of 0.5 or more) that the large way finds too."""
    small, large = (
        find_relations(actions, backend=DuckDB(), today=DAY, terms=False, large=way) for way in (False, True)
    )
    wanted = small.filter(pc.greater_equal(small["score"], 0.5))
    pairs = set(zip(large["id_a"].to_pylist(), large["id_b"].to_pylist(), strict=True))
    ends = zip(wanted["id_a"].to_pylist(), wanted["id_b"].to_pylist(), strict=True)
    return sum(pair in pairs for pair in ends) / max(len(wanted), 1)


def candidate_recall(actions: Path, pairs: Path, best: int = 10) -> float:
    """The share of truly related pairs that stand among the `best` candidates of one of their two actions.

    pairs: a CSV file with id_a, id_b and kind. Candidates stand in the order of the engine's score.
    """
    found = found_pairs(read_actions(actions).table)
    seen: Counter[str] = Counter()
    listed = set()
    for one, other in zip(found["id_a"].to_pylist(), found["id_b"].to_pylist(), strict=True):
        seen.update((one, other))
        if min(seen[one], seen[other]) <= best:
            listed.add((one, other))
    with open(pairs, encoding="utf-8", newline="") as handle:
        true = [
            (min(row["id_a"], row["id_b"]), max(row["id_a"], row["id_b"]))
            for row in csv.DictReader(handle)
            if row["kind"] != "none"
        ]
    return sum(pair in listed for pair in true) / len(true)


def analyse_timed(actions: pa.Table, needs: Path) -> dict[str, float]:
    """Run both analyses; wall seconds of each, and how much there was."""
    stated = read_needs(needs).table
    began = time.perf_counter()
    relations = find_relations(actions, backend=DuckDB(), today=DAY)
    between = time.perf_counter()
    coverage = measure_coverage(actions, stated, backend=DuckDB(), today=DAY)
    return {
        "actions": len(actions),
        "needs": len(stated),
        "pairs": len(relations),
        "answers": len(coverage),
        "relations": between - began,
        "coverage": time.perf_counter() - between,
    }
