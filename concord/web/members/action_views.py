"""One action: its page, choosing between statements, confirming, placing, undoing a merge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.analysis.queries import assessment_of_merge
from concord.analysis.services import undo_assessment
from concord.kernel import clock
from concord.kernel.errors import BadInput, NotFound
from concord.plan.queries import (
    action_named,
    merges_of,
    plan_visible,
    scope_of,
    statements_of,
)
from concord.plan.services import choose_statement, confirm_action, place_action, undo_merge
from concord.web.members.action_forms import ChooseForm, PlaceForm, UndoMergeForm
from concord.web.members.action_page import action_page
from concord.web.members.forms import VersionForm, told_in
from concord.web.members.plan_list import titled
from concord.web.members.rows import address_of_action
from concord.web.members.told import FIELD_LABELS
from concord.web.members.visit import visit_of

if TYPE_CHECKING:
    from django import forms


@require_safe
def action(request: HttpRequest, key: str) -> HttpResponse:
    """All that members read about an action; a merged one says where it went."""
    visit = visit_of(request)
    page = action_page(visit, action_named(key, actor=visit.person))
    return render(request, "members/action.html", {"page": page, "kosovo_footnote": page.footnote})


@require_POST
def choose(request: HttpRequest, key: str) -> HttpResponse:
    """Makes one of a field's statements the one that counts."""
    visit = visit_of(request)
    found = action_named(key, actor=visit.person)
    sent = _valid(ChooseForm(request.POST))
    statement = statements_of(found).filter(pk=sent["statement"]).first()
    if statement is None:
        raise NotFound("There is no such statement about this action.")
    choose_statement(statement, expected_version=sent["version"], by=visit.person, at=clock.now())
    label = str(FIELD_LABELS.get(statement.field, statement.field))
    messages.success(request, _("Chosen for “%(field)s”. The other statements are kept.") % {"field": label})
    return redirect("members:action", key)


@require_POST
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """Whoever reports the action confirms it as it stands."""
    visit = visit_of(request)
    found = action_named(key, actor=visit.person)
    sent = _valid(VersionForm(request.POST))
    confirm_action(found, expected_version=sent["version"], by=visit.person, at=clock.now())
    messages.success(request, _("Confirmed as it stands, with today’s date."))
    return redirect("members:action", key)


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, key: str, ref: str) -> HttpResponse:
    """The form that puts an action under a measure of a plan."""
    visit = visit_of(request)
    found = action_named(key, actor=visit.person)
    plan = plan_visible(ref, actor=visit.person)
    require(visit.person, Permission.PLACE_ACTION, within=scope_of(plan))
    if plan.framework_id != found.framework_id:
        raise NotFound("This plan belongs to another framework.")
    rows = [row for row in found.placements.select_related("measure") if row.plan_id == plan.pk]
    initial = {
        "measure": next((row.measure.code for row in rows if row.is_main and row.measure), ""),
        "linked": [row.measure.code for row in rows if not row.is_main and row.measure],
    }
    form = PlaceForm(request.POST if request.method == "POST" else None, plan=plan, initial=initial)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            place_action(
                found, plan=plan, measure=form.main, linked=form.others, by=visit.person, at=clock.now()
            )
        if not form.errors:
            messages.success(request, _("Placed in %(plan)s.") % {"plan": titled(plan)})
            return redirect("members:action", key)
    context = {
        "thing": found.title,
        "back": address_of_action(key),
        "plan": titled(plan),
        "form": form,
        "stands": bool(rows),
    }
    return render(request, "members/place.html", context, status=422 if form.errors else 200)


@require_POST
def take_merge_back(request: HttpRequest, key: str) -> HttpResponse:
    """Undoes a merge into this action; where an answer to a finding made it, the answer goes with it."""
    visit = visit_of(request)
    found = action_named(key, actor=visit.person)
    sent = _valid(UndoMergeForm(request.POST))
    merge = merges_of(found).filter(pk=sent["merge"]).first()
    if merge is None:
        raise NotFound("There is no such merge into this action, or it was undone already.")
    answer = assessment_of_merge(merge)
    if answer is not None:
        undo_assessment(answer, by=visit.person, at=clock.now())
    else:
        undo_merge(merge, by=visit.person, at=clock.now())
    messages.success(request, _("The merge is undone. Both actions stand as before."))
    return redirect("members:action", key)


def _valid(form: forms.Form) -> dict[str, Any]:
    """What a small form of buttons sent.

    Raises:
        BadInput: it was not one of ours.
    """
    if not form.is_valid():
        raise BadInput("The form was not complete. Go back, load the page again, and repeat what you did.")
    return form.cleaned_data
