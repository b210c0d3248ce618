"""The pages of contacts: the list, a new one, and the letter to a group."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from concord.accounts.models import Contact
from concord.accounts.scope import Scope
from concord.accounts.services import add_contact
from tests.analysis.world import World
from tests.cast import Cast
from tests.factories import FRAMEWORK, NOON

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def officer(cast: Cast, world: World) -> Client:
    client = Client()
    client.force_login(cast.officer, backend=BACKEND)
    return client


def a_contact(cast: Cast, name: str, **values: Any) -> Contact:
    told = {"organisation": cast.donor_a, "within": Scope(FRAMEWORK), "email": f"{name}@example.org".lower()}
    return add_contact(**told | {"name": name, "by": cast.officer, "at": NOON} | values)


def text_of(client: Client, name: str, query: str = "", **parts: str) -> str:
    response = client.get(f"{reverse(f'members:{name}', kwargs=parts)}?{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_the_list_is_narrowed_by_words_and_pillar(officer: Client, cast: Cast):
    a_contact(cast, "Ada")
    a_contact(cast, "Bela", within=Scope(FRAMEWORK, "wbbsi"))

    assert "Ada" in text_of(officer, "contacts", "q=donor+a")
    found = text_of(officer, "contacts", "pillar=wbcsci")
    assert "Ada" in found
    assert "Bela" not in found


def test_a_letter_goes_to_current_contacts_each_address_once(officer: Client, cast: Cast):
    a_contact(cast, "Ada")
    a_contact(cast, "Ada again", email="ADA@example.org")
    a_contact(cast, "Bela", until_on=NOON.date())
    a_contact(cast, "Cyra", email="", phone="+355 4 1")

    page = text_of(officer, "contacts-write")
    assert page.lower().count("ada@example.org") == 2  # once to copy, once in the link
    assert "bela@example.org" not in page
    assert "Cyra (DA) +355 4 1" in page


def test_a_new_contact_is_kept_and_a_wrong_one_comes_back(officer: Client, cast: Cast):
    sent = {"organisation": "Donor A", "name": "New", "phone": "1", "from_on": "2019-01-01"}
    wrong = officer.post(reverse("members:contact-new"), sent | {"organisation": "Nobody"})
    right = officer.post(reverse("members:contact-new"), sent)

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert Contact.objects.get().name == "New"
    assert "New" in text_of(officer, "organisation", key=cast.donor_a.key)


def test_an_erased_contact_has_no_page(officer: Client, cast: Cast):
    contact = a_contact(cast, "Ada")
    address = reverse("members:contact-erase", args=[contact.key])

    assert officer.post(address, {"version": 9}).status_code == 409
    assert officer.post(address, {"version": 1}).status_code == 302
    assert officer.get(reverse("members:contact", args=[contact.key])).status_code == 404
