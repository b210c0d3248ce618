"""Gives an organisation's actions out as a workbook, and keeps what they said then."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from concord.accounts.queries import can, require
from concord.accounts.rules import Marking, Permission
from concord.audit.events import EventName
from concord.audit.services import record
from concord.intake.models import Call, GivenOut, GivenRecord
from concord.intake.spelling import say_need, spelling_for
from concord.intake.template import action_cells, join_list
from concord.intake.workbook import Contents, GivenAction, GivenNeed, write_workbook, written_cells
from concord.kernel.canonical import sha256_hex
from concord.kernel.codelists import ACTION_STATUSES, ACTION_TYPES, CURRENCIES, TOPICS
from concord.kernel.keys import new_key
from concord.kernel.names import fold
from concord.plan.queries import (
    actions_in,
    actions_visible_to,
    chosen_texts,
    chosen_values,
    naming_table,
    needs_answered,
    needs_in,
    needs_visible_to,
    scope_of,
)

if TYPE_CHECKING:
    from concord.accounts.models import Organisation, Person
    from concord.plan.models import Action, Framework, Need, Plan
    from concord.plan.naming import Chosen

FOR_ITS_SOURCE = (Marking.CLEAR, Marking.GREEN, Marking.AMBER, Marking.AMBER_STRICT)
"""What an organisation may have of its own actions; TLP:RED goes to persons and never into a file."""
FOR_MEMBERS = (Marking.CLEAR, Marking.GREEN)
COMMON_CURRENCIES = ("EUR", "USD", "GBP", "CHF")  # offered first; the others follow by code


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A workbook as it leaves: what is kept of it, its name and its bytes."""

    given: GivenOut
    name: str
    content: bytes


@transaction.atomic
def give_out(
    *,
    organisation: Organisation,
    framework: Framework,
    plan: Plan | None = None,
    call: Call | None = None,
    to_whom: str = "",
    write_to: str = "",
    answer_by: date | None = None,
    by: Person,
    at: datetime,
) -> GivenFile:
    """Makes the workbook of all actions that an organisation reports, and keeps what each said.

    It holds what both the organisation and `by` may see: the organisation's own actions but TLP:RED,
    and the needs that every member may see.

    Args:
        plan: only the actions that stand in it, and its needs; None takes the framework's.
        to_whom: who it is meant for, kept with it. write_to: whom to ask and send it back to, as the
            workbook says it; "" names the secretariat. answer_by: until when, included.

    Raises:
        NotPermitted: by neither reports for the organisation nor enters on behalf of others.
    """
    scope = scope_of(plan or framework)
    if not can(by, Permission.ENTER_ON_BEHALF, within=scope):
        require(by, Permission.REPORT_OWN, within=scope, organisation=organisation)
    actions = _actions(organisation, framework, plan, by)
    needs = _needs(framework, plan, by)
    key = new_key()
    given_actions = _given_actions(actions, needs, framework)
    marking = _marking(actions, needs)
    contents = Contents(
        key=key,
        organisation=organisation.name,
        about=plan.title if plan else framework.name,
        marking=marking,
        given_on=at.date(),
        write_to=write_to or framework.secretariat.name,
        answer_by=answer_by,
        actions=given_actions,
        needs=[given for _, given in needs],
        choices=_choices(framework, needs),
        notes=_notes(framework),
    )
    content = write_workbook(contents)
    name = _file_name(organisation, marking, at.date())
    given = GivenOut.objects.create(
        key=key,
        framework=framework,
        plan=plan,
        organisation=organisation,
        call=call,
        to_whom=to_whom[:300],
        file_name=name,
        sha256=sha256_hex(content),
        given_by=by,
        given_at=at,
    )
    texts = chosen_texts(actions)
    GivenRecord.objects.bulk_create(
        GivenRecord(given=given, action=action, cells=written_cells(row), values=texts[action.pk])
        for action, row in zip(actions, given_actions, strict=True)
    )
    record(EventName.WORKBOOK_GIVEN_OUT, actor=by, about=given, at=at, organisation=organisation.key)
    return GivenFile(given, name, content)


def _actions(organisation: Organisation, framework: Framework, plan: Plan | None, by: Person) -> list[Action]:
    seen = actions_in(plan, actor=by) if plan else actions_visible_to(by, framework)
    own = seen.filter(
        reporting_organisation=organisation, reported_by_as_written="", marking__in=FOR_ITS_SOURCE
    )
    return list(own.order_by("title", "key"))


def _needs(framework: Framework, plan: Plan | None, by: Person) -> list[tuple[Need, GivenNeed]]:
    seen = needs_in(plan, actor=by) if plan else needs_visible_to(by, framework)
    listed = seen.filter(marking__in=FOR_MEMBERS).prefetch_related("beneficiary_rows", "placements__measure")
    short = {place.code: place.short for place in naming_table(framework)}
    return [(need, _given_need(need, short)) for need in listed.order_by("own_id", "key")]


def _given_need(need: Need, short: dict[str, str]) -> GivenNeed:
    codes = sorted(row.code for row in need.beneficiary_rows.all())
    measures = [p.measure for p in need.placements.all() if p.is_main and p.measure]
    return GivenNeed(
        key=need.key,
        own_id=need.own_id,
        statement=need.statement,
        beneficiaries=join_list(short.get(code, code) for code in codes),
        measure="; ".join(dict.fromkeys(f"{measure.code} {measure.name}" for measure in measures)),
        line=say_need(need.own_id, need.statement, need.key),
    )


def _given_actions(
    actions: Sequence[Action], needs: Sequence[tuple[Need, GivenNeed]], framework: Framework
) -> list[GivenAction]:
    values = chosen_values(actions)
    said = [chosen for of_action in values.values() for chosen in of_action]
    shown = [need for need, _ in needs]
    spelling = spelling_for(said, framework, needs=shown)
    linked, may_see = needs_answered(actions), {need.key for need in shown}
    rows = []
    for action in actions:
        fields = _fields(values[action.pk])
        confirmed = [key for key in linked.get(action.pk, []) if key in may_see]
        fields["answers_needs"] = list(dict.fromkeys([*fields.get("answers_needs", []), *confirmed]))
        cells = action_cells(fields, spelling)
        rows.append(GivenAction(action.key, action.own_id, action.iati_identifier, cells))
    return rows


def _fields(chosen: Sequence[Chosen]) -> dict[str, Any]:
    return {said.field: said.value for said in chosen}


def _marking(actions: Sequence[Action], needs: Sequence[tuple[Need, GivenNeed]]) -> str:
    """The strictest of what it holds; a working paper of members is at least TLP:GREEN."""
    order = list(Marking)
    held = [Marking.GREEN, *(Marking(a.marking) for a in actions), *(Marking(n.marking) for n, _ in needs)]
    return str(max(held, key=order.index).label)


def _choices(framework: Framework, needs: Sequence[tuple[Need, GivenNeed]]) -> dict[str, list[str]]:
    others = sorted(set(CURRENCIES) - set(COMMON_CURRENCIES))
    return {
        "status": list(ACTION_STATUSES),
        "beneficiaries": [place.short for place in naming_table(framework)],
        "budget_currency": [*COMMON_CURRENCIES, *others],
        "topics": list(TOPICS.values()),
        "action_types": list(ACTION_TYPES.values()),
        "answers_needs": [given.line for _, given in needs],
        "pillars": list(framework.pillars.order_by("order").values_list("acronym", flat=True)),
    }


def _notes(framework: Framework) -> list[str]:
    footnotes = dict.fromkeys(place.footnote for place in naming_table(framework) if place.footnote)
    marked = [f"* {text}" if not text.startswith("*") else text for text in footnotes]
    return [*marked, *([framework.notice] if framework.notice else [])]


def _file_name(organisation: Organisation, marking: str, day: date) -> str:
    who = re.sub(r"[^a-z0-9]+", "-", fold(organisation.acronym or organisation.name)).strip("-") or "actions"
    label = marking.replace(":", "-").replace("+", "-")
    return f"{who[:60]}-actions-{day.isoformat()}-{label}.xlsx"
