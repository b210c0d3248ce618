"""People and their roles, for administrators; and one's own account."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.accounts.queries import near_names, organisations_of, resolve_name
from concord.accounts.rules import (
    NEVER_GRANTED_BY_HAND,
    ROLE_NAMES,
    ROLES_OF_A_BENEFICIARY,
    ROLES_OF_AN_ORGANISATION,
    Role,
)
from concord.accounts.scope import Scope
from concord.accounts.services import add_person, grant_role, reinstate_person, revoke_role, suspend_person
from concord.kernel import clock
from concord.kernel.errors import StaleWrite
from concord.web.members.forms import DayInput, LineField, VersionForm, told_in
from concord.web.members.people_page import (
    framework_choices,
    grant_of,
    people_lines,
    person_by_ref,
    person_page,
    place_choices,
    require_manager,
)
from concord.web.members.visit import Visit, visit_of


class PersonForm(forms.Form):
    """Somebody new."""

    name = LineField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254)


class GrantForm(forms.Form):
    """A role for a person."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        choices=[
            (role.value, name) for role, name in ROLE_NAMES.items() if role not in NEVER_GRANTED_BY_HAND
        ],
    )
    within = forms.ChoiceField(label=gettext_lazy("For"))
    organisation = LineField(
        label=gettext_lazy("Organisation"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Name or acronym; needed for reporters, viewers, lead and co-lead partners."),
    )
    beneficiary = forms.ChoiceField(
        label=gettext_lazy("Beneficiary"),
        required=False,
        help_text=gettext_lazy("Needed for national coordinators and authorities."),
    )
    from_on = forms.DateField(label=gettext_lazy("From"), widget=DayInput())
    until_on = forms.DateField(
        label=gettext_lazy("Until (this day included)"),
        required=False,
        widget=DayInput(),
    )

    def __init__(self, data: Any, *, scopes: Iterable[Scope]) -> None:
        super().__init__(data, initial={"from_on": clock.now().date()}, auto_id="grant_%s")
        listed = list(scopes)
        self.fields["within"].choices = framework_choices(listed)  # type: ignore[attr-defined]
        self.fields["beneficiary"].choices = [("", _("none")), *place_choices(listed)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Reads the organisation's name; one that is not known is refused with those near it."""
        cleaned = super().clean() or {}
        role, name = cleaned.get("role", ""), cleaned.get("organisation", "")
        cleaned["body"] = resolve_name(name) if name else None
        if name and cleaned["body"] is None:
            near = ", ".join(body.name for body in near_names(name, limit=3))
            self.add_error(
                "organisation",
                _("The register knows no such name. Near it: %(names)s.") % {"names": near or _("nothing")},
            )
        if role in ROLES_OF_AN_ORGANISATION and not name:
            self.add_error("organisation", _("This role is held for an organisation. Name it."))
        if role in ROLES_OF_A_BENEFICIARY and not cleaned.get("beneficiary"):
            self.add_error("beneficiary", _("This role is held for a beneficiary. Choose it."))
        return cleaned


class ReasonForm(VersionForm):
    """Why something is taken away, and the version that was read."""

    reason = LineField(label=gettext_lazy("Why"), required=False, max_length=300)


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with an account; sending the form adds somebody."""
    visit = visit_of(request)
    require_manager(visit)
    form = PersonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            person = add_person(
                email=form.cleaned_data["email"],
                name=form.cleaned_data["name"],
                by=visit.person,
                at=clock.now(),
            )
        if not form.errors:
            messages.success(
                request,
                _("%(name)s has an account and sets a password by mail. Give them a role.")
                % {"name": person.name},
            )
            return redirect("members:person", person.ref)
    context = {"people": people_lines(), "form": form}
    return render(request, "members/people.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, ref: str) -> HttpResponse:
    """One person and their roles; sending the form grants one."""
    visit = visit_of(request)
    scopes = require_manager(visit)
    found = person_by_ref(ref)
    form = GrantForm(request.POST if request.method == "POST" else None, scopes=scopes)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            _grant(visit, found, form.cleaned_data)
        if not form.errors:
            messages.success(request, _("The role is granted."))
            return redirect("members:person", ref)
    context = {"page": person_page(visit, found), "form": form}
    return render(request, "members/person.html", context, status=422 if form.errors else 200)


def _grant(visit: Visit, person: Any, sent: dict[str, Any]) -> None:
    framework, _slash, pillar = sent["within"].partition("/")
    grant_role(
        person=person,
        role=Role(sent["role"]),
        within=Scope(framework, pillar),
        organisation=sent["body"],
        beneficiary=sent["beneficiary"],
        from_on=sent["from_on"],
        until_on=sent["until_on"],
        by=visit.person,
        at=clock.now(),
    )


@require_POST
def revoke(request: HttpRequest, ref: str, key: str) -> HttpResponse:
    """Ends a role at once."""
    visit = visit_of(request)
    require_manager(visit)
    grant = grant_of(person_by_ref(ref), key)
    form = ReasonForm(request.POST)
    if form.is_valid() and form.cleaned_data["version"] != grant.version:
        raise StaleWrite("This role was changed since you opened the page. Look at it again.")
    reason = form.cleaned_data.get("reason", "") if form.is_valid() else ""
    revoke_role(grant=grant, reason=reason, by=visit.person, at=clock.now())
    messages.success(request, _("The role is revoked. It stays in the list with its dates."))
    return redirect("members:person", ref)


@require_POST
def suspend(request: HttpRequest, ref: str) -> HttpResponse:
    """Takes away everything a person may do, until they are reinstated."""
    visit = visit_of(request)
    require_manager(visit)
    suspend_person(
        person=person_by_ref(ref),
        reason=request.POST.get("reason", "")[:300],
        by=visit.person,
        at=clock.now(),
    )
    messages.success(request, _("Suspended: this person can do nothing until you reinstate them."))
    return redirect("members:person", ref)


@require_POST
def reinstate(request: HttpRequest, ref: str) -> HttpResponse:
    """Ends a suspension."""
    visit = visit_of(request)
    require_manager(visit)
    reinstate_person(person=person_by_ref(ref), by=visit.person, at=clock.now())
    messages.success(request, _("Reinstated: the roles that still run hold again."))
    return redirect("members:person", ref)


@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: who you are here, and where to change how you sign in."""
    visit = visit_of(request)
    context = {
        "page": person_page(visit, visit.person),
        "bodies": organisations_of(visit.person),
        "links": [
            {"text": _("Change your password"), "href": reverse("account_change_password")},
            {"text": _("Second factor"), "href": reverse("mfa_index")},
            {"text": _("Where you are signed in"), "href": reverse("usersessions_list")},
        ],
    }
    return render(request, "members/account.html", context)
