"""The one task of this room: doing a job. Its only argument is the job's key."""

from __future__ import annotations

from typing import Any

from django.tasks import TaskContext, task


@task(takes_context=True)
def run_job(context: TaskContext[Any, Any], key: str) -> None:
    """Does the job of this key, unless it was stopped or is done already."""
    from concord.work.running import run  # running puts jobs back into the queue, so it knows this task

    run(key, worker=context.task_result.worker_ids[-1])
