"""Which column is taken for which field: headings, cells and what a person chose, weighed together. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from concord.intake.columns import (
    CELLS,
    CHOSEN,
    IGNORED,
    KNOWN,
    NEAR,
    NUMBERING,
    OTHER_LANGUAGE,
    SECOND,
    UNKNOWN,
    YEARLY,
    Column,
)
from concord.intake.context import Context
from concord.intake.formats.parts import Row
from concord.intake.headings import Meaning, meaning_of
from concord.intake.layouts import IGNORE, SheetLayout
from concord.intake.readings.money import read_amount
from concord.intake.readings.places import read_places
from concord.intake.readings.units import unit_of
from concord.intake.tables import Head
from concord.intake.vocabulary import heading_key
from concord.kernel.codelists import NAMING_TABLE

JUDGED_CELLS = 200  # distinct cells of a column that are looked at to see what it holds
MOSTLY, HARDLY = 0.6, 0.2  # shares of places among the cells of a column that decide what it holds
_FEWEST = 2  # distinct cells from which a column's cells decide anything
_BARE_YEAR = re.compile(r"(?:19|20)\d{2}")
_SIX = Context(served={line.code: line.name for line in NAMING_TABLE})


@dataclass(frozen=True, slots=True)
class _Draft:
    column: Column
    meaning: Meaning
    filled: bool


def columns_of(head: Head, below: Sequence[Row], layout: SheetLayout) -> tuple[Column, ...]:
    """The columns of a table with the field that each was taken for, in their order."""
    width = max([head.width, *(len(row.cells) for row in below)])

    @cache
    def cells(index: int) -> list[str]:
        found: dict[str, None] = {}
        for row in below:
            if text := row.cell(index):
                found[text] = None
            if len(found) == JUDGED_CELLS:
                break
        return list(found)

    drafts = [_draft(head, index, layout, filled=bool(cells(index))) for index in range(width)]
    columns = _by_cells(_taken(drafts), cells, layout)
    return tuple(_with_defaults(column, layout) for column in columns)


def _draft(head: Head, index: int, layout: SheetLayout, *, filled: bool) -> _Draft:
    column = Column(index, head.shown(index), how=UNKNOWN)
    lowest = Column(index, next((text for text in reversed(head.texts(index)) if text), ""))
    chosen = layout.chosen(column) or layout.chosen(lowest)
    meaning = meaning_of(head.texts(index), head.holds)
    if chosen == IGNORE:
        return _Draft(replace(column, how=CHOSEN, left=IGNORED), Meaning(), filled)
    if chosen:
        unit = unit_of(column.heading)
        year = _BARE_YEAR.search(column.heading) if chosen == YEARLY else None
        meaning = Meaning(chosen, CHOSEN, unit.currency, unit.factor, year[0] if year else column.letters)
    if not meaning.field and meaning.how == KNOWN:
        return _Draft(replace(column, left=NUMBERING), meaning, filled)
    return _Draft(column, meaning, filled)


def _taken(drafts: Sequence[_Draft]) -> list[Column]:
    """Each field goes to one column; the others say that they were left."""
    by_field: dict[str, list[_Draft]] = defaultdict(list)
    for draft in drafts:
        if draft.meaning.field and draft.meaning.field != YEARLY:
            by_field[draft.meaning.field].append(draft)
    best = {field: min(found, key=_preference) for field, found in by_field.items()}
    amount = best.get("budget_amount")
    if amount and "budget_currency" in by_field:
        best["budget_currency"] = min(
            by_field["budget_currency"], key=lambda draft: _distance(draft, amount.column.index)
        )
    return [_settled(draft, best) for draft in drafts]


def _preference(draft: _Draft) -> tuple[object, ...]:
    """Chosen by a person, filled, in English or no language, known, the vocabulary's order, the first."""
    meaning = draft.meaning
    return (
        meaning.how != CHOSEN,
        not draft.filled,
        meaning.language not in ("", "en"),
        meaning.how != KNOWN,
        meaning.rank,
        draft.column.index,
    )


def _distance(draft: _Draft, amount: int) -> tuple[object, ...]:
    """The currency of an amount stands right behind it, else before it."""
    index = draft.column.index
    return (draft.meaning.how != CHOSEN, not draft.filled, index < amount, abs(index - amount))


def _settled(draft: _Draft, best: dict[str, _Draft]) -> Column:
    column, meaning = draft.column, draft.meaning
    if not meaning.field:
        return column
    if meaning.field == YEARLY or best[meaning.field] is draft:
        return replace(
            column,
            field=meaning.field,
            how=meaning.how,
            currency=meaning.currency,
            factor=meaning.factor,
            detail=meaning.detail if meaning.field == YEARLY else "",
        )
    if meaning.how == NEAR:
        return column
    other = meaning.language != best[meaning.field].meaning.language
    return replace(column, meant=meaning.field, left=OTHER_LANGUAGE if other else SECOND)


# --- what the cells of a column show -------------------------------------------------------------------


def _by_cells(columns: list[Column], cells: Callable[[int], list[str]], layout: SheetLayout) -> list[Column]:
    columns = _places_or_bodies(columns, cells)
    if layout.columns and any(column.field == YEARLY for column in columns):
        return columns
    return _years(columns, cells)


def _places_or_bodies(columns: list[Column], cells: Callable[[int], list[str]]) -> list[Column]:
    """ "Recipient" over names of places holds beneficiaries; "Korisnik" over names of bodies recipients."""
    fields = {column.field for column in columns}
    for place, column in enumerate(columns):
        asked = column.how == KNOWN and column.field in ("recipients", "beneficiaries")
        share = _share_of_places(cells(column.index)) if asked else None
        if share is None:
            continue
        if column.field == "recipients" and share >= MOSTLY and "beneficiaries" not in fields:
            columns[place] = replace(column, field="beneficiaries", how=CELLS)
        elif column.field == "beneficiaries" and share <= HARDLY and "recipients" not in fields:
            columns[place] = replace(column, field="recipients", how=CELLS)
    return columns


def _share_of_places(texts: Sequence[str]) -> float | None:
    parts = [part.strip() for text in texts for part in re.split(r"[;\n]", text) if part.strip()]
    if len(parts) < _FEWEST:
        return None
    known = sum(1 for part in parts if _is_place(part))
    return known / len(parts)


def _is_place(text: str) -> bool:
    reading = read_places(text, _SIX, codes_settled=True)
    return bool(reading.codes) and (reading.said is None or reading.said.rule != "unknown-beneficiary")


def _years(columns: list[Column], cells: Callable[[int], list[str]]) -> list[Column]:
    """Columns headed by nothing but years that hold amounts, where no column states the whole amount."""
    bare = [
        place
        for place, column in enumerate(columns)
        if column.how == UNKNOWN and not column.left and _BARE_YEAR.fullmatch(heading_key(column.heading))
    ]
    if len(bare) < _FEWEST or any(column.field == "budget_amount" for column in columns):
        return columns
    for place in bare:
        texts = cells(columns[place].index)
        if texts and all(read_amount(text).said is None for text in texts):
            columns[place] = replace(
                columns[place], field=YEARLY, how=CELLS, detail=heading_key(columns[place].heading)
            )
    return columns


def _with_defaults(column: Column, layout: SheetLayout) -> Column:
    if column.field not in ("budget_amount", YEARLY):
        return column
    factor = column.factor if layout.in_thousands is None else 1000 if layout.in_thousands else 1
    return replace(column, currency=column.currency or layout.currency, factor=factor)
