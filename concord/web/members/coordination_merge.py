"""Choosing between two statements of each fact, before two records become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from concord.analysis.queries import question_of
from concord.analysis.verdicts import Verdict
from concord.plan.queries import statements_of
from concord.web.members.coordination_filter import QueueAddress
from concord.web.members.coordination_forms import MergeForm
from concord.web.members.coordination_pair import column_of
from concord.web.members.coordination_queue import pair_address
from concord.web.members.rows import Places
from concord.web.members.told import FIELD_LABELS, Told, tell_all

if TYPE_CHECKING:
    from concord.analysis.models import Finding
    from concord.plan.models import Action, Plan

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class MergePage:
    """What members/coordination/merge.html shows."""

    finding: Finding
    question: str
    columns: list[Shown]
    facts: list[Shown]
    same: list[str]
    form: MergeForm
    action: str
    back: str


def merge_page(
    finding: Finding,
    plan: Plan,
    asked: QueueAddress,
    places: Places,
    form: MergeForm | None = None,
) -> MergePage:
    """The fields of both actions with where each value comes from, to choose from."""
    both = (finding.action_a, finding.action_b)
    told = [chosen_of(action, places) for action in both]
    fields = [name for name in FIELD_LABELS if any(name in side for side in told)]
    differing = [name for name in fields if _lines(told[0].get(name)) != _lines(told[1].get(name))]
    return MergePage(
        finding=finding,
        question=question_of(finding),
        columns=[column_of(action) for action in both],
        facts=[_choice(name, [side.get(name) for side in told], form) for name in differing],
        same=[str(FIELD_LABELS[name]) for name in fields if name not in differing],
        form=form or MergeForm(finding=finding, fields=differing),
        action=pair_address(finding, plan, asked, "pair-merge"),
        back=pair_address(finding, plan, asked),
    )


def differing_fields(finding: Finding, places: Places) -> list[str]:
    """The fields in which the chosen statements of the two actions differ, in the order they are shown."""
    a, b = (chosen_of(action, places) for action in (finding.action_a, finding.action_b))
    return [name for name in FIELD_LABELS if _lines(a.get(name)) != _lines(b.get(name))]


def chosen_of(action: Action, places: Places) -> dict[str, Told]:
    """The chosen statement of each field of an action, in words with its provenance."""
    rows = statements_of(action).filter(chosen=True).exclude(field="related_ids")
    return {told.field: told for told in tell_all(rows, places)}


def _lines(told: Told | None) -> tuple[str, ...]:
    return told.lines if told else ()


def _choice(field: str, sides: Sequence[Told | None], form: MergeForm | None) -> Shown:
    """One line of the choice; what only one side reports is proposed from there."""
    reported = [bool(_lines(side)) for side in sides]
    chosen = form.chosen(field) if form else (1 if reported[0] or not reported[1] else 2)
    return {
        "label": str(FIELD_LABELS[field]),
        "field": field,
        "agrees": False,
        "once": "" if all(reported) else str(Verdict.ONCE.label),
        "chosen": chosen,
        "values": [
            {"text": "; ".join(_lines(side)), "note": side.source if side and side.lines else ""}
            for side in sides
        ],
    }
