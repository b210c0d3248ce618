"""Which findings are discussed together: sets of actions nearly all of which relate to each other.

Pure: edges in, groups out. No Django, no clock, no chance; the order of what comes in does not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

MOST_ACTIONS: Final = 8
"""The most actions of one case: what fits side by side, and around one table. A judgement."""

DENSE: Final = (2, 3)
"""The part of a case's actions that a newcomer must be found related to. Connected components would chain
234 overlaps among the demonstration's actions into one blob; complete cliques would break a case in two
over one pair that analysis missed. Two thirds is the usual middle (a 2/3 quasi-clique).
Source: docs/methods/findings.md, section 3."""

Pair = tuple[str, str]

_NOBODY: Final[frozenset[str]] = frozenset()


class TakesIn(Protocol):
    """What a case that people split or joined takes in (hands.Entry)."""

    def takes(self, pair: Pair, /) -> bool:
        """Whether a new pair may join."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A live finding: two actions (key_a before key_b), its sort, and how likely the two are related.

    case: where it is discussed already, "" for nowhere yet.
    """

    key_a: str
    key_b: str
    sort: str
    score: float
    case: str = ""

    @property
    def pair(self) -> Pair:
        """The keys of its two actions, in order."""
        return (self.key_a, self.key_b)


@dataclass(slots=True)
class Group:
    """Findings of one sort that belong together. case: the one they join, "" where they open one."""

    sort: str
    case: str = ""
    actions: set[str] = field(default_factory=set)
    pairs: list[Pair] = field(default_factory=list)


def group(
    edges: Iterable[Edge],
    *,
    closed: Collection[str] = (),
    entries: Mapping[str, TakesIn] | None = None,
) -> list[Group]:
    """Finds for each edge without a case the one it belongs to, or opens one with others of its sort.

    Edges are taken strongest first. An edge whose two actions stand in an open case of its sort
    joins it; so does one that brings a newcomer who is related to at least two thirds of that
    case's actions, with all its edges to them. Otherwise it opens a case, which grows by the
    newcomer with most relations to it (then the strongest) for as long as there is one, up to
    eight actions. Related means: by a finding of any sort, in a case or not; but a case takes only
    edges of its own sort, each edge in one case.

    Args:
        edges: all live findings that may be looked at together; those with a case stay there.
        closed: cases that take nothing in any more, because people have answered them.
        entries: of cases that people split or joined what they still take in; others take anything.

    Returns:
        The groups that edges without a case were put in, in the order in which they were opened or
        first joined: by the strength of their strongest edge. Empty in, empty out.

    Source: docs/methods/findings.md, section 3.
    """
    everything = sorted(edges, key=lambda edge: (-edge.score, edge.key_a, edge.key_b, edge.sort))
    related = _neighbours(everything)
    found: list[Group] = []
    for sort in sorted({edge.sort for edge in everything}):
        mine = [edge for edge in everything if edge.sort == sort]
        found += _Grouping(sort, mine, related, closed, entries or {}).groups()
    return found


class _Grouping:
    """The grouping of one sort while it is under way. `free` holds the edges without a case yet."""

    def __init__(
        self,
        sort: str,
        edges: list[Edge],
        related: Mapping[str, set[str]],
        closed: Collection[str],
        entries: Mapping[str, TakesIn],
    ) -> None:
        self.sort = sort
        self.entries = entries
        self.related = related
        self.strength = {edge.pair: edge.score for edge in edges}
        self.free = {edge.pair: edge for edge in edges if not edge.case}
        self.free_of = _neighbours(self.free.values())
        self.open: dict[str, Group] = {}
        self.open_of: dict[str, list[Group]] = defaultdict(list)
        for edge in edges:
            if edge.case and edge.case not in closed:
                self._known(edge)

    def _known(self, edge: Edge) -> None:
        group = self.open.setdefault(edge.case, Group(self.sort, edge.case))
        for key in edge.pair:
            self._enter(group, key)

    def _enter(self, group: Group, key: str) -> None:
        if key not in group.actions:
            group.actions.add(key)
            self.open_of[key].append(group)

    def groups(self) -> list[Group]:
        found: dict[int, Group] = {}
        for pair in list(self.free):
            if pair in self.free:
                group = self._joined(pair) or self._opened(pair)
                found.setdefault(id(group), group)
        return list(found.values())

    def _joined(self, pair: Pair) -> Group | None:
        """The case that is there already and takes this edge in, with all edges of a newcomer to it."""
        a, b = pair
        around = {id(group): group for key in pair for group in self.open_of[key] if group.case}
        fitting = [
            group
            for group in around.values()
            if self._let_in(pair, group)
            and (pair_in(pair, group.actions) or self._fits(b if a in group.actions else a, group))
        ]
        if not fitting:
            return None
        group = min(fitting, key=lambda one: (not pair_in(pair, one.actions), -len(one.actions), one.case))
        self._take(group, *pair)
        return group

    def _opened(self, pair: Pair) -> Group:
        group = Group(self.sort)
        self._take(group, *pair)
        while (newcomer := self._newcomer(group)) is not None:
            self._take(group, newcomer)
        return group

    def _let_in(self, pair: Pair, group: Group) -> bool:
        """Whether people, who split or joined this case, left it open for such a pair."""
        entry = self.entries.get(group.case)
        return entry is None or entry.takes(pair)

    def _fits(self, newcomer: str, group: Group) -> bool:
        """Whether enough of the group relate to the newcomer, and there is room for one more."""
        known = len(group.actions & self.related[newcomer])
        return len(group.actions) < MOST_ACTIONS and known >= enough_of(len(group.actions))

    def _newcomer(self, group: Group) -> str | None:
        """Who relates to most of the group: of those the one with most free edges, then the strongest."""
        few = len(group.actions) - enough_of(len(group.actions)) + 1  # of so many it knows one at least
        least = sorted((self.related[member] for member in group.actions), key=len)[:few]
        reached = {key for neighbours in least for key in neighbours} - group.actions
        fitting = [
            key
            for key in reached
            if self._fits(key, group) and group.actions & self.free_of.get(key, _NOBODY)
        ]
        return min(fitting, key=lambda key: self._rank(key, group), default=None)

    def _rank(self, newcomer: str, group: Group) -> tuple[int, int, float, str]:
        known = len(group.actions & self.related[newcomer])
        free = [ordered(newcomer, key) for key in self.free_of[newcomer] if key in group.actions]
        return (-known, -len(free), -sum(sorted(self.strength[pair] for pair in free)), newcomer)

    def _take(self, group: Group, *keys: str) -> None:
        """These actions stand in the group from now on, and the free edges among its actions with them."""
        for key in keys:
            self._enter(group, key)
            for other in sorted(group.actions & self.free_of[key]):
                pair = ordered(key, other)
                if not self._let_in(pair, group):
                    continue
                group.pairs.append(pair)
                del self.free[pair]
                self.free_of[key].discard(other)
                self.free_of[other].discard(key)


def enough_of(actions: int) -> int:
    """How many of so many actions a newcomer must be related to: two thirds, rounded up."""
    part, whole = DENSE
    return -(-actions * part // whole)


def ordered(one: str, other: str) -> Pair:
    """The pair of two keys as findings name it."""
    return (one, other) if one < other else (other, one)


def pair_in(pair: Pair, actions: Collection[str]) -> bool:
    """Whether both actions of a pair stand among these."""
    return pair[0] in actions and pair[1] in actions


def _neighbours(edges: Iterable[Edge]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one, other in _both_ways(edges):
        found[one].add(other)
    return found


def _both_ways(edges: Iterable[Edge]) -> Iterator[Pair]:
    for edge in edges:
        yield edge.key_a, edge.key_b
        yield edge.key_b, edge.key_a
