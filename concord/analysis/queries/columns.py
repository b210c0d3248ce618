"""The actions of a case in parallel columns, what they have in common, and each pair in numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.analysis.case_words import sentence
from concord.analysis.measures import (
    at_stake,
    busy_days,
    months_of,
    most_at_stake,
    shared_by_all,
    shared_days,
    span_of,
)
from concord.analysis.models import Finding
from concord.analysis.queries.pairs import facts_shown, question_of
from concord.analysis.rules import Stake
from concord.analysis.tables import Facts
from concord.analysis.verdicts import Verdict, also_said, verdict_of
from concord.kernel.money import format_amount

if TYPE_CHECKING:
    from concord.analysis.queries.cases import CaseRead


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that an action says, as people read it; shared: another action of the case says it too."""

    text: str
    shared: bool


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact of all actions of a case, in the order of its actions; an empty cell is not reported."""

    field: str
    label: str
    cells: tuple[tuple[Piece, ...], ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class PairNumbers:
    """A pair in numbers. days: in common, None where one states no date. beneficiaries: named by both, as
    people read them. stake: the smaller budget over the common days, None where it cannot be said."""

    finding: Finding
    days: int | None
    beneficiaries: tuple[str, ...]
    stake: Stake | None


@dataclass(frozen=True, slots=True)
class CaseNumbers:
    """A case in numbers. busy_days: on which at least two of its actions run; undated: actions without a
    date. beneficiaries: named by all that name any. stake: the largest of any pair; stated: of how many
    pairs it can be said. differing: the labels of the facts that differ."""

    pairs: tuple[PairNumbers, ...]
    busy_days: int
    undated: int
    beneficiaries: tuple[str, ...]
    stake: Stake | None
    stated: int
    differing: tuple[str, ...]


def question_of_case(read: CaseRead) -> str:
    """The case as a question to all sides; one of two actions is worded as the pair is."""
    if len(read.findings) == 1:
        return question_of(read.findings[0])
    return {
        "duplicate": _("Could these %(n)d records be the same action, or some of them?"),
        "continuation": _("Do some of these %(n)d actions continue others?"),
        "overlap": _("Should these %(n)d actions be coordinated, because they do the same kind of work?"),
        "synergy": _("Could these %(n)d actions gain from being joined, or from following each other?"),
    }[read.case.sort] % {"n": len(read.actions)}


def sentence_of(read: CaseRead) -> str:
    """Why they are one case: of one pair its evidence, else what the actions have in common."""
    if len(read.findings) == 1:
        return f"{read.findings[0].evidence}."
    return sentence(read.rows, read.case.sort, names=read.names)


def lines_of(read: CaseRead) -> tuple[FactLine, ...]:
    """Every fact that at least one of the actions reports, in a fixed order; texts are left out."""
    facts = [read.facts[action.key] for action in read.actions]
    shown = facts_shown(read.names)
    lines = [_line(field, str(label), [items(each) for each in facts]) for field, label, items in shown]
    return tuple(line for line in lines if any(line.cells))


def numbers_of(read: CaseRead, lines: Sequence[FactLine], *, on: date) -> CaseNumbers:
    """The numbers behind a case; lines: as lines_of gives them."""
    pairs = tuple(_pair_numbers(read, finding, read.names, on) for finding in read.findings)
    spans = [_span(facts, on) for facts in read.facts.values() if facts.key in {a.key for a in read.actions}]
    stakes = [pair.stake for pair in pairs]
    shared = shared_by_all([row["beneficiaries"] for row in read.rows])
    return CaseNumbers(
        pairs=pairs,
        busy_days=busy_days(spans),
        undated=sum(span is None for span in spans),
        beneficiaries=_named(shared, read.names),
        stake=most_at_stake(stakes),
        stated=sum(stake is not None for stake in stakes),
        differing=tuple(line.label for line in lines if line.verdict is Verdict.DIFFERS),
    )


def said_differing(numbers: CaseNumbers) -> str:
    """What differs, as a sentence; "" where nothing does."""
    if not numbers.differing:
        return ""
    return _("They differ in: %(facts)s.") % {"facts": ", ".join(map(str.lower, numbers.differing))}


def said_time(numbers: CaseNumbers) -> str:
    """How long they run at the same time: of a pair the months in common, of more those of any two."""
    if len(numbers.pairs) == 1:
        days = numbers.pairs[0].days
        return _("not known: one of them states no date") if days is None else _months(months_of(days))
    months = months_of(numbers.busy_days)
    said = _("no two are known to run at the same time")
    if months:
        said = _("%(months)s in which at least two of them run") % {"months": _months(months)}
    if not numbers.undated:
        return said
    undated = ngettext("%(n)d states no date", "%(n)d state no date", numbers.undated)
    return f"{said}; {undated % {'n': numbers.undated}}"


def said_stake(numbers: CaseNumbers) -> str:
    """The money at stake, and how it is reckoned."""
    if numbers.stake is None:
        return _("not known: no two of them state dates and money in one currency")
    values = {
        "amount": format_amount(numbers.stake.amount, numbers.stake.currency),
        "n": numbers.stated,
        "all": len(numbers.pairs),
    }
    if len(numbers.pairs) == 1:
        return _("%(amount)s: the smaller budget over the common months, spread evenly") % values
    return (
        _(
            "up to %(amount)s in a pair: the smaller budget over the common months, spread evenly "
            "(known for %(n)d of %(all)d pairs)"
        )
        % values
    )


def _months(count: int) -> str:
    return ngettext("%(n)d month", "%(n)d months", count) % {"n": count}


def _line(field: str, label: str, cells: Sequence[Sequence[str]]) -> FactLine:
    shared = also_said(field, cells)
    pieces = tuple(tuple(map(Piece, *each)) for each in zip(cells, shared, strict=True))
    return FactLine(field, label, pieces, verdict_of(field, cells))


def _pair_numbers(read: CaseRead, finding: Finding, names: Mapping[str, str], on: date) -> PairNumbers:
    a, b = read.facts_of(finding)
    spans = (_span(a, on), _span(b, on))
    both = set(a.row["beneficiaries"]) & set(b.row["beneficiaries"])
    return PairNumbers(finding, shared_days(*spans), _named(both, names), at_stake(a.money, b.money, spans))


def _span(facts: Facts, on: date) -> Any:
    return span_of(facts.row["start"], facts.row["end"], facts.row["status"], on=on)


def _named(codes: Any, names: Mapping[str, str]) -> tuple[str, ...]:
    """Names in the naming table's order, which is that of the mapping."""
    return tuple(name for code, name in names.items() if code in set(codes))
