"""Matching two files of records without a database: CSV in, CSV out. Nothing here needs Django."""

from __future__ import annotations

from pathlib import Path

from concord.analysis.reading_records import read_records
from concord.analysis.standalone import FOUND, Report, refused, require_writable, write_table
from concord.engine import match_records
from concord.engine.backends.duckdb import DuckDB

#: From here on a pair counts as the same project, even where half of the partners are missing on the right.
#: Source: docs/methods/linkage.md, "What the scores mean".
MATCHED = 0.8
MATCH_COLUMNS = ("left_id", "right_id", "score")
MATCH_PARTS = ("evidence", "terms")


def match_files(left: Path, right: Path, out: Path, *, explain: bool = False) -> Report:
    """Write which records of two CSV files may be the same project: MATCH_COLUMNS, best first.

    Args:
        left, right: CSV files with `reading_records.COLUMNS`; only `id` and `title` are needed.
        explain: also write the evidence in words and the waterfall of terms (JSON).

    Raises:
        BadInput: a file cannot be read or written, or is no table of records.
    """
    require_writable(out, left, right)
    sheets = (read_records(left), read_records(right))
    if any(sheet.problems for sheet in sheets):
        return refused(*sheets)
    found = match_records(sheets[0].table, sheets[1].table, backend=DuckDB(), explain=explain)
    write_table(out, MATCH_COLUMNS + (MATCH_PARTS if explain else ()), found)
    best: dict[str, float] = {}
    for one, score in zip(found["left_id"].to_pylist(), found["score"].to_pylist(), strict=True):
        best.setdefault(one, score)
    figures = {
        "left": len(sheets[0].table),
        "right": len(sheets[1].table),
        "pairs": len(found),
        "matched_from": MATCHED,
        "matched": sum(score >= MATCHED for score in best.values()),
        "to_be_looked_at_from": FOUND,
        "to_be_looked_at": sum(FOUND <= score < MATCHED for score in best.values()),
        "out": str(out),
    }
    warnings = sheets[0].warnings + sheets[1].warnings
    return Report(figures, warnings, (), tuple(found.slice(0, 10).to_pylist()) if explain else ())
