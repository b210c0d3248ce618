"""Which findings make one case: sets of actions nearly all of which relate to each other."""

import random
from itertools import combinations

from concord.analysis.grouping import MOST_ACTIONS, Edge, enough_of, group


def edges(*pairs: str, sort: str = "overlap", score: float = 0.8, case: str = "") -> list[Edge]:
    """Edges from pairs of letters: "AB" is between A and B."""
    return [Edge(*sorted(pair), sort, score, case) for pair in pairs]


def everyone(actions: str, **values: str) -> list[Edge]:
    """All pairs of these letters."""
    return edges(*("".join(pair) for pair in combinations(actions, 2)), **values)


def grouped(found: list[Edge], closed: tuple[str, ...] = ()) -> list[str]:
    """The actions of each group, in its order."""
    return ["".join(sorted(each.actions)) for each in group(found, closed=closed)]


def test_five_donors_who_train_the_same_police_are_one_case_not_ten_pairs() -> None:
    found = group(everyone("ABCDE"))

    assert [len(each.pairs) for each in found] == [10]
    assert found[0].actions == set("ABCDE")


def test_a_chain_is_not_one_case() -> None:
    """A-B-C-D hang together only by neighbours: three conversations."""
    assert grouped(edges("AB", "BC", "CD")) == ["AB", "BC", "CD"]


def test_one_missed_pair_does_not_break_a_case_in_two() -> None:
    """D relates to three of the four others: two thirds of four, rounded up."""
    missing = [edge for edge in everyone("ABCDE") if edge.pair != ("A", "D")]

    assert grouped(missing) == ["ABCDE"]
    assert [enough_of(actions) for actions in (2, 3, 4, 5, 7)] == [2, 2, 3, 4, 5]


def test_a_case_holds_at_most_eight_actions() -> None:
    found = group(everyone("ABCDEFGHIJKL"))

    assert max(len(each.actions) for each in found) == MOST_ACTIONS == 8
    assert sum(len(each.pairs) for each in found) == 66


def test_each_finding_stands_in_exactly_one_case_whatever_the_order() -> None:
    chance = random.Random(5)
    letters = "ABCDEFGHIJKLMNOP"
    some = [
        Edge(a, b, sort, round(chance.random(), 3))
        for a, b in combinations(letters, 2)
        for sort in [chance.choice(["overlap", "duplicate", "synergy"])]
        if chance.random() < 0.5
    ]
    first = group(some)
    for _ in range(5):
        chance.shuffle(some)
        assert [(each.sort, each.pairs) for each in group(some)] == [(e.sort, e.pairs) for e in first]

    told = sorted(pair for each in first for pair in each.pairs)
    assert told == sorted(edge.pair for edge in some)


def test_sorts_are_kept_apart_but_any_relation_brings_actions_together() -> None:
    """A overlaps with B and with C, and C continues B: one case of two overlaps, one of a continuation."""
    found = group([*edges("AB", "AC"), *edges("BC", sort="continuation")])

    assert [(each.sort, each.pairs) for each in found] == [
        ("continuation", [("B", "C")]),
        ("overlap", [("A", "B"), ("A", "C")]),
    ]


def test_the_strongest_pair_opens_the_first_case() -> None:
    assert grouped([*edges("AB", score=0.6), *edges("CD", score=0.9)]) == ["CD", "AB"]


def test_what_has_a_case_stays_and_a_newcomer_joins_it() -> None:
    known = edges("AB", case="7")

    (found,) = group([*known, *edges("AC", "BC", score=0.99)])

    assert (found.case, found.actions, found.pairs) == ("7", set("ABC"), [("A", "C"), ("B", "C")])


def test_a_pair_inside_a_case_joins_it_and_a_stranger_does_not() -> None:
    known = edges("AB", "BC", case="7")

    found = group([*known, *edges("AC"), *edges("CX")])

    assert [(each.case, each.pairs) for each in found] == [("7", [("A", "C")]), ("", [("C", "X")])]


def test_an_answered_case_takes_nothing_in() -> None:
    known = edges("AB", "BC", case="7")

    assert [each.case for each in group([*known, *edges("AC")], closed={"7"})] == [""]


def test_nothing_groups_to_nothing() -> None:
    assert group([]) == []
    assert group(edges("AB", case="7")) == []


def test_a_hub_with_thousands_of_pairs_is_grouped_in_no_time() -> None:
    """One programme that relates to 3,000 actions, none of which relate to each other: 3,000 cases."""
    hub = [Edge("A", f"B{number:04d}", "overlap", 0.8) for number in range(3_000)]

    assert len(group(hub)) == 3_000
