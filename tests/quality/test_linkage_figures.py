"""The shipped model still reads the known pairs as it was trained to; the benchmark has the real figures."""

import pytest

from concord.commands.benchmarks.linkage import DATA, PAIRS, in_own_process, judge
from concord.commands.benchmarks.linkage_duplicates import average_precision, best_f1, f1_at
from concord.commands.main import main


@pytest.fixture(scope="module")
def matches(tmp_path_factory):
    if not DATA.exists():
        pytest.skip("skipped: no ../shared/data")
    out = tmp_path_factory.mktemp("linkage") / "out.csv"
    assert main(["match", str(PAIRS.left), str(PAIRS.right), "-o", str(out)]) == 0
    return out


@pytest.mark.slow
def test_features_and_shipped_model_still_belong_together(matches):
    """On pairs it was trained on: a floor for a changed word list, never a figure of quality."""
    figures = judge(matches)

    assert figures["recall_1"] >= 0.97
    assert figures["average_precision"] >= 0.97


@pytest.mark.slow
def test_a_peer_runs_in_a_process_of_its_own_and_says_what_it_cost(tmp_path):
    if not DATA.exists():
        pytest.skip("skipped: no ../shared/data")

    run = in_own_process("tfidf", tmp_path / "out.csv")

    assert run["seconds"] > 0
    assert run["memory_mib"] > 50
    assert (tmp_path / "out.csv").stat().st_size > 10_000


def test_average_precision_takes_ties_together():
    assert average_precision([0.9, 0.5, 0.5, 0.1], [True, True, False, False]) == pytest.approx(
        0.5 + 0.5 * 2 / 3
    )
    assert average_precision([0.5, 0.5], [True, False]) == pytest.approx(0.5)


def test_f1_at_a_threshold_and_at_the_best_one():
    scores, truth = [0.9, 0.6, 0.4, 0.1], [True, False, True, False]

    assert f1_at(scores, truth, 0.5) == pytest.approx(0.5)
    assert best_f1(scores, truth) == pytest.approx(0.8)
    assert f1_at(scores, [False] * 4, 0.95) == 0.0
