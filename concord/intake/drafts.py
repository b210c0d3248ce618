"""Rows of a draft that somebody only wants to check: read and checked like a file handed in, and not kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from concord.intake.checks import CheckedRow, check_rows
from concord.intake.files import open_bytes
from concord.intake.formats.parts import UnreadableFile
from concord.intake.knowing import context_of
from concord.intake.mapping import map_sheets
from concord.intake.preview import Target
from concord.intake.problems import Severity

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.plan.models import Framework

TEXT_SUFFIXES: Final = (".txt", ".md")
"""A file of plain text is one draft: its first line is the title, the rest what it is about."""

TEXT_BYTES: Final = 1_000_000
SAVE_AS_UTF8: Final = "Save it as “plain text, UTF-8”, or copy the text into the form."


@dataclass(frozen=True, slots=True)
class Draft:
    """One row of a draft. place: where it stands, as people find it; problems: why it cannot be read."""

    place: str
    title: str = ""
    summary: str = ""
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    start: str = ""
    end: str = ""
    amount: Decimal | None = None
    currency: str = ""
    key: str = ""
    problems: tuple[str, ...] = ()


def drafts_in(name: str, content: bytes, framework: Framework, *, actor: Person) -> list[Draft]:
    """The drafts that a file holds, in its order: one per row of its tables of actions, one for a plain text.

    Tables are read in the child process, as every file from outside. Nothing is stored, and no name of the
    file becomes a path.

    Raises:
        UnreadableFile: no file that can be read, or no table of actions in it; it says what to do.
    """
    if PurePath(name).suffix.casefold() in TEXT_SUFFIXES:
        return [_text_draft(content)]
    file = open_bytes(name, content)
    mapping = map_sheets(file.sheets.sheets)
    context = context_of(mapping, file, Target(framework), actor=actor)
    rows = [row for row in check_rows(mapping.sheets, context) if row.holds == "actions"]
    rows = [row for row in rows if row.fields or row.problems]
    if not rows:
        raise UnreadableFile(
            "no-drafts",
            "No row of an action was found in this file.",
            "A table needs a heading “title” above its rows. A text without a table: copy it into the form.",
        )
    several = len({row.sheet for row in rows}) > 1
    return [_row_draft(row, several) for row in rows]


def _text_draft(content: bytes) -> Draft:
    if len(content) > TEXT_BYTES:
        raise UnreadableFile(
            "text-too-long", "The text is longer than one page.", "Copy the part that matters."
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile("unknown-encoding", "The text is not written in UTF-8.", SAVE_AS_UTF8) from error
    if "\x00" in text:
        raise UnreadableFile("no-text", "The file is named as a text, and is none.", SAVE_AS_UTF8)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise UnreadableFile(
            "empty-file", "The file is empty.", "Choose the file again, or write the idea down."
        )
    return Draft("", title=lines[0].lstrip("# "), summary="\n".join(lines[1:]))


def _row_draft(row: CheckedRow, several: bool) -> Draft:
    place = f"{row.sheet}, row {row.number}" if several else f"row {row.number}"
    errors = tuple(
        f"{problem.message} {problem.remedy}"
        for problem in row.problems
        if problem.severity is Severity.ERROR
    )
    values = row.fields
    parts = values.get("participations", ())
    line: Mapping[str, Any] = next((each for each in values.get("funding", ()) if each["amount"]), {})
    return Draft(
        place,
        title=values.get("title", ""),
        summary=values.get("summary") or values.get("description") or "",
        lists={
            **{name: tuple(values.get(name, ())) for name in ("beneficiaries", "topics", "action_types")},
            "donors": _in_role(parts, "donor"),
            "implementers": _in_role(parts, "implementer"),
        },
        start=values.get("start", ""),
        end=values.get("end", ""),
        amount=_number(line.get("amount")),
        currency=line.get("currency", ""),
        key=row.key,
        problems=errors,
    )


def _in_role(parts: Any, role: str) -> tuple[str, ...]:
    return tuple(part["as_written"] for part in parts if part["role"] == role and part["as_written"])


def _number(value: Any) -> Decimal | None:
    try:
        return None if value in (None, "") else Decimal(str(value))
    except InvalidOperation:
        return None
