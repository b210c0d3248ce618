"""An organisation's actions as a workbook: the page that makes it, and what was made before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from concord.accounts.queries import organisation_by_key, organisations_by_key, organisations_of
from concord.accounts.rules import Permission
from concord.intake.queries.giving import given_lately
from concord.intake.services import GivenFile, give_out
from concord.kernel import clock
from concord.kernel.errors import NotFound, NotPermitted
from concord.plan.queries import actions_visible_to, plans_visible_to, scope_of
from concord.web.members.forms import DayInput
from concord.web.members.plan_list import titled
from concord.web.members.told import say_date
from concord.web.members.visit import Visit, visit_of

if TYPE_CHECKING:
    from concord.plan.models import Framework, Plan

SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LISTED = 20
_GIVES = (Permission.REPORT_OWN, Permission.ENTER_ON_BEHALF)


@dataclass(frozen=True, slots=True)
class WorkbooksPage:
    """What members/workbooks/page.html shows; given: workbooks made before, newest first."""

    form: WorkbookForm
    given: list[dict[str, str]]


class WorkbookForm(forms.Form):
    """Whose actions, of which plan, and who is to have them."""

    organisation = forms.ChoiceField(label=gettext_lazy("Organisation whose actions these are"))
    place = forms.ChoiceField(label=gettext_lazy("Which actions"))
    to_whom = forms.CharField(
        label=gettext_lazy("Who is to have it"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("A name for your own record. Nothing is sent."),
    )
    answer_by = forms.DateField(
        label=gettext_lazy("Back by"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy("The workbook says so on its first sheet."),
    )

    def __init__(self, *args: Any, visit: Visit, **values: Any) -> None:
        super().__init__(*args, **values)
        self.places = _places(visit)
        self.fields["place"].choices = [(code, text) for code, (text, _f, _p) in self.places.items()]  # type: ignore[attr-defined]
        self.fields["organisation"].choices = _organisations(visit)  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def workbooks(request: HttpRequest) -> HttpResponse:
    """The form, and on POST the workbook as a file to take away."""
    visit = visit_of(request)
    if not visit.frameworks:
        raise NotFound("There is no such page, or you may not see it.")
    if not _places(visit):
        raise NotPermitted("You may not have an organisation's actions as a workbook.")
    asked = {name: request.GET.get(name, "") for name in ("organisation", "place")}
    form = WorkbookForm(request.POST if request.method == "POST" else None, visit=visit, initial=asked)
    if form.is_valid():
        return _attached(_made(visit, form))
    page = WorkbooksPage(form, _given(visit))
    return render(request, "members/workbooks/page.html", {"page": page}, status=422 if form.errors else 200)


def _made(visit: Visit, form: WorkbookForm) -> GivenFile:
    _text, framework, plan = form.places[form.cleaned_data["place"]]
    return give_out(
        organisation=organisation_by_key(form.cleaned_data["organisation"]),
        framework=framework,
        plan=plan,
        to_whom=form.cleaned_data["to_whom"],
        write_to=_write_to(visit, framework, plan),
        answer_by=form.cleaned_data["answer_by"],
        by=visit.person,
        at=clock.now(),
    )


def _write_to(visit: Visit, framework: Framework, plan: Plan | None) -> str:
    """The secretariat; an officer who gives it out is named with an address."""
    if visit.powers.can(Permission.ENTER_ON_BEHALF, within=scope_of(plan or framework)):
        return f"{visit.person.name}, {visit.person.email} ({framework.secretariat.name})"
    return framework.secretariat.name


def _attached(file: GivenFile) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{file.name}"'}
    return HttpResponse(file.content, content_type=SPREADSHEET, headers=headers)


def _places(visit: Visit) -> dict[str, tuple[str, Any, Any]]:
    """The frameworks and plans of which the person may have such a workbook, by code, with a text."""
    places: dict[str, tuple[str, Any, Any]] = {}
    for framework in visit.frameworks:
        for plan in plans_visible_to(visit.person, framework).select_related("pillar__framework"):
            text = _("Those of %(plan)s") % {"plan": titled(plan)}
            places[f"plan:{plan.ref}"] = (text, framework, plan)
        whole = _("All in %(framework)s") % {"framework": framework.acronym or framework.name}
        places[f"framework:{framework.ref}"] = (whole, framework, None)
    return {
        code: place
        for code, place in places.items()
        if any(
            visit.powers.may_ever(permission, within=scope_of(place[2] or place[1])) for permission in _GIVES
        )
    }


def _organisations(visit: Visit) -> list[tuple[str, str]]:
    """The organisations whose actions the person may give out, with how many they report."""
    counts: dict[str, int] = {}
    for framework in visit.frameworks:
        rows = actions_visible_to(visit.person, framework).filter(reported_by_as_written="").order_by()
        for key, count in rows.values_list("reporting_organisation__key").annotate(n=Count("pk")):
            counts[key] = counts.get(key, 0) + count
    if visit.may_somewhere(Permission.ENTER_ON_BEHALF):
        bodies = organisations_by_key(counts)
    else:
        bodies = {body.key: body for body in organisations_of(visit.person)}
    return [
        (key, _("%(name)s (%(n)d actions)") % {"name": body.name, "n": counts.get(key, 0)})
        for key, body in sorted(bodies.items(), key=lambda item: item[1].name)
    ]


def _given(visit: Visit) -> list[dict[str, str]]:
    return [
        {
            "text": given.organisation.name,
            "note": " · ".join(
                filter(None, [say_date(given.given_at), given.given_by.name, given.to_whom, given.file_name])
            ),
        }
        for given in given_lately(visit.person)[:LISTED]
    ]
