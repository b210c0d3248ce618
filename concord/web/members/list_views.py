"""The working table of actions, and what stands in no plan yet."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from concord.web.members.need_lists import pool_needs_page
from concord.web.members.record_lists import ListPage, actions_page, pool_page
from concord.web.members.visit import visit_of


@require_safe
def actions(request: HttpRequest) -> HttpResponse:
    """All actions of the framework that the person may see."""
    return _show(request, actions_page(visit_of(request), request.GET))


@require_safe
def pool(request: HttpRequest) -> HttpResponse:
    """Actions in no plan yet."""
    return _show(request, pool_page(visit_of(request), request.GET))


@require_safe
def pool_needs(request: HttpRequest) -> HttpResponse:
    """Needs in no plan yet."""
    return _show(request, pool_needs_page(visit_of(request), request.GET))


def _show(request: HttpRequest, page: ListPage) -> HttpResponse:
    return render(request, "members/list.html", {"page": page, "kosovo_footnote": page.footnote})
