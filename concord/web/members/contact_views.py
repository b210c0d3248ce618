"""Focal points of organisations: the list, one of them, and the letter to all of a list."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.accounts.addressees import contact_visible
from concord.accounts.queries import near_names, organisation_by_key, require, resolve_name
from concord.accounts.rules import Permission
from concord.accounts.scope import Scope
from concord.accounts.services import add_contact, change_contact, end_contact, erase_contact, keep_contact
from concord.kernel import clock
from concord.kernel.errors import NotFound, NotPermitted, StaleWrite
from concord.web.members.contact_page import (
    contact_page,
    contacts_page,
    scope_choices,
    scope_within,
    write_page,
)
from concord.web.members.forms import DayInput, LineField, VersionForm, told_in
from concord.web.members.visit import Visit, visit_of

if TYPE_CHECKING:
    from concord.accounts.models import Contact


class ContactForm(forms.Form):
    """All that is kept of a focal point."""

    organisation = LineField(
        label=gettext_lazy("Organisation"), max_length=300, help_text=gettext_lazy("Name or acronym.")
    )
    pillar = forms.ChoiceField(label=gettext_lazy("Focal point for"), required=False)
    name = LineField(label=gettext_lazy("Name"), max_length=200)
    function = LineField(label=gettext_lazy("Function"), required=False, max_length=200)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False, max_length=254)
    phone = LineField(
        label=gettext_lazy("Telephone"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("With the country’s number: +355 4 123 4567."),
    )
    note = LineField(label=gettext_lazy("Note"), required=False, max_length=400)
    from_on = forms.DateField(label=gettext_lazy("Since"), widget=DayInput())
    until_on = forms.DateField(
        label=gettext_lazy("Until (this day included)"), required=False, widget=DayInput()
    )

    def __init__(self, data: Any, *, visit: Visit, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.fields["pillar"].choices = scope_choices(visit)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Reads the organisation's name, and asks for one way to reach the person."""
        cleaned = super().clean() or {}
        name = cleaned.get("organisation", "")
        cleaned["body"] = resolve_name(name) if name else None
        if name and cleaned["body"] is None:
            near = ", ".join(body.name for body in near_names(name, limit=3))
            self.add_error(
                "organisation",
                _("The register knows no such name. Near it: %(names)s.") % {"names": near or _("nothing")},
            )
        if not cleaned.get("email") and not cleaned.get("phone") and "email" not in self.errors:
            self.add_error("email", _("Write an e-mail address or a telephone number."))
        return cleaned


class ChangedContactForm(ContactForm, VersionForm):
    """The same for one that is there: its organisation stays."""

    def __init__(self, data: Any, *, visit: Visit, initial: dict[str, Any]) -> None:
        super().__init__(data, visit=visit, initial=initial)
        del self.fields["organisation"]


class LastDayForm(VersionForm):
    """The last day of a focal point."""

    until_on = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput())


@require_safe
def contacts(request: HttpRequest) -> HttpResponse:
    """The focal points."""
    page = contacts_page(_member(request), request.GET)
    return render(request, "members/contacts/list.html", {"page": page})


@require_safe
def write(request: HttpRequest) -> HttpResponse:
    """One letter to all that a list shows: their addresses to copy."""
    return render(request, "members/contacts/write.html", {"page": write_page(_member(request), request.GET)})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Adding a focal point."""
    visit = _manager(request)
    initial: dict[str, Any] = {"from_on": clock.now().date()}
    with suppress(NotFound):  # an address without, or with a wrong key, begins with an empty line
        initial["organisation"] = organisation_by_key(request.GET.get("organisation", "")[:8]).name
    form = ContactForm(request.POST if request.method == "POST" else None, visit=visit, initial=initial)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            added = add_contact(organisation=form.cleaned_data["body"], **_told(visit, form))
        if not form.errors:
            messages.success(request, _("%(name)s is a contact now.") % {"name": added.name})
            return redirect("members:contact", added.key)
    context = {"form": form, "title": _("Add a contact"), "button": _("Add this contact")}
    return render(request, "members/contacts/edit.html", context, status=422 if form.errors else 200)


@require_safe
def contact(request: HttpRequest, key: str) -> HttpResponse:
    """One focal point."""
    visit = _member(request)
    form = LastDayForm(None, initial={"until_on": clock.now().date()})
    context = {"page": contact_page(visit, key), "form": form}
    return render(request, "members/contacts/contact.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    """Changing a focal point."""
    visit = _member(request)
    found = _changeable(visit, key)
    initial = {
        name: getattr(found, name) for name in ChangedContactForm.base_fields if name != "organisation"
    }
    sent = request.POST if request.method == "POST" else None
    form = ChangedContactForm(sent, visit=visit, initial=initial)
    if sent is not None and form.is_valid():
        with told_in(form):
            change_contact(contact=found, expected_version=form.cleaned_data["version"], **_told(visit, form))
        if not form.errors:
            messages.success(request, _("The contact is changed."))
            return redirect("members:contact", key)
    context = {"form": form, "contact": found, "title": found.name, "button": _("Save this contact")}
    return render(request, "members/contacts/edit.html", context, status=422 if form.errors else 200)


@require_POST
def keep(request: HttpRequest, key: str) -> HttpResponse:
    """Keeping a contact that somebody named through a link."""
    visit = _member(request)
    found = _changeable(visit, key)
    keep_contact(contact=found, expected_version=_version(request), by=visit.person, at=clock.now())
    messages.success(request, _("%(name)s is kept as a contact.") % {"name": found.name})
    return redirect("members:contact", key)


@require_POST
def end(request: HttpRequest, key: str) -> HttpResponse:
    """Ending: from the day after, no mail goes there."""
    visit = _member(request)
    found = _changeable(visit, key)
    form = LastDayForm(request.POST)
    if form.is_valid():
        with told_in(form):
            end_contact(
                contact=found,
                until_on=form.cleaned_data["until_on"],
                expected_version=form.cleaned_data["version"],
                by=visit.person,
                at=clock.now(),
            )
    if form.errors:
        context = {"page": contact_page(visit, key), "form": form}
        return render(request, "members/contacts/contact.html", context, status=422)
    messages.success(request, _("The contact has a last day."))
    return redirect("members:contact", key)


@require_POST
def erase(request: HttpRequest, key: str) -> HttpResponse:
    """Erasing: nothing that tells who it was is left."""
    visit = _member(request)
    found = _changeable(visit, key)
    if found.version != _version(request):
        raise StaleWrite("This contact was changed by somebody else. Read it again.")
    erase_contact(contact=found, by=visit.person, at=clock.now())
    messages.success(request, _("The contact is erased: name, addresses and notes are gone for good."))
    return redirect("members:contacts")


def _member(request: HttpRequest) -> Visit:
    visit = visit_of(request)
    visit.framework  # noqa: B018  (members of a framework alone; raises NotFound for others)
    return visit


def _manager(request: HttpRequest) -> Visit:
    visit = _member(request)
    require(visit.person, Permission.MANAGE_ORGANISATIONS, within=Scope(visit.framework.ref))
    return visit


def _changeable(visit: Visit, key: str) -> Contact:
    found = contact_visible(key, actor=visit.person, framework=visit.framework.ref)
    if not visit.powers.can(Permission.MANAGE_ORGANISATIONS, within=found.within):
        raise NotPermitted(f"You may not {Permission.MANAGE_ORGANISATIONS.meaning}.")
    return found


def _version(request: HttpRequest) -> int:
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise StaleWrite("Open the page again: it was not sent as a whole.")
    return int(form.cleaned_data["version"])


def _told(visit: Visit, form: forms.Form) -> dict[str, Any]:
    names = ("name", "function", "email", "phone", "note", "from_on", "until_on")
    told = {name: form.cleaned_data[name] for name in names}
    within = scope_within(visit, form.cleaned_data["pillar"])
    return {**told, "within": within, "by": visit.person, "at": clock.now()}
