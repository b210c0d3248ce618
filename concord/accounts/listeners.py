"""What this room does when others announce: signing in and out goes into the record of acts."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db import transaction
from django.dispatch import receiver

from concord.accounts.models import Person
from concord.audit import services as audit
from concord.audit.events import EventName
from concord.kernel import clock


@receiver(user_logged_in)
def note_sign_in(user: Person, **_signal: Any) -> None:
    """Records who signed in; the address they came from stays in the access log."""
    _record(EventName.SIGNED_IN, user)


@receiver(user_logged_out)
def note_sign_out(user: Person | None, **_signal: Any) -> None:
    """Records who signed out; a session that had already ended has nobody."""
    if user is not None:
        _record(EventName.SIGNED_OUT, user)


@receiver(user_login_failed)
def note_refused_sign_in(**_signal: Any) -> None:
    """Records that a sign-in failed, without what was typed: it may be a password in the wrong field."""
    with transaction.atomic():
        audit.record(EventName.SIGN_IN_REFUSED, actor=None, about=("sign-in", "-"), at=clock.now())


def _record(event: EventName, person: Person) -> None:
    with transaction.atomic():
        audit.record(event, actor=person, about=person, at=clock.now())
