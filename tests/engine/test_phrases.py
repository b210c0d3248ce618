"""What two actions share, in phrases that an adviser accepts: true to both rows, and short."""

from typing import Any

import pytest

from concord.engine import find_relations
from concord.engine.phrases import deed, listed
from concord.engine.schemas import actions_table
from tests.engine.conftest import TODAY, action

WHERE = "Albania and Serbia"


def told(backend: Any, **both: tuple[Any, Any]) -> str:
    """The sentence about two actions that are alike but for the facts given, (of one, of the other)."""
    common = {
        "title": ("Courses for border police on forged documents",) * 2,
        "topics": (["document-security"],) * 2,
        "action_types": (["training"],) * 2,
        "beneficiaries": (["AL"],) * 2,
    } | both
    rows = [action(str(side), **{name: pair[side] for name, pair in common.items()}) for side in (0, 1)]
    (row,) = find_relations(actions_table(rows), backend=backend, today=TODAY).to_pylist()
    return str(row["evidence"])


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b", "c"], "a, b and c"),
        (["a", "b", "c", "d"], "a, b, c and d"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
    ],
)
def test_a_single_one_left_over_is_named_and_not_counted(items: list[str], said: str) -> None:
    assert listed(items) == said


@pytest.mark.parametrize(
    ("means", "targets", "said"),
    [
        (["Training"], ["border police", "police"], "train border police on firearms in Albania and Serbia"),
        (["Training"], [], "offer training on firearms in Albania and Serbia"),
        (["Training"], ["migrants"], "offer training on firearms in Albania and Serbia"),
        (["Equipment"], [], "offer equipment for firearms in Albania and Serbia"),
        (
            ["Training", "Equipment"],
            ["customs"],
            "offer training and equipment to customs officers on firearms",
        ),
        (["Legislation"], ["judges"], "work through legislation with judges on firearms"),
        ([], ["police"], "work with police on firearms in Albania and Serbia"),
    ],
)
def test_what_is_done_reads_as_english(means: list[str], targets: list[str], said: str) -> None:
    assert deed(means, targets, ["Firearms"], WHERE).startswith(said)


def test_months_are_counted_only_between_stated_dates(backend):
    stated = told(backend, start=("2019-01-01", "2019-07-01"), end=("2019-12-31", "2020-12-31"))
    half = told(backend, start=("2019-01-01", "2019-07-01"), end=("2019-12-31", None))
    apart = told(backend, start=("2012", "2019"), end=("2013", "2020"))
    guessed = told(backend, start=(None, "2019"), end=("2013", None))
    open_end = told(backend, start=("2012", "2019"))

    assert "6 months in common" in stated
    assert "perhaps at the same time, not all dates are reported" in half
    assert "60 months between them" in apart
    assert "60 months between them" in told(backend, start=(None, "2019"), end=("2013", "2020"))
    assert "60 months between them" in guessed
    assert "perhaps one after the other, not all dates are reported" in open_end


def test_years_in_a_text_are_no_reported_period(backend):
    said = told(backend, title=("Border police 2018 courses",) * 2, start=(None, "2018"), end=(None, "2019"))

    assert "in common" not in said
    assert said.endswith("period not reported for one; donor and implementer not reported for either")


def test_bodies_under_two_spellings_are_not_called_different(backend):
    said = told(
        backend,
        donors=(["Vlada Kraljevine Norveške"], ["Kingdom of Norway"]),
        implementers=(["UNDP"], ["UNDP"]),
    )

    assert "donors differ by name; same implementer: UNDP" in said


def test_a_programme_is_named_as_it_is_spelt_and_a_numeral_or_a_partner_is_none(backend):
    said = told(backend, title=("iPROCEEDS courses, HF III", "The iPROCEEDS courses under HF III"))
    partner = told(backend, title=("FRONTEX courses",) * 2, implementers=(["FRONTEX"], ["FRONTEX"]))

    assert "both name iPROCEEDS;" in said
    assert "both name" not in partner


def test_a_phase_that_only_one_states_says_nothing_of_an_overlap(backend):
    said = told(
        backend,
        title=("Courses for border police, phase 2", "Border officers learn to see forged documents"),
        donors=(["Norway"], ["Sweden"]),
        start=("2019", "2019"),
        end=("2020", "2020"),
    )

    assert said.startswith("Both train border police")
    assert "phase" not in said


def test_the_topic_that_says_none_fits_is_not_told(backend):
    assert "other" not in told(backend, topics=(["other"], ["other"]))
