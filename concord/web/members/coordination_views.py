"""To be coordinated: the queue of a plan, one pair, its answers, merging and undo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concord.accounts.rules import Permission
from concord.analysis import services
from concord.analysis.jobs import ANALYSE_PLAN
from concord.analysis.queries import TABS, assessment_of, pair_of
from concord.analysis.rules import Answer
from concord.kernel import clock
from concord.kernel.errors import BadInput, NotFound
from concord.plan.queries import naming_table, plan_visible, plans_visible_to
from concord.web.members.coordination_case import (
    NOT_ASKED_AGAIN,
    Case,
    case_of,
    differing_fields,
    merge_page,
)
from concord.web.members.coordination_forms import AnswerForm, MergeForm
from concord.web.members.coordination_queue import (
    TAB_OF_KIND,
    Queue,
    QueueAddress,
    pair_address,
    queue_of,
    said_run,
)
from concord.web.members.plan_list import titled
from concord.web.members.plan_page import tabs_of
from concord.web.members.rows import Places
from concord.web.members.visit import Visit, visit_of
from concord.work.services import start_job

if TYPE_CHECKING:
    from concord.analysis.models import Finding
    from concord.plan.models import Plan


@dataclass(frozen=True, slots=True)
class CoordinationPage:
    """What members/coordination/queue.html shows: the queue on the left, one case on the right."""

    plan: Plan
    title: str
    parts: list[dict[str, Any]]
    queue: Queue
    case: Case | None
    run: str
    may_run: bool


@require_safe
def queue(request: HttpRequest, ref: str, tab: str = "coordinate") -> HttpResponse:
    """One part of a plan's queue, with its first case open."""
    if tab not in TABS:
        raise NotFound("A queue has no such part.")
    visit = visit_of(request)
    plan = plan_visible(ref, actor=visit.person)
    places = _places(plan)
    return _page(request, visit, plan, QueueAddress.read(request.GET, places, tab=tab), places)


@require_safe
def pair(request: HttpRequest, key_a: str, key_b: str) -> HttpResponse:
    """One pair, with the queue it was opened from."""
    visit = visit_of(request)
    finding = pair_of(key_a, key_b, actor=visit.person)
    plan, asked, places = _opened_from(request, visit, finding)
    return _page(request, visit, plan, asked, places, finding)


@require_POST
def answer(request: HttpRequest, key_a: str, key_b: str) -> HttpResponse:
    """Records an answer; "merge" leads to the choice of fields first."""
    visit = visit_of(request)
    finding = pair_of(key_a, key_b, actor=visit.person)
    plan, asked, places = _opened_from(request, visit, finding)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, visit, plan, asked, places, finding, form)
    if form.cleaned_data["answer"] == Answer.MERGED:
        return HttpResponseRedirect(pair_address(finding, plan, asked, "pair-merge"))
    services.assess(
        finding,
        answer=form.cleaned_data["answer"],
        reason=form.cleaned_data["reason"],
        expected_version=form.cleaned_data["version"],
        by=visit.person,
        at=clock.now(),
    )
    messages.success(request, _("Your answer is recorded.") + f" {NOT_ASKED_AGAIN}")
    return HttpResponseRedirect(pair_address(finding, plan, asked))


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, key_a: str, key_b: str) -> HttpResponse:
    """Choosing field by field between two statements, and merging."""
    visit = visit_of(request)
    finding = pair_of(key_a, key_b, actor=visit.person)
    for action in (finding.action_a, finding.action_b):
        visit.require_on(Permission.MERGE_ACTIONS, action, action.reporting_organisation)
    plan, asked, places = _opened_from(request, visit, finding)
    if request.method != "POST":
        return render(request, _MERGE, _context(merge_page(finding, plan, asked, places), places, plan))
    form = MergeForm(request.POST, finding=finding, fields=differing_fields(finding, places))
    if not form.is_valid():
        page = merge_page(finding, plan, asked, places, form)
        return render(request, _MERGE, _context(page, places, plan), status=422)
    _merge(visit, finding, form)
    messages.success(request, _("The two are one action now. Both statements of each fact are kept."))
    return HttpResponseRedirect(pair_address(finding, plan, asked))


@require_POST
def undo(request: HttpRequest, key_a: str, key_b: str, number: int) -> HttpResponse:
    """Takes an answer back, a merge with it."""
    visit = visit_of(request)
    finding = pair_of(key_a, key_b, actor=visit.person)
    plan, asked, _places_of_plan = _opened_from(request, visit, finding)
    services.undo_assessment(assessment_of(finding, number), by=visit.person, at=clock.now())
    messages.success(request, _("The answer is taken back; the question is open again."))
    return HttpResponseRedirect(pair_address(finding, plan, asked))


@require_POST
def run(request: HttpRequest, ref: str) -> HttpResponse:
    """Asks for the analysis of a plan; the page of that work leads back to the queue when it is done."""
    visit = visit_of(request)
    plan = plan_visible(ref, actor=visit.person)
    job = start_job(ANALYSE_PLAN, about=plan, by=visit.person, at=clock.now())
    return redirect("members:job", job.key)


_QUEUE, _MERGE = "members/coordination/queue.html", "members/coordination/merge.html"


def _page(
    request: HttpRequest,
    visit: Visit,
    plan: Plan,
    asked: QueueAddress,
    places: Places,
    finding: Finding | None = None,
    form: AnswerForm | None = None,
) -> HttpResponse:
    on = clock.now().date()
    found = queue_of(visit, plan, asked, places, on=on, current=finding)
    alone = finding is not None  # a pair's own page leaves the plan's other parts to the breadcrumb
    if finding is None and found.first is not None:
        finding = pair_of(found.first.key_a, found.first.key_b, actor=visit.person)
    page = CoordinationPage(
        plan=plan,
        title=titled(plan),
        parts=[] if alone else tabs_of(plan, "coordination"),
        queue=found,
        case=case_of(visit, finding, plan, asked, on=on, form=form) if finding else None,
        run=said_run(plan),
        may_run=visit.may(Permission.RUN_ANALYSIS, plan),
    )
    return render(request, _QUEUE, _context(page, places, plan), status=422 if form else 200)


def _context(page: object, places: Places, plan: Plan) -> dict[str, Any]:
    return {"page": page, "plan": plan, "kosovo_footnote": places.footnote}


def _opened_from(request: HttpRequest, visit: Visit, finding: Finding) -> tuple[Plan, QueueAddress, Places]:
    """The plan and the part of its queue that the address names; else the first plan of either action,
    else the framework's first."""
    ref = request.GET.get("plan", "").replace("\x00", "")
    plan = plan_visible(ref, actor=visit.person) if ref else _plan_of(visit, finding)
    if plan.framework_id != finding.framework_id:
        raise NotFound("This pair is of another framework.")
    places = _places(plan)
    tab = request.GET.get("tab", "") or TAB_OF_KIND[finding.kind]
    return plan, QueueAddress.read(request.GET, places, tab=tab), places


def _plan_of(visit: Visit, finding: Finding) -> Plan:
    plans = plans_visible_to(visit.person, finding.framework)
    both = [finding.action_a_id, finding.action_b_id]
    found = plans.filter(placements__action__in=both).first() or plans.first()
    if found is None:
        raise NotFound("There is no such pair, or you may not see it.")
    return found


def _places(plan: Plan) -> Places:
    return Places(naming_table(plan.framework))


def _merge(visit: Visit, finding: Finding, form: MergeForm) -> None:
    both = {action.key: action for action in (finding.action_a, finding.action_b)}
    target = both.get(form.cleaned_data["keep"])
    if target is None:
        raise BadInput("Choose which of the two records stays.")
    services.merge_pair(
        finding,
        target=target,
        take=form.taken(finding),
        reason=form.cleaned_data["reason"],
        expected_version=form.cleaned_data["version"],
        read={
            finding.key_a: form.cleaned_data["version_a"],
            finding.key_b: form.cleaned_data["version_b"],
        },
        by=visit.person,
        at=clock.now(),
    )
