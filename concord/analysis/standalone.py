"""The analysis of files without a database: CSV in, CSV out. Nothing here needs Django."""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from concord.analysis.reading_csv import Sheet, read_actions, read_needs
from concord.engine import find_relations, measure_coverage
from concord.engine.backends.duckdb import DuckDB
from concord.kernel.errors import BadInput

#: A pair from here on counts as found. Source: design.md section 6.
FOUND = 0.5
RELATION_COLUMNS = ("id_a", "id_b", "kind", "score", "evidence")
RELATION_PARTS = ("p_duplicate", "p_continuation", "p_overlap", "p_synergy", "terms")
COVERAGE_COLUMNS = ("need_id", "action_id", "score", "evidence")
COVERAGE_PARTS = ("terms",)


@dataclass(frozen=True)
class Report:
    """What a command did: figures for people and for --json, warnings, problems that stopped it.

    best: the rows to explain, best first. written: False where problems stopped it; no file was touched.
    """

    figures: dict[str, Any]
    warnings: tuple[str, ...]
    problems: tuple[str, ...]
    best: tuple[dict[str, Any], ...] = field(default=())

    @property
    def written(self) -> bool:
        return not self.problems


def relate_file(actions: Path, out: Path, *, explain: bool = False, today: date | None = None) -> Report:
    """Write the relations between the actions of a CSV file to another: columns RELATION_COLUMNS, best first.

    Args:
        actions: a CSV file with the columns of the project's template; only `id` and `title` are needed.
        explain: also write the probability of each kind and the waterfall of terms (JSON).
        today: see `engine.find_relations`.

    Raises:
        BadInput: a file cannot be read or written, or is no table of actions.
    """
    _require_writable(out, actions)
    sheet = read_actions(actions)
    if sheet.problems:
        return _refused(sheet)
    found = find_relations(sheet.table, backend=DuckDB(), today=today)
    _write(out, RELATION_COLUMNS + (RELATION_PARTS if explain else ()), found)
    related = [
        kind
        for kind, score in zip(_column(found, "kind"), _column(found, "score"), strict=True)
        if score >= FOUND
    ]
    figures = {
        "actions": len(sheet.table),
        "pairs": len(found),
        "found": len(related),
        "kinds": dict(sorted(Counter(related).items())),
        "out": str(out),
    }
    return Report(figures, sheet.warnings, (), tuple(found.slice(0, 10).to_pylist()) if explain else ())


def cover_files(
    actions: Path, needs: Path, out: Path, *, explain: bool = False, today: date | None = None
) -> Report:
    """Write which actions answer which needs: columns COVERAGE_COLUMNS, by need, best first.

    Args and raises as in `relate_file`; needs: only `id` and `statement` are needed.
    """
    _require_writable(out, actions, needs)
    sheets = (read_actions(actions), read_needs(needs))
    if any(sheet.problems for sheet in sheets):
        return _refused(*sheets)
    found = measure_coverage(sheets[0].table, sheets[1].table, backend=DuckDB(), today=today)
    _write(out, COVERAGE_COLUMNS + (COVERAGE_PARTS if explain else ()), found)
    scored = list(zip(_column(found, "need_id"), _column(found, "score"), strict=True))
    answered = {need for need, score in scored if score >= FOUND}
    figures = {
        "actions": len(sheets[0].table),
        "needs": len(sheets[1].table),
        "pairs": len(found),
        "found": sum(score >= FOUND for _, score in scored),
        "needs_without_found": len(sheets[1].table) - len(answered),
        "out": str(out),
    }
    warnings = sheets[0].warnings + sheets[1].warnings
    best = sorted(found.to_pylist(), key=lambda row: -row["score"])[:10] if explain else []
    return Report(figures, warnings, (), tuple(best))


def waterfall(row: dict[str, Any]) -> Iterator[str]:
    """The lines that explain one found row: its evidence, then each term with its points."""
    yield " – ".join(
        str(row[name]) for name in ("id_a", "id_b", "need_id", "action_id", "kind") if name in row
    ) + (f"  {row['score']:.3f}")
    yield f"  {row['evidence']}"
    for term in row["terms"]:
        yield f"  {term['weight'] * 100:+7.1f}  {term['name']}: {term['value']}"


def _refused(*sheets: Sheet) -> Report:
    return Report(
        {},
        tuple(line for sheet in sheets for line in sheet.warnings),
        tuple(line for sheet in sheets for line in sheet.problems),
    )


def _require_writable(out: Path, *sources: Path) -> None:
    if not out.parent.is_dir():
        raise BadInput(f"{out}: there is no folder {out.parent}. Make it first, or choose another place.")
    if out.is_dir():
        raise BadInput(f"{out} is a folder. Name the file to write.")
    for source in sources:
        if out.exists() and source.exists() and out.samefile(source):
            raise BadInput(f"{out} is the file to be read. Choose another name for the output.")


def _column(table: pa.Table, name: str) -> list[Any]:
    return list(table[name].to_pylist())


def _write(out: Path, columns: Sequence[str], table: pa.Table) -> None:
    def fill(handle: Any) -> None:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(_cells(table, columns))

    _replace(out, fill)


def _cells(table: pa.Table, columns: Sequence[str]) -> Iterable[tuple[Any, ...]]:
    parts = [_texts(table, name) for name in columns]
    return zip(*parts, strict=True)


def _texts(table: pa.Table, name: str) -> list[Any]:
    values = _column(table, name)
    if name == "terms":
        return [json.dumps(terms, ensure_ascii=False) for terms in values]
    return [f"{value:.6f}" for value in values] if pa.types.is_floating(table[name].type) else values


def _replace(out: Path, fill: Callable[[Any], None]) -> None:
    """Write beside the target and move it there, so that no half-written file is ever seen."""
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    except OSError as error:
        raise BadInput(f"{out}: it cannot be written: {error.strerror}.") from error
    try:
        with open(handle, "w", encoding="utf-8", newline="") as stream:
            fill(stream)
        umask = os.umask(0)
        os.umask(umask)
        Path(name).chmod(0o666 & ~umask)
        Path(name).replace(out)
    except BaseException:
        Path(name).unlink()
        raise
