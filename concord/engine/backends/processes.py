"""Work on pieces of a table in processes of our own: started by name, never by copying the caller's."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa

PieceFunction = Callable[[pa.Table], pa.Table]
_LOOK_EVERY = 0.02  # seconds


class WorkerError(RuntimeError):
    """A process that worked on pieces ended before it was done; the text is what it said."""


def in_processes(
    pieces: Sequence[pa.Table], function: PieceFunction, schema: pa.Schema, workers: int
) -> Iterator[pa.Table]:
    """The function's answer to each piece, in the order of the pieces.

    Processes are started as `python -m`, so the caller's main module is not run again and its threads and
    connections are not copied; pieces and answers pass through files in a folder that only we can read.

    Raises:
        WorkerError: with what the process said.
    """
    with tempfile.TemporaryDirectory(prefix="concord-") as name:
        folder = Path(name)
        (folder / "function.pickle").write_bytes(pickle.dumps(function))
        for number, piece in enumerate(pieces):
            _write(folder / f"in-{number}.arrow", piece)
        started = [_start(folder, number, workers, len(pieces)) for number in range(workers)]
        try:
            for number in range(len(pieces)):
                own = number % workers
                yield _answer(folder / f"out-{number}.arrow", started[own], _said(folder, own)).cast(schema)
        finally:
            for process in started:
                process.kill()
                process.wait()


def _start(folder: Path, number: int, workers: int, pieces: int) -> subprocess.Popen[bytes]:
    # One thread each: the processes share the cores already.
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path),
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    words = [sys.executable, "-m", __name__, str(folder), str(number), str(workers), str(pieces)]
    with open(_said(folder, number), "wb") as said:
        return subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=said, stderr=said)  # noqa: S603


def _said(folder: Path, number: int) -> Path:
    return folder / f"said-{number}.txt"


def _answer(path: Path, process: subprocess.Popen[bytes], said: Path) -> pa.Table:
    while not path.exists():
        if process.poll() is not None and not path.exists():
            raise WorkerError(said.read_text("utf-8", errors="replace").strip()[-2000:] or "no word")
        time.sleep(_LOOK_EVERY)
    table = _read(path)
    path.unlink()
    return table


def _write(path: Path, table: pa.Table) -> None:
    """Write under another name first, so that nobody reads half a file."""
    half = path.with_suffix(".half")
    with pa.OSFile(str(half), "wb") as sink, pa.ipc.new_file(sink, table.schema) as out:
        out.write_table(table)
    half.replace(path)


def _read(path: Path) -> pa.Table:
    with pa.OSFile(str(path), "rb") as source:
        return pa.ipc.open_file(source).read_all()


def work(folder: Path, number: int, workers: int, pieces: int) -> None:
    """One process: every `workers`-th piece, until done or until nobody waits any more."""
    parent = os.getppid()
    function: PieceFunction = pickle.loads((folder / "function.pickle").read_bytes())  # noqa: S301  (ours)
    for piece in range(number, pieces, workers):
        if os.getppid() != parent:
            return
        path = folder / f"in-{piece}.arrow"
        _write(folder / f"out-{piece}.arrow", function(_read(path)))
        path.unlink()


if __name__ == "__main__":
    work(Path(sys.argv[1]), *(int(word) for word in sys.argv[2:5]))
