"""Text that stays text in a spreadsheet: the apostrophe in front of what it would calculate, and back.

Source: OWASP, "CSV Injection"; reliability targets, S13.
"""

from __future__ import annotations

import re

_LIVE = re.compile(r"'*[=+\-@\t\r\n]")
_MARKED = re.compile(r"''*[=+\-@\t\r\n]")


def marked(text: str) -> str:
    """The text as a cell that no spreadsheet runs: one more apostrophe where it might."""
    return f"'{text}" if _LIVE.match(text) else text


def unmarked(cell: str) -> str:
    """The text of a cell: what `marked` makes becomes what it was, everything else stays."""
    return cell[1:] if _MARKED.match(cell) else cell
