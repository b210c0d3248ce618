"""Doing a job: every way in which work can end becomes a state of its job.

`finish` is called from deep inside a room's own work, as `progress` is (progress.py). Outside a job (a page,
a command) it does nothing, so that the same service serves all.
"""

from __future__ import annotations

import logging
import time
import traceback
from contextvars import ContextVar
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.kernel import clock
from concord.kernel.errors import ConcordError, StaleWrite
from concord.work import notes, rules
from concord.work.kinds import About, kind_named
from concord.work.models import Job
from concord.work.presence import was_stopping
from concord.work.progress import Stopped, listening
from concord.work.services import begin, end_without_result, finish_job, put_back

log = logging.getLogger("concord.work")

SECONDS_BETWEEN_NOTES = 0.25
"""A bar looks alive from four changes a second on; a note costs a tenth of a millisecond."""


class _Cancelled(Stopped):
    """The person asked for it."""


class _ServerStops(Stopped):
    """The worker was told to stop."""


_OUR_FAULT = gettext_lazy(
    "Something went wrong in Concord itself. Nothing was written. Start again; if it happens again, tell "
    "your administrator this number: %(key)s."
)
_current: ContextVar[Job | None] = ContextVar("work_job", default=None)


_in_hand: str = ""  # for the thread that watches beside the work


def job_in_hand() -> str:
    """The key of the job that this process does at the moment; "" where it does none."""
    return _in_hand


def finish(result: About | None = None, *, message: str = "") -> None:
    """Ends the job, inside the transaction that keeps its work, so that both are there or neither.

    Raises:
        StaleWrite: the job was given up meanwhile; what was written must not stay.
    """
    if (job := _current.get()) is not None:
        finish_job(job, result, message=message, at=clock.now())


@dataclass(slots=True)
class _Reporter:
    """Keeps notes of a running job, not too often, and looks whether it is to be stopped."""

    job: Job
    step: str = ""
    next_at: float = 0.0

    def __call__(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now < self.next_at and step == self.step:
            return
        self.step, self.next_at = step, now + SECONDS_BETWEEN_NOTES
        if notes.stop_asked_for(self.job.key) is not None:
            raise _Cancelled
        if was_stopping(self.job.worker):
            raise _ServerStops
        notes.write_note(self.job.key, notes.Note(step, done, total, clock.now()))


def run(key: str, *, worker: str) -> Job | None:
    """Does a queued job to one of its ends; None where there was nothing to do.

    Nothing is raised for work that fails: the job says so. An error that stops the process passes.
    """
    notes.clear(key)  # what an earlier run of it left behind
    job = begin(key, worker=worker, at=clock.now())
    if job is None:
        return None
    _note_in_hand(key)
    running = _current.set(job)
    try:
        with listening(_Reporter(job)):
            _do(job)
    except StaleWrite:
        if Job.objects.filter(pk=job.pk, state=rules.RUNNING, worker=worker).exists():
            _end(
                job, rules.FAIL, _("Something changed in the same moment. Nothing was written. Start again.")
            )
    except ConcordError as error:
        _end(job, rules.FAIL, str(error))
    except _Cancelled:
        _end(job, rules.CANCEL)
    except _ServerStops:
        put_back(job)
    except Exception as error:
        _log_fault(job, error)
        _end(job, rules.FAIL, str(_OUR_FAULT) % {"key": job.key})
    finally:
        _current.reset(running)
        _note_in_hand("")
        notes.clear(key)
    return job


def _note_in_hand(key: str) -> None:
    global _in_hand
    _in_hand = key


def _do(job: Job) -> None:
    result = kind_named(job.kind).run(job)
    if job.state == rules.RUNNING:  # its work had no transaction of its own to end it in
        finish_job(job, result, at=clock.now())


def _end(job: Job, move: str, message: str = "") -> None:
    job.refresh_from_db()  # what the work's own transaction took back
    end_without_result(job, move, message=message, at=clock.now())


def _log_fault(job: Job, error: Exception) -> None:
    """Where it happened, without the error's own text, which may hold what the file or the plan says."""
    where = "".join(traceback.format_tb(error.__traceback__))
    log.error("Job %s (%s) failed with %s\n%s", job.key, job.kind, type(error).__name__, where)
