"""Which link an address holds, and what stands behind it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from concord.accounts.rules import Marking
from concord.accounts.services import link_person
from concord.intake.call_rules import hash_of_token
from concord.intake.models import Call, Input, Invitation, Link
from concord.kernel.errors import NotFound
from concord.plan.queries import actions_visible_to

if TYPE_CHECKING:
    from concord.accounts.models import Organisation, Person
    from concord.plan.models import Action, Framework

_GONE = "This link does not work."


def working_links(*, at: datetime) -> QuerySet[Link]:
    """The links that work at an instant: not expired, not revoked, their call still open.

    Whether the question behind a link still takes replies is known to analysis alone.
    """
    links = Link.objects.filter(revoked_at=None, expires_at__gt=at).filter(
        Q(purpose__in=[Link.Purpose.OBJECT, Link.Purpose.REPLY]) | Q(invitation__call__state=Call.State.OPEN)
    )
    return links.select_related(
        "organisation",
        "invitation__organisation",
        "invitation__call__plan__framework__secretariat",
        "invitation__call__plan__pillar__framework",
        "entry__organisation",
        "entry__framework__secretariat",
        "entry__call__plan",
    )


def link_behind(token: str, *, at: datetime) -> Link:
    """The link that a token opens.

    Raises:
        NotFound: unknown, expired, revoked and closed ones alike.
    """
    found = working_links(at=at).filter(token_sha256=hash_of_token(token)).first()
    if found is None:
        raise NotFound(_GONE)
    return found


def link_with_id(pk: int, *, at: datetime) -> Link:
    """A link that was opened before, if it still works.

    Raises:
        NotFound: as link_behind.
    """
    found = working_links(at=at).filter(pk=pk).first()
    if found is None:
        raise NotFound(_GONE)
    return found


def organisation_of(link: Link) -> Organisation:
    """Whose link it is."""
    if link.invitation is not None:
        return link.invitation.organisation
    if link.entry is not None:
        return link.entry.organisation
    if link.organisation is not None:
        return link.organisation
    raise NotFound(_GONE)


def person_of(link: Link) -> Person:
    """Who acts through a link: the account of its organisation that nobody can sign in to.

    Raises:
        NotFound: its organisation never had a link.
    """
    person = link_person(organisation_of(link))
    if person is None:
        raise NotFound(_GONE)
    return person


def reported_behind(link: Link, framework: Framework) -> QuerySet[Action]:
    """All that the link's organisation reports in a framework, as its reporter may see it, never TLP:RED."""
    return (
        actions_visible_to(person_of(link), framework)
        .filter(reporting_organisation=organisation_of(link), reported_by_as_written="")
        .exclude(marking=Marking.RED)
    )


def handed_in_through(invitation: Invitation) -> QuerySet[Input]:
    """The files that the organisation handed in through links for this invitation's call."""
    person = link_person(invitation.organisation)
    if person is None:
        return Input.objects.none()
    return Input.objects.filter(
        call=invitation.call, organisation=invitation.organisation, received_by=person
    ).defer("content")
