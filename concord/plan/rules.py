"""Decisions of the plan room, pure: values, comparison of statements, placing, and undo."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum

from concord.kernel.canonical import canonical_text
from concord.kernel.codelists import CURRENCIES
from concord.kernel.dates import ImpreciseDate, Meets, Period
from concord.kernel.errors import BadInput
from concord.plan.rows import Value

LINKED_MEASURES = 2
"""How many measures a record may be linked to beside its main one."""

PARTICIPATION_ROLES = ("donor", "implementer", "lead", "partner", "recipient", "authority")
FUNDING_STATUSES = ("secured", "pipeline", "unfunded", "not reported")
ACTION_STATUSES = ("", "planned", "ongoing", "completed")
NEED_KINDS = ("", "legislative", "institutional", "operational")

ACTION_TEXTS = ("title", "summary", "description", "source_url", "notes")
ACTION_CODES = ("pillars", "topics", "action_types", "beneficiaries", "related_ids", "answers_needs")
ACTION_FIELDS = (
    *ACTION_TEXTS,
    "status",
    "start",
    "end",
    *ACTION_CODES,
    "participations",
    "funding",
    "events",
    "indicators",
    "received",
)
UNCOUNTED_FIELDS = frozenset({"received"})
"""Fields that are kept without being told as a change: a source that publishes the same facts again with
a new date has changed nothing."""
NEED_TEXTS = ("statement", "pillar", "approach", "priority", "reference", "source_url", "notes")
NEED_FIELDS = (*NEED_TEXTS, "kind", "stated_on", "topics", "beneficiaries")

TEXT_LIMITS = {
    "title": 500,
    "source_url": 500,
    "reference": 400,
    "priority": 40,
    "approach": 20,
    "pillar": 20,
}
"""Longest text per field, in characters: what the columns hold."""


def encode(value: Value) -> str:
    """The canonical JSON text of a value, by which statements are compared."""
    return canonical_text(value)


def decode(text: str) -> Value:
    """The value of a statement's text."""
    return json.loads(text)


def is_empty(value: Value) -> bool:
    """Whether a value states nothing: no text, an empty list, null."""
    return value is None or value == "" or value == []


EMPTY_TEXTS = frozenset({"null", '""', "[]"})
"""The canonical texts of values that state nothing."""


# --- values -----------------------------------------------------------------------------------


def clean_action_value(field: str, value: Value) -> Value:
    """An action field's value in the form that statements keep.

    Raises:
        BadInput: an unknown field, or a value that cannot be stored; the message names the field.
    """
    return _clean(field, value, ACTION_CLEANERS)


def clean_need_value(field: str, value: Value) -> Value:
    """A need field's value in the form that statements keep; raises BadInput like its sister."""
    return _clean(field, value, NEED_CLEANERS)


def _clean(field: str, value: Value, cleaners: Mapping[str, Callable[[str, Value], Value]]) -> Value:
    if field not in cleaners:
        raise BadInput(f"There is no field “{field}”.")
    return cleaners[field](field, value)


def _text(field: str, value: Value) -> str:
    text = value.strip() if type(value) is str else "" if value is None else str(value).strip()
    if "\x00" in text:
        raise BadInput(f"The field “{field}” holds a NUL character. Type it again without it.")
    if len(text) > (limit := TEXT_LIMITS.get(field, 20_000)):
        raise BadInput(f"The field “{field}” is longer than {limit} characters.")
    return text


def _one_of(allowed: Sequence[str]) -> Callable[[str, Value], str]:
    def clean(field: str, value: Value) -> str:
        text = _text(field, value)
        if text not in allowed:
            raise BadInput(f"“{text}” is not a {field}. Use one of: {', '.join(a for a in allowed if a)}.")
        return text

    return clean


def _date(field: str, value: Value) -> str:
    text = _text(field, value)
    return ImpreciseDate(text).text if text else ""


def _codes(field: str, value: Value) -> list[str]:
    """Each once, in the order written: the order is the source's, not ours."""
    return list(dict.fromkeys(_text(field, item)[:80] for item in value or [] if _text(field, item)))


def _sorted_codes(field: str, value: Value) -> list[str]:
    return sorted(_codes(field, value))


def _participations(field: str, value: Value) -> list[dict[str, Value]]:
    """Role by role, within a role in the order written: the order of roles says nothing."""
    parts = [_participation(field, item) for item in value or []]
    return sorted(parts, key=lambda part: PARTICIPATION_ROLES.index(part["role"]))


def _participation(field: str, item: Mapping[str, Value]) -> dict[str, Value]:
    role = _one_of(PARTICIPATION_ROLES)("role", item.get("role"))
    as_written = _text(field, item.get("as_written"))[:300]
    organisation = item.get("organisation") or None
    if not as_written and not organisation:
        raise BadInput("A participation names nobody. Give the organisation.")
    return {"role": role, "as_written": as_written, "organisation": organisation}


def _funding(field: str, value: Value) -> list[dict[str, Value]]:
    return [_funding_line(field, item) for item in value or []]


def _funding_line(field: str, item: Mapping[str, Value]) -> dict[str, Value]:
    amount = _amount(item.get("amount"))
    currency = _text(field, item.get("currency"))
    if amount is not None and currency not in CURRENCIES:
        raise BadInput(f"“{currency}” is no currency code of ISO 4217. Write for example EUR.")
    return {
        "donor": item.get("donor") or None,
        "donor_as_written": _text(field, item.get("donor_as_written"))[:300],
        "amount": amount,
        "currency": currency,
        "status": _one_of(FUNDING_STATUSES)("status", item.get("status") or "not reported"),
        "status_inferred": bool(item.get("status_inferred")),
        "instrument": _text(field, item.get("instrument"))[:200],
        "contract_number": _text(field, item.get("contract_number"))[:120],
    }


def _amount(value: Value) -> str | None:
    if value is None or value == "":
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        raise BadInput(f"“{value}” is no amount. Write digits, for example 1500000.00.") from None
    if not amount.is_finite() or amount < 0 or amount >= Decimal(10) ** 16:
        raise BadInput(f"“{value}” is no amount that can be stored. It must be 0 or more.")
    return str(amount.quantize(Decimal("0.01")))


def _rows_of(field: str, value: Value, limits: Mapping[str, int]) -> list[dict[str, Value]]:
    rows = [{key: _text(field, item.get(key)) for key in limits} for item in value or []]
    for row in rows:
        for key, limit in limits.items():
            if len(row[key]) > limit:
                raise BadInput(f"The {key} of one of the {field} is longer than {limit} characters.")
    return rows


EVENT_LIMITS = {"title": 300, "start": 10, "end": 10, "place": 200, "recipient": 300, "people": 9}
INDICATOR_LIMITS = {"name": 300, "unit": 80, "baseline": 120, "target": 120}
"""Longest text of each part, in characters: what the columns hold."""


def _events(field: str, value: Value) -> list[dict[str, Value]]:
    rows = _rows_of(field, value, EVENT_LIMITS)
    return [row | {"start": _date("start", row["start"]), "end": _date("end", row["end"])} for row in rows]


def _indicators(field: str, value: Value) -> list[dict[str, Value]]:
    return _rows_of(field, value, INDICATOR_LIMITS)


def _received(field: str, value: Value) -> dict[str, Value] | None:
    """The hash of what was received: the text itself is kept once, beside the statements."""
    return {"sha256": _text(field, value["sha256"])} if value else None


ACTION_CLEANERS: dict[str, Callable[[str, Value], Value]] = {
    **dict.fromkeys(ACTION_TEXTS, _text),
    **dict.fromkeys(("pillars", "topics", "action_types", "related_ids", "answers_needs"), _codes),
    "beneficiaries": _sorted_codes,
    "status": _one_of(ACTION_STATUSES),
    "start": _date,
    "end": _date,
    "participations": _participations,
    "funding": _funding,
    "events": _events,
    "indicators": _indicators,
    "received": _received,
}
NEED_CLEANERS: dict[str, Callable[[str, Value], Value]] = {
    **dict.fromkeys(NEED_TEXTS, _text),
    "kind": _one_of(NEED_KINDS),
    "stated_on": _date,
    "topics": _codes,
    "beneficiaries": _sorted_codes,
}


# --- comparing a re-sent value with what the plan holds -----------------------------------------


class Verdict(Enum):
    """What a value in a row means for a field of a record that exists."""

    SAME = "same"
    CHANGED = "changed"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Held:
    """What a field holds: the chosen value's text, the last one its own source sent, and whether
    the chosen one came from that source and may be replaced by it. The two files are those whose
    names the texts are read by, "" for what a person entered."""

    chosen: str | None
    last_sent: str | None
    chosen_is_from_source: bool
    chosen_file: str = ""
    sent_file: str = ""


def judge(new: str, held: Held) -> Verdict:
    """How a re-sent value compares (canonical JSON texts).

    The same as its source sent last, or as the plan says: nothing happens, and an empty cell of a
    source that never filled it says nothing. Otherwise the source may replace its own value; what a
    person set, or a merge picked, it can only contradict.

    Source: design.md, section 6, "What `import` applies".
    """
    if new in (held.last_sent, held.chosen):
        return Verdict.SAME
    if held.last_sent is None and new in EMPTY_TEXTS:
        return Verdict.SAME
    if held.chosen is None:
        return Verdict.CHANGED
    return Verdict.CHANGED if held.chosen_is_from_source else Verdict.CONFLICT


def judge_edit(new: str, held: Held, sent: str | None) -> Verdict:
    """How a value compares that somebody edited in a file that Concord gave out (canonical JSON texts).

    `sent` is what was chosen when the file was given out, None where nothing was. Where the plan still
    says so, the edit counts, whoever had set the value: its source saw it and changed it. Where the
    plan moved on to something else, both are kept for a person to choose.

    Source: docs/adr/0021-three-way-comparison.md.
    """
    if new == held.chosen:
        return Verdict.SAME
    if held.chosen == sent:
        return Verdict.SAME if sent is None and new in EMPTY_TEXTS else Verdict.CHANGED
    return Verdict.CONFLICT


# --- placing --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MeasureTopics:
    """A measure as the placing rule sees it; order is its place in the template."""

    pk: int
    approach: str
    topics: frozenset[str]
    order: int


def propose_measures(
    topics: Iterable[str], measures: Sequence[MeasureTopics], *, approach: str = ""
) -> list[MeasureTopics]:
    """The measures for a record: the main one first, then up to two linked ones.

    Most topics in common, then fewest topics in the measure, then the template's order. With an
    approach, the measures of that approach are tried first, else all. Empty: shares no topic.

    Source: data/README.md, "western-balkans-template.csv"; issue 3, item 10.
    """
    own = [measure for measure in measures if measure.approach == approach] if approach else []
    for pool in (own, measures):
        ranked = _ranked(frozenset(topics), pool)
        if ranked:
            return ranked[: 1 + LINKED_MEASURES]
    return []


def _ranked(topics: frozenset[str], measures: Sequence[MeasureTopics]) -> list[MeasureTopics]:
    sharing = [measure for measure in measures if measure.topics & topics]
    return sorted(sharing, key=lambda m: (-len(m.topics & topics), len(m.topics), m.order))


def period_of(start: str, end: str, status: str = "") -> Period:
    """The period of an action from its stored dates ("" is not stated)."""
    return Period(
        ImpreciseDate(start) if start else None,
        ImpreciseDate(end) if end else None,
        ongoing=status == "ongoing",
    )


def years_period(first: int, last: int) -> Period:
    """Whole years, both included: a plan's period."""
    return Period(ImpreciseDate(f"{first:04d}"), ImpreciseDate(f"{last:04d}"))


def stands_in(period: Period, starts_year: int, ends_year: int) -> bool:
    """Whether an action's period meets, or may meet, a plan's years."""
    return period.meets(years_period(starts_year, ends_year)) is not Meets.NO


def need_counts_in(stated_on: str, ends_year: int) -> bool:
    """Whether a need counts in a plan: stated before its period is over, or in no known year."""
    return not stated_on or ImpreciseDate(stated_on).earliest <= date(ends_year, 12, 31)
