"""An installation as an operator has it: a data folder, the program, and its embedded database."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PROGRAM = [sys.executable, "-m", "concord.commands.main"]
BEGIN = (
    "import json, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'concord.project.settings'\n"
    "from concord.commands.main import prepare_django; prepare_django()\n"
)


EMBEDDED = pytest.mark.skipif(
    bool(os.environ.get("CONCORD_TEST_DATABASE")),
    reason="an installation of its own on the embedded database: shown when the suite runs on that",
)


@dataclass(frozen=True)
class Installation:
    """A data folder, and what can be done with it from outside."""

    folder: Path

    @property
    def database(self) -> Path:
        """The file of the embedded database."""
        return self.folder / "concord.sqlite3"

    def run(self, *words: object) -> subprocess.CompletedProcess[str]:
        """`concord WORDS…`, with its exit code and what it says."""
        return self._run([*PROGRAM, *map(str, words)])

    def json(self, *words: object) -> Any:
        """The JSON that a command prints; the command must succeed."""
        done = self.run(*words, "--json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def inside(self, script: str, begin: str = BEGIN) -> Any:
        """Runs Python lines in the installation, and gives the JSON that they print last."""
        done = self._run([sys.executable, "-c", begin + script])
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def copy(self, folder: Path) -> Installation:
        """The same installation in another folder; nobody has the database open."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Installation(folder)

    def _run(self, words: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words,
            env={"PATH": os.environ["PATH"], "CONCORD_DATA": str(self.folder)},
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )


def loaded_demonstration() -> Installation:
    """The demonstration, loaded by `concord demo` once per run of the tests."""
    return _made_once("demonstration", "demo", "--no-serve")


def with_empty_tables(folder: Path) -> Installation:
    """An installation in this folder on which nobody has done anything yet; its tables are there."""
    return _made_once("empty-tables", "audit", "verify").copy(folder)


def _made_once(name: str, *words: str) -> Installation:
    """What a command makes of a new folder: made once per run of the tests, by whoever comes first."""
    place = Path(os.environ["CONCORD_TEST_FOLDER"])
    made, done = Installation(place / name), place / f"{name}-made"
    with (place / f"{name}-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            made.folder.mkdir(exist_ok=True)
            ended = made.run(*words)
            assert ended.returncode == 0, ended.stderr
            done.touch()
    return made
