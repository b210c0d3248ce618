"""What the checks of a file need to know of the register and the plan, looked up beforehand."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from typing import TYPE_CHECKING

from concord.accounts.queries import (
    can,
    nearest_names,
    organisations_by_key,
    read_donors,
    resolve_names,
)
from concord.accounts.rules import Permission
from concord.intake.checks import names_asked
from concord.intake.context import Context
from concord.intake.template import split_key
from concord.kernel.names import fold
from concord.plan.queries import naming_table, needs_visible_to, scope_of

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.intake.mapping import Mapping
    from concord.intake.preview import File, Target

NEAR_NAMES_ASKED = 300  # unknown names for which near ones are looked up: each takes a walk over the register


def context_of(
    mapping: Mapping,
    file: File,
    target: Target,
    *,
    names: MappingType[str, str] | None = None,
    actor: Person,
) -> Context:
    """What the checks need to know of the register and the plan.

    names: strings whose organisation a person chose for this file, with its key.
    """
    donors, others = names_asked(mapping.sheets)
    read = read_donors(donors, source=file.name)
    known = resolve_names(others, source=file.name)
    unknown = [name for name, (donor, _) in read.items() if donor is None]
    unknown += [name for name, body in known.items() if body is None]
    keyed = dict(names or {}) | _with_keys({*donors, *others})
    unknown = [name for name in unknown if name not in keyed]
    table = naming_table(target.framework)
    plan, organisation = target.plan, target.organisation
    return Context(
        served={place.code: place.name for place in table},
        short_forms={fold(text): p.code for p in table for text in (p.short, p.short.rstrip("*"), p.name)},
        pillars=list(target.framework.pillars.values_list("acronym", flat=True)),
        years=(plan.starts_year, plan.ends_year) if plan else None,
        donors={
            name: (body.key if body else keyed.get(name, ""), instrument)
            for name, (body, instrument) in read.items()
        },
        organisations={name: body.key if body else keyed.get(name, "") for name, body in known.items()},
        near={
            name: [str(body) for body, _ in near]
            for name, near in nearest_names(list(dict.fromkeys(unknown))[:NEAR_NAMES_ASKED], limit=3).items()
        },
        needs=_needs_named(mapping, target, actor),
        reporter=organisation.key if organisation else "",
        reporter_name=str(organisation) if organisation else "",
        rows_name_reporters=can(actor, Permission.ENTER_ON_BEHALF, within=scope_of(plan or target.framework)),
        fallback_reporter=target.framework.secretariat.key,
    )


def _with_keys(names: Iterable[str]) -> dict[str, str]:
    """Names with an organisation's key in brackets behind them, as Concord writes them -> the key."""
    keys = {name: key for name in names if (key := split_key(name)[1])}
    known = organisations_by_key(set(keys.values()))
    return {name: key for name, key in keys.items() if key in known}


def _needs_named(mapping: Mapping, target: Target, actor: Person) -> dict[str, str]:
    """Folded own ids and keys of the needs that the actor may see -> keys, where a sheet names any."""
    if not any(sheet.column_of("answers_needs") for sheet in mapping.sheets if sheet.holds == "actions"):
        return {}
    known: dict[str, str] = {}
    for own_id, key in needs_visible_to(actor, target.framework).values_list("own_id", "key"):
        known |= {key: key} | ({fold(own_id): key} if own_id else {})
    return known
