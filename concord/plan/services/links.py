"""Confirmed links: actions that answer needs, actions that belong together, and the state of needs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import BadInput, IllegalMove, NotFound
from concord.plan.models import Action, ActionLink, Need, NeedBeneficiary, NeedLink
from concord.plan.queries.scopes import require_on, scope_of
from concord.plan.services.withdrawing import require_standing

if TYPE_CHECKING:
    from concord.accounts.models import Person


@transaction.atomic
def confirm_link(*, action: Action, need: Need, strength: str, by: Person, at: datetime) -> NeedLink:
    """Records that an action answers a need, "direct" or "partly"; confirming again changes the strength.

    Raises:
        NotPermitted; BadInput: another strength, or two frameworks; IllegalMove: the action is merged away.
    """
    return confirm_links([(action, need, strength)], by=by, at=at)[0]


@transaction.atomic
def confirm_links(links: Iterable[tuple[Action, Need, str]], *, by: Person, at: datetime) -> list[NeedLink]:
    """Confirms many links at once, under one event of the record; raises like confirm_link."""
    confirmed = []
    for action, need, strength in links:
        require_on(by, Permission.CONFIRM_LINK, need)
        if strength not in NeedLink.Strength.values:
            raise BadInput("An action answers a need “direct” or “partly”.")
        if action.framework_id != need.framework_id:
            raise BadInput("The action and the need belong to two frameworks.")
        if action.merged_into_id is not None:
            raise IllegalMove("This action was merged into another one. Link that one.")
        require_standing(action)
        link, _ = NeedLink.objects.update_or_create(
            action=action,
            need=need,
            defaults={"strength": strength, "confirmed_by": by, "confirmed_at": at, "via_merge": None},
        )
        confirmed.append(link)
    if confirmed:
        pairs = [f"{link.need.key}:{link.action.key}:{link.strength}" for link in confirmed]
        about = confirmed[0].need if len(confirmed) == 1 else confirmed[0].need.framework
        record(EventName.LINK_CONFIRMED, actor=by, about=about, at=at, links=pairs)
    return confirmed


@transaction.atomic
def remove_link(link: NeedLink, *, by: Person, at: datetime) -> None:
    """Takes a confirmed link back.

    Raises:
        NotPermitted; NotFound: somebody removed it already.
    """
    require_on(by, Permission.CONFIRM_LINK, link.need)
    action_key, need = link.action.key, link.need
    deleted, _ = NeedLink.objects.filter(pk=link.pk).delete()
    if not deleted:
        raise NotFound("This link was removed already.")
    record(EventName.LINK_REMOVED, actor=by, about=need, at=at, action=action_key)


@transaction.atomic
def link_actions(*, action: Action, other: Action, kind: str, by: Person, at: datetime) -> ActionLink:
    """Records that two actions belong together: `action` continues, is part of, is joined or phased
    with `other`. The same link twice is one link.

    Raises:
        NotPermitted; BadInput: an unknown kind, one action twice, or two frameworks.
    """
    for one in (action, other):
        require_on(by, Permission.ASSESS_FINDING, one, organisation=one.reporting_organisation)
    if (
        kind not in ActionLink.Kind.values
        or action.pk == other.pk
        or action.framework_id != other.framework_id
    ):
        raise BadInput("A link joins two different actions of one framework in one of the known ways.")
    link, created = ActionLink.objects.get_or_create(action=action, other=other, kind=kind)
    if created:
        record(EventName.ACTIONS_LINKED, actor=by, about=action, at=at, other=other.key, kind=kind)
    return link


@transaction.atomic
def unlink_actions(*, action: Action, other: Action, kind: str, by: Person, at: datetime) -> None:
    """Takes a link between two actions back; nothing happens where there is none."""
    for one in (action, other):
        require_on(by, Permission.ASSESS_FINDING, one, organisation=one.reporting_organisation)
    deleted, _ = ActionLink.objects.filter(action=action, other=other, kind=kind).delete()
    if deleted:
        record(EventName.ACTIONS_UNLINKED, actor=by, about=action, at=at, other=other.key, kind=kind)


@transaction.atomic
def state_need(need: Need, *, code: str, state: str, by: Person, at: datetime) -> NeedBeneficiary:
    """Records what one beneficiary says of a need: open, met or closed. Only that beneficiary can.

    Raises:
        NotPermitted; NotFound: the need does not concern that beneficiary; BadInput: another state.
    """
    require(by, Permission.CLEAR_NEED, within=scope_of(need), beneficiary=code)
    if state not in NeedBeneficiary.State.values or state == NeedBeneficiary.State.NOT_CLEARED:
        raise BadInput("A need is open, met or closed.")
    found = NeedBeneficiary.objects.filter(need=need, code=code)
    if not found.update(state=state, stated_by=by, stated_at=at):
        raise NotFound("This need does not concern that beneficiary.")
    record(EventName.NEED_STATE_CHANGED, actor=by, about=need, at=at, beneficiary=code, state=state)
    return found.get()
