"""The one door to the engine: a snapshot in, pairs and support in plain rows out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from typing import Any

from concord.analysis import kept_models
from concord.analysis.tables import Facts, Snapshot
from concord.engine import find_relations, measure_coverage
from concord.engine.backends.duckdb import DuckDB
from concord.engine.index import Index
from concord.engine.need_index import NeedIndex
from concord.engine.schemas import actions_table

Term = dict[str, Any]
"""One term of evidence: {"name", "value", "weight"}; the first is the base, and all weights, in points of
probability, add up to the score."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two actions that may be related; key_a comes before key_b, score is a probability."""

    key_a: str
    key_b: str
    kind: str
    score: float
    evidence: str
    terms: list[Term]


@dataclass(frozen=True, slots=True)
class Support:
    """An action that may answer a need; score is a probability."""

    need_key: str
    action_key: str
    score: float
    evidence: str
    terms: list[Term]


def relate(snapshot: Snapshot, *, on: date, names: Mapping[str, str]) -> list[Pair]:
    """The pairs that concern the snapshot's subjects, best first, as the engine found them.

    How sure the engine is of a pair rests on all rows that it was given. What members read about a
    pair must not depend on records that they may not see, so those are compared in a pass of their own.

    on: up to this day ongoing work without an end runs at least. names: what people read for a code.
    """
    pairs = _relate(snapshot.for_all_members, on=on, names=names)
    if snapshot.restricted:
        whole = _relate(snapshot, on=on, names=names)
        pairs += [pair for pair in whole if not snapshot.restricted.isdisjoint((pair.key_a, pair.key_b))]
    return sorted(pairs, key=lambda pair: (-pair.score, pair.key_a, pair.key_b))


def _relate(snapshot: Snapshot, *, on: date, names: Mapping[str, str]) -> list[Pair]:
    if len(snapshot.actions) < 2:
        return []
    found = find_relations(
        snapshot.actions_table,
        backend=DuckDB(),
        model=kept_models.in_use().model,
        today=on,
        place_names=names,
        terms=True,
    )
    return [_pair(row) for row in found.to_pylist() if not snapshot.subjects.isdisjoint(_keys(row))]


def cover(snapshot: Snapshot, *, on: date, names: Mapping[str, str]) -> list[Support]:
    """Which of the snapshot's actions may answer which of its needs, best first for each need; what
    touches a restricted record is found in a pass of its own, as in `relate`."""
    rows = _cover(snapshot.for_all_members, on=on, names=names)
    if snapshot.restricted:
        whole = _cover(snapshot, on=on, names=names)
        rows += [row for row in whole if not snapshot.restricted.isdisjoint((row.need_key, row.action_key))]
    return sorted(rows, key=lambda row: (row.need_key, -row.score, row.action_key))


def _cover(snapshot: Snapshot, *, on: date, names: Mapping[str, str]) -> list[Support]:
    if not snapshot.actions or not snapshot.needs:
        return []
    found = measure_coverage(
        snapshot.actions_table, snapshot.needs_table, backend=DuckDB(), today=on, place_names=names
    )
    return [_support(row) for row in found.to_pylist()]


# --- one action, or a few, against an index ---------------------------------------------------------


def relate_to(
    index: Index,
    asked: Iterable[Facts],
    *,
    on: date,
    names: Mapping[str, str],
    per_action: int | None = None,
) -> list[Pair]:
    """The pairs that hold one of these actions, best first, as `relate` would find them among all.

    asked: new actions, or actions of the index as they are now. per_action: see `Index.related`.
    """
    found = index.related(
        actions_table(facts.row for facts in asked),
        today=on,
        per_row=per_action,
        model=kept_models.in_use().model,
        place_names=names,
    )
    return [_pair(row) for row in found.to_pylist()]


def cover_with(
    needs: NeedIndex, index: Index, asked: Iterable[Facts], *, on: date, names: Mapping[str, str]
) -> list[Support]:
    """Which needs these actions may answer, best first for each need, as `cover` would find it."""
    rows = actions_table(facts.row for facts in asked)
    return [_support(row) for row in needs.answered(rows, index, today=on, place_names=names).to_pylist()]


def release() -> str:
    """The release of the engine that is installed; it is Concord's own."""
    return version("concord")


def parameters() -> dict[str, Any]:
    """What besides the release decides what the engine finds."""
    used = kept_models.in_use()
    aside = {"model_set_aside": used.set_aside} if used.set_aside else {}
    return {"backend": DuckDB.name, "duckdb": version("duckdb"), "model": used.name, **aside}


def _keys(row: dict[str, Any]) -> tuple[str, str]:
    return row["id_a"], row["id_b"]


def _pair(row: dict[str, Any]) -> Pair:
    return Pair(*_keys(row), row["kind"], row["score"], row["evidence"], row["terms"])


def _support(row: dict[str, Any]) -> Support:
    return Support(row["need_id"], row["action_id"], row["score"], row["evidence"], row["terms"])
