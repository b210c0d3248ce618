"""The judges' figures of relations and coverage, cross-validated on the labels in tests/quality.

`python -m concord.commands.benchmarks.quality` prints the judges' own lines; with `--train` it grows the
forests that ship with the engine again, from all labels.
"""

from __future__ import annotations

import csv
import runpy
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from concord.analysis.quality import KINDS, SEED, Material, ten_best, train, try_coverage, try_relations
from concord.commands.benchmarks.figures import Figure

TITLE = "Quality: relations and coverage, five folds, never tested on what was trained on"
LABELS = Path(__file__).resolve().parents[3] / "tests" / "quality"
DATA = Path(__file__).resolve().parents[1] / "demo" / "data"
MATERIAL = Material(
    actions=DATA / "western-balkans-actions.csv",
    needs=DATA / "western-balkans-needs.csv",
    pairs=LABELS / "relations-dev.csv",
    links=LABELS / "needs-links-dev.csv",
    judged=LABELS / "needs-dev-ids.txt",
    further=tuple(
        (LABELS / "made-up" / f"actions-{name}.csv", LABELS / "made-up" / f"pairs-{name}.csv")
        for name in ("a", "b")
    ),
)
#: The stated seed first, the others to show how much a figure depends on the folds.
SEEDS = (SEED, 1, 2)
_TARGETS = {
    "average_precision": "0.94", "related_f1": "0.88", "kind_right": "0.82",
    "mean_average_precision": "0.70", "direct_in_ten": "0.82",
}  # fmt: skip
_WORDS = {
    "average_precision": "Relations: average precision, related or not",
    "related_f1": "Relations: F1, related or not, at 0.5",
    "kind_right": "Relations: right kind among the truly related",
    "mean_average_precision": "Coverage: mean average precision over needs",
    "direct_in_ten": "Coverage: direct responses among the first ten",
}


def measure() -> list[Figure]:
    """Print what the judges print for the stated seed, and give the figures with their spread over seeds."""
    judged = [judge(seed) for seed in SEEDS]
    return [
        Figure(
            _WORDS[name],
            f"{judged[0][name]:.3f} (seed {SEED}; mean of seeds {', '.join(map(str, sorted(SEEDS)))}: "
            f"{statistics.mean(found[name] for found in judged):.3f})",
            f"at least {_TARGETS[name]}",
        )
        for name in _WORDS
    ]


def judge(seed: int) -> dict[str, float]:
    """Cross-validate both with one seed and let the judges score them; they print their lines."""
    print(f"\nseed {seed}")
    with tempfile.TemporaryDirectory(prefix="concord-quality-") as folder:
        out = Path(folder) / "out.csv"
        try_relations(MATERIAL, out, seed)
        found = _judge("relations")(out, MATERIAL.pairs)
        for line in calibration(out, MATERIAL.pairs):
            print(line)
        try_coverage(MATERIAL, out, seed)
        return dict(found | _judge("coverage")(out, MATERIAL.links))


def calibration(scored: Path, labels: Path) -> list[str]:
    """Precision and recall of each kind, Brier scores, and how often pairs of each score are related."""
    rows = {(row["id_a"], row["id_b"]): row for row in _rows(scored)}
    both = [(rows[min(p["id_a"], p["id_b"]), max(p["id_a"], p["id_b"])], p["kind"]) for p in _rows(labels)]
    lines = []
    for kind in KINDS:
        said = [truth == kind for row, truth in both if row["kind"] == kind and float(row["score"]) >= 0.5]
        true = sum(truth == kind for _, truth in both)
        off = [(float(row[f"p_{kind}"]) - (truth == kind)) ** 2 for row, truth in both if truth != "none"]
        lines.append(
            f"{kind}: precision {sum(said) / max(len(said), 1):.3f}, recall {sum(said) / true:.3f}, "
            f"Brier score among the related {statistics.mean(off):.3f}"
        )
    scores = [(float(row["score"]), truth != "none") for row, truth in both]
    lines.append(f"Brier score, related or not: {statistics.mean((s - t) ** 2 for s, t in scores):.3f}")
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        part = [(s, t) for s, t in scores if low <= s < low + 0.2 or (low == 0.8 and s >= low)]
        mean, related = (statistics.mean(values) if part else 0.0 for values in zip(*part, strict=True))
        lines.append(f"score from {low}: {len(part)} pairs, mean score {mean:.2f}, related {related:.2f}")
    return lines


def main(words: list[str] | None = None) -> int:
    """Print the judges' lines, or with --train write the models again and name them."""
    words = sys.argv[1:] if words is None else words
    if words == ["--train"]:
        for path in train(MATERIAL):
            print(f"{path} ({path.stat().st_size / 1000:.0f} kB)")
        return 0
    if words:
        print("usage: python -m concord.commands.benchmarks.quality [--train]", file=sys.stderr)
        return 2
    judge(SEED)
    print(f"related pairs among the ten best of one of their actions: {ten_best(MATERIAL):.3f}")
    return 0


def _rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _judge(name: str) -> Callable[..., dict[str, Any]]:
    """The judge as it stands in tests/quality: a script of its own, copied unchanged."""
    function: Callable[..., dict[str, Any]] = runpy.run_path(str(LABELS / f"{name}.py"))["judge"]
    return function


if __name__ == "__main__":
    sys.exit(main())
