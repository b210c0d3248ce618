"""A session ends after an hour without use and after twelve hours in any case, and reading never writes."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import path

START = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def who(request):
    return HttpResponse(request.user.email if request.user.is_authenticated else "nobody")


def public(request):
    return HttpResponse("public")


urlpatterns = [path("who/", who), path("public/", public)]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def signed_in(client):
    person = get_user_model()(email="officer@example.org")
    person.set_unusable_password()
    person.save()
    with time_machine.travel(START, tick=False):
        client.force_login(person)
    return client


def after(client, minutes):
    with time_machine.travel(START + timedelta(minutes=minutes), tick=False):
        return client.get("/who/").content.decode()


def test_a_session_in_use_goes_on(signed_in):
    assert [after(signed_in, minutes) for minutes in (0, 50, 100, 150)] == ["officer@example.org"] * 4


def test_a_session_ends_after_an_hour_without_use(signed_in):
    assert after(signed_in, 30) == "officer@example.org"
    assert after(signed_in, 90) == "nobody"
    assert after(signed_in, 91) == "nobody"


def test_a_session_never_used_ends_after_an_hour(signed_in):
    assert after(signed_in, 61) == "nobody"


def test_a_session_in_use_ends_after_twelve_hours(signed_in):
    used = [after(signed_in, minutes) for minutes in range(0, 12 * 60, 45)]

    assert set(used) == {"officer@example.org"}
    assert after(signed_in, 12 * 60 + 1) == "nobody"


def test_another_sessions_clock_does_not_help(signed_in, client_of_another):
    fresh = client_of_another.cookies["seen"].value
    signed_in.cookies["seen"] = fresh

    assert after(signed_in, 121) == "nobody"


@pytest.fixture
def client_of_another():
    other = Client()
    person = get_user_model()(email="other@example.org")
    person.set_unusable_password()
    person.save()
    with time_machine.travel(START + timedelta(minutes=100), tick=False):
        other.force_login(person)
        other.get("/who/")
    return other


def test_a_forged_clock_does_not_help(signed_in):
    signed_in.cookies["seen"] = "W10:forged:forged"

    assert after(signed_in, 61) == "nobody"


def test_reading_a_page_writes_no_row(signed_in):
    before = list(Session.objects.values())

    with (
        time_machine.travel(START + timedelta(minutes=10), tick=False),
        CaptureQueriesContext(connection) as ran,
    ):
        signed_in.get("/who/")

    assert ran.captured_queries
    assert all(query["sql"].startswith("SELECT") for query in ran.captured_queries)
    assert list(Session.objects.values()) == before


def test_a_signed_in_answer_is_kept_by_no_cache(signed_in):
    with time_machine.travel(START, tick=False):
        answer = signed_in.get("/who/")

    assert "no-store" in answer["Cache-Control"]


def test_a_public_page_stays_free_of_sessions_even_for_who_is_signed_in(signed_in, django_assert_num_queries):
    after(signed_in, 1)
    with time_machine.travel(START + timedelta(minutes=2), tick=False), django_assert_num_queries(0):
        answer = signed_in.get("/public/")

    assert not answer.cookies
    assert not answer.has_header("Cache-Control")


def test_an_anonymous_visitor_gets_no_cookie(client):
    assert not client.get("/who/").cookies
