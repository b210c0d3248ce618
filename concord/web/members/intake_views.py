"""Handing files in: the list, the upload, the preview, applying, and the lasting receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.accounts.scope import ANYWHERE
from concord.intake import services
from concord.intake.files import open_bytes
from concord.intake.formats.parts import UnreadableFile
from concord.intake.jobs import apply_large, is_large, receive_large
from concord.intake.preview import Counts
from concord.intake.queries import counts_left, counts_of_input, input_named, inputs_visible_to, marked_copy
from concord.intake.report import summary
from concord.kernel import clock
from concord.kernel.codelists import KOSOVO_FOOTNOTE
from concord.kernel.errors import BadInput, StaleWrite
from concord.web.members.intake_forms import HandInForm, initial_of, places_of
from concord.web.members.intake_page import asked_in, input_page
from concord.web.members.visit import visit_of
from concord.web.members.workbook_views import SPREADSHEET

if TYPE_CHECKING:
    from concord.intake.models import AppliedRound, Input
    from concord.intake.services import Receipt
    from concord.work.models import Job

INPUTS_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class InputLine:
    """One input in the list of inputs."""

    name: str
    href: str
    about: str
    state: str
    counts: str


@dataclass(frozen=True, slots=True)
class ImportsPage:
    """What members/intake/inputs.html shows."""

    lines: list[InputLine]
    pages: Page[Any]
    sentence: str
    may_hand_in: bool


@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """The files that were handed in, newest first."""
    visit = visit_of(request)
    pages = Paginator(inputs_visible_to(visit.person), INPUTS_A_PAGE).get_page(request.GET.get("page"))
    inputs = list(pages.object_list)
    page = ImportsPage(
        lines=[
            InputLine(
                name=received.file_name,
                href=reverse("members:import", args=[received.key]),
                about=about(received),
                state=state_in_words(received),
                counts=summary(counts_of_input(received)),
            )
            for received in inputs
        ],
        pages=pages,
        sentence=_("Files %(first)d to %(last)d of %(count)d")
        % {"first": pages.start_index(), "last": pages.end_index(), "count": pages.paginator.count}
        if inputs
        else "",
        may_hand_in=bool(places_of(visit)),
    )
    return render(request, "members/intake/inputs.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: HttpRequest) -> HttpResponse:
    """The upload. A file that can be read leads to its preview; nothing is stored in a plan yet."""
    visit = visit_of(request)
    if not places_of(visit):
        require(visit.person, Permission.ENTER_ON_BEHALF, within=ANYWHERE)
    replaced = _replaced(request)
    if request.method != "POST":
        form = HandInForm(visit=visit, initial=initial_of(replaced) if replaced else None)
        return _form_page(request, form, replaced, 200)
    form = HandInForm(request.POST, request.FILES, visit=visit)
    if form.is_valid() and (job := _take_large(request, form, replaced)) is not None:
        return redirect("members:job", job.key)
    receipt = _take(request, form, replaced) if form.is_valid() else None
    if receipt is None or receipt.input is None:
        return _form_page(request, form, replaced, 422)
    if receipt.repeated:
        messages.info(
            request,
            _("This file was applied before and says nothing new: nothing was changed. Here is its receipt."),
        )
    return redirect("members:import", receipt.input.key)


def _take_large(request: HttpRequest, form: HandInForm, replaced: Input | None) -> Job | None:
    """The job that reads a large file; None where the file is small, and read at once."""
    upload = form.cleaned_data["file"]
    content = upload.read()
    upload.seek(0)
    if form.target is None or not is_large(content):
        return None
    person, now = visit_of(request).person, clock.now()
    return receive_large(
        file_name=upload.name, content=content, target=form.target, replaces=replaced, by=person, at=now
    )


def _take(request: HttpRequest, form: HandInForm, replaced: Input | None) -> Receipt | None:
    if form.target is None:
        return None
    upload = form.cleaned_data["file"]
    content = upload.read()
    try:
        file = open_bytes(upload.name, content)
        file.sheets.notes.extend(form.notes)
    except UnreadableFile as error:
        form.add_error("file", f"{error.message} {error.remedy}")
        return None
    try:
        return services.take_in(
            file,
            content,
            target=form.target,
            replaces=replaced,
            by=visit_of(request).person,
            at=clock.now(),
        )
    except BadInput as error:
        form.add_error("column" if "column" in form.fields else "file", str(error))
        return None


def _replaced(request: HttpRequest) -> Input | None:
    key = request.POST.get("replaces") or request.GET.get("replaces", "")
    return input_named(key, actor=visit_of(request).person) if key else None


def _form_page(request: HttpRequest, form: HandInForm, replaced: Input | None, status: int) -> HttpResponse:
    return render(request, "members/intake/upload.html", {"form": form, "replaced": replaced}, status=status)


@require_safe
def import_one(request: HttpRequest, key: str) -> HttpResponse:
    """One input: its preview until it is applied, afterwards its receipt, at the same address for ever."""
    person = visit_of(request).person
    received = input_named(key, actor=person)
    page = input_page(received, person=person, asked=asked_in(request.GET), facts=_facts(received))
    return render(
        request,
        "members/intake/input.html",
        {
            "page": page,
            "about": about(received),
            "state": state_in_words(received),
            "kosovo_footnote": KOSOVO_FOOTNOTE,
        },
    )


@require_safe
def import_doubtful(request: HttpRequest, key: str) -> HttpResponse:
    """The file as a workbook with its doubtful cells marked, to mend it offline and hand it in again."""
    person = visit_of(request).person
    copied = marked_copy(input_named(key, actor=person), actor=person)
    headers = {"Content-Disposition": f'attachment; filename="{copied.name}"'}
    return HttpResponse(copied.content, content_type=SPREADSHEET, headers=headers)


@require_POST
def import_apply(request: HttpRequest, key: str) -> HttpResponse:
    """Applies every row that can be stored. A second click changes nothing and leads to the same receipt."""
    person = visit_of(request).person
    received = input_named(key, actor=person)
    if received.state == "applied" and not counts_left(received).stored:
        return redirect("members:import", key)
    leave = request.POST.get("leave") == "questions"
    if (job := apply_large(received, leave_questions=leave, by=person, at=clock.now())) is not None:
        return redirect("members:job", job.key)
    try:
        services.accept(received, leave_questions=leave, by=person, at=clock.now())
    except StaleWrite:
        if input_named(key, actor=person).state != "applied":
            raise
    else:
        messages.success(request, _("Applied. This page is the receipt of this file."))
    return redirect("members:import", key)


@require_POST
def import_check(request: HttpRequest, key: str) -> HttpResponse:
    """Checks the file again against the plan as it is now."""
    person = visit_of(request).person
    services.check(input_named(key, actor=person), by=person, at=clock.now())
    messages.success(request, _("The file was checked again against the plan as it is now."))
    return redirect("members:import", key)


@require_POST
def import_withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """Takes back a file that was not applied."""
    person = visit_of(request).person
    services.withdraw(input_named(key, actor=person), by=person, at=clock.now())
    messages.success(request, _("The file was withdrawn. Nothing of it was applied."))
    return redirect("members:import", key)


def about(received: Input) -> str:
    """Whose rows of what and for where, in one sentence."""
    things = {"actions": _("actions"), "needs": _("needs"), "both": _("actions and needs")}
    return _("%(things)s of %(whose)s, for %(where)s") % {
        "things": things.get(received.holds, _("rows")).capitalize(),
        "whose": _whose(received),
        "where": received.plan.title if received.plan else received.framework.name,
    }


def _whose(received: Input) -> str:
    if received.organisation:
        return str(received.organisation)
    return _("many organisations (column “%(column)s”)") % {"column": received.org_column}


def state_in_words(received: Input) -> str:
    """Where the input stands: "applied on 3 June 2019"."""
    if received.undone_at:
        return _("undone on %(day)s") % {"day": _day(received.undone_at)}
    if received.applied_at:
        return _("applied on %(day)s") % {"day": _day(received.applied_at)}
    if received.withdrawn_at:
        return _("withdrawn on %(day)s") % {"day": _day(received.withdrawn_at)}
    if received.checked_at:
        return _("checked on %(day)s, not applied yet") % {"day": _day(received.checked_at)}
    return _("received on %(day)s, not checked yet") % {"day": _day(received.received_at)}


def _day(instant: Any) -> str:
    return f"{instant:%-d %B %Y}"


def _facts(received: Input) -> list[dict[str, str]]:
    entered = _("entered on their behalf, not yet confirmed") if received.on_behalf else ""
    facts = [
        {"label": _("Handed in by"), "value": str(received.received_by), "note": entered},
        {"label": _("Received"), "value": f"{received.received_at:%-d %B %Y, %H:%M} UTC"},
        {"label": _("Rows of"), "value": _whose(received)},
        {"label": _("For"), "value": str(received.plan or received.framework.name)},
    ]
    facts += [
        {
            "label": _("Came with a mail"),
            "value": each.subject or _("without a subject"),
            "note": _("from %(sender)s, sent %(day)s, as the mail says")
            % {
                "sender": each.sender or _("nobody named"),
                "day": f"{each.sent_at:%-d %B %Y}" if each.sent_at else _("on a day not stated"),
            },
        }
        for each in received.mails.defer("content")
    ]
    facts += [_round_fact(each) for each in received.rounds.select_related("by")]
    if received.undone_at:
        facts.append(
            {
                "label": _("Undone"),
                "value": f"{received.undone_at:%-d %B %Y, %H:%M} UTC",
                "note": _("by %(person)s") % {"person": received.undone_by},
            }
        )
    if received.replaces:
        facts.append(
            {
                "label": _("Mends"),
                "value": received.replaces.file_name,
                "href": reverse("members:import", args=[received.replaces.key]),
            }
        )
    facts.append({"label": _("The file’s SHA-256"), "value": received.sha256})
    return facts


def _round_fact(applied: AppliedRound) -> dict[str, str]:
    """One time that rows were applied: what, who and when."""
    counts = Counts(**applied.counts)
    written = Counts(counts.rows, counts.new, counts.changed, counts.same, counts.conflict, 0)
    return {
        "label": _("Applied"),
        "value": f"{summary(written)}, {applied.at:%-d %B %Y, %H:%M} UTC",
        "note": _("by %(person)s") % {"person": applied.by},
    }
