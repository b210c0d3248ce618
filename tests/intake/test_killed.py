"""R1 and R8 for imports: a process killed by the operating system leaves nothing, and a rerun is whole."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.commands.installation import with_empty_tables
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
    environment = {
        "PATH": os.environ["PATH"],
        "CONCORD_DATA": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "concord.project.settings",
        "PYTHONPATH": str(ROOT),
    }

    def run_script(script: str, *words: object) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", script, *(str(word) for word in words)]
        return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)

    with_empty_tables(tmp_path / "data")
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


ASKED = """
import sys
from pathlib import Path
from concord.commands.main import prepare_django
prepare_django()
from concord.accounts.services import operator
from concord.intake import jobs, services
from concord.intake.preview import Target
from concord.kernel import clock
from concord.plan.queries import framework_named
from concord.work.services import start_job
acts = {"by": operator(), "at": clock.now()}
received = services.receive(
    file_name="list.csv",
    content=Path(sys.argv[1]).read_bytes(),
    target=Target(framework_named("iisg"), org_column="reported_by"),
    **acts,
)
services.check(received, **acts)
print(start_job(jobs.APPLY, about=received, **acts).key)
"""
KILLED_WORKER = """
import os, signal, sys
from concord.commands.main import prepare_django
prepare_django()
from django.db import connection
from concord.work.worker import work_through
left = int(sys.argv[1])
def count(execute, *statement):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(*statement)
connection.ensure_connection()
with connection.execute_wrapper(count):
    work_through()
"""
RESTARTED = """
import json, sys
from concord.commands.main import prepare_django
prepare_django()
from concord.intake.models import Input
from concord.kernel import clock
from concord.work.models import Job
from concord.work.services import start_again
from concord.work.worker import work_through
work_through()
job = Job.objects.select_related("asked_by").get(key=sys.argv[1])
print(json.dumps([job.state, job.message, Input.objects.get().state]))
if job.state == "lost":
    start_again(job, by=job.asked_by, at=clock.now())
"""


def test_a_worker_killed_while_it_applies_leaves_all_or_nothing_and_the_receipt_says_which(run, tmp_path):
    key = run(ASKED, csv_file(tmp_path, [a_row(n) for n in range(1, 31)])).stdout.strip()
    before = counted(tmp_path)["plan_action"]
    seen = []
    for chosen in (8, 25, 45, 60, 75, 90, 105, 0):
        ended = run(KILLED_WORKER, chosen)
        state, message, received = json.loads(run(RESTARTED, key).stdout)
        seen.append((ended.returncode == -signal.SIGKILL, state, received, counted(tmp_path)["plan_action"]))
        if state == "done":
            break
        assert message.endswith("Nothing was written. Start again.")

    assert seen[-1][1:] == ("done", "applied", 30)
    assert set(seen[:-1]) == {(True, "lost", "checked", before)}
    assert len(seen) > 5, "the points reach into the middle of the writing"
