"""The naming table as pages ask it: names, short forms and order of the places that a framework serves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from concord.kernel.codelists import PLACES

if TYPE_CHECKING:
    from concord.plan.queries import NamedPlace


class Places:
    """The naming table, asked for names, short forms and order."""

    def __init__(self, table: Sequence[NamedPlace]) -> None:
        self.table = list(table)
        self._by_code = {place.code: place for place in table}

    def name(self, code: str) -> str:
        """The name people read; for a place outside the table its usual name."""
        return self._by_code[code].name if code in self._by_code else PLACES.get(code, code)

    def short(self, code: str) -> str:
        """The short form; for a place outside the table its usual name."""
        return self._by_code[code].short if code in self._by_code else PLACES.get(code, code)

    def order(self, codes: Iterable[str]) -> list[str]:
        """Codes in the table's order, other places after them by name."""
        return sorted(codes, key=lambda code: (self._place(code), self.name(code)))

    def shorts(self, codes: Iterable[str]) -> str:
        """Short forms in order: "ALB, KOS*"."""
        return ", ".join(self.short(code) for code in self.order(codes))

    def names(self, codes: Iterable[str]) -> str:
        """Names in order."""
        return ", ".join(self.name(code) for code in self.order(codes))

    def _place(self, code: str) -> int:
        return self._by_code[code].order if code in self._by_code else len(self._by_code) + 100

    @property
    def footnote(self) -> str:
        """What the asterisk in the table's names refers to, or empty: for pages that name every place."""
        return next((place.footnote for place in self.table if place.footnote), "")

    def footnote_for(self, codes: Iterable[str]) -> str:
        """The same for pages that name only some places; empty where none of these has a footnote."""
        named = set(codes)
        return next((place.footnote for place in self.table if place.footnote and place.code in named), "")
