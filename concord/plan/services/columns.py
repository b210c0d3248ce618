"""Writes the columns and child rows of records from their chosen statements; nobody else does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models

from concord.accounts.queries import organisations_by_key, read_donors, resolve_names
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
from concord.plan.rows import Value

if TYPE_CHECKING:
    from concord.accounts.models import Organisation

ACTION_COLUMNS = ("title", "summary", "description", "status", "source_url", "notes", "start", "end")
NEED_COLUMNS = ("statement", "kind", "approach", "priority", "reference", "source_url", "notes", "stated_on")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The value now chosen for one field of one record; file_name is where its names are read from."""

    field: str
    value: Value
    file_name: str = ""


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
    register = _Register(item for items in chosen.values() for item in items)
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


def _participation_rows(action: Action, chosen: Chosen, register: _Register) -> list[Participation]:
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


def _funding_rows(action: Action, chosen: Chosen, register: _Register) -> list[FundingLine]:
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


def _event_rows(action: Action, chosen: Chosen, register: _Register) -> list[Event]:
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


class _Register:
    """The organisations that the values at hand name, read in a few queries."""

    def __init__(self, chosen: Iterable[Chosen]) -> None:
        keys: set[str] = set()
        texts: dict[str, set[str]] = defaultdict(set)
        for item in chosen:
            for key, text in _names_in(item):
                keys.update([key] if key else [])
                texts[item.file_name].update([text] if text else [])
        self._by_key = organisations_by_key(keys)
        self._by_text = {file: _resolve(names, file) for file, names in texts.items()}

    def organisation(self, key: str | None, as_written: str, file_name: str) -> Organisation | None:
        """The organisation of a key, else of a name as written; None if neither is known."""
        return self._by_key.get(key) if key else self._by_text.get(file_name, {}).get(as_written)


def _resolve(names: set[str], file_name: str) -> dict[str, Organisation | None]:
    """A name of an organisation, or of an organisation with a fund or programme behind it."""
    known = dict(resolve_names(names, source=file_name))
    unknown = {name for name in names if known.get(name) is None}
    return known | {name: found for name, (found, _) in read_donors(unknown, source=file_name).items()}


def _names_in(chosen: Chosen) -> list[tuple[str | None, str]]:
    if chosen.field == "participations":
        return [(item["organisation"], item["as_written"]) for item in chosen.value]
    if chosen.field == "funding":
        return [(item["donor"], item["donor_as_written"]) for item in chosen.value]
    if chosen.field == "events":
        return [(None, item["recipient"]) for item in chosen.value]
    return []
