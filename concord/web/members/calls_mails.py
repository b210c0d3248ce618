"""The mails of a call as people read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.intake.queries.calls import addressees_of, messages_of
from concord.web.members.told import say_date

if TYPE_CHECKING:
    from concord.intake.models import Call, Message

MESSAGE_STATES = {
    "waiting": gettext_lazy("waiting to be sent"),
    "sending": gettext_lazy("being sent"),
    "sent": gettext_lazy("sent"),
    "failed": gettext_lazy("not sent"),
    "dropped": gettext_lazy("dropped"),
}


def mail_lines(call: Call) -> list[dict[str, str]]:
    """The mails of a call, the latest first."""
    messages = list(messages_of(call))
    names = names_of(messages)
    return [message_line(message, names) for message in messages]


def addressee_words(message: Message) -> str:
    """To whom a mail went; a contact that was erased has no name any more."""
    return names_of([message])[message.contact_key]


def state_words(message: Message) -> str:
    """What became of a mail, in one sentence."""
    said = str(MESSAGE_STATES[message.state])
    if message.sent_at:
        return _("%(state)s on %(day)s at %(time)s UTC") % {
            "state": said,
            "day": say_date(message.sent_at),
            "time": f"{message.sent_at:%H:%M}",
        }
    return f"{said}. {message.failure}" if message.failure else said


def names_of(messages: Sequence[Message]) -> dict[str, str]:
    """Name and address of each mail's contact by its key; an erased one has neither any more."""
    found = addressees_of(messages)
    names = {}
    for message in messages:
        contact = found.get(message.contact_key)
        known = contact is not None and contact.name
        names[message.contact_key] = (
            f"{contact.name} <{contact.email}>" if contact and known else _("a contact that was erased")
        )
    return names


def message_line(message: Message, names: Mapping[str, str]) -> dict[str, str]:
    """One mail of a list."""
    return {
        "href": reverse("members:mail", args=[message.key]),
        "subject": message.subject,
        "to": names[message.contact_key],
        "state": state_words(message),
        "sort": str(message.get_sort_display()),
    }
