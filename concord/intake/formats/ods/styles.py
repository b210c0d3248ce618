"""Styles of an OpenDocument sheet: which show a date without its day, and which hide a sheet."""

from __future__ import annotations

from dataclasses import dataclass, field

from concord.intake.formats.ods.names import NUMBER, STYLE, TABLE
from concord.intake.formats.xml import Attributes


@dataclass(slots=True)
class Styles:
    """Gathers styles as they are declared, before the sheets.

    hidden_tables: names of styles that keep a sheet from being shown.
    """

    hidden_tables: set[str] = field(default_factory=set)
    _date_style_of: dict[str, str] = field(default_factory=dict)
    _parts_of_date: dict[str, set[str]] = field(default_factory=dict)
    _style: str = ""
    _date_style: str = ""

    def start(self, name: str, attributes: Attributes) -> None:
        """One element of the declarations of styles."""
        if name == f"{STYLE}style":
            self._style = attributes.get(f"{STYLE}name", "")
            self._date_style_of[self._style] = attributes.get(f"{STYLE}data-style-name", "")
        elif name == f"{STYLE}table-properties":
            if attributes.get(f"{TABLE}display") == "false":
                self.hidden_tables.add(self._style)
        elif name == f"{NUMBER}date-style":
            self._date_style = attributes.get(f"{STYLE}name", "")
            self._parts_of_date[self._date_style] = set()
        elif name.startswith(NUMBER) and self._date_style:
            self._parts_of_date[self._date_style].add(name.removeprefix(NUMBER))

    def end(self, name: str) -> None:
        """The end of one element."""
        if name == f"{NUMBER}date-style":
            self._date_style = ""

    def precision(self, style: str) -> str:
        """ "month" or "year" where cells of this style show a date without its day; else ""."""
        shown = self._parts_of_date.get(self._date_style_of.get(style, ""), set())
        if "year" not in shown or shown & {"day", "day-of-week", "hours", "quarter", "week-of-year"}:
            return ""
        return "month" if "month" in shown else "year"
