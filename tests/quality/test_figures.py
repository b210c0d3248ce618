"""The judges' figures stand above what was asked for, on folds that saw neither the pair nor its actions."""

import pytest

from concord.analysis.quality import train
from concord.commands.benchmarks.quality import MATERIAL, SEED, judge
from concord.engine.model import shipped


@pytest.fixture(scope="module")
def figures():
    return judge(SEED)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("average_precision", 0.90),
        ("related_f1", 0.82),
        ("kind_right", 0.67),
        ("mean_average_precision", 0.70),
        ("direct_in_ten", 0.82),
    ],
)
def test_cross_validated_figures_stand_above_their_floor(figures, name, floor):
    """Asked for were 0.82, 0.75, 0.65, 0.70 and 0.82; where we stand well above, we hold on."""
    assert figures[name] >= floor


@pytest.mark.slow
def test_the_shipped_models_are_what_the_labels_give(tmp_path):
    """The same labels, seed and release of scikit-learn grow the same files, byte for byte."""
    paths = train(MATERIAL, tmp_path)

    for path in paths[1:]:
        assert path.read_text("utf-8") == shipped(path.stem).to_json()
