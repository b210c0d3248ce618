"""Reads of the intake room. What people may see is decided here; nothing here writes."""

from concord.intake.queries.inputs import (
    ENTRY,
    ProblemCounts,
    applied_twin,
    counts_of_input,
    counts_of_inputs,
    input_named,
    inputs_visible_to,
    may_hand_in,
    problem_counts,
    problems_of,
    rows_of,
    target_of,
    twins_of,
)

__all__ = [
    "ENTRY",
    "ProblemCounts",
    "applied_twin",
    "counts_of_input",
    "counts_of_inputs",
    "input_named",
    "inputs_visible_to",
    "may_hand_in",
    "problem_counts",
    "problems_of",
    "rows_of",
    "target_of",
    "twins_of",
]
