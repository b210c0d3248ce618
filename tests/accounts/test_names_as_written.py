"""Which organisation a string means, donors with their instruments, and names that look alike."""

import pytest

from concord.accounts import services
from concord.accounts.queries import near_names, read_donors, resolve_donor, resolve_name, resolve_names
from tests.factories import NOON, an_organisation


@pytest.fixture
def eu(db):
    return an_organisation("European Union", acronym="EU", aliases=["Evropska unija", "Европска унија"])


@pytest.mark.parametrize(
    "text", ["European Union", "european  union ", "EU", "eu", "EVROPSKA UNIJA", "европска унија"]
)
def test_name_acronym_and_alias_match_after_folding(eu, text):
    assert resolve_name(text) == eu


@pytest.mark.parametrize("text", ["", " ", "European", "European Union (IPA)", "EUU"])
def test_what_is_no_name_of_anybody_matches_nothing(eu, text):
    assert resolve_name(text) is None


def test_a_string_that_two_bodies_share_is_a_question(eu):
    an_organisation("Engineers United", acronym="EU")

    assert resolve_name("EU") is None
    assert resolve_name("European Union") == eu


def test_names_as_they_stand_in_the_register_are_two_queries(eu, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert resolve_names(["EU", "Evropska unija"]) == {"EU": eu, "Evropska unija": eu}


def test_five_hundred_strings_are_a_fixed_number_of_queries(eu, django_assert_num_queries):
    texts = [f"Unknown body {number}" for number in range(499)] + ["EU"]

    with django_assert_num_queries(6):  # their owners, the register's four tables, the bodies found
        found = resolve_names(texts)

    assert set(found) == set(texts)
    assert [text for text, organisation in found.items() if organisation] == ["EU"]
    assert found["EU"] == eu


def test_nothing_in_nothing_out(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert resolve_names([]) == {}
        assert read_donors([]) == {}


@pytest.mark.parametrize(
    ("text", "instrument"),
    [
        ("European Union", ""),
        ("European Union (IPA II 2016)", "IPA II 2016"),
        ("EU (IcSP)", "IcSP"),
        ("European Union (Internal Security Fund – Police)", "Internal Security Fund – Police"),
        ("european union (ipa 2031)", "ipa 2031"),
        ("European Union(AMIF)", "AMIF"),
        ("IPA 2019 (European Union)", "IPA 2019"),
        ("European Union (Instrument for Stability)", "Instrument for Stability"),
    ],
)
def test_a_programme_in_brackets_is_the_instrument_of_its_donor(eu, text, instrument):
    assert resolve_donor(text) == (eu, instrument)


@pytest.mark.parametrize(
    "text",
    [
        "Atlantis (IPA 2019)",  # nobody knows the donor
        "European Union (Delegation)",  # no programme word
        "European Union (Ipanema project)",  # only begins like one
        "(IPA 2019)",
        "IPA 2019",
        "",
    ],
)
def test_what_names_no_known_donor_and_programme_stays_open(eu, text):
    assert resolve_donor(text) == (None, "")


def test_the_table_of_instruments_goes_before_everything_else(eu):
    services.add_alias(organisation=eu, text="Fund X", by=services.operator(), at=NOON)
    fund = an_organisation("Fund Holder")
    services.add_instrument(
        text="Fund X", donor=fund, instrument="The Fund X", by=services.operator(), at=NOON
    )

    assert resolve_donor("fund x") == (fund, "The Fund X")


def test_many_donors_are_a_fixed_number_of_queries(eu, django_assert_num_queries):
    texts = [f"Donor {number} (IPA 20{number:02})" for number in range(99)] + ["EU (IPA 2019)", "EU"]

    with django_assert_num_queries(5):
        found = read_donors(texts)

    assert found["EU (IPA 2019)"] == (eu, "IPA 2019")
    assert found["EU"] == (eu, "")
    assert found["Donor 1 (IPA 2001)"] == (None, "")


def test_local_aliases_count_for_donors_in_their_source(eu):
    services.add_alias(organisation=eu, text="Donor", only_in="here.csv", by=services.operator(), at=NOON)

    assert resolve_donor("Donor (IPA)", source="here.csv") == (eu, "IPA")
    assert resolve_donor("Donor (IPA)") == (None, "")


def test_near_names_are_the_likest_first(eu):
    unicef = an_organisation("United Nations Children's Fund", acronym="UNICEF")
    giz = an_organisation("Deutsche Gesellschaft für Internationale Zusammenarbeit", acronym="GIZ")

    assert near_names("Europeen Union")[0] == eu
    assert near_names("UNICEF Serbia")[0] == unicef
    assert near_names("GIZ GmbH") == [giz]
    assert near_names("zzzz") == []
    assert near_names("") == []
    assert len(near_names("United", limit=1)) <= 1
