"""An edition or draft as a file: one module per format, one line each in the registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from concord.kernel.errors import BadInput
from concord.publication.reading import PlanText


@dataclass(frozen=True, slots=True)
class Format:
    """One format: the module that makes it, its media type, and what people call it."""

    name: str
    module: str
    media_type: str
    title: str


FORMATS: Final[dict[str, Format]] = {
    "docx": Format(
        "docx",
        "concord.publication.exports.docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "Word document",
    ),
    "xlsx": Format(
        "xlsx",
        "concord.publication.exports.xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "Excel workbook",
    ),
    "json": Format("json", "concord.publication.exports.json", "application/json", "JSON data"),
}
"""Every format that `export` makes. A new one: a module with `make`, and a line here."""

STORED_FORMATS: Final = ("docx", "xlsx")
"""Made once with the edition and kept; JSON is the edition's own bytes."""


def export(document: Mapping[str, Any], format: str, *, called: str = "") -> bytes:  # noqa: A002
    """The document as a file, the same bytes each time.

    Args:
        document: in the form of docs/formats/edition.md; whoever calls decided who may read it.
        format: a name of FORMATS.
        called: what the text is called on every page of a paper ("draft 3 of 10 June 2025"); by
            default what the document itself says. JSON never holds it.

    Raises:
        BadInput: no such format.
    """
    if format not in FORMATS:
        raise BadInput(f"There is no format “{format}”. Use one of: {', '.join(FORMATS)}.")
    make: Callable[..., bytes] = import_module(FORMATS[format].module).make
    return make(document, called=called)


def media_type(format_name: str) -> str:
    """The media type under which a format is served.

    Raises:
        KeyError: no such format.
    """
    return FORMATS[format_name].media_type


def file_name(document: Mapping[str, Any], format_name: str) -> str:
    """What a download is called: plan, version, marking, format."""
    text = PlanText(document)
    return f"{text.ref}-{text.short_name}-{text.marking.replace(':', '-').replace('+', '-')}.{format_name}"
