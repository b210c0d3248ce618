"""My desk."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from concord.web.members.desk_page import desk_page
from concord.web.members.visit import visit_of


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """What waits for the person who is here."""
    return render(request, "members/desk.html", {"page": desk_page(visit_of(request))})
