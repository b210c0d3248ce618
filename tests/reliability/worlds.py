"""Two worlds that differ by restricted content alone, and what each person receives in them, byte for byte.

Both are played in one database, one after the other, each rolled back: common rows keep their keys.
What is random by design is masked, and nothing else: the token against forged requests, cookies,
salted commitments, and the keys of what is made after the worlds part.
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core import signing
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import Client

from concord.accounts.models import Person
from concord.analysis import kept_index, published
from concord.analysis.models import Asking, Case, CoverageProposal, Regrouping
from concord.intake.models import Link
from concord.kernel import keys
from concord.web.answers import passage
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
    """Empties what a worker keeps between requests: another world has another worker."""
    store.clear()
    kept_index.forget()
    published.forget()
    shutil.rmtree(Path(settings.DATA) / "indexes", ignore_errors=True)
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
    proposals = {
        row.key.encode(): f"<proposal {row.need.key} {row.action.key}>".encode()
        for row in CoverageProposal.objects.select_related("need", "action")
    }
    acts = {row.key.encode(): f"<{row.did} {sorted(row.pairs)}>".encode() for row in Regrouping.objects.all()}
    return (
        proposals
        | acts
        | {
            key.encode(): f"<{sort} {' '.join(pairs)}>".encode()
            for sort, rows in (
                ("case", Case.objects.all()),
                ("asking", Asking.objects.select_related("case")),
            )
            for key, pairs in ((row.key, _pairs_of(row if sort == "case" else row.case)) for row in rows)
        }
    )


def _pairs_of(case: Any) -> list[str]:
    """What a case is about, as all members may know it."""
    return [
        f"{key_a}-{key_b}"
        for key_a, key_b in case.findings.order_by("key_a", "key_b").values_list("key_a", "key_b")
    ]


class Reader:
    """One person, or nobody, who asks for addresses."""

    def __init__(self, person: Any) -> None:
        self.client = Client(raise_request_exception=False)
        if isinstance(person, Person) and person.is_active:
            self.client.force_login(person)

    def receive(self, path: str, names: dict[bytes, bytes]) -> Received:
        """What comes for an address."""
        return self._received(path, self.client.get(path), names)

    def check(
        self, title: str, summary: str, names: dict[bytes, bytes], path: str = "/desk/check/"
    ) -> Received:
        """What comes when the person checks an idea."""
        return self._received(path, self.client.post(path, {"title": title, "summary": summary}), names)

    def _received(self, path: str, answer: Any, names: dict[bytes, bytes]) -> Received:
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        body = COMMITMENT.sub(rb"\1<commitment>", CSRF.sub(rb"\1<token>", body))
        if path.endswith("/proof.json"):
            headers = _headers(answer, without={"etag"})  # it covers the commitment
        else:
            headers = _headers(answer, without=set())
        for key, name in names.items():
            body = body.replace(key, name)
        return Received(answer.status_code, headers, body)


class Visitor(Reader):
    """Somebody without an account who opened an organisation's link."""

    def __init__(self, link: Link) -> None:
        super().__init__(None)
        self.client.cookies["answer"] = signing.dumps(link.pk, salt=passage.SALT)


def _headers(answer: Any, *, without: set[str]) -> tuple[tuple[str, str], ...]:
    skipped = NOT_COMPARED | without
    return tuple(sorted((name, value) for name, value in answer.items() if name.lower() not in skipped))
