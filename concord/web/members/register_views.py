"""Changing the register: a body's facts, names and numbers, and two records that are one body."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from concord.accounts.queries import (
    near_names,
    organisation_by_key,
    organisation_merge,
    require,
    resolve_name,
)
from concord.accounts.rules import Permission
from concord.accounts.scope import ANYWHERE
from concord.accounts.services import (
    add_identifier,
    change_organisation,
    merge_organisations,
    remove_alias,
    remove_identifier,
    undo_organisation_merge,
)
from concord.kernel import clock
from concord.kernel.codelists import ORGANISATION_KINDS
from concord.kernel.errors import BadInput, IllegalMove, NotFound, StaleWrite
from concord.plan.queries import answer_that_taught
from concord.plan.services import identify_name, undo_name_answer
from concord.web.members.forms import LineField, VersionForm, told_in
from concord.web.members.organisation_page import change_page, same_page
from concord.web.members.visit import Visit, visit_of


class BodyForm(VersionForm):
    """What a body is called, what it is, and what it is part of."""

    name = LineField(label=gettext_lazy("Name"), max_length=300)
    acronym = LineField(label=gettext_lazy("Acronym"), max_length=60, required=False)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[("", gettext_lazy("not known")), *ORGANISATION_KINDS.items()],
        required=False,
    )
    parent = LineField(
        label=gettext_lazy("Part of"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Name or acronym of the body above it; empty if there is none."),
    )
    beneficiary = forms.ChoiceField(label=gettext_lazy("A body of"), required=False)

    def __init__(self, data: Any, *, visit: Visit, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        places = [(place.code, place.name) for place in visit.places]
        if initial["beneficiary"] and initial["beneficiary"] not in dict(places):
            places.append((initial["beneficiary"], initial["beneficiary"]))
        self.fields["beneficiary"].choices = [("", _("no beneficiary")), *places]  # type: ignore[attr-defined]

    def clean_parent(self) -> Any:
        """The body above, or None."""
        return _named(self.cleaned_data["parent"])


class OtherForm(forms.Form):
    """The other record of the same body, and why it is the same."""

    other = LineField(
        label=gettext_lazy("The other record"),
        max_length=300,
        help_text=gettext_lazy("Its name, acronym or key."),
    )
    reason = LineField(label=gettext_lazy("How do you know?"), max_length=300, required=False)


def _named(name: str) -> Any:
    if not name:
        return None
    found = resolve_name(name) or _by_key(name)
    if found is None:
        near = ", ".join(body.name for body in near_names(name, limit=3)) or _("nothing")
        raise forms.ValidationError(
            _("The register knows no such name. Near it: %(names)s.") % {"names": near}
        )
    return found


def _by_key(text: str) -> Any:
    try:
        return organisation_by_key(text.upper())
    except NotFound:
        return None


def _officer(request: HttpRequest) -> Visit:
    visit = visit_of(request)
    visit.framework  # noqa: B018  (members of a framework alone; raises NotFound for others)
    return visit


def _require(visit: Visit) -> None:
    require(visit.person, Permission.MANAGE_ORGANISATIONS, within=ANYWHERE)


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, key: str) -> HttpResponse:
    """The register's entry of one body, to be changed."""
    visit = _officer(request)
    body = organisation_by_key(key)
    _require(visit)
    initial = {
        "name": body.name,
        "acronym": body.acronym,
        "kind": body.kind,
        "parent": body.parent.name if body.parent else "",
        "beneficiary": body.beneficiary_code,
        "version": body.version,
    }
    form = BodyForm(request.POST if request.method == "POST" else None, visit=visit, initial=initial)
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            _change(body, form.cleaned_data, visit)
        if not form.errors:
            messages.success(request, _("Changed. A former name stays known as an alias."))
            return redirect("members:organisation", body.key)
    context = {"page": change_page(body), "form": form}
    status = 422 if form.is_bound else 200
    return render(request, "members/organisation_change.html", context, status=status)


def _change(body: Any, sent: dict[str, Any], visit: Visit) -> None:
    if sent["version"] != body.version:
        raise StaleWrite("This organisation was changed since you opened the page. Look at it again.")
    change_organisation(
        organisation=body,
        name=sent["name"],
        acronym=sent["acronym"],
        kind=sent["kind"],
        parent=sent["parent"],
        clear_parent=sent["parent"] is None,
        beneficiary=sent["beneficiary"],
        by=visit.person,
        at=clock.now(),
    )


@require_POST
def names(request: HttpRequest, key: str) -> HttpResponse:
    """Adds an alias, or takes one back."""
    visit = _officer(request)
    body = organisation_by_key(key)
    _require(visit)
    number, text = request.POST.get("remove", ""), request.POST.get("text", "")[:300]
    try:
        if number.isdecimal():
            alias = body.names.filter(pk=int(number), restricted=False).first()
            if alias is None:
                raise NotFound("There is no such name.")
            if taught := answer_that_taught(alias.pk, actor=visit.person):
                undo_name_answer(taught, by=visit.person, at=clock.now())
            else:
                remove_alias(alias=alias, by=visit.person, at=clock.now())
            messages.success(request, _("“%(text)s” is no longer its name.") % {"text": alias.text})
        else:
            only_in = " ".join(request.POST.get("only_in", "").split())[:200]
            identify_name(text=text, organisation=body, only_in=only_in, by=visit.person, at=clock.now())
            messages.success(request, _("“%(text)s” is known as its name now.") % {"text": text})
    except (BadInput, IllegalMove) as error:
        messages.error(request, str(error))
    return redirect("members:organisation-change", body.key)


@require_POST
def numbers(request: HttpRequest, key: str) -> HttpResponse:
    """Adds its number in somebody's list, or takes one back."""
    visit = _officer(request)
    body = organisation_by_key(key)
    _require(visit)
    number = request.POST.get("remove", "")
    try:
        if number.isdecimal():
            identifier = body.identifiers.filter(pk=int(number)).first()
            if identifier is None:
                raise NotFound("There is no such number.")
            remove_identifier(identifier=identifier, by=visit.person, at=clock.now())
        else:
            scheme, value = request.POST.get("scheme", "")[:40], request.POST.get("value", "")[:100]
            add_identifier(organisation=body, scheme=scheme, value=value, by=visit.person, at=clock.now())
        messages.success(request, _("Kept."))
    except (BadInput, IllegalMove) as error:
        messages.error(request, str(error))
    return redirect("members:organisation-change", body.key)


@require_http_methods(["GET", "HEAD", "POST"])
def same(request: HttpRequest, key: str) -> HttpResponse:
    """“This is the same body as …”: names the other record, shows what moves, merges on confirmation."""
    visit = _officer(request)
    body = organisation_by_key(key)
    _require(visit)
    data = request.POST if request.method == "POST" else request.GET if "other" in request.GET else None
    form = OtherForm(data)
    other = None
    if form.is_bound and form.is_valid():
        try:
            other = _named(form.cleaned_data["other"])
        except forms.ValidationError as error:
            form.add_error("other", error)
    if other is not None and other == body:
        form.add_error("other", _("That is this very record. Name the other one."))
        other = None
    if request.method == "POST" and other is not None:
        with told_in(form):
            merge_organisations(
                target=body,
                merged=other,
                reason=form.cleaned_data["reason"],
                by=visit.person,
                at=clock.now(),
            )
        if not form.errors:
            messages.success(
                request,
                _("“%(other)s” is %(body)s now. This can be undone on this page.")
                % {"other": other.name, "body": body.name},
            )
            return redirect("members:organisation", body.key)
    context = {"page": same_page(visit, body, other), "form": form}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "members/organisation_same.html", context, status=status)


@require_POST
def separate(request: HttpRequest, key: str, merge: str) -> HttpResponse:
    """Takes a merge back: both records stand as before."""
    visit = _officer(request)
    body = organisation_by_key(key)
    _require(visit)
    found = organisation_merge(merge)
    if found.target != body:
        raise NotFound("There is no such merge.")
    try:
        undo_organisation_merge(found, by=visit.person, at=clock.now())
    except IllegalMove as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("“%(other)s” stands for itself again.") % {"other": found.merged.name})
    return redirect("members:organisation", body.key)
