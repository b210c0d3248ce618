"""Values of the plan in words, to stand beside the cells of a file."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from concord.kernel.codelists import name_of_action_type, name_of_topic
from concord.kernel.money import format_amount

ROLE_OF = {"donors": "donor", "implementers": "implementer"}


def shortened(text: str, longest: int) -> str:
    """The text in one line of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def say_value(column: str, value: Any, places: Mapping[str, str]) -> str:
    """A stored value as people read it, for the column of a file that states it; "not reported" if empty."""
    if column in ROLE_OF:
        names = [part["as_written"] for part in value or [] if part["role"] == ROLE_OF[column]]
        words = ";".join(names)
    elif column == "budget_amount":
        words = "; ".join(_say_line(line) for line in value or [] if line.get("amount"))
    elif column == "beneficiaries":
        words = ", ".join(places.get(code, code) for code in value or [])
    elif column == "topics":
        words = ", ".join(name_of_topic(code) for code in value or [])
    elif column == "action_types":
        words = ", ".join(name_of_action_type(code) for code in value or [])
    elif isinstance(value, list):
        words = ";".join(str(item) for item in value)
    else:
        words = str(value or "")
    return shortened(words, 200) or _("not reported")


def _say_line(line: Mapping[str, Any]) -> str:
    return format_amount(Decimal(line["amount"]), line["currency"])
