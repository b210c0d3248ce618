"""Names as written: the page to work through them, an answer, and taking it back."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from concord.accounts.queries import organisation_by_key, require, resolve_name
from concord.accounts.rules import Permission
from concord.accounts.scope import ANYWHERE
from concord.kernel import clock
from concord.kernel.codelists import ORGANISATION_KINDS
from concord.kernel.errors import BadInput, IllegalMove
from concord.plan.queries import actions_visible_to, answer_of_name
from concord.plan.services import (
    Identified,
    add_organisation_named,
    identify_name,
    keep_name,
    undo_name_answer,
)
from concord.web.members.forms import LineField
from concord.web.members.names_page import names_page
from concord.web.members.visit import Visit, visit_of

NEW, KEEP = "new", "keep"


class AnswerForm(forms.Form):
    """What a name means: the key of a body, "new" with what is known of it, or "keep"."""

    text = LineField(max_length=300)
    answer = LineField(max_length=8)
    only_in = LineField(max_length=200, required=False)
    name = LineField(max_length=300, required=False)
    acronym = LineField(max_length=60, required=False)
    kind = forms.ChoiceField(choices=[("", ""), *ORGANISATION_KINDS.items()], required=False)
    parent = LineField(max_length=300, required=False)


@require_safe
def names(request: HttpRequest) -> HttpResponse:
    """Names as written that the register does not know."""
    return render(request, "members/names.html", {"page": names_page(visit_of(request), request.GET)})


@require_POST
def answer(request: HttpRequest) -> HttpResponse:
    """Answers one name; every row kept with it follows."""
    visit = visit_of(request)
    visit.framework  # noqa: B018  (members of a framework alone; raises NotFound for others)
    require(visit.person, Permission.MANAGE_ORGANISATIONS, within=ANYWHERE)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("That answer could not be read. Choose again."))
        return _back(request)
    try:
        told, held_back = _answered(visit, form.cleaned_data)
    except (BadInput, IllegalMove) as error:
        messages.error(request, str(error))
        return _back(request)
    messages.success(request, told)
    for text in held_back:
        messages.warning(request, text)
    return _back(request)


def _answered(visit: Visit, sent: dict[str, str]) -> tuple[str, list[str]]:
    at, text = clock.now(), sent["text"]
    if sent["answer"] == KEEP:
        keep_name(text=text, by=visit.person, at=at)
        return _("“%(text)s” is kept as written and no longer asked about.") % {"text": text}, []
    if sent["answer"] == NEW:
        parent = resolve_name(sent["parent"]) if sent["parent"] else None
        if sent["parent"] and parent is None:
            raise BadInput(
                _("The register knows no “%(name)s” that the new body could be part of.")
                % {"name": sent["parent"]}
            )
        done = add_organisation_named(
            text=text,
            name=sent["name"] or text,
            acronym=sent["acronym"],
            kind=sent["kind"],
            parent=parent,
            beneficiary=parent.beneficiary_code if parent else "",
            by=visit.person,
            at=at,
        )
        return _told(visit, done), _held_back(visit, done)
    body = organisation_by_key(sent["answer"])
    done = identify_name(text=text, organisation=body, only_in=sent["only_in"], by=visit.person, at=at)
    return _told(visit, done), _held_back(visit, done)


def _told(visit: Visit, done: Identified) -> str:
    """What was done, counted over the actions that the person may see."""
    seen = actions_visible_to(visit.person, visit.framework).filter(pk__in=done.actions).count()
    return ngettext(
        "“%(text)s” is %(body)s now, in %(n)d action.", "“%(text)s” is %(body)s now, in %(n)d actions.", seen
    ) % {"text": done.answer.text, "body": done.answer.organisation, "n": seen}


def _held_back(visit: Visit, done: Identified) -> list[str]:
    visible = set(
        actions_visible_to(visit.person, visit.framework)
        .filter(pk__in=[action.pk for action, _other in done.held_back])
        .values_list("pk", flat=True)
    )
    return [
        _(
            "“%(title)s” keeps its reporter as written: %(body)s reports another action with the id %(id)s. "
            "Merge the two, or change one id."
        )
        % {"title": action.title, "body": done.answer.organisation, "id": action.own_id}
        for action, _other in done.held_back
        if action.pk in visible
    ]


@require_POST
def undo(request: HttpRequest, key: str) -> HttpResponse:
    """Takes an answer back; the rows are kept as written again."""
    visit = visit_of(request)
    visit.framework  # noqa: B018  (members of a framework alone; raises NotFound for others)
    require(visit.person, Permission.MANAGE_ORGANISATIONS, within=ANYWHERE)
    try:
        undone = undo_name_answer(answer_of_name(key, actor=visit.person), by=visit.person, at=clock.now())
    except IllegalMove as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The answer about “%(text)s” is taken back.") % {"text": undone.text})
    return _back(request)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    page, at = request.POST.get("page", ""), request.POST.get("at", "")
    query = f"?page={page}" if page.isdecimal() else ""
    fragment = f"#{at}" if at.startswith("name-") and at[5:].isdecimal() else ""
    return redirect(f"{reverse('members:names')}{query}{fragment}")
