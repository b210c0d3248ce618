"""Needs and support: the matrix of a plan, what a cell or a need rests on, and answering proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from concord.analysis import services
from concord.analysis.queries import proposal_named
from concord.kernel import clock
from concord.kernel.errors import BadInput, NotFound
from concord.plan.queries import action_named, naming_table, need_named, plan_visible
from concord.plan.services import remove_link
from concord.web.members.rows import Places
from concord.web.members.support_filter import SupportFilter
from concord.web.members.support_page import cell_page, need_page, support_page
from concord.web.members.visit import visit_of

if TYPE_CHECKING:
    from concord.analysis.models import CoverageProposal
    from concord.web.members.visit import Visit


class ProposalForm(forms.Form):
    """An answer to a proposal: how the action answers the need, that it doesn't, or back to open."""

    answer = forms.ChoiceField(choices=[(name, name) for name in ("direct", "partly", "refuse", "reopen")])
    version = forms.IntegerField()


class BulkForm(forms.Form):
    """From which probability on all open proposals of a plan are confirmed."""

    at_least = forms.FloatField(min_value=0.5, max_value=1.0)


@require_safe
def support(request: HttpRequest, ref: str) -> HttpResponse:
    """The matrix of needs and support of a plan."""
    visit = visit_of(request)
    plan = plan_visible(ref, actor=visit.person)
    places = Places(naming_table(plan.framework))
    page = support_page(visit, plan, SupportFilter.read(request.GET, places), places)
    return render(request, "members/support/matrix.html", _context(page))


@require_safe
def cell(request: HttpRequest, ref: str, key: str, code: str, year: int) -> HttpResponse:
    """What one cell of the matrix rests on, and how old that is."""
    visit = visit_of(request)
    plan = plan_visible(ref, actor=visit.person)
    need = need_named(key, actor=visit.person)
    page = cell_page(visit, plan, need, code, year, Places(naming_table(plan.framework)))
    return render(request, "members/support/need.html", _context(page) | {"plan": plan})


@require_safe
def need_support(request: HttpRequest, key: str) -> HttpResponse:
    """Which actions answer a need, and which are proposed to."""
    visit = visit_of(request)
    need = need_named(key, actor=visit.person)
    page = need_page(visit, need, Places(naming_table(need.framework)))
    return render(request, "members/support/need.html", _context(page))


@require_POST
def answer(request: HttpRequest, key: str) -> HttpResponse:
    """Confirms, refuses or reopens one proposal."""
    visit = visit_of(request)
    proposal = proposal_named(key, actor=visit.person)
    form = ProposalForm(request.POST)
    if not form.is_valid():
        raise BadInput(_("Say whether the action answers the need directly, partly or not at all."))
    messages.success(request, _answer(visit, proposal, form.cleaned_data))
    return _back(request, reverse("members:need-support", args=[proposal.need.key]))


@require_POST
def remove(request: HttpRequest, key: str, action_key: str) -> HttpResponse:
    """Takes a confirmed link back."""
    visit = visit_of(request)
    need = need_named(key, actor=visit.person)
    action = action_named(action_key, actor=visit.person)
    link = need.links.filter(action=action).first()
    if link is None:
        raise NotFound("This link was removed already.")
    remove_link(link, by=visit.person, at=clock.now())
    messages.success(request, _("The link is taken back."))
    return _back(request, reverse("members:need-support", args=[key]))


@require_POST
def confirm_all(request: HttpRequest, ref: str) -> HttpResponse:
    """Confirms all open proposals of a plan from a probability on."""
    visit = visit_of(request)
    plan = plan_visible(ref, actor=visit.person)
    form = BulkForm(request.POST)
    if not form.is_valid():
        raise BadInput(_("Choose from which certainty on the links are confirmed."))
    at_least = form.cleaned_data["at_least"]
    links = services.confirm_proposals(plan, at_least=at_least, by=visit.person, at=clock.now())
    count = len(links)
    said = ngettext("%(count)d link is confirmed.", "%(count)d links are confirmed.", count) % {
        "count": count
    }
    messages.success(request, said)
    return HttpResponseRedirect(reverse("members:support", args=[ref]))


def _answer(visit: Visit, proposal: CoverageProposal, given: dict[str, Any]) -> str:
    """Writes the answer and says what it did."""
    acts: dict[str, Any] = {"expected_version": given["version"], "by": visit.person, "at": clock.now()}
    if given["answer"] == "refuse":
        services.refuse_proposal(proposal, **acts)
        return _("Refused. It stays away until the need or the action says something else.")
    if given["answer"] == "reopen":
        services.undo_refusal(proposal, **acts)
        return _("The proposal is open again.")
    services.confirm_proposal(proposal, strength=given["answer"], **acts)
    return _("Confirmed: this action counts as an answer to the need.")


def _back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To the page the form stood on, if it says so and it is ours."""
    asked = request.POST.get("back", "")
    ours = url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return HttpResponseRedirect(asked if ours and asked.startswith("/desk/") else otherwise)


def _context(page: Any) -> dict[str, Any]:
    return {"page": page, "kosovo_footnote": page.footnote}
