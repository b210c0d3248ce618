"""What browsers are told, on every answer, errors included."""

import pytest
from django.http import HttpResponse
from django.urls import include, path

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types default"
)


def plain(request):
    return HttpResponse("plain")


def broken(request):
    raise RuntimeError("a fault of ours")


urlpatterns = [path("plain/", plain), path("broken/", broken), path("", include("concord.project.urls"))]
pytestmark = pytest.mark.urls(__name__)


@pytest.mark.parametrize(("address", "status"), [("/plain/", 200), ("/missing/", 404), ("/broken/", 500)])
@pytest.mark.django_db
def test_every_answer_carries_the_policy(client, address, status):
    client.raise_request_exception = False

    answer = client.get(address)

    assert answer.status_code == status
    assert answer["Content-Security-Policy"] == POLICY
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["X-Frame-Options"] == "DENY"


def test_a_name_that_is_not_ours_is_refused(client):
    answer = client.get("/plain/", headers={"host": "evil.example"})

    assert answer.status_code == 400
    assert answer["Content-Security-Policy"] == POLICY
