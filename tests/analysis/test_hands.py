"""What acts of hand come to when they are replayed: where pairs belong, and what a case still takes in."""

from concord.analysis.grouping import Edge, Pair, group
from concord.analysis.hands import JOINED, SPLIT, Entry, Hand, actions_of, leaves, replayed


def split(case: str, other: str, *pairs: Pair, out: str = "") -> Hand:
    return Hand(SPLIT, "overlap", case, other, pairs, frozenset(out))


def joined(case: str, other: str, *pairs: Pair, standing: str = "") -> Hand:
    return Hand(JOINED, "overlap", case, other, pairs, frozenset(standing))


def test_nothing_done_leaves_everything_open() -> None:
    hands = replayed([])

    assert (hands.places, hands.entries) == ({}, {})
    assert hands.place_of(("a", "b"), "overlap") == ""
    assert Entry().takes(("a", "b"))


def test_a_split_keeps_the_action_out_of_the_old_case_and_others_out_of_the_new() -> None:
    hands = replayed([split("1", "2", ("a", "x"), ("b", "x"), out="x")])

    assert hands.place_of(("a", "x"), "overlap") == "2"
    assert hands.place_of(("a", "x"), "duplicate") == ""
    assert not hands.entries["1"].takes(("c", "x"))
    assert hands.entries["1"].takes(("c", "d"))
    assert hands.entries["2"].takes(("c", "x"))
    assert not hands.entries["2"].takes(("c", "d"))


def test_a_case_of_pairs_alone_takes_nothing_in() -> None:
    hands = replayed([split("1", "2", ("a", "b"))])

    assert not hands.entries["2"].takes(("a", "c"))
    assert hands.entries["1"].takes(("a", "c"))


def test_a_split_of_a_split_leaves_each_with_its_own() -> None:
    """x and y leave case 1 for 2, then y leaves 2 for 3: a new pair of y belongs to 3 alone."""
    hands = replayed(
        [
            split("1", "2", ("a", "x"), ("a", "y"), ("x", "y"), out="xy"),
            split("2", "3", ("a", "y"), ("x", "y"), out="y"),
        ]
    )

    assert [case for case, entry in hands.entries.items() if entry.takes(("c", "y"))] == ["3"]
    assert [case for case, entry in hands.entries.items() if entry.takes(("c", "x"))] == ["2"]
    assert hands.place_of(("a", "y"), "overlap") == "3"


def test_joining_what_was_split_lets_everything_in_again() -> None:
    hands = replayed(
        [
            split("1", "2", ("a", "x"), ("b", "x"), out="x"),
            joined("1", "2", ("a", "x"), ("b", "x"), standing="abx"),
        ]
    )

    assert hands.place_of(("a", "x"), "overlap") == "1"
    assert hands.entries["1"].takes(("c", "x"))


def test_two_joined_parts_of_splits_take_in_what_either_took() -> None:
    hands = replayed(
        [
            split("1", "2", ("a", "x"), out="x"),
            split("3", "4", ("b", "y"), out="y"),
            joined("2", "4", ("b", "y"), standing="axby"),
        ]
    )

    assert hands.place_of(("b", "y"), "overlap") == "2"
    assert [hands.entries["2"].takes(pair) for pair in (("c", "x"), ("c", "y"), ("c", "d"))] == [
        True,
        True,
        False,
    ]


def test_what_leaves_and_what_is_named() -> None:
    moving, staying = [("a", "x"), ("b", "x")], [("a", "b")]

    assert leaves(moving, staying) == {"x"}
    assert leaves([("a", "b")], [("a", "c"), ("b", "c")]) == set()
    assert actions_of(moving) == {"a", "b", "x"}


def test_a_newcomer_joins_each_case_with_the_pairs_that_it_takes() -> None:
    """a, b, c stand in case 1, x beside them in 2; d is found related to all four."""
    edges = [
        *(Edge(*pair, "overlap", 0.8, "1") for pair in (("a", "b"), ("a", "c"), ("b", "c"))),
        *(Edge(key, "x", "overlap", 0.8, "2") for key in "abc"),
        *(Edge(*pair, "overlap", 0.9) for pair in (("a", "d"), ("b", "d"), ("c", "d"), ("d", "x"))),
    ]
    hands = replayed([split("1", "2", ("a", "x"), ("b", "x"), ("c", "x"), out="x")])

    found = {each.case: sorted(each.pairs) for each in group(edges, entries=hands.entries)}

    assert found == {"1": [("a", "d"), ("b", "d"), ("c", "d")], "2": [("d", "x")]}


def test_a_pair_that_no_case_takes_opens_one() -> None:
    edges = [
        Edge("a", "b", "overlap", 0.8, "1"),
        Edge("a", "c", "overlap", 0.8, "1"),
        Edge("b", "c", "overlap", 0.8, "1"),
        Edge("a", "x", "overlap", 0.8, "2"),
        Edge("x", "y", "overlap", 0.9),
    ]
    hands = replayed([split("1", "2", ("a", "x"), out="x"), split("2", "3", out="y")])

    (new,) = group(edges, entries=hands.entries)

    assert (new.case, new.pairs) == ("", [("x", "y")])
