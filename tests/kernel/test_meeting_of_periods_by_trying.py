"""The answer on two periods, compared with trying every pair of days that the texts can mean."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from concord.kernel.dates import ImpreciseDate, Meets, Period

FIRST, LAST = date(2019, 1, 1), date(2019, 4, 30)
DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
TEXTS = sorted({day.isoformat() for day in DAYS} | {day.isoformat()[:7] for day in DAYS})


def _possible_spans(start: ImpreciseDate, end: ImpreciseDate) -> list[tuple[date, date]]:
    """Every (first day, last day) that the two texts can mean together; corners suffice for what follows."""
    firsts, lasts = _days_of(start), _days_of(end)
    return [(first, last) for first in firsts for last in lasts if first <= last]


def _days_of(text: ImpreciseDate) -> list[date]:
    return [text.earliest + timedelta(days=day) for day in range((text.latest - text.earliest).days + 1)]


periods = st.tuples(st.sampled_from(TEXTS), st.sampled_from(TEXTS)).filter(
    lambda pair: ImpreciseDate(pair[1]).latest >= ImpreciseDate(pair[0]).earliest
)


@given(one=periods, other=periods)
def test_surely_possibly_and_no_are_what_trying_all_days_gives(one, other):
    left, right = ([ImpreciseDate(text) for text in pair] for pair in (one, other))
    extremes_left, extremes_right = _extremes(_possible_spans(*left)), _extremes(_possible_spans(*right))
    tried = {a <= d and c <= b for a, b in extremes_left for c, d in extremes_right}

    expected = {(True,): Meets.SURELY, (False,): Meets.NO}.get(tuple(tried), Meets.POSSIBLY)
    assert Period(*left).meets(Period(*right)) is expected


def _extremes(spans: list[tuple[date, date]]) -> set[tuple[date, date]]:
    """The spans that decide: the longest, and those with the latest first or the earliest last day."""
    latest_first, earliest_last = max(a for a, _ in spans), min(b for _, b in spans)
    longest = (min(a for a, _ in spans), max(b for _, b in spans))
    late = {span for span in spans if span[0] == latest_first}
    early = {span for span in spans if span[1] == earliest_last}
    return late | early | {longest}
