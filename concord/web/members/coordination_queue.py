"""The queue of one plan: its parts, and its cases in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concord.accounts.rules import Permission
from concord.analysis.queries import (
    CaseRead,
    Place,
    cases_in,
    coordinated_among,
    coordinators_in,
    counts_of,
    read_cases,
    sentence_of,
)
from concord.analysis.rules import Answer, Band
from concord.kernel.money import format_amount
from concord.web.members.coordination_filter import (
    ORDER_TEXTS,
    Choices,
    QueueAddress,
    filter_line,
    queue_address,
    to_leave_out,
)
from concord.web.members.coordination_forms import AssignSeveralForm, as_read
from concord.web.members.coordination_words import STATE_OF_KIND, said_money, said_pair, said_size

if TYPE_CHECKING:
    from concord.analysis.models import Finding
    from concord.plan.models import Plan
    from concord.web.members.visit import Visit

Shown = dict[str, Any]

TAB_TEXTS = {
    "coordinate": gettext_lazy("To be coordinated"),
    "double-entries": gettext_lazy("Possible double entries"),
    "synergies": gettext_lazy("Possible synergies"),
    "continuations": gettext_lazy("Possible continuations"),
    "answered": gettext_lazy("Answered or over"),
    "board": gettext_lazy("Before the Board"),
}

EMPTY = {
    "coordinate": gettext_lazy(
        "Actions that do the same kind of work for the same beneficiary will be here."
    ),
    "double-entries": gettext_lazy("Actions that may have been reported twice will be here."),
    "synergies": gettext_lazy(
        "Actions that may gain from being joined, or from following each other, will be here."
    ),
    "continuations": gettext_lazy("Actions of which one may continue the other will be here."),
    "answered": gettext_lazy("What was agreed about these cases will be here, with who agreed it and why."),
    "board": gettext_lazy("The twenty cases that are best settled before the Board meets will be here."),
}


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of a plan's queue.

    first: the case that stands first on it, or None. several: the form that assigns several of its cases at
    once, for who coordinates some of them. leave_out: where nothing is found, each filter with
    the address of the list without it; elsewhere: the other parts in which something is found.
    """

    tabs: list[Shown]
    filter: Shown
    groups: list[Shown]
    summary: str
    sentence: str
    empty: str
    leave_out: list[Shown]
    elsewhere: list[Shown]
    page: Page[Place]
    query: str
    first: CaseRead | None
    several: Shown | None


def queue_of(
    visit: Visit,
    plan: Plan,
    asked: QueueAddress,
    choices: Choices,
    *,
    on: date,
    current: CaseRead | None = None,
) -> Queue:
    """The part of the queue that is asked for. current: the case that is open."""
    filters = asked.filters(visit)
    placed = cases_in(plan, actor=visit.person, on=on, tab=asked.tab, filters=filters)
    tabs = _tabs(plan, asked, counts_of(plan, actor=visit.person, on=on, filters=filters))
    page = Paginator(placed, asked.size).get_page(asked.page)
    found = read_cases([place.pk for place in page], plan.framework, actor=visit.person, on=on)
    here = current or (found[0] if found else None)
    return Queue(
        tabs=tabs,
        filter=filter_line(plan, asked, choices, page.paginator.count),
        groups=_groups(list(page), found, plan, asked, here),
        summary=_said_place(found, here),
        sentence=_said_range(page),
        empty=_("No case of this part is like that.") if asked.narrows else str(EMPTY[asked.tab]),
        leave_out=[] if placed else to_leave_out(plan, asked, choices),
        elsewhere=[] if placed or not asked.narrows else [tab for tab in tabs if tab["count"]],
        page=page,
        query=_as_prefix(replace(asked, page=1).query()),
        first=found[0] if found else None,
        several=_several(visit, plan, asked, found),
    )


def case_address(
    read: CaseRead, plan: Plan, asked: QueueAddress, name: str = "case", *, pair: Finding | None = None
) -> str:
    """The page of a case, opened from this place in this queue, with one of its pairs open."""
    return reverse(f"members:{name}", args=[read.case.key]) + from_queue(plan, asked, pair=pair)


def from_queue(plan: Plan, asked: QueueAddress, *, pair: Finding | None = None) -> str:
    """The query that says from where in which queue a case was opened."""
    parts = [f"plan={plan.ref}&tab={asked.tab}", asked.query()]
    return "?" + "&".join(filter(None, [*parts, f"pair={pair.key_a}-{pair.key_b}" if pair else ""]))


def pair_address(finding: Finding, plan: Plan, asked: QueueAddress, name: str = "pair") -> str:
    """The page of a pair, opened from this place in this queue."""
    return reverse(f"members:{name}", args=[finding.key_a, finding.key_b]) + from_queue(plan, asked)


def _groups(
    placed: Sequence[Place],
    found: Sequence[CaseRead],
    plan: Plan,
    asked: QueueAddress,
    current: CaseRead | None,
) -> list[Shown]:
    """Cases under what can still be changed, and the others; answered ones together."""
    by_pk = {read.case.pk: read for read in found}
    cases: dict[str, list[Shown]] = {}
    for place in placed:
        if read := by_pk.get(place.pk):
            text = sentence_of(read)
            line = _case(read, place, text, plan, asked) | {
                "current": current is not None and place.pk == current.case.pk
            }
            cases.setdefault(_group(place, asked), []).append(line)
    return [{"text": text, "cases": listed} for text, listed in cases.items()]


def _several(visit: Visit, plan: Plan, asked: QueueAddress, found: Sequence[CaseRead]) -> Shown | None:
    """The cases of this page that the person can assign, and to whom; None unless there are two."""
    if not visit.may(Permission.ASSESS_FINDING, plan):
        return None
    mine = coordinated_among(found, actor=visit.person)
    if len(mine) < 2:
        return None
    cases = [
        {
            "value": as_read(read.case),
            "sentence": said_pair(read.findings[0]) if len(read.findings) == 1 else sentence_of(read),
            "assigned": _said_assigned(read),
        }
        for read in mine
    ]
    return {
        "action": reverse("members:coordination-assign", args=[plan.ref]) + from_queue(plan, asked),
        "cases": cases,
        "form": AssignSeveralForm(people=list(coordinators_in(plan)), shown=[read.case for read in mine]),
    }


def _said_assigned(read: CaseRead) -> str:
    return _("with %(name)s") % {"name": read.case.assigned_to.name} if read.case.assigned_to else ""


def _group(place: Place, asked: QueueAddress) -> str:
    if asked.order:
        return str(ORDER_TEXTS[asked.order]).capitalize()
    if asked.tab == "answered":
        return _("Answered, the latest first") if place.answered_at else _("Over before anybody answered")
    return _("Can still be changed") if place.can_change else _("Over, or nearly")


def _case(read: CaseRead, place: Place, text: str, plan: Plan, asked: QueueAddress) -> Shown:
    alone = len(read.findings) == 1
    told = [
        said_size(read),
        str(Band(place.band).label),
        said_money(read.findings[0]) if alone else _said_largest(place),
        _said_assigned(read),
    ]
    return {
        "key": read.case.key,
        "href": case_address(read, plan, asked),
        "sentence": said_pair(read.findings[0]) if alone else text,
        "state": STATE_OF_KIND[read.case.sort] if asked.tab in ("board", "answered") else "",
        "meta": "; ".join(filter(None, told)),
        "answered": _said_answers(read) if asked.tab == "answered" else _said_partly(read),
    }


def _said_largest(place: Place) -> str:
    if place.money is None:
        return ""
    return _("up to %(amount)s in a pair") % {"amount": format_amount(place.money, place.currency)}


def _said_answers(read: CaseRead) -> str:
    given = dict.fromkeys(str(Answer(each.answer).label) for each in _rows(read) if each.answer)
    return "; ".join(given)


def _said_partly(read: CaseRead) -> str:
    answered = sum(bool(each.answer) and each not in read.waiting for each in _rows(read))
    if not answered:
        return ""
    return _("%(n)d of %(all)d pairs answered") % {"n": answered, "all": len(read.findings)}


def _rows(read: CaseRead) -> Sequence[Any]:
    """The findings with what their query added to them, which the model's types do not know."""
    return read.findings


def _tabs(plan: Plan, asked: QueueAddress, counts: Mapping[str, int]) -> list[Shown]:
    return [
        {
            "text": text,
            "href": queue_address(plan, asked.in_tab(tab)),
            "current": tab == asked.tab,
            "count": counts[tab],
        }
        for tab, text in TAB_TEXTS.items()
    ]


def _said_place(found: Sequence[CaseRead], here: CaseRead | None) -> str:
    said = ngettext("%(count)d case", "%(count)d cases", len(found)) % {"count": len(found)}
    keys = [read.case.key for read in found]
    if here is None or here.case.key not in keys:
        return said
    return _("%(cases)s, this is number %(place)d") % {
        "cases": said,
        "place": keys.index(here.case.key) + 1,
    }


def _said_range(page: Page[Place]) -> str:
    if page.paginator.num_pages < 2:
        return ""
    values = {"first": page.start_index(), "last": page.end_index(), "all": page.paginator.count}
    return _("Cases %(first)d to %(last)d of %(all)d") % values


def _as_prefix(query: str) -> str:
    return f"{query}&" if query else ""
