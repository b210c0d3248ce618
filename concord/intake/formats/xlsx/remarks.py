"""Notes and comments beside cells: the classic ones, and the threads of newer Excel with their persons."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from concord.intake.formats.xml import Attributes, local

THREAD_AUTHOR = "tc="
"""The author of the classic note that stands in for a thread, for programs that know no threads.

Source: MS-XLSX, 2.1.18.
"""


@dataclass(slots=True)
class Remark:
    """What somebody wrote beside a cell. author: a name, or the id of a person where `is_thread`."""

    reference: str
    author: str
    text: str = ""
    is_thread: bool = False


@dataclass(slots=True)
class Remarks:
    """The remarks of every part that holds some, and the names of persons by id."""

    by_part: dict[str, list[Remark]] = field(default_factory=dict)
    persons: dict[str, str] = field(default_factory=dict)

    def of_parts(self, names: list[str]) -> list[Remark]:
        """The remarks in these parts; a classic note that only stands in for a thread is left out."""
        found = [remark for name in names for remark in self.by_part.get(name, [])]
        threads = {remark.reference for remark in found if remark.is_thread}
        return [
            Remark(one.reference, self.persons.get(one.author, "") if one.is_thread else one.author, one.text)
            for one in found
            if one.is_thread or not (one.author.startswith(THREAD_AUTHOR) and one.reference in threads)
        ]


class RemarkHandlers:
    """Follows a part of classic notes (`comments`) or of threads (`ThreadedComments`)."""

    def __init__(self, parser: expat.XMLParserType, found: list[Remark]) -> None:
        self._parser, self._found = parser, found
        self._authors: list[str] = []
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def _start(self, name: str, attributes: Attributes) -> None:
        tag = local(name)
        if tag == "author":
            self._authors.append("")
            self._parser.CharacterDataHandler = self._author_text
        elif tag == "comment":
            number = attributes.get("authorId", "")
            known = number.isdecimal() and int(number) < len(self._authors)
            self._found.append(Remark(attributes.get("ref", ""), self._authors[int(number)] if known else ""))
        elif tag == "threadedComment":
            person = attributes.get("personId", "")
            self._found.append(Remark(attributes.get("ref", ""), person, is_thread=True))
        elif self._found and (tag == "t" or (tag == "text" and self._found[-1].is_thread)):
            self._parser.CharacterDataHandler = self._text

    def _end(self, _name: str) -> None:
        self._parser.CharacterDataHandler = None

    def _author_text(self, text: str) -> None:
        self._authors[-1] += text

    def _text(self, text: str) -> None:
        self._found[-1].text += text
