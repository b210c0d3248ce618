"""Beneficiaries: the list, and what comes to one of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from concord.web.members.beneficiary_page import beneficiaries_page, beneficiary_page
from concord.web.members.rows import Places
from concord.web.members.visit import visit_of


@require_safe
def beneficiaries(request: HttpRequest) -> HttpResponse:
    """The beneficiaries of the framework."""
    visit = visit_of(request)
    context = {"places": beneficiaries_page(visit), "kosovo_footnote": Places(visit.places).footnote}
    return render(request, "members/beneficiaries.html", context)


@require_safe
def beneficiary(request: HttpRequest, code: str) -> HttpResponse:
    """One beneficiary: what comes, from whom, when, against which need, and what is missing."""
    page = beneficiary_page(visit_of(request), code, request.GET)
    return render(request, "members/beneficiary.html", {"page": page, "kosovo_footnote": page.footnote})
