"""Reads of the work room. What people may see is decided here; nothing here writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_tasks_db.models import DBTaskResult

from concord.kernel.errors import NotFound, NotPermitted
from concord.work import notes
from concord.work.kinds import About, kind_named, ref_of
from concord.work.models import Job
from concord.work.presence import Worker, is_alive, live_workers, was_stopping
from concord.work.rules import OPEN, QUEUED, RUNNING
from concord.work.services import BROKEN_OFF, STOPPED

if TYPE_CHECKING:
    from concord.accounts.models import Person

__all__ = ["Standing", "Worker", "job_named", "jobs_of", "live_workers", "open_job", "standing_of", "waiting"]


def jobs_of(person: Person) -> QuerySet[Job]:
    """What this person asked for, the newest first. Nobody sees what others asked for."""
    return Job.objects.filter(asked_by=person)


def job_named(key: str, *, actor: Person) -> Job:
    """One of the actor's own jobs, while they may still ask for such work about such a thing.

    Raises:
        NotFound: there is none, or it is not theirs to see; the two look alike.
    """
    job = jobs_of(actor).select_related("asked_by").filter(key=key).first()
    if job is None or not may_see(job, actor):
        raise NotFound(_("There is no such work, or you may not see it."))
    return job


def may_see(job: Job, actor: Person) -> bool:
    """Whether somebody who asked for a job may still see it."""
    try:
        kind_named(job.kind).require(actor, job.about_key)
    except (NotPermitted, NotFound):
        return False
    return True


def open_job(kind: str, *, about: About, by: Person) -> Job | None:
    """The job of this kind about this thing that the person asked for and that has not ended yet."""
    about_type, about_key = ref_of(about)
    return jobs_of(by).filter(kind=kind, about_type=about_type, about_key=about_key, state__in=OPEN).first()


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a job stands now, as far as anybody can know.

    state: as stored, but "lost" as soon as its worker is dead, even before a worker has written that down.
    step, done, total: while it runs, in the step's own units (total 0: not known).
    said_at: when that was said. unattended: it waits and no worker is there to take it.
    """

    state: str
    step: str = ""
    done: int = 0
    total: int = 0
    said_at: datetime | None = None
    message: str = ""
    cancel_asked: bool = False
    unattended: bool = False


def standing_of(job: Job) -> Standing:
    """Where a job stands. Reads the notes beside the database; writes nothing."""
    if job.state == QUEUED:
        return Standing(QUEUED, unattended=not live_workers())
    if job.state != RUNNING:
        return Standing(job.state, message=job.message)
    cancel_asked = notes.stop_asked_for(job.key) is not None
    if not is_alive(job.worker):
        return _left_behind(job, cancel_asked=cancel_asked)
    note = notes.read_note(job.key)
    if note is None:
        return Standing(RUNNING, cancel_asked=cancel_asked)
    return Standing(
        RUNNING,
        step=note.step,
        done=note.done,
        total=note.total,
        said_at=note.at,
        cancel_asked=cancel_asked,
    )


def _left_behind(job: Job, *, cancel_asked: bool) -> Standing:
    """What services.give_up will write down as soon as somebody comes by: the same answer, earlier."""
    if cancel_asked:
        return Standing(Job.State.CANCELLED, message=str(STOPPED))
    if was_stopping(job.worker):
        return Standing(QUEUED, unattended=not live_workers())
    return Standing(Job.State.LOST, message=str(BROKEN_OFF))


def waiting() -> int:
    """How many tasks wait for a worker, whoever asked for them: for the operator."""
    return DBTaskResult.objects.ready().count()
