"""The analysis of files without a database: CSV in, CSV out. Nothing here needs Django."""

from __future__ import annotations

import csv
import json
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from concord.analysis.reading_csv import Sheet, read_actions, read_needs
from concord.engine import find_relations, measure_coverage
from concord.engine.backends import choice
from concord.engine.backends.duckdb import DuckDB
from concord.engine.features import FEATURES
from concord.engine.relation_model import RelationModel, relation_model_from_json
from concord.kernel.errors import BadInput, SchemaMismatch

#: A pair from here on counts as found. Source: design.md section 6.
FOUND = 0.5
#: The engines that a command may name; the first is the usual one.
ENGINES = choice.NAMES
_ROWS = 50_000
_WORKBOOKS = (".xlsx", ".xls", ".ods")
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


def read_model(path: Path) -> RelationModel:
    """A model that `concord train` wrote.

    Raises:
        BadInput: it cannot be read, or it was trained by a release that compares otherwise.
    """
    try:
        return relation_model_from_json(path.read_text("utf-8")).for_features(FEATURES)
    except (OSError, UnicodeDecodeError, SchemaMismatch) as error:
        raise BadInput(
            f"{path} cannot be used as a model: {error}. Train one with `concord train`."
        ) from error


def relate_file(
    actions: Path,
    out: Path,
    *,
    explain: bool = False,
    today: date | None = None,
    model: RelationModel | None = None,
    engine: str = ENGINES[0],
) -> Report:
    """Write the relations between the actions of a CSV file to another: columns RELATION_COLUMNS, best first.

    Args:
        actions: a CSV file with the columns of the project's template; only `id` and `title` are needed.
        explain: also write the probability of each kind and the waterfall of terms (JSON).
        today, model: see `engine.find_relations`.
        engine: one of ENGINES.

    Raises:
        BadInput: a file cannot be read or written, or is no table of actions; the engine is not installed.
    """
    require_writable(out, actions)
    backend = choice.backend_named(engine)
    sheet = read_actions(actions)
    if sheet.problems:
        return refused(sheet)
    found = find_relations(sheet.table, backend=backend, model=model, today=today, terms=explain or None)
    write_table(out, RELATION_COLUMNS + (RELATION_PARTS if explain else ()), found)
    related = found["kind"].filter(pc.greater_equal(found["score"], FOUND))  # the texts need not be held
    kinds = {entry["values"]: entry["counts"] for entry in related.value_counts().to_pylist()}
    figures = {
        "actions": len(sheet.table),
        "pairs": len(found),
        "found": len(related),
        "kinds": dict(sorted(kinds.items())),
        "out": str(out),
    }
    return Report(figures, sheet.warnings, (), tuple(found.slice(0, 10).to_pylist()) if explain else ())


def cover_files(
    actions: Path, needs: Path, out: Path, *, explain: bool = False, today: date | None = None
) -> Report:
    """Write which actions answer which needs: columns COVERAGE_COLUMNS, by need, best first.

    Args and raises as in `relate_file`; needs: only `id` and `statement` are needed.
    """
    require_writable(out, actions, needs)
    sheets = (read_actions(actions), read_needs(needs))
    if any(sheet.problems for sheet in sheets):
        return refused(*sheets)
    found = measure_coverage(sheets[0].table, sheets[1].table, backend=DuckDB(), today=today)
    write_table(out, COVERAGE_COLUMNS + (COVERAGE_PARTS if explain else ()), found)
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
        str(row[name])
        for name in ("id_a", "id_b", "need_id", "action_id", "left_id", "right_id", "kind")
        if name in row
    ) + (f"  {row['score']:.3f}")
    yield f"  {row['evidence']}"
    for term in row["terms"]:
        yield f"  {term['weight'] * 100:+7.1f}  {term['name']}: {term['value']}"


def refused(*sheets: Sheet) -> Report:
    """The report of files whose problems stopped the work."""
    return Report(
        {},
        tuple(line for sheet in sheets for line in sheet.warnings),
        tuple(line for sheet in sheets for line in sheet.problems),
    )


def require_writable(out: Path, *sources: Path) -> None:
    """Refuse a place that cannot be written to, or that is one of the files to be read.

    A file that is there already is replaced once the new one is whole, unless it is write-protected.

    Raises:
        BadInput: naming the place and the remedy.
    """
    if not out.parent.is_dir():
        raise BadInput(f"{out}: there is no folder {out.parent}. Make it first, or choose another place.")
    if out.is_dir():
        raise BadInput(f"{out} is a folder. Name the file to write.")
    if out.exists() and not os.access(out, os.W_OK):
        raise BadInput(f"{out} is write-protected. Choose another name, or take the protection away.")
    if out.suffix.casefold() in _WORKBOOKS:
        raise BadInput(
            f"{out}: what is written is CSV, which no program opens under that name. Name it .csv."
        )
    for source in sources:
        if out.exists() and source.exists() and out.samefile(source):
            raise BadInput(f"{out} is the file to be read. Choose another name for the output.")


def _column(table: pa.Table, name: str) -> list[Any]:
    return list(table[name].to_pylist())


def write_table(out: Path, columns: Sequence[str], table: pa.Table) -> None:
    """Write these columns of a table as CSV; the file appears whole or not at all."""

    # a part at a time: millions of pairs do not fit as objects
    parts = (_cells(table.slice(begin, _ROWS), columns) for begin in range(0, len(table), _ROWS))
    write_rows(out, columns, chain.from_iterable(parts))


def write_rows(out: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows under their columns as CSV; the file appears whole or not at all."""

    def fill(handle: Any) -> None:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)

    replace_file(out, fill)


def _cells(table: pa.Table, columns: Sequence[str]) -> Iterable[tuple[Any, ...]]:
    parts = [_texts(table, name) for name in columns]
    return zip(*parts, strict=True)


def _texts(table: pa.Table, name: str) -> list[Any]:
    values = _column(table, name)
    if name == "terms":
        return [json.dumps(terms, ensure_ascii=False) for terms in values]
    return [f"{value:.6f}" for value in values] if pa.types.is_floating(table[name].type) else values


def replace_file(out: Path, fill: Callable[[Any], None]) -> None:
    """Write beside the target and move it there, so that no half-written file is ever seen.

    What is no file (/dev/stdout, a pipe) is written to as it is, never replaced. A link stays one.

    Raises:
        BadInput: it cannot be written.
    """
    try:
        if (number := _descriptor(out)) is not None:
            sys.stdout.flush()
            # by its number: opened by name, a file that it was redirected to would be emptied first
            with open(number, "w", encoding="utf-8", newline="", closefd=False) as stream:
                fill(stream)
            return
        if (
            out.exists() and not out.is_file()
        ):  # asked before the link is followed: a pipe has no path of its own
            with open(out, "w", encoding="utf-8", newline="") as stream:
                fill(stream)
            return
        _replace(out.resolve() if out.is_symlink() else out, fill)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise BadInput(
            f"{out}: it cannot be written: {error.strerror}. Make room, or choose another place."
        ) from error


def is_stream(out: Path) -> bool:
    """Whether the output goes to the terminal or into a pipe, so that nothing else may be said there."""
    return _descriptor(out) is not None or (out.exists() and not out.is_file())


def _descriptor(out: Path) -> int | None:
    """The number of the open stream that a path names, if it names one."""
    if str(out) in _STREAMS:
        return _STREAMS[str(out)]
    found = re.fullmatch(r"/(?:dev|proc/self)/fd/([0-9]+)", str(out))
    return int(found[1]) if found else None


_STREAMS: Final = {"/dev/stdout": 1, "/dev/stderr": 2}


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _replace(out: Path, fill: Callable[[Any], None]) -> None:
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name[:50]}.")
    try:
        with open(handle, "w", encoding="utf-8", newline="") as stream:
            fill(stream)
        Path(name).chmod(out.stat().st_mode & 0o777 if out.exists() else 0o666 & ~_umask())
        Path(name).replace(out)
    except BaseException:
        Path(name).unlink()
        raise
