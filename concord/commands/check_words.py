"""What `concord check` reads from its options and says of an answer, with a database or without."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from concord.analysis.ideas import Idea, Like, ReadAs
from concord.kernel.codelists import (
    ACTION_TYPES,
    CURRENCIES,
    KOSOVO_FOOTNOTE,
    PLACES,
    TOPICS,
    name_of_action_type,
    name_of_topic,
)
from concord.kernel.dates import Period, parse_date
from concord.kernel.errors import BadInput
from concord.kernel.money import parse_amount
from concord.kernel.scores import said_score

SHOWN: Final = 5  # actions of a kind that the summary names; --json has all
FOUND: Final = 0.5
HEADINGS: Final = {
    "duplicate": "Perhaps the same work",
    "overlap": "To be coordinated with",
    "continuation": "May continue, or be continued by",
    "synergy": "Could be joined with",
}
LISTS: Final = ("beneficiaries", "topics", "action_types", "donors", "implementers")
_CODES: Final[Mapping[str, Iterable[str]]] = {
    "beneficiaries": PLACES,
    "topics": TOPICS,
    "action_types": ACTION_TYPES,
}


def typed_idea(options: argparse.Namespace) -> Idea:
    """The idea of the command line.

    Raises:
        BadInput: a value that cannot be read; it names the option and the remedy.
    """
    for name in ("title", "summary", *LISTS):
        if any("\ud800" <= letter <= "\udfff" for letter in getattr(options, name)):
            raise BadInput(
                f"--{name.replace('_', '-')}: this is no text in UTF-8. Type it in, or use a file."
            )
    if not options.title.strip():
        raise BadInput(
            "--title: an idea needs a title. Write in a few words what would be done and for whom."
        )
    lists: dict[str, Any] = {
        name: tuple(filter(None, map(str.strip, getattr(options, name).split(";")))) for name in LISTS
    }
    for name, codes in _CODES.items():
        wrong = [code for code in lists[name] if code not in codes]
        if wrong:
            known = ", ".join(sorted(codes)[:12])
            raise BadInput(f"--{name.replace('_', '-')}: “{wrong[0]}” is not known. Write codes: {known}, …")
    start, end = (_date(option, getattr(options, option)) for option in ("start", "end"))
    try:
        Period(parse_date(start) if start else None, parse_date(end) if end else None)
    except BadInput as error:
        raise BadInput(f"--end: {error} Mend one of the two dates.") from error
    amount, currency = _amount(options.amount), options.currency.strip().upper()
    if currency and currency not in CURRENCIES:
        raise BadInput(f"--currency: “{currency}” is no currency code. Write EUR, USD, …")
    if amount is not None and not currency:
        raise BadInput("--amount: an amount needs its currency. Add --currency EUR, USD, …")
    stated: dict[str, Any] = {"start": start, "end": end, "amount": amount, "currency": currency}
    return Idea(options.title, options.summary, **lists, **stated)


def _date(option: str, text: str) -> str:
    try:
        return parse_date(text).text if text else ""
    except BadInput as error:
        raise BadInput(f"--{option}: {error}") from error


def _amount(text: str) -> Decimal | None:
    if not text:
        return None
    try:
        return parse_amount(text)
    except BadInput as error:
        raise BadInput(f"--amount: {error}") from error


def said_reading(read: ReadAs) -> str:
    """How an idea was read, in a line."""
    said = [
        ", ".join(name_of_action_type(code).lower() for code in read.action_types),
        ", ".join(name_of_topic(code).lower() for code in read.topics),
        ", ".join(read.whom),
        ", ".join(sorted(PLACES.get(code, code) for code in read.beneficiaries)),
    ]
    return "; ".join(part for part in said if part) or "nothing that is known"


def print_footnote(reads: Iterable[ReadAs], likes: Iterable[Like]) -> None:
    """Prints what the asterisk in a place's name refers to, where one was named."""
    if any("XK" in read.beneficiaries for read in reads) or any("Kosovo*" in each.evidence for each in likes):
        print(f"\n* {KOSOVO_FOOTNOTE}")


def print_kinds(likes: Sequence[Like], titles: Mapping[str, str]) -> int:
    """Prints what was found by kind, the surest of each; gives how many there are."""
    found = [like for like in likes if like.score >= FOUND]
    for kind, heading in HEADINGS.items():
        lines = [like for like in found if like.kind == kind]
        if lines:
            print(f"  {heading}: {len(lines)}")
        for like in lines[:SHOWN]:
            print(f"    {like.key}  {said_score(like.score)}  {titles.get(like.key, '')}")
            print(f"              {like.evidence}")
    return len(found)
