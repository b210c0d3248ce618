"""Sources of a case: what one is asked on its desk, and for those who coordinate what all of them say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.accounts.rules import Permission
from concord.analysis import services
from concord.analysis.queries import asking_state, case_with, follows_case, put_to, why_not_withdrawn
from concord.governance.asking import Withdrawn, put_to_sources, withdraw_from_sources
from concord.kernel import clock
from concord.kernel.errors import IllegalMove, NotFound, NotPermitted
from concord.web.asked import ReplyForm, answers_of, put_page
from concord.web.members.asked_page import PutForm, RecordForm, WithdrawalForm, said_asked, sources_page
from concord.web.members.forms import told_in
from concord.web.members.visit import Visit, visit_of

if TYPE_CHECKING:
    from concord.analysis.models import Case
    from concord.analysis.queries import Asked, PutToYou

DESK, ON_BEHALF = "desk", "on-behalf"


# --- on the desk of a source ----------------------------------------------------------------------


@require_safe
def asked(request: HttpRequest, key: str) -> HttpResponse:
    """What the person's organisation is asked; with `?for=KEY` which one, where it speaks for several."""
    return _asked(request, _put(request, key, request.GET.get("for", "")))


@require_POST
def reply(request: HttpRequest, key: str) -> HttpResponse:
    """The organisation says something, or something else than before."""
    visit, put = visit_of(request), _put(request, key, request.POST.get("for", ""))
    form = ReplyForm(request.POST, sort=put.sort)
    if not form.is_valid():
        return _asked(request, put, form)
    services.reply(put.source.source, **form.cleaned_data, way=DESK, by=visit.person, at=clock.now())
    messages.success(request, _("Thank you. Those who coordinate the plan read what you said."))
    return redirect("members:asked", key)


@require_POST
def take_back(request: HttpRequest, key: str) -> HttpResponse:
    """The organisation takes its reply back."""
    visit, put = visit_of(request), _put(request, key, request.POST.get("for", ""))
    services.take_back_reply(put.source.source, way=DESK, by=visit.person, at=clock.now())
    messages.success(request, _("Your reply is taken back. You can say something else."))
    return redirect("members:asked", key)


def _asked(request: HttpRequest, put: PutToYou, form: ReplyForm | None = None) -> HttpResponse:
    others = [
        {"name": each.source.organisation.name, "key": each.source.organisation.key}
        for each in put_to(put.asking.key, actor=visit_of(request).person, on=clock.now().date())
        if each.source.organisation.pk != put.source.organisation.pk
    ]
    page = put_page(put, form)
    context: dict[str, Any] = {
        "page": page,
        "kosovo_footnote": page.footnote,
        "key": put.asking.key,
        "others": others,
        "hidden": [{"name": "for", "value": put.source.organisation.key}],
    }
    return render(request, "members/asked/asked.html", context, status=422 if form else 200)


def _put(request: HttpRequest, key: str, body: str) -> PutToYou:
    """What is put to the organisation that is named, else to the first one that has not replied."""
    found = put_to(key, actor=visit_of(request).person, on=clock.now().date())
    if body:
        found = [put for put in found if put.source.organisation.key == body]
    if not found:
        raise NotFound("There is no such question, or you may not see it.")
    return next((put for put in found if put.source.reply is None), found[0])


# --- for those who coordinate ---------------------------------------------------------------------


@require_safe
def sources(request: HttpRequest, key: str) -> HttpResponse:
    """What the sources of a case were asked, what they said, and what can be done."""
    visit, case = _case(request, key)
    return _sources(request, visit, case)


@require_POST
def put(request: HttpRequest, key: str) -> HttpResponse:
    """Puts a case to its sources, or asks again."""
    visit, case = _case(request, key)
    _require(visit, case, Permission.ASSESS_FINDING)
    form = PutForm(request.POST)
    if not form.is_valid():
        return _sources(request, visit, case, put_form=form, status=422)
    read = request.POST.get("read")
    done = put_to_sources(case, **form.cleaned_data, read=read, by=visit.person, at=clock.now())
    said = ngettext("Asked: %(n)d mail is on its way.", "Asked: %(n)d mails are on their way.", done.mails)
    messages.success(request, said % {"n": done.mails})
    for body in done.unreachable:
        messages.warning(
            request,
            _("%(body)s has no contact with an address. Ask it by telephone and enter what it says here.")
            % {"body": body.name},
        )
    return redirect("members:sources", case.key)


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """The short form that withdraws what the sources of a case are asked."""
    visit, case = _case(request, key)
    _require(visit, case, Permission.ASSESS_FINDING)
    state = asking_state(case, on=clock.now().date())
    if (why_not := why_not_withdrawn(state)) or state.asking is None:
        raise IllegalMove(why_not)
    form = WithdrawalForm(
        request.POST if request.method == "POST" else None, initial={"read": state.asking.key}
    )
    if form.is_valid():
        with told_in(form):
            done = withdraw_from_sources(case, **form.cleaned_data, by=visit.person, at=clock.now())
        if not form.errors:
            _tell_withdrawn(request, done)
            return redirect("members:sources", case.key)
    context = {
        "case": case,
        "form": form,
        "asked": said_asked(state),
        "sources": [each.organisation.name for each in state.sources],
        "replied": sum(each.reply is not None for each in state.sources),
    }
    return render(request, "members/asked/withdraw.html", context, status=422 if form.errors else 200)


def _tell_withdrawn(request: HttpRequest, done: Withdrawn) -> None:
    said = ngettext(
        "Withdrawn. %(n)d mail that says so is on its way.",
        "Withdrawn. %(n)d mails that say so are on their way.",
        done.mails,
    )
    messages.success(request, said % {"n": done.mails} if done.mails else _("Withdrawn."))
    for body in done.by_telephone:
        messages.warning(
            request,
            _("%(body)s was sent no mail. If you asked it by telephone, tell it in the same way.")
            % {"body": body.name},
        )


@require_http_methods(["GET", "HEAD", "POST"])
def on_behalf(request: HttpRequest, key: str, organisation_key: str) -> HttpResponse:
    """What a source told an officer, entered on its behalf."""
    visit, case = _case(request, key)
    _require(visit, case, Permission.ENTER_ON_BEHALF)
    source = _source(case, organisation_key)
    form = ReplyForm(request.POST if request.method == "POST" else None, sort=case.sort, reply=source.reply)
    if request.method == "POST" and form.is_valid():
        services.reply(source.source, **form.cleaned_data, way=ON_BEHALF, by=visit.person, at=clock.now())
        messages.success(request, _("Noted on its behalf."))
        return redirect("members:sources", case.key)
    context = {
        "case": case,
        "organisation": source.organisation,
        "answers": answers_of(case.sort, form),
        "fields": [{"field": form["words"], "needed_by": "agreed different talk accept decline"}],
        "errors": form.errors.get("says", []),
    }
    return render(request, "members/asked/on_behalf.html", context, status=422 if form.errors else 200)


@require_POST
def take_back_for(request: HttpRequest, key: str, organisation_key: str) -> HttpResponse:
    """Takes back what was entered wrongly for a source."""
    visit, case = _case(request, key)
    source = _source(case, organisation_key)
    services.take_back_reply(source.source, way=ON_BEHALF, by=visit.person, at=clock.now())
    messages.success(request, _("The reply is taken back."))
    return redirect("members:sources", case.key)


@require_POST
def record(request: HttpRequest, key: str) -> HttpResponse:
    """Records what the replies come to as the answer of the case."""
    visit, case = _case(request, key)
    _require(visit, case, Permission.ASSESS_FINDING)
    state = asking_state(case, on=clock.now().date())
    form = RecordForm(request.POST, state=state)
    if not form.is_valid():
        return _sources(request, visit, case, record_form=form, status=422)
    services.answer_case(
        case, **form.cleaned_data, read=_read(request.POST.getlist("pair")), by=visit.person, at=clock.now()
    )
    messages.success(request, _("Your answer is recorded."))
    return redirect("members:sources", case.key)


@require_POST
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """The secretariat confirms: from now on the case is told with names."""
    visit, case = _case(request, key)
    services.confirm_findings(case, by=visit.person, at=clock.now())
    messages.success(request, _("Confirmed. Members read the names together from now on."))
    return redirect("members:sources", case.key)


@require_POST
def undo(request: HttpRequest, key: str) -> HttpResponse:
    """The secretariat takes its confirmation back."""
    visit, case = _case(request, key)
    services.undo_confirmation(case, by=visit.person, at=clock.now())
    messages.success(request, _("No longer confirmed. Others read numbers alone again."))
    return redirect("members:sources", case.key)


def _sources(
    request: HttpRequest,
    visit: Visit,
    case: Case,
    *,
    put_form: PutForm | None = None,
    record_form: RecordForm | None = None,
    status: int = 200,
) -> HttpResponse:
    on = clock.now().date()
    page = sources_page(visit, case, on=on, put_form=put_form, record_form=record_form)
    context = {"page": page, "kosovo_footnote": page.footnote}
    return render(request, "members/asked/sources.html", context, status=status)


def _case(request: HttpRequest, key: str) -> tuple[Visit, Case]:
    """A case that the person coordinates, or audits.

    Raises:
        NotFound: it is hidden; NotPermitted: they read it like every member, and no more.
    """
    visit = visit_of(request)
    case = case_with(key, actor=visit.person)
    if not follows_case(visit.person, case):
        raise NotPermitted("You may not read what the sources of a case said.")
    return visit, case


def _require(visit: Visit, case: Case, permission: Permission) -> None:
    """Refuses whom every write about this case would refuse; the services ask for each action."""
    for finding in case.findings.select_related("action_a__framework", "action_b__framework"):
        if visit.may_on(permission, finding.action_a) or visit.may_on(permission, finding.action_b):
            return
    raise NotPermitted(f"You may not {permission.meaning}.")


def _source(case: Case, organisation_key: str) -> Asked:
    for each in asking_state(case, on=clock.now().date()).sources:
        if each.organisation.key == organisation_key:
            return each
    raise NotFound("This organisation was not asked about this case.")


def _read(pairs: list[str]) -> dict[tuple[str, str], int]:
    """The pairs as the page showed them, "KEYA-KEYB:version"; what is no such text is left out."""
    found = {}
    for text in pairs:
        keys, _colon, version = text.partition(":")
        key_a, _dash, key_b = keys.partition("-")
        if key_a and key_b and version.isascii() and version.isdigit():
            found[key_a, key_b] = int(version)
    return found
