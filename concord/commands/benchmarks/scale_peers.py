"""Who finds what two sources tell of the same action among 100,000, how surely and how fast: all in one run.

`python -m concord.commands.benchmarks.scale_peers 20000` measures another size and writes no page.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from concord.commands.benchmarks.figures import Figure, print_figures
from concord.commands.benchmarks.quality import MATERIAL

TITLE = "Scale: duplicates among 100,000 actions, beside Splink and TF-IDF over all pairs"
SIZE, TWINS, SEED = 100_000, 2_000, 3
#: A pair counts as found if it is among so many best of one of its two actions.
BEST = 10
_CHUNK = 500
Pairs = Iterable[tuple[str, str]]


def measure(size: int = SIZE) -> list[Figure]:
    """Time all on the same file, one after the other, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "actions.parquet"
        _in_own_process("make", size, path)
        runs = {name: _in_own_process(name, size, path) for name in METHODS}
    ours = runs["concord"]["seconds"]
    return [
        Figure(
            f"{name}: {TWINS:,} second tellings among {size:,} actions, found",
            f"{run['recall']:.1%} in {run['seconds']:.0f} s"
            + ("" if name == "concord" else f", {run['seconds'] / ours:.1f} times as long as Concord"),
            "" if name == "concord" else "slower, or finds fewer",
        )
        for name, run in runs.items()
    ]


def by_concord(actions: Any) -> Pairs:
    """All of it: reading, candidates, score, kind and evidence."""
    from concord.analysis.resampling import found_pairs

    found = found_pairs(actions)
    return zip(found["id_a"].to_pylist(), found["id_b"].to_pylist(), strict=True)


def by_tfidf(actions: Any) -> Pairs:
    """The cosine of words of title and summary, weighted by rarity, of every action with every other."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    ids = np.array(actions["id"].to_pylist(), dtype=object)
    texts = zip(actions["title"].to_pylist(), actions["summary"].to_pylist(), strict=True)
    matrix = TfidfVectorizer(sublinear_tf=True, stop_words="english", dtype=np.float32).fit_transform(
        [f"{title} {summary or ''}" for title, summary in texts]
    )
    turned, scored = matrix.T.tocsr(), []
    for begin in range(0, len(ids), _CHUNK):
        near = (matrix[begin : begin + _CHUNK] @ turned).toarray()
        near[np.arange(len(near)), begin + np.arange(len(near))] = 0
        best = np.argpartition(-near, BEST, axis=1)[:, :BEST]
        likeness = np.take_along_axis(near, best, axis=1)
        for row, columns in enumerate(best):
            scored += [
                (-float(likeness[row, at]), begin + row, int(column)) for at, column in enumerate(columns)
            ]
    return ((ids[row], ids[column]) for _, row, column in sorted(scored))


def by_splink_facets(actions: Any) -> Pairs:
    """Splink: compared are actions that share places, year and a partner, or how the title begins."""
    return _by_splink(
        actions,
        lambda on: [
            on("places", "year", "donor"),
            on("places", "year", "implementer"),
            on("title"),
            on("beginning", "year"),
        ],
    )


def by_splink_words(actions: Any) -> Pairs:
    """Splink: compared are actions that share a word of the title, places and the year."""
    return _by_splink(actions, lambda on: [on("places", "year", "words", arrays_to_explode=["words"])])


def _by_splink(actions: Any, blocking: Callable[[Any], list[Any]]) -> Pairs:
    """Splink on DuckDB, dedupe_only: title, words, donor, implementer, year; weights learnt on this file."""
    import pyarrow as pa
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    api = DuckDBAPI()
    table = api.register(pa.Table.from_pylist(_for_splink(actions)), dataset_display_name="actions")
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record",
        comparisons=[
            cl.JaroWinklerAtThresholds("title", [0.95, 0.88, 0.8, 0.7]),
            cl.ArrayIntersectAtSizes("words", [8, 6, 4, 3, 2]),
            cl.ExactMatch("donor").configure(term_frequency_adjustments=True),
            cl.ExactMatch("implementer").configure(term_frequency_adjustments=True),
            cl.ExactMatch("year"),
        ],
        blocking_rules_to_generate_predictions=blocking(block_on),
        probability_two_random_records_match=1e-5,
        retain_matching_columns=False,
    )
    linker = Linker([table], settings, log_level="ERROR")
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=SEED)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("beginning", "year"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("places", "year", "donor"))
    found = linker.inference.predict(threshold_match_weight=-10).as_pyarrow_table()
    names = ("record_l", "record_r", "match_weight")
    rows = zip(*(found[name].to_pylist() for name in names), strict=True)
    return ((one, other) for one, other, _ in sorted(rows, key=lambda row: (-row[2], row[0], row[1])))


METHODS: dict[str, Callable[[Any], Pairs]] = {
    "concord": by_concord,
    "TF-IDF, all pairs": by_tfidf,
    "Splink, blocked on facets": by_splink_facets,
    "Splink, blocked on words of the title": by_splink_words,
}


def _for_splink(actions: Any) -> list[dict[str, Any]]:
    return [
        {
            "record": row["id"],
            "title": row["title"],
            "beginning": row["title"][:12].lower(),
            "words": sorted(set(row["title"].lower().split())),
            "donor": (row["donors"] or [None])[0],
            "implementer": (row["implementers"] or [None])[0],
            "places": ";".join(row["beneficiaries"]) or None,
            "year": (row["start"] or "")[:4] or None,
        }
        for row in actions.to_pylist()
    ]


def _recall(pairs: Pairs) -> float:
    """The share of second tellings that stand with the first among the BEST of one of the two, best first."""
    seen: Counter[str] = Counter()
    found = 0
    for one, other in dict.fromkeys((min(pair), max(pair)) for pair in pairs):
        seen.update((one, other))
        found += other == f"{one}-twin" and min(seen[one], seen[other]) <= BEST
    return found / TWINS


def _in_own_process(name: str, size: int, path: Path) -> dict[str, float]:
    words = [sys.executable, "-m", "concord.commands.benchmarks.scale_peers", name, str(size), str(path)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)  # noqa: S603
    return dict(json.loads(done.stdout.splitlines()[-1]))


def run_part(name: str, size: int, path: Path) -> dict[str, float]:
    """Make the file, or find the second tellings in it by one method."""
    from pyarrow import parquet

    from concord.analysis.resampling import resampled_actions, told_twice

    if name == "make":
        actions = resampled_actions(MATERIAL.actions, size - TWINS, SEED)
        parquet.write_table(told_twice(actions, TWINS, SEED), path)
        return {}
    actions = parquet.read_table(path)
    began = time.monotonic()
    pairs = list(METHODS[name](actions))
    seconds = time.monotonic() - began
    return {"seconds": seconds, "recall": _recall(pairs)}


def main(words: list[str]) -> None:
    """A size to measure; or, as `measure` calls it, a method, a size and the file of actions."""
    if len(words) == 3:
        print(json.dumps(run_part(words[0], int(words[1]), Path(words[2]))))
    else:
        print_figures(TITLE, measure(int(words[0]) if words else SIZE))


if __name__ == "__main__":
    main(sys.argv[1:])
