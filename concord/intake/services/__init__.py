"""The only code that writes to the intake room's tables."""

from concord.intake.services.inputs import Receipt, accept, hand_in, take_in, take_in_received
from concord.intake.services.mending import (
    answer_question,
    mend_cells,
    take_back_answer,
    take_back_correction,
)
from concord.intake.services.receiving import check, receive, withdraw

__all__ = [
    "Receipt",
    "accept",
    "answer_question",
    "check",
    "hand_in",
    "mend_cells",
    "receive",
    "take_back_answer",
    "take_back_correction",
    "take_in",
    "take_in_received",
    "withdraw",
]
