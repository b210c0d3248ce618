"""Putting a case to its sources and mailing them, in one transaction. Part of this room's services.

Intake and analysis do not know each other: the one has the outbox and the links, the other the cases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from concord.accounts.addressees import focal_points
from concord.accounts.queries import can, live, require
from concord.accounts.rules import Marking, Permission
from concord.accounts.scope import Scope
from concord.analysis.asking_rules import SAYINGS
from concord.analysis.queries import (
    actions_of,
    asking_named,
    asking_state,
    earlier_askings,
    findings_asked_about,
    footnote_for,
    is_for_all,
    running_askings,
)
from concord.analysis.rules import Sort
from concord.analysis.services import ask_sources, withdraw_asking
from concord.intake import letters
from concord.intake.queries.questions import mails_of_question, questions_with_waiting_mail
from concord.intake.services.questions import ask_by_mail, end_questions, tell_withdrawn, works_until
from concord.plan.queries import scopes_of

if TYPE_CHECKING:
    from concord.accounts.models import Contact, Organisation, Person
    from concord.analysis.models import Asking, Case, Finding
    from concord.analysis.queries import Asked
    from concord.plan.models import Action, Framework

REMIND_DAYS: Final = 3
"""So many days before the last one a source that said nothing is reminded, once. A judgement."""


@dataclass(frozen=True, slots=True)
class Put:
    """What was put to the sources. mails: how many are on their way; unreachable: the sources without a
    contact who has an address, for the telephone: what they say is entered on their behalf."""

    asking: Asking
    mails: int
    unreachable: tuple[Organisation, ...]


@transaction.atomic
def put_to_sources(
    case: Case,
    *,
    text: str | None = None,
    answers_until: date,
    read: str | None = None,
    by: Person,
    at: datetime,
) -> Put:
    """Puts a case to all its sources and queues their mails, with a link that needs no account.

    Asking again ends the links of what was asked before.

    Raises:
        As analysis.ask_sources; nothing is asked, and no mail leaves, unless all of it can be kept.
    """
    asking = ask_sources(case, text=text, answers_until=answers_until, read=read, by=by, at=at)
    end_questions(earlier_askings(asking), at=at)
    state = asking_state(asking.case, on=at.date())
    bodies = [source.organisation for source in state.sources]
    mailed = {body.pk: _mail(asking, body, state.findings, letters.question, by=by, at=at) for body in bodies}
    return Put(asking, sum(mailed.values()), tuple(body for body in bodies if not mailed[body.pk]))


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was withdrawn. mails: how many are on their way; by_telephone: the sources that no mail was ever
    queued for: whoever asked them by telephone tells them in the same way."""

    asking: Asking
    mails: int
    by_telephone: tuple[Organisation, ...]


@transaction.atomic
def withdraw_from_sources(case: Case, *, reason: str, read: str = "", by: Person, at: datetime) -> Withdrawn:
    """Withdraws what the sources of a case are asked: its links end, mails that still wait never leave, and
    whom a mail reached is told once, by mail.

    Raises:
        As analysis.withdraw_asking; nothing is withdrawn, and no mail leaves, unless all of it can be kept.
    """
    asking = withdraw_asking(case, reason=reason, read=read, by=by, at=at)
    end_questions([asking.key], at=at)  # before it is read who was told: no mail leaves in between
    mailed = mails_of_question(asking.key)
    state = asking_state(asking.case, on=at.date())
    sent = 0
    for each in state.sources:
        sent += tell_withdrawn(
            framework=asking.case.framework,
            organisation=each.organisation,
            asking_key=asking.key,
            letter=letters.question_withdrawn(_withdrawal(asking, each)),
            by=by,
            at=at,
        )
    unmailed = [each.organisation for each in state.sources if each.organisation.pk not in mailed]
    return Withdrawn(asking, sent, tuple(unmailed))


@transaction.atomic
def end_what_is_over(framework: Framework, *, at: datetime) -> int:
    """Ends the mails and links of questions that ended by themselves while a mail of theirs still waited: an
    action was withdrawn, merged or restricted, a pair is no longer found, or both have ended.

    Returns:
        How many questions.
    """
    over = []
    for key in questions_with_waiting_mail(framework):
        state = asking_state(asking_named(key).case, on=at.date())
        if state.asking is None or state.asking.key != key or not state.takes_replies:
            over.append(key)
    end_questions(over, at=at)
    return len(over)


@transaction.atomic
def remind_sources(framework: Framework, *, by: Person, at: datetime) -> int:
    """Reminds, once, the sources that said nothing where a question ends within three days.

    Returns:
        How many mails are on their way once this commits.

    Raises:
        NotPermitted: `by` may not write to those who are asked.
    """
    require(by, Permission.OPEN_CALL, within=Scope(framework.ref))
    end_what_is_over(framework, at=at)
    today, sent = at.date(), 0
    for state in running_askings(framework, on=today):
        asking = state.asking
        if asking is None or not today <= asking.answers_until <= today + timedelta(days=REMIND_DAYS):
            continue
        mails = mails_of_question(asking.key)
        for each in state.sources:
            told = mails.get(each.organisation.pk)
            if each.reply is not None or told is None or (told.mails and told.last_made_at > asking.at):
                continue
            letter = letters.question_again
            sent += _mail(asking, each.organisation, state.findings, letter, by=by, at=at)
    return sent


def contacts_for(actions: Sequence[Action], organisation: Organisation, *, on: date) -> list[Contact]:
    """An organisation's focal points for the pillars in which these actions stand, each once, by name."""
    found: dict[str, Contact] = {}
    for scope in _pillars_of(actions):
        for contact in focal_points([organisation], scope, on=on)[organisation.pk]:
            found.setdefault(contact.key, contact)
    return sorted(found.values(), key=lambda contact: (contact.name.casefold(), contact.key))


def _mail(
    asking: Asking,
    body: Organisation,
    findings: Iterable[Finding],
    write: Callable[[letters.Question], tuple[str, str]],
    *,
    by: Person,
    at: datetime,
) -> int:
    case, actions = asking.case, actions_of(findings)
    sort = Sort(case.sort)
    asked = letters.Question(
        key=asking.key,
        organisation=body.name,
        text=asking.text,
        answers=[str(saying.label) for saying in SAYINGS[sort]],
        answers_until=asking.answers_until,
        works_until=works_until(asking.answers_until),
        is_offer=sort is Sort.SYNERGY,
        secretariat=case.framework.secretariat.name,
        marking=_marking(actions),
        footnote=footnote_for(case.framework, [asking.text]),
    )
    return ask_by_mail(
        framework=case.framework,
        organisation=body,
        contacts=contacts_for(actions, body, on=at.date()),
        asking_key=asking.key,
        letter=write(asked),
        answers_until=asking.answers_until,
        within=_where(by, actions),
        by=by,
        at=at,
    )


def _withdrawal(asking: Asking, each: Asked) -> letters.Withdrawal:
    """Names none but the source's own actions, and not those if something of it is no longer for all."""
    body, actions = each.organisation, actions_of(findings_asked_about(asking))
    told = all(is_for_all(action) for action in actions)
    own = [a.title for a in actions if _reports(body, a)] if told else []
    return letters.Withdrawal(
        organisation=body.name,
        asked_on=asking.at.date(),
        actions=own,
        replied=each.reply is not None,
        is_offer=asking.case.sort == Sort.SYNERGY,
        secretariat=asking.case.framework.secretariat.name,
        marking=_marking([]),
    )


def _reports(body: Organisation, action: Action) -> bool:
    reporting = action.reporting_organisation
    return reporting is not None and live(reporting) == live(body)


def _marking(actions: Sequence[Action]) -> str:
    """The label of the highest marking among the actions; for members at least, since names that nobody
    confirmed yet stand together."""
    order = [marking.value for marking in Marking]
    highest = max((action.marking for action in actions), key=order.index, default=order[0])
    return Marking(max(highest, Marking.GREEN.value, key=order.index)).label


def _where(by: Person, actions: Sequence[Action]) -> Scope:
    """Where the person may enter on behalf of others: the framework, else a pillar of the actions."""
    scopes = [scope for action in actions for scope in scopes_of(action)]
    entitled = [scope for scope in scopes if can(by, Permission.ENTER_ON_BEHALF, within=scope)]
    return (entitled or scopes)[0]


def _pillars_of(actions: Sequence[Action]) -> list[Scope]:
    """The pillars of the actions; the framework where they stand in none."""
    scopes = list(dict.fromkeys(scope for action in actions for scope in scopes_of(action)))
    return [scope for scope in scopes if scope.pillar] or scopes[:1]
