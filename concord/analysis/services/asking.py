"""Putting a case to its sources, what they say, and confirming that it may be told with names."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q

from concord.accounts.queries import can, require
from concord.accounts.rules import Permission
from concord.accounts.scope import Scope
from concord.analysis import events
from concord.analysis.asking_rules import (
    LONGEST_REASON,
    WORDS_CHARACTERS,
    Move,
    require_move,
    require_saying,
)
from concord.analysis.models import AskedSource, Asking, Case, Finding, Reply
from concord.analysis.queries.asking import (
    asking_named,
    asking_state,
    case_with,
    findings_asked_about,
    takes_replies_now,
    why_not_withdrawn,
)
from concord.analysis.queries.naming import own_organisations
from concord.analysis.queries.readiness import readiness_of, text_for
from concord.analysis.queries.regrouping import joined_into
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import BadInput, IllegalMove, NotPermitted, StaleWrite
from concord.plan.queries import can_on, require_on

if TYPE_CHECKING:
    from collections.abc import Iterable

    from concord.accounts.models import Person

ENDED = "This question has ended: it was asked anew, was settled, or both actions have ended."
WITHDRAWN = "This question was withdrawn. You need not answer it, and nothing follows from it."
MEANWHILE = "Somebody asked, replied or confirmed in the same moment. Look at the case again."


@transaction.atomic
def ask_sources(
    case: Case,
    *,
    text: str | None = None,
    answers_until: date,
    read: str | None = None,
    by: Person,
    at: datetime,
) -> Asking:
    """Puts a case to all its sources at the same moment, with the same text; nobody else is told.

    The sources are the organisations that report its actions. An asking that still runs ends, of this case
    or of one that people joined into it.

    Args:
        text: what each of them reads; if not given, why analysis asks and which the actions are.
        answers_until: the last day on which they can reply before the secretariat may confirm.
        read: the key of the last asking that `by` had before them, "" for none; not compared if not given.

    Raises:
        StaleWrite: it was asked by somebody else meanwhile, or twice by one click;
        NotFound: the case is hidden from `by`; NotPermitted: `by` may not record what was agreed about
        one of its pairs; IllegalMove: nothing waits, a source may not see one of the actions or is not
        known, or it is confirmed; BadInput: a day that is past, an empty or very long text.
    """
    case = _locked(case_with(case.key, actor=by))
    ready = readiness_of(case, actor=by, on=at.date())
    _require(by, Permission.ASSESS_FINDING, ready.findings)
    if ready.why_not:
        raise IllegalMove(ready.why_not)
    before = asking_state(case, on=at.date())
    if read is not None and read != (before.asking.key if before.asking else ""):
        raise StaleWrite(MEANWHILE)
    require_move(before.standing, Move.ASK)
    words = text_for(case, ready.findings) if text is None else text.strip()
    _check(words, answers_until, at=at)
    if Asking.objects.filter(case=case, ended_at=None).update(ended_at=at) > 1:
        raise StaleWrite(MEANWHILE)
    Asking.objects.filter(case__in=joined_into(case), ended_at=None).update(ended_at=at)
    asking = Asking.objects.create(
        case=case,
        text=words,
        pairs=[[finding.key_a, finding.key_b] for finding in ready.findings],
        answers_until=answers_until,
        by=by,
        at=at,
    )
    AskedSource.objects.bulk_create(AskedSource(asking=asking, organisation=body) for body in ready.sources)
    record(
        EventName.SOURCES_ASKED,
        actor=by,
        about=case,
        at=at,
        asking=asking.key,
        sources=[body.key for body in ready.sources],
        answers_until=answers_until.isoformat(),
    )
    transaction.on_commit(partial(events.sources_asked.send_robust, sender=Asking, asking=asking))
    return asking


@transaction.atomic
def withdraw_asking(case: Case, *, reason: str, read: str = "", by: Person, at: datetime) -> Asking:
    """Ends what the sources of a case are asked, as if they had not been: nobody can reply any more, and the
    case can be put to them anew. What they said until now is kept.

    Args:
        reason: why, for those who coordinate; sources are not told.
        read: the key of the asking that `by` had before them; if not given, the one that runs.

    Raises:
        NotFound: the case is hidden from `by`; NotPermitted: `by` could not have asked; IllegalMove: they are
        not being asked, it is confirmed, or the question has ended by itself; BadInput: no reason, or a very
        long one; StaleWrite: they were asked anew meanwhile.
    """
    case = _locked(case_with(case.key, actor=by))
    state = asking_state(case, on=at.date())
    asking = state.asking
    about = findings_asked_about(asking) if asking else []
    _require(by, Permission.ASSESS_FINDING, about or _findings_in(case))
    why_not = why_not_withdrawn(state)
    if asking is None or why_not:
        raise IllegalMove(why_not)
    if read not in ("", asking.key):
        raise StaleWrite(MEANWHILE)
    words = _reason(reason)
    changes = {"ended_at": at, "withdrawn_by": by, "withdrawn_reason": words}
    if Asking.objects.filter(pk=asking.pk, ended_at=None).update(**changes) != 1:
        raise StaleWrite(MEANWHILE)
    replied = [each.organisation.key for each in state.sources if each.reply]
    record(EventName.ASKING_WITHDRAWN, actor=by, about=case, at=at, asking=asking.key, replied=replied)
    transaction.on_commit(partial(events.asking_withdrawn.send_robust, sender=Asking, asking=asking))
    return asking_named(asking.key)


@transaction.atomic
def reply(source: AskedSource, *, says: str, words: str = "", way: str, by: Person, at: datetime) -> Reply:
    """Keeps what one source says; a later reply replaces it. Nothing is answered by it: people decide.

    Args:
        way: Reply.Way; "on-behalf" where an officer enters what the source told them.

    Raises:
        NotPermitted: `by` neither reports for the source nor, on its behalf, may enter for others;
        IllegalMove: the question has ended, or was withdrawn; BadInput: no such reply, or "different"
        without words.
    """
    asking = source.asking
    _speaks_for(source, way, by)
    case = _locked(asking.case)
    text = require_saying(case.sort, says, words)
    _open_for(source, case, Move.REPLY, at=at)
    standing = Reply.objects.filter(source=source, taken_back_at=None).first()
    if standing is not None and (standing.says, standing.words) == (says, text):
        return standing  # sent twice
    Reply.objects.filter(source=source, taken_back_at=None).update(taken_back_at=at)
    kept = Reply.objects.create(source=source, says=says, words=text, way=way, by=by, at=at)
    facts = {"organisation": source.organisation.key, "says": says, "way": way}
    record(EventName.SOURCE_REPLIED, actor=by, about=case, at=at, asking=asking.key, **facts)
    transaction.on_commit(partial(events.source_replied.send_robust, sender=Reply, reply=kept))
    return kept


@transaction.atomic
def take_back_reply(source: AskedSource, *, way: str, by: Person, at: datetime) -> None:
    """Takes back what a source said: it has not replied.

    Raises:
        As reply; IllegalMove also where there is nothing to take back.
    """
    _speaks_for(source, way, by)
    case = _locked(source.asking.case)
    _open_for(source, case, Move.TAKE_BACK, at=at)
    if not Reply.objects.filter(source=source, taken_back_at=None).update(taken_back_at=at):
        raise IllegalMove("There is no reply that could be taken back.")
    facts = {"organisation": source.organisation.key, "way": way}
    record(EventName.SOURCE_REPLY_TAKEN_BACK, actor=by, about=case, at=at, asking=source.asking.key, **facts)


@transaction.atomic
def confirm_findings(case: Case, *, by: Person, at: datetime) -> int:
    """Confirms the pairs of a case that its sources were asked about: they may be told with names now.

    Returns:
        How many were confirmed.

    Raises:
        NotFound; NotPermitted: only the secretariat; IllegalMove: not every source could answer yet, none
        was asked, or it is confirmed already.
    """
    case = case_with(case.key, actor=by)
    require(by, Permission.CONFIRM_FINDING, within=Scope(case.framework.ref))
    state = asking_state(_locked(case), on=at.date())
    require_move(state.standing, Move.CONFIRM)
    pks = [finding.pk for finding in state.findings]
    confirmed = Finding.objects.filter(pk__in=pks, confirmed_at=None).update(confirmed_by=by, confirmed_at=at)
    _record_pairs(EventName.FINDINGS_CONFIRMED, case, state.findings, by, at)
    return confirmed


@transaction.atomic
def undo_confirmation(case: Case, *, by: Person, at: datetime) -> int:
    """Takes a confirmation back: from now on nobody but those who coordinate, and the sources, reads it.

    Returns:
        How many pairs are no longer confirmed.

    Raises:
        NotFound; NotPermitted: only the secretariat; IllegalMove: it is not confirmed.
    """
    case = case_with(case.key, actor=by)
    require(by, Permission.CONFIRM_FINDING, within=Scope(case.framework.ref))
    state = asking_state(_locked(case), on=at.date())
    asked = [finding.pk for finding in state.findings]  # a split may have put some of them in another case
    told = Finding.objects.filter(Q(case=case) | Q(pk__in=asked), confirmed_at__isnull=False)
    undone = list(told.order_by("key_a", "key_b"))
    if not undone:
        require_move(state.standing, Move.UNDO)
    pks = [finding.pk for finding in undone]
    Finding.objects.filter(pk__in=pks).update(confirmed_by=None, confirmed_at=None)
    _record_pairs(EventName.FINDINGS_CONFIRMATION_UNDONE, case, undone, by, at)
    return len(undone)


def _require(by: Person, permission: Permission, findings: Iterable[Finding]) -> None:
    for finding in findings:
        for action in (finding.action_a, finding.action_b):
            require_on(by, permission, action, organisation=action.reporting_organisation)


def _findings_in(case: Case) -> Iterable[Finding]:
    return Finding.objects.filter(case=case).select_related("action_a__framework", "action_b__framework")


def _reason(reason: str) -> str:
    words = reason.strip()
    if not words:
        raise BadInput("Say in a sentence why the question is withdrawn, for whoever reads this case later.")
    if len(words) > LONGEST_REASON:
        raise BadInput(f"A reason has at most {LONGEST_REASON:,} characters; this one has {len(words):,}.")
    return words


def _check(text: str, answers_until: date, *, at: datetime) -> None:
    if answers_until <= at.date():
        raise BadInput("Choose a day to come: the sources need time to answer.")
    if not text:
        raise BadInput("Write what the sources are asked, or leave the text as it is proposed.")
    if len(text) > WORDS_CHARACTERS * 2:
        raise BadInput(f"The text is too long: {WORDS_CHARACTERS * 2} characters are the most.")


def _speaks_for(source: AskedSource, way: str, by: Person) -> None:
    """Who replies: whoever reports for the source; on its behalf, who may enter for others there."""
    case = source.asking.case
    if way not in Reply.Way.values:
        raise BadInput(f"Ways are: {', '.join(Reply.Way.values)}.")
    within = Scope(case.framework.ref)
    if way != Reply.Way.ON_BEHALF:
        if not _reports_for(source, by):
            require(by, Permission.REPORT_OWN, within=within, organisation=source.organisation)
        return
    case_with(case.key, actor=by)
    touched = {action.pk: action for f in _findings_in(case) for action in (f.action_a, f.action_b)}.values()
    if not touched or not all(can_on(by, Permission.ENTER_ON_BEHALF, action) for action in touched):
        raise NotPermitted(f"You may not {Permission.ENTER_ON_BEHALF.meaning}.")


def _reports_for(source: AskedSource, by: Person) -> bool:
    """A co-lead's role holds for its pillar alone; what it reports there it may also speak for."""
    framework = source.asking.case.framework
    if can(by, Permission.REPORT_OWN, within=Scope(framework.ref), organisation=source.organisation):
        return True
    return source.organisation_id in own_organisations(by, framework)


def _open_for(source: AskedSource, case: Case, move: Move, *, at: datetime) -> None:
    if not takes_replies_now(source, on=at.date()):
        raise IllegalMove(WITHDRAWN if asking_named(source.asking.key).is_withdrawn else ENDED)
    require_move(asking_state(case, on=at.date()).standing, move)


def _locked(case: Case) -> Case:
    """One act about a case at a time: the second waits for the first and reads what it left."""
    Case.objects.filter(pk=case.pk).update(version=F("version"))  # an UPDATE locks on both databases
    return case


def _record_pairs(
    event: EventName, case: Case, findings: Iterable[Finding], by: Person, at: datetime
) -> None:
    pairs = [f"{finding.key_a}-{finding.key_b}" for finding in findings]
    record(event, actor=by, about=case, at=at, pairs=pairs)
