"""The figures of a plan's document: what is counted, and what is left out of the counts. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from concord.plan.ageing import counted
from concord.plan.matrix import support_sentences


def figures_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """The counts of a document. Every action counts once; amounts are added per currency.

    actions, needs, donors, implementers, measures, measures_with_actions, not_yet_placed,
    actions_stating_amount: counts. not_counted, where there is any: how many actions and needs the others
    leave out, since their source has not confirmed them since a day. amounts: currency to sum as text, in
    the document's own lines.
    """
    actions = counted(document["actions"])
    amounts: dict[str, Decimal] = defaultdict(Decimal)
    stating = 0
    for action in actions:
        lines = [line for line in action.get("funding", []) if line["amount"] is not None]
        stating += bool(lines)
        for line in lines:
            amounts[line["currency"]] += Decimal(line["amount"])
    measures = [
        measure["code"]
        for approach in document["structure"]
        for objective in approach["objectives"]
        for measure in objective["measures"]
    ]
    used = {action.get("measure") for action in actions} - {None}
    return {
        "actions": len(actions),
        "needs": len(counted(document["needs"])),
        "donors": len({name for action in actions for name in action["donors"]}),
        "implementers": len({name for action in actions for name in action["implementers"]}),
        "measures": len(measures),
        "measures_with_actions": len(used),
        "not_yet_placed": sum(not action.get("measure") for action in actions),
        "actions_stating_amount": stating,
        "amounts": {currency: str(total) for currency, total in sorted(amounts.items())},
        "support": support_sentences(document),
        **_not_counted(document),
    }


def _not_counted(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the other figures leave out; nothing where all of it counts."""
    left = {name: len(document[name]) - len(counted(document[name])) for name in ("actions", "needs")}
    since = document["plan"].get("confirmed_since", "")
    return {"not_counted": {**left, "since": since}} if any(left.values()) else {}
