"""What the shipped model is learnt from: labels that train and judge, and further ones that only train."""

from concord.analysis.quality import Material, read_further, read_labels
from concord.commands.benchmarks.quality import MATERIAL
from concord.engine.training import FULL, FURTHER, cross_validate_relations, joined
from tests.analysis.test_learning import few_trees


def test_further_labels_count_less_and_keep_their_own_ids() -> None:
    further = read_further(MATERIAL)

    assert further is not None
    assert set(further.weight.tolist()) == {FURTHER}
    assert set(read_labels(MATERIAL).weight.tolist()) == {FULL}
    assert {key.partition(":")[0] for key in further.ids} == {"actions-a.csv", "actions-b.csv"}
    assert not set(further.ids) & set(read_labels(MATERIAL).ids)


def test_without_further_files_there_are_no_further_labels() -> None:
    alone = Material(MATERIAL.actions, MATERIAL.needs, MATERIAL.pairs, MATERIAL.links, MATERIAL.judged)

    assert read_further(alone) is None
    assert alone.about_relations()["further_sha256"] == {}


def test_the_model_says_which_files_it_was_learnt_from() -> None:
    about = MATERIAL.about_relations()

    assert set(about) == {"actions_sha256", "pairs_sha256", "further_sha256"}
    assert len(about["further_sha256"]) == 4


def test_only_the_labels_that_judge_are_tested(monkeypatch) -> None:
    few_trees(monkeypatch)
    labels, further = read_labels(MATERIAL), read_further(MATERIAL)
    assert further is not None
    some, more = labels.only(slice(0, 200)), further.only(slice(0, 50))

    rows = list(cross_validate_relations(some, also=more))

    assert {(row["id_a"], row["id_b"]) for row in rows} == {
        (labels.ids[a], labels.ids[b]) for a, b in zip(some.a, some.b, strict=True)
    }
    assert len(joined(some, more).weight) == 250
