"""Evidence sheets: one case as a paper for the people who talk it over, in Word or as PDF.

A members' paper, never published. One file per format; what they say comes from `case`.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from concord.kernel.errors import BadInput
from concord.publication.sheets import docx, pdf
from concord.publication.sheets.case import sheet_of

if TYPE_CHECKING:
    from concord.analysis.queries import CaseRead

MAKERS: Final = {"docx": docx.make, "pdf": pdf.make}
MEDIA_TYPES: Final = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def make_sheet(read: CaseRead, format_name: str, *, on: date) -> bytes:
    """The evidence sheet of a case as its reader may see it, the same bytes on the same day.

    Raises:
        BadInput: there is no such format.
    """
    if format_name not in MAKERS:
        raise BadInput(f"There is no format “{format_name}”. Choose {' or '.join(MAKERS)}.")
    return MAKERS[format_name](sheet_of(read, on=on))


def sheet_name(read: CaseRead) -> str:
    """What the file is called, without its ending: the marking stands in the name."""
    marking = sheet_of(read, on=read.on).marking.replace(":", "-").replace("+", "-")
    return f"case-{read.case.key}-{marking}"
