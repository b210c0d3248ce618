"""How good the engine's judgements are: cross-validation on labelled files, and training."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import concord.engine
from concord.analysis.label_files import read_rows, write_rows
from concord.analysis.reading_csv import read_actions, read_needs
from concord.engine import find_relations, texts, training
from concord.engine.backends.duckdb import DuckDB
from concord.engine.relation_model import KINDS as KINDS
from concord.engine.training import SEED as SEED
from concord.engine.training import RelationLabels

#: What cross-validation says of a pair.
COLUMNS = ("id_a", "id_b", "kind", "score", *(f"p_{kind}" for kind in KINDS))
_BEST = 10
MODELS = Path(concord.engine.__file__).parent / "models"


@dataclass(frozen=True)
class Material:
    """The files of labels: actions, needs, pairs, links of needs, ids of the needs that were judged.

    further: files of further actions with files of their labelled pairs. They train, they never judge.
    """

    actions: Path
    needs: Path
    pairs: Path
    links: Path
    judged: Path
    further: tuple[tuple[Path, Path], ...] = ()

    def about(self, *names: str) -> dict[str, Any]:
        """The SHA-256 of the files named, for the model's own record."""
        return {
            f"{name}_sha256": hashlib.sha256(getattr(self, name).read_bytes()).hexdigest() for name in names
        }

    def about_relations(self) -> dict[str, Any]:
        """The SHA-256 of all that the model of relations is learnt from, further files by their names."""
        further = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in self.further_files}
        return self.about("actions", "pairs") | {"further_sha256": further}

    @property
    def further_files(self) -> list[Path]:
        """All files of further actions and of their pairs."""
        return [path for both in self.further for path in both]


def try_relations(material: Material, out: Path, seed: int = SEED) -> None:
    """Write cross-validated relations of the labelled pairs, in the form the judge reads."""
    rows = training.cross_validate_relations(read_labels(material), seed, read_further(material))
    write_rows(out, COLUMNS, rows)


def read_labels(material: Material) -> RelationLabels:
    """The labelled pairs that train and judge."""
    return training.relation_labels(read_actions(material.actions).table, read_rows(material.pairs))


def read_further(material: Material) -> RelationLabels | None:
    """The labelled pairs that only train, all sets in one; None if there are none.

    An id is told apart from the same id elsewhere by the name of its file.
    """
    found: RelationLabels | None = None
    for actions, pairs in material.further:
        table, rows = read_actions(actions).table, read_rows(pairs)
        part = training.relation_labels(table, rows, training.FURTHER)
        part = replace(part, ids=tuple(f"{actions.name}: {key}" for key in part.ids))
        found = training.joined(found, part) if found else part
    return found


def try_coverage(material: Material, out: Path, seed: int = SEED) -> None:
    """Write cross-validated scores of every action for the judged needs, in the form the judge reads."""
    labels = _coverage_labels(material)
    write_rows(out, ("need_id", "action_id", "score"), training.cross_validate_coverage(labels, seed))


def ten_best(material: Material) -> float:
    """The share of related pairs that stand among the ten best of at least one of their two actions.

    From a run over the whole file with the shipped model, which has seen these labels: it measures what
    candidates and the order of scores let through, not how surely unseen pairs are judged.
    """
    table = read_actions(material.actions).table
    found = find_relations(table, backend=DuckDB(), today=training.TRAINING_DAY, terms=False)
    best: dict[str, int] = {}
    among: set[tuple[str, str]] = set()
    for pair in zip(found["id_a"].to_pylist(), found["id_b"].to_pylist(), strict=True):  # best first
        if min(best.get(key, 0) for key in pair) < _BEST:
            among.add(pair)
        for key in pair:
            best[key] = best.get(key, 0) + 1
    related = [pair for pair in read_rows(material.pairs) if pair["kind"] != training.RELATION_CLASSES[-1]]
    return sum((row["id_a"], row["id_b"]) in among for row in related) / len(related)


def train(material: Material, folder: Path = MODELS) -> list[Path]:
    """Count the compilation's words, learn both models from all labels, and write all three to `folder`.

    `folder` is where the engine keeps what ships, unless another is given to look at first; the models are
    learnt with the word counts that ship.
    """
    words = folder / "words.json"
    words.write_text(texts.word_counts(_texts(material)), "utf-8")
    texts.background.cache_clear()
    labels, further = read_labels(material), read_further(material)
    labels = training.joined(labels, further) if further else labels
    coverage = training.train_coverage(
        _coverage_labels(material), material.about("actions", "needs", "links", "judged")
    )
    models = {
        "relations": training.train_relations(labels, material.about_relations()).to_json(),
        "coverage": coverage.to_json(),
    }
    for name, text in models.items():
        (folder / f"{name}.json").write_text(text, "utf-8")
    return [words, *(folder / f"{name}.json" for name in models)]


def _texts(material: Material) -> list[str]:
    actions = [f"{row['title']} {row['summary']}" for row in read_rows(material.actions)]
    return actions + [row["statement"] for row in read_rows(material.needs)]


def _coverage_labels(material: Material) -> training.CoverageLabels:
    judged = material.judged.read_text("utf-8").split()
    actions, needs = read_actions(material.actions).table, read_needs(material.needs).table
    return training.coverage_labels(actions, needs, read_rows(material.links), judged)
