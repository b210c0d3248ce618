"""What the engine reads of a plan: actions and needs as Arrow tables, with what a run needs beside them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from django.db.models import prefetch_related_objects

from concord.accounts.rules import Marking
from concord.analysis.ideas import MOST_COMPARED
from concord.engine.schemas import actions_table, needs_table
from concord.kernel.codelists import PLACES
from concord.kernel.errors import BadInput
from concord.kernel.money import minor_units
from concord.plan.queries import actions_in, actions_visible_to, naming_table, needs_in, needs_visible_to

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.plan.models import Action, Framework, Need, Plan

FOR_ALL_MEMBERS = (Marking.CLEAR, Marking.GREEN)
TEXT_LIMIT = 20_000  # characters of a description that analysis reads; a longer one says no more about it

ACTION_RELATIONS = (
    "pillar_rows__pillar",
    "topic_rows",
    "type_rows",
    "beneficiary_rows",
    "participations__organisation",
    "funding_lines__donor",
)
_NEED_RELATIONS = ("topic_rows", "beneficiary_rows")


@dataclass(frozen=True, slots=True)
class Facts:
    """One record as analysis read it: its row for the engine, and the version that it was read at.

    money: the amounts that the action states, added up per currency; empty for a need.
    """

    pk: int
    key: str
    version: int
    row: dict[str, Any]
    money: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that one run looks at.

    actions: the framework's actions that the person may see, tombstones left out, by key. needs:
    those of the plan (of the framework where there is no plan). subjects: keys of the actions
    that stand in the plan; pairs without any of them are not the run's business. restricted: keys
    of the actions and needs that some members may not see.
    """

    actions: dict[str, Facts]
    needs: dict[str, Facts]
    subjects: frozenset[str]
    restricted: frozenset[str] = frozenset()

    @property
    def for_all_members(self) -> Snapshot:
        """The same without the records that some members may not see."""
        return Snapshot(
            {key: facts for key, facts in self.actions.items() if key not in self.restricted},
            {key: facts for key, facts in self.needs.items() if key not in self.restricted},
            self.subjects - self.restricted,
        )

    @property
    def actions_table(self) -> pa.Table:
        """The actions as the engine's ACTIONS, by key."""
        return actions_table(facts.row for facts in self.actions.values())

    @property
    def needs_table(self) -> pa.Table:
        """The needs as the engine's NEEDS, by key."""
        return needs_table(facts.row for facts in self.needs.values())


def place_of(subject: Plan | Framework) -> tuple[Framework, Plan | None]:
    """The framework of a plan, and the plan; of a framework itself, and None.

    Raises:
        BadInput: subject is neither.
    """
    place: Any = subject
    kind = place.audit_ref[0]
    if kind not in ("plan", "framework"):
        raise BadInput(f"Analysis looks at a plan or at a framework, not at a {kind}.")
    return (place.framework, place) if kind == "plan" else (place, None)


def snapshot_of(framework: Framework, plan: Plan | None, *, actor: Person) -> Snapshot:
    """Reads what a run on a plan, or on the whole framework, compares. Writes nothing.

    The rows are read outside any transaction, so that nobody's saving waits for it; a record
    that changes while the run is under way is told by its version and left to the next run.
    """
    visible = actions_visible_to(actor, framework)
    actions = facts_of_actions(visible)
    needs = needs_in(plan, actor=actor) if plan else needs_visible_to(actor, framework)
    subjects = actions_in(plan, actor=actor).values_list("key", flat=True) if plan else actions
    hidden = {
        key
        for records in (visible, needs)
        for key in records.exclude(marking__in=FOR_ALL_MEMBERS).values_list("key", flat=True)
    }
    return Snapshot(
        actions, facts_of_needs(needs), frozenset(subjects) & frozenset(actions), frozenset(hidden)
    )


def facts_of_actions(actions: Any) -> dict[str, Facts]:
    """The facts of a queryset of actions by key, in the order of the keys."""
    rows = actions.order_by("key").select_related("reporting_organisation")
    return {action.key: _action_facts(action) for action in rows.prefetch_related(*ACTION_RELATIONS)}


def facts_of_pair(a: Action, b: Action) -> tuple[Facts, Facts]:
    """The facts of two actions that are already loaded, merged ones too."""
    facts = facts_of_loaded([a, b])
    return facts[a.key], facts[b.key]


def facts_of_loaded(actions: Sequence[Action]) -> dict[str, Facts]:
    """The facts of actions that are already loaded, merged ones too, by key; in their order."""
    prefetch_related_objects(actions, *ACTION_RELATIONS)
    return {action.key: _action_facts(action) for action in actions}


def facts_of_needs(needs: Any) -> dict[str, Facts]:
    """The facts of a queryset of needs by key, in the order of the keys."""
    rows = needs.order_by("key").select_related("pillar").prefetch_related(*_NEED_RELATIONS)
    return {need.key: _need_facts(need) for need in rows}


def place_names(framework: Framework) -> dict[str, str]:
    """What people read for a code: the framework's naming table in its order, and after it the
    kernel's names of the places that it does not serve."""
    served = {place.code: place.name for place in naming_table(framework)}
    return served | {code: name for code, name in PLACES.items() if code not in served}


def _action_facts(action: Action) -> Facts:
    money = _money_of(action)
    row = {
        "id": action.key,
        "title": action.title,
        "summary": (action.summary or action.description)[:TEXT_LIMIT],
        "reported_by": action.reported_by_as_written or str(action.reporting_organisation or ""),
        "pillars": sorted(row.pillar.acronym for row in action.pillar_rows.all()),
        "topics": _in_stated_order(action.topic_rows),
        "action_types": _in_stated_order(action.type_rows),
        "donors": _donors_of(action),
        "implementers": _named(action, "implementer", "lead"),
        "beneficiaries": sorted(row.code for row in action.beneficiary_rows.all()),
        "start": action.start,
        "end": action.end,
        "status": action.status,
        "amounts": [
            {"currency": currency, "minor_units": minor_units(money[currency], currency)}
            for currency in sorted(money)
        ],
    }
    return Facts(action.pk, action.key, action.version, row, money)


def _need_facts(need: Need) -> Facts:
    row = {
        "id": need.key,
        "pillar": need.pillar.acronym if need.pillar else "",
        "kind": need.kind,
        "approach": need.approach,
        "statement": need.statement[:TEXT_LIMIT],
        "topics": _in_stated_order(need.topic_rows),
        "beneficiaries": sorted(row.code for row in need.beneficiary_rows.all()),
        "priority": need.priority,
        "stated_on": need.stated_on,
    }
    return Facts(need.pk, need.key, need.version, row)


def _in_stated_order(rows: Any) -> list[str]:
    """Codes as their source lists them: the first topic counts most."""
    return [row.code for row in sorted(rows.all(), key=lambda row: row.pk)]


def _money_of(action: Action) -> dict[str, Decimal]:
    """The amounts stated, added up per currency. A line without an amount adds nothing, not 0."""
    money: dict[str, Decimal] = {}
    for line in action.funding_lines.all():
        if line.amount is not None:
            money[line.currency] = money.get(line.currency, Decimal(0)) + line.amount
    return {currency: amount for currency, amount in money.items() if amount <= MOST_COMPARED}


def _named(action: Action, *roles: str) -> list[str]:
    """The bodies in these roles as their source writes them, else as the register does; each once."""
    parts = [part for part in action.participations.all() if part.role in roles]
    return _each_once(part.as_written or str(part.organisation or "") for part in parts)


def _donors_of(action: Action) -> list[str]:
    lines = (line.donor_as_written or str(line.donor or "") for line in action.funding_lines.all())
    return _each_once([*_named(action, "donor"), *lines])


def _each_once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(name for name in names if name))
