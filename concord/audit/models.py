"""The record of acts: one row per act, chained by hashes, never changed and never deleted."""

import json
from datetime import datetime
from typing import Any, NoReturn, Self

from django.db import models
from django.db.models.functions import Cast

from concord.audit.rules import FIRST_PREVIOUS_HASH, instant_of, instant_text
from concord.kernel.errors import IllegalMove

UNCHANGEABLE = "The record of acts is only ever added to."


class InstantField(models.CharField):  # type: ignore[type-arg]  # not generic when it runs
    """An instant kept as its canonical text, so that the bytes that are hashed are the bytes stored.

    A date column would give the same instant back from several spellings, and a changed byte could
    go unseen.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "max_length": 27})

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, options = super().deconstruct()
        del options["max_length"]
        return name, path, args, options

    def from_db_value(self, value: str | None, *_context: object) -> datetime | None:
        return None if value is None else instant_of(value)

    def to_python(self, value: Any) -> Any:
        return instant_of(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return instant_text(value) if isinstance(value, datetime) else value


class EventQuerySet(models.QuerySet["Event"]):
    """Rows of the record; reading and adding only."""

    def update(self, **_values: Any) -> NoReturn:
        raise IllegalMove(UNCHANGEABLE)

    def bulk_update(self, *_args: Any, **_options: Any) -> NoReturn:
        raise IllegalMove(UNCHANGEABLE)

    def delete(self) -> NoReturn:
        raise IllegalMove(UNCHANGEABLE)

    def with_stored_text(self) -> Self:
        """Adds `at_text`, the instant exactly as its column holds it."""
        return self.annotate(at_text=Cast("at", models.TextField()))


class Event(models.Model):
    """One act: who did what to which thing, when, and the facts of it.

    Written by audit.services alone. Persons appear only as their opaque reference, so that erasing a
    person leaves the chain valid; facts hold no names, no addresses and no restricted text.
    """

    sequence = models.BigIntegerField(primary_key=True)
    event = models.CharField(max_length=60)
    actor_ref = models.CharField(max_length=32, blank=True)
    os_user = models.CharField(max_length=150, blank=True)
    about_type = models.CharField(max_length=40)
    about_key = models.CharField(max_length=200)
    at = InstantField()
    facts = models.TextField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["sequence"]
        indexes = [models.Index(fields=["about_type", "about_key", "sequence"], name="audit_event_about")]
        constraints = [
            models.CheckConstraint(condition=models.Q(sequence__gte=1), name="audit_sequence_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.event} {self.about_type} {self.about_key}"

    def save(self, *_args: Any, **options: Any) -> None:
        if not self._state.adding:
            raise IllegalMove(UNCHANGEABLE)
        super().save(force_insert=True, using=options.get("using"))

    def delete(self, *_args: Any, **_options: Any) -> NoReturn:
        raise IllegalMove(UNCHANGEABLE)

    @property
    def details(self) -> dict[str, Any]:
        """The facts of the act as a dict."""
        facts: dict[str, Any] = json.loads(self.facts)
        return facts


class ChainHead(models.Model):
    """The end of the chain: one row, updated first by every writer, so that writers queue behind it.

    `select_for_update` does nothing on SQLite; an UPDATE locks on both databases.
    """

    ONLY = 1

    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=FIRST_PREVIOUS_HASH)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="audit_one_head")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash}"
