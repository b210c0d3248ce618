"""What there is to say about an activity that could not be taken over as it stands, in plain words."""

from __future__ import annotations

from typing import Final

from concord.intake.formats.parts import Note
from concord.intake.problems import Severity

KEPT: Final = "Nothing needs doing: the activity is kept as received."
_SHOWN: Final = 200

_REMARKS: Final[dict[str, tuple[Severity, str, str]]] = {
    "text-cut": (
        Severity.WARNING,
        "The text is longer than the plan can hold and was cut.",
        "The whole text is kept as received. Shorten the text in the plan where it matters.",
    ),
    "activity-given-up": (
        Severity.QUESTION,
        "The activity is {value}; its status was read as not stated.",
        "Leave the row out if the activity does not belong into the plan any more.",
    ),
    "no-such-status": (
        Severity.QUESTION,
        "“{value}” is no activity status of IATI; it was read as not stated.",
        "Set the status in the plan: planned, ongoing or completed.",
    ),
    "region": (
        Severity.WARNING,
        "The activity is for a region ({value}); the plan keeps beneficiaries, so none was taken from it.",
        "Name the beneficiaries in the plan, if it is known which ones the activity reaches.",
    ),
    "address-too-long": (
        Severity.WARNING,
        "The web address is too long for the plan; it was left out.",
        KEPT,
    ),
    "amount-below-zero": (
        Severity.QUESTION,
        "The amounts add up to less than zero ({value}); they were read as not stated.",
        "Check with the source what the activity costs.",
    ),
    "no-such-amount": (
        Severity.QUESTION,
        "“{value}” is no amount; it was read as not stated.",
        "Check with the source what the activity costs.",
    ),
    "no-such-currency": (
        Severity.QUESTION,
        "The amount {value} has no currency that is known; it was read as not stated.",
        "Check with the source in which currency it is, and enter it in the plan.",
    ),
}


def note_of(rule: str, value: str, sheet: str, row: int, column: int | None, line: int | None) -> Note:
    """The note to a remark, with the line of the file on which its activity begins."""
    severity, message, remedy = _REMARKS[rule]
    shown = value[:_SHOWN]
    at = f" (Its activity begins at line {line:,}.)" if line else ""
    return Note(severity, rule, message.format(value=shown) + at, remedy, sheet, row, column, shown)
