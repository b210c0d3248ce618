"""What everybody may read of a framework, as the engine reads it: for checking an idea without an account.

It is made from the texts in force alone. So nothing that was not published can count, not even in how common
a word is, and an action counts as it was published, whatever it says by now.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any, Final

from django.conf import settings

from concord.analysis.ideas import MOST_COMPARED
from concord.analysis.tables import TEXT_LIMIT
from concord.engine.index import Index
from concord.engine.index_file import load_indexes, save_indexes
from concord.engine.need_index import NeedIndex
from concord.engine.schemas import actions_table, needs_table
from concord.kernel.errors import BadInput, SchemaMismatch
from concord.kernel.money import minor_units

log = logging.getLogger("concord.analysis")

Record = Mapping[str, Any]

IN_MEMORY: Final = 4
"""So many frameworks' published texts stay in memory, read."""


@dataclass(frozen=True, slots=True)
class Published:
    """The actions and needs of the texts in force, as those texts write them (docs/formats/edition.md), each
    action with the acronyms of its plans' pillars under `pillars`.

    framework: its ref. name: another one whenever one of the texts is another one. Each key stands once.
    """

    framework: str
    name: str
    actions: Mapping[str, Record]
    needs: Mapping[str, Record]


_held: dict[str, tuple[str, Index, NeedIndex]] = {}
_lock = Lock()


def index_of(published: Published, *, on: date) -> tuple[Index, NeedIndex]:
    """The published actions and needs, read once for every text: kept in memory and in CONCORD_DATA/indexes.

    on: the day on which ongoing work is taken to run at least.
    """
    with _lock:
        held = _held.pop(str(_path(published)), None)
        if held is None or held[0] != published.name:
            held = _from_file(published) or _anew(published, on)
        _held[str(_path(published))] = held  # the latest used stands last
        while len(_held) > IN_MEMORY:
            del _held[next(iter(_held))]
        return held[1], held[2]


def forget() -> None:
    """Lets go of what this process holds in memory; the files stay."""
    with _lock:
        _held.clear()


def _from_file(published: Published) -> tuple[str, Index, NeedIndex] | None:
    try:
        index, needs, beside = load_indexes(_path(published))
    except SchemaMismatch:
        return None
    return (published.name, index, needs) if beside == _stamp(published) else None


def _anew(published: Published, on: date) -> tuple[str, Index, NeedIndex]:
    index = Index.of(actions_table(_action(each) for each in _in_order(published.actions)), today=on)
    needs = NeedIndex.of(needs_table(_need(each) for each in _in_order(published.needs)), index, today=on)
    path = _path(published)
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        save_indexes(path, index, needs, _stamp(published))
    except OSError as error:  # a full disk keeps nobody from checking
        log.warning(
            "The index of what %s published cannot be written: %s", published.framework, type(error).__name__
        )
    return published.name, index, needs


def _stamp(published: Published) -> dict[str, str]:
    """What a file is of: a published text never changes, but another release may read it otherwise."""
    return {"published": published.name, "release": version("concord")}


def _path(published: Published) -> Path:
    return Path(settings.DATA) / "indexes" / f"{published.framework}.public.npz"


def _in_order(records: Mapping[str, Record]) -> Iterable[Record]:
    return (records[key] for key in sorted(records))


def _action(record: Record) -> dict[str, Any]:
    money = _money_of(record)
    return {
        "id": record["key"],
        "title": record["title"],
        "summary": (record.get("summary") or record.get("description") or "")[:TEXT_LIMIT],
        "reported_by": record.get("reporting_organisation") or "",
        **{
            name: list(record.get(name) or ())
            for name in ("pillars", "topics", "action_types", "donors", "implementers", "beneficiaries")
        },
        "start": record.get("start") or "",
        "end": record.get("end") or "",
        "status": record.get("status") or "",
        "amounts": [
            {"currency": currency, "minor_units": minor_units(amount, currency)}
            for currency, amount in sorted(money.items())
            if amount <= MOST_COMPARED
        ],
    }


def _money_of(record: Record) -> dict[str, Decimal]:
    """The amounts stated, added up per currency; what is no amount adds nothing."""
    money: dict[str, Decimal] = {}
    for line in record.get("funding") or ():
        if line.get("amount") is None or not line.get("currency"):
            continue
        try:
            amount = Decimal(str(line["amount"]))
            minor_units(amount, line["currency"])
        except (BadInput, InvalidOperation):
            continue
        money[line["currency"]] = money.get(line["currency"], Decimal(0)) + amount
    return money


def _need(record: Record) -> dict[str, Any]:
    return {
        "id": record["key"],
        "kind": record.get("kind") or "",
        "approach": record.get("approach") or "",
        "statement": record["statement"][:TEXT_LIMIT],
        "topics": list(record.get("topics") or ()),
        "beneficiaries": sorted(place["code"] for place in record.get("beneficiaries") or ()),
        "priority": record.get("priority") or "",
        "stated_on": record.get("stated_on") or "",
    }
