"""The record of acts, for who may read it, with the proof that it is whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.accounts.scope import ANYWHERE
from concord.audit.queries import latest_events, verify_chain
from concord.web.members.happened import actors_of, say_event
from concord.web.members.rows import Cell, Column, Row
from concord.web.members.told import say_moment
from concord.web.members.visit import visit_of

if TYPE_CHECKING:
    from concord.audit.models import Event
    from concord.audit.queries import ChainReport

PER_PAGE = 100
CHECKED_AT_ONCE = 20_000
"""Events up to which every visit checks the whole chain (about a second); above, only on request."""

_PAGES = {
    "action": "members:action",
    "need": "members:need",
    "plan": "members:plan",
    "organisation": "members:organisation",
}


@dataclass(frozen=True, slots=True)
class RecordPage:
    """What members/record.html shows."""

    columns: list[Column]
    rows: list[Row]
    newer: bool
    older: str
    checked: bool
    whole: bool
    proof: str
    check_href: str


@require_safe
def record(request: HttpRequest) -> HttpResponse:
    """The acts, the latest first; `before` turns the page."""
    visit = visit_of(request)
    require(visit.person, Permission.READ_AUDIT, within=ANYWHERE)
    asked = request.GET.get("before", "")
    before = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 18 else None
    events = latest_events(PER_PAGE + 1, before=before)
    return render(request, "members/record.html", {"page": _page(events, before, "check" in request.GET)})


def _page(events: list[Event], before: int | None, asked: bool) -> RecordPage:
    shown = events[:PER_PAGE]
    names = actors_of(shown)
    address = reverse("members:record")
    checked = asked or not shown or shown[0].sequence <= CHECKED_AT_ONCE
    report = verify_chain() if checked else None
    return RecordPage(
        columns=[
            Column("when", _("When")),
            Column("who", _("Who")),
            Column("what", _("What")),
            Column("about", _("About")),
            Column("number", _("Number"), number=True),
        ],
        rows=[_row(event, names) for event in shown],
        newer=before is not None,
        older=f"{address}?before={shown[-1].sequence}" if len(events) > PER_PAGE else "",
        checked=checked,
        whole=report is not None and report.ok,
        proof=_proof(report),
        check_href=f"{address}?check=1",
    )


def _row(event: Event, names: dict[str, str]) -> Row:
    who = names.get(event.actor_ref, "") or _("nobody signed in")
    if event.os_user:
        who = _("%(account)s (%(user)s on the server)") % {"account": who, "user": event.os_user}
    page = _PAGES.get(event.about_type)
    href = reverse(page, args=[event.about_key]) if page else ""
    return Row(
        str(event.sequence),
        (
            Cell("when", say_moment(event.at)),
            Cell("who", who),
            Cell("what", say_event(event)),
            Cell("about", _about(event, names), href=href),
            Cell("number", str(event.sequence), number=True),
        ),
    )


def _about(event: Event, names: dict[str, str]) -> str:
    """What an act was about: a person by name where they act on the same page, else by type and key."""
    if event.about_type == "person":
        return names.get(event.about_key, _("a person"))
    return f"{event.about_type} {event.about_key}"


def _proof(report: ChainReport | None) -> str:
    if report is None:
        return _("The record is long; it is checked when you ask for it.")
    if report.ok:
        return _("The whole record was checked just now: %(n)d acts, none changed, missing or moved.") % {
            "n": report.events
        }
    return _("The record is not whole: row %(row)s. %(why)s") % {"row": report.bad_row, "why": report.why}
