"""What a child says, read ahead by a thread, so that it goes on reading while its parent is busy."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Full, Queue
from threading import Event, Thread
from typing import IO, Final

CHUNK_BYTES: Final = 1 << 18
CHUNKS_AHEAD: Final = 32
_LOOKS_AGAIN: Final = 0.2  # seconds after which a thread that waits for room sees that nobody reads any more


class ReadAhead:
    """The lines of a pipe; up to 8 MB of them wait here. `close` before the pipe is closed."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self._chunks: Queue[bytes] = Queue(CHUNKS_AHEAD)
        self._closed = Event()
        self._thread = Thread(target=self._fill, args=(pipe,), daemon=True)
        self._thread.start()

    def lines(self) -> Iterator[str]:
        """Line by line with their ends, the last one as it is, until the pipe ends."""
        begun: list[bytes] = []
        while chunk := self._chunks.get():
            ending, *others = chunk.split(b"\n")
            begun.append(ending)
            for beginning in others:
                yield b"".join(begun).decode() + "\n"
                begun = [beginning]
        if rest := b"".join(begun):
            yield rest.decode()

    def close(self) -> None:
        """Stops reading; the writer has ended, or is ended by now."""
        self._closed.set()
        self._thread.join()

    def _fill(self, pipe: IO[bytes]) -> None:
        chunk = b"begin"
        while chunk and not self._closed.is_set():
            chunk = pipe.read(CHUNK_BYTES)
            self._put(chunk)

    def _put(self, chunk: bytes) -> None:
        while not self._closed.is_set():
            try:
                self._chunks.put(chunk, timeout=_LOOKS_AGAIN)
            except Full:
                continue
            return
