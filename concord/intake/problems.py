"""What is wrong, doubtful or worth knowing in a file, each with its place and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """ERROR: cannot be stored, the row stays out. QUESTION: a reading is proposed and stays open.
    WARNING: stored as written, worth a look."""

    ERROR = "error"
    QUESTION = "question"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to tell about a file.

    row is the file's own number, starting at 1 (None: the whole sheet or file); column is the
    heading as the file writes it; value is the cell as written. rule is a stable short name,
    reading what Concord takes the value for ("" where it takes it for nothing else).
    """

    severity: Severity
    rule: str
    message: str
    remedy: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    reading: str = ""

    def as_json(self) -> dict[str, Any]:
        """The keys of `import --json`, which others build on (design.md, section 6)."""
        facts = asdict(self)
        return {
            key: facts[key]
            for key in ("severity", "sheet", "row", "column", "value", "rule", "message", "remedy")
        }


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Errors first, then questions, then warnings; each by sheet and row as the file has them."""
    rank = {Severity.ERROR: 0, Severity.QUESTION: 1, Severity.WARNING: 2}
    return sorted(problems, key=lambda problem: (rank[problem.severity], problem.sheet, problem.row or 0))


def rows_with_errors(problems: Iterable[Problem]) -> set[tuple[str, int]]:
    """The (sheet, row) of every row that holds an error."""
    return {(p.sheet, p.row) for p in problems if p.severity is Severity.ERROR and p.row is not None}
