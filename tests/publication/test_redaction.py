"""Redaction as a pure function: idempotent, monotone, and without a trace of what is not public."""

import copy
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from concord.kernel.canonical import canonical_bytes
from concord.publication.exports import export
from concord.publication.redaction import redact
from concord.publication.rules import Profile
from tests.publication.samples import CANARY, a_document, a_need, an_action, an_edition

PROFILES = st.sampled_from(list(Profile))
MARKINGS = st.sampled_from(["clear", "green", "amber", "amber-strict", "red"])
NARROWER = st.sampled_from(["green", "amber", "amber-strict", "red"])
KEYS = [f"ACT0000{n}" for n in range(1, 6)]
NEEDS = ["NEED0001", "NEED0002"]
RECKONED = ("figures", "matrix")

some_of = st.lists(st.sampled_from(KEYS), max_size=3, unique=True)


@st.composite
def documents(draw):
    """Drafts with a few actions and needs of all markings, linked every way."""
    actions = [
        an_action(
            key,
            marking=draw(MARKINGS),
            beneficiaries=draw(st.lists(st.sampled_from(["AL", "XK", "UA"]), unique=True)),
            continues=draw(some_of),
            works_with=draw(some_of),
            needs=[
                {"need": need, "strength": "direct"}
                for need in draw(st.lists(st.sampled_from(NEEDS), unique=True))
            ],
            funding=an_action(key)["funding"] if draw(st.booleans()) else [],
        )
        for key in draw(st.lists(st.sampled_from(KEYS), unique=True))
    ]
    needs = [a_need(key, marking=draw(MARKINGS)) for key in NEEDS]
    return a_document(actions, needs)


def leaves(value, at=""):
    """Every text and number of a document with its place, records told apart by key."""
    if isinstance(value, dict):
        return {leaf for name, inner in value.items() for leaf in leaves(inner, f"{at}.{name}")}
    if isinstance(value, list):
        return {leaf for inner in value for leaf in leaves(inner, f"{at}[{_name(inner)}]")}
    return {(at, value)}


def _name(item):
    return item.get("key", "") if isinstance(item, dict) else ""


def without_reckoned(document):
    return {name: value for name, value in document.items() if name not in RECKONED}


@given(documents(), PROFILES)
@settings(max_examples=60, deadline=None)
def test_redacting_twice_is_redacting_once(document, profile):
    once = redact(document, profile)
    assert redact(once, profile) == once


@given(documents(), PROFILES)
@settings(max_examples=40, deadline=None)
def test_the_document_that_came_in_is_left_as_it_was(document, profile):
    before = copy.deepcopy(document)
    redact(document, profile)
    assert document == before


@given(documents())
@settings(max_examples=40, deadline=None)
def test_the_narrower_profile_tells_nothing_that_the_wider_one_does_not(document):
    five, wide = redact(document, Profile.FIVE_FACTS), redact(document, Profile.OPEN)
    told = leaves(without_reckoned(five)) - leaves(without_reckoned(wide))
    assert {at for at, _value in told} <= {".framework.profile"}
    assert five["figures"].items() <= wide["figures"].items()
    assert redact(wide, Profile.FIVE_FACTS) == five


@given(documents(), PROFILES, st.integers(0, 4), NARROWER)
@settings(max_examples=60, deadline=None)
def test_raising_a_marking_only_takes_away(document, profile, place, marking):
    if not document["actions"]:
        return
    raised = copy.deepcopy(document)
    raised["actions"][place % len(raised["actions"])]["marking"] = marking
    before, after = redact(document, profile), redact(raised, profile)
    assert leaves(without_reckoned(after)) <= leaves(without_reckoned(before))
    assert {key for cell in after["matrix"] for key in cell["actions"]} <= {
        a["key"] for a in after["actions"]
    }


@given(documents(), PROFILES)
@settings(max_examples=60, deadline=None)
def test_what_is_restricted_might_as_well_not_be_there(document, profile):
    """Two worlds: with the restricted records, and without them, the public text is the same bytes."""
    without = copy.deepcopy(document)
    without["actions"] = [action for action in without["actions"] if action["marking"] == "clear"]
    without["needs"] = [need for need in without["needs"] if need["marking"] == "clear"]
    assert canonical_bytes(redact(document, profile)) == canonical_bytes(redact(without, profile))


@given(documents(), PROFILES)
@settings(max_examples=40, deadline=None)
def test_no_canary_comes_out(document, profile):
    for action in document["actions"]:
        if action["marking"] != "clear":
            action["title"] = f"{CANARY}-restricted"
    text = canonical_bytes(redact(document, profile)).decode()
    assert CANARY not in text


def test_no_canary_in_any_export_of_an_edition():
    import io
    import zipfile

    restricted = an_action("ACT00003", marking="green", title=f"{CANARY}-restricted")
    document = a_document([an_action("ACT00001"), restricted])
    for profile in Profile:
        document["framework"]["profile"] = profile.value
        edition = an_edition(document)
        assert CANARY.encode() not in export(edition, "json")
        for format_name in ("xlsx", "docx"):
            with zipfile.ZipFile(io.BytesIO(export(edition, format_name))) as parts:
                found = [name for name in parts.namelist() if CANARY.encode() in parts.read(name)]
            assert found == [], format_name


def test_a_record_without_a_marking_is_not_public():
    document = a_document()
    del document["actions"][0]["marking"]
    assert [action["key"] for action in redact(document, "open")["actions"]] == ["ACT00002"]


def test_a_field_that_nobody_decided_about_is_not_public():
    document = a_document()
    document["secret"] = "x"
    document["actions"][0]["new_field"] = "x"
    document["framework"]["members"] = ["x"]
    redacted = redact(document, "open")
    assert "secret" not in redacted
    assert "new_field" not in redacted["actions"][0]
    assert "members" not in redacted["framework"]


def test_the_five_facts_are_title_donor_implementer_beneficiary_and_pillar():
    redacted = redact(a_document(), "five-facts")
    assert set(redacted["actions"][0]) == {
        "key", "title", "marking", "beneficiaries", "donors", "implementers", "participations"
    }  # fmt: skip
    assert redacted["plan"]["pillar"] == "WBCSCi"
    assert redacted["needs"] == redacted["matrix"] == redacted["structure"] == []


def test_figures_and_matrix_rest_on_public_actions_alone():
    answering = an_action("ACT00001", marking="green")
    redacted = redact(a_document([answering, an_action("ACT00002", needs=[])]), "open")
    assert redacted["figures"]["actions"] == 1
    assert {cell["cell"] for cell in redacted["matrix"] if cell["need"] == "NEED0001"} == {"none reported"}
    assert redacted["figures"]["support"]["without_support"] == 2


def test_links_to_what_is_not_public_are_dropped():
    linked = an_action("ACT00001", continues=["ACT00002"], works_with=["ACT00002"])
    redacted = redact(a_document([linked, an_action("ACT00002", marking="red")]), "open")
    assert redacted["actions"][0]["continues"] == redacted["actions"][0]["works_with"] == []


def test_an_organisation_that_only_a_restricted_action_names_is_not_told():
    document = a_document([an_action("ACT00001"), an_action("ACT00002", marking="green")])
    document["organisations"][0]["parent"] = "ORG00002D"
    redacted = redact(document, "open")
    assert {body["key"] for body in redacted["organisations"]} == {"ORG00001D", "ORG00001I"}
    assert {body["parent"] for body in redacted["organisations"]} == {None}


def test_provenance_stays_only_of_facts_that_are_public():
    action = redact(a_document(), "open")["actions"][0]
    assert [fact["fields"] for fact in action["facts"]] == [["title", "funding"]]
    assert "facts" not in redact(a_document(), "five-facts")["actions"][0]


def test_an_edition_is_canonical_and_says_its_profile():
    edition = an_edition()
    assert json.loads(canonical_bytes(edition)) == edition
    assert edition["framework"]["profile"] == "open"
    assert edition["version"] == {
        "number": 1,
        "state": "endorsed",
        "decision": edition["version"]["decision"],
    }
