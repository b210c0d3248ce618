"""Matching records of two systems beside its peers, in one run, on the known pairs of ../shared/data.

Concord is cross-validated: five folds of left records, none scored by a model that saw them. Its time is that
of the shipped command on the whole files. `python -m concord.commands.benchmarks.linkage --train`
grows the shipped model again, from all known pairs.
"""

from __future__ import annotations

import csv
import json
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from concord.analysis.matching_quality import SEED, Pairs, Tried, languages, train, try_matching
from concord.commands.benchmarks.figures import Figure

TITLE = "Linkage: the same projects in two systems, with peers in one run"
REPOSITORY = Path(__file__).resolve().parents[3]
DATA = REPOSITORY.parent / "shared" / "data" / "xsource-dev"
PAIRS = Pairs(DATA / "left.csv", DATA / "right.csv", DATA / "truth.csv")
#: The stated seed first, the others to show how much a figure depends on the folds.
SEEDS = (SEED, 1, 2)
THRESHOLDS = (0.5, 0.8)
_PEERS = {
    "splink": "Splink 5 on DuckDB (title, words, donor, year, amount; same country)",
    "tfidf": "TF-IDF of titles (runs of letters; same country)",
    "rapidfuzz": "rapidfuzz token_set_ratio of titles (same country)",
}
_NAMES = ("recall_1", "recall_5", "average_precision", "recall_at_95")
_TARGET = "R@1 0.96, AP 0.95, R at 95 % 0.94"
_ORDER = "R@1, R@5, AP, R at 95 % precision"


def measure() -> list[Figure]:
    """The table of docs/methods/linkage.md, and the duplicates of ADR 0025. Without the data: skipped."""
    from concord.commands.benchmarks.linkage_duplicates import measure_duplicates

    if not DATA.exists():
        return [Figure("all of it", "skipped: no ../shared/data"), *measure_duplicates()]
    with tempfile.TemporaryDirectory(prefix="concord-linkage-") as name:
        folder = Path(name)
        found = list(_concord(folder))
        for peer, title in _PEERS.items():
            run = in_own_process(peer, folder / f"{peer}.csv")
            judged = judge(folder / f"{peer}.csv")
            found.append(Figure(f"{title}: {_ORDER}", _said(judged)))
            found.append(Figure(f"{title}: time, memory", _cost(run)))
    return [*found, *measure_duplicates()]


def judge(matches: Path) -> dict[str, float]:
    """What the judge says of a file of matches; it prints its line."""
    function = runpy.run_path(str(REPOSITORY / "tests" / "quality" / "match.py"))["judge"]
    return dict(function(matches, PAIRS.truth, PAIRS.left))


def in_own_process(name: str, out: Path) -> dict[str, float]:
    """Seconds, processor seconds and peak memory of one matcher on the whole files."""
    words = [sys.executable, "-m", "concord.commands.benchmarks.linkage_peers", name]
    done = subprocess.run(  # noqa: S603  (our interpreter and module)
        [*words, str(PAIRS.left), str(PAIRS.right), str(out)],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _concord(folder: Path) -> Iterator[Figure]:
    tried, judged, first_right = [], [], []
    for seed in SEEDS:
        out = folder / f"concord-{seed}.csv"
        tried.append(try_matching(PAIRS, out, seed))
        judged.append(judge(out))
        first_right.append(_first_right(out))
    means = {name: float(np.mean([one[name] for one in judged])) for name in _NAMES}
    yield Figure(f"Concord, five folds, seed {SEED}: {_ORDER}", _said(judged[0]), _TARGET)
    yield Figure(f"Concord, mean of seeds {', '.join(map(str, SEEDS))}", _said(means), _TARGET)
    run = in_own_process("concord", folder / "concord.csv")
    yield Figure("Concord, `concord match` on the whole files: time, memory", _cost(run), "under 15 s")
    yield from _languages(first_right[0])
    yield from _withheld(tried)
    yield from _reliability(tried)


def _languages(right: dict[str, bool]) -> Iterator[Figure]:
    """R@1 where both titles are in the same language, and where they are not, by the guess of small words."""
    guessed = languages(PAIRS)
    for same, name in ((True, "the same language"), (False, "different languages")):
        held = [right.get(one, False) for one, pair in guessed.items() if (pair[0] == pair[1]) is same]
        yield Figure(f"R@1 where the titles are in {name}", f"{np.mean(held):.3f} ({len(held)} left records)")


def _withheld(tried: list[Tried]) -> Iterator[Figure]:
    for name, sets in (
        ("as the files are", [one.whole for one in tried]),
        ("half of the partners withheld", [one.withheld for one in tried]),
    ):
        for threshold in THRESHOLDS:
            accepted = [same[scores >= threshold] for scores, same in sets]
            precision = np.mean([same.mean() for same in accepted])
            recall = np.mean([same.sum() / one.partnered for same, one in zip(accepted, tried, strict=True)])
            wrong = np.mean([(~same).sum() for same in accepted])
            count = np.mean([len(same) for same in accepted])
            yield Figure(
                f"From a score of {threshold}, {name}: precision, recall",
                f"{precision:.3f}, {recall:.3f} ({wrong:.0f} wrong of {count:.0f})",
                "precision 0.95" if threshold == max(THRESHOLDS) else "",
            )


def _reliability(tried: list[Tried]) -> Iterator[Figure]:
    """The best pair of each left record: mean score and share that is true, by tenths of the score."""
    for name, sets in (
        ("as the files are", [one.whole for one in tried]),
        ("half of the partners withheld", [one.withheld for one in tried]),
    ):
        scores = np.concatenate([scores for scores, _ in sets])
        same = np.concatenate([same for _, same in sets])
        yield Figure(f"Brier score of the best pairs, {name}", f"{np.mean((scores - same) ** 2):.4f}")
        tenth = np.minimum((scores * 10).astype(int), 9)
        for place in range(10):
            held = tenth == place
            if held.any():
                yield Figure(
                    f"Score {place / 10:.1f} to {(place + 1) / 10:.1f}, {name}: mean score, share true",
                    f"{scores[held].mean():.3f}, {same[held].mean():.3f} ({held.sum()} best pairs)",
                )


def _first_right(out: Path) -> dict[str, bool]:
    """Of each left record with a partner: whether its best pair is right."""
    with open(PAIRS.truth, encoding="utf-8", newline="") as handle:
        same = {(row["left_id"], row["right_id"]) for row in csv.DictReader(handle) if row["kind"] == "same"}
    best: dict[str, tuple[float, str]] = {}
    with open(out, encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            found = (-float(row["score"]), row["right_id"])
            best[row["left_id"]] = min(best.get(row["left_id"], found), found)
    return {one: one in best and (one, best[one][1]) in same for one, _ in same}


def _said(judged: dict[str, float]) -> str:
    return ", ".join(f"{judged[name]:.3f}" for name in _NAMES)


def _cost(run: dict[str, float]) -> str:
    return f"{run['seconds']:.1f} s ({run['cpu']:.1f} s of processor), {run['memory_mib']:.0f} MiB"


def main(words: list[str]) -> int:
    """With --train grow the shipped model again; else print the figures."""
    if words == ["--train"]:
        if not DATA.exists():
            print("skipped: no ../shared/data", file=sys.stderr)
            return 2
        print(train(PAIRS))
        return 0
    for figure in measure():
        print(f"{figure.what}: {figure.value}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
