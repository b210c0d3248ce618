"""Calls: opened, followed, extended, closed; reminders, mails and settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.accounts.queries import organisation_by_key, require
from concord.accounts.rules import Permission
from concord.accounts.scope import Scope
from concord.intake.call_rules import DRAFT
from concord.intake.formats.parts import UnreadableFile
from concord.intake.queries.calls import candidates, message_named
from concord.intake.services import calls as services
from concord.intake.services.mail_in import MailTaken, take_mail
from concord.intake.services.outbox import send_again
from concord.kernel import clock
from concord.kernel.errors import BadInput, StaleWrite
from concord.plan.queries import plan_visible, plans_visible_to, scope_of
from concord.plan.services import set_confirming, set_mail_sender
from concord.web.members.calls_forms import (
    CallForm,
    ChangedCallForm,
    DeadlineForm,
    MailInForm,
    SettingsForm,
)
from concord.web.members.calls_mails import addressee_words, mail_lines, state_words
from concord.web.members.calls_page import (
    call_for,
    call_lines,
    call_page,
    draft_page,
    may_open,
    proposed_deadline,
    require_follower,
    sheet_of,
)
from concord.web.members.calls_sheet import workbook_of
from concord.web.members.forms import VersionForm, told_in
from concord.web.members.visit import Visit, visit_of

if TYPE_CHECKING:
    from django import forms

    from concord.intake.models import Call
    from concord.plan.models import Plan


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """All calls."""
    visit = visit_of(request)
    framework = require_follower(visit)
    context = {"lines": call_lines(visit, framework), "may_open": may_open(visit, framework)}
    return render(request, "members/calls/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Preparing a call: first its plan, then what it says and whom it asks. Nothing is sent here."""
    visit = visit_of(request)
    require(visit.person, Permission.OPEN_CALL, within=Scope(visit.framework.ref))
    if not (ref := request.GET.get("plan", "")):
        plans = plans_visible_to(visit.person, visit.framework)
        return render(request, "members/calls/choose_plan.html", {"plans": plans})
    plan = plan_visible(ref, actor=visit.person)
    require(visit.person, Permission.OPEN_CALL, within=scope_of(plan))
    offered = candidates(plan, actor=visit.person, on=clock.now().date())
    deadline, why = proposed_deadline(plan.framework)
    initial = {
        "title": plan.title[:150],
        "closes_on": deadline,
        "organisations": [each.organisation.key for each in offered],
    }
    form = CallForm(request.POST if request.method == "POST" else None, offered=offered, initial=initial)
    form.fields["closes_on"].help_text = why
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            told = _told(visit, form, offered)
            draft = services.draft_call(plan, **told)
        if not form.errors:
            return redirect("members:call", draft.key)
    return _form_page(request, form, plan=plan)


@require_safe
def call(request: HttpRequest, key: str) -> HttpResponse:
    """One call: before it is opened the mail it will send, afterwards the chase list."""
    visit = visit_of(request)
    found = call_for(visit, key)
    if found.state == DRAFT:
        require(visit.person, Permission.OPEN_CALL, within=scope_of(found.plan))
        return render(request, "members/calls/draft.html", {"page": draft_page(visit, found)})
    return _call_page(request, visit, found, DeadlineForm(None))


def _call_page(
    request: HttpRequest,
    visit: Visit,
    found: Call,
    form: DeadlineForm,
    *,
    mail_form: MailInForm | None = None,
    status: int = 200,
) -> HttpResponse:
    mail_form = mail_form or MailInForm(asked=_asked(found))
    context = {"page": call_page(visit, found, request.GET), "form": form, "mail_form": mail_form}
    return render(request, "members/calls/call.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Changing a draft."""
    visit = visit_of(request)
    found = _acting(visit, key)
    offered = candidates(found.plan, actor=visit.person, on=clock.now().date())
    initial = {name: getattr(found, name) for name in ("title", "closes_on", "message", "version")}
    initial["organisations"] = list(found.invitations.values_list("organisation__key", flat=True))
    sent = request.POST if request.method == "POST" else None
    form = ChangedCallForm(sent, offered=offered, initial=initial)
    if sent is not None and form.is_valid():
        with told_in(form):
            told = _told(visit, form, offered)
            services.change_draft(found, expected_version=form.cleaned_data["version"], **told)
        if not form.errors:
            return redirect("members:call", key)
    return _form_page(request, form, plan=found.plan)


@require_POST
def send(request: HttpRequest, key: str) -> HttpResponse:
    """Opening: the mails leave."""
    visit = visit_of(request)
    found = _acting(visit, key)
    services.open_call(found, expected_version=_version(request), by=visit.person, at=clock.now())
    messages.success(request, _("The call is open and its mails are on their way."))
    return redirect("members:call", key)


@require_POST
def drop(request: HttpRequest, key: str) -> HttpResponse:
    """Throwing a draft away."""
    visit = visit_of(request)
    found = _acting(visit, key)
    services.drop_draft(found, expected_version=_version(request), by=visit.person, at=clock.now())
    messages.success(request, _("The draft is gone. Nothing was sent."))
    return redirect("members:calls")


@require_POST
def extend(request: HttpRequest, key: str) -> HttpResponse:
    """A later deadline."""
    visit = visit_of(request)
    found = _acting(visit, key)
    form = DeadlineForm(request.POST)
    if form.is_valid():
        with told_in(form):
            services.extend_call(
                found,
                closes_on=form.cleaned_data["closes_on"],
                expected_version=form.cleaned_data["version"],
                by=visit.person,
                at=clock.now(),
            )
    if form.errors:
        return _call_page(request, visit, found, form, status=422)
    messages.success(request, _("The deadline is later now. Write to those who wait to hear of it."))
    return redirect("members:call", key)


@require_POST
def close(request: HttpRequest, key: str) -> HttpResponse:
    """Closing: links stop working."""
    visit = visit_of(request)
    found = _acting(visit, key)
    services.close_call(found, expected_version=_version(request), by=visit.person, at=clock.now())
    messages.success(request, _("The call is closed. Its links don’t work any more."))
    return redirect("members:call", key)


@require_POST
def remind(request: HttpRequest, key: str) -> HttpResponse:
    """One reminder to everybody whom the call waits for."""
    visit = visit_of(request)
    found = _acting(visit, key)
    sent = services.remind(found.plan.framework, calls=[found], by=visit.person, at=clock.now())
    if sent:
        said = ngettext("%(n)d reminder is on its way.", "%(n)d reminders are on their way.", len(sent))
        messages.success(request, said % {"n": len(sent)})
    else:
        messages.warning(request, _("Nobody whom this call waits for has an address. Call them."))
    return redirect("members:call", key)


@require_POST
def mail_in(request: HttpRequest, key: str) -> HttpResponse:
    """A mail that came back, with everything attached to it."""
    visit = visit_of(request)
    found = call_for(visit, key)
    require(visit.person, Permission.ENTER_ON_BEHALF, within=scope_of(found.plan))
    form = MailInForm(request.POST, request.FILES, asked=_asked(found))
    if form.is_valid() and (taken := _taken(visit, found, form)) is not None:
        for text in taken.left_out:
            messages.warning(request, _("Not read: %(text)s") % {"text": text})
        inputs = [receipt.input for receipt in taken.receipts if receipt.input]
        if len(inputs) > 1:
            messages.info(request, _("It brought several files: each is in the list of files handed in."))
        return redirect("members:import", inputs[0].key) if inputs else redirect("members:call", key)
    return _call_page(request, visit, found, DeadlineForm(None), mail_form=form, status=422)


def _taken(visit: Visit, found: Call, form: MailInForm) -> MailTaken | None:
    sent, key = form.cleaned_data["file"], form.cleaned_data["organisation"]
    try:
        return take_mail(
            found,
            file_name=sent.name,
            content=sent.read(),
            organisation=organisation_by_key(key) if key else None,
            by=visit.person,
            at=clock.now(),
        )
    except UnreadableFile as error:
        form.add_error("file", f"{error.message} {error.remedy}")
    except BadInput as error:
        form.add_error("organisation", str(error))
    return None


def _asked(found: Call) -> list[tuple[str, str]]:
    rows = found.invitations.order_by("organisation__name")
    return list(rows.values_list("organisation__key", "organisation__name"))


@require_safe
def sheet(request: HttpRequest, key: str) -> HttpResponse:
    """The chase list as a workbook."""
    found = call_for(visit_of(request), key)
    return workbook_of(*sheet_of(found), called=f"call-{found.key}")


@require_safe
def mails(request: HttpRequest, key: str) -> HttpResponse:
    """The mails of a call."""
    found = _acting(visit_of(request), key)
    return render(request, "members/calls/mails.html", {"call": found, "lines": mail_lines(found)})


@require_safe
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail as it was sent; links stand in the mail alone."""
    visit = visit_of(request)
    found = message_named(key, actor=visit.person)
    require(visit.person, Permission.OPEN_CALL, within=scope_of(found.framework))
    context = {"message": found, "to": addressee_words(found), "state": state_words(found)}
    return render(request, "members/calls/mail.html", context)


@require_POST
def mail_again(request: HttpRequest, key: str) -> HttpResponse:
    """Sending a mail again that did not leave."""
    visit = visit_of(request)
    found = message_named(key, actor=visit.person)
    send_again(found, by=visit.person, at=clock.now())
    messages.success(request, _("The mail is on its way again."))
    return redirect("members:mail", key)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """What the framework sets about calls and confirming."""
    visit = visit_of(request)
    framework = visit.framework
    require(visit.person, Permission.MANAGE_FRAMEWORK, within=Scope(framework.ref))
    names = ("mail_sender", "confirm_within_months", "version")
    initial = {name: getattr(framework, name) for name in names}
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["version"] != framework.version:
            raise StaleWrite("Somebody changed these settings meanwhile. Look at them again.")
        acts: dict[str, Any] = {"by": visit.person, "at": clock.now()}
        with told_in(form):
            changed = set_mail_sender(framework, address=form.cleaned_data["mail_sender"], **acts)
            set_confirming(changed, months=form.cleaned_data["confirm_within_months"], **acts)
        if not form.errors:
            messages.success(request, _("The settings are saved."))
            return redirect("members:calls")
    return render(request, "members/calls/settings.html", {"form": form}, status=422 if form.errors else 200)


def _acting(visit: Visit, key: str) -> Call:
    """A call that the person may open, close and write about."""
    found = call_for(visit, key)
    require(visit.person, Permission.OPEN_CALL, within=scope_of(found.plan))
    return found


def _told(visit: Visit, form: forms.Form, offered: Any) -> dict[str, Any]:
    chosen = set(form.cleaned_data["organisations"])
    return {
        **{name: form.cleaned_data[name] for name in ("title", "message", "closes_on")},
        "organisations": [each.organisation for each in offered if each.organisation.key in chosen],
        "by": visit.person,
        "at": clock.now(),
    }


def _form_page(request: HttpRequest, form: forms.Form, *, plan: Plan) -> HttpResponse:
    context = {"form": form, "plan": plan}
    return render(request, "members/calls/edit.html", context, status=422 if form.errors else 200)


def _version(request: HttpRequest) -> int:
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise StaleWrite("Open the page again: it was not sent as a whole.")
    return int(form.cleaned_data["version"])
