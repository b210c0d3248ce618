"""How probabilities are told to people."""

from __future__ import annotations

from typing import Final

MOST_TOLD: Final = 0.99
"""No model is certain, so no score is told as 1.00."""


def said_score(score: float) -> str:
    """A probability as people read it: "0.82"; never more than 0.99."""
    return f"{min(score, MOST_TOLD):.2f}"


def said_points(weight: float) -> str:
    """By how many points of a hundred a term moved a probability: "+46.9", "−0.5"."""
    return f"{weight * 100:+.1f}".replace("-", "−")
