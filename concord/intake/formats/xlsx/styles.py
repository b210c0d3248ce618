"""Cell styles whose number format shows a date as a month or a year only."""

from __future__ import annotations

import re
from xml.parsers import expat

from concord.intake.formats.xml import Attributes, local

_TEXT_IN_FORMAT = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
MONTH_FORMATS = {17}  # mmm-yy, built in. Source: ECMA-376 part 1, 18.8.30
FIRST_CUSTOM_FORMAT = 164


class Styles:
    """Finds the cell styles whose number format shows a date as a month or a year only."""

    def __init__(self, parser: expat.XMLParserType, precisions: dict[int, str]) -> None:
        self._precisions = precisions
        self._formats: dict[int, str] = {}
        self._in_cell_styles = False
        self._style = 0
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: Attributes) -> None:
        tag = local(name)
        if tag == "numFmt" and attributes.get("numFmtId", "").isdecimal():
            self._formats[int(attributes["numFmtId"])] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            self._in_cell_styles = True
        elif tag == "xf" and self._in_cell_styles:
            number = attributes.get("numFmtId", "")
            if number.isdecimal() and (precision := self._precision(int(number))):
                self._precisions[self._style] = precision
            self._style += 1

    def _end(self, name: str) -> None:
        if local(name) == "cellXfs":
            self._in_cell_styles = False

    def _precision(self, number: int) -> str:
        if number < FIRST_CUSTOM_FORMAT:
            return "month" if number in MONTH_FORMATS else ""
        shown = _TEXT_IN_FORMAT.sub("", self._formats.get(number, "")).casefold()
        if "y" not in shown or "d" in shown or "h" in shown:
            return ""
        return "month" if "m" in shown else "year"
