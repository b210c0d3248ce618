"""Splink on the labelled pairs of actions beside our own relations: duplicate or not (ADR 0025)."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from concord.analysis.quality import SEED, try_relations
from concord.commands.benchmarks.figures import Figure
from concord.commands.benchmarks.quality import MATERIAL

_LISTS = ("donors", "implementers", "beneficiaries", "topics")
Pairs = dict[tuple[str, str], float]


def measure_duplicates() -> list[Figure]:
    """Average precision and F1 of "duplicate" against all other kinds, for Splink and for our relations."""
    truth = {_key(row["id_a"], row["id_b"]): row["kind"] == "duplicate" for row in _rows(MATERIAL.pairs)}
    found = [
        Figure("Duplicates among the labelled pairs of actions", f"{sum(truth.values())} of {len(truth)}")
    ]
    for name, pairs in (("Concord's relations, five folds", ours()), ("Splink 5 on DuckDB", splink())):
        scores = [pairs.get(pair, float("-inf")) for pair in truth]
        precision, best = (
            average_precision(scores, list(truth.values())),
            best_f1(scores, list(truth.values())),
        )
        at_half = (
            f", F1 as shipped {f1_at(scores, list(truth.values()), 0.5):.3f}" if "Concord" in name else ""
        )
        found.append(
            Figure(
                f"{name}: duplicate or not",
                f"AP {precision:.3f}{at_half}, F1 at its best threshold {best:.3f}",
            )
        )
    return found


def ours() -> Pairs:
    """The cross-validated score of each labelled pair that is judged a duplicate; 0 if of another kind.

    This undersells us a little: a pair whose second-likeliest kind is duplicate counts for nothing.
    """
    with tempfile.TemporaryDirectory(prefix="concord-duplicates-") as folder:
        out = Path(folder) / "out.csv"
        try_relations(MATERIAL, out, SEED)
        return {
            _key(row["id_a"], row["id_b"]): float(row["score"]) if row["kind"] == "duplicate" else 0.0
            for row in _rows(out)
        }


def splink() -> Pairs:
    """The match weight that Splink gives each pair of actions; its weights are learnt without labels."""
    import pyarrow as pa
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on
    from splink.blocking_rule_library import CustomRule

    from concord.commands.benchmarks.linkage_peers import levels

    api = DuckDBAPI()
    table = api.register(pa.Table.from_pylist([_plain(row) for row in _rows(MATERIAL.actions)]))
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record",
        comparisons=[
            cl.JaroWinklerAtThresholds("title", [0.95, 0.85, 0.75]),
            cl.ArrayIntersectAtSizes("words", [6, 4, 3, 2, 1]),
            *(cl.ArrayIntersectAtSizes(name, [2, 1]) for name in _LISTS),
            cl.CustomComparison(levels("start", (0, 1)), output_column_name="start"),
            cl.CustomComparison(levels("amount", (0.02, 0.2)), output_column_name="amount"),
        ],
        blocking_rules_to_generate_predictions=[CustomRule("1=1")],
        probability_two_random_records_match=0.002,
        retain_matching_columns=False,
    )
    linker = Linker(table, settings, log_level="ERROR")
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=3)
    for rule in (block_on("start"), block_on("donor")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    found = linker.inference.predict().as_pyarrow_table()
    names = ("record_l", "record_r", "match_weight")
    columns = (found[name].to_pylist() for name in names)
    return {_key(one, other): weight for one, other, weight in zip(*columns, strict=True)}


def average_precision(scores: Sequence[float], truth: Sequence[bool]) -> float:
    """The area under precision by recall, ties taken together."""
    area = last = hits = seen = 0.0
    ranked = sorted(zip(scores, truth, strict=True), key=lambda pair: -pair[0])
    for place, (score, true) in enumerate(ranked):
        seen, hits = seen + 1, hits + true
        if place + 1 == len(ranked) or ranked[place + 1][0] != score:
            recall = hits / sum(truth)
            area += (recall - last) * hits / seen
            last = recall
    return area


def f1_at(scores: Sequence[float], truth: Sequence[bool], threshold: float) -> float:
    """F1 of calling "duplicate" what scores so much or more."""
    called = [score >= threshold for score in scores]
    hits = sum(call and true for call, true in zip(called, truth, strict=True))
    return 2 * hits / (sum(called) + sum(truth)) if hits else 0.0


def best_f1(scores: Sequence[float], truth: Sequence[bool]) -> float:
    """F1 at the threshold that suits these labels best: more than any user could have."""
    return max(f1_at(scores, truth, threshold) for threshold in set(scores))


def _key(one: str, other: str) -> tuple[str, str]:
    return min(one, other), max(one, other)


def _rows(path: Path) -> list[dict[str, str]]:
    with open(path, encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _plain(row: dict[str, str]) -> dict[str, Any]:
    import math

    lists = {name: [part.strip().lower() for part in row[name].split(";") if part.strip()] for name in _LISTS}
    return {
        "record": row["id"],
        "title": row["title"].lower(),
        "words": sorted(
            {word for word in f"{row['title']} {row['summary']}".lower().split() if len(word) > 3}
        ),
        "donor": lists["donors"][0] if lists["donors"] else None,
        "start": int(row["start"][:4]) if row["start"] else None,
        "amount": math.log(float(row["budget_amount"])) if row["budget_amount"] else None,
        **lists,
    }
