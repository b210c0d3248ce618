"""A column of a sheet: its place, its heading, and the field that it is read as. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from concord.intake.formats.parts import column_letters

KNOWN, NEAR, CELLS, CHOSEN, UNKNOWN = "known", "near", "cells", "chosen", ""
"""How a column got its field: its heading is in the vocabulary, or like a word of it; its cells showed it; a
person chose it. UNKNOWN: it has none."""

YEARLY: Final = "budget_year"
"""The field of columns that hold an amount for one year each; a sheet may have several."""

NUMBERING, OTHER_LANGUAGE, SECOND, IGNORED = "numbering", "other-language", "second", "ignored"
"""Why a column whose heading is understood has no field."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a sheet: its place (0 is the first), its heading as written ("" without), its field.

    currency, factor: what the heading says of its amounts (EUR, 1000 for thousands). detail: the year of
    a column of amounts by year. how: how it got its field. meant: the field that its heading means where
    another column was taken for it; left: why it has no field then.
    """

    index: int
    heading: str
    field: str = ""
    currency: str = ""
    factor: int = 1
    detail: str = ""
    how: str = KNOWN
    meant: str = ""
    left: str = ""

    @property
    def shown(self) -> str:
        """How messages name it: by its heading, or by its letters where it has none."""
        return self.heading or self.letters

    @property
    def letters(self) -> str:
        """Its letters as a spreadsheet shows them."""
        return column_letters(self.index)
