"""How much actions have in common: days, and money over those days. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any, Final

from concord.analysis.rules import Stake
from concord.kernel.dates import ImpreciseDate, Period

DAYS_A_MONTH: Final = Decimal("30.44")
"""Days of a month on average: 365.25 / 12, as the engine counts."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days of an action, first and last included, as widely as its dates can be meant."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has, both ends counted."""
        return (self.last - self.first).days + 1


def span_of(start: str, end: str, status: str, *, on: date) -> Span | None:
    """The days of an action; None where it states no date.

    A start alone runs up to three years, ongoing work at least until day `on`; an end alone began
    three years before (kernel.dates.Period).
    """
    period = Period(
        ImpreciseDate(start) if start else None,
        ImpreciseDate(end) if end else None,
        ongoing=status == "ongoing",
        today=on,
    )
    return Span(period.earliest, period.latest) if period.earliest and period.latest else None


def shared_days(a: Span | None, b: Span | None) -> int | None:
    """The days that both run, both ends counted; 0 where they do not meet, None where one is not known."""
    if a is None or b is None:
        return None
    return max((min(a.last, b.last) - max(a.first, b.first)).days + 1, 0)


def busy_days(spans: Iterable[Span | None]) -> int:
    """On how many days at least two of the actions run. Those without dates are left out."""
    known = [span for span in spans if span]
    steps = [(span.first, 1) for span in known] + [(span.last + timedelta(days=1), -1) for span in known]
    total, running, since = 0, 0, date.min
    for day, change in sorted(steps):
        total += (day - since).days if running > 1 else 0
        running, since = running + change, day
    return total


def months_of(days: int) -> int:
    """Days in whole months, rounded to the nearest."""
    return round(Decimal(days) / DAYS_A_MONTH)


def at_stake(
    a: Mapping[str, Decimal], b: Mapping[str, Decimal], spans: tuple[Span | None, Span | None]
) -> Stake | None:
    """The smaller of the two budgets that falls in the days that both run.

    Each budget is taken as spread evenly over its own days, and the part rounded down to whole
    units. None where no day is shared, where one states no date, or no amount in the same
    currency; of several currencies the first by its letters counts, they are never added up.

    Source: docs/methods/findings.md, section 3.
    """
    one, other = spans
    common = sorted(set(a) & set(b))
    days = shared_days(one, other)
    if one is None or other is None or not days or not common:
        return None
    currency = common[0]
    parts = (a[currency] * days / one.days, b[currency] * days / other.days)
    return Stake(min(parts).quantize(Decimal(1), ROUND_FLOOR), currency)


def most_at_stake(stakes: Sequence[Stake | None]) -> Stake | None:
    """The largest of them: of the commonest currency (the first by its letters where two are as common)."""
    known = [stake for stake in stakes if stake]
    if not known:
        return None
    named = [stake.currency for stake in known]
    currency = min(set(named), key=lambda code: (-named.count(code), code))
    return max((stake for stake in known if stake.currency == currency), key=lambda stake: stake.amount)


def shared_by_most(values: Sequence[Iterable[Any]], *, most: tuple[int, int] = (2, 3)) -> list[Any]:
    """What at least two thirds of the lists that say something name, in the order of the first that does."""
    said = [list(each) for each in values if each]
    if not said:
        return []
    enough = -(-len(said) * most[0] // most[1])
    named = dict.fromkeys(value for each in said for value in each)
    return [value for value in named if sum(value in each for each in said) >= enough]


def shared_by_all(values: Sequence[Iterable[Any]]) -> list[Any]:
    """What all of the lists name that say something, in the order of the first one."""
    return shared_by_most(values, most=(1, 1))
