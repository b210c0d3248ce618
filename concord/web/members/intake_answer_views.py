"""Answering and mending in a preview: plain posts that lead back to the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from concord.accounts.queries import near_names, organisation_by_key, require, resolve_name
from concord.accounts.rules import Permission
from concord.accounts.scope import ANYWHERE
from concord.accounts.services import add_alias, add_organisation
from concord.intake import services
from concord.intake.queries import (
    answer_given,
    correction_made,
    given_together,
    input_named,
    names_asked,
    problem_at,
    row_at,
    said_of_one,
)
from concord.kernel import clock
from concord.kernel.errors import BadInput
from concord.web.members.visit import visit_of

if TYPE_CHECKING:
    from concord.accounts.models import Organisation, Person
    from concord.intake.models import Input, InputProblem


@require_POST
def import_answer(request: HttpRequest, key: str) -> HttpResponse:
    """Answers one question of the file, for every cell that asks it."""
    person = visit_of(request).person
    received = input_named(key, actor=person)
    problem = problem_at(received, request.POST.get("question", ""), request.POST.get("value", ""))
    kind, _colon, organisation_key = request.POST.get("answer", "").partition(":")
    everywhere = request.POST.get("everywhere") == "yes"
    with transaction.atomic():
        organisation = None
        if kind in ("organisation", "name", "add"):
            organisation = _organisation(request, kind, organisation_key, problem, person)
            kind = "organisation"
            if everywhere:
                _learn(problem, organisation, person)
        services.answer_question(
            received,
            problem,
            kind=kind,
            text=request.POST.get("text", ""),
            organisation=organisation,
            everywhere=everywhere and organisation is not None,
            by=person,
            at=clock.now(),
        )
    messages.success(request, _("Answered. The rows below were read again with it."))
    return _back(request, received, "names" if request.POST.get("back") == "names" else "waits")


def _organisation(
    request: HttpRequest, kind: str, key: str, problem: InputProblem, person: Person
) -> Organisation:
    """The organisation of a button, of a name that was typed, or a new one of the name as written."""
    if kind == "organisation":
        return organisation_by_key(key)
    if kind == "add":
        return add_organisation(name=problem.value, by=person, at=clock.now())
    name = request.POST.get("name", "").strip()
    if found := resolve_name(name):
        return found
    near = ", ".join(f"“{body}”" for body in near_names(name, limit=3)) if name else ""
    hint = _("Did you mean %(names)s?") % {"names": near} if near else ""
    raise BadInput(
        _("The register has no organisation “%(name)s”.") % {"name": name[:200]} + f" {hint}".rstrip()
    )


def _learn(problem: InputProblem, organisation: Organisation, person: Person) -> None:
    """The register learns the name, for whoever writes it next."""
    require(person, Permission.MANAGE_ORGANISATIONS, within=ANYWHERE)
    if resolve_name(problem.value) != organisation:
        add_alias(organisation=organisation, text=problem.value, by=person, at=clock.now())


@require_POST
def import_keep_names(request: HttpRequest, key: str) -> HttpResponse:
    """Keeps every name that the register does not know as it is written, in one act."""
    person = visit_of(request).person
    received = input_named(key, actor=person)
    version = request.POST.get("version", "")
    names = list(names_asked(received))
    services.answer_questions(
        received,
        names,
        kind="kept",
        version=int(version) if version.isdecimal() else -1,
        by=person,
        at=clock.now(),
    )
    messages.success(request, _("%(count)d names are kept as written.") % {"count": len(names)})
    return _back(request, received, "waits")


@require_POST
def import_mend(request: HttpRequest, key: str) -> HttpResponse:
    """Mends the cells of one row that the form changed."""
    person = visit_of(request).person
    received = input_named(key, actor=person)
    row = row_at(received, request.POST.get("row", ""))
    seen = {
        int(name.removeprefix("seen-")): _text(request.POST[name])
        for name in request.POST
        if name.startswith("seen-") and name.removeprefix("seen-").isdigit()
    }
    cells = {
        column: text
        for column, before in seen.items()
        if (text := _text(request.POST.get(f"cell-{column}", before))) != before
    }
    if cells:
        services.mend_cells(
            received, sheet=row.sheet, row=row.number, cells=cells, seen=seen, by=person, at=clock.now()
        )
        messages.success(request, _("Row %(row)d was mended and read again.") % {"row": row.number})
    else:
        messages.info(request, _("Nothing was changed: every cell says what it said."))
    return _back(request, received, f"row-{row.sheet_order}-{row.number}")


@require_POST
def import_settle(request: HttpRequest, key: str) -> HttpResponse:
    """Chooses whose value counts for a field that the plan and the file both changed, or asks again."""
    person = visit_of(request).person
    received = input_named(key, actor=person)
    row = row_at(received, request.POST.get("row", ""))
    field, _colon, choice = request.POST.get("settle", "").partition(":")
    if choice == "again":
        services.unsettle_conflict(row, field=field, by=person, at=clock.now())
        messages.success(request, _("Asked again: both values stand beside each other."))
    else:
        services.settle_conflict(row, field=field, choice=choice, by=person, at=clock.now())
        messages.success(request, _("Chosen. It counts once the file is applied."))
    return _back(request, received, f"row-{row.sheet_order}-{row.number}")


def _text(text: str) -> str:
    """A cell's text as a form sends it back: browsers end lines by two characters."""
    return text.replace("\r\n", "\n")


@require_POST
def import_take_back(request: HttpRequest, key: str) -> HttpResponse:
    """Takes an answer or a mended cell back: the question is asked again."""
    person = visit_of(request).person
    received = input_named(key, actor=person)
    if given := request.POST.get("together", ""):
        services.take_back_answers(given_together(received, given), by=person, at=clock.now())
    elif given := request.POST.get("answer", ""):
        services.take_back_answer(answer_given(received, given), by=person, at=clock.now())
    else:
        made = correction_made(received, request.POST.get("correction", ""))
        services.take_back_correction(made, by=person, at=clock.now())
    messages.success(request, _("Taken back. The rows below were read again without it."))
    return _back(request, received, "given")


@require_POST
def import_vanished(request: HttpRequest, key: str) -> HttpResponse:
    """Says what became of a record that is no longer in the file, or of all; or asks again."""
    person = visit_of(request).person
    received = input_named(key, actor=person)
    if given := request.POST.get("back", ""):
        said = said_of_one(received, given, actor=person)
        services.take_back_vanished(said, by=person, at=clock.now())
        messages.success(request, _("Taken back. The record is asked about again."))
    else:
        kind, _colon, record = request.POST.get("answer", "").partition(":")
        reason = request.POST.get("reason", "")
        keys = () if record == "all" else (record,)
        services.answer_vanished(received, kind=kind, keys=keys, reason=reason, by=person, at=clock.now())
        messages.success(request, _("Answered. It can be taken back below."))
    return _back(request, received, "vanished")


@require_POST
def import_undo(request: HttpRequest, key: str) -> HttpResponse:
    """Takes back all that the import wrote; where something builds on it, says what (422)."""
    person = visit_of(request).person
    received = input_named(key, actor=person)
    services.undo_import(received, by=person, at=clock.now())
    messages.success(request, _("Undone: the plan says again what it said before this file."))
    return redirect("members:import", key)


def _back(request: HttpRequest, received: Input, anchor: str) -> HttpResponse:
    """The page as it was filtered, at the place where the person was."""
    show = request.POST.get("show", "")
    query = f"?show={show}" if show.isalpha() else ""
    return redirect(reverse("members:import", args=[received.key]) + query + f"#{anchor}")
