"""Why two actions may be related, in words that an adviser accepts, with the numbers behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from concord.engine import lexicon
from concord.engine.organisations import shared_names
from concord.engine.reading import Reading
from concord.kernel.codelists import name_of_action_type, name_of_topic
from concord.kernel.money import format_amount, minor_units

DAYS_A_MONTH = 30.44
#: Likeness of titles by letters, and of texts by words, from which a sentence speaks of it.
NEARLY_SAME, MUCH_SAME = 0.75, 0.35
#: How many names a sentence lists before it says how many more there are.
LISTED, MOST_PLACES = 3, 5
#: A gap up to this many days is no gap: ends and starts are often rounded to the month.
AT_THE_TURN_DAYS = 45
_ALL_SIX = frozenset({"AL", "BA", "XK", "ME", "MK", "RS"})


@dataclass(frozen=True)
class Facts:
    """What two actions have in common and where they differ; texts are ready to be read.

    other_means: those of each side alone. days: in common, None where a period is not known; gap: days
    between the two periods; stated: both have two stated dates.
    """

    wording: str
    programmes: tuple[str, ...]
    topics: tuple[str, ...]
    means: tuple[str, ...]
    other_means: tuple[tuple[str, ...], tuple[str, ...]]
    targets: tuple[str, ...]
    subjects: tuple[str, ...]
    beneficiaries: str
    beneficiaries_apart: str
    days: int | None
    gap: int | None
    stated: bool
    phase: str
    donors: str
    implementers: str
    swapped: str
    money: str


class Comparison:
    """Compares pairs of one reading's actions in words.

    names: code of a place -> the name that people read.
    """

    def __init__(self, reading: Reading, names: Mapping[str, str]) -> None:
        self.reading, self.names = reading, names
        self._topics = [_named(row["topics"], name_of_topic) for row in reading.rows]
        self._types = [_named(row["action_types"], name_of_action_type) for row in reading.rows]
        self._subjects = [_in_order(found, lexicon.SUBJECTS) for found in reading.subjects]
        self._targets = [_in_order(found, lexicon.TARGETS) for found in reading.targets]
        self._dated = reading.periods.dated
        self._place_words: dict[frozenset[str], str] = {}
        self._title_sets = [frozenset(words) for words in reading.title_words]
        self._text_sets = [frozenset(words) for words in reading.all_words]

    def facts(self, i: int, j: int, features: Mapping[str, float]) -> Facts:
        """The facts about the actions at places i and j, whose `features` have been compared."""
        r, left, right = self.reading, self.reading.rows[i], self.reading.rows[j]
        days, gap, stated = self._days(i, j)
        here, there = r.beneficiaries[i], r.beneficiaries[j]
        return Facts(
            wording=self._wording(i, j, features),
            programmes=tuple(sorted(mark.upper() for mark in r.marks[i] & r.marks[j])),
            topics=_common(self._topics[i], self._topics[j]),
            means=_common(self._types[i], self._types[j]),
            other_means=(_only(self._types[i], self._types[j]), _only(self._types[j], self._types[i])),
            targets=_closest(_common(self._targets[i], self._targets[j])),
            subjects=_common(self._subjects[i], self._subjects[j]),
            beneficiaries=self._places(here & there),
            beneficiaries_apart=""
            if here & there or not here or not there
            else f"different beneficiaries: {self._places(here)}, and {self._places(there)}",
            days=days,
            gap=gap,
            stated=stated,
            phase=_phase(int(r.phases[i]), int(r.phases[j])),
            donors=_bodies("donor", left["donors"], right["donors"]),
            implementers=_bodies("implementer", left["implementers"], right["implementers"]),
            swapped=_swapped(left, right) if features["roles_swapped"] else "",
            money=_money(r.amounts[i], r.amounts[j]),
        )

    def _places(self, codes: frozenset[str]) -> str:
        if codes not in self._place_words:
            self._place_words[codes] = places(codes, self.names)
        return self._place_words[codes]

    def _days(self, i: int, j: int) -> tuple[int | None, int | None, bool]:
        p = self.reading.periods
        if not (self._dated[i] and self._dated[j]):
            return None, None, False
        first, last = max(p.first[i], p.first[j]), min(p.last[i], p.last[j])
        stated = bool(p.has_start[i] and p.has_start[j] and p.has_end[i] and p.has_end[j])
        return int(max(last - first + 1, 0)), int(max(first - last - 1, 0)), stated

    def _wording(self, i: int, j: int, features: Mapping[str, float]) -> str:
        one, other = self._title_sets[i], self._title_sets[j]
        if one and self.reading.title_words[i] == self.reading.title_words[j]:
            return "the same title"
        if features["title_letters"] >= NEARLY_SAME:
            return "nearly the same title"
        if (len(one) > 2 and one <= self._text_sets[j]) or (len(other) > 2 and other <= self._text_sets[i]):
            return "one's title stands in the other's text"
        return "much the same wording" if features["all_words"] >= MUCH_SAME else ""


def sentence(facts: Facts, kind: str) -> str:
    """One sentence of facts, the most telling for the kind first; it states no judgement."""
    period, work = _period(facts), _work(facts)
    told = (facts.wording, _programmes(facts))
    partners = (facts.donors, facts.implementers)
    clauses: tuple[str, ...]
    if kind == "continuation":
        clauses = (facts.phase, *told, work, period, *partners, facts.money)
    elif kind == "duplicate":
        clauses = (*told, facts.phase, work, *partners, facts.swapped, facts.money, period)
    else:
        clauses = (work, *told, facts.phase, period, *partners, facts.money, facts.beneficiaries_apart)
    text = "; ".join(clause for clause in clauses if clause)
    return text[:1].upper() + text[1:]


def term_words(facts: Facts) -> dict[str, str]:
    """What was found under each term of evidence, ready to be read."""
    return {
        "wording": facts.wording or "different wording",
        "subject": f"both speak of {listed(facts.subjects)}" if facts.subjects else "no subject in common",
        "topics": f"in common: {listed(facts.topics)}" if facts.topics else "no topic in common",
        "means": _means_words(facts),
        "whom it works with": f"both with {listed(facts.targets)}" if facts.targets else "no group in common",
        "donors": facts.donors,
        "implementers": facts.implementers,
        "organisations": facts.swapped or "no organisation changes its role",
        "beneficiaries": facts.beneficiaries or facts.beneficiaries_apart or "not reported for at least one",
        "period": _period(facts),
        "phase": facts.phase or "no phase stated",
        "programme name": _programmes(facts) or "no programme name in common",
        "money": facts.money or "amounts cannot be compared",
        "whole and part": "how much each text tells, and whether it speaks of a part",
    }


def months(days: int) -> str:
    """ "18 months", "1 month", "less than a month"."""
    count = round(days / DAYS_A_MONTH)
    if count == 0:
        return "less than a month"
    return "1 month" if count == 1 else f"{count} months"


def listed(items: Sequence[str], most: int = LISTED) -> str:
    """ "a", "a and b", "a, b and c", "a, b, c and 2 more"."""
    shown = list(items[:most])
    if len(items) > most:
        shown.append(f"{len(items) - most} more")
    return shown[0] if len(shown) == 1 else ", ".join(shown[:-1]) + " and " + shown[-1] if shown else ""


def _work(facts: Facts) -> str:
    """ "both train border police on firearms in Albania and Serbia", or what is left of it."""
    whom = listed(facts.targets, 2)
    topic = listed(facts.topics, 2).lower()
    where = f" in {facts.beneficiaries}" if facts.beneficiaries else ""
    on = f" on {topic}" if topic else ""
    if facts.means:
        return f"both {_doing(facts.means, whom)}{on}{where}"
    if not (topic or where):
        return ""
    apart = ""
    if all(facts.other_means):
        one, other = (listed(means, 2).lower() for means in facts.other_means)
        apart = f", one through {one}, the other through {other}"
    return f"both work{on}{f' with {whom}' if whom else ''}{where}{apart}"


def _doing(means: Sequence[str], whom: str) -> str:
    verbs = {"Training": "train", "Equipment": "equip", "Advisory support": "advise"}
    if len(means) == 1 and means[0] in verbs and whom:
        return f"{verbs[means[0]]} {whom}"
    return f"offer {listed(means).lower()}" + (f" to {whom}" if whom else "")


def _means_words(facts: Facts) -> str:
    if facts.means:
        return f"in common: {listed(facts.means)}"
    if all(facts.other_means):
        return f"{listed(facts.other_means[0])} here, {listed(facts.other_means[1])} there"
    return "means not reported for one of them"


def _programmes(facts: Facts) -> str:
    return f"both name {listed(facts.programmes)}" if facts.programmes else ""


def _period(facts: Facts) -> str:
    if facts.days is None:
        return "period not reported for at least one"
    if facts.days > 0:
        return f"{months(facts.days)} in common" + ("" if facts.stated else ", as far as dates are stated")
    gap = facts.gap or 0
    return "one begins where the other ends" if gap <= AT_THE_TURN_DAYS else f"{months(gap)} between them"


def _phase(left: int, right: int) -> str:
    if left and right:
        low, high = sorted((left, right))
        return f"both phase {low}" if low == high else f"phase {low} and phase {high}"
    return f"one is phase {left or right}" if left or right else ""


def _bodies(role: str, left: Sequence[str], right: Sequence[str]) -> str:
    if not left or not right:
        return f"{role} not reported for {'either' if not left and not right else 'one'}"
    same = shared_names(left, right)
    if not same:
        return f"different {role}s"
    return f"same {role}{'s' if len(same) > 1 else ''}: {listed(same, 2)}"


def _swapped(left: Mapping[str, Any], right: Mapping[str, Any]) -> str:
    crossed = shared_names(left["donors"], right["implementers"]) or shared_names(
        right["donors"], left["implementers"]
    )
    return f"{listed(crossed, 2)} as donor in one, as implementer in the other" if crossed else ""


def _money(left: Mapping[str, int], right: Mapping[str, int]) -> str:
    for currency in sorted(left.keys() & right.keys()):
        one, other = (format_amount(_major(sums[currency], currency), currency) for sums in (left, right))
        return f"same amount: {one}" if one == other else f"{one} against {other}"
    return ""


def _major(units: int, currency: str) -> Decimal:
    return Decimal(units) / minor_units(Decimal(1), currency)


def places(codes: frozenset[str], names: Mapping[str, str]) -> str:
    """The places by the names people read, in their alphabetical order; all six in three words."""
    named = sorted(names.get(code, code) for code in codes - _ALL_SIX)
    if codes >= _ALL_SIX:
        return listed(["all six beneficiaries", *named])
    return listed(sorted(names.get(code, code) for code in codes), MOST_PLACES)


def _named(codes: Sequence[str] | None, name: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(name(code) for code in codes or ())


def _in_order(found: frozenset[str], known: Iterable[str]) -> tuple[str, ...]:
    return tuple(key for key in known if key in found)


def _common(left: Sequence[str], right: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in left if name in right)


def _closest(targets: tuple[str, ...]) -> tuple[str, ...]:
    """Border police are police: naming both says nothing more."""
    return tuple(name for name in targets if name != "police" or "border police" not in targets)


def _only(left: Sequence[str], right: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in left if name not in right)
