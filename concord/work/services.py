"""The only code that writes to the work room's table: what people ask for, and how jobs begin and end."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import StaleWrite
from concord.work import notes, rules
from concord.work.kinds import About, kind_named, ref_of
from concord.work.models import Job
from concord.work.presence import is_alive, was_stopping
from concord.work.tasks import run_job

if TYPE_CHECKING:
    from concord.accounts.models import Person

BROKEN_OFF = gettext_lazy("The server stopped while this was under way. Nothing was written. Start again.")
STOPPED = gettext_lazy("It was stopped as you asked. Nothing was written.")

# --- what people ask for --------------------------------------------------------------------------------


@transaction.atomic
def start_job(kind: str, *, about: About, by: Person, at: datetime) -> Job:
    """Asks for long work. It is queued in the caller's transaction: taken back with it, nothing runs.

    While a job of this kind about this thing by this person is open, that one is the answer: two clicks
    make one job.

    Raises:
        NotFound: no such kind; NotPermitted, NotFound: as the kind's `require` says.
    """
    about_type, about_key = ref_of(about)
    kind_named(kind).require(by, about_key)
    same = Job.objects.filter(
        kind=kind, about_type=about_type, about_key=about_key, asked_by=by, state__in=rules.OPEN
    )
    if (found := same.first()) is not None:
        return found
    try:
        with transaction.atomic():
            job = Job.objects.create(
                kind=kind, about_type=about_type, about_key=about_key, asked_by=by, asked_at=at
            )
    except IntegrityError:  # the other click came first, in the same moment
        return same.get()
    run_job.enqueue(job.key)
    record(EventName.JOB_ASKED, actor=by, about=job, at=at, kind=kind, of=list(job.about))
    return job


def ask_to_cancel(job: Job, *, by: Person, at: datetime) -> Job:
    """Stops a job: at once where it waits, at its next step where it runs. What it wrote is taken back.

    Raises:
        NotPermitted: as the kind's `require` says; IllegalMove: it has ended; StaleWrite: it moved meanwhile.
    """
    kind_named(job.kind).require(by, job.about_key)
    rules.state_after(job.state, rules.CANCEL)
    if job.state == Job.State.RUNNING:
        # Before any write: on SQLite ours waits until the job's transaction ends, which this word ends.
        notes.ask_to_stop(job.key)
    with transaction.atomic():
        if job.state == Job.State.QUEUED:
            _move(job, rules.CANCEL, cancel_asked_at=at, finished_at=at, message=str(STOPPED))
        else:
            Job.objects.filter(pk=job.pk, finished_at=None).update(cancel_asked_at=at)
            job.refresh_from_db()
        record(EventName.JOB_CANCEL_ASKED, actor=by, about=job, at=at)
    give_up(job, at=at)
    return job


@transaction.atomic
def start_again(job: Job, *, by: Person, at: datetime) -> Job:
    """Queues a job anew that failed, was stopped or was broken off. Nothing of it had been written.

    Raises:
        NotPermitted: as the kind's `require` says; IllegalMove: it waits, runs or is done; StaleWrite.
    """
    kind_named(job.kind).require(by, job.about_key)
    give_up(job, at=at)
    try:
        with transaction.atomic():
            _queue(job, rules.ASK_AGAIN, asked_at=at)
    except IntegrityError as error:  # the same was asked for a second time meanwhile
        raise StaleWrite(_("The same is under way already. Look at your list of work.")) from error
    record(EventName.JOB_ASKED_AGAIN, actor=by, about=job, at=at)
    return job


# --- how jobs begin and end; called by the worker -------------------------------------------------------


def begin(key: str, *, worker: str, at: datetime) -> Job | None:
    """Takes a queued job in hand; None where it is no longer queued (stopped, or another worker's)."""
    taken = Job.objects.filter(key=key, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING, worker=worker, started_at=at, attempts=F("attempts") + 1
    )
    return Job.objects.select_related("asked_by").get(key=key) if taken else None


@transaction.atomic
def finish_job(job: Job, result: About | None, *, message: str = "", at: datetime) -> Job:
    """Ends a running job well. Inside the transaction of its work, so that both are there or neither.

    Raises:
        StaleWrite: the job is no longer this worker's; what it wrote must not stay.
    """
    result_type, result_key = ref_of(result) if result is not None else ("", "")
    _move(job, rules.FINISH, finished_at=at, result_type=result_type, result_key=result_key, message=message)
    record(EventName.JOB_ENDED, actor=job.asked_by, about=job, at=at, state=job.state)
    return job


@transaction.atomic
def end_without_result(job: Job, move: str, *, message: str = "", at: datetime) -> Job:
    """Ends a running job that failed, was cancelled or was lost, with what a person reads about it.

    Raises:
        StaleWrite: the job is no longer this worker's.
    """
    _move(job, move, finished_at=at, message=message or (str(STOPPED) if move == rules.CANCEL else ""))
    record(EventName.JOB_ENDED, actor=job.asked_by, about=job, at=at, state=job.state)
    return job


def give_up(job: Job, *, at: datetime) -> bool:
    """Ends a running job whose worker is dead, or queues it again; gives whether that was so.

    A job whose worker was told to stop is queued again; one that somebody wanted stopped is stopped; any
    other is lost, and says so. Safe to call at any time and from several processes at once.
    """
    if job.state != Job.State.RUNNING or is_alive(job.worker):
        return False
    try:
        if notes.stop_asked_for(job.key) is not None:
            end_without_result(job, rules.CANCEL, at=at)
        elif was_stopping(job.worker):
            put_back(job)
        else:
            end_without_result(job, rules.LOSE, message=str(BROKEN_OFF), at=at)
    except StaleWrite:  # somebody else gave it up first
        job.refresh_from_db()
        return False
    notes.clear(job.key)
    return True


@transaction.atomic
def put_back(job: Job) -> Job:
    """Queues a running job again whose worker was stopped on purpose.

    Raises:
        StaleWrite: somebody else did so.
    """
    _queue(job, rules.PUT_BACK)
    return job


def _queue(job: Job, move: str, **values: object) -> None:
    nothing = {"started_at": None, "finished_at": None, "cancel_asked_at": None, "worker": "", "message": ""}
    _move(job, move, **nothing, **values)
    run_job.enqueue(job.key)


def _move(job: Job, move: str, **values: object) -> None:
    """Compare-and-set: a miss means that somebody else moved it, or that another worker has it."""
    after = rules.state_after(job.state, move)
    found = Job.objects.filter(pk=job.pk, state=job.state, worker=job.worker)
    if found.update(state=after, **values) != 1:
        raise StaleWrite(_("This piece of work changed in the same moment. Look at it again."))
    job.refresh_from_db()
