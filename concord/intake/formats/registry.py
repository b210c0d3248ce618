"""The formats that are read: one line each."""

from __future__ import annotations

from typing import Final

from concord.intake.formats.csv.reader import FORMAT as CSV
from concord.intake.formats.docx.reader import FORMAT as DOCX
from concord.intake.formats.iati.reader import FORMAT as IATI
from concord.intake.formats.json.reader import FORMAT as JSON
from concord.intake.formats.ods.reader import FORMAT as ODS
from concord.intake.formats.parts import Format
from concord.intake.formats.xls.reader import FORMAT as XLS
from concord.intake.formats.xlsx.reader import FORMAT as XLSX

FORMATS: Final[dict[str, Format]] = {form.name: form for form in (CSV, XLSX, XLS, ODS, DOCX, IATI, JSON)}
