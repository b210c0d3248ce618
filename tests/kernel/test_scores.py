"""How probabilities are told."""

from concord.kernel.scores import said_points, said_score


def test_no_score_is_told_as_certain() -> None:
    assert [said_score(score) for score in (1.0, 0.999996, 0.994, 0.82, 0.0)] == [
        "0.99",
        "0.99",
        "0.99",
        "0.82",
        "0.00",
    ]


def test_points_are_of_a_hundred_with_a_sign() -> None:
    assert [said_points(weight) for weight in (0.469, -0.005, 0.0)] == ["+46.9", "−0.5", "+0.0"]
