"""Why two actions may be related, in words that an adviser accepts, with the numbers behind them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from concord.engine import lexicon
from concord.engine.names import as_written
from concord.engine.organisations import shared_names
from concord.engine.phrases import deed, groups, listed, places
from concord.engine.reading import Reading
from concord.engine.texts import plain
from concord.kernel.codelists import name_of_action_type, name_of_topic
from concord.kernel.money import format_amount, minor_units

DAYS_A_MONTH = 30.44
#: Likeness of titles by letters, and of texts by words, from which a sentence speaks of it.
NEARLY_SAME, MUCH_SAME = 0.75, 0.35
#: A gap up to this many days is no gap: ends and starts are often rounded to the month.
AT_THE_TURN_DAYS = 45
#: A topic that says only that none of the others fits.
_NO_TOPIC = "other"
_ROLES = ("donors", "implementers")
_NUMERAL = re.compile(r"[ivx]+")
_NOT_ALL_DATES = ", not all dates are reported"


@dataclass(frozen=True, slots=True)
class Bodies:
    """Who pays for two actions, or does them. same: named by both; silent: how many name nobody."""

    role: str
    same: tuple[str, ...]
    silent: int

    @property
    def words(self) -> str:
        """ "same donor: Sweden"; names that differ may still be one body under two spellings."""
        if self.silent:
            return f"{self.role} not reported for {_whose(self.silent)}"
        if not self.same:
            return f"{self.role}s differ by name"
        return f"same {self.role}{'s' if len(self.same) > 1 else ''}: {listed(self.same, 2)}"


@dataclass(frozen=True)
class Facts:
    """What two actions have in common and where they differ; texts are ready to be read.

    other_means: those of each side alone. period: by the dates that are stated, "" where one action states
    none; undated: how many state none; reckoned: the period as the score knows it, with what is assumed.
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
    period: str
    undated: int
    reckoned: str
    phase: str
    donors: Bodies
    implementers: Bodies
    swapped: str
    money: str


class Comparison:
    """Compares pairs of one reading's actions in words.

    names: code of a place -> the name that people read.
    """

    def __init__(self, reading: Reading, names: Mapping[str, str]) -> None:
        self.reading, self.names = reading, names
        self._topics = [
            _named([code for code in row["topics"] or () if code != _NO_TOPIC], name_of_topic)
            for row in reading.rows
        ]
        self._types = [_named(row["action_types"], name_of_action_type) for row in reading.rows]
        self._subjects = [_in_order(found, lexicon.SUBJECTS) for found in reading.subjects]
        self._targets = [_in_order(found, lexicon.TARGETS) for found in reading.targets]
        self._dated = reading.periods.dated
        self._place_words: dict[frozenset[str], str] = {}
        self._title_sets = [frozenset(words) for words in reading.title_words]
        self._text_sets = [frozenset(words) for words in reading.all_words]

    def facts(self, i: int, j: int, features: Mapping[str, float]) -> Facts:
        """The facts about the actions at places i and j, whose `features` have been compared."""
        r = self.reading
        left, right = r.rows[i], r.rows[j]
        undated = int(sum(not r.periods.known[place] for place in (i, j)))
        reckoned = self._reckoned(i, j)
        here, there = r.beneficiaries[i], r.beneficiaries[j]
        return Facts(
            wording=self._wording(i, j, features),
            programmes=_programmes_of(left, right, r.marks[i] & r.marks[j]),
            topics=_common(self._topics[i], self._topics[j]),
            means=_common(self._types[i], self._types[j]),
            other_means=(_only(self._types[i], self._types[j]), _only(self._types[j], self._types[i])),
            targets=_common(self._targets[i], self._targets[j]),
            subjects=_common(self._subjects[i], self._subjects[j]),
            beneficiaries=self._places(here & there),
            beneficiaries_apart=""
            if here & there or not here or not there
            else f"one for {self._places(here)}, the other for {self._places(there)}",
            period="" if undated else reckoned,
            undated=undated,
            reckoned=reckoned,
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

    def _reckoned(self, i: int, j: int) -> str:
        """How the two periods lie, "" where one is not known; months are those between stated dates."""
        p = self.reading.periods
        if not (self._dated[i] and self._dated[j]):
            return ""
        first, last = max(p.first[i], p.first[j]), min(p.last[i], p.last[j])
        if first <= last:
            stated = p.has_start[i] and p.has_start[j] and p.has_end[i] and p.has_end[j]
            days = int(last - first + 1)
            return f"{months(days)} in common" if stated else f"perhaps at the same time{_NOT_ALL_DATES}"
        before, after = (i, j) if p.last[i] < p.last[j] else (j, i)
        if not (p.has_end[before] and p.has_start[after]):
            return f"perhaps one after the other{_NOT_ALL_DATES}"
        gap = int(first - last - 1)
        return "one begins where the other ends" if gap <= AT_THE_TURN_DAYS else f"{months(gap)} between them"

    def _wording(self, i: int, j: int, features: Mapping[str, float]) -> str:
        one, other = self._title_sets[i], self._title_sets[j]
        if one and self.reading.title_words[i] == self.reading.title_words[j]:
            return "the same title"
        if features["title_letters"] >= NEARLY_SAME:
            return "nearly the same title"
        if (len(one) > 2 and one <= other) or (len(other) > 2 and other <= one):
            return "the title of one contains the other's"
        if (len(one) > 2 and one <= self._text_sets[j]) or (len(other) > 2 and other <= self._text_sets[i]):
            return "the title of one stands in the text of the other"
        return "much the same wording" if features["all_words"] >= MUCH_SAME else ""


def sentence(facts: Facts, kind: str) -> str:
    """One sentence of facts, the most telling for the kind first, what is not reported last; no judgement."""
    work, told = _work(facts), (facts.wording, _programmes(facts))
    partners = _partners(facts)
    clauses: tuple[str, ...]
    if kind == "continuation":
        clauses = (facts.phase, *told, work, facts.period, *partners, facts.money)
    elif kind == "duplicate":
        clauses = (*told, facts.phase, work, *partners, facts.swapped, facts.money, facts.period)
    else:
        clauses = (work, *told, facts.period, *partners, facts.money, facts.beneficiaries_apart)
    text = "; ".join(clause for clause in (*clauses, *_silent(facts)) if clause)
    return text[:1].upper() + text[1:]


def term_words(facts: Facts) -> dict[str, str]:
    """What was found under each term of evidence, ready to be read."""
    return {
        "wording": facts.wording or "different wording",
        "subject": f"both speak of {listed(facts.subjects)}" if facts.subjects else "no subject in common",
        "topics": f"in common: {listed(facts.topics)}" if facts.topics else "no topic in common",
        "means": _means_words(facts),
        "whom it works with": f"both speak of {listed(groups(facts.targets))}"
        if facts.targets
        else "no group in common",
        "donors": facts.donors.words,
        "implementers": facts.implementers.words,
        "organisations": facts.swapped or "no organisation changes its role",
        "beneficiaries": facts.beneficiaries or facts.beneficiaries_apart or "not reported for at least one",
        "period": _period_words(facts),
        "phase": facts.phase or "no phase stated",
        "programme name": _programmes(facts) or "no programme name in common",
        "money": facts.money or "amounts cannot be compared",
        "what goes together": "how readers judged other pairs on such topics, means and groups",
        "whole and part": "how much each text tells, and whether it speaks of a part",
    }


def months(days: int) -> str:
    """ "18 months", "1 month", "less than a month"."""
    count = round(days / DAYS_A_MONTH)
    if count == 0:
        return "less than a month"
    return "1 month" if count == 1 else f"{count} months"


def _work(facts: Facts) -> str:
    """ "both train border police on firearms in Albania and Serbia", or what is left of it."""
    said = deed(facts.means, facts.targets, facts.topics, facts.beneficiaries)
    if not (facts.means or facts.topics or facts.beneficiaries):
        return ""
    apart = ""
    if not facts.means and all(facts.other_means):
        one, other = (listed(means, 2).lower() for means in facts.other_means)
        apart = f", one through {one}, the other through {other}"
    return f"both {said}{apart}"


def _partners(facts: Facts) -> tuple[str, ...]:
    """Donors and implementers as far as both name some; that both differ is said once."""
    known = [bodies for bodies in (facts.donors, facts.implementers) if not bodies.silent]
    if len(known) == 2 and not any(bodies.same for bodies in known):
        return (f"{listed([f'{bodies.role}s' for bodies in known])} differ by name",)
    return tuple(bodies.words for bodies in known)


def _silent(facts: Facts) -> tuple[str, ...]:
    """What is not reported: for one of the two, then for either; a clause each."""
    counts = {"period": facts.undated, **{b.role: b.silent for b in (facts.donors, facts.implementers)}}
    told = {silent: [name for name, count in counts.items() if count == silent] for silent in (1, 2)}
    return tuple(f"{listed(names)} not reported for {_whose(n)}" for n, names in told.items() if names)


def _whose(silent: int) -> str:
    return "one" if silent == 1 else "either"


def _programmes_of(
    left: Mapping[str, Any], right: Mapping[str, Any], marks: frozenset[str]
) -> tuple[str, ...]:
    """Programmes that both name, as the left one spells them; a numeral ("HF III") or a partner is none."""
    partners = {plain(name) for row in (left, right) for role in _ROLES for name in row[role] or ()}
    told = sorted(mark for mark in marks - partners if not _NUMERAL.fullmatch(mark))
    return tuple(as_written(mark, _text(left)) for mark in told)


def _text(row: Mapping[str, Any]) -> str:
    return " ".join(filter(None, [row["title"], row["summary"], *(row["donors"] or ())]))


def _means_words(facts: Facts) -> str:
    if facts.means:
        return f"in common: {listed(facts.means)}"
    if all(facts.other_means):
        return f"{listed(facts.other_means[0])} here, {listed(facts.other_means[1])} there"
    return "means not reported for one of them"


def _programmes(facts: Facts) -> str:
    return f"both name {listed(facts.programmes)}" if facts.programmes else ""


def _period_words(facts: Facts) -> str:
    if not facts.undated:
        return facts.reckoned
    missing = f"not reported for {_whose(facts.undated)}"
    return (
        f"{missing}; by years in the texts {facts.reckoned.partition(',')[0]}" if facts.reckoned else missing
    )


def _phase(left: int, right: int) -> str:
    if left and right:
        low, high = sorted((left, right))
        return f"both phase {low}" if low == high else f"phase {low} and phase {high}"
    return f"only one says which phase: {left or right}" if left or right else ""


def _bodies(role: str, left: Sequence[str] | None, right: Sequence[str] | None) -> Bodies:
    silent = (not left) + (not right)
    return Bodies(role, () if silent else tuple(shared_names(left, right)), silent)


def _swapped(left: Mapping[str, Any], right: Mapping[str, Any]) -> str:
    crossed = shared_names(left["donors"], right["implementers"]) or shared_names(
        right["donors"], left["implementers"]
    )
    return f"{listed(crossed, 2)} as donor in one, as implementer in the other" if crossed else ""


def _money(left: Mapping[str, int], right: Mapping[str, int]) -> str:
    for currency in sorted(left.keys() & right.keys()):
        one, other = (format_amount(_major(sums[currency], currency), currency) for sums in (left, right))
        return f"same amount: {one}" if one == other else f"budgets of {one} and {other}"
    return ""


def _major(units: int, currency: str) -> Decimal:
    return Decimal(units) / minor_units(Decimal(1), currency)


def _named(codes: Sequence[str] | None, name: Callable[[str], str]) -> tuple[str, ...]:
    return tuple(name(code) for code in codes or ())


def _in_order(found: frozenset[str], known: Iterable[str]) -> tuple[str, ...]:
    return tuple(key for key in known if key in found)


def _common(left: Sequence[str], right: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in left if name in right)


def _only(left: Sequence[str], right: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in left if name not in right)
