"""Large sets of actions made from real ones, to measure speed: no row is real, every word is."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from concord.analysis.reading_csv import read_actions, read_needs
from concord.engine import find_relations, measure_coverage
from concord.engine.backends.duckdb import DuckDB
from concord.engine.schemas import actions_table

#: Share of a text's words that are replaced by another action's.
CHANGED = 0.3
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
    return actions_table(_action(chance, number, rows, by_topic) for number in range(count))


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


def _mixed(chance: random.Random, text: str, other: str) -> str:
    words, strange = text.split(), other.split() or [""]
    return " ".join(chance.choice(strange) if chance.random() < CHANGED else word for word in words)


def sheet_of(source: Path) -> pa.Table:
    """The actions of a CSV file as they are."""
    return read_actions(source).table


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
