"""What an import tells: the JSON that others build on, and the same in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from concord.intake.formats.parts import UnreadableFile
from concord.intake.preview import Counts, Preview
from concord.intake.problems import Problem, Severity
from concord.intake.services import Receipt

SHOWN_ROWS = 8  # of those of which the same is said
COUNTED = ("rows", "new", "changed", "same", "conflict", "skipped")


def as_json(receipt: Receipt) -> dict[str, Any]:
    """The answer of `import --json` (design.md, section 6)."""
    preview = receipt.preview
    return {
        "file": preview.file_name,
        "sha256": preview.sha256,
        "sheets": _sheets(preview),
        **{name: getattr(preview.counts, name) for name in COUNTED},
        "problems": [problem.as_json() for problem in preview.problems],
        "applied": receipt.applied,
        "receipt": receipt.input.key if receipt.input else None,
    }


def unreadable_as_json(file_name: str, sha256: str, error: UnreadableFile) -> dict[str, Any]:
    """The same answer for a file that could not be read at all."""
    return {
        "file": file_name,
        "sha256": sha256,
        "sheets": [],
        **dict.fromkeys(COUNTED, 0),
        "problems": [error.as_problem().as_json()],
        "applied": False,
        "receipt": None,
    }


def _sheets(preview: Preview) -> list[dict[str, Any]]:
    read = [
        {"name": sheet.name, "header_row": sheet.header_row, "rows": preview.rows_in(sheet)}
        for sheet in preview.mapping.sheets
    ]
    return read + [{"name": name, "header_row": None, "rows": 0} for name in preview.mapping.unread]


def sentences(receipt: Receipt, *, dry_run: bool) -> Iterator[str]:
    """The lines that a person reads: what happened, then every problem with its place and remedy."""
    preview = receipt.preview
    yield f"{preview.file_name}: {summary(preview.counts)}."
    yield _what_happened(receipt, dry_run=dry_run)
    for severity, word in (
        (Severity.ERROR, "error"),
        (Severity.QUESTION, "question"),
        (Severity.WARNING, "warning"),
    ):
        found = [problem for problem in preview.problems if problem.severity is severity]
        if found:
            yield ""
            yield f"{len(found)} {word}{'' if len(found) == 1 else 's'}"
            for alike in _alike(found):
                yield from problem_lines(preview.file_name, alike[0], more=[p.row for p in alike[1:]])


def summary(counts: Counts) -> str:
    """The counts as one sentence without its full stop: "212 rows: 180 new, 24 changed, 8 the same"."""
    parts = [
        (counts.new, "new"),
        (counts.changed, "changed"),
        (counts.same, "the same"),
        (counts.conflict, "in conflict with what a person set"),
        (counts.skipped, "with errors"),
    ]
    told = ", ".join(f"{count:,} {words}" for count, words in parts if count)
    return f"{counts.rows:,} row{'' if counts.rows == 1 else 's'}" + (f": {told}" if told else "")


def _alike(problems: list[Problem]) -> list[list[Problem]]:
    """Problems that say the same of other rows stand together, at the place of the first."""
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for p in problems:
        groups.setdefault((p.rule, p.sheet, p.column, p.value, p.message), []).append(p)
    return list(groups.values())


def problem_lines(file_name: str, problem: Problem, *, more: Sequence[int | None] = ()) -> Iterator[str]:
    """Where, what and what to do: file, sheet, row, column, value, message, remedy.

    more: the other rows of which the same is to be said.
    """
    place = [file_name]
    if problem.sheet:
        place.append(f"sheet {problem.sheet}")
    if problem.row is not None:
        place.append(f"row {problem.row}" + _and_rows(more))
    if problem.column:
        place.append(f"column {problem.column}")
    value = f" “{_one_line(problem.value)}”" if problem.value else ""
    yield f"  {', '.join(place)}:{value}"
    yield f"    {problem.message}"
    yield f"    {problem.remedy}"


def _and_rows(more: Sequence[int | None]) -> str:
    if not more:
        return ""
    shown = ", ".join(str(row) for row in more[:SHOWN_ROWS])
    rest = f" and {len(more) - SHOWN_ROWS:,} more" if len(more) > SHOWN_ROWS else ""
    return f" (also {shown}{rest})"


def _what_happened(receipt: Receipt, *, dry_run: bool) -> str:
    counts = receipt.preview.counts
    if receipt.repeated and receipt.input:
        return f"This file was applied before (receipt {receipt.input.key}). Nothing was changed."
    if dry_run:
        return "Nothing was written: this was a dry run."
    if not receipt.applied or receipt.input is None:
        return "Nothing was applied. Mend the errors and import the file again."
    left = f" {counts.skipped:,} with errors stay with it, to be mended." if counts.skipped else ""
    return f"Applied {counts.stored:,} rows, receipt {receipt.input.key}.{left}"


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 120 else line[:117] + "…"
