"""Which actions and needs still count: those that their source confirmed recently enough. Pure but for types.

A framework may say after how many months an unconfirmed record leaves the figures (default: never). It stays
in every list, marked; this one place decides, and documents carry the answer, so that a frozen text counts
for ever as it counted on the day it was frozen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concord.plan.models import Framework

MONTHS = 12


def counts_from(framework: Framework, *, on: date) -> date | None:
    """The first day on which a confirmation still counts, as seen on a day; None where all count."""
    months = framework.confirm_within_months
    if months is None:
        return None
    back = on.year * MONTHS + on.month - 1 - months
    year, month = divmod(back, MONTHS)
    return date(year, month + 1, min(on.day, 28))  # a day that every month has


def is_counted(last_confirmed_on: date | None, since: date | None) -> bool:
    """Whether a record counts: always without a limit, else if its source confirmed it since that day."""
    return since is None or (last_confirmed_on is not None and last_confirmed_on >= since)


def counted(records: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Of a document's actions or needs those that count; one that says nothing about it counts."""
    return [record for record in records if record.get("counted", True)]
