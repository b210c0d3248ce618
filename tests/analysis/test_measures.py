"""What actions have in common, in days, money and words; every figure can be checked by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from concord.analysis.case_words import sentence
from concord.analysis.measures import (
    Span,
    at_stake,
    busy_days,
    months_of,
    most_at_stake,
    shared_by_all,
    shared_by_most,
    shared_days,
    span_of,
)
from concord.analysis.queries import CaseNumbers, said_time
from concord.analysis.rules import Stake

TODAY = date(2026, 11, 28)
NAMES = {"AL": "Albania", "RS": "Serbia", "XK": "Kosovo*"}


def span(first: str, last: str) -> Span:
    return Span(date.fromisoformat(first), date.fromisoformat(last))


def euro(amount: int) -> dict[str, Decimal]:
    return {"EUR": Decimal(amount)}


def test_shared_days_count_both_ends() -> None:
    june, july = span("2026-06-01", "2026-06-30"), span("2026-06-30", "2026-07-29")

    assert shared_days(june, july) == 1
    assert shared_days(june, span("2026-07-01", "2026-07-02")) == 0
    assert shared_days(june, None) is None


def test_money_at_stake_is_the_smaller_budget_over_the_common_days() -> None:
    """One shared day of 30 each: 3,000 euro make 100 a day, 1,510 make 50.33, rounded down to 50."""
    june, july = span("2026-06-01", "2026-06-30"), span("2026-06-30", "2026-07-29")

    assert at_stake(euro(3_000), euro(1_510), (june, july)) == Stake(Decimal(50), "EUR")


@pytest.mark.parametrize(
    ("a", "b", "spans"),
    [
        (euro(5), {"USD": Decimal(5)}, (span("2026-06-01", "2026-06-30"), span("2026-06-01", "2026-06-30"))),
        (euro(5), {}, (span("2026-06-01", "2026-06-30"), span("2026-06-01", "2026-06-30"))),
        (euro(5), euro(5), (span("2026-06-01", "2026-06-30"), span("2027-06-01", "2027-06-30"))),
        (euro(5), euro(5), (None, span("2027-06-01", "2027-06-30"))),
    ],
)
def test_no_money_is_at_stake_where_it_cannot_be_said(a: Any, b: Any, spans: Any) -> None:
    assert at_stake(a, b, spans) is None


def test_the_most_at_stake_is_of_the_commonest_currency() -> None:
    stakes = [Stake(Decimal(900), "USD"), Stake(Decimal(5), "EUR"), None, Stake(Decimal(7), "EUR")]

    assert most_at_stake(stakes) == Stake(Decimal(7), "EUR")
    assert most_at_stake([None]) is None


def test_busy_days_are_those_on_which_at_least_two_run() -> None:
    """June and the last ten days of June and July: ten days; a third action in August adds nothing."""
    spans = [
        span("2026-06-01", "2026-06-30"),
        span("2026-06-21", "2026-07-31"),
        span("2026-08-01", "2026-08-02"),
    ]

    assert busy_days([*spans, None]) == 10
    assert busy_days([]) == 0
    assert (months_of(365), months_of(15), months_of(14)) == (12, 0, 0)


def test_an_imprecise_date_is_read_as_widely_as_it_can_be_meant() -> None:
    assert span_of("2019", "2020-02", "", on=TODAY) == span("2019-01-01", "2020-02-29")
    assert span_of("2025", "", "ongoing", on=TODAY) == span("2025-01-01", "2028-12-30")
    assert span_of("", "", "planned", on=TODAY) is None


def test_what_all_or_most_lists_name() -> None:
    lists = [["a", "b"], ["b", "a", "c"], ["a"], []]

    assert shared_by_all(lists) == ["a"]
    assert shared_by_most(lists) == ["a", "b"]
    assert shared_by_most([]) == []


def row(**values: Any) -> dict[str, Any]:
    return {
        "title": "Training of border police",
        "summary": "",
        "topics": ["document-security"],
        "action_types": ["training"],
        "beneficiaries": ["AL", "RS"],
        "start": "2018",
        "end": "2020",
        "status": "",
    } | values


def test_a_case_is_told_in_one_sentence() -> None:
    rows = [row(), row(), row(start="2019"), row(beneficiaries=["AL", "RS", "XK"]), row()]

    assert sentence(rows, "overlap", names=NAMES) == (
        "Five actions train border police on document security in Albania and Serbia between 2018 and 2020."
    )


@pytest.mark.parametrize(
    ("sort", "said"),
    [
        ("duplicate", "Three records may tell of one action: they train border police on document security"),
        ("continuation", "Three actions may follow each other: they train border police"),
        ("synergy", "Three actions could gain from each other: they train border police"),
    ],
)
def test_the_sentence_says_what_is_asked(sort: str, said: str) -> None:
    assert sentence([row(), row(), row()], sort, names=NAMES).startswith(said)


def test_what_only_most_share_and_what_is_not_dated_is_said() -> None:
    rows = [row(), row(start="", end=""), row(action_types=["equipment"])]

    said = sentence(rows, "overlap", names=NAMES)

    assert said.startswith("Three actions, most of which train border police")
    assert said.endswith("between 2018 and 2020, as far as they state dates.")


def test_years_that_nobody_states_are_not_told() -> None:
    """A start alone is reckoned with three years, and ongoing work to today; neither is said."""
    begun = [row(start="2018", end=""), row(start="1996", end="", status="ongoing")]
    over = [row(start="", end="2014"), row(start="", end="")]

    assert sentence(begun, "overlap", names=NAMES).endswith(" from 1996 on, as far as they state dates.")
    assert sentence(over, "overlap", names=NAMES).endswith(" until 2014, as far as they state dates.")


def test_a_sentence_about_actions_that_say_nothing_is_still_one() -> None:
    empty = row(title="X", topics=[], action_types=[], beneficiaries=[], start="", end="")

    assert sentence([empty, empty, empty], "overlap", names=NAMES) == (
        "Three actions work; none of them states a date."
    )


def test_whom_work_is_for_is_not_told_as_whom_it_trains() -> None:
    rows = [row(title="Training on migrants and victims", topics=["trafficking-in-human-beings"])] * 3

    assert "train migrants" not in sentence(rows, "overlap", names=NAMES)


def test_a_case_whose_actions_never_meet_is_not_said_to_run_together_for_no_month() -> None:
    """Nothing in common is said in words, and so is that some state no date."""
    apart = CaseNumbers((), 0, 2, (), None, 0, ())
    one = CaseNumbers((), 31, 1, (), None, 0, ())

    assert said_time(apart) == "no two are known to run at the same time; 2 state no date"
    assert said_time(one) == "1 month in which at least two of them run; 1 states no date"
