"""The help page: how the work of members is done, in the words of the pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """What one does with a file, a workbook, a call and an answer; the same for everybody."""
    chapters = (
        (_("Hand in a file"), "hand-in"),
        (_("Read the preview"), "preview"),
        (_("Apply, and take back"), "apply"),
        (_("Actions as a workbook"), "workbook"),
        (_("Check before you commit"), "check"),
        (_("Calls and answers"), "calls"),
        (_("Coordinate"), "coordinate"),
        (_("Questions about your actions"), "asked"),
        (_("Who is who"), "names"),
        (_("When it takes longer"), "jobs"),
    )
    entries = [{"text": text, "href": f"#{anchor}"} for text, anchor in chapters]
    return render(request, "members/help.html", {"entries": entries})
