"""Withdrawing an action that its source no longer plans, and restoring it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from concord.accounts.rules import Permission
from concord.kernel import clock
from concord.kernel.errors import BadInput, IllegalMove, NotPermitted
from concord.plan.queries import action_named
from concord.plan.services import restore_action, withdraw_action
from concord.web.members.forms import TextField, VersionForm, told_in
from concord.web.members.rows import address_of_action
from concord.web.members.visit import Visit, visit_of

if TYPE_CHECKING:
    from concord.plan.models import Action


class WithdrawForm(VersionForm):
    """Why the action is withdrawn."""

    reason = TextField(
        label=gettext_lazy("Why is it no longer planned?"),
        max_length=1000,
        rows=3,
        help_text=gettext_lazy("In plain words. Members who may see the action read it."),
    )


def may_withdraw(visit: Visit, action: Action) -> bool:
    """Whether the person speaks for the action's source: reports for it, or enters on its behalf."""
    return visit.may_on(Permission.ENTER_ON_BEHALF, action) or visit.may_on(
        Permission.REPORT_OWN, action, action.reporting_organisation
    )


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, key: str) -> HttpResponse:
    """The form that withdraws an action."""
    visit = visit_of(request)
    found = action_named(key, actor=visit.person)
    if not may_withdraw(visit, found):
        raise NotPermitted("Only who reports this action, or enters on its behalf, can withdraw it.")
    if found.withdrawn_at is not None or found.merged_into_id is not None:
        raise IllegalMove(
            _("This action does not stand any more: it was withdrawn or merged. Look at its page.")
        )
    initial = {"version": found.version}
    form = WithdrawForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        with told_in(form):
            withdraw_action(
                found,
                reason=form.cleaned_data["reason"],
                expected_version=form.cleaned_data["version"],
                by=visit.person,
                at=clock.now(),
            )
        if not form.errors:
            messages.success(request, _("Withdrawn. It counts nowhere any more; you can restore it here."))
            return redirect("members:action", key)
    context = {"action": found, "form": form, "back": address_of_action(key)}
    return render(request, "members/action_withdraw.html", context, status=422 if form.errors else 200)


@require_POST
def restore(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a withdrawal back."""
    visit = visit_of(request)
    found = action_named(key, actor=visit.person)
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise BadInput("The form was not complete. Go back, load the page again, and repeat what you did.")
    restore_action(found, expected_version=form.cleaned_data["version"], by=visit.person, at=clock.now())
    messages.success(request, _("Restored. It stands where it stood before."))
    return redirect("members:action", key)
