"""Asking the sources of a case, pure: who may still say what, and when a pair may be told with names."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from concord.analysis.rules import Answer, Saying, Sort, State
from concord.kernel.errors import BadInput, IllegalMove

DAYS_TO_ANSWER: Final = 14
"""So many days a source has where nobody says otherwise. A judgement: two weeks, as for a call's grace."""

WORDS_CHARACTERS: Final = 4_000
"""The most that a source writes with a reply, and the most that the text of an asking holds."""

LONGEST_REASON: Final = 2_000
"""So many characters say why a question is withdrawn."""


class Standing(StrEnum):
    """How a case stands with its sources."""

    NOT_ASKED = "not asked"
    WAITING = "waiting"
    HEARD = "heard"
    CONFIRMED = "confirmed"


class Move(StrEnum):
    """What can be done about a case and its sources."""

    ASK = "ask"
    WITHDRAW = "withdraw"
    REPLY = "reply"
    TAKE_BACK = "take back"
    CONFIRM = "confirm"
    UNDO = "undo the confirmation"


MOVES: Final[dict[tuple[Standing, Move], frozenset[Standing]]] = {
    (Standing.NOT_ASKED, Move.ASK): frozenset({Standing.WAITING}),
    (Standing.WAITING, Move.ASK): frozenset({Standing.WAITING}),
    (Standing.WAITING, Move.WITHDRAW): frozenset({Standing.NOT_ASKED}),
    (Standing.WAITING, Move.REPLY): frozenset({Standing.WAITING, Standing.HEARD}),
    (Standing.WAITING, Move.TAKE_BACK): frozenset({Standing.WAITING}),
    (Standing.HEARD, Move.ASK): frozenset({Standing.WAITING}),
    (Standing.HEARD, Move.WITHDRAW): frozenset({Standing.NOT_ASKED}),
    (Standing.HEARD, Move.REPLY): frozenset({Standing.HEARD}),
    (Standing.HEARD, Move.TAKE_BACK): frozenset({Standing.WAITING, Standing.HEARD}),
    (Standing.HEARD, Move.CONFIRM): frozenset({Standing.CONFIRMED}),
    (Standing.CONFIRMED, Move.REPLY): frozenset({Standing.CONFIRMED}),
    (Standing.CONFIRMED, Move.TAKE_BACK): frozenset({Standing.CONFIRMED}),
    (Standing.CONFIRMED, Move.UNDO): frozenset({Standing.NOT_ASKED, Standing.WAITING, Standing.HEARD}),
}
"""THE table of moves. A case is heard once every source replied or the day until which they are asked is
past; only then it is confirmed, and what was confirmed is neither asked again nor withdrawn before that is
undone. One whose question was withdrawn stands as not asked."""

_REFUSALS: Final[dict[tuple[Standing, Move], str]] = {
    (Standing.CONFIRMED, Move.ASK): "This case is confirmed. Undo the confirmation before you ask again.",
    (
        Standing.CONFIRMED,
        Move.WITHDRAW,
    ): "This case is confirmed: its sources were heard, and it is told with "
    "names. The secretariat undoes the confirmation before the question can be withdrawn.",
    (Standing.NOT_ASKED, Move.WITHDRAW): "Its sources are not being asked, so there is nothing to withdraw.",
    (Standing.CONFIRMED, Move.CONFIRM): "This case is confirmed already.",
    (Standing.WAITING, Move.CONFIRM): "Not every source has replied, and the day until which they can is "
    "not past. Names can be told only after both could answer.",
    (Standing.NOT_ASKED, Move.CONFIRM): "Its sources have not been asked yet. Put the case to them first.",
}


def require_move(standing: Standing, move: Move) -> None:
    """Lets a move pass.

    Raises:
        IllegalMove: the move does not exist from there; the text says what to do instead.
    """
    if (standing, move) not in MOVES:
        default = (
            "Its sources have not been asked." if standing is Standing.NOT_ASKED else "It is not confirmed."
        )
        raise IllegalMove(_REFUSALS.get((standing, move), default))


def could_answer(*, sources: int, replied: int, answers_until: date, on: date) -> bool:
    """Whether every source could answer: all replied, or the last day is past."""
    return replied >= sources or on > answers_until


def standing_of(*, asked: bool, heard: bool, confirmed: bool) -> Standing:
    """How a case stands. asked: and not withdrawn. confirmed: every pair of the last asking that is still
    there is confirmed."""
    if confirmed:
        return Standing.CONFIRMED
    if not asked:
        return Standing.NOT_ASKED
    return Standing.HEARD if heard else Standing.WAITING


_WAITS: Final = frozenset({State.OPEN, State.ASKED_AGAIN})
_OVER: Final = frozenset({State.GONE, State.AGED_OUT, State.MERGED})


def takes_replies(states: Collection[State], *, ended: bool, answers_until: date, on: date) -> bool:
    """Whether sources can still say something.

    states: of the pairs that were asked about and that both sides may still see; none left: no. An officer
    who answers early does not take the word from the sources: until the last day they can reply.
    """
    if ended:
        return False
    if any(state in _WAITS for state in states):
        return True
    return on <= answers_until and any(state not in _OVER for state in states)


SAYINGS: Final[dict[Sort, tuple[Saying, ...]]] = {
    Sort.DUPLICATE: (Saying.AGREED, Saying.DIFFERENT, Saying.TALK),
    Sort.CONTINUATION: (Saying.AGREED, Saying.DIFFERENT, Saying.TALK),
    Sort.OVERLAP: (Saying.AGREED, Saying.DIFFERENT, Saying.TALK),
    Sort.SYNERGY: (Saying.ACCEPT, Saying.DECLINE),
}
"""What can be said about a case of each sort, in the order in which it is offered."""


def require_saying(sort: str, says: str, words: str) -> str:
    """The words of a reply, trimmed.

    Raises:
        BadInput: not one of the sort's answers, "different" without words, or too many words.
    """
    offered = SAYINGS[Sort(sort)]
    if says not in offered:
        raise BadInput(f"“{says}” is no reply to this case. Choose one of: {', '.join(offered)}.")
    text = words.strip()
    if says == Saying.DIFFERENT and not text:
        raise BadInput("Say in a sentence what is different: whoever reads it does not know your action.")
    if len(text) > WORDS_CHARACTERS:
        raise BadInput(f"That is too long: {WORDS_CHARACTERS} characters are the most.")
    return text


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the replies together come to, and what an officer may record because of it.

    answers: offered, none of them chosen; reason: ready to be kept with the answer. It repeats nobody's
    words: an answer is read by more people than the replies, which went to those who coordinate.
    """

    text: str
    answers: tuple[Answer, ...] = ()
    reason: str = ""


def meaning_of(sources: int, replies: Sequence[tuple[str, str]]) -> Meaning:
    """What the replies come to. Nothing is answered by it: people decide.

    replies: who, and what was said (a Saying).
    """
    said = {says for _who, says in replies}
    if Saying.TALK in said:
        who = _listed([name for name, says in replies if says == Saying.TALK])
        return Meaning(f"{who} would like to talk. Bring them together, then record what was agreed.")
    if Saying.DECLINE in said:
        return _meaning("The offer was declined.", Answer.DISMISSED, Answer.KEPT)
    if len(replies) < sources:
        return Meaning("")
    every = "Both say" if sources == 2 else "It says" if sources == 1 else "All say"
    if said == {Saying.AGREED}:
        text = f"{every}: already agreed between us."
        return _meaning(text, Answer.JOINED, Answer.PHASED, Answer.KEPT)
    if said == {Saying.ACCEPT}:
        return _meaning(f"{every}: we would join.", Answer.JOINED, Answer.PHASED)
    if said == {Saying.DIFFERENT}:
        return _meaning(f"{every}: these are different.", Answer.DISMISSED, Answer.KEPT)
    return Meaning("They see it differently. Talk to them before you record an answer.")


def _meaning(text: str, *answers: Answer) -> Meaning:
    return Meaning(text, answers, text)


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


# --- the text that every source reads -------------------------------------------------------------

_OPENINGS: Final[dict[Sort, tuple[str, str]]] = {
    Sort.OVERLAP: ("These two may need coordinating", "These actions may need coordinating"),
    Sort.DUPLICATE: (
        "These two may be the same work, entered twice",
        "Some of these may be the same work, entered twice",
    ),
    Sort.CONTINUATION: ("One of these two may continue the other", "Some of these may continue others"),
    Sort.SYNERGY: (
        "These two may gain from being joined, or from following each other",
        "These actions may gain from being joined, or from following each other",
    ),
}
_PLAIN_STARTS: Final = frozenset(
    [
        "Both",
        "The",
        "Nearly",
        "Much",
        "One",
        "Phase",
        "Same",
        "Only",
        "Perhaps",
        "Budgets",
        "Period",
        "Donor",
        "Donors",
        "Implementer",
        "Implementers",
        "Less",
    ]
)
MOST_REASONS: Final = 5
"""So many sentences of evidence a text holds; the pages show all."""


@dataclass(frozen=True, slots=True)
class Named:
    """One action as the text of an asking names it."""

    title: str
    reported_by: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why two of the actions may belong together. pair: their places among the actions, from 0."""

    pair: tuple[int, int]
    evidence: str


def text_of(sort: str, actions: Sequence[Named], reasons: Sequence[Reason]) -> str:
    """What every source reads: why the actions may belong together, and which they are. It accuses nobody.

    reasons: one per pair, the likeliest first. Of more than two actions each reason says which two it is
    about, by the numbers under which the actions are named below it.
    """
    pair, many = _OPENINGS[Sort(sort)]
    if len(actions) == 2:
        why = f", because {_inside(reasons[0].evidence)}" if reasons and reasons[0].evidence else ""
        named = [f"- “{action.title}”, reported by {action.reported_by}" for action in actions]
        return "\n".join([f"{pair}{why}.", "", "The two actions:", *named])
    told = [_reason(reason) for reason in reasons if reason.evidence][:MOST_REASONS]
    named = [f"- {n}: “{each.title}”, reported by {each.reported_by}" for n, each in enumerate(actions, 1)]
    opening = f"{many}, because:" if told else f"{many}."
    return "\n".join([opening, *told, "", "The actions:", *named])


def _reason(reason: Reason) -> str:
    first, second = sorted(place + 1 for place in reason.pair)
    return f"- {first} and {second}: {_inside(reason.evidence)}."


def _inside(sentence: str) -> str:
    """A sentence of evidence inside another one: its plain first word loses its capital."""
    first, _space, _rest = sentence.partition(" ")
    return sentence[:1].lower() + sentence[1:] if first in _PLAIN_STARTS else sentence
