"""Handing files in: the list, the upload, the preview, applying, and the lasting receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.accounts.scope import ANYWHERE
from concord.intake import services
from concord.intake.files import open_bytes
from concord.intake.formats.parts import UnreadableFile
from concord.intake.jobs import apply_large, is_large, receive_large
from concord.intake.preview import Counts
from concord.intake.queries import counts_left, input_named, marked_copy
from concord.intake.report import summary
from concord.kernel import clock
from concord.kernel.codelists import KOSOVO_FOOTNOTE
from concord.kernel.errors import BadInput, StaleWrite
from concord.web.members.intake_forms import Arrived, HandInForm, initial_of, places_of, target_said_in
from concord.web.members.intake_list import imports_page
from concord.web.members.intake_page import asked_in, input_page
from concord.web.members.intake_words import about, state_in_words, whose
from concord.web.members.visit import visit_of
from concord.web.members.workbook_views import SPREADSHEET

if TYPE_CHECKING:
    from concord.intake.models import AppliedRound, Input


@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """The files that were handed in, newest first."""
    page = imports_page(visit_of(request), request.GET)
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
    taken = [_take(request, form, each, replaced) for each in form.arrived] if form.is_valid() else []
    if len(taken) != 1:
        return _several(request, taken) if taken else _form_page(request, form, replaced, 422)
    if taken[0].refused:
        form.add_error(taken[0].field, taken[0].refused)
        return _form_page(request, form, replaced, 422)
    if taken[0].repeated:
        messages.info(request, REPEATED)
    return redirect(taken[0].href)


REPEATED = gettext_lazy(
    "This file was applied before and says nothing new: nothing was changed. Here is its receipt."
)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What became of one file of an upload: the page that it leads to, or why it was refused, at a field."""

    name: str
    href: str = ""
    refused: str = ""
    field: str = "file"
    repeated: bool = False


def _take(request: HttpRequest, form: HandInForm, each: Arrived, replaced: Input | None) -> _Taken:
    """Takes one file in: a small one at once, a large one by a job."""
    content, target, person, now = each.upload.read(), form.target, visit_of(request).person, clock.now()
    name = each.upload.name
    if target is None:  # a form that is valid has one
        return _Taken(name, refused=_("Say where the rows go."))
    if is_large(content):
        job = receive_large(
            file_name=name, content=content, target=target, replaces=replaced, by=person, at=now
        )
        return _Taken(name, reverse("members:job", args=[job.key]))
    try:
        file = open_bytes(name, content)
        file.sheets.notes.extend(each.notes)
        if form.rows_say_it:
            target = target_said_in(file.sheets, target)
    except UnreadableFile as error:
        return _Taken(name, refused=f"{error.message} {error.remedy}")
    except BadInput as error:
        return _Taken(name, refused=str(error), field="whose")
    try:
        receipt = services.take_in(file, content, target=target, replaces=replaced, by=person, at=now)
    except BadInput as error:
        field = "column" if "column" in form.fields else "file"
        return _Taken(name, refused=str(error), field=field)
    key = receipt.input.key if receipt.input else ""
    return _Taken(name, reverse("members:import", args=[key]), repeated=receipt.repeated)


def _several(request: HttpRequest, taken: Sequence[_Taken]) -> HttpResponse:
    """Each file is an input of its own, and one that is refused keeps none of the others out."""
    read = [each.name for each in taken if not each.refused]
    if read:
        said = ngettext(
            "%(count)d file was taken in: %(names)s", "%(count)d files were taken in: %(names)s", len(read)
        )
        messages.success(request, said % {"count": len(read), "names": ", ".join(read)})
    for each in taken:
        if each.refused:
            messages.error(request, f"{each.name}: {each.refused}")
        elif each.repeated:
            messages.info(request, f"{each.name}: {REPEATED}")
    return redirect("members:imports")


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


def _facts(received: Input) -> list[dict[str, str]]:
    entered = _("entered on their behalf, not yet confirmed") if received.on_behalf else ""
    facts = [
        {"label": _("Handed in by"), "value": str(received.received_by), "note": entered},
        {"label": _("Received"), "value": f"{received.received_at:%-d %B %Y, %H:%M} UTC"},
        {"label": _("Rows of"), "value": whose(received)},
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
