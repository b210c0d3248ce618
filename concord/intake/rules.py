"""Decisions of the intake room, pure: the states of an input and which moves between them exist."""

from __future__ import annotations

from typing import Final

from concord.kernel.errors import IllegalMove

RECEIVED, CHECKED, APPLIED = "received", "checked", "applied"
WITHDRAWN, UNDONE = "withdrawn", "undone"
STATES: Final = (RECEIVED, CHECKED, APPLIED, WITHDRAWN, UNDONE)

CHECK, MEND, ACCEPT, WITHDRAW, UNDO = "check", "mend", "accept", "withdraw", "undo"
MOVE_NAMES: Final = (CHECK, MEND, ACCEPT, WITHDRAW, UNDO)

MOVES: Final[dict[tuple[str, str], str]] = {
    (RECEIVED, CHECK): CHECKED,
    (CHECKED, CHECK): CHECKED,  # the plan moves on; a check is worth repeating
    (CHECKED, MEND): CHECKED,
    (CHECKED, ACCEPT): APPLIED,
    (APPLIED, CHECK): APPLIED,  # rows that were applied stay as they were; the rest is read again
    (APPLIED, MEND): APPLIED,
    (APPLIED, ACCEPT): APPLIED,  # the rest of a file whose good rows were applied before
    (APPLIED, UNDO): UNDONE,
    (RECEIVED, WITHDRAW): WITHDRAWN,
    (CHECKED, WITHDRAW): WITHDRAWN,
}
"""THE table of moves. What was applied changes by mending its rest, by a new file, by an amendment, or
is undone as a whole while nothing is built on it."""

_WHY_NOT: Final[dict[tuple[str, str], str]] = {
    (APPLIED, WITHDRAW): "This file was applied. Undo its import instead.",
    (WITHDRAWN, ACCEPT): "This file was withdrawn. Hand it in again to apply it.",
    (WITHDRAWN, MEND): "This file was withdrawn. Hand it in again to mend it.",
    (UNDONE, ACCEPT): "The import of this file was undone. Hand it in again to apply it.",
    (UNDONE, MEND): "The import of this file was undone. Hand it in again to mend it.",
    (UNDONE, UNDO): "The import of this file was undone before.",
    (CHECKED, UNDO): "This file was not applied, so there is nothing to undo.",
    (RECEIVED, UNDO): "This file was not applied, so there is nothing to undo.",
    (WITHDRAWN, UNDO): "This file was not applied, so there is nothing to undo.",
    (RECEIVED, ACCEPT): "This file has not been checked yet.",
    (RECEIVED, MEND): "This file has not been checked yet.",
}


def state_after(state: str, move: str) -> str:
    """The state that a move leads to.

    Raises:
        IllegalMove: there is no such move from this state.
    """
    if (state, move) not in MOVES:
        raise IllegalMove(_WHY_NOT.get((state, move), f"A file that is {state} cannot be moved by “{move}”."))
    return MOVES[state, move]
