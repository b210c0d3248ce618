"""R1 and R8 for imports: a process killed by the operating system leaves nothing, and a rerun is whole."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.intake.samples import a_row, csv_file

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
STAGE = """
from concord.commands.main import prepare_django
prepare_django()
from concord.accounts.services import operator, add_organisation
from tests.analysis.world import build_world
from tests.factories import NOON
build_world(add_organisation(name="Secretariat", by=operator(), at=NOON))
"""
KILLED = """
import os, signal, sys
from concord.commands.main import main, prepare_django
prepare_django()
from django.db import connection
left = int(sys.argv[1])
def count(execute, *statement):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(*statement)
connection.ensure_connection()
with connection.execute_wrapper(count):
    code = main(["import", sys.argv[2], "--framework", "iisg", "--org-column", "reported_by"])
print("statements", int(sys.argv[1]) - left, file=sys.stderr)
sys.exit(code)
"""


@pytest.fixture
def run(tmp_path):
    """Runs a script in a process of its own on an installation of its own, with the embedded database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CONCORD_")}
    environment = kept | {
        "CONCORD_DATA": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "concord.project.settings",
        "PYTHONPATH": str(ROOT),
    }

    def run_script(script: str, *words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", script, *(str(word) for word in words)]
        return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)

    (tmp_path / "data").mkdir()
    staged = run_script(STAGE)
    assert staged.returncode == 0, staged.stderr
    return run_script


def counted(folder: Path) -> dict[str, int]:
    (path,) = folder.glob("data/*.sqlite3")
    tables = (
        "plan_action",
        "plan_statement",
        "plan_origin",
        "intake_input",
        "intake_inputrow",
        "audit_event",
    )
    with closing(sqlite3.connect(path)) as database:
        return {table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}


def test_an_import_killed_at_any_point_leaves_nothing_and_a_rerun_is_whole(run, tmp_path):
    path = csv_file(tmp_path, [a_row(n) for n in range(1, 31)])
    before = counted(tmp_path)
    killed = 0
    for chosen in (3, 14, 22, 28, 33, 38, 44):
        ended = run(KILLED, chosen, path)
        if ended.returncode != -signal.SIGKILL:
            break
        killed += 1
        assert counted(tmp_path) == before, f"half-written when killed at statement {chosen}"

    again = run(KILLED, 0, path)
    after = counted(tmp_path)
    once_more = run(KILLED, 0, path)

    assert killed >= 5, "the points reach into the middle of the writing"
    assert again.returncode == once_more.returncode == 0, again.stderr
    assert after["plan_action"] == after["intake_inputrow"] == 30
    assert after["intake_input"] == 1
    assert counted(tmp_path) == after
