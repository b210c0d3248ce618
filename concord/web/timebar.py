"""Where an action's period lies on the one common time axis of a plan, and how it is said in words.

Dates are as precise as their source states them, so a bar has two parts: the days that surely belong
to the period, and those that only may (a year without a month; an end that is not reported).
"""

from dataclasses import dataclass
from datetime import date

from django.utils.dates import MONTHS_3
from django.utils.translation import gettext as _

from concord.kernel.dates import ASSUMED_YEARS, ImpreciseDate

YEARS_SAID = 7  # more numbers than this run into each other on a row's axis
MARGIN_YEARS = 2  # shown before and after the plan's period, so that what runs in or out is seen


@dataclass(frozen=True, slots=True)
class Axis:
    """The years shown (both included) and, among them, those of the plan's period."""

    first: int
    last: int
    period_first: int
    period_last: int

    @property
    def years(self) -> list[dict[str, object]]:
        """One entry per year: its number, where it begins, its middle (percent), and if it is the plan's."""
        count = self.last - self.first + 1
        share, step = 100 / count, 1 + (count - 1) // YEARS_SAID
        return [
            {
                "year": year,
                "short": f"{year % 100:02d}",
                "at": _percent((year - self.first) * share),
                "middle": _percent((year - self.first + 0.5) * share),
                "within": self.period_first <= year <= self.period_last,
                "said": (year - self.first) % step == 0,
            }
            for year in range(self.first, self.last + 1)
        ]

    @property
    def period_at(self) -> str:
        """Where the plan's period begins, in percent."""
        return _percent(self.place(date(self.period_first, 1, 1)))

    @property
    def period_width(self) -> str:
        """How much of the axis the plan's period takes, in percent."""
        end = self.place(date(self.period_last + 1, 1, 1))
        return _percent(end - self.place(date(self.period_first, 1, 1)))

    def place(self, day: date) -> float:
        """The day's place on the axis in percent, below 0 or above 100 where it lies outside."""
        first, after = date(self.first, 1, 1).toordinal(), date(self.last + 1, 1, 1).toordinal()
        return 100 * (day.toordinal() - first) / (after - first)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the axis, in percent, ready for an SVG attribute."""

    at: str
    width: str


@dataclass(frozen=True, slots=True)
class Bar:
    """What a time bar draws and says. None where there is nothing to draw."""

    certain: Stretch | None
    possible: Stretch | None
    runs_in: bool
    runs_out: bool
    words: str


def axis_of(starts: str | int, ends: str | int) -> Axis:
    """The axis of a plan that runs from the year `starts` to the year `ends`, both included."""
    first, last = int(str(starts)[:4]), int(str(ends)[:4])
    return Axis(first - MARGIN_YEARS, last + MARGIN_YEARS, first, last)


def reckon_bar(start: str, end: str, axis: Axis) -> Bar:
    """The bar of a period given as two EDTF texts, either of them possibly empty.

    A start alone runs three years, an end alone began three years before (design.md, section 3), and both
    are drawn as possible, not as certain.
    """
    begun = ImpreciseDate(start) if start else None
    ended = ImpreciseDate(end) if end else None
    words = period_in_words(start, end)
    if begun is None and ended is None:
        return Bar(None, None, False, False, words)
    earliest = begun.earliest if begun else _years_on(ended.earliest, -ASSUMED_YEARS)  # type: ignore[union-attr]
    latest = ended.latest if ended else _years_on(begun.latest, ASSUMED_YEARS)  # type: ignore[union-attr]
    possible = _stretch(axis, earliest, latest)
    certain = _stretch(axis, begun.latest, ended.earliest) if begun and ended else None
    outside = possible is None
    return Bar(
        certain,
        possible,
        runs_in=axis.place(earliest) < 0 and (not outside or axis.place(latest) < 0),
        runs_out=axis.place(latest) > 100 and (not outside or axis.place(earliest) > 100),
        words=words,
    )


def period_in_words(start: str, end: str) -> str:
    """The period as people read it: "Feb 2020 to Oct 2022", "from 2019, end not reported"."""
    if start and end:
        return _("%(start)s to %(end)s") % {"start": in_words(start), "end": in_words(end)}
    if start:
        return _("from %(start)s, end not reported") % {"start": in_words(start)}
    if end:
        return _("until %(end)s, start not reported") % {"end": in_words(end)}
    return _("dates not reported")


def in_words(text: str) -> str:
    """One EDTF date as people read it: "2019", "Feb 2019", "28 Feb 2019"; empty stays empty."""
    if not text:
        return ""
    parts = [int(part) for part in text.split("-")]
    year, rest = str(parts[0]), parts[1:]
    if not rest:
        return year
    month = str(MONTHS_3[rest[0]]).capitalize()
    return f"{month} {year}" if len(rest) == 1 else f"{rest[1]} {month} {year}"


def _stretch(axis: Axis, start: date, end: date) -> Stretch | None:
    """The days from start to end, both included, cut to the axis; None where none of them is on it."""
    left = max(0.0, axis.place(start))
    right = min(100.0, axis.place(date.fromordinal(end.toordinal() + 1)))
    return Stretch(_percent(left), _percent(right - left)) if right > left else None


def _years_on(day: date, years: int) -> date:
    last_of_february = day.month == 2 and day.day == 29
    return day.replace(year=day.year + years, day=28 if last_of_february else day.day)


def _percent(value: float) -> str:
    return f"{value:.2f}%"
