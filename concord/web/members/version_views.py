"""From draft to public: freeze, record the Board's decision, ask, confirm, publish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.governance.rules import DecisionKind
from concord.governance.services import record_decision
from concord.kernel import clock
from concord.kernel.errors import NotFound, StaleWrite
from concord.plan.queries import plan_visible, scope_of, version_named
from concord.plan.services import freeze
from concord.publication import exports
from concord.publication.drafts import version_file
from concord.publication.queries import request_for
from concord.publication.services import ask_to_publish, confirm_publication, publish, withdraw_request
from concord.web.downloads import attachment
from concord.web.members.forms import DayInput, LineField, TextField, told_in
from concord.web.members.version_page import version_page, versions_page
from concord.web.members.visit import Visit, visit_of

if TYPE_CHECKING:
    from concord.plan.models import Plan, PlanVersion
    from concord.publication.models import PublishRequest


class FreezeForm(forms.Form):
    """A name for the draft that is frozen."""

    label = LineField(
        label=gettext_lazy("What is it for?"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example: for the Support Group of 12 March."),
    )


class DecisionForm(forms.Form):
    """What the Board decided, from the chair's conclusions."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What the Board did"),
        choices=[
            (DecisionKind.ENDORSE.value, gettext_lazy("endorsed this text")),
            (DecisionKind.ADOPT.value, gettext_lazy("adopted this text")),
            (DecisionKind.APPROVE.value, gettext_lazy("approved this text")),
            (DecisionKind.TAKE_NOTE.value, gettext_lazy("took note of this text")),
            (DecisionKind.WITHDRAW.value, gettext_lazy("withdrew this text")),
        ],
    )
    number = LineField(
        label=gettext_lazy("Number of the decision"),
        max_length=60,
        help_text=gettext_lazy("As the Board writes it."),
    )
    decided_on = forms.DateField(
        label=gettext_lazy("Day of the decision"),
        widget=DayInput(),
        help_text=gettext_lazy("For example 2018-03-16."),
    )
    place = LineField(label=gettext_lazy("Place"), max_length=200, required=False)
    text = TextField(
        label=gettext_lazy("Text of the decision"), rows=4, help_text=gettext_lazy("Word for word.")
    )
    conditions = TextField(
        label=gettext_lazy("Conditions"),
        rows=3,
        required=False,
        help_text=gettext_lazy("Word for word, if there are any."),
    )
    is_rehearsal = forms.BooleanField(
        label=gettext_lazy("This is a rehearsal: no Board took this decision"),
        required=False,
        help_text=gettext_lazy("Every page and paper will say so."),
    )


class AskForm(forms.Form):
    """From which day the text is to be in force."""

    in_force_from = forms.DateField(
        label=gettext_lazy("In force from"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy("The day of the decision, if you leave it empty."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def versions(request: HttpRequest, ref: str) -> HttpResponse:
    """The versions of a plan; sending the form freezes the next draft."""
    visit = visit_of(request)
    plan = plan_visible(ref, actor=visit.person)
    form = FreezeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            version = freeze(plan, label=form.cleaned_data["label"], by=visit.person, at=clock.now())
        if not form.errors:
            messages.success(
                request,
                _("Draft %(n)d is frozen: its text can no longer change.") % {"n": version.draft_number},
            )
            return _to(version)
    page = versions_page(visit, plan)
    return render(
        request, "members/versions.html", {"page": page, "form": form}, status=422 if form.errors else 200
    )


@require_safe
def version(request: HttpRequest, ref: str, version_ref: str) -> HttpResponse:
    """One version: how it stands, the next step, and what changed."""
    visit, plan, found = _version(request, ref, version_ref)
    return _show(request, visit, plan, found, {"decision_form": DecisionForm(), "ask_form": AskForm()})


@require_safe
def version_download(request: HttpRequest, ref: str, version_ref: str, format_name: str) -> HttpResponse:
    """A version as a file, with all that the person may see in it."""
    visit, plan, found = _version(request, ref, version_ref)
    if format_name not in exports.FORMATS:
        raise NotFound("There is no such format.")
    content = version_file(found, format_name, actor=visit.person)
    return attachment(content, format_name=format_name, called=f"{plan.ref}-d{found.draft_number}-TLP-GREEN")


@require_POST
def decide(request: HttpRequest, ref: str, version_ref: str) -> HttpResponse:
    """Records what the Board decided on exactly this text."""
    visit, plan, found = _version(request, ref, version_ref)
    form = DecisionForm(request.POST)
    if form.is_valid():
        with told_in(form):
            record_decision(
                plan.framework, versions=[found], by=visit.person, at=clock.now(), **form.cleaned_data
            )
    else:
        require(visit.person, Permission.RECORD_DECISION, within=scope_of(plan))
    if form.errors:
        return _show(request, visit, plan, found, {"decision_form": form, "ask_form": AskForm()}, status=422)
    messages.success(request, _("The decision is recorded. It binds exactly this text."))
    return _to(found)


@require_POST
def ask(request: HttpRequest, ref: str, version_ref: str) -> HttpResponse:
    """Asks for the publication of an endorsed text."""
    visit, plan, found = _version(request, ref, version_ref)
    form = AskForm(request.POST)
    if form.is_valid():
        with told_in(form):
            ask_to_publish(
                found, in_force_from=form.cleaned_data["in_force_from"], by=visit.person, at=clock.now()
            )
    else:
        require(visit.person, Permission.ASK_TO_PUBLISH, within=scope_of(plan))
    if form.errors:
        return _show(
            request, visit, plan, found, {"decision_form": DecisionForm(), "ask_form": form}, status=422
        )
    messages.success(request, _("Asked for. A second person of the secretariat confirms it."))
    return _to(found)


@require_POST
def confirm(request: HttpRequest, ref: str, version_ref: str) -> HttpResponse:
    """A second person confirms what somebody else asked for."""
    visit, _plan, found = _version(request, ref, version_ref)
    confirm_publication(_request(found), by=visit.person, at=clock.now())
    messages.success(request, _("Confirmed. It can be published now."))
    return _to(found)


@require_POST
def withdraw(request: HttpRequest, ref: str, version_ref: str) -> HttpResponse:
    """Takes back a publication that was asked for."""
    visit, _plan, found = _version(request, ref, version_ref)
    withdraw_request(_request(found), by=visit.person, at=clock.now())
    messages.success(request, _("The wish to publish is taken back."))
    return _to(found)


@require_POST
def make(request: HttpRequest, ref: str, version_ref: str) -> HttpResponse:
    """Publishes a text that one person asked for and a second confirmed."""
    visit, _plan, found = _version(request, ref, version_ref)
    edition = publish(found, by=visit.person, at=clock.now())
    messages.success(request, _("Version %(n)d is published.") % {"n": edition.number})
    return _to(found)


def _version(request: HttpRequest, ref: str, version_ref: str) -> tuple[Visit, Plan, PlanVersion]:
    visit = visit_of(request)
    plan = plan_visible(ref, actor=visit.person)
    return visit, plan, version_named(plan, version_ref)


def _request(version: PlanVersion) -> PublishRequest:
    found = request_for(version.pk)
    if found is None:
        raise StaleWrite("Nobody asks for this publication any more. Look at the version again.")
    return found


def _to(version: PlanVersion) -> HttpResponse:
    return redirect("members:version", version.plan.ref, f"d{version.draft_number}")


def _show(
    request: HttpRequest,
    visit: Visit,
    plan: Plan,
    version: PlanVersion,
    shown: dict[str, forms.Form],
    *,
    status: int = 200,
) -> HttpResponse:
    page = version_page(visit, plan, version, against=request.GET.get("against", ""))
    return render(request, "members/version.html", {"page": page, **shown}, status=status)
