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
    """One format: the module that makes it, its media type, what people call it, how its files end."""

    name: str
    module: str
    media_type: str
    title: str
    suffix: str = ""

    @property
    def ending(self) -> str:
        """How a file's name ends, without the dot."""
        return self.suffix or self.name


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
    "csv": Format(
        "csv", "concord.publication.exports.csv", "text/csv; charset=utf-8", "CSV table of actions"
    ),
    "json": Format("json", "concord.publication.exports.json", "application/json", "JSON data"),
    "iati": Format(
        "iati", "concord.publication.exports.iati", "application/xml", "IATI 2.03 activities", suffix="xml"
    ),
}
"""Every format that `export` makes. A new one: a module with `make`, and a line here."""

STORED_FORMATS: Final = ("docx", "xlsx", "csv", "iati")
"""Made once with the edition and kept; JSON is the edition's own bytes."""


def export(
    document: Mapping[str, Any],
    format: str,  # noqa: A002
    *,
    called: str = "",
    received: Mapping[str, str] | None = None,
) -> bytes:
    """The document as a file, the same bytes each time.

    Args:
        document: in the form of docs/formats/edition.md; whoever calls decided who may read it.
        format: a name of FORMATS.
        called: what the text is called on every page of a paper ("draft 3 of 10 June 2025"); by
            default what the document itself says. Data files never hold it.
        received: for members' IATI files: what the sources sent, by the action's key
            (plan.queries.received_of).

    Raises:
        BadInput: no such format.
    """
    if format not in FORMATS:
        raise BadInput(f"There is no format “{format}”. Use one of: {', '.join(FORMATS)}.")
    make: Callable[..., bytes] = import_module(FORMATS[format].module).make
    return make(document, called=called, received=received) if received else make(document, called=called)


def media_type(format_name: str) -> str:
    """The media type under which a format is served.

    Raises:
        KeyError: no such format.
    """
    return FORMATS[format_name].media_type


def file_name(document: Mapping[str, Any], format_name: str) -> str:
    """What a download is called: plan, version, marking, format."""
    text = PlanText(document)
    marking = text.marking.replace(":", "-").replace("+", "-")
    return f"{text.ref}-{text.short_name}-{marking}.{FORMATS[format_name].ending}"
