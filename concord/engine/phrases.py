"""Facts of actions as phrases: lists, places, and what somebody does for whom, about what and where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

#: How many names a sentence lists before it says how many more there are.
LISTED, MOST_PLACES = 3, 5
_ALL_SIX = frozenset({"AL", "BA", "XK", "ME", "MK", "RS"})
#: What can be given to somebody; other means are ways of working: nobody offers legislation to police.
_GIVEN = frozenset({"training", "equipment", "advisory support", "operational support"})
_VERBS = {"training": "train", "equipment": "equip", "advisory support": "advise"}
#: Whom work is about or for: a text that speaks of migrants need not train them.
_SPOKEN_OF = frozenset({"migrants", "victims", "returnees", "women", "depots"})
_READ_AS = {
    "customs": "customs officers",
    "faith": "faith communities",
    "financial intelligence": "financial investigators",
    "media": "the media",
}


def listed(items: Sequence[str], most: int = LISTED) -> str:
    """ "a", "a and b", "a, b and c", "a, b, c and 2 more"; a single one left over is named, not counted."""
    shown = list(items) if len(items) == most + 1 else list(items[:most])
    if len(items) > len(shown):
        shown.append(f"{len(items) - most} more")
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1] if shown else ""


def places(codes: frozenset[str], names: Mapping[str, str]) -> str:
    """The places by the names people read, in their alphabetical order; all six in three words."""
    named = sorted(names.get(code, code) for code in codes - _ALL_SIX)
    if codes >= _ALL_SIX:
        return listed(["all six beneficiaries", *named])
    return listed(sorted(names.get(code, code) for code in codes), MOST_PLACES)


def groups(targets: Sequence[str]) -> tuple[str, ...]:
    """Groups of a word list (`lexicon.TARGETS`) as they are read; border police are police."""
    named = [name for name in targets if name != "police" or "border police" not in targets]
    return tuple(_READ_AS.get(name, name) for name in named)


def deed(means: Sequence[str], targets: Sequence[str], topics: Sequence[str], where: str) -> str:
    """ "train border police on firearms in Albania", or as much of it as is known.

    means, topics: by the names people read; targets: of `lexicon.TARGETS`; where: `places`, "" if unknown.
    Nothing known gives "work".
    """
    whom = listed(groups([name for name in targets if name not in _SPOKEN_OF]), 2)
    ways = [name.lower() for name in means]
    topic = listed(topics, 2).lower()
    about = f" on {topic}" if topic else ""
    there = f" in {where}" if where else ""
    if len(ways) == 1 and ways[0] in _VERBS and whom:
        return f"{_VERBS[ways[0]]} {whom}{about}{there}"
    if ways and set(ways) <= _GIVEN:
        about = about.replace(" on ", " for ", 1) if ways == ["equipment"] else about
        return f"offer {listed(ways)}{f' to {whom}' if whom else ''}{about}{there}"
    through = f" through {listed(ways)}" if ways else ""
    return f"work{through}{f' with {whom}' if whom else ''}{about}{there}"
