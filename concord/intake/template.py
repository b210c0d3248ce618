"""Concord's own template: field values as the cells of its columns, and the parts of such cells. Pure.

What is given out is written here, what comes back is read by `values`; a value that was written reads as
the same value again (docs/formats/template.md).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from concord.intake.vocabulary import Holds, fields_of
from concord.kernel.keys import LENGTH, is_key

ROLE_COLUMNS: Final[dict[str, str]] = {
    "donors": "donor",
    "implementers": "implementer",
    "leads": "lead",
    "partners": "partner",
    "recipients": "recipient",
    "authorities": "authority",
}
"""The columns of organisations, each with the role it states, in the order of the template."""

EVENT_PARTS: Final = ("title", "start", "end", "place", "recipient", "people")
INDICATOR_PARTS: Final = ("name", "unit", "baseline", "target")
FUNDING_PARTS: Final = ("donor", "amount", "currency", "status", "instrument", "contract number")

FUNDING_FROM_STATUS: Final = {"ongoing": "secured", "completed": "secured", "planned": "pipeline"}
"""What an action's own status says about its money (design, "Money"); always marked as inferred."""

INFERRED: Final = "(inferred)"
"""Stands behind a funding line's status that was read from the action's own."""

NO_LINES: Final = "none reported"
"""A cell of funding lines that says: there are none, whatever the donors' names suggest."""

_SPECIAL: Final = "\\;|\n"
_ESCAPED: Final = re.compile(r"[\\;|\n]")  # a large file has millions of items
_LISTS: Final = ("pillars", "related_ids")
_TEXTS: Final[dict[Holds, tuple[str, ...]]] = {
    "actions": ("title", "summary", "description", "start", "end", "status", "source_url", "notes"),
    "needs": (
        "statement",
        "pillar",
        "kind",
        "approach",
        "priority",
        "reference",
        "stated_on",
        "source_url",
        "notes",
    ),
}


def _named(as_written: str, key: str | None) -> str:
    return f"{as_written} [{key}]".strip() if key else as_written


def _same(text: str) -> str:
    return text


def _no_instrument(_donor: str) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one file spells what has a code or a key.

    organisation: a name as written and the organisation's key, if it has one, to the text that reads
    as the same organisation. instrument: the fund or programme that a reader sees in a donor's text.
    place, need, topic, action_type: a code or key to its text.
    """

    organisation: Callable[[str, str | None], str] = _named
    instrument: Callable[[str], str] = _no_instrument
    place: Callable[[str], str] = _same
    need: Callable[[str], str] = _same
    topic: Callable[[str], str] = _same
    action_type: Callable[[str], str] = _same


CODES: Final = Spelling()
"""Codes and keys as they are: what CSV, JSON and IATI carry."""


def action_cells(values: Mapping[str, Any], spelling: Spelling = CODES) -> dict[str, str]:
    """The cells of an action's field values by column, in the template's order.

    A field that is absent has no column. Funding stands in the two simple columns where those say all
    of it, else line by line in the column `funding`.
    """
    cells = _texts(values, "actions") | _lists(values, spelling)
    if "answers_needs" in values:
        cells["answers_needs"] = join_list(map(spelling.need, values["answers_needs"]))
    if "participations" in values:
        cells |= _organisations(values["participations"], spelling)
    if "funding" in values:
        cells |= _funding(values, spelling)
    for field, parts in (("events", EVENT_PARTS), ("indicators", INDICATOR_PARTS)):
        if field in values:
            cells[field] = join_records([item[part] for part in parts] for item in values[field])
    return _in_order(cells, "actions")


def need_cells(values: Mapping[str, Any], spelling: Spelling = CODES) -> dict[str, str]:
    """The cells of a need's field values by column, in the template's order; absent like an action's."""
    return _in_order(_texts(values, "needs") | _lists(values, spelling), "needs")


def recorded_values(action: Mapping[str, Any]) -> dict[str, Any]:
    """The field values of an action of a plan's document (docs/formats/edition.md).

    A field that the document leaves out is absent.
    """
    names = (*_TEXTS["actions"], "pillars", "topics", "action_types", "beneficiaries", "answers_needs")
    values = {name: action[name] if action[name] is not None else "" for name in names if name in action}
    if "participations" in action:
        values["participations"] = [
            {
                "role": part["role"],
                "as_written": part["name"] or part["as_written"],
                "organisation": part["organisation"],
            }
            for part in action["participations"]
        ]
    if "funding" in action:
        values["funding"] = [
            {**line, "donor": None, "donor_as_written": line["donor"] or ""} for line in action["funding"]
        ]
    if "events" in action:
        values["events"] = [{part: event.get(part, "") for part in EVENT_PARTS} for event in action["events"]]
    if "indicators" in action:
        values["indicators"] = list(action["indicators"])
    return values


def funding_from_columns(
    donors: Sequence[str],
    amount: Decimal | None,
    currency: str,
    status: str,
    instrument_of: Callable[[str], str],
) -> list[dict[str, Any]]:
    """Funding lines from donors, one amount, its currency and the action's status.

    One donor: its line. Several donors and one amount: one joint line without donor, and a line
    without amount for each donor string that names an instrument. No amount: the instruments alone.

    Returns:
        Lines as the plan keeps them; `donor_as_written` is the donor's text of the column.

    Source: design.md, sections 2 ("Funding line") and 3 ("Money").
    """

    def line(donor: str, amount: Decimal | None) -> dict[str, Any]:
        return {
            "donor": None,
            "donor_as_written": donor,
            "amount": None if amount is None else str(amount),
            "currency": currency if amount is not None else "",
            "status": FUNDING_FROM_STATUS.get(status, "not reported"),
            "status_inferred": True,
            "instrument": instrument_of(donor)[:200] if donor else "",
            "contract_number": "",
        }

    if amount is not None and len(donors) == 1:
        return [line(donors[0], amount)]
    joint = [line("", amount)] if amount is not None else []
    return joint + [line(donor, None) for donor in donors if instrument_of(donor)]


# --- parts of a cell ---------------------------------------------------------------------------------


def join_list(items: Iterable[str]) -> str:
    """Items as one cell, separated by semicolons; what separates inside an item is escaped."""
    return "; ".join(_escaped(item) for item in items if item)


def split_list(text: str) -> list[str]:
    """The items of a cell, separated by semicolons or line ends, each once, in the order written.

    A backslash before a semicolon, a bar, a line end or a backslash makes it part of the item.
    """
    if not text:
        return []
    return list(_items(text) if len(text) <= _REMEMBERED_CHARACTERS else _items.__wrapped__(text))


_REMEMBERED_CHARACTERS: Final = 300


@lru_cache(maxsize=16_384)  # the same few names stand in thousands of rows
def _items(text: str) -> tuple[str, ...]:
    items = (_plain(piece) for piece in _pieces(text, ";\n"))
    return tuple(dict.fromkeys(item for item in items if item))


def join_records(records: Iterable[Sequence[str | None]]) -> str:
    """Records as one cell: a line each, its parts separated by bars, empty ones at the end left out."""
    lines = []
    for record in records:
        parts = [_escaped(part or "") for part in record]
        while parts and not parts[-1]:
            parts.pop()
        lines.append(" | ".join(parts))
    return "\n".join(lines)


def split_records(text: str) -> list[list[str]]:
    """The records of a cell, one per line that is not empty, each as its parts in the order written."""
    lines = (line for line in _pieces(text, "\n") if line.strip())
    return [[_plain(part) for part in _pieces(line, "|")] for line in lines]


def split_key(text: str) -> tuple[str, str]:
    """A text and the key that stands in square brackets behind it, "" where none does.

    What looks like a key may be anything: only a register or a plan can say whether it is one.
    """
    head, bracket, rest = text.rpartition("[")
    if bracket and len(rest) == LENGTH + 1 and rest.endswith("]") and is_key(rest[:-1]):
        return head.strip(), rest[:-1]
    return text, ""


def _pieces(text: str, separators: str) -> Iterator[str]:
    """A text cut at separators that no backslash escapes; escapes are left in the pieces."""
    begin = at = 0
    text = text.replace("\r\n", "\n")
    if "\\" not in text:
        yield from re.split(f"[{separators}]", text)
        return
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] in _SPECIAL:
            at += 2
            continue
        if text[at] in separators:
            yield text[begin:at]
            begin = at + 1
        at += 1
    yield text[begin:]


def _escaped(item: str) -> str:
    return _ESCAPED.sub(r"\\\g<0>", item)


def _plain(piece: str) -> str:
    """A piece without the spaces around it and without its escapes."""
    if "\\" not in piece:
        return piece.strip()
    text, kept, at = piece.strip(), [], 0
    while at < len(text):
        if text[at] == "\\" and text[at + 1 : at + 2] and text[at + 1] in _SPECIAL:
            at += 1
        kept.append(text[at])
        at += 1
    return "".join(kept)


# --- fields ------------------------------------------------------------------------------------------


def _texts(values: Mapping[str, Any], holds: Holds) -> dict[str, str]:
    return {name: values[name] or "" for name in _TEXTS[holds] if name in values}


def _lists(values: Mapping[str, Any], spelling: Spelling) -> dict[str, str]:
    cells = {name: join_list(values[name]) for name in _LISTS if name in values}
    for name, spell in (
        ("beneficiaries", spelling.place),
        ("topics", spelling.topic),
        ("action_types", spelling.action_type),
    ):
        if name in values:
            cells[name] = join_list(map(spell, values[name]))
    return cells


def _organisations(participations: Sequence[Mapping[str, Any]], spelling: Spelling) -> dict[str, str]:
    return {
        column: join_list(_donor_texts(participations, spelling, role))
        for column, role in ROLE_COLUMNS.items()
    }


def _donor_texts(
    participations: Iterable[Mapping[str, Any]], spelling: Spelling, role: str = "donor"
) -> list[str]:
    return [
        spelling.organisation(part["as_written"], part["organisation"])
        for part in participations
        if part["role"] == role
    ]


def _funding(values: Mapping[str, Any], spelling: Spelling) -> dict[str, str]:
    lines = [
        {
            **line,
            "donor": None,
            "donor_as_written": spelling.organisation(line["donor_as_written"], line["donor"]),
        }
        for line in values["funding"]
    ]
    stating = [line for line in lines if line["amount"] is not None]
    first: Mapping[str, Any] = stating[0] if stating else {"amount": None, "currency": ""}
    said = funding_from_columns(
        _donor_texts(values.get("participations", ()), spelling),
        None if first["amount"] is None else Decimal(first["amount"]),
        first["currency"],
        values.get("status", ""),
        spelling.instrument,
    )
    if said == lines:
        amount = first["amount"]
        return {
            "budget_amount": shown_amount(amount),
            "budget_currency": first["currency"],
            "funding": "",
        }
    written = join_records(_line_parts(line) for line in lines) or NO_LINES
    return {"budget_amount": "", "budget_currency": "", "funding": written}


def shown_amount(amount: str | None) -> str:
    """An amount as a cell: digits alone, decimals where there are any; "" where it is not stated."""
    return "" if amount is None else amount.removesuffix(".00")


def _line_parts(line: Mapping[str, Any]) -> list[str]:
    status = f"{line['status']} {INFERRED}" if line["status_inferred"] else line["status"]
    return [
        line["donor_as_written"],
        shown_amount(line["amount"]),
        line["currency"],
        status,
        line["instrument"],
        line["contract_number"],
    ]


def _in_order(cells: Mapping[str, str], holds: Holds) -> dict[str, str]:
    return {column: cells[column] for column in fields_of(holds) if column in cells}
