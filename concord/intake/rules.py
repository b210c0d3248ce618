"""Decisions of the intake room, pure: the states of an input and which moves between them exist."""

from __future__ import annotations

from typing import Final

from concord.kernel.errors import IllegalMove

RECEIVED, CHECKED, APPLIED, WITHDRAWN = "received", "checked", "applied", "withdrawn"
STATES: Final = (RECEIVED, CHECKED, APPLIED, WITHDRAWN)

CHECK, ACCEPT, WITHDRAW = "check", "accept", "withdraw"
MOVE_NAMES: Final = (CHECK, ACCEPT, WITHDRAW)

MOVES: Final[dict[tuple[str, str], str]] = {
    (RECEIVED, CHECK): CHECKED,
    (CHECKED, CHECK): CHECKED,  # the plan moves on; a check is worth repeating
    (CHECKED, ACCEPT): APPLIED,
    (RECEIVED, WITHDRAW): WITHDRAWN,
    (CHECKED, WITHDRAW): WITHDRAWN,
}
"""THE table of moves. What was applied stays applied: a new file, or an amendment, changes the plan."""

_WHY_NOT: Final[dict[tuple[str, str], str]] = {
    (APPLIED, ACCEPT): "This file was applied before.",
    (APPLIED, CHECK): "This file was applied before. Hand the mended file in as a new one.",
    (APPLIED, WITHDRAW): "This file was applied; it can no longer be withdrawn.",
    (WITHDRAWN, ACCEPT): "This file was withdrawn. Hand it in again to apply it.",
    (RECEIVED, ACCEPT): "This file has not been checked yet.",
}


def state_after(state: str, move: str) -> str:
    """The state that a move leads to.

    Raises:
        IllegalMove: there is no such move from this state.
    """
    if (state, move) not in MOVES:
        raise IllegalMove(_WHY_NOT.get((state, move), f"A file that is {state} cannot be moved by “{move}”."))
    return MOVES[state, move]
