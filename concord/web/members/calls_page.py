"""Calls: their list, one of them with its chase list, its mails, and what was objected to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concord.accounts.addressees import contacts_visible_to, current
from concord.accounts.rules import Permission
from concord.accounts.scope import Scope
from concord.governance.queries import meetings_of
from concord.intake import letters
from concord.intake.call_rules import WAITED_FOR, Standing, standing_of
from concord.intake.queries.calls import (
    Candidate,
    Chased,
    asked_of,
    call_named,
    calls_visible_to,
    chase_list,
    deliveries,
    may_follow_calls,
    messages_of,
    told_of,
)
from concord.kernel import clock
from concord.kernel.errors import NotPermitted
from concord.plan.queries import scope_of
from concord.web.members.calls_mails import message_line, names_of
from concord.web.members.plan_page import FilterLine
from concord.web.members.rows import Cell, Column, Row
from concord.web.members.told import say_date

if TYPE_CHECKING:
    from concord.intake.models import Call, Invitation
    from concord.plan.models import Framework, Plan
    from concord.web.members.visit import Visit

DAYS_BEFORE_BOARD = 14
"""Answers come in two weeks before the Board, for the secretariat to merge them."""
DAYS_WITHOUT_BOARD = 21

STANDINGS: dict[Standing, Any] = {
    Standing.NOT_SENT: gettext_lazy("without a focal point, no mail sent"),
    Standing.NOT_REACTED: gettext_lazy("not reacted"),
    Standing.OPENED: gettext_lazy("opened, no answer yet"),
    Standing.COLLEAGUE: gettext_lazy("asked a colleague"),
    Standing.DELIVERED: gettext_lazy("answered"),
    Standing.ON_BEHALF: gettext_lazy("entered on its behalf"),
    Standing.NOTHING: gettext_lazy("nothing to report"),
}
"""How an organisation stands, in the order of the chase list."""


@dataclass(frozen=True, slots=True)
class CallPage:
    """What members/calls/call.html shows."""

    call: Call
    lede: str
    figures: list[str]
    filter: FilterLine
    columns: list[Column]
    rows: list[Row]
    may_act: bool
    is_open: bool
    waiting: int
    failed: list[dict[str, str]]
    mails: str


@dataclass(frozen=True, slots=True)
class DraftPage:
    """What members/calls/draft.html shows: one mail as it will be sent, and to whom."""

    call: Call
    subject: str
    body: str
    to_whom: list[dict[str, str]]
    without: list[str]
    button: str


def call_for(visit: Visit, key: str) -> Call:
    """The call, for a person who works with the state of inputs of its plan.

    Raises:
        NotFound: there is none for a member; NotPermitted: others follow it.
    """
    call = call_named(key, actor=visit.person)
    if not may_follow_calls(visit.person, call.plan):
        raise NotPermitted(f"You may not {Permission.ENTER_ON_BEHALF.meaning}.")
    return call


def require_follower(visit: Visit) -> Framework:
    """The framework, for a person who works with the state of inputs somewhere in it.

    Raises:
        NotFound: no member of any; NotPermitted: others follow calls.
    """
    framework = visit.framework
    scopes = [Scope(framework.ref), *(Scope(framework.ref, each.ref) for each in framework.pillars.all())]
    if not any(visit.powers.may_ever(Permission.ENTER_ON_BEHALF, within=scope) for scope in scopes):
        raise NotPermitted(f"You may not {Permission.ENTER_ON_BEHALF.meaning}.")
    return framework


def may_open(visit: Visit, place: Plan | Framework) -> bool:
    """Whether the person may open calls there, and write to those who are asked."""
    return visit.powers.can(Permission.OPEN_CALL, within=scope_of(place))


def call_lines(visit: Visit, framework: Framework) -> list[dict[str, str]]:
    """The calls that the person may follow, each with how it stands in one sentence."""
    today = clock.now().date()
    return [
        {
            "href": reverse("members:call", args=[call.key]),
            "title": call.title,
            "state": _state(call, today),
            "about": f"{call.plan.title}. {_answered(chase_list(call, on=today))}"
            if call.state != "draft"
            else call.plan.title,
        }
        for call in calls_visible_to(visit.person, framework)
    ]


def proposed_deadline(framework: Framework) -> tuple[date, str]:
    """A deadline counted back from the next Board meeting, or from today, and the sentence that says so."""
    today = clock.now().date()
    meeting = meetings_of(framework).filter(held_on__gt=today).order_by("held_on").first()
    if meeting and meeting.held_on - timedelta(days=DAYS_BEFORE_BOARD) > today:
        day = meeting.held_on - timedelta(days=DAYS_BEFORE_BOARD)
        return day, _("Two weeks before the Board meets on %(day)s.") % {"day": say_date(meeting.held_on)}
    return today + timedelta(days=DAYS_WITHOUT_BOARD), _("Three weeks from today.")


def candidate_words(candidate: Candidate) -> str:
    """One organisation to choose: its name, how many actions, and who its focal point is."""
    actions = ngettext("%(n)d action", "%(n)d actions", candidate.actions) % {"n": candidate.actions}
    reachable = [contact.name for contact in candidate.contacts if contact.email]
    who = ", ".join(reachable) or _("no focal point with an address")
    return _("%(body)s: %(actions)s; %(who)s") % {
        "body": candidate.organisation.name,
        "actions": actions,
        "who": who,
    }


def draft_page(visit: Visit, call: Call) -> DraftPage:
    """A draft before it is sent: the mail to the first organisation that has a focal point."""
    chased = chase_list(call, on=clock.now().date())
    reachable = [each for each in chased if any(contact.email for contact in each.contacts)]
    mails = sum(1 for each in reachable for contact in each.contacts if contact.email)
    shown = (reachable or chased)[0].invitation
    subject, body = letters.invitation(asked_of(shown, actor=visit.person, has_workbook=True))
    place = letters.place_of_link(shown.key)
    return DraftPage(
        call=call,
        subject=subject,
        body=body.replace(place, _("[the link of %(body)s]") % {"body": shown.organisation.name}),
        to_whom=[{"text": each.invitation.organisation.name, "note": _people(each)} for each in reachable],
        without=[each.invitation.organisation.name for each in chased if each not in reachable],
        button=ngettext("Open the call and send %(n)d mail", "Open the call and send %(n)d mails", mails)
        % {"n": mails},
    )


def call_page(visit: Visit, call: Call, query: Mapping[str, str]) -> CallPage:
    """One call: counts as sentences, and the list of whom to call."""
    chased = chase_list(call, on=clock.now().date())
    wanted = query.get("standing", "")
    shown = [each for each in chased if _is_wanted(each, wanted)]
    waiting = [each for each in chased if each.standing in WAITED_FOR]
    failed = [message for message in messages_of(call) if message.state == "failed"]
    may = may_open(visit, call.plan)
    return CallPage(
        call=call,
        lede=_lede(call),
        figures=[_answered(chased), *_told_apart(chased)],
        filter=_filter_line(call, wanted, len(shown)),
        columns=_columns(),
        rows=[_row(call, each) for each in shown],
        may_act=may,
        is_open=call.state == "open",
        waiting=sum(1 for each in waiting if any(contact.email for contact in each.contacts)),
        failed=[message_line(message, names_of(failed)) for message in failed] if may else [],
        mails=reverse("members:call-mails", args=[call.key]) if may else "",
    )


def standing_in(asked: Invitation) -> Standing:
    """How one organisation stands in a call."""
    delivered = deliveries(asked.call).get(asked.organisation_id)
    return standing_of(told_of(asked, delivered))


def sheet_of(call: Call) -> tuple[list[str], list[list[str]]]:
    """The chase list as a table to take away: headings and rows of text."""
    headings = [
        _("Organisation"),
        _("State"),
        _("Sent"),
        _("Opened"),
        _("Answered"),
        _("Reminders"),
        _("Last reminded"),
        _("Focal point"),
        _("E-mail"),
        _("Telephone"),
    ]
    rows = []
    for each in chase_list(call, on=clock.now().date()):
        asked = each.invitation
        told = [asked.sent_at, asked.opened_at, each.delivered_at or asked.answered_at]
        days = ["" if at is None else at.date().isoformat() for at in told]
        reminded = asked.reminded_at.date().isoformat() if asked.reminded_at else ""
        people = each.contacts
        rows.append(
            [
                asked.organisation.name,
                str(STANDINGS[each.standing]),
                *days,
                str(asked.reminders),
                reminded,
                "; ".join(contact.name for contact in people),
                "; ".join(contact.email for contact in people if contact.email),
                "; ".join(contact.phone for contact in people if contact.phone),
            ]
        )
    return headings, rows


def contact_choices(visit: Visit, organisation_key: str) -> list[tuple[str, str]]:
    """With whom an officer may have spoken: the organisation's current focal points."""
    rows = contacts_visible_to(visit.person, visit.framework.ref).filter(organisation__key=organisation_key)
    listed = current(rows, on=clock.now().date())
    choices = [(contact.key, f"{contact.name} {contact.phone}".strip()) for contact in listed]
    return [("", _("somebody else (say who in the note)")), *choices]


def _state(call: Call, today: date) -> str:
    if call.state == "draft":
        return _("draft, sent to nobody")
    if call.state == "closed":
        return _("closed on %(day)s") % {"day": say_date(call.closed_at)}
    said = _("open until %(day)s") % {"day": say_date(call.closes_on)}
    return _("%(said)s, past") % {"said": said} if call.closes_on < today else said


def _lede(call: Call) -> str:
    return _("%(plan)s. %(state)s; opened by %(person)s.") % {
        "plan": call.plan.title,
        "state": capfirst(_state(call, clock.now().date())),
        "person": call.opened_by.name,
    }


def _answered(chased: Sequence[Chased]) -> str:
    """ "9 of 23 organisations have answered." """
    done = sum(1 for each in chased if each.standing not in WAITED_FOR)
    return ngettext(
        "%(done)d of %(n)d organisation has answered.",
        "%(done)d of %(n)d organisations have answered.",
        len(chased),
    ) % {"done": done, "n": len(chased)}


def _told_apart(chased: Sequence[Chased]) -> list[str]:
    counts = Counter(each.standing for each in chased)
    said = [f"{counts[standing]} {words}" for standing, words in STANDINGS.items() if counts[standing]]
    return [f"{'; '.join(said)}."] if said else []


def _is_wanted(each: Chased, wanted: str) -> bool:
    if wanted == "waiting":
        return each.standing in WAITED_FOR
    return wanted in ("", each.standing.value)


def _filter_line(call: Call, wanted: str, count: int) -> FilterLine:
    options = {"": _("All organisations"), "waiting": _("Everybody we wait for")}
    options |= {standing.value: capfirst(words) for standing, words in STANDINGS.items()}
    wanted = wanted if wanted in options else ""
    address = reverse("members:call", args=[call.key])
    return FilterLine(
        summary=options[wanted],
        action=address,
        result=ngettext("%(n)d organisation", "%(n)d organisations", count) % {"n": count},
        fields=[
            {
                "name": "standing",
                "label": _("Show"),
                "kind": "select",
                "options": [
                    {"value": value, "text": text, "selected": value == wanted}
                    for value, text in options.items()
                ],
            }
        ],
        clear=address if wanted else "",
        open=False,
    )


def _columns() -> list[Column]:
    return [
        Column("organisation", _("Organisation")),
        Column("state", _("State")),
        Column("reminded", _("Last reminded")),
        Column("focal", _("Focal point to call")),
        Column("phone", _("Telephone")),
        Column("act", _("What you can do")),
    ]


def _row(call: Call, each: Chased) -> Row:
    asked = each.invitation
    own = reverse("members:call-organisation", args=[call.key, asked.organisation.key])
    reminded = say_date(asked.reminded_at) if asked.reminded_at else ""
    phones = ", ".join(contact.phone for contact in each.contacts if contact.phone)
    return Row(
        asked.key,
        (
            Cell("organisation", asked.organisation.name, href=own),
            Cell("state", str(STANDINGS[each.standing]), note=_when(each)),
            Cell("reminded", reminded or _("never"), unknown=not reminded),
            Cell("focal", _people(each) or _("none known"), unknown=not each.contacts),
            Cell("phone", phones, unknown=not phones),
            Cell("act", _("Enter on its behalf"), href=f"{own}on-behalf/")
            if call.state == "open"
            else Cell("act", "–"),
        ),
    )


def _people(each: Chased) -> str:
    return ", ".join(contact.name for contact in each.contacts)


def _when(each: Chased) -> str:
    asked = each.invitation
    at = (
        each.delivered_at or asked.answered_at or asked.colleague_asked_at or asked.opened_at or asked.sent_at
    )
    if at is None:
        return ""
    if at == asked.sent_at:
        return _("to the mail of %(day)s") % {"day": say_date(at)}
    return _("on %(day)s") % {"day": say_date(at)}
