"""Training from what people answered: what is a label, what is measured, and which model is in use."""

import csv
import json
from pathlib import Path

import pytest
from django.conf import settings

from concord.accounts.rules import Marking
from concord.accounts.services import operator
from concord.analysis import engines, kept_models, learning
from concord.analysis.models import Finding
from concord.analysis.quality import Material
from concord.analysis.queries.labels import own_labels
from concord.analysis.services import assess, run, undo_assessment
from concord.analysis.services.learning import choose_model, train
from concord.audit.models import Event
from concord.commands.benchmarks.quality import MATERIAL
from concord.engine import training
from concord.kernel.errors import BadInput, NotFound, NotPermitted
from concord.plan.models import Action
from tests.analysis.world import World, an_action
from tests.cast import Cast
from tests.factories import NOON

FIGURES = ("average_precision", "related_f1", "kind_right")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Models are kept apart for each test, and are small: what they learn is the engine's business."""
    monkeypatch.setattr(settings, "DATA", tmp_path)
    few_trees(monkeypatch)


def few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Training grows so few, in so few folds, that it takes no time."""
    monkeypatch.setattr(training, "FOLDS", 2)
    monkeypatch.setattr(training, "RELATED", training.Settings(trees=3, leaf=1, share=0.15))
    monkeypatch.setattr(training, "HOW", training.Settings(trees=3, leaf=1, share=0.3))


@pytest.fixture
def answered(world: World) -> World:
    """Two pairs with answers: one kept, one dismissed."""
    world.record(*(an_action(number, f"Firearms course {number}") for number in range(1, 5)))
    world.finds("A1", "A2", "overlap")
    world.finds("A3", "A4", "synergy", 0.9)
    run(world.plan, by=operator(), at=NOON)
    for finding in Finding.objects.all():
        answer = "kept" if finding.kind == "overlap" else "dismissed"
        assess(finding, answer=answer, reason="Agreed.", expected_version=1, by=operator(), at=NOON)
    return world


@pytest.fixture
def small(tmp_path: Path) -> Material:
    """A tenth of the shipped labels, so that training takes no time."""
    with open(MATERIAL.pairs, encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle))[::10]
    pairs = tmp_path / "pairs.csv"
    with open(pairs, "w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return Material(MATERIAL.actions, MATERIAL.needs, pairs, MATERIAL.links, MATERIAL.judged)


def judges(before: float, after: float):
    """A judge that says one thing first and another afterwards."""
    said = iter((before, after))

    def judge(out: Path) -> dict[str, float]:
        assert out.is_file()
        return dict.fromkeys(FIGURES, next(said))

    return judge


def trained(small: Material, *, before: float = 0.8, after: float = 0.8, **choices: bool):
    return train(small, judge=judges(before, after), by=operator(), at=NOON, **choices)


def test_a_dismissed_pair_is_a_label_of_no_relation_and_a_kept_one_of_its_kind(answered: World) -> None:
    labels = own_labels()

    a1, a2, a3, a4 = (answered.action(own_id).key for own_id in ("A1", "A2", "A3", "A4"))
    said = {frozenset((row["id_a"], row["id_b"])): row["kind"] for row in labels.pairs}
    assert said == {frozenset((a1, a2)): "overlap", frozenset((a3, a4)): "none"}
    assert [row["id"] for row in labels.actions] == sorted([a1, a2, a3, a4])


def test_an_answer_taken_back_is_no_label(answered: World) -> None:
    undo_assessment(Finding.objects.get(kind="synergy").assessments.get(), by=operator(), at=NOON)

    assert [row["kind"] for row in own_labels().pairs] == ["overlap"]


@pytest.mark.parametrize("is_run", [True, False])
def test_an_answer_about_what_changed_since_is_left_out_and_counted(answered: World, is_run: bool) -> None:
    """Also where no run has looked at the change yet."""
    answered.record(an_action(1, "Firearms course 1", start="2016"))
    if is_run:
        run(answered.plan, by=operator(), at=NOON)

    labels = own_labels()

    assert [row["kind"] for row in labels.pairs] == ["none"]
    assert labels.left_out == 1


def test_a_restricted_action_teaches_nothing(answered: World) -> None:
    Action.objects.filter(own_id="A3").update(marking=Marking.AMBER_STRICT)

    labels = own_labels()

    assert [row["kind"] for row in labels.pairs] == ["overlap"]
    assert len(labels.actions) == 2


def test_too_few_answers_are_refused_and_nothing_is_kept(answered: World, small: Material) -> None:
    with pytest.raises(BadInput, match="There are 2 labels of your own; from 20 on"):
        trained(small)

    assert kept_models.kept() == []


def test_a_model_that_is_no_worse_is_kept_in_use_and_recorded(
    answered: World, small: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "LEAST", 2)

    done = trained(small)

    assert done.in_use
    assert kept_models.in_use().name == "relations-1"
    assert engines.parameters()["model"] == "relations-1"
    assert done.kept is not None
    about = done.kept.about
    assert (about["own_pairs"], about["seed"]) == (2, 3)
    assert about["figures"]["before"]["kind_right"] == 0.8
    assert list(Event.objects.order_by("-pk").values_list("event", flat=True)[:2]) == [
        "model-chosen",
        "model-trained",
    ]


def test_a_worse_model_is_kept_but_not_used_unless_somebody_says_so(
    answered: World, small: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "LEAST", 2)

    done = trained(small, before=0.8, after=0.7)

    assert done.learnt.worse == list(FIGURES)
    assert not done.in_use
    assert kept_models.in_use().name == "shipped"
    assert trained(small, before=0.8, after=0.7, use_anyway=True).in_use
    assert kept_models.in_use().name == "relations-2"


def test_a_trial_keeps_nothing(answered: World, small: Material, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "LEAST", 2)

    assert trained(small, only_try=True).kept is None
    assert kept_models.kept() == []


def test_training_twice_gives_the_same_bytes(
    answered: World, small: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "LEAST", 2)

    first, second = trained(small).kept, trained(small).kept

    assert first is not None
    assert second is not None
    assert first.path.read_bytes() == second.path.read_bytes()


def test_the_labels_of_a_model_stand_beside_it_by_key_alone(
    answered: World, small: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "LEAST", 2)
    trained(small)

    text = (tmp_path / "models" / "relations-1.labels.csv").read_text()

    assert text.splitlines()[0] == "id_a,id_b,kind"
    assert "Firearms" not in text


def test_a_chosen_model_that_cannot_be_read_is_set_aside_and_told(
    answered: World, small: Material, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "LEAST", 2)
    kept = trained(small).kept
    assert kept is not None
    raw = json.loads(kept.path.read_text())
    kept.path.write_text(json.dumps(raw | {"features": ["something else"]}))
    kept_models._parsed.cache_clear()

    used = kept_models.in_use()

    assert used.model is None
    assert used.set_aside.startswith("relations-1: ")
    assert engines.parameters()["model_set_aside"] == used.set_aside


def test_choosing_an_unknown_model_names_those_that_are_there(db: None) -> None:
    with pytest.raises(NotFound, match="There are: shipped"):
        choose_model("relations-9", by=operator(), at=NOON)


def test_only_who_may_change_the_framework_trains_or_chooses(
    cast: Cast, answered: World, small: Material
) -> None:
    with pytest.raises(NotPermitted):
        train(small, judge=judges(1, 1), by=cast.lead_partner, at=NOON)
    with pytest.raises(NotPermitted):
        choose_model("shipped", by=cast.lead_partner, at=NOON)
