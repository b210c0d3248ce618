"""Reading a file from outside in a child process with limits; what goes wrong there becomes one sentence."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from pathlib import Path

from concord.intake.formats import messages
from concord.intake.formats.limits import CHILD_MEMORY_BYTES, FILE_BYTES, MEGABYTE, SAID_BYTES, seconds_for
from concord.intake.formats.messages import FormatFound
from concord.intake.formats.ole import SIGNATURE
from concord.intake.formats.parts import Format, Note, Part, Sheets, UnreadableFile, collect
from concord.intake.formats.process import SMALLER, Child, broken_off
from concord.intake.formats.registry import FORMATS
from concord.intake.problems import Severity
from concord.work.progress import told


def read_file(path: Path, *, name: str = "", any_size: bool = False) -> Sheets:
    """All sheets of a file, read in a child process.

    Args:
        path: where the file lies. name: what the sender called it, if other than the path's name.
        any_size: text formats may have any size (the command line); pages read 20 MB at most.

    Raises:
        UnreadableFile: empty, of a kind that is not read, damaged, or beyond a limit.
    """
    return collect(told(parts_of_file(path, name=name, any_size=any_size), "Reading the file"))


def parts_of_file(path: Path, *, name: str = "", any_size: bool = True) -> Iterator[Part]:
    """The same part by part, as the child says them, so that memory does not grow with the file."""
    size = path.stat().st_size
    streamed = any_size and is_streamed(path)
    if size > FILE_BYTES and not streamed:
        raise UnreadableFile(
            "file-too-large",
            f"The file has {size / MEGABYTE:,.0f} MB; {FILE_BYTES // MEGABYTE} MB are the most that is read.",
            SMALLER,
        )
    said = _said_by_child(path, size, streamed=streamed)
    found = next(said, None)
    if not isinstance(found, FormatFound):
        raise broken_off(0)
    yield from (part for part in said if not isinstance(part, FormatFound))
    if mismatch := _name_mismatch(name or path.name, FORMATS[found.name]):
        yield mismatch


def is_streamed(path: Path) -> bool:
    """Whether the file may have any size: text is read as a stream, what looks like a workbook is not."""
    with path.open("rb") as file:
        return not file.read(len(SIGNATURE)).startswith((b"PK", SIGNATURE))


def _name_mismatch(name: str, form: Format) -> Note | None:
    suffix = Path(name).suffix.casefold()
    if suffix in form.suffixes:
        return None
    shown = f"“{suffix}”" if suffix else "no ending"
    return Note(
        Severity.WARNING,
        "name-and-content-differ",
        f"The file's name has {shown}, but its content is of the kind {form.name}; it was read as that.",
        f"Nothing needs doing; to avoid doubt, name it with {form.suffixes[0]}.",
        value=name,
    )


def _said_by_child(path: Path, size: int, *, streamed: bool) -> Iterator[Part | FormatFound]:
    cpu_seconds, wall_seconds = seconds_for(size, streamed=streamed)
    arguments = (str(path.resolve()), str(cpu_seconds), str(CHILD_MEMORY_BYTES))
    with Child("concord.intake.formats.child", arguments, wall_seconds) as child:
        finished = yield from _parts(child.lines, limited=not streamed)
        if not finished:
            raise broken_off(child.ended())


def _parts(lines: Iterable[str], *, limited: bool) -> Generator[Part | FormatFound, None, bool]:
    """Yields the parts; returns whether the child said that it had finished."""
    said = 0
    for line in lines:
        said += len(line)
        if limited and said > SAID_BYTES:
            raise UnreadableFile("too-much-text", "The file holds more text than is read at once.", SMALLER)
        try:
            part = messages.said_in(line)
        except (ValueError, TypeError):
            return False  # cut off in the middle of a line
        if part is None:
            return True
        if isinstance(part, UnreadableFile):
            raise part
        yield part
    return False
