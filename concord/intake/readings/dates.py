"""Dates of an action's cells: one date, a period, several dates, or words that state no end. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal

from concord.intake.readings.moments import Moment, is_open_end, moment_in, plain
from concord.intake.readings.said import Said, asked, refused
from concord.intake.vocabulary import is_not_stated, pattern_of
from concord.kernel.dates import ImpreciseDate, parse_date
from concord.kernel.errors import BadInput, NoSuchDate

Side = Literal["start", "end", "period"]

_REMEDY = "Write a year (2019), a month (2019-02) or a day (2019-02-28 or 28.02.2019)."
_LONGEST = 300  # characters of a cell in which dates are looked for
_BETWEEN = re.compile(r"\s+-+\s+|\s*-+\s*|\s+/\s+|/")
_SHORT_RANGE = re.compile(r"(\d{4})\s?[-/]\s?(\d{2})")
_SLASHED = re.compile(r"(?<!\d)(\d{1,2})\s?[/-]\s?(\d{1,2})\s?[/-]\s?\d{2,4}(?!\d)")
_SEVERAL = re.compile(r"\s*[;\n|+&]\s*|\s*,\s+|\s+(?:and|i|dhe|et|und)\s+")
_STATED = re.compile(r"\d{4}(?:-\d{2}){0,2}|\d{1,2}\.\s?\d{1,2}\.\s?\d{4}\.?", re.ASCII)
_LETTERS = re.compile("[a-z]")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_IN_TEXT = re.compile(
    r"(?<![\d./])(?:\d{4}-\d{2}-\d{2}|\d{1,2}\s?[./]\s?\d{1,2}\s?[./]\s?\d{4}|\d{1,2}[./]\d{4}|\d{4}-\d{2}"
    r"|(?:\d{1,2}\.?\s)?[a-z]{3,12}\.?\s(?:19|20)\d{2}|(?:19|20)\d{2})(?![\d/]|-\d{1,2}(?!\d)|\.\d)"
)


@dataclass(frozen=True, slots=True)
class DateReading:
    """What a cell of dates states: start and end as EDTF, "" where it does not state them.

    In a column for the start alone, `end` is what the cell says beside it, and the other way round.
    ongoing: the cell says that there is no end yet. months: a duration, 0 where none is stated.
    """

    start: str = ""
    end: str = ""
    ongoing: bool = False
    months: int = 0
    said: Said | None = None


NOTHING = DateReading()


@lru_cache(maxsize=65536)
def read_dates(text: str, side: Side, day_first: bool | None = None) -> DateReading:
    """Reads a cell of the start, the end or the period of an action.

    Args:
        day_first: how 03/04/2019 is meant; None where nothing shows it, then it is asked.

    Returns:
        The reading. What is not certain comes with a question, what cannot be stored with an error.

    Source: docs/intake.md, "Values as people write them".
    """
    if side != "period" and _STATED.fullmatch(text) and not text.startswith("1905"):
        try:  # most cells: a year, a month or a day in a form that means one thing
            stated = parse_date(text).text
            return DateReading(stated) if side == "start" else DateReading(end=stated)
        except BadInput:
            pass
    if is_not_stated(text):
        return NOTHING
    if is_open_end(text):
        return DateReading(ongoing=True)
    cell = plain(text)[:_LONGEST]
    try:
        found = _one(cell, side, day_first) or _period(cell, side, day_first) or _duration(cell)
        found = found or _several(cell, side, day_first)
    except NoSuchDate:
        return DateReading(said=refused("no-such-date", f"There is no such date: “{text[:80]}”.", _REMEDY))
    if found is None:
        return DateReading(said=refused("no-such-date", f"“{text[:80]}” is not a date.", _REMEDY))
    return found


def day_first_in(texts: Iterable[str]) -> bool | None:
    """Whether the day comes first in dates with slashes; None where none shows it, or they contradict."""
    shown = set()
    for text in texts:
        for found in _SLASHED.finditer(text):
            if int(found[1]) > 12 >= int(found[2]):
                shown.add(True)
            elif int(found[2]) > 12 >= int(found[1]):
                shown.add(False)
    return shown.pop() if len(shown) == 1 else None


def in_words(text: str) -> str:
    """A date for reading: "13 November 2015", "November 2015", "2015"; "not stated" where it is empty."""
    if not text:
        return "not stated"
    first = ImpreciseDate(text).earliest
    if len(text) == 4:
        return text
    return f"{first:%B %Y}" if len(text) == 7 else f"{first.day} {first:%B %Y}"


def end_after(start: str, months: int) -> str:
    """The end of a duration from a start, as precise as the start: 24 months from 2018-03 end in 2020-02."""
    first = ImpreciseDate(start).earliest
    last = first.year * 12 + first.month - 1 + months
    if len(start) == 4:
        return str(first.year + max(0, -(-months // 12) - 1))
    return f"{(last - 1) // 12}-{(last - 1) % 12 + 1:02d}"


# --- one date -------------------------------------------------------------------------------------------


def _one(cell: str, side: Side, day_first: bool | None) -> DateReading | None:
    if (short := _SHORT_RANGE.fullmatch(cell)) and int(short[2]) > max(12, int(short[1]) % 100):
        return None  # 2018-20 is a period, 2019-13 no month
    open_start = _affix("from").fullmatch(cell)
    open_stop = _affix("to").fullmatch(cell)
    if open_start and (moment := moment_in(open_start["date"], day_first)):
        return _open_start(moment, side)
    if open_stop and (moment := moment_in(open_stop["date"], day_first)):
        return _open_stop(moment, side)
    if (moment := moment_in(cell, day_first)) is None:
        return None
    if side == "period" and moment.quarter:
        return _whole_quarter(moment)
    start, end = (moment.text, "") if side == "start" else ("", moment.text)
    if side == "period":
        start = end = moment.text
        if len(moment.text) > 4:
            moment = replace(
                moment, doubt=moment.doubt or "Start and end are one date", rule=moment.rule or "one-date"
            )
    return DateReading(start, end, said=_doubt(moment, in_words(moment.text)))


@cache
def _affix(name: str) -> re.Pattern[str]:
    return re.compile(rf"{pattern_of('date_words', name)}\.?:?\s+(?P<date>\S.*)")


def _open_start(moment: Moment, side: Side) -> DateReading:
    reading = f"start {in_words(moment.text)}, no end stated"
    said = _doubt(moment, in_words(moment.text))
    if side == "end":
        said = asked("date-of-the-other-column", "The cell of the end states a start.", _REMEDY, reading)
    return DateReading(moment.text, "", said=said)


def _open_stop(moment: Moment, side: Side) -> DateReading:
    said = _doubt(moment, in_words(moment.text))
    if side == "start":
        reading = f"end {in_words(moment.text)}, no start stated"
        said = asked("date-of-the-other-column", "The cell of the start states an end.", _REMEDY, reading)
    return DateReading("", moment.text, said=said)


def _whole_quarter(moment: Moment) -> DateReading:
    first = f"{moment.text}-{moment.quarter * 3 - 2:02d}"
    last = f"{moment.text}-{moment.quarter * 3:02d}"
    reading = f"{in_words(first)} to {in_words(last)}"
    said = asked("imprecise-date", "The cell names a quarter as the whole period.", _REMEDY, reading)
    return DateReading(first, last, said=said)


def _doubt(moment: Moment, reading: str) -> Said | None:
    if not moment.doubt:
        return None
    return asked(moment.rule, f"{moment.doubt}. It was read as {reading}.", _REMEDY, reading)


# --- two ends in one cell ---------------------------------------------------------------------------------


def _period(cell: str, side: Side, day_first: bool | None) -> DateReading | None:
    cell = cell.strip("() ")
    if (short := _SHORT_RANGE.fullmatch(cell)) and int(short[2]) > int(short[1]) % 100:
        return _as_period(Moment(short[1]), Moment(short[1][:2] + short[2]), side)
    without_from = re.sub(rf"^{pattern_of('date_words', 'from')}\s+", "", cell)
    splits = [
        found.span() for pattern in (_words_between(), _BETWEEN) for found in pattern.finditer(without_from)
    ]
    for begin, stop in splits:
        left, right = without_from[:begin].strip(" ,."), without_from[stop:].strip(" ,")
        if left and right and (found := _ends(left, right, day_first)):
            start, end = found
            return _as_period(start, end, side)
    return None


@cache
def _words_between() -> re.Pattern[str]:
    return re.compile(rf"\s*[,-]?\s+{pattern_of('date_words', 'to')}\s+")


def _ends(left: str, right: str, day_first: bool | None) -> tuple[Moment, Moment | None] | None:
    if is_open_end(right):
        begins = moment_in(left, day_first)
        return (begins, None) if begins else None
    ends = moment_in(right, day_first)
    if ends is None:
        return None
    begins = moment_in(left, day_first)
    if begins is None and not _YEAR.search(left):
        begins = _with_year_of(left, ends, day_first)
    return (begins, ends) if begins else None


def _with_year_of(left: str, ends: Moment, day_first: bool | None) -> Moment | None:
    """ "March - May 2020" and "1 - 15 March 2019": what the left side lacks stands on the right."""
    if left.strip(".").isdigit() and len(ends.text) == 10:
        return Moment(_day_of_month(left, ends))
    year = ends.text[:4]
    joined = f"{left}{year}" if left.endswith((".", "/")) else f"{left} {year}"
    dotted = f"{left}.{year}"
    for candidate in (joined, dotted):
        try:
            if found := moment_in(candidate, day_first):
                return found
        except NoSuchDate:
            continue
    return None


def _day_of_month(left: str, ends: Moment) -> str:
    return parse_date(f"{ends.text[:8]}{left.strip('.').zfill(2)}").text


def _as_period(begins: Moment, ends: Moment | None, side: Side) -> DateReading:
    begins = replace(begins, text=f"{begins.text}-{begins.quarter * 3 - 2:02d}") if begins.quarter else begins
    ends = replace(ends, text=f"{ends.text}-{ends.quarter * 3:02d}") if ends and ends.quarter else ends
    end = ends.text if ends else ""
    shown = f"{in_words(begins.text)} to {in_words(end) if ends else 'no end stated'}"
    if ends and ImpreciseDate(end).latest < ImpreciseDate(begins.text).earliest:
        said: Said | None = refused(
            "end-before-start", f"The end ({end}) lies before the start ({begins.text}).", _REMEDY
        )
        return DateReading(said=said)
    doubts = [moment for moment in (begins, ends) if moment and moment.doubt]
    if doubts:
        said = asked(doubts[0].rule, f"{doubts[0].doubt}. It was read as {shown}.", _REMEDY, shown)
    elif side == "period":
        said = None
    else:
        said = asked(
            "period-in-one-cell",
            f"The cell of the {side} states a period. It was read as {shown}.",
            "Write the start and the end in their own columns.",
            shown,
        )
    return DateReading(begins.text, end, ongoing=ends is None, said=said)


# --- durations and several dates ----------------------------------------------------------------------------


@cache
def _duration_pattern() -> re.Pattern[str]:
    months, years = pattern_of("date_words", "month_unit"), pattern_of("date_words", "year_unit")
    return re.compile(
        rf"(?P<number>\d{{1,3}})(?:[.,](?P<half>5))?\s*-?\s*(?:(?P<months>{months})|(?P<years>{years}))\.?"
    )


def _duration(cell: str) -> DateReading | None:
    found = _duration_pattern().fullmatch(cell)
    if not found:
        return None
    number = int(found["number"])
    months = number * 12 + (6 if found["half"] else 0) if found["years"] else number
    return DateReading(months=months)


def _several(cell: str, side: Side, day_first: bool | None) -> DateReading | None:
    """The first of several dates as the start, the last as the end: "31.12.2019 (extended to …)"."""
    pieces = [piece.strip("() ") for piece in _SEVERAL.split(cell) if piece.strip("() ")]
    moments = [moment_in(piece, day_first) for piece in pieces] if len(pieces) > 1 else [None]
    if not all(moments):
        if not _LETTERS.search(cell):
            return None
        moments = [moment_in(found[0], day_first) for found in _IN_TEXT.finditer(cell)]
    found = [moment for moment in moments if moment]
    if not found:
        return None
    first = min(found, key=lambda moment: ImpreciseDate(moment.text).earliest).text
    last = max(found, key=lambda moment: ImpreciseDate(moment.text).latest).text
    start, end = (first, "") if side == "start" else ("", last) if side == "end" else (first, last)
    shown = in_words(start or end) if side != "period" else f"{in_words(first)} to {in_words(last)}"
    several = (
        f"The cell holds {len(found)} dates" if len(found) > 1 else "The cell holds a date and other words"
    )
    rule = "several-dates" if len(found) > 1 else "date-in-text"
    return DateReading(start, end, said=asked(rule, f"{several}. It was read as {shown}.", _REMEDY, shown))
