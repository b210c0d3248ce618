"""The record of acts in plain words: what happened, when, and who did it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.accounts.queries import people_by_ref
from concord.kernel.codelists import PLACES
from concord.kernel.errors import NotFound
from concord.plan.queries import action_named, need_named
from concord.web.members.told import FIELD_LABELS, say_moment

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.audit.models import Event
    from concord.plan.models import Origin

WORDS = {
    "action-added": gettext_lazy("This action was entered."),
    "actions-recorded": gettext_lazy("A file’s actions were recorded."),
    "needs-recorded": gettext_lazy("A file’s needs were recorded."),
    "action-amended": gettext_lazy("Changed: %(fields)s."),
    "need-amended": gettext_lazy("Changed: %(fields)s."),
    "action-confirmed": gettext_lazy("Confirmed by who reports it."),
    "action-withdrawn": gettext_lazy("Withdrawn: its source no longer plans it."),
    "action-restored": gettext_lazy("Restored after it was withdrawn."),
    "action-placed": gettext_lazy("Placed in %(plan)s: %(measure)s."),
    "need-placed": gettext_lazy("Placed in %(plan)s: %(measure)s."),
    "statement-chosen": gettext_lazy("Chosen between two statements: %(field)s."),
    "actions-merged": gettext_lazy("Merged with %(merged)s, taking %(fields)s from it."),
    "merge-undone": gettext_lazy("The merge with %(merged)s was undone."),
    "actions-linked": gettext_lazy("Linked with %(other)s (%(kind)s)."),
    "actions-unlinked": gettext_lazy("No longer linked with %(other)s (%(kind)s)."),
    "link-confirmed": gettext_lazy("It was confirmed which actions answer which needs."),
    "link-removed": gettext_lazy("%(action)s no longer counts as an answer to this need."),
    "need-state-changed": gettext_lazy("%(beneficiary)s says: %(state)s."),
    "version-frozen": gettext_lazy("The text was frozen."),
    "version-numbered": gettext_lazy("It became version %(number)s."),
    "publication-asked": gettext_lazy("Its publication was asked for."),
    "publication-confirmed": gettext_lazy("A second person confirmed the publication."),
    "publication-ask-withdrawn": gettext_lazy("The wish to publish was taken back."),
    "edition-published": gettext_lazy("Published."),
    "decision-recorded": gettext_lazy("A decision of the Board was recorded: %(kind)s."),
    "version-submitted": gettext_lazy("Submitted to the Board."),
    "role-granted": gettext_lazy("Role granted: %(role)s."),
    "role-revoked": gettext_lazy("Role revoked: %(role)s."),
    "person-added": gettext_lazy("Account added."),
    "person-suspended": gettext_lazy("Account suspended."),
    "person-reinstated": gettext_lazy("Account works again."),
    "permission-refused": gettext_lazy("Refused: %(permission)s."),
    "signed-in": gettext_lazy("Signed in."),
    "signed-out": gettext_lazy("Signed out."),
    "sign-in-refused": gettext_lazy("A sign-in was refused."),
    "analysis-run": gettext_lazy("The analysis ran."),
    "finding-assessed": gettext_lazy("A finding was answered: %(answer)s."),
    "assessment-undone": gettext_lazy("An answer to a finding was taken back: %(answer)s."),
    "asking-withdrawn": gettext_lazy("The question to its sources was withdrawn."),
    "import-applied": gettext_lazy("An input was applied."),
    "invitation-sent": gettext_lazy("The mail was queued."),
    "invitation-opened": gettext_lazy("Its link was opened."),
    "invitation-answered": gettext_lazy("Answered through its link: %(answer)s."),
    "colleague-asked": gettext_lazy("Passed on to a colleague."),
    "reminder-sent": gettext_lazy("A reminder was queued."),
    "links-revoked": gettext_lazy("Its links were ended."),
    "need-confirmed": gettext_lazy("Confirmed by who states it."),
    "register-loaded": gettext_lazy("The register of organisations was loaded."),
}
"""What people read for an event; one that has no words here is shown by its name."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One act as components/history.html takes it."""

    when: str
    text: str
    by: str
    href: str = ""


class _Facts(dict[str, Any]):
    """Facts that a sentence may ask for although an old row does not hold them."""

    def __missing__(self, key: str) -> str:
        return _("not recorded")


def history(events: Iterable[Event]) -> list[Happened]:
    """Events in words with the names of who acted, in the order given; two queries at most."""
    listed = list(events)
    names = actors_of(listed)
    return [
        Happened(say_moment(event.at), say_event(event), names.get(event.actor_ref, "")) for event in listed
    ]


def seen_by(person: Person, events: Iterable[Event]) -> list[Event]:
    """The events that name no other record, or only records that the person may see: that something
    was linked or merged with a record is as much a secret as the record."""
    return [event for event in events if all(is_seen(key, person) for key in _keys_named(event.details))]


def _keys_named(details: Mapping[str, Any]) -> set[str]:
    pairs = [key for pair in details.get("links", []) for key in str(pair).split(":")[:2]]
    return {*pairs, *(str(details[name]) for name in ("other", "merged", "action") if details.get(name))}


def is_seen(key: str, person: Person) -> bool:
    """Whether the person may see the action or need with this key."""
    for find in (action_named, need_named):
        try:
            find(key, actor=person)
        except NotFound:
            continue
        return True
    return False


def history_with(events: Iterable[Event], origins: Iterable[Origin]) -> list[Happened]:
    """Events and the files that a record was read from, in words, the latest first."""
    files = {origin.pk: origin for origin in origins if origin.kind == origin.Kind.FILE}
    listed = [(event.at, event) for event in events]
    names = actors_of(event for _at, event in listed)
    told = [
        (at, Happened(say_moment(at), say_event(event), names.get(event.actor_ref, "")))
        for at, event in listed
    ]
    for origin in files.values():
        read = _("Read from %(file)s, row %(row)s.") % {"file": origin.file_name, "row": origin.row}
        told.append((origin.at, Happened(say_moment(origin.at), read, origin.entered_by.name)))
    return [happened for _at, happened in sorted(told, key=lambda item: item[0], reverse=True)]


def actors_of(events: Iterable[Event]) -> dict[str, str]:
    """The names of who acted, by opaque reference; an erased person reads as such."""
    refs = {event.actor_ref for event in events if event.actor_ref}
    found = people_by_ref(refs) if refs else {}
    return {
        ref: found[ref].name if ref in found and found[ref].name else _("an erased account") for ref in refs
    }


def say_event(event: Event) -> str:
    """One event in a sentence."""
    words = WORDS.get(event.event)
    if words is None:
        return event.event.replace("-", " ").capitalize() + "."
    return str(words) % _facts(event.details)


def _facts(details: Mapping[str, Any]) -> _Facts:
    facts = _Facts({name: _text(value) for name, value in details.items()})
    if "fields" in details:
        facts["fields"] = ", ".join(
            str(FIELD_LABELS.get(name, name)).lower() for name in details["fields"]
        ) or _("nothing")
    if "field" in details:
        facts["field"] = str(FIELD_LABELS.get(details["field"], details["field"])).lower()
    if "beneficiary" in details:
        facts["beneficiary"] = PLACES.get(details["beneficiary"], details["beneficiary"])
    if details.get("measure") == "":
        facts["measure"] = _("under no measure yet")
    return facts


def _text(value: Any) -> str:
    return ", ".join(str(item) for item in value) if isinstance(value, list) else str(value)
