"""What people did to cases by hand, replayed: where a pair belongs, and what a case takes in by itself.

Pure: acts in, rules out. No Django, no clock.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

from concord.analysis.grouping import Pair

SPLIT: Final = "split"
JOINED: Final = "joined"


@dataclass(frozen=True, slots=True)
class Hand:
    """One act that stands. Cases are named by their primary keys, as text; actions by their keys.

    case: the case that was split, or that took the other one in. other: the case that the pairs were
    put in, or that was joined and is empty since. pairs: what moved. actions: of a split those that
    left the case with all their pairs, of a join all that stood in the case afterwards.
    """

    did: str
    sort: str
    case: str
    other: str
    pairs: tuple[Pair, ...]
    actions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a case takes in when analysis finds something new.

    without: no pair that touches one of these actions. touching: only pairs that touch one of these;
    None where any will do.
    """

    without: frozenset[str] = frozenset()
    touching: frozenset[str] | None = None

    def takes(self, pair: Pair) -> bool:
        """Whether a new pair may join."""
        both = set(pair)
        return not both & self.without and (self.touching is None or bool(both & self.touching))


@dataclass(slots=True)
class Hands:
    """All acts that stand, as they work together.

    places: for a pair and a sort the case that people put it in. entries: of the cases that hands
    touched; every other case takes anything in.
    """

    places: dict[tuple[Pair, str], str] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)

    def place_of(self, pair: Pair, sort: str) -> str:
        """The case that people put this pair in, "" for none."""
        return self.places.get((pair, sort), "")


def replayed(hands: Iterable[Hand]) -> Hands:
    """What the acts come to, taken in the order in which they were done.

    A split keeps apart: the case it left takes in no pair of an action that was taken out, and the
    new one only pairs of those; where only pairs were taken, it takes in nothing. A join undoes that
    for whatever stands together again.
    """
    found = Hands()
    for hand in hands:
        _split(found, hand) if hand.did == SPLIT else _join(found, hand)
    return found


def _split(found: Hands, hand: Hand) -> None:
    before = found.entries.get(hand.case, Entry())
    found.entries[hand.case] = Entry(before.without | hand.actions, before.touching)
    found.entries[hand.other] = Entry(touching=hand.actions)
    found.places |= {(pair, hand.sort): hand.other for pair in hand.pairs}


def _join(found: Hands, hand: Hand) -> None:
    one, other = (found.entries.get(key, Entry()) for key in (hand.case, hand.other))
    touching = None
    if one.touching is not None and other.touching is not None:
        touching = one.touching | other.touching
    found.entries[hand.case] = Entry((one.without | other.without) - hand.actions, touching)
    for place, case in found.places.items():
        if case == hand.other:
            found.places[place] = hand.case
    found.places |= {(pair, hand.sort): hand.case for pair in hand.pairs}


def leaves(pairs: Collection[Pair], staying: Collection[Pair]) -> frozenset[str]:
    """Of pairs that leave a case the actions that no staying pair names."""
    return actions_of(pairs) - actions_of(staying)


def actions_of(pairs: Iterable[Pair]) -> frozenset[str]:
    """The actions that stand in some pairs."""
    return frozenset(key for pair in pairs for key in pair)
