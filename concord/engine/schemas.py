"""The engine's tables: what goes in and what comes out, as Arrow schemas."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa

from concord.kernel.errors import SchemaMismatch
from concord.kernel.money import minor_units

_TEXTS = pa.list_(pa.string())

#: One row per action. Lists may be empty, `start` and `end` are as precise as stated ("2019",
#: "2019-02", "2019-02-28"), `amounts` are whole minor units (cents) per currency.
ACTIONS = pa.schema(
    [
        ("id", pa.string()),
        ("title", pa.string()),
        ("summary", pa.string()),
        ("reported_by", pa.string()),
        ("pillars", _TEXTS),
        ("topics", _TEXTS),
        ("action_types", _TEXTS),
        ("donors", _TEXTS),
        ("implementers", _TEXTS),
        ("beneficiaries", _TEXTS),
        ("start", pa.string()),
        ("end", pa.string()),
        ("status", pa.string()),
        ("amounts", pa.list_(pa.struct([("currency", pa.string()), ("minor_units", pa.int64())]))),
    ]
)

#: One row per stated need.
NEEDS = pa.schema(
    [
        ("id", pa.string()),
        ("pillar", pa.string()),
        ("kind", pa.string()),
        ("approach", pa.string()),
        ("statement", pa.string()),
        ("topics", _TEXTS),
        ("beneficiaries", _TEXTS),
        ("priority", pa.string()),
        ("stated_on", pa.string()),
    ]
)

#: A term of evidence: what was compared, what was found (in words), and how many log-odds it
#: moved the score. The weights of all terms and the base add up to the score's log-odds.
TERM = pa.struct([("name", pa.string()), ("value", pa.string()), ("weight", pa.float64())])

#: One row per unordered pair of actions (id_a < id_b), best score first, then id_a, id_b.
#: score: probability that the two are related at all; kind: the likeliest kind; p_*: the
#: probability of each kind if they are related (they add up to one).
RELATIONS = pa.schema(
    [
        ("id_a", pa.string()),
        ("id_b", pa.string()),
        ("kind", pa.string()),
        ("score", pa.float64()),
        ("evidence", pa.string()),
        ("p_duplicate", pa.float64()),
        ("p_continuation", pa.float64()),
        ("p_overlap", pa.float64()),
        ("p_synergy", pa.float64()),
        ("terms", pa.list_(TERM)),
    ]
)

#: One row per plausible answer of an action to a need: by need_id, best score first.
COVERAGE = pa.schema(
    [
        ("need_id", pa.string()),
        ("action_id", pa.string()),
        ("score", pa.float64()),
        ("evidence", pa.string()),
        ("terms", pa.list_(TERM)),
    ]
)


#: One row per record of an aid system or a donor's database, as stated. Texts and lists may be empty; `start`
#: and `end` as precise as stated; `amount` in major units, only ever compared as a ratio, never summed;
#: `currency` an ISO 4217 code or what the source writes.
RECORDS = pa.schema(
    [
        ("id", pa.string()),
        ("title", pa.string()),
        ("description", pa.string()),
        ("donors", _TEXTS),
        ("implementers", _TEXTS),
        ("country", pa.string()),
        ("sectors", _TEXTS),
        ("start", pa.string()),
        ("end", pa.string()),
        ("amount", pa.float64()),
        ("currency", pa.string()),
    ]
)

#: One row per plausible pair of a left and a right record, best score first, then left_id, right_id. score:
#: the probability that both are the same project; evidence and terms are empty unless they were asked for.
MATCHES = pa.schema(
    [
        ("left_id", pa.string()),
        ("right_id", pa.string()),
        ("score", pa.float64()),
        ("evidence", pa.string()),
        ("terms", pa.list_(TERM)),
    ]
)


def require_schema(table: pa.Table, schema: pa.Schema) -> None:
    """Refuse a table whose columns or types are not those of `schema`.

    Raises:
        SchemaMismatch: naming the first column that is missing, of another type, or too many.
    """
    have = {field.name: field.type for field in table.schema}
    for field in schema:
        if field.name not in have:
            raise SchemaMismatch(f"column {field.name!r} is missing; expected {schema.names}")
        if not have[field.name].equals(field.type):
            raise SchemaMismatch(f"column {field.name!r} is {have[field.name]}, expected {field.type}")
    extra = [name for name in have if name not in schema.names]
    if extra:
        raise SchemaMismatch(f"unknown column {extra[0]!r}; expected {schema.names}")


def actions_table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Make an ACTIONS table from dictionaries; what a dictionary leaves out is unknown.

    Args:
        rows: keys are the names of ACTIONS. Lists may be any sequence of texts. Instead of
            `amounts`, a row may carry `budget_amount` (Decimal or int, major units) and
            `budget_currency`.

    Raises:
        BadInput: an amount that is no number, from `kernel.money`.
    """
    return pa.Table.from_pylist([_action(row) for row in rows], schema=ACTIONS)


def needs_table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Make a NEEDS table from dictionaries; what a dictionary leaves out is unknown."""
    return pa.Table.from_pylist([_filled(row, NEEDS) for row in rows], schema=NEEDS)


def records_table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Make a RECORDS table from dictionaries; what one leaves out is unknown. `amount` is a number."""
    return pa.Table.from_pylist(
        [_filled(row, RECORDS) | {"amount": row.get("amount")} for row in rows], schema=RECORDS
    )


def _action(row: Mapping[str, Any]) -> dict[str, Any]:
    filled = _filled(row, ACTIONS)
    if not filled["amounts"] and row.get("budget_amount") is not None and row.get("budget_currency"):
        currency = str(row["budget_currency"])
        filled["amounts"] = [
            {"currency": currency, "minor_units": minor_units(Decimal(row["budget_amount"]), currency)}
        ]
    return filled


def _filled(row: Mapping[str, Any], schema: pa.Schema) -> dict[str, Any]:
    return {field.name: _cell(row.get(field.name), field.type) for field in schema}


def _cell(value: Any, kind: pa.DataType) -> Any:
    if pa.types.is_list(kind):
        return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else []
    return str(value) if value not in (None, "") else None
