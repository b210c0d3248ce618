"""Training the relations model again, with an institution's own labels beside those that ship. No Django.

What the own labels do to the shipped test set is always measured: the same folds, judged before and after.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from concord.analysis.label_files import read_rows, write_rows
from concord.analysis.quality import Material, read_further, read_labels
from concord.analysis.reading_csv import read_actions
from concord.engine import training
from concord.engine.relation_model import RelationModel
from concord.engine.training import RelationLabels
from concord.kernel.errors import BadInput

LEAST: Final = 20
"""So many own labels are asked for: fewer change nothing that could be told from chance. A judgement."""

TOLERATED: Final = 0.01
"""A figure of the shipped test set that falls by more counts as worse: chance alone moves one by
about as much (docs/methods/training.md, section 3)."""

Judge = Callable[[Path], Mapping[str, float]]
"""Scores a file of cross-validated relations against the shipped labels."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """A model trained on both, and what the shipped test set says without and with the own labels.

    known: how many own pairs are also among the shipped labels; those train only where they are not tested.
    """

    model: RelationModel
    before: Mapping[str, float]
    after: Mapping[str, float]
    own: int
    known: int

    @property
    def worse(self) -> list[str]:
        """The figures that fell by more than TOLERATED."""
        return [name for name in self.before if self.after[name] < self.before[name] - TOLERATED]


def learn(
    material: Material,
    own_actions: pa.Table,
    own_pairs: Sequence[Mapping[str, str]],
    *,
    seed: int,
    judge: Judge,
) -> Learnt:
    """Trains on the shipped labels and the own ones, and tries on the shipped ones what that does.

    Args:
        own_actions: ACTIONS; own_pairs: id_a, id_b and kind (a relation's kind, or "none").
        seed: of the folds and of the model; the same rows and seed give the same model, byte for byte.

    Raises:
        BadInput: fewer than LEAST own pairs, one whose action or kind is not known, no shipped labels.
    """
    if len(own_pairs) < LEAST:
        raise BadInput(
            f"There are {len(own_pairs)} labels of your own; from {LEAST} on training makes a difference. "
            "Answer more findings first."
        )
    shipped_actions = _shipped(material)
    shipped, further = read_labels(material), read_further(material)
    own = _as_shipped(training.relation_labels(own_actions, own_pairs), own_actions, shipped_actions)
    beside = training.joined(further, own) if further else own
    before = _judged(judge, training.cross_validate_relations(shipped, seed, also=further))
    after = _judged(judge, training.cross_validate_relations(shipped, seed, also=beside))
    about = material.about_relations() | {
        "own_actions_sha256": _sha256(_plain(own_actions)),
        "own_pairs_sha256": _sha256([dict(row) for row in own_pairs]),
        "own_pairs": len(own_pairs),
        "figures": {
            "before": {name: round(value, 4) for name, value in before.items()},
            "after": {name: round(value, 4) for name, value in after.items()},
        },
    }
    model = training.train_relations(training.joined(shipped, beside), about, seed)
    known = sum(
        own.ids[a] in shipped.ids and own.ids[b] in shipped.ids for a, b in zip(own.a, own.b, strict=True)
    )
    return Learnt(model, before, after, len(own_pairs), known)


def learn_from_files(material: Material, actions: Path, labels: Path, *, seed: int, judge: Judge) -> Learnt:
    """The same from a CSV file of actions and one of labels (id_a, id_b, kind).

    Raises:
        BadInput: a file cannot be read; a row is named.
    """
    sheet = read_actions(actions)
    if sheet.problems:
        raise BadInput("\n".join(sheet.problems))
    return learn(material, sheet.table, _labels(labels, sheet.table), seed=seed, judge=judge)


def _labels(path: Path, actions: pa.Table) -> list[dict[str, str]]:
    """The labels of a file, each checked, so that an error names its row."""
    ids = set(actions["id"].to_pylist())
    rows = read_rows(path)
    for number, row in enumerate(rows, start=2):
        if None in row:  # what the reader calls the cells beyond the last heading
            raise BadInput(
                f"{path}, row {number}: there are more cells than headings. "
                "Put a text with a comma in quotes."
            )
        missing = [name for name in ("id_a", "id_b", "kind") if not row.get(name)]
        if missing:
            raise BadInput(
                f"{path}, row {number}: {', '.join(missing)} is empty. Each label needs all three."
            )
        for name in ("id_a", "id_b"):
            if row[name] not in ids:
                raise BadInput(
                    f"{path}, row {number}, {name}: there is no action “{row[name]}” in the other file."
                )
        if row["kind"] not in training.RELATION_CLASSES:
            known = ", ".join(training.RELATION_CLASSES)
            raise BadInput(f"{path}, row {number}, kind: “{row['kind']}” is none of {known}.")
        if row["id_a"] == row["id_b"]:
            raise BadInput(f"{path}, row {number}: a label names two different actions.")
    return rows


def _shipped(material: Material) -> pa.Table:
    for path in (material.actions, material.pairs, *material.further_files):
        if not path.is_file():
            raise BadInput(
                f"{path}: the labels that ship are not here, and without them nobody can tell whether a new "
                "model is worse. Run this in a checkout of Concord."
            )
    return read_actions(material.actions).table


def _as_shipped(own: RelationLabels, own_actions: pa.Table, shipped: pa.Table) -> RelationLabels:
    """The own labels, an action that ships (the same title and summary) under the id that it has there."""
    known = {_content(row): row["id"] for row in shipped.to_pylist()}
    rows = {row["id"]: row for row in own_actions.to_pylist()}
    ids = tuple(known.get(_content(rows[key]), key) for key in own.ids)
    return replace(own, ids=ids)


def _content(row: Mapping[str, Any]) -> str:
    text = " ".join(f"{row['title']} {row['summary']}".casefold().split())
    return hashlib.sha256(text.encode()).hexdigest()


def _judged(judge: Judge, scored: Iterable[Mapping[str, Any]]) -> Mapping[str, float]:
    with tempfile.TemporaryDirectory(prefix="concord-train-") as folder:
        out = Path(folder) / "relations.csv"
        write_rows(out, ("id_a", "id_b", "kind", "score"), scored)
        return judge(out)


def _plain(actions: pa.Table) -> list[dict[str, Any]]:
    return sorted(actions.to_pylist(), key=lambda row: row["id"])


def _sha256(rows: Sequence[Mapping[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
