"""Beneficiaries and organisations as people write them."""

from decimal import Decimal

import pytest

from concord.intake.context import Context
from concord.intake.readings.organisations import divided, shared_out, unwrapped
from concord.intake.readings.places import read_places, settles_codes
from concord.kernel.codelists import NAMING_TABLE

SIX = Context(served={line.code: line.name for line in NAMING_TABLE})
ALL = ("AL", "BA", "XK", "ME", "MK", "RS")


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Kosovo*", ("XK",)),
        ("Kosovo (UNSCR 1244/99)", ("XK",)),
        ("FYROM", ("MK",)),
        ("BiH", ("BA",)),
        ("B&H", ("BA",)),
        ("Црна Гора", ("ME",)),
        ("Босна и Херцеговина", ("BA",)),
        ("Shqipëri", ("AL",)),
        ("Mali i Zi", ("ME",)),
        ("Северна Македонија", ("MK",)),
        ("Albania, Kosovo and Serbia", ("AL", "XK", "RS")),
        ("n/a", ()),
    ],
)
def test_names_in_the_regions_languages_are_read(text, codes):
    reading = read_places(text, SIX, codes_settled=False)

    assert (reading.codes, reading.said) == (codes, None)


@pytest.mark.parametrize(
    ("text", "codes", "rule"),
    [
        *(
            (word, ALL, "all-beneficiaries")
            for word in ("WB6", "all", "Western Balkans", "Западни Балкан", "sve")
        ),
        ("Western Balkans except Serbia", ("AL", "BA", "XK", "ME", "MK"), "all-beneficiaries"),
        ("Zapadni Balkan osim Srbije", ("AL", "BA", "XK", "ME", "MK"), "all-beneficiaries"),
        ("WB6 (except Kosovo* and Serbia)", ("AL", "BA", "ME", "MK"), "all-beneficiaries"),
        ("RS", ("RS",), "doubtful-beneficiary"),
        ("MK", ("MK",), "doubtful-beneficiary"),
        ("BH", ("BA",), "doubtful-beneficiary"),
        ("KS", ("XK",), "doubtful-beneficiary"),
        ("Srpska", ("BA",), "doubtful-beneficiary"),
        ("UNMIK", ("XK",), "doubtful-beneficiary"),
        ("SCG", ("RS", "ME"), "doubtful-beneficiary"),
        ("Yugoslavia", ("RS", "ME"), "doubtful-beneficiary"),
        ("BiH, RS", ("BA", "RS"), "doubtful-beneficiary"),
        ("Albania (Tirana)", ("AL",), "beneficiary-in-text"),
    ],
)
def test_what_may_mean_another_place_is_a_question_with_the_reading(text, codes, rule):
    reading = read_places(text, SIX, codes_settled=False)

    assert (reading.codes, reading.said.severity.value, reading.said.rule) == (codes, "question", rule)
    assert reading.said.reading == ", ".join(SIX.served[code] for code in codes)


@pytest.mark.parametrize("text", ["no", "Ministry of Interior", "South-East Europe", "AL; ZZ"])
def test_what_is_no_place_is_an_error(text):
    assert read_places(text, SIX, codes_settled=True).said.rule == "unknown-beneficiary"


def test_a_file_settles_its_own_codes():
    assert settles_codes("beneficiaries", ["RS"]), "the template's own column holds ISO codes"
    assert settles_codes("Country", ["RS", "AL; BA"]), "AL and BA mean one thing only"
    assert not settles_codes("Country", ["RS"])
    assert not settles_codes("Beneficiaries", ["RS"])
    assert not settles_codes("Country", ["RS", "AL", "BH"]), "BH belongs to another system"
    assert read_places("RS", SIX, codes_settled=True).said is None


KNOWN = {"EU", "European Union", "Germany", "Sweden"}.__contains__


@pytest.mark.parametrize(
    ("parts", "found"),
    [
        (["EU 80%, Germany 20%"], [("EU", "80"), ("Germany", "20")]),
        (["EU (80%)", "Germany (20%)"], [("EU", "80"), ("Germany", "20")]),
        (["80% EU and 20% Germany"], [("EU", "80"), ("Germany", "20")]),
        (["EU – 33,5 %; Germany – 66,5 %"], [("EU", "33.5"), ("Germany", "66.5")]),
        (["EU 80%, Germany"], [("EU", "80"), ("Germany", None)]),
        (["European Union, Sweden"], [("European Union", None), ("Sweden", None)]),
        (["EU/Germany"], [("EU", None), ("Germany", None)]),
        (["European Union, Unknown Body"], [("European Union, Unknown Body", None)]),
        (["European Union (IPA II 2016)"], [("European Union (IPA II 2016)", None)]),
        (["Agency for Cooperation (AC)"], [("Agency for Cooperation (AC)", None)]),
        (["tbc", "-"], []),
    ],
)
def test_organisations_are_divided_where_the_cell_or_the_register_says_so(parts, found):
    named = divided(parts, KNOWN)

    assert [(one.name, None if one.share is None else str(one.share)) for one in named] == found


def test_an_amount_is_shared_out_to_the_cent():
    parts = shared_out(Decimal("100.00"), [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")])

    assert parts == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]
    assert sum(shared_out(Decimal("0.01"), [Decimal(50), Decimal(50)])) == Decimal("0.01")


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("Centre for Studies of\nArchitecture", "Centre for Studies of Architecture"),
        ("JSC Architecture\nstudy", "JSC Architecture study"),
        ("Regional Council\n(RCC)", "Regional Council (RCC)"),
        ("Body A\nBody B", "Body A\nBody B"),
        ("Body A\\\nbody b", "Body A\\\nbody b"),
    ],
)
def test_a_name_that_runs_over_a_line_end_is_one(cell, kept):
    assert unwrapped(cell) == kept
