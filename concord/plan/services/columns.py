"""Writes the columns and child rows of records from their chosen statements; nobody else does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import models

from concord.kernel.dates import ImpreciseDate
from concord.plan.models import (
    Action,
    ActionBeneficiary,
    ActionPillar,
    ActionTopic,
    ActionType,
    Event,
    Framework,
    FundingLine,
    Indicator,
    Need,
    NeedBeneficiary,
    NeedTopic,
    Participation,
    Pillar,
)
from concord.plan.naming import Chosen, Register

ACTION_COLUMNS = ("title", "summary", "description", "status", "source_url", "notes", "start", "end")
NEED_COLUMNS = ("statement", "kind", "approach", "priority", "reference", "source_url", "notes", "stated_on")


def set_action_columns(action: Action, chosen: Iterable[Chosen]) -> list[str]:
    """Puts chosen scalar values on an unsaved or loaded action; returns the columns it set."""
    touched: list[str] = []
    for item in chosen:
        if item.field in ACTION_COLUMNS:
            setattr(action, item.field, item.value or "")
            touched.append(item.field)
        if item.field == "start":
            action.start_earliest = ImpreciseDate(item.value).earliest if item.value else None
            touched.append("start_earliest")
        if item.field == "end":
            action.end_latest = ImpreciseDate(item.value).latest if item.value else None
            touched.append("end_latest")
    return touched


def set_need_columns(need: Need, chosen: Iterable[Chosen], pillars: Mapping[str, Pillar]) -> list[str]:
    """Puts chosen scalar values on an unsaved or loaded need; returns the columns it set."""
    touched: list[str] = []
    for item in chosen:
        if item.field in NEED_COLUMNS:
            setattr(need, item.field, item.value or "")
            touched.append(item.field)
        if item.field == "stated_on":
            need.stated_earliest = ImpreciseDate(item.value).earliest if item.value else None
            touched.append("stated_earliest")
        if item.field == "pillar":
            need.pillar = pillars.get(item.value)
            touched.append("pillar")
    return touched


def pillars_by_acronym(framework: Framework) -> dict[str, Pillar]:
    """The framework's pillars by the name that files use."""
    return {pillar.acronym: pillar for pillar in Pillar.objects.filter(framework=framework)}


def write_action_rows(chosen: Mapping[Action, Sequence[Chosen]], *, framework: Framework) -> None:
    """Replaces the child rows of the list fields given, for all actions at once."""
    register = Register(item for items in chosen.values() for item in items)
    pillars = pillars_by_acronym(framework)
    by_field: dict[str, list[tuple[Action, Chosen]]] = defaultdict(list)
    for action, items in chosen.items():
        for item in items:
            by_field[item.field].append((action, item))
    for field, model, make in (
        ("pillars", ActionPillar, lambda a, c: _pillar_rows(a, c, pillars)),
        ("beneficiaries", ActionBeneficiary, _code_rows(ActionBeneficiary)),
        ("topics", ActionTopic, _code_rows(ActionTopic)),
        ("action_types", ActionType, _code_rows(ActionType)),
        ("participations", Participation, lambda a, c: _participation_rows(a, c, register)),
        ("funding", FundingLine, lambda a, c: _funding_rows(a, c, register)),
        ("events", Event, lambda a, c: _event_rows(a, c, register)),
        ("indicators", Indicator, _indicator_rows),
    ):
        _replace(model, by_field.get(field, []), make)


def write_need_rows(chosen: Mapping[Need, Sequence[Chosen]]) -> None:
    """Replaces topics, and adds or removes beneficiaries; what a beneficiary said of a need stays."""
    topics = [(need, item) for need, items in chosen.items() for item in items if item.field == "topics"]
    NeedTopic.objects.filter(need__in=[need for need, _ in topics]).delete()
    NeedTopic.objects.bulk_create(
        NeedTopic(need=need, code=code) for need, item in topics for code in item.value
    )
    for need, items in chosen.items():
        for item in items:
            if item.field == "beneficiaries":
                _write_need_beneficiaries(need, set(item.value))


def _write_need_beneficiaries(need: Need, codes: set[str]) -> None:
    existing = set(need.beneficiary_rows.values_list("code", flat=True))
    need.beneficiary_rows.exclude(code__in=codes).delete()
    NeedBeneficiary.objects.bulk_create(
        NeedBeneficiary(need=need, code=code) for code in sorted(codes - existing)
    )


def _replace(model: type[models.Model], items: list[tuple[Action, Chosen]], make: Any) -> None:
    if not items:
        return
    manager = model._default_manager
    manager.filter(action__in=[action for action, _ in items]).delete()
    manager.bulk_create([row for action, item in items for row in make(action, item)])


def _code_rows(model: type[models.Model]) -> Any:
    return lambda action, chosen: [model(action=action, code=code) for code in chosen.value]


def _pillar_rows(action: Action, chosen: Chosen, pillars: Mapping[str, Pillar]) -> list[ActionPillar]:
    return [ActionPillar(action=action, pillar=pillars[name]) for name in chosen.value if name in pillars]


def _participation_rows(action: Action, chosen: Chosen, register: Register) -> list[Participation]:
    order: dict[str, int] = defaultdict(int)
    rows = []
    for item in chosen.value:
        order[item["role"]] += 1
        rows.append(
            Participation(
                action=action,
                role=item["role"],
                as_written=item["as_written"],
                organisation=register.organisation(
                    item["organisation"], item["as_written"], chosen.file_name
                ),
                order=order[item["role"]],
            )
        )
    return rows


def _funding_rows(action: Action, chosen: Chosen, register: Register) -> list[FundingLine]:
    return [
        FundingLine(
            action=action,
            donor=register.organisation(item["donor"], item["donor_as_written"], chosen.file_name),
            donor_as_written=item["donor_as_written"],
            amount=item["amount"],
            currency=item["currency"],
            status=item["status"],
            status_inferred=item["status_inferred"],
            instrument=item["instrument"],
            contract_number=item["contract_number"],
            order=order,
        )
        for order, item in enumerate(chosen.value, 1)
    ]


def _event_rows(action: Action, chosen: Chosen, register: Register) -> list[Event]:
    return [
        Event(
            action=action,
            title=item["title"],
            start=item["start"],
            end=item["end"],
            place=item["place"],
            recipient=register.organisation(None, item["recipient"], chosen.file_name),
            people=int(item["people"]) if item["people"].isdigit() else None,
            order=order,
        )
        for order, item in enumerate(chosen.value, 1)
    ]


def _indicator_rows(action: Action, chosen: Chosen) -> list[Indicator]:
    return [Indicator(action=action, order=order, **item) for order, item in enumerate(chosen.value, 1)]
