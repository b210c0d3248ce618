"""The page that shows what Concord understood of each sheet, and where a person corrects it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from concord.intake import services
from concord.intake.layouts import IGNORE, field_choices
from concord.intake.queries import input_named, may_settle, sheets_understood
from concord.intake.vocabulary import Holds
from concord.kernel import clock
from concord.web.members.intake_words import shortened
from concord.web.members.visit import visit_of

if TYPE_CHECKING:
    from concord.intake.models import Input
    from concord.intake.queries import SheetColumns
    from concord.intake.samples import ColumnWithSamples

Option = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """One column: its heading and letters, the choice of its field, and some of its cells."""

    name: str
    heading: str
    letters: str
    options: list[Option]
    samples: list[tuple[str, str]]
    filled: str
    unknown: bool


@dataclass(frozen=True, slots=True)
class SheetForm:
    """One sheet of the page."""

    id: str
    title: str
    holds: list[Option]
    headers: list[Option]
    columns: list[ColumnLine]


@require_http_methods(["GET", "HEAD", "POST"])
def import_columns(request: HttpRequest, key: str) -> HttpResponse:
    """What each column was read as, with its cells; a correction reads the whole file again."""
    person = visit_of(request).person
    received = input_named(key, actor=person)
    sheets = sheets_understood(received)
    if request.method == "POST":
        services.say_layout(received, layout=_said(request, received, sheets), by=person, at=clock.now())
        if request.POST.get("remember") == "yes":
            services.remember_layout(received, by=person, at=clock.now())
            messages.success(request, _("Read again, and remembered for the next file with these headings."))
        else:
            messages.success(request, _("The file was read again with these columns."))
        return redirect(
            "members:import" if request.POST.get("next") == "rows" else "members:import-columns", key
        )
    page = {
        "input": received,
        "sheets": [_sheet(order, sheet) for order, sheet in enumerate(sheets)],
        "may_settle": may_settle(received, person),
        "origin": received.layout.get("@", ""),
    }
    return render(request, "members/intake/columns.html", {"page": page})


def _said(request: HttpRequest, received: Input, sheets: list[SheetColumns]) -> dict[str, Any]:
    """The layout that the form states; entries that the form doesn't ask about are kept."""
    document: dict[str, Any] = {name: entry for name, entry in received.layout.items() if name != "@"}
    for order, sheet in enumerate(sheets):
        entry = dict(document.get(sheet.name, {}))
        entry["holds"] = request.POST.get(f"s{order}-holds", sheet.holds)
        header = request.POST.get(f"s{order}-header", "")
        entry["header_row"] = int(header) if header.isdigit() and int(header) else None
        columns = {
            column.column.letters: chosen
            for column in sheet.columns
            if (chosen := request.POST.get(f"s{order}-{column.column.letters}", ""))
        }
        same = entry["header_row"] == sheet.header_row and entry["holds"] == sheet.holds
        entry["columns"] = columns if same else {}  # under other headings they would be others
        document[sheet.name] = {name: value for name, value in entry.items() if value not in (None, "", {})}
    return document


def _sheet(order: int, sheet: SheetColumns) -> SheetForm:
    holds: Holds = "needs" if sheet.holds == "needs" else "actions"
    fields = field_choices(holds)
    said = [("actions", _("actions")), ("needs", _("needs")), (IGNORE, _("nothing: leave this sheet out"))]
    if not sheet.holds:
        said.insert(0, ("", _("not known")))
    tops = [
        (str(row.number), _("row %(number)d: %(cells)s") % {"number": row.number, "cells": _top(row.cells)})
        for row in sheet.top
    ]
    if sheet.header_row is None or all(value != str(sheet.header_row) for value, _text in tops):
        here = sheet.header_row or 0
        tops.insert(0, (str(here), _("row %(number)d") % {"number": here} if here else _("not found")))
    return SheetForm(
        id=f"s{order}",
        title=sheet.name or _("The file"),
        holds=_options(said, sheet.holds),
        headers=_options(tops, str(sheet.header_row or 0)),
        columns=[_column(f"s{order}", column, fields) for column in sheet.columns],
    )


def _top(cells: tuple[str, ...]) -> str:
    return shortened(" | ".join(cell for cell in cells if cell), 90)


def _column(sheet: str, column: ColumnWithSamples, fields: list[tuple[str, str]]) -> ColumnLine:
    said = [
        ("", _("not read: it is kept with the file")),
        *fields,
        (IGNORE, _("does not belong to the plan")),
    ]
    return ColumnLine(
        name=f"{sheet}-{column.column.letters}",
        heading=column.column.heading or _("without a heading"),
        letters=column.column.letters,
        options=_options(said, column.choice),
        samples=[(shortened(each.written, 90), each.read) for each in column.samples],
        filled=_("%(count)d filled") % {"count": column.filled},
        unknown=not column.choice and column.filled > 0,
    )


def _options(said: list[tuple[str, str]], chosen: str) -> list[Option]:
    return [{"value": value, "text": text, "selected": value == chosen} for value, text in said]
