"""The only code that writes findings, answers and proposals."""

from concord.analysis.services.answers import assess, merge_pair, undo_assessment
from concord.analysis.services.runs import run
from concord.analysis.services.support import (
    confirm_proposal,
    confirm_proposals,
    refuse_proposal,
    undo_refusal,
)

__all__ = [
    "assess",
    "confirm_proposal",
    "confirm_proposals",
    "merge_pair",
    "refuse_proposal",
    "run",
    "undo_assessment",
    "undo_refusal",
]
