"""Remembering how a source's sheets are read, and forgetting it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from concord.audit.events import EventName
from concord.audit.services import record
from concord.intake.columns import Column
from concord.intake.formats.parts import Row, Sheet
from concord.intake.layouts import IGNORE, layout_from
from concord.intake.models import Input, RememberedLayout
from concord.intake.preview import Target, require_entry
from concord.intake.queries import file_of, layout_for, target_of
from concord.intake.queries.layouts import signature
from concord.kernel.errors import BadInput, IllegalMove, StaleWrite

if TYPE_CHECKING:
    from concord.accounts.models import Person


@transaction.atomic
def remember_layout(received: Input, *, by: Person, at: datetime) -> list[RememberedLayout]:
    """Keeps what was said of an input's sheets, for the next file of its source with the same headings.

    What was remembered for these headings before is replaced. A sheet that is left out is not remembered.

    Raises:
        NotPermitted; BadInput: nothing was said of a sheet with a row of headings; StaleWrite.
    """
    target = target_of(received)
    who = require_entry(target, by)
    layout = layout_from(received.layout)
    kept = []
    for sheet in file_of(received).sheets.sheets:
        said = layout.of(sheet.name).as_json()
        header = _row(sheet, said.get("header_row"))
        if header is not None and said.get("holds") != IGNORE:
            kept.append(_remember(target, header, said, by=who, at=at))
    if not kept:
        raise BadInput("Nothing was said about the columns of this file. Choose the columns first.")
    return kept


@transaction.atomic
def forget_layout(remembered: RememberedLayout, *, by: Person, at: datetime) -> RememberedLayout:
    """Lets the headings be recognised by their words again. What was read with it stays as it is.

    Raises:
        NotPermitted; IllegalMove: it is forgotten already; StaleWrite.
    """
    target = Target(remembered.framework, None, remembered.organisation, remembered.org_column)
    who = require_entry(target, by)
    if remembered.forgotten_at is not None:
        raise IllegalMove("This layout is forgotten already.")
    _change(remembered, forgotten_at=at)
    record(EventName.MAPPING_FORGOTTEN, actor=who, about=remembered, at=at)
    return remembered


def _remember(
    target: Target, header: Row, said: Mapping[str, Any], *, by: Person, at: datetime
) -> RememberedLayout:
    layout = _by_headings(header, said)
    headings = [cell for cell in header.cells if cell]
    found = layout_for(header.cells, target)
    if found is None:
        found = RememberedLayout.objects.create(
            framework=target.framework,
            organisation=target.organisation,
            org_column=target.org_column,
            signature=signature(header.cells),
            headings=headings,
            layout=layout,
            saved_by=by,
            saved_at=at,
        )
    else:
        _change(found, layout=layout, headings=headings, saved_by=by, saved_at=at)
    record(EventName.MAPPING_SAVED, actor=by, about=found, at=at, columns=len(layout.get("columns", {})))
    return found


def _by_headings(header: Row, said: Mapping[str, Any]) -> dict[str, Any]:
    """The same with headings in place of letters, so that another order of columns is no matter."""
    columns = {}
    for name, chosen in said.get("columns", {}).items():
        heading = next((h for i, h in enumerate(header.cells) if Column(i, h).letters == name), "")
        columns[heading if heading and header.cells.count(heading) == 1 else name] = chosen
    return {**{key: value for key, value in said.items() if key != "header_row"}, "columns": columns}


def _row(sheet: Sheet, number: int | None) -> Row | None:
    return next((row for row in sheet.rows if row.number == number), None)


def _change(remembered: RememberedLayout, **values: object) -> None:
    """Compare-and-set: a miss means that somebody else changed it."""
    found = RememberedLayout.objects.filter(pk=remembered.pk, version=remembered.version, forgotten_at=None)
    if found.update(version=F("version") + 1, **values) != 1:
        raise StaleWrite("Somebody changed this layout in the same moment. Look at it again.")
    remembered.refresh_from_db()
