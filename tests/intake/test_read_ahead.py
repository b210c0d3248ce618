"""What a child says is read ahead, line by line, and nothing waits for ever."""

import os

import pytest

from concord.intake.formats.ahead import ReadAhead


@pytest.fixture
def pipe():
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as read, os.fdopen(writing, "wb") as write:
        yield read, write


def test_lines_come_whole_wherever_the_chunks_end(pipe, monkeypatch):
    monkeypatch.setattr("concord.intake.formats.ahead.CHUNK_BYTES", 3)
    read, write = pipe
    write.write("een\nšest i još\n\nlast".encode())
    write.close()

    assert list(ReadAhead(read).lines()) == ["een\n", "šest i još\n", "\n", "last"]


def test_a_reader_that_stops_early_leaves_no_thread_waiting(pipe, monkeypatch):
    monkeypatch.setattr("concord.intake.formats.ahead.CHUNK_BYTES", 2)
    read, write = pipe
    ahead = ReadAhead(read)
    write.write(b"x\n" * 500)  # more than what waits for a reader
    write.flush()
    first = next(ahead.lines())
    write.close()
    ahead.close()

    assert first == "x\n"
    assert not ahead._thread.is_alive()


def test_a_silent_child_says_nothing(pipe):
    read, write = pipe
    write.close()

    assert list(ReadAhead(read).lines()) == []
