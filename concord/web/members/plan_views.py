"""Plans: the list, one plan as the person sees it, and its draft as a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from concord.kernel import clock
from concord.kernel.errors import NotFound
from concord.plan.queries import plan_visible
from concord.publication import exports
from concord.publication.drafts import draft_file
from concord.web.downloads import attachment
from concord.web.members.filters import ActionFilter
from concord.web.members.plan_list import plans_page
from concord.web.members.plan_page import plan_page
from concord.web.members.visit import visit_of


@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """The plans of the framework."""
    return render(request, "members/plans.html", {"page": plans_page(visit_of(request))})


@require_safe
def plan(request: HttpRequest, ref: str) -> HttpResponse:
    """One plan: its draft as it stands now, filtered by the address."""
    visit = visit_of(request)
    found = plan_visible(ref, actor=visit.person)
    page = plan_page(visit, found, ActionFilter.read(request.GET))
    return render(request, "members/plan.html", {"page": page, "kosovo_footnote": page.footnote})


@require_safe
def plan_download(request: HttpRequest, ref: str, format_name: str) -> HttpResponse:
    """The draft as a file, with all that the person may see in it."""
    visit = visit_of(request)
    found = plan_visible(ref, actor=visit.person)
    if format_name not in exports.FORMATS:
        raise NotFound("There is no such format.")
    content = draft_file(found, format_name, actor=visit.person, today=clock.now().date())
    return attachment(content, format_name=format_name, called=f"{found.ref}-draft-TLP-GREEN")
