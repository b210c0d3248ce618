"""What people do to cases: taking out, joining, and undoing both."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from concord.accounts.rules import Permission
from concord.analysis import services
from concord.analysis.queries import case_named, regrouping_of
from concord.kernel import clock
from concord.kernel.errors import BadInput, IllegalMove, NotFound
from concord.web.members.coordination_queue import case_address
from concord.web.members.coordination_regroup import (
    LONGEST_WORDS,
    JoinForm,
    SplitForm,
    may_regroup,
    regroup_page,
)
from concord.web.members.coordination_views import Opened, context, opened_case

if TYPE_CHECKING:
    from django import forms


@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    """What can be taken out of a case, and what it can be joined with; `q` looks among those."""
    return _shown(request, _entitled(request, key))


@require_POST
def split(request: HttpRequest, key: str) -> HttpResponse:
    """Takes actions or pairs out of a case into a case of their own."""
    opened = _entitled(request, key)
    form = SplitForm(request.POST, read=opened.read)
    if not form.is_valid():
        return _shown(request, opened, split=form)
    try:
        act = services.split_case(
            opened.read.case,
            actions=form.cleaned_data["actions"],
            pairs=form.chosen_pairs(),
            reason=form.cleaned_data["reason"],
            expected_version=form.cleaned_data["version"],
            by=opened.visit.person,
            at=clock.now(),
        )
    except (BadInput, IllegalMove) as refused:
        form.add_error(None, str(refused))
        return _shown(request, opened, split=form)
    said = ngettext(
        "%(n)d pair now stands in a case of its own. A later analysis keeps it so.",
        "%(n)d pairs now stand in a case of their own. A later analysis keeps it so.",
        len(act.pairs),
    )
    messages.success(request, said % {"n": len(act.pairs)})
    return _to_case(opened)


@require_POST
def join(request: HttpRequest, key: str) -> HttpResponse:
    """Joins another case into this one."""
    opened = _entitled(request, key)
    form = JoinForm(request.POST, read=opened.read)
    if not form.is_valid():
        return _shown(request, opened, join=form)
    other_key, _colon, version = form.cleaned_data["other"].partition(":")
    other = case_named(other_key, actor=opened.visit.person).case
    try:
        services.join_cases(
            opened.read.case,
            other,
            reason=form.cleaned_data["reason"],
            expected_version=form.cleaned_data["version"],
            other_version=int(version),
            by=opened.visit.person,
            at=clock.now(),
        )
    except (BadInput, IllegalMove) as refused:
        form.add_error(None, str(refused))
        return _shown(request, opened, join=form)
    messages.success(request, _("The two are one case now. A later analysis keeps it so."))
    return _to_case(opened)


@require_POST
def undo(request: HttpRequest, key: str) -> HttpResponse:
    """Takes a split or a join back; `act` names it by its key."""
    opened = opened_case(request, key)
    act = regrouping_of(opened.read, request.POST.get("act", ""), actor=opened.visit.person)
    if act is None:
        raise NotFound(_("There is no such act about this case, or you may not see it."))
    services.undo_regrouping(act, by=opened.visit.person, at=clock.now())
    messages.success(request, _("It is taken back. What was done, and that it was undone, stays on record."))
    return _to_case(opened, act.case.key)


def _entitled(request: HttpRequest, key: str) -> Opened:
    """The case, for who may answer one of its pairs; for each that moves the services ask again."""
    opened = opened_case(request, key)
    if not may_regroup(opened.visit, opened.read):
        first = opened.read.actions[0]
        opened.visit.require_on(Permission.ASSESS_FINDING, first, first.reporting_organisation)
    return opened


def _shown(
    request: HttpRequest,
    opened: Opened,
    *,
    split: SplitForm | None = None,
    join: JoinForm | None = None,
) -> HttpResponse:
    shown = regroup_page(
        opened.visit,
        opened.read,
        opened.plan,
        opened.asked,
        on=clock.now().date(),
        words=request.GET.get("words", "").replace("\x00", "").strip()[:LONGEST_WORDS],
        split=split,
        join=join,
    )
    came_back: forms.Form | None = split or join
    return render(
        request,
        "members/coordination/regroup.html",
        context(shown, opened.places, opened.plan),
        status=422 if came_back is not None else 200,
    )


def _to_case(opened: Opened, key: str = "") -> HttpResponse:
    """The page of the case as it is now, or of the other one."""
    read = case_named(key or opened.read.case.key, actor=opened.visit.person)
    return HttpResponseRedirect(case_address(read, opened.plan, opened.asked))
