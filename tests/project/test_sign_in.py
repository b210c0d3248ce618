"""A person signs in with mail address and password in a real browser, on the database under test."""

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.urls import include, path


def who(request):
    name = request.user.email if request.user.is_authenticated else "nobody"
    return HttpResponse(f"<!doctype html><html lang=en><title>Who</title><p id=who>{name}</p></html>")


urlpatterns = [path("who/", who), path("", include("concord.project.urls"))]
pytestmark = pytest.mark.urls(__name__)
PASSWORD = "correct horse battery staple"


@pytest.fixture
def officer(transactional_db):
    person = get_user_model()(email="officer@example.org")
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.mark.browser
def test_a_person_signs_in_by_mail_address_and_password(page, live_server, officer):
    page.goto(f"{live_server.url}/accounts/login/?next=/who/")
    page.locator("input[name=login]").fill(officer.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url("**/who/")

    assert page.locator("#who").inner_text() == officer.email


@pytest.mark.django_db
def test_a_wrong_password_is_refused(client, db):
    person = get_user_model()(email="officer@example.org")
    person.set_password(PASSWORD)
    person.save()

    answer = client.post("/accounts/login/", {"login": person.email, "password": "not this one"})

    assert answer.status_code in {200, 422}
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_nobody_signs_up_by_themselves(client):
    client.post(
        "/accounts/signup/",
        {"email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD},
    )

    assert not get_user_model().objects.filter(email="new@example.org").exists()
