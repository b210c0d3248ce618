"""Decisions of the analysis room, pure: answers and their moves, fingerprints, and what comes first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _

from concord.kernel.canonical import canonical_bytes, sha256_hex
from concord.kernel.dates import ImpreciseDate
from concord.kernel.errors import IllegalMove
from concord.plan.rules import period_of

FOUND_FROM: Final = 0.5
"""A pair counts as found from this probability on. Source: design.md section 6, `relations`."""

SYNERGY_FROM: Final = 0.8
"""A possible synergy is shown from this probability on: it asks for nothing to be mended, and from 0.5 on
the demonstration's 315 actions would bring some 1,900 of them. A judgement, to be replaced by experience."""

PROPOSED_FROM: Final = 0.5
"""A proposal of support is marked in the matrix from this probability on."""

KEPT_FROM: Final = 0.2
"""Weaker proposals of support are kept down to here, for the page of one need: where nothing likely
was found, an officer may know better."""

DIRECT_FROM: Final = 0.85
"""From here on a proposal is offered as answering directly, below as partly; whoever confirms it
decides. The engine gives an action that surely answers in part at most this score."""

BEFORE_THE_BOARD: Final = 20
"""The most findings that a Board's preparation looks at. Source: look.md, page 6."""

CAN_CHANGE_MONTHS: Final = 6
"""An action that runs longer than this can still be changed. Source: look.md, page 6."""

BY_HAND: Final = 10
"""So many actions changed in one act are each analysed again at once; more come from a file, and wait for
the next analysis of the plan."""

FAR: Final = date(2199, 12, 31)
"""The day until which a planned action without dates can be changed: nothing says that it began."""


class Sort(TextChoices):
    """What a case is about: the kind of the findings in it."""

    DUPLICATE = "duplicate", _("possible double entry")
    CONTINUATION = "continuation", _("possible continuation")
    OVERLAP = "overlap", _("to be coordinated")
    SYNERGY = "synergy", _("possible synergy")


class Saying(TextChoices):
    """What a source can say when it is asked about a case; the last two only about a possible synergy."""

    AGREED = "agreed", _("already agreed between us")
    DIFFERENT = "different", _("these are different")
    TALK = "talk", _("let us talk")
    ACCEPT = "accept", _("we would join")
    DECLINE = "decline", _("not for us")


class Answer(TextChoices):
    """What people can agree about a pair."""

    JOINED = "joined", _("agreed as joined")
    PHASED = "phased", _("agreed as phased")
    KEPT = "kept", _("kept for a reason")
    DISMISSED = "dismissed", _("dismissed")
    MERGED = "merged", _("merged")


def is_found(kind: str, score: float) -> bool:
    """Whether a pair of this likeliest kind is put before people at all."""
    return score >= (SYNERGY_FROM if kind == "synergy" else FOUND_FROM)


NEEDS_REASON: Final = frozenset({Answer.KEPT, Answer.DISMISSED})


class State(StrEnum):
    """Where a pair stands with people."""

    OPEN = "open"
    ASKED_AGAIN = "asked again"
    JOINED = "joined"
    PHASED = "phased"
    KEPT = "kept"
    DISMISSED = "dismissed"
    MERGED = "merged"
    GONE = "no longer proposed"
    AGED_OUT = "both have ended"


class Move(StrEnum):
    """What can be done with a pair."""

    JOIN = "joined"
    PHASE = "phased"
    KEEP = "kept"
    DISMISS = "dismissed"
    MERGE = "merged"
    UNDO = "undo"


_ANSWERS: Final = (Move.JOIN, Move.PHASE, Move.KEEP, Move.DISMISS, Move.MERGE)

MOVES: Final[dict[tuple[State, Move], State]] = {
    **{(State.OPEN, move): State(move.value) for move in _ANSWERS},
    **{(State.ASKED_AGAIN, move): State(move.value) for move in _ANSWERS},
    **{(State.AGED_OUT, move): State(move.value) for move in _ANSWERS},
    (State.ASKED_AGAIN, Move.UNDO): State.OPEN,
    (State.JOINED, Move.UNDO): State.OPEN,
    (State.PHASED, Move.UNDO): State.OPEN,
    (State.KEPT, Move.UNDO): State.OPEN,
    (State.DISMISSED, Move.UNDO): State.OPEN,
    (State.MERGED, Move.UNDO): State.OPEN,
}
"""An answered pair is undone before it is answered differently; one that is asked again may be
answered at once, and the earlier answer is kept as replaced. One that aged out waits for nobody, and
can still be answered: a double entry distorts figures of the past too."""


def state_of(
    *, is_live: bool, digest: str, answer: str, answered_digest: str, has_ended: bool = False
) -> State:
    """Where a pair stands: answer and answered_digest are those of its open assessment, else "".

    A merged pair stays merged whatever is written to the surviving action. An answered pair that
    no run proposes any more, or whose two actions have ended, keeps its answer.
    """
    if not answer:
        if not is_live:
            return State.GONE
        return State.AGED_OUT if has_ended else State.OPEN
    if answer != Answer.MERGED and is_live and answered_digest != digest and not has_ended:
        return State.ASKED_AGAIN
    return State(answer)


def has_ended(ends_on: date | None, on: date) -> bool:
    """Whether both actions of a pair have ended: its last day lies before the day. Unknown: no."""
    return ends_on is not None and ends_on < on


def after(state: State, move: Move) -> State:
    """The state that a move leads to.

    Raises:
        IllegalMove: the move does not exist from there.
    """
    try:
        return MOVES[(state, move)]
    except KeyError:
        raise IllegalMove(_REFUSALS.get(state, _ANSWERED)) from None


_ANSWERED: Final = "This pair has been answered. Undo the answer first, then answer again."
_REFUSALS: Final = {
    State.OPEN: "This pair has no answer that could be undone.",
    State.GONE: "Analysis no longer proposes this pair, so there is nothing to answer.",
}


class ProposalState(StrEnum):
    """Where a proposal of support stands with people."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    GONE = "no longer proposed"


class ProposalMove(StrEnum):
    """What can be done with a proposal of support."""

    CONFIRM = "confirm"
    REFUSE = "refuse"
    UNDO = "undo"


PROPOSAL_MOVES: Final[dict[tuple[ProposalState, ProposalMove], ProposalState]] = {
    (ProposalState.OPEN, ProposalMove.CONFIRM): ProposalState.CONFIRMED,
    (ProposalState.OPEN, ProposalMove.REFUSE): ProposalState.REFUSED,
    (ProposalState.REFUSED, ProposalMove.UNDO): ProposalState.OPEN,
}
"""A confirmed link is the plan's and is taken back there."""


def proposal_state(*, is_live: bool, is_confirmed: bool, is_refused: bool) -> ProposalState:
    """Where a proposal stands. is_refused: as need and action stand now, not as they stood once."""
    if is_confirmed:
        return ProposalState.CONFIRMED
    if is_refused:
        return ProposalState.REFUSED
    return ProposalState.OPEN if is_live else ProposalState.GONE


def proposal_after(state: ProposalState, move: ProposalMove) -> ProposalState:
    """The state that a move leads to.

    Raises:
        IllegalMove: the move does not exist from there.
    """
    try:
        return PROPOSAL_MOVES[(state, move)]
    except KeyError:
        raise IllegalMove(f"This proposal is {state.value}; that can’t be done with it now.") from None


def strength_of(score: float) -> str:
    """How an action is proposed to answer a need: "direct" or "partly"."""
    return "direct" if score >= DIRECT_FROM else "partly"


# --- remembering by content -----------------------------------------------------------------------

ACTION_FIELDS: Final[dict[str, str]] = {
    "title": "title",
    "summary": "summary",
    "beneficiaries": "beneficiaries",
    "topics": "topics",
    "action_types": "action types",
    "donors": "donors",
    "implementers": "implementers",
    "start": "start",
    "end": "end",
    "amounts": "money",
}
"""The fields of an action that an answer rests on, and what people call them. The status is not
among them: that planned work began is no reason to ask again."""

NEED_FIELDS: Final[dict[str, str]] = {
    "statement": "statement",
    "topics": "topics",
    "beneficiaries": "beneficiaries",
}

Fingerprint = dict[str, dict[str, str]]
"""Two records' field hashes: {"a": {...}, "b": {...}} of a pair, {"need": ..., "action": ...} of a
proposal."""

_HASH_LENGTH: Final = 16  # 64 bits tell one value of a field from the next; nothing is proved with them


def hashes_of(row: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, str]:
    """A short hash of each named field of a row; the order inside a list does not count."""
    return {name: _hash(row.get(name)) for name in fields}


def digest_of(fingerprint: Fingerprint) -> str:
    """One SHA-256 over a whole fingerprint."""
    return sha256_hex(canonical_bytes(fingerprint))


def changed_fields(before: Fingerprint, now: Fingerprint) -> dict[str, list[str]]:
    """What differs between two fingerprints: {side: [field, ...]}, sides without change left out.

    A field that only one of the two knows (a release may come to look at more) is no change.
    """
    differing = {side: _differing(before.get(side, {}), fields) for side, fields in now.items()}
    return {side: names for side, names in differing.items() if names}


def _differing(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [name for name, value in now.items() if name in before and before[name] != value]


def _hash(value: Any) -> str:
    if isinstance(value, list | tuple):
        value = sorted(canonical_bytes(item).decode() for item in value)
    return sha256_hex(canonical_bytes(value or ""))[:_HASH_LENGTH]


# --- what comes first -----------------------------------------------------------------------------


class Band(IntegerChoices):
    """Certainty in steps that people can tell apart, so that money can decide inside a step."""

    ALMOST_CERTAIN = 3, _("almost certain")
    LIKELY = 2, _("likely")
    POSSIBLE = 1, _("possible")


def band_of(score: float) -> Band:
    """Almost certain from 0.9 on, likely from 0.7 on, else possible."""
    return Band.ALMOST_CERTAIN if score >= 0.9 else Band.LIKELY if score >= 0.7 else Band.POSSIBLE


def adjustable_until(start: str, end: str, status: str) -> date | None:
    """The last day on which an action can still be changed; None if it is over or says no period.

    Until the day before it starts, or while it has more than six months to run, whichever is later.
    A start alone runs three years; planned work without dates has not begun as far as anybody knows.

    Source: look.md, page 6; docs/methods/findings.md.
    """
    if status == "completed":
        return None
    latest = period_of(start, end).latest
    if latest is None:
        return FAR if status == "planned" else None
    last = _months_before(latest, CAN_CHANGE_MONTHS) - timedelta(days=1)
    return max(last, ImpreciseDate(start).earliest - timedelta(days=1)) if start else last


def pair_adjustable_until(a: date | None, b: date | None) -> date | None:
    """A pair can be coordinated as long as one of the two can be changed."""
    return max((day for day in (a, b) if day), default=None)


def ends_on(start: str, end: str, status: str) -> date | None:
    """The last day of an action; a start alone runs three years. None where no date is stated, or where
    the work is said to go on and no end is: when it ends is then not known."""
    if not end and status == "ongoing":
        return None
    return period_of(start, end).latest


def pair_ends_on(a: date | None, b: date | None) -> date | None:
    """The last day of the later of two actions; None where one of the two is not known."""
    return max(a, b) if a and b else None


@dataclass(frozen=True, slots=True)
class Stake:
    """Money at stake: the smaller of two amounts in one currency."""

    amount: Decimal
    currency: str


def stake_of(a: Mapping[str, Decimal], b: Mapping[str, Decimal]) -> Stake | None:
    """The money at stake where both actions state an amount in the same currency, else None.

    Where they share several currencies the first by its letters counts: they are never added up.
    """
    shared = sorted(set(a) & set(b))
    return Stake(min(a[shared[0]], b[shared[0]]), shared[0]) if shared else None


def _months_before(day: date, months: int) -> date:
    years, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first = date(years, month + 1, 1)
    last_day = (date(years + (month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return first.replace(day=min(day.day, last_day))
