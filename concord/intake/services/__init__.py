"""The only code that writes to the intake room's tables."""

from concord.intake.services.carrying import mending_before
from concord.intake.services.conflicts import settle_conflict, unsettle_conflict
from concord.intake.services.giving import GivenFile, give_out
from concord.intake.services.inputs import Receipt, accept, hand_in, take_in, take_in_received
from concord.intake.services.large import hand_in_large, preview_large
from concord.intake.services.layouts import forget_layout, remember_layout
from concord.intake.services.mending import (
    answer_question,
    answer_questions,
    mend_cells,
    say_layout,
    take_back_answer,
    take_back_answers,
    take_back_correction,
)
from concord.intake.services.receiving import check, receive, withdraw
from concord.intake.services.undoing import undo_import
from concord.intake.services.vanished import answer_vanished, take_back_vanished

__all__ = [
    "GivenFile",
    "Receipt",
    "accept",
    "answer_question",
    "answer_questions",
    "answer_vanished",
    "check",
    "forget_layout",
    "give_out",
    "hand_in",
    "hand_in_large",
    "mend_cells",
    "mending_before",
    "preview_large",
    "receive",
    "remember_layout",
    "say_layout",
    "settle_conflict",
    "take_back_answer",
    "take_back_answers",
    "take_back_correction",
    "take_back_vanished",
    "take_in",
    "take_in_received",
    "undo_import",
    "unsettle_conflict",
    "withdraw",
]
