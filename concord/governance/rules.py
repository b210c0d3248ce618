"""Decisions of the governance room, pure: which decision may be taken on a text in which standing."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from concord.kernel.errors import BadInput, IllegalMove


class DecisionKind(StrEnum):
    """What a Board can do."""

    ENDORSE = "endorse"
    ADOPT = "adopt"
    APPROVE = "approve"
    TAKE_NOTE = "take note"
    APPOINT = "appoint"
    ADMIT = "admit"
    ADJUST = "adjust"
    WITHDRAW = "withdraw"


class TextState(StrEnum):
    """How a frozen text stands: only frozen, before the Board, endorsed, or withdrawn."""

    FROZEN = "frozen"
    SUBMITTED = "submitted"
    ENDORSED = "endorsed"
    WITHDRAWN = "withdrawn"


SUBMIT: Final = "submit"

_BINDING = (DecisionKind.ENDORSE, DecisionKind.ADOPT, DecisionKind.APPROVE, DecisionKind.ADJUST)
"""Decisions that make a text the endorsed one; a Board's own rules say which word it uses."""

MOVES: Final[dict[tuple[TextState, str], TextState]] = {
    (TextState.FROZEN, SUBMIT): TextState.SUBMITTED,
    **{(TextState.FROZEN, kind): TextState.ENDORSED for kind in _BINDING},
    **{(TextState.SUBMITTED, kind): TextState.ENDORSED for kind in _BINDING},
    (TextState.FROZEN, DecisionKind.TAKE_NOTE): TextState.FROZEN,
    (TextState.SUBMITTED, DecisionKind.TAKE_NOTE): TextState.SUBMITTED,
    (TextState.ENDORSED, DecisionKind.TAKE_NOTE): TextState.ENDORSED,
    (TextState.FROZEN, DecisionKind.WITHDRAW): TextState.WITHDRAWN,
    (TextState.SUBMITTED, DecisionKind.WITHDRAW): TextState.WITHDRAWN,
    (TextState.ENDORSED, DecisionKind.WITHDRAW): TextState.WITHDRAWN,
}
"""(standing, move) -> standing. What is not here is refused. appoint and admit concern no text."""

_WITHOUT_TEXT = frozenset({DecisionKind.APPOINT, DecisionKind.ADMIT})

_REFUSALS: Final[dict[TextState, str]] = {
    TextState.FROZEN: "This text is a draft; that decision cannot be taken on it.",
    TextState.SUBMITTED: "This text lies before the Board already.",
    TextState.ENDORSED: "This text is endorsed already. A change needs a new version and a new decision.",
    TextState.WITHDRAWN: "This text was withdrawn. Freeze a new version for the Board.",
}

REHEARSAL_NOTICE: Final = "This is a rehearsal: no Board took this decision on this text."


def next_state(state: str, move: str) -> TextState:
    """The standing that a decision, or the submission, leads to.

    Raises:
        IllegalMove: it cannot be taken on a text that stands so.
    """
    after = MOVES.get((TextState(state), move))
    if after is None:
        raise IllegalMove(_REFUSALS[TextState(state)])
    return after


def require_texts(kind: DecisionKind, count: int) -> None:
    """A decision about texts names at least one; an appointment or admission names none.

    Raises:
        BadInput: too few or too many.
    """
    if kind in _WITHOUT_TEXT and count:
        raise BadInput(f"A decision to {kind} concerns no text. Leave the versions out.")
    if kind not in _WITHOUT_TEXT and not count:
        raise BadInput("Say which version the decision binds: it binds exactly that text.")


class AdjustmentState(StrEnum):
    """What became of a proposed change to the plan in force."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


ADJUSTMENT_MOVES: Final[dict[tuple[AdjustmentState, str], AdjustmentState]] = {
    (AdjustmentState.PROPOSED, "accept"): AdjustmentState.ACCEPTED,
    (AdjustmentState.PROPOSED, "decline"): AdjustmentState.DECLINED,
    (AdjustmentState.PROPOSED, "withdraw"): AdjustmentState.WITHDRAWN,
}


def next_adjustment_state(state: str, move: str) -> AdjustmentState:
    """What a proposed adjustment becomes.

    Raises:
        IllegalMove: it is settled already.
    """
    after = ADJUSTMENT_MOVES.get((AdjustmentState(state), move))
    if after is None:
        raise IllegalMove("This proposal is settled already. Make a new one.")
    return after
