"""One organisation in a call: what is known of it, what it told an officer, what it objects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.accounts.addressees import contacts_visible_to
from concord.accounts.queries import organisation_by_key, require
from concord.accounts.rules import Permission
from concord.audit.queries import history_of
from concord.intake.queries.calls import invitation_of, objection_named, own_actions
from concord.intake.services import calls as services
from concord.intake.services.on_behalf import Noted, Talk, answer_objection, enter_on_behalf
from concord.kernel import clock
from concord.kernel.errors import StaleWrite
from concord.plan.queries import scope_of
from concord.web.facts_form import FactsForm
from concord.web.members.calls_forms import ReplyForm, TalkForm
from concord.web.members.calls_page import STANDINGS, call_for, contact_choices, may_open, standing_in
from concord.web.members.forms import told_in
from concord.web.members.happened import history
from concord.web.members.rows import address_of_action
from concord.web.members.told import say_date
from concord.web.members.visit import Visit, visit_of

if TYPE_CHECKING:
    from concord.accounts.models import Contact
    from concord.intake.models import Invitation
    from concord.plan.models import Action


@require_safe
def organisation(request: HttpRequest, key: str, organisation_key: str) -> HttpResponse:
    """How one organisation stands in a call, and what happened."""
    visit = visit_of(request)
    asked = _asked(visit, key, organisation_key)
    times = [
        (_("Mail sent"), asked.sent_at),
        (_("Link opened"), asked.opened_at),
        (_("Passed on to a colleague"), asked.colleague_asked_at),
        (_("Answered"), asked.answered_at),
        (_("Last reminded"), asked.reminded_at),
    ]
    context = {
        "call": asked.call,
        "invitation": asked,
        "state": STANDINGS[standing_in(asked)],
        "facts": [{"label": label, "value": say_date(at) if at else _("not yet")} for label, at in times],
        "entries": _entries(visit, asked),
        "history": history(reversed(history_of(asked))),
        "may_act": may_open(visit, asked.call.plan) and asked.call.state == "open",
        "is_open": asked.call.state == "open",
    }
    return render(request, "members/calls/organisation.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def on_behalf(request: HttpRequest, key: str, organisation_key: str) -> HttpResponse:
    """The form for a telephone call or a visit."""
    visit = visit_of(request)
    asked = _asked(visit, key, organisation_key)
    require(visit.person, Permission.ENTER_ON_BEHALF, within=scope_of(asked.call.plan))
    sent = request.POST if request.method == "POST" else None
    actions = list(own_actions(asked, actor=visit.person).order_by("title", "key"))
    contacts = contact_choices(visit, organisation_key)
    form = TalkForm(sent, contacts=contacts, initial={"spoken_on": clock.now().date()})
    facts = [FactsForm(sent, action=action) for action in actions]
    told = [(fact, sent is not None and f"told-{fact.action.key}" in sent) for fact in facts]
    if sent is not None and all([form.is_valid(), *(fact.is_valid() for fact in facts)]):
        with told_in(form):
            _enter(visit, asked, form, told, request)
        if not form.errors:
            messages.success(
                request,
                _("Noted for %(body)s. Its actions stay “not yet confirmed” until it confirms them itself.")
                % {"body": asked.organisation.name},
            )
            return redirect("members:call", key)
    status = 422 if form.errors or any(fact.errors for fact in facts) else 200
    context = {"call": asked.call, "organisation": asked.organisation, "form": form, "facts": told}
    return render(request, "members/calls/on_behalf.html", context, status=status)


@require_POST
def ask(request: HttpRequest, key: str, organisation_key: str) -> HttpResponse:
    """The mail to an organisation that had no focal point when the call was opened."""
    visit = visit_of(request)
    asked = _asked(visit, key, organisation_key)
    services.ask_also(asked.call, [asked.organisation], by=visit.person, at=clock.now())
    messages.success(request, _("The mail is on its way."))
    return redirect("members:call-organisation", key, organisation_key)


@require_POST
def revoke(request: HttpRequest, key: str, organisation_key: str) -> HttpResponse:
    """All links of an organisation end at once."""
    visit = visit_of(request)
    asked = _asked(visit, key, organisation_key)
    services.revoke_links(asked, by=visit.person, at=clock.now())
    messages.success(request, _("Its links don’t work any more. A reminder brings a fresh one."))
    return redirect("members:call-organisation", key, organisation_key)


@require_http_methods(["GET", "HEAD", "POST"])
def objection(request: HttpRequest, key: str) -> HttpResponse:
    """What an organisation objects, and the answer of an officer."""
    visit = visit_of(request)
    found = objection_named(key, actor=visit.person)
    form = ReplyForm(request.POST if request.method == "POST" else None, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            answer_objection(
                found,
                reply=form.cleaned_data["reply"],
                expected_version=form.cleaned_data["version"],
                by=visit.person,
                at=clock.now(),
            )
        if not form.errors:
            messages.success(request, _("The objection is answered."))
            return redirect("members:objection", key)
    context = {
        "objection": found,
        "entry": found.entry,
        "actions": [{"key": key, "href": address_of_action(key)} for key in found.entry.action_keys],
        "form": form,
    }
    return render(request, "members/calls/objection.html", context, status=422 if form.errors else 200)


def _asked(visit: Visit, key: str, organisation_key: str) -> Invitation:
    return invitation_of(call_for(visit, key), organisation_by_key(organisation_key))


def _entries(visit: Visit, asked: Invitation) -> list[dict[str, Any]]:
    names = {contact.key: contact.name for contact in _contacts(visit, asked)}
    rows = asked.call.entries.filter(organisation=asked.organisation).select_related("entered_by")
    return [
        {
            "text": _("%(means)s with %(whom)s on %(day)s, entered by %(person)s")
            % {
                "means": entry.get_means_display(),
                "whom": names.get(entry.contact_key) or _("somebody"),
                "day": say_date(entry.spoken_on),
                "person": entry.entered_by.name,
            },
            "note": entry.note,
            "objections": [
                {"text": each.text, "href": reverse("members:objection", args=[each.key])}
                for each in entry.objections.all()
            ],
        }
        for entry in rows.prefetch_related("objections")
    ]


def _contacts(visit: Visit, asked: Invitation) -> Any:
    return contacts_visible_to(visit.person, visit.framework.ref).filter(organisation=asked.organisation)


def _enter(
    visit: Visit,
    asked: Invitation,
    form: TalkForm,
    told: list[tuple[FactsForm, bool]],
    request: HttpRequest,
) -> None:
    sent = form.cleaned_data
    contact: Contact | None = _contacts(visit, asked).filter(key=sent["contact"] or "-").first()
    noted = [
        Noted(fact.action, _seen(request, fact.action), fact.changes())
        for fact, ticked in told
        if ticked or fact.changes()
    ]
    enter_on_behalf(
        framework=asked.call.plan.framework,
        organisation=asked.organisation,
        talk=Talk(sent["means"], sent["spoken_on"], contact, sent["note"], sent["nothing"]),
        noted=noted,
        call=asked.call,
        by=visit.person,
        at=clock.now(),
    )


def _seen(request: HttpRequest, action: Action) -> int:
    text = request.POST.get(f"version-{action.key}", "")
    if not text.isascii() or not text.isdigit():
        raise StaleWrite("Open the page again: it was not sent as a whole.")
    return int(text[:9])
