"""Views of the coordination pages: the queue, a case, and one of its pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from concord.accounts.rules import Permission
from concord.analysis.queries import TABS, case_named, case_of_finding, coordinates, pair_of
from concord.kernel import clock
from concord.kernel.errors import NotFound, NotPermitted
from concord.plan.queries import naming_table, plan_visible, plans_visible_to
from concord.publication.sheets import MEDIA_TYPES, make_sheet, sheet_name
from concord.web.members.coordination_case import CasePage, case_page
from concord.web.members.coordination_filter import Choices, QueueAddress
from concord.web.members.coordination_queue import Queue, case_address, queue_of
from concord.web.members.coordination_words import TAB_OF_KIND, said_run
from concord.web.members.plan_list import titled
from concord.web.members.plan_page import tabs_of
from concord.web.members.rows import Places
from concord.web.members.untold import Untold, untold
from concord.web.members.visit import Visit, visit_of

if TYPE_CHECKING:
    from concord.analysis.models import Finding
    from concord.analysis.queries import CaseRead
    from concord.plan.models import Plan
    from concord.web.members.coordination_forms import AnswerForm


@dataclass(frozen=True, slots=True)
class CoordinationPage:
    """What members/coordination/queue.html shows: the queue on the left, one case on the right.

    untold: how many pairs wait under which measure, for who may not read the pairs themselves yet.
    """

    plan: Plan
    title: str
    parts: list[dict[str, Any]]
    queue: Queue
    case: CasePage | None
    run: str
    may_run: bool
    untold: Untold | None


@dataclass(frozen=True, slots=True)
class Opened:
    """A case as it was opened: the plan and the part of its queue that the address names."""

    visit: Visit
    read: CaseRead
    plan: Plan
    asked: QueueAddress
    choices: Choices
    chosen: Finding | None = None

    @property
    def places(self) -> Places:
        """The naming table that its pages speak with."""
        return self.choices.places


@require_safe
def queue(request: HttpRequest, ref: str, tab: str = "coordinate") -> HttpResponse:
    """One part of a plan's queue, with its first case open."""
    if tab not in TABS:
        raise NotFound("A queue has no such part.")
    visit = visit_of(request)
    plan = plan_visible(ref, actor=visit.person)
    choices = Choices.of(visit, plan, places_of(plan))
    asked = QueueAddress.read(request.GET, choices, tab=tab)
    found = queue_of(visit, plan, asked, choices, on=clock.now().date())
    opened = Opened(visit, found.first, plan, asked, choices) if found.first else None
    return _page(request, visit, plan, choices.places, found, opened, parts=tabs_of(plan, "coordination"))


@require_safe
def case(request: HttpRequest, key: str) -> HttpResponse:
    """One case, with the queue it was opened from; `?pair=KEYA-KEYB` opens one of its pairs.

    The address of a case that people joined with another leads there.
    """
    opened = opened_case(request, key)
    if opened.read.case.key != key:
        return HttpResponseRedirect(case_address(opened.read, opened.plan, opened.asked, pair=opened.chosen))
    return case_response(request, opened)


@require_safe
def pair(request: HttpRequest, key_a: str, key_b: str) -> HttpResponse:
    """One pair, inside its case."""
    return case_response(request, opened_pair(request, key_a, key_b))


@require_safe
def sheet(request: HttpRequest, key: str, format_name: str) -> HttpResponse:
    """The evidence sheet of a case, for those who coordinate: Word or PDF, to save."""
    visit = visit_of(request)
    read = case_named(key, actor=visit.person)
    if not coordinates(visit.person, read):
        raise NotPermitted(_("Those who coordinate make the evidence sheet of a case; ask them for it."))
    if format_name not in MEDIA_TYPES:
        raise NotFound(_("A sheet comes as docx or pdf."))
    return HttpResponse(
        make_sheet(read, format_name, on=clock.now().date()),
        content_type=MEDIA_TYPES[format_name],
        headers={"Content-Disposition": f'attachment; filename="{sheet_name(read)}.{format_name}"'},
    )


def opened_case(request: HttpRequest, key: str) -> Opened:
    """The case with this key, as the request's person may see it.

    Raises:
        NotFound: there is none, it is hidden, or the plan named in the address is.
    """
    visit = visit_of(request)
    return _opened(request, visit, case_named(key, actor=visit.person), request.GET.get("pair", ""))


def opened_pair(request: HttpRequest, key_a: str, key_b: str) -> Opened:
    """The case of this pair, with the pair open; raises as opened_case."""
    visit = visit_of(request)
    finding = pair_of(key_a, key_b, actor=visit.person)
    read = case_of_finding(finding, actor=visit.person)
    return _opened(request, visit, read, f"{finding.key_a}-{finding.key_b}")


def case_response(request: HttpRequest, opened: Opened, form: AnswerForm | None = None) -> HttpResponse:
    """The page of a case; form: as it came back, with its errors (422)."""
    visit, plan = opened.visit, opened.plan
    found = queue_of(visit, plan, opened.asked, opened.choices, on=clock.now().date(), current=opened.read)
    return _page(request, visit, plan, opened.places, found, opened, form=form)


def context(page: object, places: Places, plan: Plan) -> dict[str, Any]:
    """What the templates of these pages receive."""
    return {"page": page, "plan": plan, "kosovo_footnote": places.footnote}


def places_of(plan: Plan) -> Places:
    """The naming table that a plan's pages speak with."""
    return Places(naming_table(plan.framework))


def _page(
    request: HttpRequest,
    visit: Visit,
    plan: Plan,
    places: Places,
    found: Queue,
    opened: Opened | None,
    *,
    parts: list[dict[str, Any]] | None = None,
    form: AnswerForm | None = None,
) -> HttpResponse:
    page = CoordinationPage(
        plan=plan,
        title=titled(plan),
        parts=parts or [],  # a case's own page leaves the plan's other parts to the breadcrumb
        queue=found,
        case=_case(opened, form) if opened else None,
        run=said_run(plan),
        may_run=visit.may(Permission.RUN_ANALYSIS, plan),
        untold=untold(visit, plan, on=clock.now().date()),
    )
    status = 422 if form else 200
    return render(request, "members/coordination/queue.html", context(page, places, plan), status=status)


def _case(opened: Opened, form: AnswerForm | None) -> CasePage:
    on = clock.now().date()
    return case_page(
        opened.visit, opened.read, opened.plan, opened.asked, on=on, chosen=opened.chosen, form=form
    )


def _opened(request: HttpRequest, visit: Visit, read: CaseRead, pair: str) -> Opened:
    """The plan and the part of its queue that the address names; else the first plan of one of the
    actions, else the framework's first."""
    ref = request.GET.get("plan", "").replace("\x00", "")
    plan = plan_visible(ref, actor=visit.person) if ref else _plan_of(visit, read)
    if plan.framework_id != read.case.framework_id:
        raise NotFound(_("This case is of another framework."))
    choices = Choices.of(visit, plan, places_of(plan))
    tab = request.GET.get("tab", "") or TAB_OF_KIND[read.case.sort]
    key_a, _dash, key_b = pair.partition("-")
    asked = QueueAddress.read(request.GET, choices, tab=tab)
    return Opened(visit, read, plan, asked, choices, read.finding(key_a, key_b))


def _plan_of(visit: Visit, read: CaseRead) -> Plan:
    plans = plans_visible_to(visit.person, read.case.framework)
    actions = [action.pk for action in read.actions]
    found = plans.filter(placements__action__in=actions).first() or plans.first()
    if found is None:
        raise NotFound(_("There is no such case, or you may not see it."))
    return found
