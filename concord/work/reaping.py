"""What becomes of the work of a worker that is no more: put back, stopped or told of. Nothing is stuck."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from concord.work import rules
from concord.work.models import Job
from concord.work.presence import dead_marks, forget, is_alive
from concord.work.services import give_up

MOST_ATTEMPTS = 3
"""A task that took three workers down with it is not tried on a fourth."""


def reap(*, at: datetime) -> int:
    """Looks after everything that a dead worker had in hand; gives how many jobs that were.

    A job whose worker was told to stop is queued again; one that somebody wanted stopped is stopped; any
    other is lost, which its page says. Another room's task (a mail) is queued again, three times at most.
    Safe to run at any time and by several workers at once.
    """
    found = 0
    for job in Job.objects.filter(state=rules.RUNNING).select_related("asked_by"):
        found += give_up(job, at=at)
    for task in DBTaskResult.objects.running():
        if not task.worker_ids or not is_alive(task.worker_ids[-1]):
            _offer_again(task, at=at)
    for mark in dead_marks():
        forget(mark)
    return found


@transaction.atomic
def _offer_again(task: DBTaskResult[Any, Any], *, at: datetime) -> None:
    """Compare-and-set: of two workers that see the same dead task, one offers it again."""
    found = DBTaskResult.objects.filter(
        pk=task.pk, status=TaskResultStatus.RUNNING, worker_ids=task.worker_ids
    )
    if len(task.worker_ids) < MOST_ATTEMPTS:
        found.update(status=TaskResultStatus.READY, started_at=None)
    else:
        found.update(
            status=TaskResultStatus.FAILED, finished_at=at, exception_class_path="WorkerDied", traceback=""
        )
