"""Splitting a case and joining two by hand, and undoing it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q

from concord.accounts.rules import Permission
from concord.analysis.grouping import Pair, ordered, pair_in
from concord.analysis.hands import actions_of, leaves
from concord.analysis.models import Case, Finding, Regrouping
from concord.analysis.queries import case_named, too_many, why_not_regrouped
from concord.analysis.queries.cases import LIVE_OR_ANSWERED
from concord.analysis.queries.findings import findings_of, with_actions
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import BadInput, IllegalMove, NotFound, StaleWrite
from concord.plan.queries import require_on

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from concord.accounts.models import Person
    from concord.analysis.queries import CaseRead

LONGEST_REASON = 2_000
STALE = "Somebody changed this case since you opened it, or a new analysis did. Look at it again."


@transaction.atomic
def split_case(
    case: Case,
    *,
    actions: Collection[str] = (),
    pairs: Collection[Pair] = (),
    reason: str,
    expected_version: int,
    by: Person,
    at: datetime,
) -> Regrouping:
    """Takes actions, or single pairs, out of a case into a case of their own.

    An action leaves with all its pairs, so that it stands in the case no more; the others stay and
    stand beside it in the new case too, where they are its counterparts. Answers stay with their
    pairs; whoever had taken the case on has both. Notes and what sources said stay with the old one.

    Args:
        actions: keys of those that are taken out. pairs: keys of the two of each pair taken out alone.
        reason: why, for whoever reads it later. expected_version: of the case, as it was read.

    Raises:
        NotFound: the case, an action or a pair is hidden from `by`, or does not stand in it;
        NotPermitted: `by` may not answer every pair that would move; BadInput: nothing is named, nothing
        would stay, or no reason; IllegalMove: its sources are being asked; StaleWrite.
    """
    read = case_named(case.key, actor=by, on=at.date())
    moving, staying = _parted(read, set(actions), {ordered(*pair) for pair in pairs})
    _require(by, moving)
    reason = _checked(reason)
    _claim(read.case, expected_version)
    _not_while_asked(read.case, on=at.date())
    out = leaves(_keys(moving), _keys(staying))
    named = Q(pk__in=[finding.pk for finding in moving]) | Q(key_a__in=out) | Q(key_b__in=out)
    rows = findings_of(read.case.framework, actor=by).filter(named, case=read.case)
    new = Case.objects.create(
        framework=read.case.framework,
        sort=read.case.sort,
        is_restricted=read.case.is_restricted,
        assigned_to=read.case.assigned_to,
        assigned_at=read.case.assigned_at,
        opened_at=at,
    )
    return _moved(rows, read.case, new, Regrouping.Did.SPLIT, actions=out, reason=reason, by=by, at=at)


@transaction.atomic
def join_cases(
    case: Case,
    other: Case,
    *,
    reason: str,
    expected_version: int,
    other_version: int,
    by: Person,
    at: datetime,
) -> Regrouping:
    """Joins another case into this one: its pairs stand here from now on, and its address leads here.

    Both must be of one plan, one sort and one visibility, and hold at most eight actions together.

    Raises:
        NotFound: one of the two is hidden from `by`; NotPermitted: `by` may not answer every pair of both;
        BadInput: they cannot be one case, or no reason; IllegalMove: sources of one of them are being
        asked; StaleWrite: one of them changed since it was read.
    """
    one, two = (case_named(each.key, actor=by, on=at.date()) for each in (case, other))
    _require(by, [*one.findings, *two.findings])
    _require_alike(one, two)
    reason = _checked(reason)
    standing = {action.key for read in (one, two) for action in read.actions}
    if why_not := too_many(len(standing)):
        raise BadInput(why_not)
    for read, version in ((one, expected_version), (two, other_version)):
        _claim(read.case, version)
        _not_while_asked(read.case, on=at.date())
    newest = max(expected_version, other_version) + 1  # no version of a page of the other one fits here
    Case.objects.filter(pk=one.case.pk).update(version=newest)
    rows = findings_of(one.case.framework, actor=by).filter(case=two.case)
    did = Regrouping.Did.JOINED
    return _moved(rows, one.case, two.case, did, actions=standing, reason=reason, by=by, at=at)


@transaction.atomic
def undo_regrouping(act: Regrouping, *, by: Person, at: datetime) -> Regrouping:
    """Takes a split or a join back: what moved returns, with what joined the part that goes since then.

    Raises:
        NotFound: no pair that moved can be seen by `by`; NotPermitted: `by` may not answer one of them.
        IllegalMove: a later act about one of the two cases stands, their sources are being asked, or the
        two have grown to more than eight actions; StaleWrite: it was undone meanwhile.
    """
    pairs = {(a, b) for a, b in act.pairs}
    visible = findings_of(act.case.framework, actor=by)
    near = visible.filter(key_a__in={a for a, _b in pairs}, key_b__in={b for _a, b in pairs})
    seen = [each for each in with_actions(near) if (each.key_a, each.key_b) in pairs]
    if not seen:
        raise NotFound("There is no such act, or you may not see what it is about.")
    _require(by, seen)
    mine = Regrouping.objects.filter(pk=act.pk, undone_at=None)
    if mine.update(undone_by=by, undone_at=at) != 1:
        raise StaleWrite("This was undone meanwhile. Look at the case again.")
    both = Case.objects.filter(pk__in=[act.case_id, act.other_id])
    both.update(version=F("version") + 1)
    _require_last(act, visible)
    for case in both.select_related("framework"):
        _not_while_asked(case, on=at.date())
    if act.did == Regrouping.Did.SPLIT:
        _put_back(act, visible.filter(LIVE_OR_ANSWERED, case__in=[act.case_id, act.other_id]))
    else:
        _take_apart(act, pairs)
    record(
        EventName.CASE_REGROUPING_UNDONE, actor=by, about=act.case, at=at, did=act.did, other=act.other.key
    )
    act.refresh_from_db()
    return act


def _put_back(act: Regrouping, seen: Iterable[Finding]) -> None:
    """What was split off stands in the old case again."""
    why_not = too_many(len(actions_of(_keys(seen))))
    if why_not:
        raise IllegalMove(f"Both cases have grown since. {why_not}")
    Finding.objects.filter(case=act.other_id).update(case=act.case_id)


def _take_apart(act: Regrouping, pairs: Collection[Pair]) -> None:
    """What was joined stands in its own case again; what joined since goes with it where it is about its
    actions, and not as well about those of the other."""
    there = list(Finding.objects.filter(case=act.case_id).select_related("first_seen"))
    staying = [f for f in there if (f.key_a, f.key_b) not in pairs and f.first_seen.at <= act.at]
    theirs, own = actions_of(pairs), actions_of(_keys(staying))
    new = {f for f in there if f.first_seen.at > act.at and pair_in((f.key_a, f.key_b), theirs)}
    going = [
        f.pk
        for f in there
        if (f.key_a, f.key_b) in pairs or (f in new and not pair_in((f.key_a, f.key_b), own))
    ]
    Finding.objects.filter(pk__in=going).update(case=act.other_id)


def _parted(
    read: CaseRead, actions: Collection[str], pairs: Collection[Pair]
) -> tuple[list[Finding], list[Finding]]:
    """What would leave the case, and what would stay."""
    there = _keys(read.findings)
    if not actions <= actions_of(there) or not pairs <= there:  # type: ignore[operator]
        raise NotFound("One of these does not stand in this case, or you may not see it.")
    moving = [f for f in read.findings if {f.key_a, f.key_b} & set(actions) or (f.key_a, f.key_b) in pairs]
    staying = [f for f in read.findings if f not in moving]
    if not moving:
        raise BadInput("Choose what is taken out: an action, or a pair.")
    if not staying:
        raise BadInput(
            "Nothing would stay: every pair of this case touches what you chose. Choose fewer actions, or "
            "single pairs."
        )
    return moving, staying


def _require_alike(one: CaseRead, two: CaseRead) -> None:
    """Whether two cases can be one conversation at all."""
    if one.case.pk == two.case.pk:
        raise BadInput("This is the same case. Choose another one.")
    if one.case.framework_id != two.case.framework_id or not _share_a_plan(one, two):
        raise BadInput("These two cases stand in different plans, so they stay two.")
    if one.case.sort != two.case.sort:
        raise BadInput(
            f"One is about what is {one.case.get_sort_display()}, the other about what is "
            f"{two.case.get_sort_display()}: these are different questions, with different answers."
        )
    if one.case.is_restricted != two.case.is_restricted:
        raise BadInput(
            "One of the two touches an action that not every member may see, so that they stay apart."
        )


def _share_a_plan(one: CaseRead, two: CaseRead) -> bool:
    """Both hold an action of one plan, or neither of any."""
    first, second = _plans_of(one), _plans_of(two)
    return bool(first & second) or not (first or second)


def _plans_of(read: CaseRead) -> set[int]:
    sides = ("action_a__placements__plan", "action_b__placements__plan")
    rows = Finding.objects.filter(pk__in=[each.pk for each in read.findings]).values_list(*sides)
    return {plan for row in rows for plan in row if plan is not None}


def _keys(findings: Iterable[Finding]) -> set[Pair]:
    return {(finding.key_a, finding.key_b) for finding in findings}


def _require(by: Person, findings: Iterable[Finding]) -> None:
    """Who answers the pairs regroups them: entitled for both actions of each."""
    for action in {a.pk: a for f in findings for a in (f.action_a, f.action_b)}.values():
        require_on(by, Permission.ASSESS_FINDING, action, organisation=action.reporting_organisation)


def _checked(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise BadInput("Give the reason in a sentence: whoever reads this later was not in the room.")
    if len(reason) > LONGEST_REASON:
        raise BadInput(f"A reason has at most {LONGEST_REASON:,} characters; this one has {len(reason):,}.")
    return reason


def _claim(case: Case, expected_version: int) -> None:
    mine = Case.objects.filter(pk=case.pk, version=expected_version)
    if mine.update(version=F("version") + 1) != 1:
        raise StaleWrite(STALE)


def _not_while_asked(case: Case, *, on: date) -> None:
    if why_not := why_not_regrouped(case, on=on):
        raise IllegalMove(why_not)


def _require_last(act: Regrouping, visible: QuerySet[Finding]) -> None:
    """Acts about one case are undone from the last one back, as they were built on each other. A later act
    is named only to who sees all the pairs that it moved."""
    both = [act.case_id, act.other_id]
    later = Regrouping.objects.filter(
        Q(case__in=both) | Q(other__in=both), pk__gt=act.pk, undone_at=None
    ).select_related("case", "other", "by")
    last = later.last()
    if last is not None:
        keys = {key for pair in last.pairs for key in pair}
        near = visible.filter(key_a__in=keys, key_b__in=keys).values_list("key_a", "key_b")
        if not {(a, b) for a, b in last.pairs} <= set(near):
            raise IllegalMove("One of the two cases was split or joined again later. That is undone first.")
        raise IllegalMove(
            f"One of the two cases was {last.get_did_display()} again later, by {last.by.name} (cases "
            f"{last.case.key} and {last.other.key}). Undo that first."
        )


def _moved(
    rows: Iterable[Finding],
    case: Case,
    other: Case,
    did: Regrouping.Did,
    *,
    actions: Collection[str],
    reason: str,
    by: Person,
    at: datetime,
) -> Regrouping:
    """Points the findings to their case and keeps the act."""
    moved = list(rows)
    target = other if did == Regrouping.Did.SPLIT else case
    Finding.objects.filter(pk__in=[finding.pk for finding in moved]).update(case=target)
    pairs = sorted(_keys(moved))
    act = Regrouping.objects.create(
        did=did,
        case=case,
        other=other,
        pairs=[list(pair) for pair in pairs],
        actions=sorted(actions),
        reason=reason,
        by=by,
        at=at,
    )
    event = EventName.CASE_SPLIT if did == Regrouping.Did.SPLIT else EventName.CASES_JOINED
    record(event, actor=by, about=case, at=at, other=other.key, pairs=["-".join(pair) for pair in pairs])
    return act
