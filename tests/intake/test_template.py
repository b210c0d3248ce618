"""What the template writes reads as the same values again, whatever they hold."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.intake.context import Context
from concord.intake.formats.parts import Row, Sheet
from concord.intake.mapping import map_sheets
from concord.intake.problems import Severity
from concord.intake.row_reader import RowReader, candidates_in
from concord.intake.template import (
    Spelling,
    action_cells,
    join_list,
    join_records,
    need_cells,
    recorded_values,
    split_key,
    split_list,
    split_records,
)
from concord.intake.values import action_fields, need_fields
from concord.intake.vocabulary import is_not_stated
from concord.kernel.codelists import TOPICS
from concord.kernel.names import fold
from concord.plan.rules import (
    FUNDING_STATUSES,
    PARTICIPATION_ROLES,
    clean_action_value,
    clean_need_value,
)

KEY = "K7M2P9XW"
SHORT = {"AL": "ALB", "BA": "BIH", "XK": "KOS*", "MK": "MKD"}
CONTEXT = Context(
    served={code: code for code in SHORT},
    short_forms={short.casefold().rstrip("*"): code for code, short in SHORT.items()}
    | {code.casefold(): code for code in SHORT},
    pillars=("WBCSCi", "WBCTi"),
    donors={f"Donor A [{KEY}]": (KEY, ""), "European Union (IPA 2019)": ("", "IPA 2019")},
    organisations={f"Donor A [{KEY}]": KEY, f"[{KEY}]": KEY},
    needs={"n1": "N1N1N1N1", "N1N1N1N1": "N1N1N1N1"},
)
SPELLING = Spelling(
    instrument=lambda donor: CONTEXT.donors.get(donor, ("", ""))[1],
    place=lambda code: SHORT.get(code, code),
    need=lambda key: f"N1: police lack vehicles [{key}]",
)


def _says_a_name(text: str) -> bool:
    """Neither a share nor a word for "nothing": those are never stored as an organisation's name."""
    return "%" not in text and not is_not_stated(text)


CODES_AND_NAMES = {fold(text) for item in TOPICS.items() for text in item}  # read as the code
letters = st.characters(exclude_categories=("Cs", "Cc"), include_characters="\n\t;|\\[]")
texts = st.text(letters, max_size=30).map(str.strip)
filled = texts.filter(bool)
words = st.one_of(filled, st.sampled_from(["a;b", "a|b", "end\\", "two\nlines", "\\;", "; ;", "İstanbul ẞ"]))
other_topics = words.filter(lambda text: fold(text) not in CODES_AND_NAMES)
dates = st.sampled_from(["", "2019", "2019-02", "2019-02-28"])
people = st.sampled_from(["", "25"])
amounts = st.one_of(st.none(), st.decimals("0", "9999999999", places=2).map(str))
parties = st.one_of(
    words.filter(_says_a_name).map(lambda name: (name, None)),
    st.sampled_from([("Donor A", KEY), ("European Union (IPA 2019)", None)]),
)


@st.composite
def funding_lines(draw: Any) -> dict[str, Any]:
    name, key = draw(st.one_of(parties, st.just(("", None))))
    amount = draw(amounts)
    return {
        "donor": key,
        "donor_as_written": name,
        "amount": amount,
        "currency": draw(st.sampled_from(["EUR", "USD"] + ([""] if amount is None else []))),
        "status": draw(st.sampled_from(FUNDING_STATUSES)),
        "status_inferred": draw(st.booleans()),
        "instrument": draw(texts),
        "contract_number": draw(texts),
    }


@st.composite
def action_values(draw: Any) -> dict[str, Any]:
    values = {
        "title": draw(filled),
        "summary": draw(texts),
        "description": draw(texts),
        "notes": draw(texts),
        "source_url": draw(texts),
        "status": draw(st.sampled_from(["", "planned", "ongoing", "completed"])),
        "start": draw(dates),
        "end": draw(dates),
        "pillars": draw(st.lists(st.sampled_from(["WBCSCi", "WBCTi", "odd;one"]), unique=True)),
        "topics": draw(st.lists(st.one_of(st.sampled_from(["firearms", "border-security"]), other_topics))),
        "action_types": draw(st.lists(st.sampled_from(["training", "equipment", "a|b"]))),
        "beneficiaries": draw(st.lists(st.sampled_from([*SHORT, "TR"]))),
        "related_ids": draw(st.lists(words)),
        "answers_needs": draw(st.sampled_from([[], ["N1N1N1N1"]])),
        "participations": [
            {"role": role, "as_written": name, "organisation": key}
            for role, (name, key) in draw(
                st.lists(st.tuples(st.sampled_from(PARTICIPATION_ROLES), parties), unique=True, max_size=5)
            )
        ],
        "funding": draw(st.lists(funding_lines(), max_size=3)),
        "events": [
            dict(zip(("title", "start", "end", "place", "recipient", "people"), parts, strict=True))
            for parts in draw(st.lists(st.tuples(filled, dates, dates, texts, texts, people), max_size=2))
        ],
        "indicators": [
            dict(zip(("name", "unit", "baseline", "target"), parts, strict=True))
            for parts in draw(st.lists(st.tuples(filled, texts, texts, texts), max_size=2))
        ],
    }  # fmt: skip
    return {field: clean_action_value(field, value) for field, value in values.items()}


def read_again(cells: dict[str, str], holds: str = "actions") -> tuple[dict[str, Any], list[str]]:
    """The values that a file with these cells gives, and the errors that it has."""
    rows = [Row(1, tuple(cells)), Row(2, tuple(cells.values()))]
    mapping = map_sheets([Sheet("", rows)])
    (sheet,) = mapping.sheets
    reader = RowReader(sheet, sheet.rows[0], CONTEXT)
    values = (action_fields if holds == "actions" else need_fields)(reader, CONTEXT)
    clean = clean_action_value if holds == "actions" else clean_need_value
    errors = [
        p.message for p in reader.problems if p.severity is Severity.ERROR and p.rule != "end-before-start"
    ]
    return {field: clean(field, value) for field, value in values.items()}, errors


@given(action_values())
def test_an_action_reads_as_the_values_that_were_written(values):
    for spelling in (SPELLING, Spelling(instrument=SPELLING.instrument)):
        read, errors = read_again(action_cells(values, spelling))
        assert errors == []
        assert read == values


@given(
    st.fixed_dictionaries(
        {
            "statement": filled,
            "pillar": st.sampled_from(["", "WBCSCi"]),
            "kind": st.sampled_from(["", "legislative", "operational"]),
            "approach": st.sampled_from(["", "prevent"]),
            "priority": texts,
            "reference": texts,
            "stated_on": dates,
            "source_url": texts,
            "notes": texts,
            "topics": st.lists(other_topics),
            "beneficiaries": st.lists(st.sampled_from([*SHORT])),
        }
    )
)
def test_a_need_reads_as_the_values_that_were_written(values):
    values = {field: clean_need_value(field, value) for field, value in values.items()}

    read, errors = read_again(need_cells(values, SPELLING), "needs")

    assert (read, errors) == (values, [])


@given(st.lists(words, unique=True))
def test_a_list_is_what_was_joined(items):
    assert split_list(join_list(items)) == items


@given(st.lists(st.lists(texts, min_size=2, max_size=4).filter(lambda parts: parts[-1] != "")))
def test_records_are_what_was_joined(records):
    assert split_records(join_records(records)) == records


def test_a_list_as_people_write_it_is_read_as_before():
    assert split_list("Donor A;Donor B ;\nDonor A; AC\\DC") == ["Donor A", "Donor B", "AC\\DC"]


@pytest.mark.parametrize(
    ("text", "apart"),
    [
        ("Donor A [K7M2P9XW]", ("Donor A", "K7M2P9XW")),
        ("Donor A [project 12]", ("Donor A [project 12]", "")),
        ("Donor A", ("Donor A", "")),
        ("[K7M2P9XW]", ("", "K7M2P9XW")),
    ],
)
def test_a_key_stands_in_brackets_behind_a_name(text, apart):
    assert split_key(text) == apart


def test_a_key_that_no_organisation_has_is_part_of_the_name():
    read, _ = read_again({"title": "x", "donors": "Programme [20192021]"})

    assert read["participations"] == [
        {"role": "donor", "as_written": "Programme [20192021]", "organisation": None}
    ]


def a_line(**said: Any) -> dict[str, Any]:
    """A funding line of Donor B that its source states as secured."""
    line = {"donor": None, "donor_as_written": "Donor B", "amount": "750000.00", "currency": "EUR"}
    rest = {"status": "secured", "status_inferred": False, "instrument": "", "contract_number": ""}
    return line | rest | said


def test_funding_that_one_amount_says_stands_in_the_simple_columns():
    line = a_line(status_inferred=True)
    donor = {"role": "donor", "as_written": "Donor B", "organisation": None}

    cells = action_cells({"status": "ongoing", "participations": [donor], "funding": [line]})

    assert (cells["budget_amount"], cells["budget_currency"], cells["funding"]) == ("750000", "EUR", "")


def test_funding_that_says_more_stands_line_by_line():
    line = a_line(amount="750000.50", instrument="IcSP", contract_number="2019/1|2")

    cells = action_cells({"funding": [line, line | {"amount": None, "currency": "", "contract_number": ""}]})

    assert cells["budget_amount"] == ""
    assert cells["funding"] == (
        "Donor B | 750000.50 | EUR | secured | IcSP | 2019/1\\|2\nDonor B |  |  | secured | IcSP"
    )


def test_funding_lines_win_over_an_amount_that_differs_and_ask():
    cells = {"title": "x", "budget_amount": "5", "budget_currency": "EUR", "funding_lines": "A | 7 | EUR"}
    rows = [Row(1, tuple(cells)), Row(2, tuple(cells.values()))]
    (sheet,) = map_sheets([Sheet("", rows)]).sheets
    reader = RowReader(sheet, sheet.rows[0], CONTEXT)

    fields = action_fields(reader, CONTEXT)

    assert [line["amount"] for line in fields["funding"]] == ["7.00"]
    assert [(p.severity, p.rule) for p in reader.problems] == [(Severity.QUESTION, "amounts-differ")]


@pytest.mark.parametrize(
    ("column", "text", "rule"),
    [
        ("funding", "A | much | EUR", "no-amount"),
        ("funding", "A | -5 | EUR", "negative-amount"),
        ("funding", "A | 5", "amount-without-currency"),
        ("funding", "A | 5 | ZZZ", "unknown-currency"),
        ("funding", "A | 5 | EUR | perhaps", "unknown-status"),
        ("funding", "A | 5 | EUR | secured | x | y | z", "too-many-parts"),
        ("events", "Visit | 31.02.2019", "no-such-date"),
        ("events", "Visit | 2019 | 2019 | Here | Police | many", "no-number"),
        ("indicators", f"{'x' * 301}", "too-long"),
        ("answers_needs", "N99", "unknown-need"),
    ],
)
def test_a_cell_of_several_things_says_what_cannot_be_read(column, text, rule):
    rows = [Row(1, ("title", column)), Row(2, ("x", text))]
    (sheet,) = map_sheets([Sheet("", rows)]).sheets
    reader = RowReader(sheet, sheet.rows[0], CONTEXT)

    action_fields(reader, CONTEXT)

    assert [problem.rule for problem in reader.problems] == [rule]
    assert reader.problems[0].remedy


def test_a_documents_action_has_the_values_of_its_columns():
    action = {
        "title": "x", "start": None, "end": "2019", "status": "ongoing",
        "participations": [{"role": "donor", "organisation": KEY, "name": "Donor A", "as_written": "A"}],
        "funding": [a_line(status_inferred=True, amount="5.00") | {"donor": "Donor A"}],
        "events": [{"title": "Visit", "start": "2019", "end": "", "place": ""}],
        "indicators": [],
    }  # fmt: skip

    cells = action_cells(recorded_values(action), Spelling(organisation=lambda name, _key: name))

    assert cells["donors"] == "Donor A"
    assert (cells["budget_amount"], cells["budget_currency"]) == ("5", "EUR")
    assert cells["events"] == "Visit | 2019"
    assert cells["start"] == ""


def test_no_name_stands_where_a_file_of_ours_says_that_none_is_reported():
    rows = [Row(1, ("title", "donors")), Row(2, ("x", "not reported"))]
    (sheet,) = map_sheets([Sheet("", rows)]).sheets
    reader = RowReader(sheet, sheet.rows[0], CONTEXT)

    assert reader.organisations("donors") == candidates_in("not reported") == reader.parts("donors") == []
