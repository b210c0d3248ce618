"""How good the engine's judgements are: cross-validation on labelled files, and training."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import concord.engine
from concord.analysis.reading_csv import read_actions, read_needs
from concord.engine import texts, training
from concord.engine.training import SEED as SEED

MODELS = Path(concord.engine.__file__).parent / "models"


@dataclass(frozen=True)
class Material:
    """The files of labels: actions, needs, pairs, links of needs, ids of the needs that were judged."""

    actions: Path
    needs: Path
    pairs: Path
    links: Path
    judged: Path

    def about(self, *names: str) -> dict[str, Any]:
        """The SHA-256 of the files named, for the model's own record."""
        return {
            f"{name}_sha256": hashlib.sha256(getattr(self, name).read_bytes()).hexdigest() for name in names
        }


def try_relations(material: Material, out: Path, seed: int = SEED) -> None:
    """Write cross-validated relations of the labelled pairs, in the form the judge reads."""
    labels = training.relation_labels(read_actions(material.actions).table, _rows(material.pairs))
    _write(out, ("id_a", "id_b", "kind", "score"), training.cross_validate_relations(labels, seed))


def try_coverage(material: Material, out: Path, seed: int = SEED) -> None:
    """Write cross-validated scores of every action for the judged needs, in the form the judge reads."""
    labels = _coverage_labels(material)
    _write(out, ("need_id", "action_id", "score"), training.cross_validate_coverage(labels, seed))


def train(material: Material, folder: Path = MODELS) -> list[Path]:
    """Count the compilation's words, grow both forests on all labels, and write all three to `folder`.

    `folder` is where the engine keeps what ships, unless another is given to look at first; the forests are
    grown with the word counts that ship.
    """
    words = folder / "words.json"
    words.write_text(texts.word_counts(_texts(material)), "utf-8")
    texts.background.cache_clear()
    labels = training.relation_labels(read_actions(material.actions).table, _rows(material.pairs))
    forests = {
        "relations": training.train_relations(labels, material.about("actions", "pairs")),
        "coverage": training.train_coverage(
            _coverage_labels(material), material.about("actions", "needs", "links", "judged")
        ),
    }
    for name, forest in forests.items():
        (folder / f"{name}.json").write_text(forest.to_json(), "utf-8")
    return [words, *(folder / f"{name}.json" for name in forests)]


def _texts(material: Material) -> list[str]:
    actions = [f"{row['title']} {row['summary']}" for row in _rows(material.actions)]
    return actions + [row["statement"] for row in _rows(material.needs)]


def _coverage_labels(material: Material) -> training.CoverageLabels:
    judged = material.judged.read_text("utf-8").split()
    actions, needs = read_actions(material.actions).table, read_needs(material.needs).table
    return training.coverage_labels(actions, needs, _rows(material.links), judged)


def _rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, Any]]) -> None:
    with open(path, "w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
