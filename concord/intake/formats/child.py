"""The process in which a file from outside is parsed: little memory, little time, nothing to write to.

Run as `python -m concord.intake.formats.child PATH CPU_SECONDS MEMORY_BYTES`. It answers with JSON lines
on its standard output (see `messages.py`); a crash, a limit or a foreign exception costs this process alone.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

from concord.intake.formats import messages
from concord.intake.formats.classified import unclassified
from concord.intake.formats.content import format_of
from concord.intake.formats.parts import UnreadableFile
from concord.intake.formats.registry import FORMATS

OUT_OF_MEMORY = 3
OPEN_FILES = 32


def main(arguments: list[str]) -> int:
    """Reads the file and writes its parts; 0 also where the file is refused, which is said in a line."""
    path, cpu_seconds, memory = Path(arguments[0]), int(arguments[1]), int(arguments[2])
    lock(cpu_seconds, memory)
    write = sys.stdout.write
    try:
        form = FORMATS[format_of(path)]
        write(messages.line_of(messages.FormatFound(form.name)))
        for part in unclassified(form.read(path)):
            write(messages.line_of(part))
        write(messages.END)
    except UnreadableFile as refusal:
        write(messages.line_of(refusal))
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def lock(cpu_seconds: int, memory: int) -> None:
    """Takes away what reading a file does not need. No file can be written: their size is limited to 0."""
    for what, most in (
        (resource.RLIMIT_AS, _used_memory() + memory),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        resource.setrlimit(what, (most, most))


def _used_memory() -> int:
    """The address space that interpreter and libraries take already, in bytes (0 where unknown)."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 0
    return pages * resource.getpagesize()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
