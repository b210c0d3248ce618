"""An organisation answers behind its link: nothing is written before a button is pressed."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.intake.formats.limits import FILE_BYTES, MEGABYTE
from concord.intake.formats.parts import UnreadableFile
from concord.intake.queries.links import handed_in_through, link_behind
from concord.intake.queries.questions import question_behind
from concord.intake.services import answers
from concord.intake.services.on_behalf import object_to
from concord.intake.template import action_cells
from concord.kernel import clock
from concord.kernel.errors import BadInput, IllegalMove, NotFound, StaleWrite
from concord.web.answers.asked_views import asked, landed_on_a_question
from concord.web.answers.page import answer_page, entry_page, file_page, own_action, say, versions_in
from concord.web.answers.passage import behind_a_link, gone, guarded, let_in
from concord.web.facts_form import FactsForm
from concord.web.fields import LineField, TextField

if TYPE_CHECKING:
    from concord.intake.models import Input, Invitation, Link
    from concord.plan.models import Action


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ColleagueForm(forms.Form):
    """Who knows better."""

    name = LineField(label=gettext_lazy("Your colleague’s name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254)


class UploadForm(forms.Form):
    """The workbook, or any table."""

    file = forms.FileField(
        label=gettext_lazy("Your workbook, or any table"),
        help_text=gettext_lazy("XLSX, ODS, CSV or DOCX, up to 20 MB. You see what changes before it counts."),
    )

    def clean_file(self) -> Any:
        """A file that is small enough."""
        sent = self.cleaned_data["file"]
        if sent.size > FILE_BYTES:
            most = FILE_BYTES // MEGABYTE
            raise forms.ValidationError(_("The file is too large: %(n)d MB are the most.") % {"n": most})
        return sent


class ObjectionForm(forms.Form):
    """What is not right."""

    text = TextField(label=gettext_lazy("This is not right:"), rows=4, max_length=4_000)


@guarded
@require_http_methods(["GET", "HEAD", "POST"])
def landing(request: HttpRequest, token: str) -> HttpResponse:
    """Where a mailed link leads: one button, since mail scanners open links too."""
    try:
        link = link_behind(token, at=clock.now())
        question = landed_on_a_question(link) if link.asking_key else None
        if request.method == "POST":
            answers.open_answer(link, at=clock.now())
            response = redirect("answers:answer")
            let_in(response, link)
            return response
    except NotFound:
        return gone(request, question_behind(token, at=clock.now()))
    invitation, entry = link.invitation, link.entry
    context: dict[str, Any] = {"link": link, "entry": entry, "invitation": invitation, "question": question}
    # It ends at midnight: the day before is the last on which it works, and the one the mail names.
    context["works_until"] = say(link.expires_at - timedelta(seconds=1))
    return render(request, "answers/landing.html", context)


@behind_a_link
@require_safe
def answer(request: HttpRequest, link: Link) -> HttpResponse:
    """The organisation's own actions and what it can say; or what was entered on its behalf; or what it
    is asked about a case."""
    return asked(request, link) if link.asking_key else _page(request, link)


def _page(
    request: HttpRequest, link: Link, *, form: forms.Form | None = None, wrong: str = "", status: int = 200
) -> HttpResponse:
    done = request.GET.get("done", "")
    if link.entry is not None:
        context: dict[str, Any] = {"page": entry_page(link, link.entry, done=done)}
        context["form"] = form or ObjectionForm()
        return render(request, "answers/entry.html", context, status=status)
    context = {"page": answer_page(link, _invitation(link), done=done), "wrong": wrong}
    context["form"] = form or UploadForm()
    return render(request, "answers/answer.html", context, status=status)


@behind_a_link
@require_POST
def confirm(request: HttpRequest, link: Link) -> HttpResponse:
    """Everything stands as the page showed it."""
    try:
        answers.confirm_all(link, seen=versions_in(request.POST.get("seen", "")), at=clock.now())
    except StaleWrite as error:
        return _page(request, link, wrong=str(error), status=409)
    except BadInput as error:
        return _page(request, link, wrong=str(error), status=422)
    return _done("confirmed")


@behind_a_link
@require_POST
def nothing(_request: HttpRequest, link: Link) -> HttpResponse:
    """There is nothing to report."""
    answers.nothing_to_report(link, at=clock.now())
    return _done("nothing")


@behind_a_link
@require_http_methods(["GET", "HEAD", "POST"])
def colleague(request: HttpRequest, link: Link) -> HttpResponse:
    """Passing it on."""
    invitation = _invitation(link)
    form = ColleagueForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            answers.ask_colleague(link, at=clock.now(), **form.cleaned_data)
        except (BadInput, IllegalMove) as error:
            form.add_error(None, str(error))
        else:
            return _done("colleague")
    context = {"form": form, "organisation": invitation.organisation.name}
    return render(request, "answers/colleague.html", context, status=422 if form.errors else 200)


@behind_a_link
@require_http_methods(["GET", "HEAD", "POST"])
def facts(request: HttpRequest, link: Link, key: str) -> HttpResponse:
    """The main facts of one action. What is sent is read and applied like any file of its source."""
    invitation = _invitation(link)
    action = own_action(link, invitation, key)
    if action is None:
        return gone(request)
    form = FactsForm(request.POST if request.method == "POST" else None, action=action)
    if request.method == "POST" and form.is_valid():
        changes = form.changes()
        if not changes:
            return redirect("answers:answer")
        if request.POST.get("version") != str(action.version):
            form.add_error(None, _("Somebody changed this action meanwhile. Look at it and save again."))
        else:
            return _sent(request, link, _as_file(action, changes), "answer.csv")
    context = {"form": form, "action": action, "organisation": invitation.organisation.name}
    return render(request, "answers/facts.html", context, status=422 if form.errors else 200)


@behind_a_link
@require_POST
def upload(request: HttpRequest, link: Link) -> HttpResponse:
    """The workbook comes back."""
    _invitation(link)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, link, form=form, status=422)
    sent = form.cleaned_data["file"]
    try:
        receipt = answers.hand_in_file(link, file_name=sent.name, content=sent.read(), at=clock.now())
    except UnreadableFile as error:
        form.add_error("file", f"{error} {error.remedy}")
        return _page(request, link, form=form, status=422)
    except BadInput as error:
        form.add_error("file", str(error))
        return _page(request, link, form=form, status=422)
    return redirect("answers:file", _kept(receipt.input).key)


@behind_a_link
@require_POST
def workbook(_request: HttpRequest, link: Link) -> HttpResponse:
    """The organisation's actions to take away. What leaves is noted, so that it comes back as edits."""
    made = answers.own_workbook(link, at=clock.now())
    called = f'attachment; filename="{made.name}"'
    return HttpResponse(made.content, content_type=XLSX, headers={"Content-Disposition": called})


@behind_a_link
@require_safe
def file(request: HttpRequest, link: Link, key: str) -> HttpResponse:
    """What a file would change."""
    received = _own_file(link, key)
    return render(request, "answers/file.html", {"page": file_page(received)})


@behind_a_link
@require_POST
def apply(request: HttpRequest, link: Link, key: str) -> HttpResponse:
    """What the file says counts from now on."""
    received = _own_file(link, key)
    try:
        answers.apply_file(link, received, at=clock.now())
    except (BadInput, IllegalMove, StaleWrite) as error:
        context = {"page": file_page(received), "wrong": str(error)}
        return render(request, "answers/file.html", context, status=422)
    return _done("changed")


@behind_a_link
@require_POST
def object_to_entry(request: HttpRequest, link: Link) -> HttpResponse:
    """What was entered on behalf is not right."""
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return _page(request, link, form=form, status=422)
    object_to(link, text=form.cleaned_data["text"], at=clock.now())
    return _done("objected")


def _done(word: str) -> HttpResponse:
    return redirect(f"{reverse('answers:answer')}?done={word}")


def _sent(request: HttpRequest, link: Link, content: bytes, name: str) -> HttpResponse:
    """Reads and applies at once what a form says; where something is doubtful, its page shows it first."""
    receipt = answers.hand_in_file(link, file_name=name, content=content, at=clock.now())
    received = _kept(receipt.input)
    if receipt.applied or receipt.preview.has_errors or not receipt.preview.counts.to_apply:
        return redirect("answers:file", received.key)
    return apply(request, key=received.key)


def _as_file(action: Action, changes: dict[str, Any]) -> bytes:
    """The changed values as a file of Concord's own template; a row always has its title."""
    cells = {"key": action.key, "title": action.title} | action_cells(changes)
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, fieldnames=list(cells))
    writer.writeheader()
    writer.writerow(cells)
    return buffer.getvalue().encode()


def _own_file(link: Link, key: str) -> Input:
    found = handed_in_through(_invitation(link)).filter(key=key).first()
    if found is None:
        raise NotFound("There is no such file behind this link.")
    return found


def _kept(received: Input | None) -> Input:
    if received is None:
        raise NotFound("There is no such file behind this link.")
    return received


def _invitation(link: Link) -> Invitation:
    if link.invitation is None:
        raise NotFound("This link is for something else.")
    return link.invitation
