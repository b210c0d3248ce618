"""Texts of IATI elements: narratives in several languages, English first, and wrapped lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

Element = Any
"""An element of lxml, which has no types of its own."""

LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
ENGLISH: Final = "en"


def one_line(text: str | None) -> str:
    """A text on one line: version 1 files wrap names and numbers in line ends and tabs."""
    return " ".join(text.split()) if text else ""


def paragraphs(text: str | None) -> str:
    """A text with its line ends, each line without the spaces around it, without empty lines at the ends."""
    if not text:
        return ""
    return "\n".join(line.strip() for line in text.strip().splitlines())


def said(elements: Sequence[Element], language: str) -> str:
    """What the elements say, in English if one of their narratives is, else the first that says anything.

    language: the activity's default (xml:lang), "" where it has none. In version 2 an element holds a
    narrative per language, in version 1 it is repeated per language and holds the text itself.
    """
    if len(elements) == 1:  # the usual case: one element, one text
        element = elements[0]
        if not len(element):
            return element.text or ""
        if len(element) == 1 and element[0].tag == "narrative":
            return element[0].text or ""
    first = ""
    for element in elements:
        for text, spoken in _narratives(element, language):
            if text.strip():
                if spoken.startswith(ENGLISH):
                    return text
                first = first or text
    return first


def _narratives(element: Element, language: str) -> Iterator[tuple[str, str]]:
    inherited = element.get(LANGUAGE) or language
    for child in element.iterchildren("narrative"):
        yield child.text or "", (child.get(LANGUAGE) or inherited).lower()
    # version 1, perhaps with a comment or a foreign element inside: the text around them
    yield "".join([element.text or "", *(child.tail or "" for child in element)]), inherited.lower()


def code_of(element: Element) -> str:
    """The element's code; where it has none, its text in small letters, as version 1 allows."""
    return (element.get("code") or "").strip() or one_line(element.text).lower()
