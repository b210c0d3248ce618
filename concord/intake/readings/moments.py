"""One date as people write it: a year, a month or a day in many forms, and how sure its reading is. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache

from concord.intake.vocabulary import index_of, pattern_of, word_key, words
from concord.kernel.dates import parse_date
from concord.kernel.errors import BadInput, NoSuchDate

FIRST_SERIAL, LAST_SERIAL = 29_221, 73_050  # 1980 to 2099, as a spreadsheet counts days
_SERIAL_ZERO = date(1899, 12, 30)
_TWO_DIGITS = 70  # a year of two digits below it belongs to this century

_TIME_OF_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})[ t]\d{2}:\d{2}(:\d{2}(\.\d+)?)?z?")
_NUMBERS = re.compile(r"(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})\.?")
_YEAR_FIRST = re.compile(r"(\d{4})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{1,2})\.?")
_YEAR_MONTH = re.compile(r"(\d{4})[/.](\d{2})\.?")
_MONTH_YEAR = re.compile(r"(\d{1,2})-(\d{4})")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
_YEAR_AS_NUMBER = re.compile(r"((?:19|20)\d{2})[.,]0+")
_NAMED = re.compile(r"(?:(\d{1,2})(?:st|nd|rd|th|\.)?[\s-]*(?:of\s+)?)?([a-z]+)\.?[\s,.'/-]*(\d{4}|\d{2})\.?")
_NAMED_FIRST = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th|\.)?\s*,?\s+(\d{4})")
_NAMED_LAST = re.compile(r"(\d{4})[\s./-]+([a-z]+)\.?")
_YEAR_POINT = re.compile(r"(?<![\d.])((?:19|20)\d{2})\.$")
_ORDINAL = r"(?:[1-4](?:st|nd|rd|th|\.)?|i{1,3}|iv|first|second|third|fourth)"


@dataclass(frozen=True, slots=True)
class Moment:
    """A date as precise as stated. doubt: why a person should look at it, "" where there is no doubt.

    rule: the stable name of the doubt. quarter: 1 to 4 where a quarter of the year was stated.
    """

    text: str
    doubt: str = ""
    rule: str = ""
    quarter: int = 0


@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """A cell as dates in it are searched: Latin letters without diacritics, one kind of dash and space."""
    dashed = re.sub("[‐‑‒–—―−]", "\x00", text)  # word_key makes a space of a dash: kept aside
    dashed = dashed.replace("-", "\x00")
    return " ".join(word_key(dashed).replace("\x00", "-").split())


@lru_cache(maxsize=65536)
def moment_in(text: str, day_first: bool | None = None) -> Moment | None:
    """The one date that a text states, None where it is none.

    Args:
        text: as `plain` gives it. day_first: how 03/04/2019 is meant where the file shows it.

    Raises:
        NoSuchDate: a date in a known form that no calendar has.
    """
    text = _TIME_OF_DAY.sub(r"\1", text).strip(" ,;")
    text = _without_filler(text)
    try:
        return _typed_year(text) or Moment(parse_date(text).text)
    except NoSuchDate:
        raise
    except BadInput:
        pass
    return _in_numbers(text, day_first) or _in_words(text) or _in_parts(text, day_first)


def _typed_year(text: str) -> Moment | None:
    """2020 typed into a cell that shows dates is day 2020 of the spreadsheet's calendar: 12 July 1905."""
    if not text.startswith("1905-") or len(text) != len("1905-07-12"):
        return None
    year = (date.fromisoformat(parse_date(text).text) - _SERIAL_ZERO).days
    doubt = "A year typed into a cell for dates becomes a day of 1905 in a spreadsheet"
    return Moment(str(year), doubt, "year-as-date") if 1980 <= year < 2100 else None


@cache
def _patterns() -> dict[str, re.Pattern[str]]:
    about, part = pattern_of("date_words", "about"), pattern_of("date_words", "part")
    season, quarter = pattern_of("date_words", "season"), pattern_of("date_words", "quarter")
    between = r"(?:[\s,.'/-]|\bof\b|\bthe\b)*"
    return {
        "filler": re.compile(
            rf"^(?:fy|viti|vitit|the|in|u|na|ne)\s+|\s+(?:{pattern_of('date_words', 'year_unit')}|god|g)\.?$"
        ),
        "about": re.compile(
            rf"^{about}\.?[\s:]*(?P<before>.+)$|^(?P<after>.+?)\s*(?:\?+|\(?\b(?:{about}|tbc|tbd)\.?\)?)$"
        ),
        "season": re.compile(rf"{season}{between}(\d{{4}})|(\d{{4}}){between}{season}"),
        "part": re.compile(rf"{part}{between}(?P<rest>.*\d.*)|(?P<year>\d{{4}}){between}{part}"),
        "quarter": re.compile(
            rf"(?:q\s?(?P<a>[1-4])|(?P<b>{_ORDINAL})\s*{quarter}|{quarter}\s*(?P<c>{_ORDINAL})){between}(?P<y>\d{{4}})"
            rf"|(?P<z>\d{{4}}){between}(?:q\s?(?P<d>[1-4])|(?P<e>{_ORDINAL})\s*{quarter})"
        ),
    }


def _without_filler(text: str) -> str:
    before = None
    while before != text:
        before, text = text, _YEAR_POINT.sub(r"\1", _patterns()["filler"].sub("", text).strip())
    return text


def _in_numbers(text: str, day_first: bool | None) -> Moment | None:
    if found := _NUMBERS.fullmatch(text):
        return _three_numbers(text, found, day_first)
    if found := _YEAR_FIRST.fullmatch(text):
        return Moment(_iso(text, found[1], found[3], found[4]))
    if (found := _YEAR_MONTH.fullmatch(text)) and int(found[2]) <= 12:
        return Moment(_iso(text, found[1], found[2]))
    if found := _MONTH_YEAR.fullmatch(text):
        return Moment(_iso(text, found[2], found[1]))
    if found := _YEAR_AS_NUMBER.fullmatch(text):
        return Moment(found[1])
    if (found := _SERIAL.fullmatch(text)) and FIRST_SERIAL <= int(found[1]) <= LAST_SERIAL:
        day = _SERIAL_ZERO + timedelta(days=int(found[1]))
        doubt = "It is a plain number, as spreadsheets count days from 1900"
        return Moment(day.isoformat(), doubt, "date-as-number")
    return None


def _three_numbers(text: str, found: re.Match[str], day_first: bool | None) -> Moment:
    first, mark, second, year = int(found[1]), found[2], int(found[3]), found[4]
    doubt, rule = "", ""
    if len(year) == 2:
        year = _century(year)
        doubt, rule = "The year has two digits", "short-year"
    if mark == "." or first > 12:
        return Moment(_iso(text, year, str(second), str(first)), doubt, rule)
    if second > 12:
        return Moment(_iso(text, year, str(first), str(second)), doubt, rule)
    if day_first is None and first != second:
        doubt, rule = "Nothing in the file shows whether the day or the month comes first", "ambiguous-date"
    month, day = (first, second) if day_first is False else (second, first)
    return Moment(_iso(text, year, str(month), str(day)), doubt, rule)


def _in_words(text: str) -> Moment | None:
    months = index_of("months")
    if (found := _NAMED.fullmatch(text)) and (month := months.get(found[2])) and not found[2].isdigit():
        day, year = found[1], found[3]
        if len(year) == 2:
            doubt = "The year has two digits" if day or int(year) > 31 else "It may be a year or a day"
            return Moment(_iso(text, _century(year), month, day), doubt, "short-year")
        return Moment(_iso(text, year, month, day))
    if (found := _NAMED_FIRST.fullmatch(text)) and (month := months.get(found[1])):
        return Moment(_iso(text, found[3], month, found[2]))
    if (found := _NAMED_LAST.fullmatch(text)) and (month := months.get(found[2])):
        return Moment(_iso(text, found[1], month))
    return None


def _in_parts(text: str, day_first: bool | None) -> Moment | None:
    """Seasons, quarters, halves and hedged dates: stored no more precisely than a year or a month."""
    if found := _patterns()["quarter"].fullmatch(text):
        number = next(found[name] for name in "abcde" if found[name])
        year = found["y"] or found["z"]
        doubt = "A quarter of a year is more than a month and less than a year; the year is stored"
        return Moment(_iso(text, year), doubt, "imprecise-date", _quarter(number))
    if found := _patterns()["season"].fullmatch(text):
        doubt = "A season is more than a month and less than a year; the year is stored"
        return Moment(_iso(text, found[1] or found[2]), doubt, "imprecise-date")
    if found := _patterns()["part"].fullmatch(text):
        inner = moment_in(found["year"] or found["rest"], day_first)
        if inner:
            doubt = "The cell names a part of it; no day or month is made up"
            return Moment(inner.text, inner.doubt or doubt, inner.rule or "imprecise-date")
    if found := _patterns()["about"].fullmatch(text):
        inner = moment_in(found["before"] or found["after"], day_first)
        if inner:
            return Moment(inner.text, inner.doubt or "The cell says that it is not certain", "about-a-date")
    return None


def _quarter(written: str) -> int:
    named = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "first": 1, "second": 2, "third": 3, "fourth": 4}
    return named.get(written) or int(written[0])


def _century(year: str) -> str:
    return f"20{year}" if int(year) < _TWO_DIGITS else f"19{year}"


def _iso(text: str, year: str, month: str = "", day: str | None = "") -> str:
    try:
        return parse_date("-".join(part.zfill(2) for part in (year, month, day) if part)).text
    except BadInput:
        raise NoSuchDate(f"There is no such date: “{text}”.") from None


def is_open_end(text: str) -> bool:
    """Whether a text says that there is no end yet: "ongoing", "to date"."""
    return word_key(text).strip(" .") in words("date_words", "open_end")
