"""Needs: the working table, one need, what its beneficiaries say, amending and placing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.kernel import clock
from concord.kernel.codelists import APPROACHES, NEED_KINDS, TOPICS
from concord.kernel.errors import BadInput, NotFound, NotPermitted, StaleWrite
from concord.plan.queries import naming_table, need_named, plan_visible, scope_of
from concord.plan.services import amend_need, can_confirm_need, confirm_need, place_need, state_need
from concord.web.members.action_forms import PlaceForm
from concord.web.members.forms import LineField, TextField, VersionForm, WhenField, told_in
from concord.web.members.need_lists import needs_page
from concord.web.members.need_page import need_page
from concord.web.members.plan_list import titled
from concord.web.members.rows import Places, address_of_need
from concord.web.members.told import FIELD_LABELS
from concord.web.members.visit import visit_of

if TYPE_CHECKING:
    from concord.plan.models import Need

_FIELDS = (
    *("statement", "beneficiaries", "kind", "approach", "pillar", "topics"),
    *("priority", "reference", "stated_on", "source_url", "notes"),
)


@require_safe
def needs(request: HttpRequest) -> HttpResponse:
    """All needs of the framework."""
    page = needs_page(visit_of(request), request.GET)
    return render(request, "members/list.html", {"page": page, "kosovo_footnote": page.footnote})


@require_safe
def need(request: HttpRequest, key: str) -> HttpResponse:
    """All that members read about a need."""
    visit = visit_of(request)
    page = need_page(visit, need_named(key, actor=visit.person))
    return render(request, "members/need.html", {"page": page, "kosovo_footnote": page.footnote})


class StateForm(forms.Form):
    """What one beneficiary says of a need."""

    beneficiary = forms.CharField(max_length=2)
    state = forms.CharField(max_length=12)


@require_POST
def say(request: HttpRequest, key: str) -> HttpResponse:
    """A beneficiary's national coordinator says whether a need is open, met or closed."""
    visit = visit_of(request)
    found = need_named(key, actor=visit.person)
    form = StateForm(request.POST)
    if not form.is_valid():
        raise BadInput("Choose whether the need is open, met or closed.")
    state_need(
        found,
        code=form.cleaned_data["beneficiary"],
        state=form.cleaned_data["state"],
        by=visit.person,
        at=clock.now(),
    )
    messages.success(request, _("Recorded, with your name and today’s date."))
    return redirect("members:need", key)


@require_POST
def confirm(request: HttpRequest, key: str) -> HttpResponse:
    """A beneficiary's coordinator or authority says that a need still stands."""
    visit = visit_of(request)
    found = need_named(key, actor=visit.person)
    if not can_confirm_need(found, visit.person):
        raise NotPermitted("You may not confirm this need: its beneficiary's coordinator or authority does.")
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise StaleWrite("Open the page again: it was not sent as a whole.")
    confirm_need(found, expected_version=form.cleaned_data["version"], by=visit.person, at=clock.now())
    messages.success(request, _("The need is confirmed, with today’s date."))
    return redirect("members:need", key)


class AmendNeedForm(VersionForm):
    """A need's values as a person may write them; like its sister for actions, it keeps what was seen."""

    statement = TextField(label=FIELD_LABELS["statement"], rows=4)
    beneficiaries = forms.MultipleChoiceField(
        label=FIELD_LABELS["beneficiaries"], required=False, widget=forms.CheckboxSelectMultiple
    )
    kind = forms.ChoiceField(
        label=FIELD_LABELS["kind"],
        required=False,
        choices=[("", gettext_lazy("not reported")), *NEED_KINDS.items()],
    )
    approach = forms.ChoiceField(
        label=FIELD_LABELS["approach"],
        required=False,
        choices=[("", gettext_lazy("not reported")), *APPROACHES.items()],
    )
    pillar = forms.ChoiceField(label=FIELD_LABELS["pillar"], required=False)
    topics = forms.MultipleChoiceField(
        label=FIELD_LABELS["topics"],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=list(TOPICS.items()),
    )
    priority = LineField(label=FIELD_LABELS["priority"], required=False, max_length=40)
    reference = LineField(label=FIELD_LABELS["reference"], required=False, max_length=400)
    stated_on = WhenField(
        label=FIELD_LABELS["stated_on"],
        required=False,
        help_text=gettext_lazy("2019, 02/2019 or 28.02.2019."),
    )
    source_url = LineField(label=FIELD_LABELS["source_url"], required=False, max_length=500)
    notes = TextField(
        label=FIELD_LABELS["notes"], required=False, rows=3, help_text=gettext_lazy("Members only.")
    )

    def __init__(self, data: Any, *, need: Need, places: Places) -> None:
        super().__init__(data, initial=_seen(need), auto_id="amend_%s")
        pillars = need.framework.pillars.order_by("order")
        self.fields["pillar"].choices = [("", _("not reported")), *((p.acronym, p.name) for p in pillars)]  # type: ignore[attr-defined]
        codes = dict.fromkeys([place.code for place in places.table] + self.initial["beneficiaries"])
        self.fields["beneficiaries"].choices = [(code, places.name(code)) for code in codes]  # type: ignore[attr-defined]
        extra = [(code, code) for code in self.initial["topics"] if code not in TOPICS]
        self.fields["topics"].choices = [*TOPICS.items(), *extra]  # type: ignore[attr-defined]
        for name in _FIELDS:
            self.fields[name].show_hidden_initial = True

    def changes(self) -> dict[str, Any]:
        """What the person touched."""
        return {name: self.cleaned_data[name] for name in _FIELDS if name in self.changed_data}


def _seen(need: Need) -> dict[str, Any]:
    values: dict[str, Any] = {
        name: getattr(need, name) for name in _FIELDS if name not in ("beneficiaries", "topics", "pillar")
    }
    return values | {
        "version": need.version,
        "pillar": need.pillar.acronym if need.pillar else "",
        "beneficiaries": sorted(row.code for row in need.beneficiary_rows.all()),
        "topics": [row.code for row in need.topic_rows.order_by("pk")],
    }


@require_http_methods(["GET", "HEAD", "POST"])
def amend(request: HttpRequest, key: str) -> HttpResponse:
    """The form that changes a need."""
    visit = visit_of(request)
    found = need_named(key, actor=visit.person)
    visit.require_on(Permission.STATE_NEED, found)
    places, status = Places(naming_table(found.framework)), 200
    form = AmendNeedForm(request.POST if request.method == "POST" else None, need=found, places=places)
    if request.method == "POST" and form.is_valid():
        try:
            with told_in(form):
                amend_need(
                    found,
                    changes=form.changes(),
                    expected_version=form.cleaned_data["version"],
                    by=visit.person,
                    at=clock.now(),
                )
        except StaleWrite as stale:
            form = _over_fresh(need_named(key, actor=visit.person), form, request.POST, places)
            form.add_error(None, str(stale))
            status = 409
    if request.method == "POST" and not form.errors:
        messages.success(request, _("The need is changed."))
        return redirect("members:need", key)
    context = {"need": found, "form": form, "back": address_of_need(key), "kosovo_footnote": places.footnote}
    return render(
        request, "members/need_edit.html", context, status=422 if form.errors and status == 200 else status
    )


def _over_fresh(fresh: Need, sent: AmendNeedForm, sent_data: QueryDict, places: Places) -> AmendNeedForm:
    """The form over the need as it is now: touched fields as typed, all others as they are."""
    data, seen = sent_data.copy(), _seen(fresh)
    data["version"] = str(fresh.version)
    for name in _FIELDS:
        stands = (
            [str(value) for value in seen[name]] if isinstance(seen[name], list) else [str(seen[name] or "")]
        )
        data.setlist(f"initial-{name}", stands)
        if name not in sent.changed_data:
            data.setlist(name, stands)
    form = AmendNeedForm(data, need=fresh, places=places)
    form.is_valid()
    return form


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, key: str, ref: str) -> HttpResponse:
    """The form that puts a need under a measure of a plan."""
    visit = visit_of(request)
    found = need_named(key, actor=visit.person)
    plan = plan_visible(ref, actor=visit.person)
    require(visit.person, Permission.PLACE_ACTION, within=scope_of(plan))
    if plan.framework_id != found.framework_id:
        raise NotFound("This plan belongs to another framework.")
    rows = [
        row for row in found.placements.select_related("measure") if row.plan_id == plan.pk and row.is_main
    ]
    initial = {"measure": next((row.measure.code for row in rows if row.measure), "")}
    form = PlaceForm(
        request.POST if request.method == "POST" else None, plan=plan, initial=initial, with_links=False
    )
    if request.method == "POST" and form.is_valid():
        with told_in(form):
            place_need(found, plan=plan, measure=form.main, by=visit.person, at=clock.now())
        if not form.errors:
            messages.success(request, _("Placed in %(plan)s.") % {"plan": titled(plan)})
            return redirect("members:need", key)
    context = {
        "thing": found.statement,
        "back": address_of_need(key),
        "plan": titled(plan),
        "form": form,
        "stands": bool(rows),
    }
    return render(request, "members/place.html", context, status=422 if form.errors else 200)
