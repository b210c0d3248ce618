"""The worker: takes tasks from the queue one by one, and looks after what dead workers left behind.

Built on django-tasks-db's own. Its loop takes SQLite's write lock each second even where nothing waits, and
ends when that lock cannot be had; this one looks first, and waits.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from types import FrameType
from typing import Any

from django.db import OperationalError, close_old_connections, transaction
from django_tasks_db.management.commands.db_worker import Worker as LibraryWorker
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import is_locked_database_exception

from concord.kernel import clock
from concord.work import notes
from concord.work.presence import Presence
from concord.work.reaping import reap
from concord.work.running import job_in_hand

log = logging.getLogger("concord.work")

SECONDS_BETWEEN_LOOKS = 0.5
SECONDS_BETWEEN_REAPINGS = 5.0
SECONDS_TO_STOP = 8.0
"""After being told to stop, what is in hand has this long to reach a step at which it can end. The keeper
waits longer."""
SECONDS_TO_CANCEL = 15.0
"""After somebody wants a job stopped. Less than the 20 s for which a page waits for SQLite's write lock."""


class Worker(LibraryWorker):
    """One process that works through the queue.

    once: end when nothing waits, as tests and `concord worker --once` want it.
    """

    def __init__(self, presence: Presence, *, once: bool = False) -> None:
        super().__init__(
            queue_names=["*"],
            excluded_queue_names=[],
            interval=SECONDS_BETWEEN_LOOKS,
            batch=once,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=presence.mark,
        )
        self.presence = presence
        self._wake = threading.Event()

    def shutdown(self, signum: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Stops after what is in hand, which ends at its next step and is put back into the queue."""
        self.stop()

    def stop(self) -> None:
        """As a signal does."""
        self.running = False
        self.presence.note_stopping()
        self._wake.set()

    def run(self) -> None:
        """Works until it is told to stop, or, once, until nothing waits."""
        next_reaping = 0.0
        while self.running:
            if not self.batch:  # who asks for one round may be in a transaction, and keeps its connection
                close_old_connections()
            if time.monotonic() >= next_reaping:
                reap(at=clock.now())
                next_reaping = time.monotonic() + SECONDS_BETWEEN_REAPINGS
            task = self._claim()
            if task is not None:
                self.run_task(task)
            elif self.batch:
                return
            else:
                self._wake.wait(self.interval)

    def run_task(self, db_task_result: DBTaskResult[Any, Any]) -> None:
        """As the library's; of an error only its kind is kept, since its text may name people or say what
        a file says."""
        super().run_task(db_task_result)
        if db_task_result.traceback:
            log.error("A task failed: %s, %s", db_task_result.task_path, db_task_result.exception_class_path)
            DBTaskResult.objects.filter(pk=db_task_result.pk).update(traceback="")

    def _claim(self) -> DBTaskResult[Any, Any] | None:
        """The next task, marked as ours; None where nothing waits or somebody else is writing."""
        ready = DBTaskResult.objects.ready().filter(backend_name=self.backend_name)
        try:
            if not ready.exists():
                return None
            with transaction.atomic():
                task: DBTaskResult[Any, Any] | None = ready.get_locked()
                if task is not None:
                    task.claim(self.worker_id)
                return task
        except OperationalError as error:
            if not is_locked_database_exception(error):
                raise
            return None


class Watch(threading.Thread):
    """Looks beside the work whether it must end although it does not reach a step: then the process ends.

    What was written is taken back by the database, and the next worker sees why (reaping.py).
    """

    def __init__(self, worker: Worker) -> None:
        super().__init__(name="watch", daemon=True)
        self.worker = worker
        self.parent = os.getppid()

    def run(self) -> None:
        """Looks once a second for as long as the process lives."""
        stopping_since: float | None = None
        while True:
            time.sleep(1)
            if os.getppid() != self.parent:  # nobody is left to tell us
                self.worker.stop()
            if not self.worker.running:
                stopping_since = stopping_since or time.monotonic()
                if time.monotonic() - stopping_since > SECONDS_TO_STOP:
                    os._exit(1)
            elif (asked := self._cancel_asked_for()) is not None and asked > SECONDS_TO_CANCEL:
                os._exit(1)

    def _cancel_asked_for(self) -> float | None:
        key = job_in_hand()
        return notes.stop_asked_for(key) if key else None


def work_through() -> None:
    """Does everything that waits, here and now, and comes back: for tests and commands."""
    with Presence() as presence:
        Worker(presence, once=True).run()


def work_on() -> None:
    """Works in this process until it is told to stop by SIGTERM or SIGINT, or its parent ends."""
    with Presence() as presence:
        worker = Worker(presence)
        signal.signal(signal.SIGTERM, worker.shutdown)
        signal.signal(signal.SIGINT, worker.shutdown)
        Watch(worker).start()
        worker.run()
