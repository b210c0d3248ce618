"""Decisions about calls, pure: which moves exist, how an organisation stands, how long links work."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from concord.kernel.errors import IllegalMove

DRAFT, OPEN, CLOSED = "draft", "open", "closed"
CHANGE, DROP, SEND, EXTEND, ASK, CLOSE = "change", "drop", "open", "extend", "ask", "close"

CALL_MOVES: Final[dict[tuple[str, str], str]] = {
    (DRAFT, CHANGE): DRAFT,
    (DRAFT, DROP): "",  # a draft that nobody got leaves nothing but its line in the record of acts
    (DRAFT, SEND): OPEN,
    (OPEN, EXTEND): OPEN,
    (OPEN, ASK): OPEN,
    (OPEN, CLOSE): CLOSED,
}
"""THE table of moves of a call. What was closed stays closed: a new call asks again."""

_CALL_SAYS: Final = {
    DRAFT: "This call was not opened yet.",
    OPEN: "This call is open already.",
    CLOSED: "This call is closed. Open a new one to ask again.",
}

WAITING, SENDING, SENT, FAILED, DROPPED = "waiting", "sending", "sent", "failed", "dropped"
CLAIM, ARRIVE, REFUSE, GIVE_UP, AGAIN, LEAVE = "claim", "arrive", "refuse", "give up", "again", "leave"

MESSAGE_MOVES: Final[dict[tuple[str, str], str]] = {
    (WAITING, CLAIM): SENDING,
    (SENDING, ARRIVE): SENT,
    (SENDING, REFUSE): WAITING,
    (SENDING, GIVE_UP): FAILED,
    (SENDING, LEAVE): DROPPED,
    (FAILED, AGAIN): WAITING,
}
"""THE table of moves of a mail. Only one process claims it, so that it leaves once."""

TRIES: Final = 5
"""How often a mail is tried before it counts as failed; afterwards an officer decides."""
FIRST_WAIT_MINUTES: Final = 5
"""Before the second try; each later wait is three times as long (5, 15, 45 minutes, 2 hours 15)."""
STALE_MINUTES: Final = 10
"""After so long a mail "being sent" belongs to a process that died: whether it left is not known."""
NOT_KNOWN: Final = (
    "Concord stopped while this mail was being sent. Whether it left is not known: ask, or send again."
)
"""How the failure of a mail reads that a process was sending as it died."""
GRACE_DAYS: Final = 14
"""So long after the deadline a link still works: late answers are better than none."""
COLLEAGUES: Final = 3
"""So many colleagues may be named in one invitation: a link is no way to send mail to the world."""
ANSWER_PATH: Final = "/answer/{token}/"
"""Where a link leads, below the installation's own address."""


def call_after(state: str, move: str) -> str:
    """The state that a move of a call leads to; "" where the call goes.

    Raises:
        IllegalMove: there is no such move from this state.
    """
    if (state, move) not in CALL_MOVES:
        raise IllegalMove(_CALL_SAYS[state])
    return CALL_MOVES[state, move]


def message_after(state: str, move: str) -> str:
    """The state that a move of a mail leads to.

    Raises:
        IllegalMove: there is no such move from this state.
    """
    if (state, move) not in MESSAGE_MOVES:
        raise IllegalMove(f"A mail that is {state} cannot be moved by “{move}”.")
    return MESSAGE_MOVES[state, move]


class Standing(StrEnum):
    """How an organisation stands in a call; the order is that of the chase list."""

    NOT_SENT = "not-sent"
    NOT_REACTED = "not-reacted"
    OPENED = "opened"
    COLLEAGUE = "colleague"
    DELIVERED = "delivered"
    ON_BEHALF = "on-behalf"
    NOTHING = "nothing"


WAITED_FOR: Final = frozenset({Standing.NOT_SENT, Standing.NOT_REACTED, Standing.OPENED, Standing.COLLEAGUE})
"""Nothing came from these yet."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of one invitation: whether it was sent and opened, and what came back."""

    sent: bool = False
    opened: bool = False
    colleague: bool = False
    delivered: bool = False
    answer: str = ""
    way: str = ""


def standing_of(told: Told) -> Standing:
    """How an organisation stands. What it said itself goes before what an officer was told."""
    if told.way == "link" and told.answer == "nothing":
        return Standing.NOTHING
    if told.delivered or told.way in ("link", "file"):
        return Standing.DELIVERED
    if told.way == "on-behalf":
        return Standing.NOTHING if told.answer == "nothing" else Standing.ON_BEHALF
    if told.colleague:
        return Standing.COLLEAGUE
    if told.opened:
        return Standing.OPENED
    return Standing.NOT_REACTED if told.sent else Standing.NOT_SENT


def minutes_until_try(number: int) -> int:
    """How long to wait before the try with this number, from the second on."""
    return int(FIRST_WAIT_MINUTES * 3 ** (number - 2))


def expires_at(closes_on: date) -> datetime:
    """When links of a call with this deadline stop working: at the end of the last day of grace, UTC."""
    return end_of(closes_on + timedelta(days=GRACE_DAYS))


def end_of(day: date) -> datetime:
    """The end of a day, UTC."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=UTC)


def new_token() -> str:
    """256 random bits as they stand in an address."""
    return secrets.token_urlsafe(32)


def hash_of_token(token: str) -> str:
    """What is kept of a token. All of it is random, so a plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
