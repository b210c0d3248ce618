"""What there is to say about a cell that was read."""

from __future__ import annotations

from dataclasses import dataclass

from concord.intake.problems import Severity


@dataclass(frozen=True, slots=True)
class Said:
    """One remark on a reading: how serious, its stable rule, what happened, what to do.

    reading: in words, what Concord takes the cell for ("" where it takes it for nothing).
    value: the part of the cell that it is about, "" for the whole cell.
    """

    severity: Severity
    rule: str
    message: str
    remedy: str
    reading: str = ""
    value: str = ""


def asked(rule: str, message: str, remedy: str, reading: str, *, value: str = "") -> Said:
    """A question: the reading is proposed and stays open until a person confirms it."""
    return Said(Severity.QUESTION, rule, message, remedy, reading, value)


def refused(rule: str, message: str, remedy: str, *, value: str = "") -> Said:
    """An error: what the cell says cannot be stored."""
    return Said(Severity.ERROR, rule, message, remedy, "", value)
