"""The only code that writes to the intake room's tables."""

from concord.intake.services.inputs import (
    Receipt,
    accept,
    check,
    hand_in,
    receive,
    take_in,
    withdraw,
)

__all__ = ["Receipt", "accept", "check", "hand_in", "receive", "take_in", "withdraw"]
