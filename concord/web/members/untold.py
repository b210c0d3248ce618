"""What who does not coordinate a plan reads of the pairs that wait: how many, and under which measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concord.analysis.queries import counts_by_measure, reads_untold

if TYPE_CHECKING:
    from datetime import date

    from concord.analysis.queries import Counted
    from concord.plan.models import Plan
    from concord.web.members.visit import Visit

Shown = dict[str, Any]

NAMING = gettext_lazy(
    "Until all sources could answer and the secretariat confirmed it, only those who coordinate and the "
    "sources read the names together; everybody else reads how many pairs there are, and under which measure."
)


@dataclass(frozen=True, slots=True)
class Untold:
    """How many pairs of a plan wait, and under which measure, for who may not read them yet."""

    sentences: list[str]
    columns: list[Shown]
    rows: list[Shown]


def untold(visit: Visit, plan: Plan, *, on: date) -> Untold | None:
    """What who does not coordinate a plan is told of the pairs that wait: numbers, and measures.

    None for those who coordinate: they read the pairs themselves; and where nothing waits.
    """
    if reads_untold(visit.person, plan):
        return None
    overlaps, doubles = (
        counts_by_measure(plan, actor=visit.person, on=on, kind=kind) for kind in ("overlap", "duplicate")
    )
    if not overlaps.pairs and not doubles.pairs:
        return None
    return Untold(
        sentences=[
            _said_counted(overlaps.pairs, doubles.pairs),
            f"{NAMING} {_('The numbers beside the parts of the queue count what is confirmed.')}",
        ],
        columns=[
            {"key": "measure", "label": _("Measure")},
            {"key": "overlaps", "label": _("To be coordinated"), "number": True},
            {"key": "doubles", "label": _("Possible double entries"), "number": True},
        ],
        rows=_counted_rows(overlaps, doubles),
    )


def _said_counted(overlaps: int, doubles: int) -> str:
    pairs = ngettext(
        "%(n)d pair of actions waits to be coordinated",
        "%(n)d pairs of actions wait to be coordinated",
        overlaps,
    ) % {"n": overlaps}
    if not doubles:
        return f"{pairs}."
    twice = ngettext("%(n)d possible double entry", "%(n)d possible double entries", doubles) % {"n": doubles}
    return _("%(pairs)s, beside %(twice)s.") % {"pairs": pairs, "twice": twice}


def _counted_rows(overlaps: Counted, doubles: Counted) -> list[Shown]:
    """One row for each measure that a pair touches, in the order of the plan."""
    counts = [{(each.code, each.name): each.pairs for each in kind.measures} for kind in (overlaps, doubles)]
    rows = []
    for place in _in_plans_order(overlaps, doubles):
        cells = [{"column": "measure", "text": place[1] or _("not yet placed")}]
        numbers = [
            {"column": column, "text": str(each.get(place, 0)), "number": True}
            for column, each in zip(("overlaps", "doubles"), counts, strict=True)
        ]
        rows.append({"key": place[0] or "none", "cells": [*cells, *numbers]})
    return rows


def _in_plans_order(overlaps: Counted, doubles: Counted) -> list[tuple[str, str]]:
    found = {each.order: (each.code, each.name) for kind in (overlaps, doubles) for each in kind.measures}
    return [found[order] for order in sorted(found)]
