"""Word lists find in a text what their patterns, one by one, would find."""

import re

import pytest

from concord.analysis.reading_csv import read_actions
from concord.commands.benchmarks.quality import MATERIAL
from concord.engine.lexicon import MEANS, SUBJECTS, TARGETS
from concord.engine.texts import plain
from concord.engine.wordlists import WordLists


@pytest.mark.parametrize("patterns", [TARGETS, MEANS, SUBJECTS], ids=["targets", "means", "subjects"])
def test_the_shipped_lists_find_what_each_pattern_finds(patterns):
    lists = WordLists(patterns)
    compiled = {key: re.compile(rf"\b(?:{pattern})") for key, pattern in patterns.items()}
    rows = read_actions(MATERIAL.actions).table.to_pylist()

    for row in rows:
        text = plain(f"{row['title']}. {row['summary']}")
        assert lists.found(text) == {key for key, pattern in compiled.items() if pattern.search(text)}


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("train|course", "they retrain", False),
        ("train|course", "two trainers", True),
        (r"ports?\b", "portal", False),
        (r"ports?\b", "sea-port", True),
        ("border (police|guard)", "the border, police", False),
        ("border (police|guard)", "border guards", True),
        ("p/?cve", "a p/cve action", True),
        ("p/?cve", "pcve", True),
        ("multi-?(agency|disciplinary)", "multi-agency", True),
        ("(local|rural) council", "a rural council", True),
        ("intelligence[- ]led", "intelligence led", True),
        ("a|b(c|d e)", "bd e", True),
        ("hand(s|ed)? over", "hand over", True),
        ("colou?r of money", "color of money", True),
        (r"it system", "it", False),
        (r"organi[sz]ed crime", "organized crime", True),
    ],
)
def test_a_pattern_begins_at_the_beginning_of_a_word(pattern, text, found):
    assert WordLists({"key": pattern}).found(text) == ({"key"} if found else set())
