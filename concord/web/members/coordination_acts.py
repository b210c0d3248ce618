"""What people do on the coordination pages: answering, undoing, merging, taking on, noting, analysing.

Splitting and joining stand in coordination_regroup_acts.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from concord.accounts.rules import Permission
from concord.analysis import services
from concord.analysis.jobs import ANALYSE_PLAN
from concord.analysis.queries import answerable, assessment_of, coordinators_in, coordinators_of, notes_of
from concord.analysis.rules import Answer
from concord.kernel import clock
from concord.kernel.errors import BadInput, NotFound, NotPermitted, StaleWrite
from concord.plan.queries import plan_visible
from concord.web.members.coordination_case import NOT_ASKED_AGAIN
from concord.web.members.coordination_filter import Choices, QueueAddress, queue_address
from concord.web.members.coordination_forms import (
    AnswerForm,
    AssignForm,
    AssignSeveralForm,
    MergeForm,
    NoteForm,
    named,
)
from concord.web.members.coordination_merge import differing_fields, merge_page
from concord.web.members.coordination_queue import case_address, pair_address
from concord.web.members.coordination_views import (
    Opened,
    case_response,
    context,
    opened_case,
    opened_pair,
    places_of,
)
from concord.web.members.visit import visit_of
from concord.work.services import start_job

if TYPE_CHECKING:
    from django.http import QueryDict

    from concord.accounts.models import Person
    from concord.analysis.models import Finding

_MERGE = "members/coordination/merge.html"


@require_POST
def answer_case(request: HttpRequest, key: str) -> HttpResponse:
    """Records an answer to a case, or to the pair that is open; "merge" leads to the choice of fields."""
    return _answer(request, opened_case(request, key), request.POST)


@require_POST
def answer_pair(request: HttpRequest, key_a: str, key_b: str) -> HttpResponse:
    """Records an answer to one pair; `version` is that of the finding as it was read."""
    opened = opened_pair(request, key_a, key_b)
    sent = request.POST.copy()
    pair = named(_pair_of(opened))
    sent["about"], sent["read"] = pair, f"{pair}:{sent.get('version', '')}"
    return _answer(request, opened, sent)


def _answer(request: HttpRequest, opened: Opened, sent: QueryDict) -> HttpResponse:
    visit, read = opened.visit, opened.read
    mine = answerable(read, actor=visit.person)
    waiting = [finding for finding in read.waiting if finding in mine]
    form = AnswerForm(sent, waiting=waiting, chosen=_only(read.findings) or opened.chosen)
    if not form.is_valid():
        if not waiting and not mine:
            visit.require_on(
                Permission.ASSESS_FINDING, read.actions[0], read.actions[0].reporting_organisation
            )
        if sent.get("about") not in dict(form.fields["about"].choices):  # type: ignore[attr-defined]
            raise StaleWrite(_("Somebody answered this, or a new analysis changed it. Look at it again."))
        return case_response(request, opened, form)
    pairs = form.pairs()
    if form.cleaned_data["answer"] == Answer.MERGED:
        (pair,) = pairs or [(_pair_of(opened).key_a, _pair_of(opened).key_b)]
        finding = read.finding(*pair)
        if finding is None:
            raise NotFound(_("This pair does not stand in this case."))
        return HttpResponseRedirect(pair_address(finding, opened.plan, opened.asked, "pair-merge"))
    services.answer_case(
        read.case,
        answer=form.cleaned_data["answer"],
        reason=form.cleaned_data["reason"],
        read=pairs,
        by=visit.person,
        at=clock.now(),
    )
    said = ngettext("Your answer is recorded.", "Your answer is recorded for %(n)d pairs.", len(pairs))
    messages.success(request, said % {"n": len(pairs)} + f" {NOT_ASKED_AGAIN}")
    return _back(opened)


@require_POST
def undo_case(request: HttpRequest, key: str) -> HttpResponse:
    """Takes back all answers of one act: `pair` and `number` name one of them."""
    opened = opened_case(request, key)
    key_a, _dash, key_b = request.POST.get("pair", "").partition("-")
    finding, number = opened.read.finding(key_a, key_b), request.POST.get("number", "")
    if finding is None or not (number.isascii() and number.isdigit() and len(number) < 9):
        raise NotFound(_("There is no such answer of this case."))
    undone = services.undo_act(assessment_of(finding, int(number)), by=opened.visit.person, at=clock.now())
    said = ngettext(
        "The answer is taken back; the question is open again.",
        "The answer is taken back for %(n)d pairs; the question is open again.",
        len(undone),
    )
    messages.success(request, said % {"n": len(undone)})
    return _back(opened)


@require_POST
def undo_pair(request: HttpRequest, key_a: str, key_b: str, number: int) -> HttpResponse:
    """Takes the answer to one pair back, a merge with it."""
    opened = opened_pair(request, key_a, key_b)
    answer = assessment_of(_pair_of(opened), number)
    services.undo_assessment(answer, by=opened.visit.person, at=clock.now())
    messages.success(request, _("The answer is taken back; the question is open again."))
    return _back(opened)


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, key_a: str, key_b: str) -> HttpResponse:
    """Choosing field by field between two statements, and merging."""
    opened = opened_pair(request, key_a, key_b)
    finding, plan, places = _pair_of(opened), opened.plan, opened.places
    for action in (finding.action_a, finding.action_b):
        opened.visit.require_on(Permission.MERGE_ACTIONS, action, action.reporting_organisation)
    if request.method != "POST":
        page = merge_page(finding, plan, opened.asked, places)
        return render(request, _MERGE, context(page, places, plan))
    form = MergeForm(request.POST, finding=finding, fields=differing_fields(finding, places))
    if not form.is_valid():
        page = merge_page(finding, plan, opened.asked, places, form)
        return render(request, _MERGE, context(page, places, plan), status=422)
    _merge(opened, finding, form)
    messages.success(request, _("The two are one action now. Both statements of each fact are kept."))
    return _back(opened)


@require_POST
def assign(request: HttpRequest, key: str) -> HttpResponse:
    """Says who takes a case on: `to`, a person's ref, "me", or nobody."""
    opened = opened_case(request, key)
    visit, case = opened.visit, opened.read.case
    people = {person.ref: person for person in coordinators_of(opened.read)}
    sent = request.POST.copy()
    if sent.get("to") == "me":
        sent["to"] = visit.person.ref
        people.setdefault(visit.person.ref, visit.person)
    form = AssignForm(sent, case=case, people=list(people.values()))
    if not form.is_valid():
        raise BadInput(_("Choose somebody who coordinates here."))
    services.assign(
        case,
        to=people.get(form.cleaned_data["to"]),
        expected_version=form.cleaned_data["version"],
        by=visit.person,
        at=clock.now(),
    )
    messages.success(request, _("It is noted who takes this case on."))
    return _back(opened)


@require_POST
def assign_several(request: HttpRequest, ref: str) -> HttpResponse:
    """Says who takes several cases of a plan's queue on, and leads back to the same place in it."""
    visit = visit_of(request)
    plan = plan_visible(ref, actor=visit.person)
    if not visit.may(Permission.ASSESS_FINDING, plan):
        raise NotPermitted(_("Those who coordinate say who takes a case on; ask them."))
    people = {person.ref: person for person in coordinators_in(plan)}
    form = AssignSeveralForm(request.POST, people=list(people.values()))
    if not form.is_valid():
        raise BadInput(_("Choose cases of this page, and somebody who coordinates here."))
    to = people.get(form.cleaned_data["to"])
    changed = services.assign_several(form.cases(), to=to, by=visit.person, at=clock.now())
    messages.success(request, _said_assigned(len(changed), to))
    asked = QueueAddress.read(
        request.GET, Choices.of(visit, plan, places_of(plan)), tab=request.GET.get("tab", "")
    )
    return redirect(queue_address(plan, asked))


def _said_assigned(changed: int, to: Person | None) -> str:
    if not changed:
        return _("Nothing had to be changed: it was noted so already.")
    if to is None:
        said = ngettext("%(n)d case is with nobody now.", "%(n)d cases are with nobody now.", changed)
        return said % {"n": changed}
    said = ngettext("%(n)d case is with %(name)s now.", "%(n)d cases are with %(name)s now.", changed)
    return said % {"n": changed, "name": to.name}


@require_POST
def note(request: HttpRequest, key: str) -> HttpResponse:
    """Keeps a note for the others who coordinate."""
    opened = opened_case(request, key)
    form = NoteForm(request.POST)
    if not form.is_valid():
        raise BadInput(" ".join(str(error) for error in form.errors["text"]))
    services.add_note(
        opened.read.case, text=form.cleaned_data["text"], by=opened.visit.person, at=clock.now()
    )
    messages.success(request, _("Your note is kept."))
    return _back(opened, "#notes")


@require_POST
def note_back(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """Takes one's own note back."""
    opened = opened_case(request, key)
    case = next((each.case for _n, each in notes_of(opened.read.case) if each.case.key == key), None)
    services.take_back_note(case or opened.read.case, number, by=opened.visit.person, at=clock.now())
    messages.success(request, _("Your note is taken back."))
    return _back(opened, "#notes")


@require_POST
def run(request: HttpRequest, ref: str) -> HttpResponse:
    """Asks for the analysis of a plan; the page of that work leads back to the queue when it is done."""
    visit = visit_of(request)
    plan = plan_visible(ref, actor=visit.person)
    job = start_job(ANALYSE_PLAN, about=plan, by=visit.person, at=clock.now())
    return redirect("members:job", job.key)


def _back(opened: Opened, part: str = "") -> HttpResponse:
    address = case_address(opened.read, opened.plan, opened.asked, pair=opened.chosen)
    return HttpResponseRedirect(address + part)


def _pair_of(opened: Opened) -> Finding:
    if opened.chosen is None:
        raise NotFound(_("There is no such pair, or you may not see it."))
    return opened.chosen


def _only(findings: tuple[Finding, ...]) -> Finding | None:
    return findings[0] if len(findings) == 1 else None


def _merge(opened: Opened, finding: Finding, form: MergeForm) -> None:
    both = {action.key: action for action in (finding.action_a, finding.action_b)}
    target = both.get(form.cleaned_data["keep"])
    if target is None:
        raise BadInput(_("Choose which of the two records stays."))
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
        by=opened.visit.person,
        at=clock.now(),
    )
