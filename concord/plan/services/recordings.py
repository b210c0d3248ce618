"""Keeps what stood in the plan before an input was recorded; part of recording, which asked who may do it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from concord.plan.models import (
    Action,
    Need,
    NeedBeneficiary,
    NeedPlacement,
    Placement,
    Recording,
    Statement,
)

BATCH = 500
Before = dict[str, Any]
"""What stood there: version, chosen, confirmed, placed and said, as Recording.before holds them."""


def before_recording(records: Sequence[Action | Need]) -> dict[tuple[str, int], Before]:
    """What stands there now, by kind and primary key, for records that exist."""
    found: dict[tuple[str, int], Before] = {}
    for kind, own in (
        ("action", [record for record in records if isinstance(record, Action)]),
        ("need", [record for record in records if isinstance(record, Need)]),
    ):
        for start in range(0, len(own), BATCH):
            found |= _before(kind, own[start : start + BATCH])
    return found


def _before(kind: str, records: Sequence[Any]) -> dict[tuple[str, int], Before]:
    pks = [record.pk for record in records]
    chosen: dict[int, dict[str, int]] = defaultdict(dict)
    statements = Statement.objects.filter(**{f"{kind}__in": pks}, chosen=True).order_by()
    for pk, name, statement in statements.values_list(f"{kind}_id", "field", "pk"):
        chosen[pk][name] = statement
    placed: dict[int, list[int]] = defaultdict(list)
    model = Placement if kind == "action" else NeedPlacement
    by_file = model._default_manager.filter(**{f"{kind}__in": pks}, placed_by="file", is_main=True)
    for pk, plan in by_file.values_list(f"{kind}_id", "plan_id"):
        placed[pk].append(plan)
    said = _said_of_needs(pks) if kind == "need" else {}
    return {
        (kind, record.pk): {
            "chosen": chosen[record.pk],
            "version": record.version,
            "confirmed": record.last_confirmed_on.isoformat() if record.last_confirmed_on else None,
            "placed": placed[record.pk],
            "said": said.get(record.pk, []),
        }
        for record in records
    }


def _said_of_needs(pks: Iterable[int]) -> dict[int, list[list[Any]]]:
    said: dict[int, list[list[Any]]] = defaultdict(list)
    rows = NeedBeneficiary.objects.filter(need__in=pks, stated_at__isnull=False)
    for row in rows:
        stated_at = row.stated_at.isoformat() if row.stated_at else None
        said[row.need_id].append([row.code, row.state, row.stated_by_id, stated_at])
    return said


def keep_recordings(
    receipt: str,
    before: Mapping[tuple[str, int], Before],
    records: Iterable[Action | Need],
    *,
    at: datetime,
) -> None:
    """Keeps one line per record that an input made or touched; nothing without a receipt."""
    if not receipt:
        return
    lines = {(type(record).__name__.lower(), record.pk): record for record in records}
    Recording.objects.bulk_create(
        (
            Recording(
                receipt=receipt,
                **{kind: record},
                created=(kind, pk) not in before,
                before=before.get((kind, pk), {}),
                version_after=record.version,
                at=at,
            )
            for (kind, pk), record in lines.items()
        ),
        batch_size=BATCH,
    )
