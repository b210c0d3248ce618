"""A table of text as a workbook to take away; nothing in it is a formula."""

from __future__ import annotations

import io
from collections.abc import Sequence

from django.http import HttpResponse
from xlsxwriter import Workbook

from concord.web.downloads import attachment

WIDE = 34
NARROW = 16


def workbook_of(headings: Sequence[str], rows: Sequence[Sequence[str]], *, called: str) -> HttpResponse:
    """One sheet with its headings frozen; `called` is the file's name without its ending."""
    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet()
    heading = book.add_format({"bold": True, "text_wrap": True})
    for column, text in enumerate(headings):
        sheet.write_string(0, column, text, heading)
        sheet.set_column(column, column, NARROW if column else WIDE)
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row):
            sheet.write_string(number, column, text)
    sheet.freeze_panes(1, 1)
    book.close()
    return attachment(buffer.getvalue(), format_name="xlsx", called=called)
