"""Periods of actions as whole days, with what is assumed where a date was not stated."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import numpy as np

from concord.engine.texts import plain
from concord.kernel.dates import parse_date
from concord.kernel.errors import BadInput

#: A start without an end: three years; an end without a start: three years before.
#: Source: relations-protocol.md.
ASSUMED_DAYS = 3 * 365
_UNKNOWN = np.iinfo(np.int32).min
#: Years that a text tells without writing one, the surest first. Sources: regulations (EC) 1085/2006,
#: (EU) 231/2014 and (EU) 2021/1529 on pre-accession assistance, (EU) 230/2014 on the Instrument contributing
#: to Stability and Peace; the three periods of the Horizontal Facility; the pandemic of 2020.
_ERAS: tuple[tuple[re.Pattern[str], tuple[int, int]], ...] = tuple(
    (re.compile(rf"\b(?:{words})\b"), years)
    for words, years in (
        (r"horizontal facility (?:iii|3)|hf iii", (2023, 2026)),
        (r"horizontal facility (?:ii|2)|hf ii", (2019, 2022)),
        (r"horizontal facility", (2016, 2019)),
        (r"covid\w*|pandemic", (2020, 2022)),
        (r"ipa iii|third pre-accession", (2021, 2027)),
        (r"ipa ii|second pre-accession", (2014, 2020)),
        (r"ipa i|first pre-accession", (2007, 2013)),
        (r"instrument contributing to stability", (2014, 2020)),
    )
)
_YEARS = re.compile(r"(?<![\d/.])(20[0-3]\d)(?:\s?[-–/]\s?(20[0-3]\d|\d\d)(?!\d|[-/.]\d))?(?!\d)")


@lru_cache(maxsize=100_000)
def days_of(text: str | None) -> tuple[int, int] | None:
    """First and last day a stated date may mean, as ordinals; None if nothing readable is stated."""
    if not text:
        return None
    try:
        stated = parse_date(text)
    except BadInput:
        return None
    return stated.earliest.toordinal(), stated.latest.toordinal()


def years_in(text: str) -> tuple[int, int] | None:
    """First and last year written in a text ("2016-2018", "IPA 2010"), or None."""
    years: list[int] = []
    for first, last in _YEARS.findall(text):
        years.append(int(first))
        if len(last) == 4:
            years.append(int(last))
        elif last and int(last) > int(first) % 100:  # "2016-18"; "2016-10" is a month
            years.append(2000 + int(last))
    return (min(years), max(years)) if years else None


def era_of(text: str) -> tuple[int, int] | None:
    """First and last year of the programme or event that a text without any year speaks of, or None."""
    folded = plain(text)
    return next((years for words, years in _ERAS if words.search(folded)), None)


class Periods:
    """Day bounds of many actions, arrays in the actions' order.

    first, last: ordinals, both included, with the assumptions above (and years found in the text, else its
    era, where no date is stated); has_start, has_end: whether stated; known: whether anything at all is
    known.
    """

    def __init__(
        self,
        starts: Sequence[str | None],
        ends: Sequence[str | None],
        texts: Sequence[str],
        ongoing: Sequence[bool],
        today: date,
    ) -> None:
        size = len(starts)
        self.first = np.full(size, _UNKNOWN, dtype=np.int64)
        self.last = np.full(size, _UNKNOWN, dtype=np.int64)
        self.has_start = np.zeros(size, dtype=bool)
        self.has_end = np.zeros(size, dtype=bool)
        self.known = np.zeros(size, dtype=bool)
        for place in range(size):
            self._place(
                place, days_of(starts[place]), days_of(ends[place]), texts[place], ongoing[place], today
            )

    @classmethod
    def of_arrays(cls, **arrays: np.ndarray) -> Periods:
        """Periods that were read before: all five arrays by name."""
        periods = cls([], [], [], [], date.min)
        vars(periods).update(arrays)
        return periods

    def _place(
        self,
        place: int,
        start: tuple[int, int] | None,
        end: tuple[int, int] | None,
        text: str,
        ongoing: bool,
        today: date,
    ) -> None:
        self.has_start[place], self.has_end[place] = start is not None, end is not None
        self.known[place] = bool(start or end)
        if start and end:
            self.first[place], self.last[place] = start[0], max(end[1], start[0])
        elif start:
            assumed = start[0] + ASSUMED_DAYS - 1
            self.first[place], self.last[place] = (
                start[0],
                max(assumed, today.toordinal()) if ongoing else assumed,
            )
        elif end:
            self.first[place], self.last[place] = end[1] - ASSUMED_DAYS + 1, end[1]
        elif years := years_in(text) or era_of(text):
            self.first[place] = date(years[0], 1, 1).toordinal()
            # One year alone is when it began or was decided; work takes the years that follow.
            last = date(years[1] + (2 if years[0] == years[1] else 0), 12, 31).toordinal()
            self.last[place] = max(last, today.toordinal()) if ongoing else last

    @property
    def dated(self) -> np.ndarray:
        """Whether the period is stated or could be read from the text."""
        return np.asarray(self.first != _UNKNOWN)
