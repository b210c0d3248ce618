"""Where permissions are asked: the scope of a framework, pillar, plan or record."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from concord.accounts.queries import can, powers_of, require
from concord.accounts.rules import Permission
from concord.accounts.scope import Scope
from concord.plan.models import Action, Framework, Need, Pillar, Plan

if TYPE_CHECKING:
    from concord.accounts.models import Organisation, Person


def scope_of(place: Framework | Pillar | Plan | Action | Need) -> Scope:
    """The scope that a role must cover for this place.

    A pillar and its plans ask for the pillar; a joint plan, an action or a need (which may stand
    in several pillars) for the framework.
    """
    if isinstance(place, Framework):
        return Scope(place.ref)
    if isinstance(place, Pillar):
        return Scope(place.framework.ref, place.ref)
    if isinstance(place, Plan) and place.pillar is not None:
        return Scope(place.framework.ref, place.pillar.ref)
    return Scope(place.framework.ref)


def scopes_of(record: Action | Need) -> list[Scope]:
    """Every scope in which somebody may be entitled to work on a record: framework, then pillars."""
    framework = record.framework.ref
    return [Scope(framework), *(Scope(framework, pillar.ref) for pillar in _pillars_of(record))]


def can_on(
    actor: Person, permission: Permission, record: Action | Need, *, organisation: Organisation | None = None
) -> bool:
    """Whether a person may do something with a record, by a role on its framework or one of its pillars."""
    return any(can(actor, permission, within=scope, organisation=organisation) for scope in scopes_of(record))


def actions_for_whom_can(
    actor: Person, permission: Permission, pks: Collection[int], framework: Framework
) -> set[int]:
    """Those of a framework's actions for which can_on says yes, in two queries for any number of them."""
    if not pks or can(actor, permission, within=Scope(framework.ref)):
        return set(pks)
    powers = powers_of(actor)
    pillars = [
        pillar.pk
        for pillar in Pillar.objects.filter(framework=framework)
        if powers.can(permission, within=Scope(framework.ref, pillar.ref))
    ]
    if not pillars:
        return set()
    standing = Action.objects.filter(pk__in=pks, pillar_rows__pillar__in=pillars)
    return set(standing.values_list("pk", flat=True))


def require_on(
    actor: Person, permission: Permission, record: Action | Need, *, organisation: Organisation | None = None
) -> None:
    """Raises NotPermitted unless can_on."""
    if not can_on(actor, permission, record, organisation=organisation):
        require(actor, permission, within=Scope(record.framework.ref), organisation=organisation)


def _pillars_of(record: Action | Need) -> list[Pillar]:
    if isinstance(record, Need):
        return [record.pillar] if record.pillar else []
    return list(Pillar.objects.filter(action_rows__action=record).order_by("order"))
