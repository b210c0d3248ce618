"""Why two records may be the same project, in words, with the numbers behind them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date
from typing import Any

from concord.engine.linkage_reading import Both
from concord.engine.periods import days_of
from concord.kernel.codelists import PLACES

#: Likeness of titles from which the words speak of it. Source: read off the pairs of the development half.
_NEARLY_SAME, _ALIKE = 0.75, 0.45
_CONTAINED = 0.85
_LISTED = 3
_ROUNDED = 1.01
_ACRONYM = 5  # keys of bodies up to this length are acronyms, unless they are listed here
_SHORT_NAMES = frozenset({"japan", "spain", "italy", "korea", "china", "india"})


def term_words(both: Both, i: int, j: int, features: Mapping[str, float]) -> dict[str, str]:
    """What was found under each term of evidence about the left record at i and the right one at j."""
    return {
        "title": _title(features),
        "description": _description(both, i, j, features),
        "numbers": _numbers(both, i, j),
        "part or whole": "one title speaks of a part, a study or a further payment"
        if features["part_words"] + features["part_words_back"] > 0
        else "neither title alone speaks of a part",
        "donors": _bodies(both, i, j),
        "country": _country(both, i, j, features),
        "dates": _dates(both, i, j),
        "amount": _amount(both, i, j),
        "sector": _sector(features["sectors"]),
        "rivals": _rivals(features),
    }


def sentence(words: Mapping[str, str]) -> str:
    """One sentence of the facts, the most telling first; it states no judgement."""
    told = [words[name] for name in ("title", "numbers", "donors", "dates", "amount", "country", "rivals")]
    text = "; ".join(part for part in told if part and not part.startswith("no number"))
    return text[:1].upper() + text[1:]


def _title(features: Mapping[str, float]) -> str:
    if features["same_title"]:
        return "the same title"
    if features["letters"] >= _NEARLY_SAME:
        return "nearly the same title"
    if features["title_in_title"] >= _CONTAINED or features["title_in_title_back"] >= _CONTAINED:
        return "one title within the other"
    if features["letters"] >= _ALIKE or features["title_words"] >= _ALIKE:
        return "titles much alike"
    if features["title_in_all"] >= _CONTAINED or features["title_in_all_back"] >= _CONTAINED:
        return "one's title within the other's text"
    return "different titles"


def _description(both: Both, i: int, j: int, features: Mapping[str, float]) -> str:
    if not both.left.text_roots[i] or not both.right.text_roots[j]:
        return "no description on at least one side"
    return "descriptions much alike" if features["text_words"] >= _ALIKE else "descriptions differ"


def _numbers(both: Both, i: int, j: int) -> str:
    ours = frozenset().union(*both.left.numbers[i])
    theirs = frozenset().union(*both.right.numbers[j])
    if ours & theirs:
        return f"both titles hold {_listed(sorted(ours & theirs))}"
    if ours or theirs:
        here, there = _listed(sorted(ours)) or "none", _listed(sorted(theirs)) or "none"
        return f"numbers differ: {here} here, {there} there"
    return "no number in either title"


def _bodies(both: Both, i: int, j: int) -> str:
    ours, theirs = both.left.donors[i], both.right.donors[j]
    if shared := sorted(ours & theirs):
        return f"same donor: {_listed(list(map(_name, shared)))}"
    crossed = (ours & both.right.implementers[j]) | (both.left.implementers[i] & theirs)
    if crossed:
        return f"donor on one side, implementer on the other: {_listed(sorted(map(_name, crossed)))}"
    return "different donors" if ours and theirs else "donor not reported on at least one side"


def _name(body: str) -> str:
    short = len(body) <= _ACRONYM and body not in _SHORT_NAMES
    return body.upper() if short else body.title()


def _country(both: Both, i: int, j: int, features: Mapping[str, float]) -> str:
    if features["country_open"]:
        return "country not stated on at least one side"
    common = both.left.countries[i] & both.right.countries[j]
    shared = _listed(sorted(PLACES.get(code, code) for code in common))
    return (
        f"same country: {shared}"
        if features["country_same"]
        else f"one names several countries, with {shared}"
    )


def _dates(both: Both, i: int, j: int) -> str:
    one, other = days_of(both.left.rows[i]["start"]), days_of(both.right.rows[j]["start"])
    if not one or not other:
        return "start not reported on at least one side"
    days = max(one[0] - other[1], other[0] - one[1])
    if days <= 0:
        same = one == other and one[0] == one[1]
        return f"both start on {date.fromordinal(one[0])}" if same else "same start, as far as stated"
    return f"starts {days} days apart" if days < 365 else f"starts {days / 365.25:.1f} years apart"


def _amount(both: Both, i: int, j: int) -> str:
    one, other = both.left.amounts[i], both.right.amounts[j]
    if not (math.isfinite(one) and math.isfinite(other)):
        return "amounts cannot be compared"
    ratio = max(one, other) / min(one, other)
    if ratio < 1.005:
        return f"same amount: {_money(both.left.rows[i])}"
    said = f"{_money(both.left.rows[i])} against {_money(both.right.rows[j])}"
    if ratio < _ROUNDED:
        return f"{said} (less than 1 % apart)"
    return said + (f" ({(ratio - 1) * 100:.0f} % apart)" if ratio < 2 else f" ({min(ratio, 1e6):,.0f} times)")


def _money(row: Mapping[str, Any]) -> str:
    return f"{row['currency']} {row['amount']:,.0f}"


def _sector(likeness: float) -> str:
    return "same sector words" if likeness >= _ALIKE else "sectors differ or are not reported"


def _rivals(features: Mapping[str, float]) -> str:
    if features["rank"] == 0 and features["rank_back"] == 0:
        close = features["near_rivals"] > 1
        return "each is the other's likeliest" + (", others are close" if close else "")
    if features["rank"] == 0:
        return "another left record is likelier for the right one"
    return "another right record is likelier"


def _listed(items: list[str]) -> str:
    more = len(items) - _LISTED
    return ", ".join(items[:_LISTED]) + (f" and {more} more" if more > 0 else "")
