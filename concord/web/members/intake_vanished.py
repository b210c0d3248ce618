"""Records that the last file of a source held and this one does not, as the preview asks about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import ngettext

from concord.intake.queries import vanished_from
from concord.web.members.intake_words import shortened

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.intake.models import Input
    from concord.plan.models import Action, Need

VANISHED_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Vanished:
    """A record that the last file of this source held and this one does not."""

    text: str
    href: str


@dataclass(frozen=True, slots=True)
class VanishedPart:
    """The part of the page that asks about them; without a title there are none."""

    title: str
    records: list[Vanished]


def vanished_part(received: Input, *, person: Person) -> VanishedPart:
    """What the page asks about records that are no longer in the file."""
    found = vanished_from(received, actor=person)
    return VanishedPart(_title(len(found)), [_vanished(record) for record in found[:VANISHED_SHOWN]])


def _vanished(found: Action | Need) -> Vanished:
    kind = "need" if hasattr(found, "statement") else "action"
    return Vanished(shortened(str(found), 160), reverse(f"members:{kind}", args=[found.key]))


def _title(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)d record is no longer in the file", "%(count)d records are no longer in the file", count
    ) % {"count": count}
