"""A kind of work for tests, done in the test's own process."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from concord.accounts.models import Person
from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.accounts.scope import Scope
from concord.work import kinds, services
from concord.work.models import Job
from concord.work.worker import work_through
from tests.factories import FRAMEWORK, NOON

ABOUT = ("plan", "wbcsci-2019")


@dataclass
class Bench:
    """What the kind "counting" does when it is run, and how often that was."""

    does: Callable[[Job], Any] = lambda _job: None
    runs: list[str] = field(default_factory=list)

    def run(self, job: Job) -> Any:
        self.runs.append(job.key)
        return self.does(job)


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    """No test sees the notes and workers of another that runs at the same time."""
    settings.DATA = tmp_path


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """Registers the kind "counting", which whoever may run the analysis may ask for."""
    found = Bench()
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds._KINDS))
    kinds.register(kinds.Kind("counting", "Counting", may_analyse, found.run))
    return found


def may_analyse(person: Person, _key: str) -> Person:
    return require(person, Permission.RUN_ANALYSIS, within=Scope(FRAMEWORK), on=date(2019, 6, 3))


def asked(by: Person, **values: Any) -> Job:
    """A queued job of the kind "counting"."""
    return services.start_job("counting", **{"about": ABOUT, "by": by, "at": NOON} | values)


def done(job: Job) -> Job:
    """The job after everything that waits was worked through."""
    work_through()
    job.refresh_from_db()
    return job
