"""The evidence sheet as PDF/UA, set by Typst: tagged for screen readers."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

import typst

from concord.kernel.texts import plain
from concord.publication.sheets.case import CaseSheet

TEMPLATE: Final = Path(__file__).with_name("case.typ")


def make(sheet: CaseSheet) -> bytes:
    """The paper, the same bytes for the same sheet. Nothing is fetched: the fonts are the library's own.

    Source: ISO 14289-1 (PDF/UA-1), which Typst checks while it writes.
    """
    told = json.dumps(asdict(sheet), ensure_ascii=False)
    return typst.compile(
        TEMPLATE,
        format="pdf",
        sys_inputs={"sheet": plain(told)},
        pdf_standards="ua-1",
        ignore_system_fonts=True,
        timestamp=0,
    )
