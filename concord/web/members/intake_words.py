"""Inputs, and values of the plan beside the cells of a file, in words."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from concord.kernel.codelists import name_of_action_type, name_of_topic
from concord.kernel.money import format_amount

if TYPE_CHECKING:
    from concord.intake.models import Input

ROLE_OF = {"donors": "donor", "implementers": "implementer"}


def about(received: Input) -> str:
    """Whose rows of what and for where, in one sentence."""
    things = {"actions": _("actions"), "needs": _("needs"), "both": _("actions and needs")}
    return _("%(things)s of %(whose)s, for %(where)s") % {
        "things": things.get(received.holds, _("rows")).capitalize(),
        "whose": whose(received),
        "where": received.plan.title if received.plan else received.framework.name,
    }


def whose(received: Input) -> str:
    """The organisation whose rows they are, or the column that says so."""
    if received.organisation:
        return str(received.organisation)
    return _("many organisations (column “%(column)s”)") % {"column": received.org_column}


def state_in_words(received: Input) -> str:
    """Where the input stands: "applied on 3 June 2019"."""
    if received.undone_at:
        return _("undone on %(day)s") % {"day": _day(received.undone_at)}
    if received.applied_at:
        return _("applied on %(day)s") % {"day": _day(received.applied_at)}
    if received.withdrawn_at:
        return _("withdrawn on %(day)s") % {"day": _day(received.withdrawn_at)}
    if received.checked_at:
        return _("checked on %(day)s, not applied yet") % {"day": _day(received.checked_at)}
    return _("received on %(day)s, not checked yet") % {"day": _day(received.received_at)}


def _day(instant: Any) -> str:
    return f"{instant:%-d %B %Y}"


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
