"""What people answer about a pair, and taking an answer back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from concord.accounts.rules import Permission
from concord.analysis import events
from concord.analysis.grouping import Pair
from concord.analysis.models import Assessment, Case, Finding
from concord.analysis.queries import case_named, open_assessment_of, state_of_finding, visible_finding
from concord.analysis.rules import NEEDS_REASON, Answer, Move, after
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import BadInput, NotFound, StaleWrite
from concord.kernel.keys import new_key
from concord.plan.queries import require_on
from concord.plan.services import link_actions, merge_actions, undo_merge, unlink_actions

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.plan.models import Action, Merge

STALE = "Somebody answered this pair, or a new analysis changed it, since you opened it. Look at it again."

UNDONE = "This answer was undone or replaced meanwhile. Look at the pair again."

LINKS = frozenset({Answer.JOINED, Answer.PHASED})


@transaction.atomic
def assess(
    finding: Finding, *, answer: str, reason: str = "", expected_version: int, by: Person, at: datetime
) -> Assessment:
    """Records what was agreed about a pair: joined, phased, kept for a reason, or dismissed.

    A pair that is asked again because something changed may be answered at once; the earlier
    answer stays in its history as replaced.

    Raises:
        NotFound: the pair is hidden from `by`; NotPermitted; IllegalMove: it is answered, or no
        longer proposed; StaleWrite: it changed since version `expected_version`.
        BadInput: no such answer, "merged" (that is merge_pair), or no reason where one is due.
    """
    finding = visible_finding(finding, actor=by)
    _require(by, Permission.ASSESS_FINDING, finding)
    reason = _checked(answer, reason)
    _claim(finding, expected_version)
    after(state_of_finding(finding, on=at.date()), Move(answer))
    return _keep(finding, answer=answer, reason=reason, by=by, at=at)


@transaction.atomic
def answer_case(
    case: Case, *, answer: str, reason: str = "", read: Mapping[Pair, int], by: Person, at: datetime
) -> list[Assessment]:
    """Gives the pairs of a case one answer in one act: the answers share the key `together`.

    read: the pairs that are answered, as their two keys in order, with the version at which each was
    read. What joined the case since then is not answered with them.

    Returns:
        The answers, in the order of the pairs' keys.

    Raises:
        NotFound: the case or one of the pairs is hidden from `by`, or stands in another case.
        NotPermitted; IllegalMove; StaleWrite; BadInput: as assess, for the first pair of which it is true;
        then no pair is answered. BadInput also where no pair is named.
    """
    shown = case_named(case.key, actor=by, on=at.date())
    found = [shown.finding(*pair) for pair in sorted(read)]
    if not found:
        raise BadInput("Name at least one pair of the case that is answered.")
    reason = _checked(answer, reason)
    together = new_key() if len(found) > 1 else ""
    answered = []
    for finding in found:
        if finding is None:
            raise NotFound("One of these pairs does not stand in this case, or you may not see it.")
        _require(by, Permission.ASSESS_FINDING, finding)
        _claim(finding, read[(finding.key_a, finding.key_b)])
        after(state_of_finding(finding, on=at.date()), Move(answer))
        answered.append(_keep(finding, answer=answer, reason=reason, together=together, by=by, at=at))
    return answered


@transaction.atomic
def merge_pair(
    finding: Finding,
    *,
    target: Action,
    take: Collection[str],
    reason: str = "",
    expected_version: int,
    read: Mapping[str, int],
    by: Person,
    at: datetime,
) -> Assessment:
    """Merges the two actions of a pair into `target`, one of them; the other becomes a tombstone.

    Args:
        take: the fields whose value is taken from the other action; all others stay the target's.
            Both statements are kept with their provenance either way.
        read: the versions of the two actions that the choice was made on, by key.

    Raises:
        As assess; NotPermitted also where `by` may not merge; StaleWrite also where one of the two
        was changed since it was read; BadInput: target is not of the pair, an unknown field.
    """
    finding = visible_finding(finding, actor=by)
    _require(by, Permission.ASSESS_FINDING, finding)
    _require(by, Permission.MERGE_ACTIONS, finding)
    kept, other = _as_read(finding, target, read)
    _claim(finding, expected_version)
    after(state_of_finding(finding, on=at.date()), Move.MERGE)
    reason = reason.strip()
    merge = merge_actions(target=kept, merged=other, take=set(take), reason=reason, by=by, at=at)
    return _keep(finding, answer=Answer.MERGED, reason=reason, merge=merge, by=by, at=at)


@transaction.atomic
def undo_act(assessment: Assessment, *, by: Person, at: datetime) -> list[Assessment]:
    """Takes back all answers that were given in one act with this one and still stand.

    Those that were undone or replaced one by one meanwhile stay as they are.

    Returns:
        The answers taken back, in the order in which they were given.

    Raises:
        NotFound: one of the pairs is hidden from `by`; NotPermitted. Nothing is taken back then.
        StaleWrite: none of them stands any more.
    """
    rows = Assessment.objects.filter(undone_at=None, replaced_at=None).select_related("finding", "merge")
    same = {"together": assessment.together} if assessment.together else {"pk": assessment.pk}
    standing = list(rows.filter(**same))
    if not standing:
        raise StaleWrite(UNDONE)
    return [undo_assessment(each, by=by, at=at) for each in standing]


@transaction.atomic
def undo_assessment(assessment: Assessment, *, by: Person, at: datetime) -> Assessment:
    """Takes an answer back; the pair is a question again. A merge is undone with it.

    Raises:
        NotFound: the pair is hidden from `by`; NotPermitted.
        StaleWrite: the answer was undone or replaced meanwhile, or its merge can't be undone any more.
    """
    finding = visible_finding(assessment.finding, actor=by)
    _require(by, Permission.ASSESS_FINDING, finding)
    still_open = Assessment.objects.filter(pk=assessment.pk, undone_at=None, replaced_at=None)
    if still_open.update(undone_by=by, undone_at=at) != 1:
        raise StaleWrite(UNDONE)
    after(state_of_finding(finding, on=at.date()), Move.UNDO)
    Finding.objects.filter(pk=finding.pk).update(version=F("version") + 1)
    if assessment.merge is not None and assessment.merge.undone_at is None:
        undo_merge(assessment.merge, by=by, at=at)
    _unlink(finding, assessment.answer, by, at)
    assessment.refresh_from_db()
    record(EventName.ASSESSMENT_UNDONE, actor=by, about=finding, at=at, answer=assessment.answer)
    transaction.on_commit(partial(events.answer_undone.send_robust, sender=Assessment, assessment=assessment))
    return assessment


def _require(by: Person, permission: Permission, finding: Finding) -> None:
    """Both actions are touched by an answer, so the permission is asked for both."""
    for action in (finding.action_a, finding.action_b):
        require_on(by, permission, action, organisation=action.reporting_organisation)


def _claim(finding: Finding, expected_version: int) -> None:
    """Compare-and-set: of two people who answer at the same time one is told to look again.

    It comes before the rule is asked, so that the second one hears of the other, not of a rule.
    """
    mine = Finding.objects.filter(pk=finding.pk, version=expected_version)
    if mine.update(version=F("version") + 1) != 1:
        raise StaleWrite(STALE)


def _checked(answer: str, reason: str) -> str:
    """The reason without space around it, if this answer may be given with it."""
    if answer not in Answer.values or answer == Answer.MERGED:
        raise BadInput(f"“{answer}” is no answer. Choose joined, phased, kept or dismissed.")
    reason = reason.strip()
    if answer in NEEDS_REASON and not reason:
        raise BadInput("Give the reason in a sentence: whoever reads this later was not in the room.")
    return reason


def _keep(
    finding: Finding,
    *,
    answer: str,
    reason: str,
    merge: Merge | None = None,
    together: str = "",
    by: Person,
    at: datetime,
) -> Assessment:
    earlier = open_assessment_of(finding)
    if earlier is not None:
        Assessment.objects.filter(pk=earlier.pk).update(replaced_at=at)
        _unlink(finding, earlier.answer, by, at)
    if answer in LINKS:
        link_actions(action=finding.action_a, other=finding.action_b, kind=answer, by=by, at=at)
    assessment = Assessment.objects.create(
        finding=finding,
        answer=answer,
        kind=finding.kind,
        reason=reason,
        by=by,
        at=at,
        fingerprint=finding.fingerprint,
        digest=finding.digest,
        together=together,
        merge=merge,
    )
    said = {"answer": answer, "kind": finding.kind} | ({"together": together} if together else {})
    record(EventName.FINDING_ASSESSED, actor=by, about=finding, at=at, **said)
    transaction.on_commit(partial(events.pair_answered.send_robust, sender=Assessment, assessment=assessment))
    return assessment


def _unlink(finding: Finding, answer: str, by: Person, at: datetime) -> None:
    """An answer "joined" or "phased" stands in the plan as a link of the two; it goes with the answer."""
    if answer in LINKS:
        unlink_actions(action=finding.action_a, other=finding.action_b, kind=answer, by=by, at=at)


def _as_read(finding: Finding, target: Action, read: Mapping[str, int]) -> tuple[Action, Action]:
    """The action to keep and the other one, each at the version that the person chose on."""
    both = {action.pk: action for action in (finding.action_a, finding.action_b)}
    kept = both.pop(target.pk, None)
    if kept is None:
        raise BadInput("The action to keep is not one of this pair.")
    (other,) = both.values()
    for action in (kept, other):
        action.version = read.get(action.key, 0)
    return kept, other
