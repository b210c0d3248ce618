"""What is read out of one action: words, names, phases, periods, places."""

from datetime import date

import pytest

from concord.engine import evidence, names, organisations, texts
from concord.engine.lexicon import found_in, places_in
from concord.engine.periods import Periods, era_of, years_in


@pytest.mark.parametrize(
    ("title", "phase"),
    [
        ("EURALIUS IV – Consolidation of the Justice System", 4),
        ("iPROCEEDS-2: Targeting crime proceeds", 2),
        ("Support to the Judiciary – Strengthening Prosecutors (phase 2)", 2),
        ("Regional Support, Phase III", 3),
        ("Commitment of young people (third phase)", 3),
        ("EXPLODE+", 2),
        ("Western Balkan Cybersecurity Rapid Response 2.0", 2),
        ("Assistance under IPA II", 0),
        ("Development of the Ministry of Interior 2016-2018", 0),
        ("Project 101", 0),
    ],
)
def test_phases_are_read_as_titles_write_them(title, phase):
    assert names.phase_of(title) == phase


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("International Organization for Migration (IOM)", "IOM"),
        ("European Union (IPA II 2016)", "European Commission"),
        ("Deutsche Gesellschaft für Internationale Zusammenarbeit (GIZ) GmbH", "GIZ"),
        ("Advocacy Training and Resource Center (ATRC)", "ATRC"),
        ("Embassy of Sweden", "Government of Sweden (Sida)"),
    ],
)
def test_two_spellings_of_one_body_share_a_key(one, other):
    assert organisations.keys_of(one) & organisations.keys_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ministry of Interior of Montenegro", "Ministry of Interior of Albania"),
        ("Council of Europe", "European Commission"),
        ("UNDP", "UNODC"),
    ],
)
def test_different_bodies_share_none(one, other):
    assert not organisations.keys_of(one) & organisations.keys_of(other)


def test_both_scripts_and_accents_read_alike():
    assert texts.words("Подршка граничној полицији") == texts.words("Podrska granicnoj policiji")
    assert texts.plain("Čačak Đoković Straße") == "cacak djokovic strasse"


def test_word_forms_meet_in_one_stem():
    assert {texts.stem(word) for word in ("training", "trainers", "trained")} == {"train"}


def test_places_are_read_from_texts_and_the_region_is_all_six():
    assert places_in("Police of Bosnia and Herzegovina and Serbia") == {"BA", "RS"}
    assert places_in("Regional action in the Western Balkans") == {"AL", "BA", "XK", "ME", "MK", "RS"}
    assert places_in("Western Balkans action, here in Kosovo") == {"XK"}
    assert places_in("Police") == frozenset()


def test_whom_an_action_works_with_is_read_by_whole_words():
    assert "border police" in found_in("Courses for border guards", "targets")
    assert "prison staff" not in found_in("Courses for border guards", "targets")


def periods(*rows):
    """rows: start, end, text, ongoing."""
    starts, ends, written, ongoing = zip(*rows, strict=True)
    return Periods(starts, ends, written, ongoing, date(2026, 1, 1))


def test_one_date_alone_means_three_years():
    found = periods(("2019", None, "", False), (None, "2019", "", False), ("2019", "2020-06", "", False))

    assert [int(days) for days in found.last - found.first + 1] == [1095, 1095, 547]
    assert date.fromordinal(int(found.first[1])) == date(2017, 1, 1)


def test_ongoing_work_runs_to_today_at_least():
    found = periods(("2015", None, "", True), ("2025", None, "", True))

    assert date.fromordinal(int(found.last[0])) == date(2026, 1, 1)
    assert date.fromordinal(int(found.last[1])).year == 2027


def test_years_in_the_text_stand_in_for_dates_that_are_not_stated():
    found = periods((None, None, "Special measure 2016-2018", False), (None, None, "no year", False))

    assert years_in("IPA 2010, contract 2018/394-429") == (2010, 2018)
    assert years_in("2016-18") == (2016, 2018)
    assert years_in("from 2016-10, at the latest until 2018-12-31") == (2016, 2018)  # months are no years
    assert found.dated.tolist() == [True, False]
    assert found.known.tolist() == [False, False]


def test_where_no_year_is_written_the_programme_tells_its_years():
    """Under the second pre-accession instrument: 1 January 2014 to 31 December 2020."""
    found = periods((None, None, "Crossing points (IPA II)", False), (None, None, "IPA II 2016", False))

    assert [date.fromordinal(int(day)).year for day in found.first] == [2014, 2016]
    assert [date.fromordinal(int(day)).year for day in found.last] == [2020, 2018]
    assert found.known.tolist() == [False, False]
    assert era_of("Help for reception centres in the pandemic, with IPA III money") == (2020, 2022)
    assert era_of("Training of judges") is None


def test_one_year_alone_is_followed_by_two_more_and_by_ongoing_work():
    found = periods((None, None, "Council decision 2018", False), (None, None, "since 2018", True))

    assert [date.fromordinal(int(day)).year for day in found.last] == [2020, 2026]


def test_an_unreadable_date_is_not_reported():
    assert periods(("31.02.2019", "soon", "", False)).dated.tolist() == [False]


@pytest.mark.parametrize(("days", "words"), [(10, "less than a month"), (31, "1 month"), (550, "18 months")])
def test_days_are_told_in_months(days, words):
    assert evidence.months(days) == words


def test_lists_are_told_as_people_write_them():
    assert evidence.listed([]) == ""
    assert evidence.listed(["a"]) == "a"
    assert evidence.listed(["a", "b", "c"]) == "a, b and c"
    assert evidence.listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"


def test_places_are_told_by_name_and_a_further_one_is_not_lost():
    known = {"AL": "Albania", "XK": "Kosovo*", "TR": "Türkiye"}
    six = frozenset({"AL", "BA", "XK", "ME", "MK", "RS"})

    assert evidence.places(frozenset({"XK", "AL"}), known) == "Albania and Kosovo*"
    assert evidence.places(six, known) == "all six beneficiaries"
    assert evidence.places(six | {"TR"}, known) == "all six beneficiaries and Türkiye"
