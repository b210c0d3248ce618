"""Dates as precise as their source states them, periods made of them, and whether two periods meet.

A date is a year, a month or a day (EDTF level 0) and is never made more precise than it was stated:
it stands for every day between `earliest` and `latest`, both included.
"""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

from concord.kernel import clock
from concord.kernel.errors import BadInput, NoSuchDate

FIRST_YEAR, LAST_YEAR = 1900, 2199  # outside of it a typing error is likelier than a date
ASSUMED_YEARS = 3  # a period with one end only is taken to be as long as a plan: three years

_ISO = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?", re.ASCII)
_DOTTED = re.compile(r"(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.\s?(?P<year>\d{4})\.?", re.ASCII)
_MONTH_FIRST = re.compile(r"(?P<month>\d{1,2})[/.](?P<year>\d{4})", re.ASCII)
_FORMS = (_ISO, _DOTTED, _MONTH_FIRST)


@dataclass(frozen=True, slots=True)
class ImpreciseDate:
    """A year ("2019"), a month ("2019-02") or a day ("2019-02-28"), exactly as precise as stated.

    Raises:
        BadInput: the text is none of these, or no such date exists.
    """

    text: str

    def __post_init__(self) -> None:
        if not _ISO.fullmatch(self.text):
            raise BadInput(f"“{self.text}” is not a date. {_REMEDY}")
        _require_day(self.text, *self._parts())

    @property
    def earliest(self) -> date:
        """The first day that this can mean."""
        year, month, day = self._parts()
        return date(year, month or 1, day or 1)

    @property
    def latest(self) -> date:
        """The last day that this can mean, included."""
        year, month, day = self._parts()
        last_month = month or 12
        return date(year, last_month, day or calendar.monthrange(year, last_month)[1])

    def _parts(self) -> tuple[int, int | None, int | None]:
        parts = [int(part) for part in self.text.split("-")]
        return parts[0], parts[1] if len(parts) > 1 else None, parts[2] if len(parts) > 2 else None

    def __str__(self) -> str:
        return self.text


def parse_date(text: str) -> ImpreciseDate:
    """Reads a date: 2019, 2019-02, 2019-02-28, 28.02.2019, 28.2.2019. or 02/2019.

    Two numbers with slashes before the year (03/04/2019) are refused: nobody knows which is the month.

    Raises:
        NoSuchDate: a date of one of these forms that does not exist (31.02.2019).
        BadInput: anything else.
    """
    stripped = text.strip()
    for form in _FORMS:
        if found := form.fullmatch(stripped):
            return _date_from(stripped, found.groupdict())
    raise BadInput(f"“{text}” is not a date. {_REMEDY}")


class Meets(Enum):
    """Whether two periods have a day in common."""

    SURELY = "surely"
    POSSIBLY = "possibly"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Period:
    """A span of days, both ends included, each end as precise as stated or not stated at all.

    Args:
        start, end: None where not stated.
        ongoing: the source says that it is under way; it lengthens a period without an end to today.
        today: the day that "today" means; the clock's day (UTC) if not given.

    Raises:
        BadInput: the end lies before the start, whatever the imprecise dates mean.
    """

    start: ImpreciseDate | None
    end: ImpreciseDate | None
    ongoing: bool = False
    today: date | None = None

    def __post_init__(self) -> None:
        if self.start and self.end and self.end.latest < self.start.earliest:
            raise BadInput(f"The end ({self.end}) lies before the start ({self.start}).")

    @property
    def earliest(self) -> date | None:
        """The first day that can belong to it; an end alone began up to three years before. None: no date."""
        if self.start:
            return self.start.earliest
        return _years_on(self.end.earliest + timedelta(days=1), -ASSUMED_YEARS) if self.end else None

    @property
    def latest(self) -> date | None:
        """The last day that can belong to it; a start alone runs up to three years, while ongoing at
        least to today. None: no date."""
        if self.end:
            return self.end.latest
        if not self.start:
            return None
        assumed = _years_on(self.start.latest, ASSUMED_YEARS) - timedelta(days=1)
        return max(assumed, self.today or clock.now().date()) if self.ongoing else assumed

    def meets(self, other: "Period") -> Meets:
        """Whether the two have at least one day in common, both ends counted.

        SURELY: whatever day each imprecise date means; an end that is only assumed proves nothing.
        NO: whatever day each of them means. POSSIBLY: everything else, and always where one has no date.

        Source: design.md, sections 2 ("Dates") and 6 ("Where a row lands").
        """
        ours, theirs = _bounds_of(self), _bounds_of(other)
        if ours is None or theirs is None:
            return Meets.POSSIBLY
        if ours.earliest > theirs.latest or theirs.earliest > ours.latest:
            return Meets.NO
        certain = ours.last_start <= theirs.first_end and theirs.last_start <= ours.first_end
        return Meets.SURELY if certain else Meets.POSSIBLY


@dataclass(frozen=True, slots=True)
class _Bounds:
    earliest: date
    last_start: date
    first_end: date
    latest: date


def _bounds_of(period: Period) -> _Bounds | None:
    earliest, latest = period.earliest, period.latest
    if earliest is None or latest is None:
        return None
    # An unknown start may be as late as the end, an unknown end as early as the start; and no
    # start is later than the last possible end, no end earlier than the first possible start.
    last_start = min(period.start.latest, latest) if period.start else latest
    first_end = max(period.end.earliest, earliest) if period.end else earliest
    return _Bounds(earliest, last_start, first_end, latest)


_REMEDY = "Write a year (2019), a month (2019-02) or a day (2019-02-28 or 28.02.2019)."


def _date_from(text: str, parts: dict[str, str | None]) -> ImpreciseDate:
    year, month, day = parts.get("year"), parts.get("month"), parts.get("day")
    _require_day(text, int(year or 0), int(month) if month else None, int(day) if day else None)
    return ImpreciseDate("-".join(part.zfill(2) for part in (year, month, day) if part))


def _require_day(text: str, year: int, month: int | None, day: int | None) -> None:
    try:
        date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        raise NoSuchDate(f"There is no such date: “{text}”.") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NoSuchDate(f"The year of “{text}” lies outside {FIRST_YEAR} to {LAST_YEAR}.")


def _years_on(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February of a year that has none
        return date(day.year + years, 3, 1)
