"""Reads of remembered layouts: those of a source, and the one that fits a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from concord.intake.formats.parts import Sheet, Sheets
from concord.intake.layouts import ORIGIN, signature_of
from concord.intake.models import RememberedLayout
from concord.intake.tables import HEADING_SEARCHED_ROWS
from concord.kernel.canonical import sha256_hex

if TYPE_CHECKING:
    from concord.intake.preview import Target


def remembered_layouts(target: Target) -> QuerySet[RememberedLayout]:
    """The layouts in force for a source, the newest first."""
    return RememberedLayout.objects.filter(
        framework=target.framework,
        organisation=target.organisation,
        org_column=target.org_column,
        forgotten_at=None,
    ).select_related("saved_by")


def layout_for(headings: Sequence[str], target: Target) -> RememberedLayout | None:
    """The layout that was saved for a sheet with these headings, in whatever order; None without."""
    return remembered_layouts(target).filter(signature=signature(headings)).first()


def remembered_document(sheets: Sheets, target: Target) -> dict[str, Any]:
    """The layout of a file as it was saved last time, sheet by sheet; {} where no sheet is known."""
    by_signature = {one.signature: one for one in remembered_layouts(target)}
    if not by_signature:
        return {}
    document: dict[str, Any] = {}
    days = []
    for sheet in sheets.sheets:
        for number, told in _signatures(sheet):
            if (known := by_signature.get(told)) is not None:
                document[sheet.name] = {**known.layout, "header_row": number}
                days.append(known.saved_at)
                break
    if days:
        document[ORIGIN] = f"The columns were read as they were set on {max(days):%-d %B %Y}."
    return document


def signature(headings: Iterable[str]) -> str:
    """What tells a sheet by its headings, whatever their order."""
    return sha256_hex(signature_of(list(headings)).encode())


def _signatures(sheet: Sheet) -> list[tuple[int, str]]:
    return [(row.number, signature(row.cells)) for row in sheet.rows if row.number <= HEADING_SEARCHED_ROWS]
