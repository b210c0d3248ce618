"""Two worlds that differ by restricted content alone, and what each person receives in them, byte for byte.

Both are played in one database, one after the other, each rolled back: common rows keep their keys.
What is random by design is masked, and nothing else: the token against forged requests, cookies,
salted commitments, and the keys of what is made after the worlds part.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import Client

from concord.accounts.models import Person
from concord.analysis.models import CoverageProposal
from concord.kernel import keys
from concord.web.public.stored import store

CSRF = re.compile(rb'(name="csrfmiddlewaretoken" value=")[^"]+')
COMMITMENT = re.compile(rb'("commitment": ?")[0-9a-f]{64}')
NOT_COMPARED = {"set-cookie", "date"}


@dataclass(frozen=True, slots=True)
class Received:
    """One answer as somebody receives it, with what is random by design masked."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class _EndOfWorld(Exception):  # noqa: N818  (no error: the end that every world comes to)
    """Rolls a world back."""


@contextmanager
def played(build: Callable[[], None]) -> Iterator[None]:
    """A world that is built, looked at in the body, and leaves nothing behind."""
    forget()
    try:
        with transaction.atomic():
            build()
            forget()
            yield
            raise _EndOfWorld
    except _EndOfWorld:
        restart_counters()
    forget()


def forget() -> None:
    """Empties what a worker keeps in memory between requests: another world has another worker."""
    store.clear()
    for name, module in list(sys.modules.items()):
        if name.startswith("concord.publication"):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def restart_counters() -> None:
    """PostgreSQL counts primary keys on when a transaction is rolled back; SQLite does not."""
    if connection.vendor == "sqlite":
        return
    models = [model for config in apps.get_app_configs() for model in config.get_models()]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def keys_in_order() -> Callable[[], str]:
    """A maker of keys that ascend, so that what sorts by key sorts alike in both worlds."""
    numbers = count(1)

    def next_key() -> str:
        number, text = next(numbers), ""
        for _ in range(keys.LENGTH):
            number, place = divmod(number, len(keys.ALPHABET))
            text = keys.ALPHABET[place] + text
        return text

    return next_key


def names_of_keys() -> dict[bytes, bytes]:
    """What stands for the keys of rows that are made after the worlds part: what they are about."""
    return {
        row.key.encode(): f"<proposal {row.need.key} {row.action.key}>".encode()
        for row in CoverageProposal.objects.select_related("need", "action")
    }


class Reader:
    """One person, or nobody, who asks for addresses."""

    def __init__(self, person: Any) -> None:
        self.client = Client(raise_request_exception=False)
        if isinstance(person, Person) and person.is_active:
            self.client.force_login(person)

    def receive(self, path: str, names: dict[bytes, bytes]) -> Received:
        """What comes for an address."""
        answer = self.client.get(path)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        body = COMMITMENT.sub(rb"\1<commitment>", CSRF.sub(rb"\1<token>", body))
        if path.endswith("/proof.json"):
            headers = _headers(answer, without={"etag"})  # it covers the commitment
        else:
            headers = _headers(answer, without=set())
        for key, name in names.items():
            body = body.replace(key, name)
        return Received(answer.status_code, headers, body)


def _headers(answer: Any, *, without: set[str]) -> tuple[tuple[str, str], ...]:
    skipped = NOT_COMPARED | without
    return tuple(sorted((name, value) for name, value in answer.items() if name.lower() not in skipped))
