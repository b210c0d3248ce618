"""The names page, an organisation's entry, and two records that are one body, as people use them."""

import re

import pytest
from django.test import Client

from concord.accounts.models import Organisation, OrganisationName
from concord.accounts.queries import resolve_name
from concord.accounts.rules import Marking
from concord.plan.models import Action, NameAnswer, Participation
from tests.analysis.world import World, an_action, build_world
from tests.cast import Cast
from tests.factories import an_organisation
from tests.web.test_members_pages import said, signed_in

NAMES = "/desk/organisations/names/"


@pytest.fixture
def records(cast: Cast) -> World:
    world = build_world(cast.lead_organisation)
    world.record(
        an_action(1, "Course one", implementers=["Implementer Cee"]),
        an_action(2, "Course two", implementers=["implementer  cee", "Zavod XYZ"]),
        an_action(3, "Course three", donors=["Ministry of Interior"]),
    )
    return world


def answer(client: Client, text: str, value: str, **more: str):
    return client.post(f"{NAMES}answer/", {"text": text, "answer": value, **more}, follow=True)


def test_each_name_has_its_count_the_bodies_it_may_mean_and_why(cast: Cast, records: World):
    text = said(signed_in(cast.officer).get(NAMES))

    assert "In 2 actions: who does it" in text
    assert re.search(r"Did you mean Implementer C 1 spelt much like it", text)
    assert "Keep as written: no organisation" in text
    assert "Names 1 to 3 of 3" in text


def test_one_press_settles_every_row_and_can_be_taken_back(cast: Cast, records: World):
    client = signed_in(cast.officer)
    page = answer(client, "Implementer Cee", cast.implementer_c.key, page="1", at="name-1")

    assert "“Implementer Cee” is Implementer C now, in 2 actions." in said(page)
    assert page.redirect_chain[0][0] == f"{NAMES}?page=1#name-1"
    named = Participation.objects.filter(as_written__icontains="cee")
    assert [part.organisation for part in named] == [cast.implementer_c] * 2
    back = client.post(f"{NAMES}{NameAnswer.objects.get().key}/undo/", follow=True)
    assert "The answer about “Implementer Cee” is taken back." in said(back)
    assert [part.organisation for part in named.all()] == [None, None]


def test_the_same_answer_sent_twice_has_one_effect(cast: Cast, records: World):
    client = signed_in(cast.officer)
    answer(client, "Zavod XYZ", "keep")

    assert "was answered before" in said(answer(client, "Zavod XYZ", "keep"))
    assert NameAnswer.objects.count() == 1


def test_a_new_body_is_added_with_what_the_form_says(cast: Cast, records: World):
    answer(
        signed_in(cast.officer),
        "Zavod XYZ",
        "new",
        name="Institute XYZ",
        acronym="XYZ",
        kind="ngo",
        parent="Donor A",
    )

    body = Organisation.objects.get(name="Institute XYZ")
    assert (body.acronym, body.kind, body.parent) == ("XYZ", "ngo", cast.donor_a)
    assert resolve_name("Zavod XYZ") == body
    assert "knows no “Nobody”" in said(answer(signed_in(cast.officer), "Zavod Y", "new", parent="Nobody"))


def test_a_bare_ministry_is_answered_for_its_file_unless_one_chooses_otherwise(cast: Cast, records: World):
    page = signed_in(cast.officer).get(NAMES).content.decode()
    assert '<option value="list.csv" selected>' in page

    answer(signed_in(cast.officer), "Ministry of Interior", cast.ministry.key, only_in="list.csv")
    assert resolve_name("Ministry of Interior", source="list.csv") == cast.ministry
    assert resolve_name("Ministry of Interior") is None


def test_a_search_puts_the_bodies_found_on_buttons_without_any_script(cast: Cast, records: World):
    page = signed_in(cast.officer).get(NAMES, {"for": "Zavod XYZ", "q": "donor b"}).content.decode()
    assert f'value="{cast.donor_b.key}"' in page

    none = signed_in(cast.officer).get(NAMES, {"for": "Zavod XYZ", "q": "quixote"})
    assert "No organisation has “quixote” in its names." in said(none)


def test_who_only_reads_gets_no_answers_and_sees_no_restricted_names(cast: Cast, records: World):
    Action.objects.filter(own_id="A2").update(marking=Marking.AMBER_STRICT)
    text = said(signed_in(cast.observer).get(NAMES))

    assert "Implementer Cee" in text
    assert "Zavod XYZ" not in text
    assert "Keep as written" not in text


def test_a_name_learnt_from_restricted_rows_stands_on_no_page(cast: Cast, records: World):
    Action.objects.filter(own_id="A2").update(marking=Marking.AMBER_STRICT)
    answer(signed_in(cast.officer), "Zavod XYZ", cast.donor_b.key)
    assert OrganisationName.objects.get(text="Zavod XYZ").restricted

    for person in (cast.observer, cast.second_officer):
        client = signed_in(person)
        for address in (f"/desk/organisations/{cast.donor_b.key}/", "/desk/organisations/?q=zavod", NAMES):
            assert "Donor B" not in said(client.get("/desk/organisations/?q=zavod"))
            assert "Zavod" not in said(client.get(address)).replace("“zavod”", "")


def test_an_entry_is_changed_with_its_names_and_numbers(cast: Cast, records: World):
    client = signed_in(cast.officer)
    entry = f"/desk/organisations/{cast.donor_b.key}/"
    sent = {"name": "Donor B", "acronym": "DB", "kind": "government", "version": cast.donor_b.version}
    client.post(f"{entry}change/", sent | {"parent": "Donor A"})
    client.post(f"{entry}names/", {"text": "Zavod XYZ"})
    client.post(f"{entry}numbers/", {"scheme": "XM-DAC", "value": "41304"})

    cast.donor_b.refresh_from_db()
    assert cast.donor_b.parent == cast.donor_a
    assert Participation.objects.get(as_written="Zavod XYZ").organisation == cast.donor_b
    assert resolve_name("XM-DAC-41304") == cast.donor_b
    text = said(client.get(entry))
    assert "Zavod XYZ also written so" in text
    assert "XM-DAC-41304" in text
    alias = cast.donor_b.names.get(text="Zavod XYZ")
    client.post(f"{entry}names/", {"remove": alias.pk})
    assert Participation.objects.get(as_written="Zavod XYZ").organisation is None
    client.post(f"{entry}numbers/", {"remove": cast.donor_b.identifiers.get().pk})
    assert not cast.donor_b.identifiers.exists()


def test_a_wrong_or_stale_entry_is_refused_and_kept_in_the_form(cast: Cast, records: World):
    client = signed_in(cast.officer)
    entry = f"/desk/organisations/{cast.donor_b.key}/change/"
    wrong = client.post(entry, {"name": "New", "version": cast.donor_b.version, "parent": "Nobody at all"})
    assert wrong.status_code == 422
    assert "The register knows no such name." in said(wrong)

    stale = client.post(entry, {"name": "New", "version": 0})
    assert stale.status_code == 409
    assert Organisation.objects.get(pk=cast.donor_b.pk).name == "Donor B"


def test_two_records_of_one_body_are_merged_after_a_look_and_undone(cast: Cast, records: World):
    other = an_organisation("Donor A in other words")
    client, entry = signed_in(cast.officer), f"/desk/organisations/{cast.donor_a.key}/"
    records.record(an_action(7, donors=["Donor A in other words"]))

    look = said(client.get(f"{entry}same/", {"other": "Donor A in other words"}))
    assert "1 actions that it takes part in" in look
    assert not Organisation.objects.exclude(merged_into=None).exists()
    page = client.post(f"{entry}same/", {"other": other.key, "reason": "The same ministry"}, follow=True)
    assert "“Donor A in other words” is Donor A now." in said(page)
    assert "The same ministry" in said(page)

    moved = client.get(f"/desk/organisations/{other.key}/")
    assert (moved.status_code, moved["Location"]) == (302, entry)
    undone = client.post(f"{entry}separate/{cast.donor_a.merges.get().key}/", follow=True)
    assert "stands for itself again" in said(undone)
    assert Participation.objects.get(as_written="Donor A in other words").organisation == other


def test_a_merge_that_is_refused_says_why(cast: Cast, records: World):
    client = signed_in(cast.officer)
    itself = client.post(f"/desk/organisations/{cast.donor_a.key}/same/", {"other": cast.donor_a.key})

    assert itself.status_code == 422
    assert "That is this very record." in said(itself)
