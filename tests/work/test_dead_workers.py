"""R12: what a worker had in hand that is no more is put back, stopped or told of. Nothing stays stuck."""

import os
from datetime import timedelta

import pytest
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from concord.work import notes, services
from concord.work.models import Job
from concord.work.presence import Presence, dead_marks, is_alive, live_workers
from concord.work.queries import standing_of
from concord.work.reaping import MOST_ATTEMPTS, reap
from tests.cast import Cast
from tests.factories import NOON
from tests.work.conftest import Bench, asked, done

pytestmark = pytest.mark.django_db


def taken_by(job: Job, mark: str) -> Job:
    """The job as a worker has it in hand that took its task from the queue."""
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=NOON, worker_ids=[mark])
    taken = services.begin(job.key, worker=mark, at=NOON)
    assert taken is not None
    return taken


def test_a_worker_lives_until_it_ends_and_others_see_that_at_once():
    with Presence() as one:
        assert is_alive(one.mark)
        assert [(worker.mark, worker.pid) for worker in live_workers()] == [(one.mark, os.getpid())]

    assert not is_alive(one.mark)
    assert live_workers() == []
    assert not is_alive("never-was")


def test_work_of_a_dead_worker_is_lost_and_says_that_nothing_was_written(bench: Bench, cast: Cast):
    job = taken_by(asked(cast.officer), "dead")

    shown = standing_of(job)
    assert reap(at=NOON) == 1

    job.refresh_from_db()
    assert job.state == shown.state == "lost"
    assert job.message == shown.message
    assert job.message == "The server stopped while this was under way. Nothing was written. Start again."
    assert done(job).state == "lost", "its task, offered again, finds nothing to do"
    assert bench.runs == []


def test_work_of_a_worker_that_lives_is_left_alone(bench: Bench, cast: Cast):
    with Presence() as other:
        job = taken_by(asked(cast.officer), other.mark)

        assert reap(at=NOON) == 0

        job.refresh_from_db()
        assert job.state == "running"
        assert DBTaskResult.objects.get().status == TaskResultStatus.RUNNING


def test_work_of_a_worker_that_was_told_to_stop_is_done_by_the_next_one(bench: Bench, cast: Cast):
    with Presence() as other:
        job = taken_by(asked(cast.officer), other.mark)
        other.note_stopping()
        other._file.close()  # the process ends here, before it could put anything back

        shown = standing_of(job)
        job = done(job)

    assert shown.state == "queued"
    assert (job.state, bench.runs, job.attempts) == ("done", [job.key], 2)


def test_work_that_was_to_be_stopped_when_its_worker_died_is_stopped(bench: Bench, cast: Cast):
    job = taken_by(asked(cast.officer), "dead")
    notes.ask_to_stop(job.key)

    assert standing_of(job).state == "cancelled"
    assert done(job).state == "cancelled"


def test_a_person_can_start_again_before_any_worker_saw_the_death(bench: Bench, cast: Cast):
    job = taken_by(asked(cast.officer), "dead")

    services.start_again(job, by=cast.officer, at=NOON)

    assert done(job).state == "done"
    assert bench.runs == [job.key]


def test_a_person_can_stop_what_a_dead_worker_had_in_hand(bench: Bench, cast: Cast):
    job = services.ask_to_cancel(taken_by(asked(cast.officer), "dead"), by=cast.officer, at=NOON)

    assert job.state == "cancelled"


def test_a_task_that_was_taken_but_not_begun_is_offered_again(bench: Bench, cast: Cast):
    job = asked(cast.officer)
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=NOON, worker_ids=["dead"])

    assert done(job).state == "done"


def test_a_task_that_took_three_workers_down_is_not_offered_again(bench: Bench, cast: Cast):
    asked(cast.officer)
    DBTaskResult.objects.update(
        status=TaskResultStatus.RUNNING, started_at=NOON, worker_ids=["dead"] * MOST_ATTEMPTS
    )

    reap(at=NOON)

    task = DBTaskResult.objects.get()
    assert (task.status, task.exception_class_path) == (TaskResultStatus.FAILED, "WorkerDied")


def test_what_dead_workers_leave_behind_is_cleared_away(bench: Bench, cast: Cast):
    other = Presence().__enter__()
    other._file.close()
    assert dead_marks() == [other.mark]

    reap(at=NOON + timedelta(seconds=1))

    assert dead_marks() == []
