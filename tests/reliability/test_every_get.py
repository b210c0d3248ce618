"""S6: reading never writes, and every answer, errors too, carries the headers that protect its reader."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.cast import Cast
from tests.crash import stored_rows
from tests.reliability.addresses import Address, every_address
from tests.reliability.loaded import load

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; ",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
READERS = ("anonymous", "officer", "administrator", "coordinator")
MISSING = [
    Address("missing", path) for path in ("/none/", "/desk/none/", "/plans/none/", "/desk/actions/00000000/")
]
MOST_QUERIES = 60
"""No page asks the database more often, whatever it shows; measured: see docs/assurance.md."""


def readers(cast: Cast, names: tuple[str, ...]) -> dict[str, Client]:
    """A browser of each of these people."""
    found = {}
    for name in names:
        client = Client(raise_request_exception=False)
        if name != "anonymous":
            client.force_login(getattr(cast, name))
        found[name] = client
    return found


def read_everything_twice(cast: Cast, *, most: int, names: tuple[str, ...]) -> dict[str, int]:
    """Asks for every address twice; gives how many answers came, and the most queries of one.

    Raises:
        AssertionError: the database changed, a header is missing, or an answer is a fault of ours.
    """
    load(cast)
    asked = [*every_address(most=most), *MISSING]
    clients = readers(cast, names)
    before = stored_rows()
    answers, queries = 0, 0
    for name, client in clients.items():
        for address in asked:
            for _ in range(2):
                connection.queries_log.clear()  # it holds 9,000 and warns when it is full
                with CaptureQueriesContext(connection) as captured:
                    answer = client.get(address.path)
                answers += 1
                queries = max(queries, len(captured))
                where = (name, address.path, answer.status_code)
                assert answer.status_code < 500, where
                assert missing_headers(answer) == [], where
                assert len(captured) <= MOST_QUERIES, where
        assert stored_rows() == before, f"reading as {name} wrote something"
    return {"addresses": len(asked), "answers": answers, "most queries": queries}


def missing_headers(answer: Any) -> list[str]:
    """The headers that should be there and are not; behind a link even we are told no more than the host."""
    behind_a_link = answer.wsgi_request.path.startswith("/answer/")
    wanted = HEADERS | ({"Referrer-Policy": "strict-origin"} if behind_a_link else {})
    return [name for name, value in wanted.items() if not answer.headers.get(name, "").startswith(value)]


@pytest.mark.slow
@pytest.mark.django_db
def test_reading_every_kind_of_address_twice_writes_nothing(cast: Cast, record_property: Any):
    figures = read_everything_twice(cast, most=1, names=READERS)
    record_property("figures", figures)
    print(figures)


@pytest.mark.assurance
@pytest.mark.django_db
def test_reading_every_address_twice_writes_nothing(cast: Cast):
    print(read_everything_twice(cast, most=1_000, names=READERS))


@pytest.mark.django_db
def test_members_answers_stay_out_of_every_cache(cast: Cast):
    client = readers(cast, ("officer",))["officer"]

    answer = client.get("/desk/account/")

    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.slow
@pytest.mark.django_db
def test_a_form_from_another_site_is_refused_and_changes_nothing(cast: Cast):
    load(cast)
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.officer)
    before = stored_rows()

    statuses = {
        address.path: client.post(
            address.path, {"answer": "joined"}, headers={"origin": "https://evil.example"}
        ).status_code
        for address in every_address(most=1)
        if address.route.startswith("members:")
    }

    assert set(statuses.values()) <= {403, 404, 405}, statuses
    assert stored_rows() == before
