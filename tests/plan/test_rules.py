"""Pure decisions of the plan room, on values a reader can check by hand."""

import pytest

from concord.kernel.errors import BadInput
from concord.plan.matrix import (
    MET,
    NONE_REPORTED,
    NOT_STATED,
    PARTLY,
    PLANNED,
    SECURED,
    UNDER_WAY,
    cell_word,
    support_sentences,
)
from concord.plan.rules import (
    Held,
    MeasureTopics,
    Verdict,
    clean_action_value,
    encode,
    judge,
    need_counts_in,
    period_of,
    propose_measures,
    stands_in,
)


def held(chosen: str | None, last_sent: str | None, *, from_source: bool = True) -> Held:
    return Held(
        chosen=None if chosen is None else encode(chosen),
        last_sent=None if last_sent is None else encode(last_sent),
        chosen_is_from_source=from_source,
    )


@pytest.mark.parametrize(
    ("new", "what", "verdict"),
    [
        ("2019", held("2019", "2019"), Verdict.SAME),
        ("2020", held("2019", "2019"), Verdict.CHANGED),
        ("2019", held("2020", "2019", from_source=False), Verdict.SAME),  # a person amended it since
        ("2021", held("2020", "2019", from_source=False), Verdict.CONFLICT),
        ("2020", held("2020", "2019", from_source=False), Verdict.SAME),  # the source follows the person
        ("", held("2020", None, from_source=False), Verdict.SAME),  # a cell that was always empty
        ("", held("2019", "2019"), Verdict.CHANGED),  # a cell that was emptied
        ("2019", held(None, None), Verdict.CHANGED),
        ("", held(None, None), Verdict.SAME),
    ],
)
def test_a_resent_value_is_judged_against_its_own_source_and_the_plan(new, what, verdict):
    assert judge(encode(new), what) is verdict


def measure(pk: int, topics: set[str], approach: str = "respond") -> MeasureTopics:
    return MeasureTopics(pk, approach, frozenset(topics), order=pk)


def test_the_main_measure_has_most_topics_in_common_then_fewest_topics_then_comes_first():
    broad = measure(1, {"firearms", "drugs", "customs"})
    narrow = measure(2, {"firearms"})
    narrow_later = measure(3, {"firearms"})
    two = measure(4, {"drugs", "customs"})

    assert [m.pk for m in propose_measures(["drugs", "customs"], [broad, narrow, two])] == [4, 1]
    assert [m.pk for m in propose_measures(["firearms"], [broad, narrow, narrow_later])] == [2, 3, 1]
    assert propose_measures(["asylum"], [broad, narrow, two]) == []


def test_a_record_has_one_main_and_at_most_two_linked_measures():
    many = [measure(number, {"firearms"}) for number in range(1, 6)]
    assert [m.pk for m in propose_measures(["firearms"], many)] == [1, 2, 3]


def test_a_need_is_placed_among_the_measures_of_its_own_approach_else_among_all():
    prevent, respond = measure(1, {"drugs"}, "prevent"), measure(2, {"drugs"})
    assert [m.pk for m in propose_measures(["drugs"], [prevent, respond], approach="respond")] == [2]
    assert [m.pk for m in propose_measures(["drugs"], [prevent], approach="respond")] == [1]


@pytest.mark.parametrize(
    ("start", "end", "status", "stands"),
    [
        ("2018", "2019", "", True),
        ("2016", "2017-12-31", "", False),
        ("2016", "2018-01-01", "", True),
        ("2015", "", "", True),  # a start alone runs three years from its last day: to 30 December 2018
        ("2014", "", "", False),
        ("", "", "", True),  # no date: possibly
        ("", "2022", "", True),  # an end alone began three years before
        ("2021", "2023", "", False),
    ],
)
def test_an_action_stands_in_a_plan_whose_years_its_period_may_meet(start, end, status, stands):
    assert stands_in(period_of(start, end, status), 2018, 2020) is stands


def test_a_need_counts_from_the_year_it_was_stated_and_without_a_year_in_every_plan():
    assert need_counts_in("2020", 2020)
    assert not need_counts_in("2021", 2020)
    assert need_counts_in("", 2020)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("start", "2019-02-31", "no such date"),
        ("funding", [{"amount": "-1", "currency": "EUR"}], "0 or more"),
        ("funding", [{"amount": "much", "currency": "EUR"}], "no amount"),
        ("funding", [{"amount": "1", "currency": "EURO"}], "ISO 4217"),
        ("participations", [{"role": "sponsor", "as_written": "X"}], "not a role"),
        ("participations", [{"role": "donor", "as_written": ""}], "names nobody"),
        ("status", "halted", "not a status"),
        ("colour", "blue", "no field"),
        ("title", "x" * 501, "longer than 500"),
        ("summary", "a\x00b", "NUL"),
    ],
)
def test_a_value_that_cannot_be_stored_is_refused_with_its_reason(field, value, said):
    with pytest.raises(BadInput, match=said):
        clean_action_value(field, value)


SECURED_LINE = {"amount": "1.00", "status": "secured", "status_inferred": False}
INFERRED_LINE = {"amount": "1.00", "status": "secured", "status_inferred": True}
PIPELINE_LINE = {"amount": "1.00", "status": "pipeline", "status_inferred": True}


def word(*answering: tuple[dict[str, object], str], **values: object) -> str:
    given = {"stated_on": "2018", "state": "not cleared", "state_since": "", "year": 2019} | values
    return cell_word(answering=answering, **given)  # type: ignore[arg-type]


def action(*lines: dict[str, object], status: str = "") -> dict[str, object]:
    return {"funding": list(lines), "status": status}


def test_a_cell_says_secured_only_in_the_sources_own_words():
    assert word((action(SECURED_LINE), "direct")) == SECURED
    assert word((action(INFERRED_LINE), "direct")) == UNDER_WAY
    assert word((action(PIPELINE_LINE), "direct")) == PLANNED
    assert word((action(status="planned"), "direct")) == PLANNED
    assert word((action(status="ongoing"), "direct")) == UNDER_WAY


def test_a_cell_says_partly_only_where_no_action_answers_the_need_directly():
    assert word((action(SECURED_LINE), "partly")) == PARTLY
    assert word((action(SECURED_LINE), "partly"), (action(), "direct")) == UNDER_WAY


def test_a_cell_follows_what_the_beneficiary_says_and_when_the_need_was_stated():
    assert word() == NONE_REPORTED
    assert word(state="met", state_since="2019-05-01") == MET
    assert word(stated_on="2020") == NOT_STATED
    assert word(stated_on="") == NONE_REPORTED
    assert word((action(), "direct"), state="closed", state_since="2018-05-01") == NOT_STATED
    assert word((action(), "direct"), state="closed", state_since="2019-05-01") == UNDER_WAY


def test_the_sentences_count_needs_not_cells():
    cells = [
        ("N1", NONE_REPORTED), ("N1", NOT_STATED), ("N2", PARTLY), ("N2", NONE_REPORTED), ("N3", SECURED),
    ]  # fmt: skip
    document = {
        "needs": [{"key": key} for key in ("N1", "N2", "N3")],
        "matrix": [{"need": need, "cell": cell} for need, cell in cells],
    }
    assert support_sentences(document) == {
        "needs": 3,
        "without_support": 1,
        "partly_only": 1,
        "without_secured_money": 2,
    }
