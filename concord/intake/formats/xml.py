"""XML parts of a file, read piece by piece: no document type, so no entities, and no broken XML."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.parsers import expat

from concord.intake.formats.package import RESAVE, damaged
from concord.intake.formats.parts import UnreadableFile

_ENCODINGS = ("utf-8", "utf-16", "us-ascii", "iso-8859-1")
Attributes = dict[str, str]


def parse(
    pieces: Iterable[bytes],
    attach: Callable[[expat.XMLParserType], None],
    *,
    namespace_separator: str | None = None,
) -> None:
    """Parses one part; `attach` sets the handlers that follow it.

    Raises:
        UnreadableFile: it declares a document type, or is no well-formed XML; and what handlers raise.
    """
    parser = expat.ParserCreate(namespace_separator=namespace_separator)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.XmlDeclHandler = _require_known_encoding
    attach(parser)
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise damaged() from error


def _require_known_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    # Office writes the first two alone; for other names, Python would look for a decoder of that name.
    if encoding and encoding.casefold() not in _ENCODINGS:
        raise damaged()


def _refuse_document_type(*_: object) -> None:
    raise UnreadableFile(
        "document-type", "A part of the file declares a document type, which no such file needs.", RESAVE
    )


def local(name: str) -> str:
    """An element's or attribute's name without its prefix: "x:row" is "row"."""
    return name.rpartition(":")[2] if ":" in name else name


def is_true(value: str | None) -> bool:
    """Whether an attribute says yes, in one of the ways that XML Schema allows."""
    return value in ("1", "true")
