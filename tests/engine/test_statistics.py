"""Two rows and the statistics of their set give the numbers that the whole set gives."""

import numpy as np
import pytest

from concord.analysis.reading_csv import read_actions
from concord.commands.benchmarks.quality import MATERIAL
from concord.engine.evidence import Comparison, sentence
from concord.engine.features import FEATURES, compare
from concord.engine.reading import Reading
from concord.engine.schemas import actions_table
from concord.engine.statistics import Statistics
from concord.kernel.codelists import PLACES
from concord.kernel.errors import SchemaMismatch
from tests.engine.conftest import BORDER_COURSES, BORDER_TRAINING, EURALIUS_4, TODAY


@pytest.fixture(scope="module")
def whole():
    return Reading.of(read_actions(MATERIAL.actions).table.slice(0, 120), TODAY)


def sentences(reading, a, b, x):
    comparison = Comparison(reading, PLACES)
    return [
        sentence(comparison.facts(i, j, dict(zip(FEATURES, row, strict=True))), "overlap")
        for i, j, row in zip(a.tolist(), b.tolist(), x.tolist(), strict=True)
    ]


def test_a_part_of_a_set_compares_exactly_as_in_the_whole_set(whole):
    chance = np.random.default_rng(3)
    chosen = np.sort(chance.choice(len(whole), 30, replace=False))
    table = actions_table(whole.rows[place] for place in chosen)
    part = Reading.of(table, TODAY, Statistics.of(whole))
    a, b = (ends.astype(np.int64) for ends in np.triu_indices(len(chosen), 1))

    inside, outside = compare(part, a, b), compare(whole, chosen[a], chosen[b])

    assert (inside == outside).all()
    assert sentences(part, a, b, inside) == sentences(whole, chosen[a], chosen[b], outside)


def test_counts_of_parts_add_up_to_those_of_the_whole(whole):
    table = actions_table(whole.rows)
    parts = [Statistics.of(Reading.of(table.slice(begin, 50), TODAY)) for begin in (0, 50, 100)]

    assert (parts[2] + parts[0] + parts[1]).to_json() == Statistics.of(whole).to_json()


def test_a_file_holds_what_was_saved_and_the_same_counts_give_the_same_bytes(whole, tmp_path):
    counted = Statistics.of(whole)
    counted.save(tmp_path / "one.json")
    Statistics.load(tmp_path / "one.json").save(tmp_path / "two.json")

    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
    assert Statistics.load(tmp_path / "two.json").rarity("topics", "drugs") == counted.rarity(
        "topics", "drugs"
    )


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "another/1", "actions": 1}'])
def test_another_file_is_refused(tmp_path, text):
    path = tmp_path / "statistics.json"
    path.write_text(text, "utf-8")

    with pytest.raises(SchemaMismatch, match="statistics"):
        Statistics.load(path)


def test_a_value_that_more_actions_share_counts_less():
    rows = [BORDER_TRAINING, BORDER_COURSES, EURALIUS_4]
    counted = Statistics.of(Reading.of(actions_table(rows), TODAY))

    assert counted.actions == 3
    assert counted.values["topics"]["border-management"] == 2
    assert counted.rarity("topics", "border-management") == pytest.approx(np.log(4 / 3) + 0.2)
    assert counted.rarity("topics", "judiciary") == pytest.approx(np.log(4 / 2) + 0.2)
    assert counted.rarity("topics", "never seen") == pytest.approx(np.log(4) + 0.2)
    assert counted.weight_of_stem("bord") < Statistics().weight_of_stem("bord")
    assert Statistics().weight_of_stem("bord") < Statistics().weight_of_stem("never seen")


def test_nothing_counted_is_nothing_known():
    empty = Statistics.of(Reading.of(actions_table([]), TODAY))

    assert (empty.actions, empty.stems) == (0, {})
    assert (empty + Statistics()).to_json() == empty.to_json()
