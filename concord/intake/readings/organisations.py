"""Lists of organisations as people write them: shares in per cent, and commas between known names. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from concord.intake.vocabulary import is_not_stated
from concord.kernel.money import CENT

WHOLE = Decimal(100)

_SHARE = re.compile(
    r"[\s(:,–—-]*(?<![\d.,])(\d{1,3}(?:[.,]\d{1,2})?)\s?(?:%|percent|per cent)\)?", re.IGNORECASE
)
_SHARE_FIRST = re.compile(
    r"^\(?(\d{1,3}(?:[.,]\d{1,2})?)\s?(?:%|percent|per cent)\)?[\s:]*(?:by|from|of)?\s*(?=\D)", re.IGNORECASE
)
_BETWEEN_SHARES = re.compile(r"[\s,;/+&]+(?:and\s+)?")
_GOES_ON = re.compile(r"(?:[,&/–-]|\b(?:and|of|for|the|in|i|dhe|et|und|za|e|për))$")
_COMMAS = re.compile(r"\s*,\s*(?![^()]*\))|\s+/\s+|\s*/\s*(?![^()]*\))|\s+(?:and|&|\+|i|dhe|et|und)\s+")


@dataclass(frozen=True, slots=True)
class Named:
    """One organisation as written, with its share in per cent where the cell states one."""

    name: str
    share: Decimal | None = None


def unwrapped(cell: str) -> str:
    """A cell without the line ends inside a name; a next line that begins like a name is another one.

    A cell with escapes was written by Concord, which ends no line inside a name.
    """
    if "\n" not in cell or "\\" in cell:
        return cell
    first, *others = (line.strip() for line in cell.split("\n"))
    lines = [first]
    for line in others:
        goes_on = line[:1].islower() or line.startswith("(") or _GOES_ON.search(lines[-1])
        if line and lines[-1] and goes_on:
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return "\n".join(lines)


def listed(parts: Iterable[str]) -> list[Named]:
    """The organisations of the parts of a cell, with their shares: "EU 80%, Germany 20%" are two.

    Each once, in the order written; what says that there is nothing ("-", "tbc") is left out.
    """
    found: dict[str, Named] = {}
    for part in parts:
        for named in _shared(part):
            found.setdefault(named.name, named)
    return list(found.values())


def divided(parts: Iterable[str], is_known: Callable[[str], bool]) -> list[Named]:
    """The same, with a name also divided at commas, "/" and "and" where every piece is a known name."""
    found: dict[str, Named] = {}
    for named in listed(parts):
        pieces = pieces_of(named.name)
        whole = named.share is not None or len(pieces) < 2 or is_known(named.name)
        for piece in [named] if whole or not all(map(is_known, pieces)) else map(Named, pieces):
            found.setdefault(piece.name, piece)
    return list(found.values())


@lru_cache(maxsize=65536)
def _shared(part: str) -> tuple[Named, ...]:
    found = _with_shares(part.strip(" ,")) if _SHARE.search(part) else [Named(part)]
    return tuple(named for named in found if named.name and not is_not_stated(named.name))


@lru_cache(maxsize=65536)
def pieces_of(name: str) -> tuple[str, ...]:
    """What a name would be divided into at commas, "/" and "and"."""
    return tuple(piece for piece in _COMMAS.split(name) if piece and not is_not_stated(piece))


def shared_out(amount: Decimal, shares: Sequence[Decimal]) -> list[Decimal]:
    """An amount by shares that sum to 100, in cents; what rounding leaves goes to the largest share."""
    parts = [(amount * share / WHOLE).quantize(CENT, rounding=ROUND_HALF_UP) for share in shares]
    parts[shares.index(max(shares))] += amount - sum(parts)
    return parts


def _with_shares(line: str) -> list[Named]:
    if found := _SHARE_FIRST.match(line):  # "80 % European Union, 20 % Germany"
        pieces = re.split(r"[\s,/+&]+(?:and\s+)?(?=\(?\d{1,3}(?:[.,]\d{1,2})?\s?%)", line)
        firsts = [_SHARE_FIRST.match(piece) for piece in pieces]
        if all(firsts):
            return [
                Named(piece[match.end() :].strip(" ,()"), _decimal(match[1]))
                for piece, match in zip(pieces, firsts, strict=True)
                if match
            ]
    named, last = [], 0
    for found in _SHARE.finditer(line):
        between = line[last : found.start()]
        name = (
            _BETWEEN_SHARES.sub("", between, count=1) if last and _BETWEEN_SHARES.match(between) else between
        )
        named.append(Named(name.strip(" ,:("), _decimal(found[1])))
        last = found.end()
    rest = line[last:].strip(" ,)")
    return [*named, *([Named(rest)] if rest else [])]


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))
