"""The sample plan behind the component page, in the format of an edition, and the texts around it.

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
States = dict[str, list[tuple[str, Values]]]

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
    return _read("document.json")


def text(name: str) -> Any:
    """A sample text, or a structure of texts, by its name in texts.json."""
    return _texts()[name]


def action(own_id: str) -> Values:
    """The sample action that came with this id."""
    found: Values = next(one for one in sample_document()["actions"] if one["own_id"] == own_id)
    return found


@cache
def _texts() -> Values:
    return _read("texts.json")


def _read(name: str) -> Values:
    contents: Values = json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return contents
