"""CSV: the actions in the columns of the template, in UTF-8 with a mark, as text that no spreadsheet runs."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from io import StringIO
from typing import Any

from concord.kernel.texts import marked, plain
from concord.publication.exports.cells import filled, sheet_of


def make(document: Mapping[str, Any], *, called: str = "") -> bytes:  # noqa: ARG001  (one face for all)
    """One row for each action, in the document's order; the same bytes each time."""
    sheet = sheet_of(document)
    stream = StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(sheet.columns)
    for row in sheet.rows:
        writer.writerow([marked(plain(cell)) for cell in filled(sheet.columns, row)])
    return stream.getvalue().encode("utf-8-sig")
