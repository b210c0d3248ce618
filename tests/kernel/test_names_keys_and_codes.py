"""Names as written, keys, and the code lists."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concord.kernel.codelists import (
    ACTION_TYPES,
    CURRENCIES,
    KINDS,
    KOSOVO_FOOTNOTE,
    NAMING_TABLE,
    ORGANISATION_KINDS,
    PLACES,
    TOPICS,
    name_of_action_type,
    name_of_topic,
)
from concord.kernel.keys import ALPHABET, is_key, new_key
from concord.kernel.names import fold


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("European  Union ", "european union"),
        ("Ministarstvo unutrašnjih poslova", "MINISTARSTVO UNUTRASNJIH POSLOVA"),
        ("Đorđe", "dorde"),
        ("Türkiye", "Turkiye"),
        ("Straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("DCAF – Geneva", "DCAF - Geneva"),
        ("NI-CO", "NI CO"),
        ("Children’s Fund", "Children's Fund"),
        ("“Help”", '"Help"'),
        ("Euro\u00adpol\u200b", "Europol"),
        ("e\u0301cole", "\u00e9cole"),
        ("Европска унија", "ЕВРОПСКА УНИЈА"),
        ("ﬁnance", "finance"),
        ("a\u00a0b\tc", "a b c"),
    ],
)
def test_names_that_people_take_for_the_same_fold_to_the_same(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("UNDP", "UNODC"), ("USAID", "US AID"), ("A & B", "A and B")])
def test_names_that_differ_stay_different(one, other):
    assert fold(one) != fold(other)


@pytest.mark.parametrize("text", ["", "  ", "\u200b", "–"])
def test_what_holds_no_letter_folds_to_nothing(text):
    assert fold(text) == ""


def test_folding_twice_changes_nothing():
    for text in ("Đorđe – Škola", "Straße", "İstanbul", "ŒUVRE"):
        assert fold(fold(text)) == fold(text)


def test_keys_are_random_and_readable():
    keys = {new_key() for _ in range(500)}

    assert len(keys) == 500
    assert all(is_key(key) for key in keys)
    assert not set("ILOU") & set(ALPHABET)


@pytest.mark.parametrize("text", ["", "7ZK4M2P", "7ZK4M2PQX", "7zk4m2pq", "7ZK4M2PI", "7ZK4 2PQ"])
def test_what_has_not_the_form_of_a_key_is_none(text):
    assert not is_key(text)


def test_the_naming_table_holds_the_six_in_their_order():
    assert [(line.code, line.short) for line in NAMING_TABLE] == [
        ("AL", "ALB"),
        ("BA", "BIH"),
        ("XK", "KOS*"),
        ("ME", "MNE"),
        ("MK", "MKD"),
        ("RS", "SRB"),
    ]
    assert [line.order for line in NAMING_TABLE] == [1, 2, 3, 4, 5, 6]
    assert [line.name for line in NAMING_TABLE if line.footnote == KOSOVO_FOOTNOTE] == ["Kosovo*"]


def test_places_are_iso_3166_and_kosovo_named_as_in_the_naming_table():
    assert PLACES["XK"] == "Kosovo*"
    assert PLACES["MK"] == "North Macedonia"
    assert PLACES["SE"] == "Sweden"
    assert len(PLACES) == 250


def test_currencies_are_iso_4217():
    assert {"EUR", "USD", "CHF", "BAM", "ALL", "RSD", "MKD"} <= CURRENCIES
    assert "EURO" not in CURRENCIES
    assert "DEM" not in CURRENCIES


def test_every_code_has_a_readable_name_and_other_codes_come_back_as_written():
    assert len(TOPICS) == 37
    assert len(ACTION_TYPES) == 10
    assert name_of_topic("trafficking-in-human-beings") == "Trafficking in human beings"
    assert name_of_topic("space-law") == "space-law"
    assert name_of_action_type("advisory") == "Advisory support"
    assert name_of_action_type("juggling") == "juggling"


def test_the_code_lists_cover_the_demonstration():
    folder = Path(__file__).parents[2] / "concord/commands/demo/data"
    if not (folder / "western-balkans-actions.csv").exists():
        pytest.skip("the demonstration's files are not here")
    actions = _rows(folder / "western-balkans-actions.csv")
    bodies = _rows(folder / "western-balkans-organisations.csv")

    assert {topic for row in actions for topic in row["topics"].split(";") if topic} == set(TOPICS)
    assert {kind for row in actions for kind in row["action_types"].split(";") if kind} == set(ACTION_TYPES)
    assert {row["kind"] for row in bodies} == set(ORGANISATION_KINDS)
    assert {row["budget_currency"] for row in actions} - {""} <= CURRENCIES


def test_relations_are_worded_as_questions_until_people_answered():
    assert KINDS["duplicate"] == "possible double entry"
    assert KINDS["overlap"] == "to be coordinated"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@given(st.text(st.characters(max_codepoint=127)))
def test_the_short_way_for_plain_letters_folds_as_the_long_one(text):
    assert fold(f"{text} š") == f"{fold(text)} s".strip()
