"""Every address, method and kind of object, asked by everybody: reliability-targets S1, S2 and S6."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.analysis.conftest import let_the_engine_find
from tests.analysis.world import build_world
from tests.cast import standing_cast
from tests.web.matrix_requests import arguments_of, form_of
from tests.web.matrix_world import MatrixWorld
from tests.web.permission_matrix import MEMBERS, PEOPLE, SIGN_IN, SIGNED_OUT, Row, as_markdown, rows

pytestmark = pytest.mark.django_db

ROWS = rows()
PAGE = Path(__file__).parents[2] / "docs" / "permission-matrix.md"
#: Whom another database is asked by: one of each way in which powers and visibility become a query. Everybody
#: is asked on the embedded one; what a role may do is decided in Python, alike on both.
EACH_WAY = {
    "anonymous",
    "administrator",
    "viewer_a",
    "coordinator",
    "reporter_b",
    "lead_partner",
    "auditor",
    "officer",
    "second_officer",
}
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class Visitors:
    """The world of the matrix and a browser of each of the cast, signed in once."""

    def __init__(self, built: MatrixWorld) -> None:
        self.built = built
        self._clients: dict[str, Client] = {}

    def browser(self, person: str) -> Client:
        """A browser of one of the cast; the anonymous and the suspended one are signed in nowhere."""
        if person not in self._clients:
            self._clients[person] = Client()
            if person not in SIGNED_OUT:
                self._clients[person].force_login(getattr(self.built.cast, person), backend=BACKEND)
        return self._clients[person]


@pytest.fixture(scope="module")
def visitors(django_db_setup: None, django_db_blocker: Any) -> Iterator[Visitors]:
    """Built once for all rows, in a transaction around the tests that is taken back after the last."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        cast = standing_cast()
        world = build_world(cast.lead_organisation)
        let_the_engine_find(world, patch)
        found = Visitors(MatrixWorld(cast, world))
        for person in PEOPLE:
            found.browser(person)
        yield found
        transaction.set_rollback(True)


def addresses(resolver: Any, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address of the installation by its full name."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        else:
            yield f"{namespace}{entry.name}", entry


def ask(client: Client, built: MatrixWorld, row: Row) -> Any:
    """The answer to a row's question."""
    address = reverse(row.route, kwargs=arguments_of(built, row.route, row.kind))
    if row.method == "POST":
        return client.post(address, form_of(built, row.route, row.kind))
    return client.get(address)


def answer_of(response: Any) -> str:
    """A status as the matrix writes it."""
    if response.status_code == 302 and "/accounts/login/" in response["Location"]:
        return SIGN_IN
    return str(response.status_code)


def test_every_address_is_declared() -> None:
    """S1: an address that nobody thought about fails here."""
    declared = {row.route for row in ROWS}
    running = {name for name, _entry in addresses(get_resolver())}

    assert running - declared == set(), "declare these in tests/web/permission_matrix.py"
    assert declared - running == set(), "these addresses are gone"


def test_every_row_is_declared_once_and_for_everybody() -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
    for row in ROWS:
        if row.route.startswith("members:"):
            assert set(row.answers) == set(PEOPLE), row.name


def test_the_page_in_the_docs_is_written_from_the_matrix() -> None:
    assert PAGE.read_text(encoding="utf-8") == as_markdown(), (
        "python -m tests.web.permission_matrix > docs/permission-matrix.md"
    )


def test_every_address_of_members_takes_only_the_methods_it_declares(visitors: Visitors) -> None:
    """S1: what is not declared as a way to change something is refused, whoever asks."""
    methods: dict[str, set[str]] = {}
    kinds = {row.route: row.kind for row in ROWS}
    for row in ROWS:
        methods.setdefault(row.route, set()).add(row.method)
    client = visitors.browser("officer")
    for route, allowed in methods.items():
        if not route.startswith("members:"):
            continue
        address = reverse(route, kwargs=arguments_of(visitors.built, route, kinds[route]))
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - allowed:
            with transaction.atomic():
                assert client.generic(method, address).status_code == 405, (method, route)
                transaction.set_rollback(True)


def _asked_here(row: Row) -> dict[str, str]:
    """What the row says of those who are asked on this database."""
    if connection.vendor == "sqlite":
        return dict(row.answers)
    return {person: answer for person, answer in row.answers.items() if person in EACH_WAY}


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_everybody_gets_what_the_matrix_says(visitors: Visitors, row: Row) -> None:
    """S2: each person against each row; what a request changed is taken back before the next one."""
    found = {}
    expected = _asked_here(row)
    for person in expected:
        with transaction.atomic():
            found[person] = answer_of(ask(visitors.browser(person), visitors.built, row))
            transaction.set_rollback(True)

    assert found == expected


def test_nobody_s_page_names_what_is_hidden_from_them(visitors: Visitors) -> None:
    """S2: the titles of restricted actions stand on no list of those who may not see them."""
    lists = ("members:actions", "members:plans", "members:pool", "members:organisations", "members:desk")
    for person in sorted(MEMBERS - {"officer", "second_officer", "auditor", "reporter_b", "reporter_c"}):
        client = visitors.browser(person)
        addresses_of_lists = [reverse(name) for name in lists]
        addresses_of_lists += [
            reverse("members:plan", args=[visitors.built.world.plan.ref]),
            reverse("members:coordination", args=[visitors.built.world.plan.ref]),
            reverse("members:support", args=[visitors.built.world.plan.ref]),
            reverse("members:beneficiary", args=["AL"]),
            reverse("members:organisation", args=[visitors.built.cast.donor_b.key]),
            reverse("members:action", args=[visitors.built.action("A1").key]),
            reverse("members:action", args=[visitors.built.action("A2").key]),
        ]
        for address in addresses_of_lists:
            text = client.get(address).content.decode()
            for hidden in ("Amber training", "Strict training", "Red training"):
                assert hidden not in text, (person, address)


# --- reading writes nothing, headers stand everywhere -------------------------------------------------

READ = [row for row in ROWS if row.method == "GET"]
POLICY = "default-src 'none'"


def contents() -> str:
    """One hash over every table but those of sessions, which the framework of sign-in keeps."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table in ("django_session", "cache"):
                continue
            cursor.execute(f'SELECT * FROM "{table}"')
            for line in sorted(repr(row) for row in cursor.fetchall()):
                digest.update(f"{table}{line}".encode())
    return digest.hexdigest()


@pytest.mark.once
def test_opening_every_page_twice_changes_nothing(visitors: Visitors) -> None:
    """S6: a GET writes nothing, for whoever asks and whatever they get."""
    clients = {person: visitors.browser(person) for person in ("anonymous", "officer", "reporter_b")}
    before = contents()
    for row in READ:
        if row.route.startswith(("account_", "mfa_", "usersessions")):
            continue
        for person in clients.keys() & row.answers.keys():
            ask(clients[person], visitors.built, row)
            ask(clients[person], visitors.built, row)
    assert contents() == before


@pytest.mark.once
def test_every_answer_carries_the_browser_policy(visitors: Visitors) -> None:
    """S6: policy, nosniff and the like on every answer, errors too; members' pages are kept nowhere."""
    client = visitors.browser("officer")
    for row in READ:
        response = ask(client, visitors.built, row)
        assert POLICY in response.headers["Content-Security-Policy"], row.name
        assert "'unsafe" not in response.headers["Content-Security-Policy"], row.name
        assert response.headers["X-Content-Type-Options"] == "nosniff", row.name
        # an address behind a link holds its token: there not even we are told the whole of it
        told = "strict-origin" if row.route.startswith("answers:") else "same-origin"
        assert response.headers["Referrer-Policy"] == told, row.name
        assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin", row.name
        assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin", row.name
        if row.route.startswith("members:"):
            assert "no-store" in response.headers["Cache-Control"], row.name


@pytest.mark.once
def test_a_form_from_another_site_is_refused(visitors: Visitors) -> None:
    """S6: every POST of a member asks for the token of our own pages."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(visitors.built.cast.officer, backend=BACKEND)
    for row in ROWS:
        if row.method == "POST":
            assert ask(client, visitors.built, row).status_code == 403, row.name
