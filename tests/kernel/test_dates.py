"""Dates as precise as stated, and whether two periods meet. Every case can be checked by hand."""

from datetime import date

import pytest
import time_machine

from concord.kernel.dates import ImpreciseDate, Meets, Period, parse_date
from concord.kernel.errors import BadInput


def a_period(start: str = "", end: str = "", *, ongoing: bool = False, today: date | None = None) -> Period:
    return Period(
        parse_date(start) if start else None, parse_date(end) if end else None, ongoing=ongoing, today=today
    )


@pytest.mark.parametrize(
    ("text", "stored", "earliest", "latest"),
    [
        ("2019", "2019", date(2019, 1, 1), date(2019, 12, 31)),
        ("2019-02", "2019-02", date(2019, 2, 1), date(2019, 2, 28)),
        ("2020-02", "2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2019-02-28", "2019-02-28", date(2019, 2, 28), date(2019, 2, 28)),
        (" 2019 ", "2019", date(2019, 1, 1), date(2019, 12, 31)),
        ("31.12.2019", "2019-12-31", date(2019, 12, 31), date(2019, 12, 31)),
        ("1.2.2019.", "2019-02-01", date(2019, 2, 1), date(2019, 2, 1)),
        ("1. 2. 2019", "2019-02-01", date(2019, 2, 1), date(2019, 2, 1)),
        ("12/2019", "2019-12", date(2019, 12, 1), date(2019, 12, 31)),
        ("3.2019", "2019-03", date(2019, 3, 1), date(2019, 3, 31)),
        ("29.02.2020", "2020-02-29", date(2020, 2, 29), date(2020, 2, 29)),
    ],
)
def test_a_date_stays_as_precise_as_it_was_stated(text, stored, earliest, latest):
    read = parse_date(text)

    assert (read.text, read.earliest, read.latest) == (stored, earliest, latest)
    assert str(read) == stored


@pytest.mark.parametrize(
    "text",
    [
        "31.02.2019",
        "29.02.2019",
        "2019-02-30",
        "2019-13",
        "2019-00",
        "00.01.2019",
        "13/2019",
        "0000",
        "1899",
        "2200",
        "03/04/2019",
        "19",
        "2019-2",
        "2019/2021",
        "2019?",
        "Q1 2019",
        "spring 2019",
        "",
        "٢٠١٩",
    ],
)
def test_what_is_no_date_is_refused(text):
    with pytest.raises(BadInput):
        parse_date(text)


@pytest.mark.parametrize("text", ["31.12.2019", "2019-02-30", "2019-1", " 2019"])
def test_an_imprecise_date_takes_its_own_form_alone(text):
    with pytest.raises(BadInput):
        ImpreciseDate(text)


def test_a_refused_date_says_how_to_write_one():
    with pytest.raises(BadInput, match=r"“spring” is not a date\. Write a year"):
        parse_date("spring")
    with pytest.raises(BadInput, match=r"There is no such date: “31\.02\.2019”"):
        parse_date("31.02.2019")


@pytest.mark.parametrize(
    ("one", "other", "meets"),
    [
        # days, both ends included
        (("2019-01-01", "2019-06-30"), ("2019-06-30", "2019-12-31"), Meets.SURELY),
        (("2019-01-01", "2019-06-30"), ("2019-07-01", "2019-12-31"), Meets.NO),
        (("2019-06-30", "2019-06-30"), ("2019-06-30", "2019-06-30"), Meets.SURELY),
        (("2018", "2020"), ("2019-05-05", "2019-05-05"), Meets.SURELY),
        # months: the end of the one month may be before the day in it
        (("2019-01", "2019-06"), ("2019-06-15", "2019-08"), Meets.POSSIBLY),
        (("2019-01", "2019-06"), ("2019-06", "2019-08"), Meets.POSSIBLY),
        (("2019-01", "2019-06"), ("2019-07", "2019-08"), Meets.NO),
        (("2019-01", "2019-07"), ("2019-06", "2019-08"), Meets.SURELY),
        # years
        (("2017", "2019"), ("2019", "2021"), Meets.POSSIBLY),
        (("2017", "2020"), ("2019", "2021"), Meets.SURELY),
        (("2017", "2018"), ("2019", "2021"), Meets.NO),
        (("2019", "2019"), ("2019", "2019"), Meets.POSSIBLY),
        # against a plan, which is precise
        (("2019", "2019"), ("2018-01-01", "2020-12-31"), Meets.SURELY),
        (("2020", "2021"), ("2018-01-01", "2020-12-31"), Meets.SURELY),
        (("2015", "2018"), ("2018-01-01", "2020-12-31"), Meets.SURELY),
        (("2015", "2017"), ("2018-01-01", "2020-12-31"), Meets.NO),
        (("2021", "2023"), ("2018-01-01", "2020-12-31"), Meets.NO),
        # it began in June, so its end is in June or later
        (("2019-06", "2019"), ("2019-06-30", "2019-06-30"), Meets.POSSIBLY),
        (("2019-06", "2019"), ("2019-05-31", "2019-05-31"), Meets.NO),
        (("2019-06", "2019"), ("2019-01-01", "2019-06-01"), Meets.POSSIBLY),
    ],
)
def test_periods_with_both_ends(one, other, meets):
    assert a_period(*one).meets(a_period(*other)) is meets
    assert a_period(*other).meets(a_period(*one)) is meets


@pytest.mark.parametrize(
    ("start", "plan", "meets"),
    [
        ("2018-01-01", ("2018-01-01", "2020-12-31"), Meets.SURELY),
        ("2018-01-01", ("2020-12-31", "2021-12-31"), Meets.POSSIBLY),
        ("2018-01-01", ("2021-01-01", "2023-12-31"), Meets.NO),
        ("2018-01-02", ("2021-01-01", "2023-12-31"), Meets.POSSIBLY),
        ("2018", ("2018-01-01", "2020-12-31"), Meets.SURELY),
        ("2018", ("2021-01-01", "2023-12-31"), Meets.POSSIBLY),  # if it began in December
        ("2018", ("2022-01-01", "2023-12-31"), Meets.NO),
        ("2021-01-01", ("2018-01-01", "2020-12-31"), Meets.NO),
        ("2020-02-29", ("2023-02-28", "2023-12-31"), Meets.POSSIBLY),
        ("2020-02-29", ("2023-03-01", "2023-12-31"), Meets.NO),
    ],
)
def test_a_start_alone_runs_three_years(start, plan, meets):
    assert a_period(start).meets(a_period(*plan)) is meets


@pytest.mark.parametrize(
    ("end", "plan", "meets"),
    [
        ("2020-12-31", ("2018-01-01", "2020-12-31"), Meets.SURELY),
        ("2020-12-31", ("2015-01-01", "2018-01-01"), Meets.POSSIBLY),
        ("2020-12-31", ("2015-01-01", "2017-12-31"), Meets.NO),
        ("2020-12-30", ("2015-01-01", "2017-12-31"), Meets.POSSIBLY),
        ("2020", ("2018-01-01", "2020-12-31"), Meets.SURELY),
        ("2021-01-01", ("2018-01-01", "2020-12-31"), Meets.POSSIBLY),
        ("2017", ("2018-01-01", "2020-12-31"), Meets.NO),
        ("2020-02-29", ("2010-01-01", "2017-03-01"), Meets.POSSIBLY),
        ("2020-02-29", ("2010-01-01", "2017-02-28"), Meets.NO),
    ],
)
def test_an_end_alone_began_three_years_before(end, plan, meets):
    assert a_period("", end).meets(a_period(*plan)) is meets


def test_while_ongoing_a_start_alone_runs_at_least_to_today():
    next_plan = a_period("2021-01-01", "2023-12-31")
    started = {"start": "2015", "today": date(2021, 1, 1)}

    assert a_period(**started).meets(next_plan) is Meets.NO
    assert a_period(**started, ongoing=True).meets(next_plan) is Meets.POSSIBLY
    assert a_period("2015", ongoing=True, today=date(2020, 12, 31)).meets(next_plan) is Meets.NO


def test_ongoing_never_shortens_the_three_years_nor_moves_a_stated_end():
    assert a_period("2019-01-01", ongoing=True, today=date(2019, 6, 1)).latest == date(2021, 12, 31)
    assert a_period("2015", "2017", ongoing=True, today=date(2021, 1, 1)).latest == date(2017, 12, 31)


def test_today_comes_from_the_clock_where_it_is_not_given():
    with time_machine.travel("2024-05-06 12:00:00+00:00"):
        assert a_period("2015", ongoing=True).latest == date(2024, 5, 6)


@pytest.mark.parametrize("other", [("", ""), ("2019", ""), ("", "2019"), ("2019", "2020")])
def test_no_date_at_all_meets_possibly(other):
    assert a_period().meets(a_period(*other)) is Meets.POSSIBLY
    assert a_period(*other).meets(a_period()) is Meets.POSSIBLY
    assert a_period(ongoing=True).meets(a_period(*other)) is Meets.POSSIBLY


def test_the_ends_of_a_period_are_the_widest_that_it_can_have():
    assert (a_period("2019", "2020").earliest, a_period("2019", "2020").latest) == (
        date(2019, 1, 1),
        date(2020, 12, 31),
    )
    assert a_period("2019-03-01").latest == date(2022, 2, 28)
    assert a_period("", "2019-12-31").earliest == date(2017, 1, 1)
    assert (a_period().earliest, a_period().latest) == (None, None)


@pytest.mark.parametrize(
    ("start", "end"), [("2020", "2019"), ("2019-03", "2019-02"), ("2019-03-02", "2019-03-01")]
)
def test_an_end_before_the_start_is_refused(start, end):
    with pytest.raises(BadInput, match="lies before the start"):
        a_period(start, end)


@pytest.mark.parametrize(("start", "end"), [("2019", "2019"), ("2019-06", "2019"), ("2019", "2019-01-01")])
def test_an_end_that_may_be_after_the_start_is_taken(start, end):
    assert a_period(start, end).latest
