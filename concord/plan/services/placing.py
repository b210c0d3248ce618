"""Puts actions and needs into plans and under measures: by rule at import, by people afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import BadInput, StaleWrite
from concord.plan.models import Action, Framework, Measure, Need, NeedPlacement, Placement, Plan
from concord.plan.queries.scopes import scope_of
from concord.plan.rules import MeasureTopics, need_counts_in, period_of, propose_measures, stands_in

if TYPE_CHECKING:
    from concord.accounts.models import Person


@transaction.atomic
def place_action(
    action: Action,
    *,
    plan: Plan,
    measure: Measure | None,
    linked: Sequence[Measure] = (),
    by: Person,
    at: datetime,
) -> Placement:
    """Puts an action under a measure of a plan, or among its "not yet placed" (measure None).

    Replaces its place and its linked measures in that plan; a re-import leaves them alone from now on.

    Raises:
        NotPermitted; BadInput: a measure of another template; StaleWrite: the action was merged meanwhile.
    """
    require(by, Permission.PLACE_ACTION, within=scope_of(plan))
    _require_own_measures(plan, [measure, *linked])
    if not Action.objects.filter(pk=action.pk, merged_into=None, withdrawn_at=None).exists():
        raise StaleWrite(
            "This action was merged into another one, or withdrawn, meanwhile. Look at it again."
        )
    Placement.objects.filter(action=action, plan=plan).delete()
    main = Placement.objects.create(
        action=action, plan=plan, measure=measure, placed_by=Placement.PlacedBy.PERSON
    )
    Placement.objects.bulk_create(
        Placement(action=action, plan=plan, measure=other, is_main=False, placed_by=Placement.PlacedBy.PERSON)
        for other in linked
        if other != measure
    )
    code = measure.code if measure else ""
    record(EventName.ACTION_PLACED, actor=by, about=action, at=at, plan=plan.ref, measure=code)
    return main


@transaction.atomic
def place_need(need: Need, *, plan: Plan, measure: Measure | None, by: Person, at: datetime) -> NeedPlacement:
    """Puts a need under a measure of a plan; raises like place_action."""
    require(by, Permission.PLACE_ACTION, within=scope_of(plan))
    _require_own_measures(plan, [measure])
    NeedPlacement.objects.filter(need=need, plan=plan).delete()
    placed = NeedPlacement.objects.create(
        need=need, plan=plan, measure=measure, placed_by=NeedPlacement.PlacedBy.PERSON
    )
    code = measure.code if measure else ""
    record(EventName.NEED_PLACED, actor=by, about=need, at=at, plan=plan.ref, measure=code)
    return placed


def _require_own_measures(plan: Plan, measures: Iterable[Measure | None]) -> None:
    for measure in measures:
        if measure is not None and measure.template_id != plan.template_id:
            raise BadInput(f"“{measure}” is no measure of this plan's template. Choose one of its own.")


@dataclass(frozen=True, slots=True)
class _Item:
    """An action or a need as the placing rule sees it."""

    record: Action | Need
    pillars: frozenset[int]
    topics: frozenset[str]
    approach: str
    stands_in: Callable[[Plan], bool]


def place_actions_by_rule(actions: Sequence[Action], *, framework: Framework, plan: Plan | None) -> None:
    """Gives actions their place in each plan they belong to; people's choices stay.

    With a plan, every action stands in that plan whatever its dates. An action whose dates or
    pillars no longer meet a plan leaves it, unless a person or its file put it there.
    """
    _place(_action_items(actions), Placement, "action", framework=framework, plan=plan)


def place_needs_by_rule(needs: Sequence[Need], *, framework: Framework, plan: Plan | None) -> None:
    """Gives needs their place in each plan of their pillar in which they count; like its sister."""
    _place(_need_items(needs), NeedPlacement, "need", framework=framework, plan=plan)


def _action_items(actions: Sequence[Action]) -> list[_Item]:
    pillars: dict[int, set[int]] = defaultdict(set)
    topics: dict[int, set[str]] = defaultdict(set)
    live = Action.objects.filter(pk__in=[action.pk for action in actions], merged_into=None)
    for pk, pillar in live.values_list("pk", "pillar_rows__pillar_id"):
        pillars[pk].update([pillar] if pillar else [])
    for pk, topic in live.values_list("pk", "topic_rows__code"):
        topics[pk].update([topic] if topic else [])
    return [
        _Item(action, frozenset(pillars[action.pk]), frozenset(topics[action.pk]), "", _meets(action))
        for action in actions
        if action.pk in pillars
    ]


def _meets(action: Action) -> Callable[[Plan], bool]:
    period = period_of(action.start, action.end, action.status)
    return lambda plan: stands_in(period, plan.starts_year, plan.ends_year)


def _need_items(needs: Sequence[Need]) -> list[_Item]:
    topics: dict[int, set[str]] = defaultdict(set)
    for pk, topic in Need.objects.filter(pk__in=[n.pk for n in needs]).values_list("pk", "topic_rows__code"):
        topics[pk].update([topic] if topic else [])
    return [
        _Item(
            need,
            frozenset([need.pillar_id] if need.pillar_id else []),
            frozenset(topics[need.pk]),
            need.approach,
            _counts(need.stated_on),
        )
        for need in needs
    ]


def _counts(stated_on: str) -> Callable[[Plan], bool]:
    return lambda plan: need_counts_in(stated_on, plan.ends_year)


def _place(
    items: Sequence[_Item], model: Any, field: str, *, framework: Framework, plan: Plan | None
) -> None:
    plans = list(Plan.objects.filter(framework=framework))
    measures = _measures_by_template({each.template_id for each in plans})
    kept = _kept_places(items, model, field)
    stale = model.objects.filter(**{f"{field}__in": [item.record for item in items]}).exclude(
        placed_by=model.PlacedBy.PERSON
    )
    if model is Placement:
        stale = stale.filter(via_merge=None)
    stale.delete()
    rows = []
    for item in items:
        for each in plans:
            by_file = plan == each or kept.get((item.record.pk, each.pk)) == model.PlacedBy.FILE
            if kept.get((item.record.pk, each.pk)) == model.PlacedBy.PERSON:
                continue
            if by_file or (plan is None and _belongs(item, each)):
                placed_by = model.PlacedBy.FILE if by_file else model.PlacedBy.RULE
                rows += _rows(item, each, measures[each.template_id], model, field, placed_by)
    model.objects.bulk_create(rows)


def _kept_places(items: Sequence[_Item], model: Any, field: str) -> dict[tuple[int, int], str]:
    """Who put each record into each plan where not the rule did; merged-in places count as people's."""
    places = model.objects.filter(**{f"{field}__in": [item.record for item in items]}, is_main=True)
    kept = {
        (row[f"{field}_id"], row["plan_id"]): row["placed_by"]
        for row in places.exclude(placed_by=model.PlacedBy.RULE).values(f"{field}_id", "plan_id", "placed_by")
    }
    if model is Placement:
        for action, in_plan in places.exclude(via_merge=None).values_list("action_id", "plan_id"):
            kept[(action, in_plan)] = model.PlacedBy.PERSON
    return kept


def _belongs(item: _Item, plan: Plan) -> bool:
    return (plan.pillar_id is None or plan.pillar_id in item.pillars) and item.stands_in(plan)


def _rows(
    item: _Item, plan: Plan, measures: Sequence[MeasureTopics], model: Any, field: str, placed_by: str
) -> list[Any]:
    proposed = propose_measures(item.topics, measures, approach=item.approach)
    first = proposed[0].pk if proposed else None
    common: Mapping[str, Any] = {field: item.record, "plan": plan, "placed_by": placed_by}
    return [
        model(**common, measure_id=first, is_main=True),
        *(model(**common, measure_id=linked.pk, is_main=False) for linked in proposed[1:]),
    ]


def _measures_by_template(templates: set[int]) -> dict[int, list[MeasureTopics]]:
    found: dict[int, list[MeasureTopics]] = {template: [] for template in templates}
    rows = Measure.objects.filter(template_id__in=templates).select_related("objective__approach")
    for measure in rows.order_by("order"):
        found[measure.template_id].append(
            MeasureTopics(
                measure.pk, measure.objective.approach.code, frozenset(measure.topics), measure.order
            )
        )
    return found
