"""Large files as work in the background: read and checked, and applied. Small ones stay in the request."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext_lazy

from concord.intake.preview import Target, require_entry
from concord.intake.queries import input_named, target_of
from concord.intake.services import accept, receive, take_in_received, withdraw
from concord.kernel import clock
from concord.kernel.errors import BadInput
from concord.work.kinds import Kind, register
from concord.work.services import start_job

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.intake.models import Input
    from concord.work.models import Job

CHECK, APPLY, APPLY_SURE = "check-input", "apply-input", "apply-input-without-questions"

LARGE_TEXT_BYTES = 1_000_000
LARGE_PACKAGE_BYTES = 150_000  # a workbook is packed to about a seventh
LARGE_ROWS = 1_000
"""From here on a person waits for more than about five seconds (docs/benchmarks.md)."""


def is_large(content: bytes) -> bool:
    """Whether an uploaded file is read in the background."""
    return len(content) > (LARGE_PACKAGE_BYTES if content.startswith(b"PK") else LARGE_TEXT_BYTES)


@transaction.atomic
def receive_large(
    *, file_name: str, content: bytes, target: Target, replaces: Input | None = None, by: Person, at: datetime
) -> Job:
    """Keeps a file that was handed in, and has it read and checked in the background.

    Raises:
        NotPermitted: `by` may not hand in for this target.
    """
    received = receive(file_name=file_name, content=content, target=target, replaces=replaces, by=by, at=at)
    return start_job(CHECK, about=received, by=by, at=at)


def apply_large(received: Input, *, leave_questions: bool = False, by: Person, at: datetime) -> Job | None:
    """Has a checked file of many rows applied in the background; None where it is small.

    Raises:
        NotPermitted.
    """
    if received.rows.count() <= LARGE_ROWS:
        return None
    return start_job(APPLY_SURE if leave_questions else APPLY, about=received, by=by, at=at)


def register_kinds() -> None:
    """Makes the kinds of this room known to the worker."""
    register(Kind(CHECK, gettext_lazy("Reading and checking a file"), _require, _check))
    register(Kind(APPLY, gettext_lazy("Applying a file"), _require, _apply))
    register(Kind(APPLY_SURE, gettext_lazy("Applying the rows without questions"), _require, _apply_sure))


def _require(person: Person, key: str) -> Person:
    return require_entry(target_of(input_named(key, actor=person)), person)


def _check(job: Job) -> Input:
    received = input_named(job.about_key, actor=job.asked_by)
    try:
        return take_in_received(received, by=job.asked_by, at=clock.now())
    except BadInput:
        received.refresh_from_db()
        withdraw(received, reason="It could not be read.", by=job.asked_by, at=clock.now())
        raise


def _apply(job: Job) -> Input:
    return _applied(job, leave_questions=False)


def _apply_sure(job: Job) -> Input:
    return _applied(job, leave_questions=True)


def _applied(job: Job, *, leave_questions: bool) -> Input:
    received = input_named(job.about_key, actor=job.asked_by)
    accept(received, leave_questions=leave_questions, by=job.asked_by, at=clock.now())
    return received
