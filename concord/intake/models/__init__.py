"""The tables of the intake room. Written by intake.services alone."""

from concord.intake.models.calls import Call
from concord.intake.models.inputs import Input, InputProblem, InputRow

__all__ = ["Call", "Input", "InputProblem", "InputRow"]
