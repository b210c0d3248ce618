"""Changing an action by hand; what somebody else changed meanwhile is shown, and nothing typed is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concord.accounts.rules import Permission
from concord.kernel import clock
from concord.kernel.errors import IllegalMove, StaleWrite
from concord.plan.queries import action_named, naming_table
from concord.plan.services import amend_action
from concord.web.members.action_forms import AmendForm
from concord.web.members.forms import told_in
from concord.web.members.rows import Places, address_of_action
from concord.web.members.visit import Visit, visit_of

if TYPE_CHECKING:
    from concord.plan.models import Action

_OURS = frozenset({"version", "lines", "on_behalf"})
"""Fields of the form that are no values of the action."""


@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, key: str) -> HttpResponse:
    """The form that changes an action."""
    visit = visit_of(request)
    found = action_named(key, actor=visit.person)
    visit.require_on(Permission.AMEND_ACTION, found, found.reporting_organisation)
    if found.merged_into_id is not None:
        raise IllegalMove(_("This action was merged into another one. Change that one, or undo the merge."))
    if found.withdrawn_at is not None:
        raise IllegalMove(_("This action was withdrawn by its source. Restore it first."))
    if request.method != "POST":
        return _show(request, found, _form(visit, found, None), status=200)
    form = _form(visit, found, request.POST)
    if form.is_valid():
        try:
            with told_in(form):
                _write(visit, found, form)
        except StaleWrite:
            return _show_stale(request, visit, form)
    if form.errors:
        return _show(request, found, form, status=422)
    messages.success(request, _("The action is changed. What files said before is kept beside it."))
    return redirect("members:action", key)


def _write(visit: Visit, found: Action, form: AmendForm) -> None:
    behalf = found.reporting_organisation if form.cleaned_data.get("on_behalf") else None
    amend_action(
        found,
        changes=form.changes(),
        expected_version=form.cleaned_data["version"],
        on_behalf_of=behalf,
        by=visit.person,
        at=clock.now(),
    )


def _form(visit: Visit, found: Action, data: Any) -> AmendForm:
    return AmendForm(
        data,
        action=found,
        places=Places(naming_table(found.framework)),
        pillars=list(found.framework.pillars.order_by("order")),
        may_be_behalf=visit.may_on(Permission.ENTER_ON_BEHALF, found),
    )


def _show_stale(request: HttpRequest, visit: Visit, sent: AmendForm) -> HttpResponse:
    """The form over the action as it is now: touched fields as typed, all others as they are."""
    fresh = action_named(sent.action.key, actor=visit.person)
    now = _form(visit, fresh, None)
    data = QueryDict(mutable=True)
    data["version"] = str(fresh.version)
    data["lines"] = str(max(sent.money_count, now.money_count))
    meanwhile = []
    for name, field in sent.fields.items():
        if name in _OURS:
            continue
        stands = _values(now.get_initial_for_field(now.fields[name], name) if name in now.fields else "")
        typed = request.POST.getlist(name)
        touched = name in sent.changed_data
        data.setlist(now.add_initial_prefix(name), stands)
        data.setlist(name, typed if touched else stands)
        if touched and typed != stands:
            meanwhile.append({"label": field.label, "typed": ", ".join(typed), "now": ", ".join(stands)})
    return _show(request, fresh, _form(visit, fresh, data), status=409, meanwhile=meanwhile)


def _values(initial: Any) -> list[str]:
    if isinstance(initial, list | tuple):
        return [str(value) for value in initial]
    return ["" if initial is None else str(initial)]


def _show(
    request: HttpRequest, found: Action, form: AmendForm, *, status: int, meanwhile: list[Any] | None = None
) -> HttpResponse:
    context = {
        "action": found,
        "form": form,
        "stale": status == 409,
        "meanwhile": meanwhile or [],
        "back": address_of_action(found.key),
        "kosovo_footnote": Places(naming_table(found.framework)).footnote,
    }
    return render(request, "members/action_edit.html", context, status=status)
