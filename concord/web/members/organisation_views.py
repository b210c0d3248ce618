"""Organisations: the register, one body, and names that nobody identified yet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from concord.accounts.queries import organisation_by_key
from concord.web.members.organisation_page import organisation_page, organisations_page
from concord.web.members.visit import visit_of


@require_safe
def organisations(request: HttpRequest) -> HttpResponse:
    """The register of organisations."""
    page = organisations_page(visit_of(request), request.GET)
    return render(request, "members/organisations.html", {"page": page})


@require_safe
def organisation(request: HttpRequest, key: str) -> HttpResponse:
    """One body: its names, its place in the tree, and what it does."""
    visit = visit_of(request)
    visit.framework  # noqa: B018  (members of a framework alone; raises NotFound for others)
    body = organisation_by_key(key)
    if body.key != key:  # merged into that one
        return redirect("members:organisation", body.key, permanent=False)
    page = organisation_page(visit, body)
    return render(request, "members/organisation.html", {"page": page, "kosovo_footnote": page.footnote})
