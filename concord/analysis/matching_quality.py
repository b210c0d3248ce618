"""How well records are matched: cross-validation on known pairs, partners withheld, and training."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from concord.analysis.label_files import read_rows, write_rows
from concord.analysis.quality import MODELS
from concord.analysis.reading_records import read_records
from concord.engine import linkage_training as training
from concord.engine.linkage_reading import Side
from concord.engine.linkage_training import SEED as SEED
from concord.engine.linkage_words import language_of

SOURCE = "AidData's public releases, ODC-By 1.0"


@dataclass(frozen=True)
class Pairs:
    """The files of known pairs: two sides and the truth (left_id, right_id, kind same | related)."""

    left: Path
    right: Path
    truth: Path

    def about(self) -> dict[str, Any]:
        """The source and SHA-256 of the files, for the model's own record."""
        names = ("left", "right", "truth")
        hashes = {
            f"{name}_sha256": hashlib.sha256(getattr(self, name).read_bytes()).hexdigest() for name in names
        }
        return {"source": SOURCE, **hashes}


@dataclass(frozen=True)
class Tried:
    """What cross-validation found.

    whole: score and truth of each left record's best pair; withheld: the same where partners were taken away,
    both halves together; partnered, left_over: how many left records have a partner in each.
    """

    whole: tuple[np.ndarray, np.ndarray]
    withheld: tuple[np.ndarray, np.ndarray]
    partnered: int
    left_over: int


def try_matching(pairs: Pairs, out: Path, seed: int = SEED) -> Tried:
    """Write cross-validated matches in the form the judge reads, and give what else is measured on them."""
    material = _material(pairs, seed)
    scores, lost = training.cross_validate_linkage(material, seed)
    write_rows(out, ("left_id", "right_id", "score"), training.scored_rows(material.whole, scores))
    best = [training.best_of_each(known, found) for known, found in zip(material.withheld, lost, strict=True)]
    partnered = len({row["left_id"] for row in read_rows(pairs.truth) if row["kind"] == "same"})
    return Tried(
        whole=training.best_of_each(material.whole, scores),
        withheld=(np.concatenate([one for one, _ in best]), np.concatenate([one for _, one in best])),
        partnered=partnered,
        left_over=partnered,  # each half loses the other's partners, so that together all are left once
    )


def train(pairs: Pairs, folder: Path = MODELS) -> Path:
    """Grow the model on all known pairs and write it where the engine keeps what ships, or to `folder`."""
    model = training.train_linkage(_material(pairs, SEED), pairs.about())
    path = folder / "linkage.json"
    path.write_text(model.to_json(), "utf-8")
    return path


def languages(pairs: Pairs) -> dict[str, tuple[str, str]]:
    """The guessed languages of the two titles of each left record with a partner."""
    ours = {row["id"]: row["title"] for row in read_rows(pairs.left)}
    theirs = {row["id"]: row["title"] for row in read_rows(pairs.right)}
    return {
        row["left_id"]: (language_of(ours[row["left_id"]]), language_of(theirs[row["right_id"]]))
        for row in read_rows(pairs.truth)
        if row["kind"] == "same"
    }


def _material(pairs: Pairs, seed: int) -> training.Material:
    left, right = read_records(pairs.left).table, read_records(pairs.right).table
    return training.linkage_material(left, right, read_rows(pairs.truth), seed)


def plain_rows(path: Path) -> list[dict[str, Any]]:
    """Each record as peers compare it: id, title folded, country codes and donors as lists, year, dollars.

    The peers get our reading of countries, donors and currencies, so that only the comparing differs.
    """
    side = Side(read_records(path).table)
    return [
        {
            "id": str(row["id"]),
            "title": title,
            "words": sorted(set(words)),
            "countries": sorted(side.countries[place]),
            "donors": sorted(side.donors[place]),
            "year": int(str(row["start"])[:4]) if row["start"] else None,
            "dollars": None if np.isnan(side.amounts[place]) else float(side.amounts[place]),
        }
        for place, (row, title, words) in enumerate(
            zip(side.rows, side.titles, side.title_roots, strict=True)
        )
    ]
