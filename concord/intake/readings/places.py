"""Beneficiaries as people write them: names in many languages, old names, codes, "WB6 except …". Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from concord.intake.context import Context
from concord.intake.readings.said import Said, asked, refused
from concord.intake.vocabulary import doubtful_places, is_not_stated, pattern_of, word_key, words
from concord.kernel.codelists import PLACES

TEMPLATE_COLUMN = "beneficiaries"
"""The heading of the template, exactly as it writes it: its cells hold ISO codes."""

_BETWEEN = re.compile(r"\s*(?:[,/&+|•]|\band\b|\bi\b|\bdhe\b|\bet\b|\bund\b|\s-\s)\s*")
_CODE = re.compile(r"[A-Z]{2}")
_OTHER_SYSTEMS = frozenset(
    {
        "BH",
        "KS",
        "SCG",
        "YU",
        "CG",
        "BIH",
        "SRB",
        "MNE",
        "MKD",
        "ALB",
        "KOS",
        "KOS*",
        "UNMIK",
        "FYROM",
        "SRPSKA",
        "FBIH",
    }
)
_IN_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")


@dataclass(frozen=True, slots=True)
class PlacesReading:
    """The codes that a part of a cell states, in its order, and what there is to say."""

    codes: tuple[str, ...] = ()
    said: Said | None = None


def settles_codes(heading: str, cells: Iterable[str]) -> bool:
    """Whether a column itself shows that its two letters are ISO codes, so that RS is Serbia.

    The template's own column does. Another column does where at least one cell holds AL, BA, ME or XK,
    which mean one thing only. Neither does where a cell uses another system (BH, KS, SCG, SRB, BiH …).

    Source: docs/intake.md, "Beneficiaries".
    """
    parts = {part.strip() for cell in cells for part in re.split(r"[;,/\n&+]", cell)}
    if any(part.upper() in _OTHER_SYSTEMS for part in parts):
        return False
    return heading.strip() == TEMPLATE_COLUMN or bool(parts & {"AL", "BA", "ME", "XK"})


def read_places(part: str, context: Context, *, codes_settled: bool) -> PlacesReading:
    """The places that one part of a list names.

    Args:
        codes_settled: as `settles_codes` answers for the column.

    Returns:
        Codes. A doubtful name comes with a question; one that is no place at all is an error.
    """
    if is_not_stated(part):
        return PlacesReading()
    if (read := _one(part, context, codes_settled)) is not None:
        return read
    pieces = [piece for piece in _BETWEEN.split(part) if piece]
    readings = [_one(piece, context, codes_settled) for piece in pieces]
    if len(pieces) > 1 and all(readings):
        known = [reading for reading in readings if reading]
        codes = tuple(dict.fromkeys(code for reading in known for code in reading.codes))
        if all(reading.said is None for reading in known):
            return PlacesReading(codes)
        doubt = next(reading.said for reading in known if reading.said)
        return PlacesReading(
            codes, asked(doubt.rule, doubt.message, doubt.remedy, _names(codes, context), value=part)
        )
    return PlacesReading(said=_unknown(part, context))


def _one(part: str, context: Context, codes_settled: bool) -> PlacesReading | None:
    key = word_key(part).strip(" .")
    if _CODE.fullmatch(part) and codes_settled and part in PLACES:
        return PlacesReading((part,))
    doubtful = doubtful_places().get(key) or doubtful_places().get(key.rstrip("* "))
    if doubtful:
        codes, why = doubtful
        reading = _names(codes, context)
        return PlacesReading(
            codes,
            asked(
                "doubtful-beneficiary",
                f"“{part[:80]}” is {why}. It was read as {reading}.",
                "Confirm the reading, or name each beneficiary by its name.",
                reading,
                value=part,
            ),
        )
    if code := context.place(part):
        return PlacesReading((code,))
    if key in words("everywhere", "all"):
        return _everywhere(part, tuple(context.served), context)
    if found := _except().fullmatch(key):
        return _all_but(part, found, context, codes_settled)
    bare = _IN_BRACKETS.sub("", part)
    if bare and bare != part and (code := context.place(bare)):
        return _with_more(part, code, context)
    return None


@cache
def _except() -> re.Pattern[str]:
    every, but = pattern_of("everywhere", "all"), pattern_of("everywhere", "except")
    return re.compile(rf"(?P<all>{every})\s*[,(:]*\s*{but}\s*:?\s+(?P<out>.+?)\)?")


def _all_but(part: str, found: re.Match[str], context: Context, codes_settled: bool) -> PlacesReading | None:
    out: list[str] = []
    pieces = [context.place(found["out"])] if context.place(found["out"]) else []
    if not pieces:
        readings = [_one(piece, context, codes_settled) for piece in _BETWEEN.split(found["out"]) if piece]
        if not all(readings):
            return None
        pieces = [code for reading in readings if reading for code in reading.codes]
    out += pieces
    return _everywhere(part, tuple(code for code in context.served if code not in out), context)


def _everywhere(part: str, codes: tuple[str, ...], context: Context) -> PlacesReading | None:
    if not codes:
        return None
    reading = _names(codes, context)
    return PlacesReading(
        codes,
        asked(
            "all-beneficiaries",
            f"“{part[:80]}” names no beneficiary by itself. It was read as {reading}.",
            "Confirm it only if the action reaches each of them; otherwise name those that it reaches.",
            reading,
            value=part,
        ),
    )


def _with_more(part: str, code: str, context: Context) -> PlacesReading:
    reading = _names((code,), context)
    return PlacesReading(
        (code,),
        asked(
            "beneficiary-in-text",
            f"“{part[:80]}” says more than a name of a place. It was read as {reading}.",
            "Confirm the reading, or write the name of the beneficiary alone.",
            reading,
            value=part,
        ),
    )


def _unknown(part: str, context: Context) -> Said:
    served = ", ".join(f"{name} ({code})" for code, name in context.served.items())
    return refused(
        "unknown-beneficiary",
        f"“{part[:500]}” is no beneficiary and no other place that is known.",
        f"Name each beneficiary by its name or code, separated by semicolons: {served}.",
        value=part,
    )


def _names(codes: Collection[str], context: Context) -> str:
    return ", ".join(context.place_name(code) for code in codes)
