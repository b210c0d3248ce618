"""Records that the last file of a source held and this one does not, as the preview asks about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.intake.queries import SaidOfVanished, said_of_vanished, vanished_from
from concord.web.members.intake_words import shortened

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.intake.models import Input
    from concord.plan.models import Action, Need

VANISHED_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Vanished:
    """A record that the last file of this source held and this one does not; a need can't be withdrawn."""

    key: str
    text: str
    href: str
    is_action: bool


@dataclass(frozen=True, slots=True)
class SaidLine:
    """What was answered about one such record, with what to send to take it back."""

    text: str
    who: str
    value: str


@dataclass(frozen=True, slots=True)
class VanishedPart:
    """The part of the page about them: what is asked, and what was answered."""

    title: str
    records: list[Vanished]
    more: str
    said: list[SaidLine]
    said_words: str


def vanished_part(received: Input, *, person: Person) -> VanishedPart:
    """What the page asks about records that are no longer in the file."""
    found = vanished_from(received, actor=person)
    said = [_said(each) for each in said_of_vanished(received, actor=person)]
    left = len(found) - VANISHED_SHOWN
    return VanishedPart(
        title=_title(len(found)),
        records=[_vanished(record) for record in found[:VANISHED_SHOWN]],
        more=_("%(count)d more will be shown once some of these are answered.") % {"count": left}
        if left > 0
        else "",
        said=said,
        said_words=ngettext("%(count)d answered", "%(count)d answered", len(said)) % {"count": len(said)},
    )


def _said(each: SaidOfVanished) -> SaidLine:
    answer = each.answer
    words = _("“%(record)s”: %(answer)s") % {
        "record": shortened(str(each.record), 120),
        "answer": answer.get_kind_display(),
    }
    return SaidLine(words, f"{answer.by}, {answer.at:%-d %B %Y, %H:%M} UTC", str(answer.pk))


def _vanished(found: Action | Need) -> Vanished:
    kind = "need" if hasattr(found, "statement") else "action"
    address = reverse(f"members:{kind}", args=[found.key])
    return Vanished(found.key, shortened(str(found), 160), address, kind == "action")


def _title(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "%(count)d record is no longer in the file", "%(count)d records are no longer in the file", count
    ) % {"count": count}
