"""Check before you commit: an idea compared with what the person may see, answered at once and not kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from concord.analysis.services.checking import check_ideas
from concord.intake.drafts import drafts_in
from concord.intake.formats.parts import UnreadableFile
from concord.kernel import clock
from concord.kernel.errors import BadInput
from concord.web.idea_form import CheckForm
from concord.web.idea_page import Result, asked_of, in_order
from concord.web.members.check_page import compared_with, nothing_like_it, results_for
from concord.web.members.visit import Visit, visit_of
from concord.web.places import Places


@dataclass(frozen=True, slots=True)
class CheckPage:
    """What members/check.html shows. compared: with what; results: empty before anything was checked;
    nothing: what is said of an idea that nothing is like."""

    framework: str
    address: str
    nothing: str
    compared: str = ""
    results: tuple[Result, ...] = ()
    footnote: str = ""


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """The form, and below what was found. Nothing is written, and no text is logged."""
    visit = visit_of(request)
    places = Places(visit.places)
    page = CheckPage(
        visit.framework.acronym or visit.framework.name,
        request.get_full_path(),
        nothing_like_it(),
        footnote=places.footnote,
    )
    if request.method != "POST":
        return _show(request, CheckForm(places=places), page)
    form = CheckForm(request.POST, request.FILES, places=places)
    if form.is_valid():
        field = "file" if form.cleaned_data["file"] else "title"
        try:
            page = _checked(visit, form, page, places)
        except UnreadableFile as error:
            form.add_error("file", f"{error.message} {error.remedy}")
        except BadInput as error:
            form.add_error(field, str(error))
    return _show(request, form, page)


def _show(request: HttpRequest, form: CheckForm, page: CheckPage) -> HttpResponse:
    context = {"form": form, "page": page, "kosovo_footnote": page.footnote}
    in_place = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    template = "members/check.html#checked" if in_place else "members/check.html"
    answer = render(request, template, context, status=422 if form.errors else 200)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _checked(visit: Visit, form: CheckForm, page: CheckPage, places: Places) -> CheckPage:
    framework, person, today = visit.framework, visit.person, clock.now().date()
    checking, rows = asked_of(
        form,
        lambda ideas: check_ideas(ideas, framework, actor=person, on=today),
        lambda name, content: drafts_in(name, content, framework, actor=person),
    )
    found = results_for(checking, framework, visit, places)
    return replace(page, compared=compared_with(checking), results=in_order(rows, found))
