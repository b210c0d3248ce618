"""The model of relations as a file: read safely, scored as a hand would, explained to the last point."""

import json
from dataclasses import replace

import numpy as np
import pytest

from concord.engine.affinity import Logistic, Together, fitted, probability, shared_out
from concord.engine.features import FEATURES, TERM_OF, TERMS, TOGETHER, compare
from concord.engine.profile import PROFILE, profiles
from concord.engine.reading import Reading
from concord.engine.relation_model import relation_model_from_json, shipped_relations
from concord.engine.schemas import actions_table
from concord.engine.training import joined, relation_labels
from concord.kernel.errors import SchemaMismatch
from tests.engine.conftest import BORDER_COURSES, BORDER_TRAINING, FILMS, TODAY


def test_a_weighed_sum_scores_as_a_hand_would():
    """x = 3 is one spread above the middle of 2: log-odds 0.5 + 2 x 1."""
    found = Logistic(0.5, np.array([2.0]), np.array([2.0]), np.array([1.0]))

    assert found.probability(np.array([[3.0]])) == pytest.approx([1 / (1 + np.exp(-2.5))])


def test_a_feature_counts_three_spreads_at_most():
    found = Logistic(0.0, np.array([1.0]), np.array([0.0]), np.array([1.0]))

    assert found.weighed(np.array([[3.0], [1e9]])).tolist() == [[3.0], [3.0]]


def test_parts_of_the_log_odds_add_up_to_the_move_even_where_they_cancel():
    parts = np.array([[1.0, 0.5], [2.0, -2.0]])

    moved = shared_out(-0.3, parts)

    assert moved[0].sum() == pytest.approx(probability(1.2) - probability(-0.3))
    assert moved[1].sum() == pytest.approx(0.0)
    assert moved[1][0] > 0 > moved[1][1]


def test_what_is_learnt_tells_apart_what_it_was_shown():
    x = np.array([[0.0], [0.1], [0.9], [1.0]])

    found = fitted(x, np.array([0.0, 0.0, 1.0, 1.0]))

    assert (found.probability(x) > 0.5).tolist() == [False, False, True, True]


def test_a_label_that_counts_less_says_less():
    x, says = np.array([[0.0], [1.0], [1.0], [1.0]]), np.array([0.0, 1.0, 1.0, 0.0])

    lightly = fitted(x, says, np.array([1.0, 1.0, 1.0, 0.25]))

    assert lightly.probability(x)[1] > fitted(x, says).probability(x)[1]


def test_profiles_that_never_went_together_add_nothing():
    none = Together(np.zeros(2), np.ones(2), np.zeros((2, 2)))

    assert none.of_pairs(np.eye(2), np.array([0]), np.array([1])).tolist() == [0.0]


def test_a_profile_says_topic_means_and_place():
    reading = Reading.of(actions_table([BORDER_TRAINING]), TODAY)

    row = profiles(reading, np.array([0]))[0]

    says = {name for name, value in zip(PROFILE, row, strict=True) if value}
    assert {"topics:border-management", "types:training", "beneficiaries:AL"} <= says
    assert "beneficiaries:RS" not in says


def test_base_and_moves_add_up_to_the_score():
    reading = Reading.of(actions_table([BORDER_TRAINING, BORDER_COURSES, FILMS]), TODAY)
    a, b = np.array([0, 0, 1]), np.array([1, 2, 2])
    verdict = shipped_relations().verdict(compare(reading, a, b), profiles(reading, np.arange(3)), a, b)
    groups = [TERMS.index(TERM_OF[name]) for name in FEATURES]
    base, moved = verdict.moves(np.arange(3), groups, TERMS.index(TOGETHER))

    assert base + moved.sum(axis=1) == pytest.approx(verdict.score, abs=1e-6)
    assert verdict.kinds(np.arange(3)).sum(axis=1) == pytest.approx([1, 1, 1])


def test_a_model_written_and_read_again_is_the_same():
    text = shipped_relations().to_json()

    assert relation_model_from_json(text).to_json() == text


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.update(format="pickle"),
        lambda raw: raw.update(profile=["colour"]),
        lambda raw: raw["forests"].pop("line"),
        lambda raw: raw["forests"]["same"].update(classes=["a", "b"]),
        lambda raw: raw["sums"]["apart"].update(weights=[1.0]),
        lambda raw: raw["sums"]["related"]["spread"].__setitem__(0, 0.0),
        lambda raw: raw["together"].update(matrix=[[1.0]]),
        lambda raw: raw["together"]["usual"].__setitem__(0, "x"),
    ],
)
def test_what_is_no_model_is_refused(change):
    raw = json.loads(shipped_relations().to_json())
    change(raw)

    with pytest.raises(SchemaMismatch):
        relation_model_from_json(json.dumps(raw))


@pytest.mark.parametrize("text", ["", "[]", "{}", "1"])
def test_what_is_no_json_object_is_refused(text):
    with pytest.raises(SchemaMismatch):
        relation_model_from_json(text)


def test_a_model_for_other_features_is_refused():
    with pytest.raises(SchemaMismatch, match="other features"):
        shipped_relations().for_features(["colour"])


def test_what_ships_says_how_it_was_trained():
    assert {"seed", "rows", "forests", "scikit_learn", "actions_sha256"} <= shipped_relations().about.keys()


def test_labels_of_two_records_of_one_action_are_joined_with_one_profile():
    """A merged record and the one that took its title and summary are the same action to learn from."""
    first = relation_labels(actions_table([BORDER_TRAINING, FILMS]), [pair(BORDER_TRAINING, FILMS)])
    also = relation_labels(actions_table([BORDER_COURSES, FILMS]), [pair(BORDER_COURSES, FILMS)])
    twice = joined(first, replace(also, ids=("one", "one")))

    assert twice.ids == (*first.ids, "one")
    assert len(twice.profiles) == 3
    assert (twice.profiles[2] == also.profiles[0]).all()


def pair(one, other):
    return {"id_a": one["id"], "id_b": other["id"], "kind": "none"}
