"""The sample plan behind the component page, in the format of an edition.

Titles, organisations and periods are those of the public pages in our own compilation; states, findings
and decisions are invented to show how pages are set, and every page says so.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from concord.kernel.codelists import NAMING_TABLE
from concord.web.timebar import axis_of

Values = dict[str, Any]

SAMPLE_NOTICE = (
    "Sample page: states, findings and decisions shown here are invented to show how pages are set."
)
NAMING: list[Values] = [
    {"code": line.code, "name": line.name, "short": line.short, "order": line.order} for line in NAMING_TABLE
]
AXIS = axis_of(2018, 2020)


@cache
def sample_document() -> Values:
    """A small plan in the format of an edition (docs/formats/edition.md)."""
    document: Values = json.loads(Path(__file__).with_name("document.json").read_text(encoding="utf-8"))
    return document


def action(own_id: str) -> Values:
    """The sample action that came with this id."""
    found: Values = next(one for one in sample_document()["actions"] if one["own_id"] == own_id)
    return found
