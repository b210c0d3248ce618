"""Dates as people write them: what is read, how precisely, and what is asked."""

import pytest

from concord.intake.problems import Severity
from concord.intake.readings.dates import day_first_in, end_after, read_dates


def said(reading):
    return (reading.said.severity.value, reading.said.rule) if reading.said else None


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("13.11.2015.", "2015-11-13"),
        ("13. 11. 2015", "2015-11-13"),
        ("13/11/2015", "2015-11-13"),
        ("11/13/2015", "2015-11-13"),
        ("2015/11/13", "2015-11-13"),
        ("2015-11-13 00:00:00", "2015-11-13"),
        ("November 2015", "2015-11"),
        ("13 November 2015", "2015-11-13"),
        ("20th of March 2019", "2019-03-20"),
        ("November 13, 2015", "2015-11-13"),
        ("13. novembar 2015. godine", "2015-11-13"),
        ("новембар 2015", "2015-11"),
        ("Nëntor 2015", "2015-11"),
        ("декември 2019", "2019-12"),
        ("studeni 2015.", "2015-11"),
        ("since 2015", "2015"),
        ("od 2015. godine", "2015"),
        ("2019.0", "2019"),
        ("1905-03-02", "1905-03-02"),
        ("tbc", ""),
        ("n/a", ""),
        ("–", ""),
    ],
)
def test_what_is_certain_is_read_without_a_question(text, start):
    reading = read_dates(text, "start")

    assert (reading.start, reading.end, said(reading)) == (start, "", None)


@pytest.mark.parametrize(
    ("text", "start", "rule", "shown"),
    [
        ("03/04/2019", "2019-04-03", "ambiguous-date", "3 April 2019"),
        ("13.11.15", "2015-11-13", "short-year", "13 November 2015"),
        ("Nov-15", "2015-11", "short-year", "November 2015"),
        ("43831", "2020-01-01", "date-as-number", "1 January 2020"),
        ("1905-07-12", "2020", "year-as-date", "2020"),
        ("Q3 2019", "2019", "imprecise-date", "2019"),
        ("III kvartal 2019", "2019", "imprecise-date", "2019"),
        ("spring 2020", "2020", "imprecise-date", "2020"),
        ("пролеће 2020", "2020", "imprecise-date", "2020"),
        ("mid-2019", "2019", "imprecise-date", "2019"),
        ("end of March 2020", "2020-03", "imprecise-date", "March 2020"),
        ("2019 (tbc)", "2019", "about-a-date", "2019"),
        ("2018-2020", "2018", "period-in-one-cell", "2018 to 2020"),
        ("13.11.2015; 14.12.2016", "2015-11-13", "several-dates", "13 November 2015"),
        ("June 2019 onwards", "2019-06", "date-in-text", "June 2019"),
    ],
)
def test_what_is_not_certain_is_a_question_with_the_reading_in_words(text, start, rule, shown):
    reading = read_dates(text, "start")

    assert reading.start == start, "never more precise than the cell"
    assert (said(reading), reading.said.reading) == (("question", rule), shown)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2018-2020", "2018", "2020"),
        ("2018 – 2020.", "2018", "2020"),
        ("2018/19", "2018", "2019"),
        ("2018-20", "2018", "2020"),
        ("2018-03 - 2019-05", "2018-03", "2019-05"),
        ("01/2018-12/2020", "2018-01", "2020-12"),
        ("March – May 2020", "2020-03", "2020-05"),
        ("1-15 March 2019", "2019-03-01", "2019-03-15"),
        ("01.01.-31.12.2019", "2019-01-01", "2019-12-31"),
        ("od 01.01.2018. do 31.12.2020. godine", "2018-01-01", "2020-12-31"),
        ("2018 to 2020", "2018", "2020"),
        ("2018 - ongoing", "2018", ""),
        ("2019", "2019", "2019"),
    ],
)
def test_a_column_of_periods_states_both_ends(text, start, end):
    reading = read_dates(text, "period")

    assert (reading.start, reading.end, said(reading)) == (start, end, None)
    assert reading.ongoing is (end == "")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [("Q3 2019", "2019-07", "2019-09"), ("Q1-Q3 2019", "2019-01", "2019-09")],
)
def test_quarters_that_are_the_whole_period_are_its_months_and_are_asked(text, start, end):
    reading = read_dates(text, "period")

    assert (reading.start, reading.end, said(reading)) == (start, end, ("question", "imprecise-date"))


def test_two_dates_in_the_cell_of_the_end_mean_the_later_one():
    reading = read_dates("31.12.2019 (extended to 30.06.2020)", "end")

    assert (reading.end, said(reading)) == ("2020-06-30", ("question", "several-dates"))


@pytest.mark.parametrize("text", ["ongoing", "to date", "u toku", "У току", "në vazhdim", "present"])
def test_words_for_an_open_end_state_no_end(text):
    reading = read_dates(text, "end")

    assert (reading.end, reading.ongoing, said(reading)) == ("", True, None)


@pytest.mark.parametrize(("text", "months"), [("36 months", 36), ("3 years", 36), ("24 mjeseca", 24)])
def test_durations_are_counted_in_months(text, months):
    assert read_dates(text, "end").months == months


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [("2018-03", 24, "2020-02"), ("2018-03-15", 12, "2019-02"), ("2018", 36, "2020"), ("2018", 6, "2018")],
)
def test_the_end_of_a_duration_is_as_precise_as_its_start(start, months, end):
    assert end_after(start, months) == end


@pytest.mark.parametrize(
    "text",
    [
        "31.02.2019",
        "2019-13",
        "2019-02-30",
        "next spring",
        "spring",
        "lots",
        "2019-13-45",
        "31.02.2019 - 2020",
    ],
)
def test_what_is_no_date_stays_an_error(text):
    reading = read_dates(text, "start")

    assert reading.said.severity is Severity.ERROR
    assert (reading.said.rule, reading.start) == ("no-such-date", "")


def test_an_end_before_its_start_in_one_cell_is_an_error():
    assert said(read_dates("2020-2018", "period")) == ("error", "end-before-start")


def test_a_column_shows_whether_the_day_comes_first():
    assert day_first_in(["03/04/2019", "25/12/2018"]) is True
    assert day_first_in(["03/04/2019", "12/25/2018"]) is False
    assert day_first_in(["03/04/2019"]) is None
    assert day_first_in(["25/12/2018", "12/25/2018"]) is None
    assert said(read_dates("03/04/2019", "start", True)) is None
    assert read_dates("03/04/2019", "start", False).start == "2019-03-04"
