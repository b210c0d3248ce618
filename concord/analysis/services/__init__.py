"""The only code that writes findings, answers and proposals."""

from concord.analysis.services.answers import answer_case, assess, merge_pair, undo_act, undo_assessment
from concord.analysis.services.asking import (
    ask_sources,
    confirm_findings,
    reply,
    take_back_reply,
    undo_confirmation,
    withdraw_asking,
)
from concord.analysis.services.cases import assign_cases
from concord.analysis.services.casework import add_note, assign, assign_several, take_back_note
from concord.analysis.services.incremental import rerun_action
from concord.analysis.services.regrouping import join_cases, split_case, undo_regrouping
from concord.analysis.services.runs import run
from concord.analysis.services.support import (
    confirm_proposal,
    confirm_proposals,
    refuse_proposal,
    undo_refusal,
)

__all__ = [
    "add_note",
    "answer_case",
    "ask_sources",
    "assess",
    "assign",
    "assign_cases",
    "assign_several",
    "confirm_findings",
    "confirm_proposal",
    "confirm_proposals",
    "join_cases",
    "merge_pair",
    "refuse_proposal",
    "reply",
    "rerun_action",
    "run",
    "split_case",
    "take_back_note",
    "take_back_reply",
    "undo_act",
    "undo_assessment",
    "undo_confirmation",
    "undo_refusal",
    "undo_regrouping",
    "withdraw_asking",
]
