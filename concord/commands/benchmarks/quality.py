"""The judges' figures of relations and coverage, cross-validated on the labels in tests/quality.

`python -m concord.commands.benchmarks.quality` prints the judges' own lines; with `--train` it grows the
forests that ship with the engine again, from all labels.
"""

from __future__ import annotations

import runpy
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from concord.analysis.quality import SEED, Material, train, try_coverage, try_relations
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
)
#: The stated seed first, the others to show how much a figure depends on the folds.
SEEDS = (SEED, 1, 2)
_TARGETS = {
    "average_precision": "0.82", "related_f1": "0.75", "kind_right": "0.65",
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
        try_coverage(MATERIAL, out, seed)
        return dict(found | _judge("coverage")(out, MATERIAL.links))


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
    return 0


def _judge(name: str) -> Callable[..., dict[str, Any]]:
    """The judge as it stands in tests/quality: a script of its own, copied unchanged."""
    function: Callable[..., dict[str, Any]] = runpy.run_path(str(LABELS / f"{name}.py"))["judge"]
    return function


if __name__ == "__main__":
    sys.exit(main())
