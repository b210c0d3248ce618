"""R1, R12: workers as processes. Killed, stopped or stuck, they leave work whole, absent or put back."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.commands.installation import with_empty_tables

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
BEGIN = """
import json, os, signal, sys, time
from concord.commands.main import prepare_django
prepare_django()
from django.db import connection, transaction
from concord.accounts.services import operator, add_organisation
from concord.kernel import clock
from concord.work import kinds, services, worker
from concord.work.models import Job
from concord.work.progress import progress
def work(job):
    with transaction.atomic():
        operator_row = type(job.asked_by).objects.filter(pk=job.asked_by_id)
        operator_row.update(name="Changed by half")
        if not os.environ.get("CONCORD_DATA_QUICK"):
            for number in range(600):
                if job.kind == "steps":
                    progress("Counting", number, 600)
                time.sleep(0.1)
for name in ("steps", "no-steps"):
    kinds.register(kinds.Kind(name, name, lambda person, key: person, work))
"""
ASK = (
    BEGIN
    + """
# An earlier test of this house may have changed the name.
type(operator()).objects.filter(pk=operator().pk).update(name="Operator")
job = services.start_job(sys.argv[1], about=("plan", "any"), by=operator(), at=clock.now())
print(job.key)
"""
)
WORK = (
    BEGIN
    + """
worker.SECONDS_TO_CANCEL = 1
worker.work_on()
"""
)
WORK_THROUGH = (
    BEGIN
    + """
worker.work_through()
job = Job.objects.select_related("asked_by").get(key=sys.argv[1])
print(json.dumps([job.state, job.attempts, job.message, job.asked_by.name]))
"""
)
CANCEL = (
    BEGIN
    + """
job = Job.objects.select_related("asked_by").get(key=sys.argv[1])
services.ask_to_cancel(job, by=job.asked_by, at=clock.now())
"""
)


class House:
    """An installation of its own, with the embedded database."""

    def __init__(self, folder: Path) -> None:
        self.environment = {
            "PATH": os.environ["PATH"],
            "CONCORD_DATA": str(folder),
            "DJANGO_SETTINGS_MODULE": "concord.project.settings",
            "PYTHONPATH": str(ROOT),
        }
        self.folder = folder

    def run(self, script: str, *words: str, **environment: str) -> str:
        """What a script prints last; it must succeed."""
        command = [sys.executable, "-c", script, *words]
        surroundings = self.environment | environment
        done = subprocess.run(
            command, env=surroundings, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()[-1] if done.stdout else ""

    def start_worker(self) -> subprocess.Popen[bytes]:
        """A worker that goes on until it is told to stop."""
        return subprocess.Popen([sys.executable, "-c", WORK], env=self.environment, cwd=ROOT)

    def wait_until_under_way(self, key: str) -> None:
        """Until the job's worker has it in hand, and, where it tells steps, has told one."""
        note = self.folder / "work" / f"{key}.json"
        until = time.monotonic() + 60
        while not note.exists():
            assert time.monotonic() < until, "no worker took the job"
            time.sleep(0.05)

    def afterwards(self, key: str) -> list[object]:
        """State, attempts, message and what is stored, after another worker has looked after everything."""
        return json.loads(self.run(WORK_THROUGH, key, CONCORD_DATA_QUICK="1"))


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> House:
    return House(with_empty_tables(tmp_path_factory.mktemp("house")).folder)


def test_a_killed_worker_leaves_a_message_and_nothing_half_written(house: House):
    key = house.run(ASK, "steps")
    worker = house.start_worker()
    house.wait_until_under_way(key)
    worker.kill()
    worker.wait()

    state, attempts, message, name = house.afterwards(key)

    assert (state, attempts, name) == ("lost", 1, "Operator")
    assert message == "The server stopped while this was under way. Nothing was written. Start again."


def test_a_worker_that_is_told_to_stop_puts_its_work_back_and_the_next_one_does_it(house: House):
    key = house.run(ASK, "steps")
    worker = house.start_worker()
    house.wait_until_under_way(key)
    worker.terminate()

    assert worker.wait(timeout=5) == 0
    assert house.afterwards(key) == ["done", 2, "", "Changed by half"]


def test_work_that_reaches_no_step_is_stopped_all_the_same(house: House):
    key = house.run(ASK, "no-steps")
    worker = house.start_worker()
    one_worker(house, but_not=0)
    time.sleep(1)  # it takes what waits as soon as it is there
    house.run(CANCEL, key)

    worker.wait(timeout=20)
    state, attempts, message, _name = house.afterwards(key)

    assert (state, attempts) == ("cancelled", 1)
    assert message == "It was stopped as you asked. Nothing was written."


def test_the_keeper_starts_another_worker_when_one_is_killed_and_stops_it_in_the_end(house: House):
    keeper = subprocess.Popen(
        [sys.executable, "-m", "concord.commands.main", "worker"], env=house.environment, cwd=ROOT
    )
    try:
        first = one_worker(house, but_not=0)
        os.kill(first, signal.SIGKILL)
        second = one_worker(house, but_not=first)
        health = house.run(HEALTH)
    finally:
        keeper.send_signal(signal.SIGINT)
        ended = keeper.wait(timeout=30)

    assert f"process {second} on " in health
    assert ended == 0
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


HEALTH = """
from concord.commands.main import main
main(["health"])
"""


def one_worker(house: House, *, but_not: int) -> int:
    """The process number of the worker that lives, another than the one named."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        for file in (house.folder / "work").glob("*.worker"):
            pid = json.loads(file.read_text())["pid"]
            if pid != but_not:
                return pid
        time.sleep(0.1)
    raise AssertionError("no worker started")
