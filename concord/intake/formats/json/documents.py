"""Records of a plan's document as cells of the template: what JSON brings in, and what CSV and IATI give out.

A document is described in docs/formats/edition.md, the columns in docs/formats/template.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from concord.intake.template import Spelling, action_cells, need_cells, recorded_values
from concord.kernel.names import fold

Record = Mapping[str, Any]
Cells = dict[str, str]
_NEED_FIELDS = (
    *("statement", "kind", "approach", "topics", "priority", "reference", "stated_on", "source_url", "notes"),
)


def spelling_of(document: Record) -> Spelling:
    """Codes of places; names of organisations as people read them, with the key only where two share one."""
    names = Counter(fold(body["name"]) for body in document.get("organisations", ()))

    def organisation(name: str, key: str | None) -> str:
        return f"{name} [{key}]" if key and names[fold(name)] > 1 else name

    return Spelling(organisation=organisation)


def cells_of_action(action: Record, spelling: Spelling, values: Mapping[str, Any] | None = None) -> Cells:
    """One action's cells with its identity; values: other field values than those of the document."""
    cells = {"key": action["key"]} | action_cells(
        recorded_values(action) if values is None else values, spelling
    )
    for column, name in (("id", "own_id"), ("iati_identifier", "iati_identifier")):
        if name in action:
            cells[column] = action[name]
    reporter = action.get("reported_by") or action.get("reporting_organisation")
    return cells if reporter is None else cells | {"reported_by": reporter}


def cells_of_need(need: Record) -> Cells:
    """One need's cells with its identity; what beneficiaries said of it is theirs and has no column."""
    values = {name: need[name] if need[name] is not None else "" for name in _NEED_FIELDS if name in need}
    if "beneficiaries" in need:
        values["beneficiaries"] = [place["code"] for place in need["beneficiaries"]]
    cells = {"key": need["key"]} | need_cells(values)
    return cells | {"id": need["own_id"]} if "own_id" in need else cells
