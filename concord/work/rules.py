"""Decisions of the work room, pure: the states of a job and which moves between them exist."""

from __future__ import annotations

from typing import Final

from concord.kernel.errors import IllegalMove

QUEUED, RUNNING, DONE = "queued", "running", "done"
FAILED, CANCELLED, LOST = "failed", "cancelled", "lost"
STATES: Final = (QUEUED, RUNNING, DONE, FAILED, CANCELLED, LOST)
OPEN: Final = (QUEUED, RUNNING)
"""Not at its end yet: of one kind, about one thing, by one person there is at most one open job."""

BEGIN, FINISH, FAIL, CANCEL, LOSE = "begin", "finish", "fail", "cancel", "lose"
PUT_BACK, ASK_AGAIN = "put back", "ask again"
MOVE_NAMES: Final = (BEGIN, FINISH, FAIL, CANCEL, LOSE, PUT_BACK, ASK_AGAIN)

MOVES: Final[dict[tuple[str, str], str]] = {
    (QUEUED, BEGIN): RUNNING,
    (QUEUED, CANCEL): CANCELLED,
    (RUNNING, FINISH): DONE,
    (RUNNING, FAIL): FAILED,
    (RUNNING, CANCEL): CANCELLED,
    (RUNNING, LOSE): LOST,  # its worker died
    (RUNNING, PUT_BACK): QUEUED,  # its worker was stopped on purpose
    (FAILED, ASK_AGAIN): QUEUED,
    (CANCELLED, ASK_AGAIN): QUEUED,
    (LOST, ASK_AGAIN): QUEUED,
}
"""THE table of moves."""

_WHY_NOT: Final[dict[tuple[str, str], str]] = {
    (DONE, CANCEL): "This was done before it could be stopped.",
    (FAILED, CANCEL): "This has ended already.",
    (CANCELLED, CANCEL): "This was stopped before.",
    (LOST, CANCEL): "This has ended already.",
    (DONE, ASK_AGAIN): "This was done. There is nothing to start again.",
    (QUEUED, ASK_AGAIN): "This waits for its turn already.",
    (RUNNING, ASK_AGAIN): "This is under way already.",
}


def state_after(state: str, move: str) -> str:
    """The state that a move leads to.

    Raises:
        IllegalMove: there is no such move from this state.
    """
    if (state, move) not in MOVES:
        raise IllegalMove(_WHY_NOT.get((state, move), f"A job that is {state} cannot be moved by “{move}”."))
    return MOVES[state, move]
