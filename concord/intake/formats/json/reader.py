"""JSON: an edition or a draft of Concord, or a list of records whose names are the template's columns.

The whole text is held in memory, so it may have 20 MB. Numbers stay as they are written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from concord.intake.formats.cells import rows_of
from concord.intake.formats.json.documents import Cells, cells_of_action, cells_of_need, spelling_of
from concord.intake.formats.limits import FILE_BYTES, MEGABYTE, NUMBER_CHARACTERS, ROWS
from concord.intake.formats.parts import Format, Part, SheetStart, UnreadableFile
from concord.intake.template import join_list
from concord.intake.vocabulary import fields_of

DOCUMENT: Final = "concord-plan/"
KINDS: Final = ("actions", "needs")
_AGAIN: Final = "Export the file again where it comes from, and hand it in as it is."
Record = Mapping[str, Any]


def read(path: Path) -> Iterator[Part]:
    """A sheet of actions and one of needs, as far as the file has them; row 0 holds the headings.

    Row n is the n-th record of its list.

    Raises:
        UnreadableFile: no JSON, no records, or values that cannot be meant: a name twice in one record,
            NaN, numbers without end, a thousand levels.
    """
    document = _parsed(_text(path))
    for kind, rows in _sheets(document):
        yield SheetStart(kind)
        headings = list(dict.fromkeys(name for row in rows for name in row))
        ordered = [*(name for name in fields_of(kind) if name in headings)]  # type: ignore[arg-type]
        columns = [*ordered, *(name for name in headings if name not in ordered)]
        yield from rows_of(kind, [(0, columns)])
        yield from rows_of(
            kind, ((number, [row.get(name, "") for name in columns]) for number, row in enumerate(rows, 1))
        )


def _text(path: Path) -> str:
    if path.stat().st_size > FILE_BYTES:
        raise UnreadableFile(
            "file-too-large",
            f"A JSON file may have {FILE_BYTES // MEGABYTE} MB; this one has more.",
            "Hand its records in as several files.",
        )
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableFile("encoding", "The JSON file is not in UTF-8.", "Save it as UTF-8.") from error


# --- JSON without surprises ---------------------------------------------------------------------------


def _parsed(text: str) -> Any:
    try:
        return json.loads(
            text, object_pairs_hook=_once, parse_constant=_no_number, parse_int=_number, parse_float=_number
        )
    except json.JSONDecodeError as error:
        raise UnreadableFile(
            "broken-json",
            f"The JSON breaks off at line {error.lineno:,} ({error.msg}). No record of the file was taken.",
            _AGAIN,
        ) from error
    except RecursionError as error:
        raise UnreadableFile(
            "nested-too-deeply", "The JSON is nested too deeply to be a list of records.", _AGAIN
        ) from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    record = dict(pairs)
    if len(record) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadableFile(
            "name-twice",
            f"A record of the JSON file has the name “{twice[:80]}” twice; which value counts?",
            _AGAIN,
        )
    return record


def _no_number(word: str) -> Any:
    raise UnreadableFile("no-number", f"The JSON file holds {word}, which is no number.", _AGAIN)


def _number(text: str) -> str:
    if len(text) > NUMBER_CHARACTERS:
        raise UnreadableFile(
            "no-number", f"The JSON file holds a number of {len(text):,} characters ({text[:20]}…).", _AGAIN
        )
    return text


# --- what it holds ------------------------------------------------------------------------------------


def _sheets(document: Any) -> Iterator[tuple[str, list[Cells]]]:
    if isinstance(document, list):
        listed = {"needs" if _is_need(document) else "actions": document}
    elif isinstance(document, dict) and any(isinstance(document.get(kind), list) for kind in KINDS):
        listed = {kind: document[kind] for kind in KINDS if isinstance(document.get(kind), list)}
    else:
        raise UnreadableFile(
            "json",
            "The JSON file holds no actions and no needs.",
            "Hand in an edition or a draft of Concord, or a list of records such as [{“title”: …}].",
        )
    for kind, records in listed.items():
        yield kind, _rows(kind, records, document)


def _is_need(records: Sequence[Any]) -> bool:
    return any(isinstance(record, dict) and "statement" in record for record in records[:1])


def _rows(kind: str, records: Sequence[Any], document: Any) -> list[Cells]:
    if len(records) > ROWS:
        raise UnreadableFile(
            "too-many-rows",
            f"The JSON file holds {len(records):,} {kind}; {ROWS:,} are the most that is read.",
            "Hand its records in as several files.",
        )
    cells = _cells_of(kind, document)
    rows = []
    for number, record in enumerate(records, start=1):
        try:
            rows.append(cells(record))
        except (KeyError, TypeError, AttributeError, ValueError, ArithmeticError) as error:
            raise UnreadableFile(
                "no-record",
                f"Record {number:,} of the {kind} is not one of Concord's: {str(error)[:80]} is missing or of"
                " another kind.",
                _AGAIN,
            ) from error
    return rows


def _cells_of(kind: str, document: Any) -> Callable[[Record], Cells]:
    if not isinstance(document, dict) or not str(document.get("format", "")).startswith(DOCUMENT):
        return _plain_cells
    if kind == "needs":
        return cells_of_need
    spelling = spelling_of(document)
    return lambda action: cells_of_action(action, spelling)


def _plain_cells(record: Record) -> Cells:
    """A record in the template's names: texts and numbers as they are, lists as lists."""
    return {str(name): _cell(value) for name, value in record.items()}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return join_list(_cell(item) for item in value)
    if isinstance(value, dict):
        raise TypeError("a record inside a record")
    return str(value)


FORMAT = Format("JSON", (".json",), streamed=False, read=read)
