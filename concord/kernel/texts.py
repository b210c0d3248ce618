"""Text that stays text: what a file can hold, and what a spreadsheet might take for a formula."""

from __future__ import annotations

import re

LIVE = ("=", "+", "-", "@", "\t", "\r", "\n")
"""How a text begins that a spreadsheet might calculate. Source: OWASP, "CSV Injection"."""

_LIVE = re.compile(r"'*[=+\-@\t\r\n]")
_MARKED = re.compile(r"''*[=+\-@\t\r\n]")

# Characters that XML 1.0 cannot hold, and the overrides that turn the reading direction of what follows.
_UNWRITABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]"
)


def plain(text: str) -> str:
    """The text without what XML cannot hold (NUL) or what turns the line around; CR becomes LF."""
    return _UNWRITABLE.sub("", str(text)).replace("\r\n", "\n").replace("\r", "\n")


def marked(text: str) -> str:
    """The text as a cell of a CSV file that no spreadsheet runs: one more apostrophe where it might.

    Source: OWASP, "CSV Injection"; reliability targets, S13.
    """
    return f"'{text}" if _LIVE.match(text) else text


def unmarked(cell: str) -> str:
    """The text of a cell: what `marked` makes becomes what it was, everything else stays."""
    return cell[1:] if _MARKED.match(cell) else cell
