"""Actions and needs as one person may see them."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Sequence
from itertools import batched
from typing import TYPE_CHECKING, cast

from django.db.models import Q, QuerySet

from concord.accounts.queries import Actor, own_organisations, powers_of
from concord.accounts.rules import ROLE_PERMISSIONS, Marking, Permission, Powers
from concord.accounts.scope import Scope
from concord.kernel.errors import NotFound
from concord.plan.comparison import compare_actions, compare_needs
from concord.plan.identities import match_actions, match_needs
from concord.plan.models import Action, Framework, Merge, Need, Origin, Plan, ReceivedRecord, Statement
from concord.plan.rows import ActionRow, NeedRow, RowOutcome, Source
from concord.plan.rules import decode

if TYPE_CHECKING:
    from concord.accounts.models import Organisation, Person

FOR_ALL_MEMBERS = (Marking.CLEAR, Marking.GREEN)
RESTRICTED = (Marking.AMBER, Marking.AMBER_STRICT)


def actions_visible_to(actor: Actor, framework: Framework) -> QuerySet[Action]:
    """The framework's actions that a person may see; merged and withdrawn records are left out.

    Members see TLP:CLEAR and TLP:GREEN; TLP:AMBER and AMBER+STRICT only what their organisations
    report or are named for (AMBER also what they take part in); TLP:RED only persons named. The
    secretariat and the auditor see all but RED. Who reports without being a member (an organisation
    that answers through a link) sees what its organisation reports, never RED. Everybody else: nothing.

    Source: reliability-targets.md, section 2.
    """
    return records_visible_to(actor, framework).filter(withdrawn_at=None)


def records_visible_to(actor: Actor, framework: Framework) -> QuerySet[Action]:
    """The same with the withdrawn ones: they have a page and stand in earlier versions, but count nowhere."""
    live = Action.objects.filter(framework=framework, merged_into=None)
    powers = powers_of(actor)
    if powers.everything:
        return live
    if not powers.may_enter(framework.ref):
        return live.filter(_reported_by(powers, framework))
    person = cast("Person", actor)  # nobody else has powers
    seen = Q(marking__in=FOR_ALL_MEMBERS) | Q(marking=Marking.RED, readers__person=person)
    if powers.can(Permission.VIEW_RESTRICTED, within=Scope(framework.ref)):
        seen |= Q(marking__in=RESTRICTED)
    else:
        seen |= _named(own_organisations(actor))
    # A subquery keeps the joins over readers from doubling rows.
    return live.filter(pk__in=Action.objects.filter(seen, framework=framework).values("pk"))


def _reported_by(powers: Powers, framework: Framework) -> Q:
    own = [
        held.organisation
        for held in powers.roles
        if held.within.framework == framework.ref and Permission.REPORT_OWN in ROLE_PERMISSIONS[held.role]
    ]
    return Q(
        reporting_organisation__in=own, reported_by_as_written="", marking__in=(*FOR_ALL_MEMBERS, *RESTRICTED)
    )


def _named(own: Collection[int]) -> Q:
    named = Q(marking__in=RESTRICTED) & (Q(reporting_organisation__in=own) | Q(readers__organisation__in=own))
    return named | Q(marking=Marking.AMBER, participations__organisation__in=own)


def actions_for_all_members(framework: Framework) -> QuerySet[Action]:
    """The framework's actions that every member may see: those marked TLP:CLEAR or TLP:GREEN; merged and
    withdrawn records are left out."""
    live = Action.objects.filter(framework=framework, merged_into=None, withdrawn_at=None)
    return live.filter(marking__in=FOR_ALL_MEMBERS)


def needs_for_all_members(framework: Framework) -> QuerySet[Need]:
    """The framework's needs that every member may see."""
    return Need.objects.filter(framework=framework, marking__in=FOR_ALL_MEMBERS)


def needs_visible_to(actor: Actor, framework: Framework) -> QuerySet[Need]:
    """The framework's needs that a person may see: members CLEAR and GREEN, restricted ones only
    the secretariat and the auditor, and who states needs for a beneficiary concerned."""
    needs = Need.objects.filter(framework=framework)
    powers = powers_of(actor)
    if powers.everything:
        return needs
    if not powers.may_enter(framework.ref):
        return needs.none()
    if powers.can(Permission.VIEW_RESTRICTED, within=Scope(framework.ref)):
        return needs.exclude(marking=Marking.RED)
    own = {held.beneficiary for held in powers.roles if held.beneficiary}
    seen = Q(marking__in=FOR_ALL_MEMBERS) | Q(marking__in=RESTRICTED, beneficiary_rows__code__in=own)
    return needs.filter(pk__in=Need.objects.filter(seen, framework=framework).values("pk"))


def actions_in(plan: Plan, *, actor: Actor) -> QuerySet[Action]:
    """The actions that stand in a plan and that the person may see."""
    visible = actions_visible_to(actor, plan.framework)
    return visible.filter(pk__in=plan.placements.values("action_id"))


def needs_in(plan: Plan, *, actor: Actor) -> QuerySet[Need]:
    """The needs that count in a plan and that the person may see."""
    return needs_visible_to(actor, plan.framework).filter(pk__in=plan.need_placements.values("need_id"))


def pool_of(framework: Framework, *, actor: Actor) -> QuerySet[Action]:
    """The actions that stand in no plan yet."""
    return actions_visible_to(actor, framework).filter(placements=None)


def needs_in_no_plan(framework: Framework, *, actor: Actor) -> QuerySet[Need]:
    """The needs that count in no plan yet."""
    return needs_visible_to(actor, framework).filter(placements=None)


def action_named(key: str, *, actor: Actor) -> Action:
    """One action by its key, merged and withdrawn ones too, as the person may see it.

    Raises:
        NotFound: there is none, or the person may not see it; the two look alike.
    """
    action = Action.objects.select_related(
        "framework", "reporting_organisation", "merged_into", "withdrawn_by"
    ).filter(key=key)
    for found in action:
        seen = found.merged_into or found
        if records_visible_to(actor, found.framework).filter(pk=_live(seen).pk).exists() and _readable(
            found, actor
        ):
            return found
    raise NotFound("There is no such action, or you may not see it.")


def _live(action: Action) -> Action:
    while action.merged_into is not None:
        action = action.merged_into
    return action


def _readable(action: Action, actor: Actor) -> bool:
    """A tombstone is shown only to who may see what it was itself marked for."""
    if action.merged_into_id is None or action.marking in FOR_ALL_MEMBERS:
        return True
    return powers_of(actor).can(Permission.VIEW_RESTRICTED, within=Scope(action.framework.ref))


def need_named(key: str, *, actor: Actor) -> Need:
    """One need by its key, as the person may see it; raises NotFound like its sister."""
    for found in Need.objects.select_related("framework", "pillar").filter(key=key):
        if needs_visible_to(actor, found.framework).filter(pk=found.pk).exists():
            return found
    raise NotFound("There is no such need, or you may not see it.")


def statements_of(record: Action | Need) -> QuerySet[Statement]:
    """All that was ever stated about a record, by field, the newest first, with where it comes from."""
    rows = record.statements.select_related(
        "origin", "origin__entered_by", "origin__on_behalf_of", "via_merge"
    )
    return rows.order_by("field", "-chosen", "-pk")


def received_of(actions: Sequence[Action] | QuerySet[Action]) -> dict[str, str]:
    """What was received for each action and counts now, by the action's key: an IATI file with one activity.

    Actions for which nothing but cells was received are left out.
    """
    named = Statement.objects.filter(action__in=actions, field="received", chosen=True)
    hashes = {
        key: value["sha256"]
        for key, text in named.values_list("action__key", "value")
        if (value := decode(text))
    }
    texts: dict[str, str] = {}
    for batch in batched(sorted(set(hashes.values())), 5_000):
        kept = ReceivedRecord.objects.filter(sha256__in=batch).values_list("sha256", "content")
        texts |= {sha256: zlib.decompress(content).decode() for sha256, content in kept}
    return {key: texts[sha256] for key, sha256 in hashes.items() if sha256 in texts}


def merges_of(action: Action) -> QuerySet[Merge]:
    """The merges into an action that hold, newest first."""
    return action.merges.filter(undone_at=None).select_related("merged", "merged_by").order_by("-pk")


def sources_of(actions: Sequence[Action]) -> dict[int, Origin]:
    """The latest origin of each action by primary key."""
    rows = Statement.objects.filter(action__in=actions).select_related("origin").order_by("pk")
    return {row.action_id: row.origin for row in rows if row.action_id is not None}


def preview_actions(
    rows: Sequence[ActionRow],
    *,
    framework: Framework,
    source: Source,
    on_behalf_of: Organisation | None = None,
    actor: Actor,
) -> list[RowOutcome]:
    """What record_actions would do with the rows, without writing anything.

    A row about an action that the person may not see is shown as a conflict without its values.

    Raises:
        BadInput: as record_actions.
    """
    matched = match_actions(rows, framework=framework, source=source, on_behalf_of=on_behalf_of)
    visible = _visible_among({match.target.pk for match in matched if match.target}, actor, framework)
    compared = compare_actions(matched, file_name=source.file_name)
    outcomes = []
    for match, comparison in zip(matched, compared, strict=True):
        if match.target is not None and match.target.pk not in visible:
            outcomes.append(RowOutcome(match.row.row, "conflict", ""))
            continue
        key = match.target.key if match.target else ""
        outcomes.append(
            comparison.outcome(
                match.row.row, key=key, is_new=match.identity is None, is_withdrawn=match.is_withdrawn
            )
        )
    return outcomes


def _visible_among(pks: Collection[int], actor: Actor, framework: Framework) -> set[int]:
    seen = records_visible_to(actor, framework)
    return {
        pk
        for batch in batched(sorted(pks), 5_000)
        for pk in seen.filter(pk__in=batch).values_list("pk", flat=True)
    }


def preview_needs(rows: Sequence[NeedRow], *, framework: Framework, actor: Actor) -> list[RowOutcome]:
    """What record_needs would do with the rows, without writing anything; like its sister."""
    matched = match_needs(rows, framework=framework)
    visible = set(needs_visible_to(actor, framework).values_list("pk", flat=True))
    outcomes = []
    for match, comparison in zip(matched, compare_needs(matched), strict=True):
        if match.need is not None and match.need.pk not in visible:
            outcomes.append(RowOutcome(match.row.row, "conflict", ""))
            continue
        key = match.need.key if match.need else ""
        outcomes.append(comparison.outcome(match.row.row, key=key, is_new=match.need is None))
    return outcomes
