"""Cases that people split or joined: what stands, what a case came from, and what it can be joined with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from concord.accounts.queries import Actor
from concord.accounts.rules import Permission
from concord.analysis.asking_rules import Standing
from concord.analysis.grouping import MOST_ACTIONS
from concord.analysis.hands import Hand, Hands, replayed
from concord.analysis.models import Asking, Case, Finding, Regrouping
from concord.analysis.queries.asking import AskingState, asking_state, may_read
from concord.analysis.queries.findings import findings_of
from concord.analysis.queries.naming import follows_case
from concord.plan.queries import actions_for_whom_can

if TYPE_CHECKING:
    from concord.analysis.queries.cases import CaseRead
    from concord.plan.models import Framework, Plan

MOST_OFFERED: Final = 20
"""So many cases are offered at once to be joined with; a search finds the others."""


@dataclass(frozen=True, slots=True)
class RegroupingRead:
    """One act as one person may read it.

    pairs: how many of those that moved the person sees. other_key: of the case on the other side of the
    act, "" where the person sees nothing in it. reason: "" for who does not follow the case.
    """

    act: Regrouping
    pairs: int
    other_key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Joinable:
    """A case that another one can be joined with. actions: how many the two hold together. why_not: ""
    where it can be done, else why it can't be now."""

    read: CaseRead
    shared: int
    actions: int
    why_not: str


def hands_of(framework: Framework) -> Hands:
    """What people did to the cases of a framework and stands, as it works together."""
    rows = Regrouping.objects.filter(case__framework=framework, undone_at=None).order_by("pk")
    fields = ("did", "case__sort", "case", "other", "pairs", "actions")
    return replayed(
        Hand(did, sort, str(case), str(other), tuple((a, b) for a, b in pairs), frozenset(actions))
        for did, sort, case, other, pairs, actions in rows.values_list(*fields)
    )


def case_now(case: Case) -> Case:
    """Where the findings of a case stand now: the case itself, or the one that people joined it with, or
    that its split was undone into."""
    seen = {case.pk}
    while not Finding.objects.filter(case=case).exists():
        joined = _joined_by(case)
        gone = Regrouping.objects.filter(other=case, did="split", undone_at__isnull=False).last()
        act = joined or gone
        if act is None or act.case_id in seen:
            return case
        case = Case.objects.select_related("framework").get(pk=act.case_id)
        seen.add(case.pk)
    return case


def joined_with(case: Case) -> Case | None:
    """The case that people joined this one with, if they did and it stands."""
    act = _joined_by(case)
    return act.case if act else None


def _joined_by(case: Case) -> Regrouping | None:
    acts = Regrouping.objects.filter(other=case, did="joined", undone_at=None)
    return acts.select_related("case__framework").last()


def joined_into(case: Case) -> list[int]:
    """Primary keys of the cases that people joined into this one, over any number of acts."""
    found: list[int] = []
    near = [case.pk]
    while near:
        acts = Regrouping.objects.filter(case__in=near, did="joined", undone_at=None).exclude(other__in=found)
        near = list(acts.values_list("other", flat=True))
        found += near
    return found


def regroupings_of(read: CaseRead, *, actor: Actor) -> list[RegroupingRead]:
    """What people did to a case, the latest first, undone acts too; one of whose pairs the actor sees none
    is not there. The reason is for those who follow the case and see all that it is about."""
    mine = Q(case=read.case) | Q(other=read.case)
    rows = list(
        Regrouping.objects.filter(mine).select_related("case", "other", "by", "undone_by").order_by("-pk")
    )
    if not rows:
        return []
    keys = {(a, b) for act in rows for a, b in act.pairs}
    visible = findings_of(read.case.framework, actor=actor)
    near = visible.filter(key_a__in={a for a, _b in keys}, key_b__in={b for _a, b in keys})
    seen = set(near.order_by().values_list("key_a", "key_b"))
    others = {act.other_id if act.case_id == read.case.pk else act.case_id for act in rows}
    shown = set(visible.filter(case__in=others).order_by().values_list("case", flat=True).distinct())
    follows = follows_case(actor, read.case)
    return [
        RegroupingRead(
            act=act,
            pairs=count,
            other_key=other.key if other.pk in shown else "",
            reason=act.reason if follows and count == len(act.pairs) else "",
        )
        for act in rows
        if (count := sum((a, b) in seen for a, b in act.pairs))
        for other in [act.other if act.case_id == read.case.pk else act.case]
    ]


def regrouping_of(read: CaseRead, key: str, *, actor: Actor) -> Regrouping | None:
    """An act by its key, if it touches this case and the actor may read of it; else None."""
    return next((each.act for each in regroupings_of(read, actor=actor) if each.act.key == key), None)


def kept_by_hand(case: Case) -> bool:
    """Whether people made a case what it is."""
    return Regrouping.objects.filter(Q(case=case) | Q(other=case), undone_at=None).exists()


def why_not_regrouped(case: Case, *, on: date) -> str:
    """Why a case cannot be split or joined now: its sources are being asked. "" where it can."""
    state = asking_state(case, on=on)
    if state.asking is None or state.standing is not Standing.WAITING or not state.takes_replies:
        return ""
    return _BEING_ASKED.format(key=case.key, day=_day(state.asking.answers_until))


_BEING_ASKED: Final = (
    "The sources of case {key} are being asked about it, all with the same text, until {day}: what they read "
    "must not change under their hands. Split or join it once all have replied or that day is past. What a "
    "source told you can be entered on its page."
)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def too_many(actions: int) -> str:
    """Why two cases with so many actions together are not joined; "" where they can be."""
    if actions <= MOST_ACTIONS:
        return ""
    return (
        f"Together they would hold {actions} actions, and a case holds at most {MOST_ACTIONS}: what fits "
        f"side by side, and around one table. Take {actions - MOST_ACTIONS} out into a case of their own "
        "first, or leave them two: the page of each names the other."
    )


def joinable_with(
    read: CaseRead, plan: Plan, *, actor: Actor, words: str = "", limit: int = MOST_OFFERED
) -> list[Joinable]:
    """The cases of a plan that the actor may join with this one: of its sort and its visibility, those that
    share most actions first, then the likeliest.

    words: each must stand in a title, a name or an id of one of its pairs, or be its key; without words
    only cases that share an action. Those that cannot be joined now are there, and say why.
    """
    from concord.analysis.queries.case_queue import holding
    from concord.analysis.queries.cases import LIVE_OR_ANSWERED, read_cases

    case, pks = read.case, {action.pk for action in read.actions}
    told = findings_of(plan, actor=actor).filter(
        LIVE_OR_ANSWERED, case__sort=case.sort, case__is_restricted=case.is_restricted
    )
    told = told.exclude(case=case)
    if words:
        found = told.filter(case__in=holding(told, words, case.framework, actor=actor))
    else:
        found = told.filter(Q(action_a__in=pks) | Q(action_b__in=pks))
    places = list(dict.fromkeys(found.order_by("-score", "key_a", "key_b").values_list("case", flat=True)))
    others = read_cases(places[: 3 * limit], case.framework, actor=actor, on=read.on)
    every = {action.pk for other in others for action in other.actions}
    entitled = actions_for_whom_can(actor, Permission.ASSESS_FINDING, every, case.framework)  # type: ignore[arg-type]
    asked = set(Asking.objects.filter(case__in=places).values_list("case", flat=True))
    offered = []
    for other in others:
        mine = {action.pk for action in other.actions}
        if not mine <= entitled:
            continue
        together = len(pks | mine)
        being_asked = why_not_regrouped(other.case, on=read.on) if other.case.pk in asked else ""
        why_not = being_asked or too_many(together)
        offered.append(Joinable(other, len(pks & mine), together, why_not))
    offered.sort(key=lambda each: (bool(each.why_not), -each.shared))
    return offered[:limit]


def asked_elsewhere(read: CaseRead, *, actor: Actor, on: date) -> list[AskingState]:
    """How pairs of this case were last put to their sources in another one where they stood, the latest
    first; only of cases that the actor follows, since all sources of that case are named."""
    pairs = {(finding.key_a, finding.key_b) for finding in read.findings}
    related = Case.objects.filter(pk__in=_related(read.case), askings__isnull=False).distinct()
    states = [
        asking_state(case, on=on) for case in related.select_related("framework") if follows_case(actor, case)
    ]
    states = [state for state in states if may_read(state, actor=actor)]
    told = [state for state in states if state.asking and pairs & {(a, b) for a, b in state.asking.pairs}]
    return sorted(told, key=lambda state: state.asking.pk if state.asking else 0, reverse=True)


def _related(case: Case) -> Sequence[int]:
    """Primary keys of the other cases that acts tie to this one, over any number of them."""
    edges = list(
        Regrouping.objects.filter(case__framework=case.framework, undone_at=None).values_list("case", "other")
    )
    found, grew = {case.pk}, True
    while grew:
        near = {pk for edge in edges if found & set(edge) for pk in edge}
        grew = not near <= found
        found |= near
    return sorted(found - {case.pk})
