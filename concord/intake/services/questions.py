"""Mails that ask an organisation about a case. What is asked, and of whom, another room decides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from concord.accounts.services import open_link
from concord.intake.call_rules import GRACE_DAYS
from concord.intake.models import Link, Message
from concord.intake.queries.questions import told_of_question
from concord.intake.services.outbox import Question, queue

if TYPE_CHECKING:
    from concord.accounts.models import Contact, Organisation, Person
    from concord.accounts.scope import Scope
    from concord.plan.models import Framework


def works_until(answers_until: date) -> date:
    """The last day on which the link of a question works: late answers are better than none."""
    return answers_until + timedelta(days=GRACE_DAYS)


def ask_by_mail(
    *,
    framework: Framework,
    organisation: Organisation,
    contacts: Iterable[Contact],
    asking_key: str,
    letter: tuple[str, str],
    answers_until: date,
    within: Scope,
    by: Person,
    at: datetime,
) -> int:
    """Queues the mails of one question to one organisation, as part of the caller's transaction.

    Args:
        letter: subject and text; the text holds the place of the link, by the key of the asking.
        within: where `by` may enter on behalf of others: who sends links must be entitled there.

    Returns:
        How many mails are on their way; 0 where no contact has an address.

    Raises:
        NotPermitted: `by` may not send links there.
    """
    reachable = {contact.email.casefold(): contact for contact in contacts if contact.email}
    if not reachable:
        return 0
    until = works_until(answers_until)
    open_link(organisation=organisation, within=within, until_on=until, by=by, at=at)
    for contact in reachable.values():
        queue(
            framework=framework,
            sort=Message.Sort.QUESTION,
            contact=contact,
            letter=letter,
            question=Question(asking_key, organisation, until),
            by=by,
            at=at,
        )
    return len(reachable)


def tell_withdrawn(
    *,
    framework: Framework,
    organisation: Organisation,
    asking_key: str,
    letter: tuple[str, str],
    by: Person,
    at: datetime,
) -> int:
    """Queues the mail that tells one organisation that its question was withdrawn, to whom a mail of the
    question reached or may have reached, as part of the caller's transaction. Its links were ended before.

    Called by services that asked for the permission.

    Returns:
        How many mails are on their way; 0 where no mail of the question left.
    """
    told = told_of_question(asking_key, organisation)
    for contact in told:
        queue(
            framework=framework,
            sort=Message.Sort.WITHDRAWN,
            contact=contact,
            letter=letter,
            question=Question(asking_key, organisation, None),
            by=by,
            at=at,
        )
    return len(told)


def end_questions(asking_keys: Iterable[str], *, at: datetime) -> None:
    """Ends the links of askings that are over; mails of theirs that still wait never leave.

    Called by services that asked for the permission.
    """
    keys = list(asking_keys)
    Link.objects.filter(asking_key__in=keys, revoked_at=None).update(revoked_at=at)
    Message.objects.filter(asking_key__in=keys).update(links_until=None)
