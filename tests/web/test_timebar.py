"""Where a period lies on the axis of a plan 2018-2020, which shows 2016 to 2022: seven years, 2557 days."""

import pytest

from concord.web.templatetags.concord_ui import named_few
from concord.web.timebar import axis_of, in_words, period_in_words, reckon_bar

AXIS = axis_of("2018", "2020")
DAYS = 2557


def test_the_axis_shows_two_years_around_the_plan():
    assert [year["year"] for year in AXIS.years] == [2016, 2017, 2018, 2019, 2020, 2021, 2022]
    assert [year["year"] for year in AXIS.years if year["within"]] == [2018, 2019, 2020]


def test_months_are_certain_between_their_inner_days_and_possible_to_their_outer_ones():
    """Sep 2018 may begin on the 30th and Jun 2020 end on the 1st; both days are included."""
    bar = reckon_bar("2018-09", "2020-06", AXIS)

    assert bar.certain.at == f"{100 * 1003 / DAYS:.2f}%"  # 366 + 365 + 272 days lie before 30 Sep 2018
    assert bar.certain.width == f"{100 * 611 / DAYS:.2f}%"  # 30 Sep 2018 to 1 Jun 2020
    assert bar.possible.at == f"{100 * 974 / DAYS:.2f}%"  # 1 Sep 2018
    assert not bar.runs_in
    assert not bar.runs_out


def test_a_start_alone_is_only_possible_for_three_years():
    bar = reckon_bar("2018-01-01", "", AXIS)

    assert bar.certain is None
    assert bar.possible.width == f"{100 * 1097 / DAYS:.2f}%"  # to 1 Jan 2021, included
    assert bar.words == "from 1 Jan 2018, end not reported"


def test_an_end_on_29_february_began_three_years_before():
    assert reckon_bar("", "2020-02-29", AXIS).possible.at == f"{100 * (366 + 58) / DAYS:.2f}%"  # 28 Feb 2017


def test_what_runs_beyond_the_axis_is_cut_and_pointed():
    bar = reckon_bar("2012", "2024", AXIS)

    assert (bar.possible.at, bar.possible.width) == ("0.00%", "100.00%")
    assert bar.runs_in
    assert bar.runs_out


@pytest.mark.parametrize(
    ("start", "end", "points"), [("2025", "2028", (False, True)), ("2009", "2011", (True, False))]
)
def test_what_lies_outside_is_only_pointed_at(start, end, points):
    bar = reckon_bar(start, end, AXIS)

    assert bar.possible is None
    assert (bar.runs_in, bar.runs_out) == points


def test_no_dates_draw_nothing_and_say_so():
    bar = reckon_bar("", "", AXIS)

    assert (bar.certain, bar.possible, bar.words) == (None, None, "dates not reported")


def test_an_overlap_of_years_may_have_no_certain_day():
    """2019 to 2019: it may have begun on the last day and ended on the first; no day is sure."""
    assert reckon_bar("2019", "2019", AXIS).certain is None


@pytest.mark.parametrize(
    ("text", "words"), [("2019", "2019"), ("2019-02", "Feb 2019"), ("2019-02-28", "28 Feb 2019"), ("", "")]
)
def test_dates_are_said_as_precisely_as_stated(text, words):
    assert in_words(text) == words


def test_periods_are_said_with_what_is_missing():
    assert period_in_words("2018", "2020-06") == "2018 to Jun 2020"
    assert period_in_words("", "2020") == "until 2020, start not reported"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["Germany"], "Germany"),
        (["Germany", "UK", "France"], "Germany, UK, France"),
        (["Germany", "UK", "France", "Norway"], "Germany, UK and 2 others"),
    ],
)
def test_long_lists_of_names_are_cut_where_it_saves_words(names, said):
    assert named_few(names) == said
