"""What others do with two files of records: Splink, TF-IDF, rapidfuzz; each writes the judge's form.

`python -m concord.commands.benchmarks.linkage_peers PEER LEFT RIGHT OUT` runs one in a process of its own and
prints seconds and peak memory as JSON. Countries are blocked on by our reading of them in all three.
"""

from __future__ import annotations

import csv
import json
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

KEPT = 20
"""Pairs of each left record that a peer writes."""
Rows = list[dict[str, Any]]
Scored = Iterable[tuple[str, str, float]]


def by_concord(left: Path, right: Path, out: Path) -> None:
    """`concord match` as it ships."""
    from concord.analysis.matching_files import match_files

    match_files(left, right, out)


def by_splink(left: Rows, right: Rows) -> Scored:
    """Splink 5 on DuckDB: Fellegi-Sunter with weights learnt by expectation maximisation on these files."""
    import pyarrow as pa
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    api = DuckDBAPI()
    tables = [
        api.register(pa.Table.from_pylist(_for_splink(rows)), dataset_display_name=name)
        for name, rows in (("a_left", left), ("b_right", right))
    ]
    settings = SettingsCreator(
        link_type="link_only",
        unique_id_column_name="record",
        comparisons=[
            cl.JaroWinklerAtThresholds("title", [0.95, 0.88, 0.8, 0.7]),
            cl.ArrayIntersectAtSizes("words", [6, 4, 3, 2, 1]),
            cl.ExactMatch("donor").configure(term_frequency_adjustments=True),
            cl.CustomComparison(levels("year", (0, 1, 2)), output_column_name="year"),
            cl.CustomComparison(levels("dollars_log", (0.02, 0.2, 0.7)), output_column_name="dollars_log"),
        ],
        blocking_rules_to_generate_predictions=[block_on("country")],
        probability_two_random_records_match=1e-4,
        retain_matching_columns=False,
    )
    linker = Linker(tables, settings, log_level="ERROR")
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=3)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("title"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("country", "year", "donor"))
    found = linker.inference.predict(threshold_match_weight=-10).as_pyarrow_table()
    names = ("record_l", "record_r", "match_weight")
    return zip(*(found[name].to_pylist() for name in names), strict=True)


def levels(column: str, apart: tuple[float, ...]) -> list[Any]:
    """Splink's levels of a number: not stated, within each distance, further apart."""
    import splink.comparison_level_library as level

    return [
        level.NullLevel(column),
        *(
            level.CustomLevel(f"abs({column}_l - {column}_r) <= {limit}", label_for_charts=f"within {limit}")
            for limit in apart
        ),
        level.ElseLevel(),
    ]


def _for_splink(rows: Rows) -> Rows:
    import math

    return [
        {
            "record": row["id"],
            "title": row["title"],
            "words": row["words"],
            "donor": (row["donors"] or [None])[0],
            "country": row["countries"][0] if len(row["countries"]) == 1 else None,
            "year": row["year"],
            "dollars_log": math.log(row["dollars"]) if row["dollars"] else None,
        }
        for row in rows
    ]


def by_tfidf(left: Rows, right: Rows) -> Scored:
    """The cosine of titles by runs of three to five letters, weighted by rarity, within the same country."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    reader = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    matrix = reader.fit_transform([row["title"] for row in (*left, *right)])
    ours, theirs = matrix[: len(left)], matrix[len(left) :].tocsr()
    for rows, columns in _blocks(left, right):
        near = (ours[rows] @ theirs[columns].T).tocoo()
        for i, j, score in zip(near.row, near.col, near.data, strict=True):
            yield left[rows[i]]["id"], right[columns[j]]["id"], float(score)


def by_rapidfuzz(left: Rows, right: Rows) -> Scored:
    """rapidfuzz's token_set_ratio of titles, within the same country, on both cores."""
    from rapidfuzz import fuzz, process

    for rows, columns in _blocks(left, right):
        titles = [right[place]["title"] for place in columns]
        ratios = process.cdist(
            [left[place]["title"] for place in rows], titles, scorer=fuzz.token_set_ratio, workers=2
        )
        for i, ratio in zip(rows, ratios, strict=True):
            for j in ratio.argsort()[::-1][:KEPT]:
                yield left[i]["id"], right[columns[j]]["id"], float(ratio[j])


PEERS: dict[str, Callable[[Rows, Rows], Scored]] = {
    "splink": by_splink, "tfidf": by_tfidf, "rapidfuzz": by_rapidfuzz,
}  # fmt: skip


def _blocks(left: Rows, right: Rows) -> Iterator[tuple[list[int], list[int]]]:
    """Left records of each set of countries, with the right ones that name one of them."""
    ours, theirs = defaultdict(list), defaultdict(list)
    for place, row in enumerate(left):
        if row["countries"]:
            ours[tuple(row["countries"])].append(place)
    for place, row in enumerate(right):
        for code in row["countries"]:
            theirs[code].append(place)
    for codes, rows in ours.items():
        columns = sorted({place for code in codes for place in theirs[code]})
        if columns:
            yield rows, columns


def write_best(out: Path, scored: Scored) -> None:
    """The best KEPT of each left record, in the judge's form."""
    found = defaultdict(list)
    for one, other, score in scored:
        found[one].append((-score, other))
    with out.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(("left_id", "right_id", "score"))
        for one, pairs in found.items():
            writer.writerows((one, other, -score) for score, other in sorted(pairs)[:KEPT])


def _peak_mib() -> float:
    """The most memory this process has held; the kernel's own count starts anew with each program."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main(words: list[str]) -> None:
    """Run one peer on two files and say how long it took, reading included."""
    name, left, right, out = words[0], *map(Path, words[1:])
    began = time.monotonic()
    if name == "concord":
        by_concord(left, right, out)
    else:
        from concord.analysis.matching_quality import plain_rows

        write_best(out, PEERS[name](plain_rows(left), plain_rows(right)))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        json.dumps(
            {
                "seconds": time.monotonic() - began,
                "cpu": used.ru_utime + used.ru_stime,
                "memory_mib": _peak_mib(),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1:])
