"""What runs in the background. A task takes ids alone, and is safe to run twice."""

from __future__ import annotations

from django.tasks import task

from concord.intake.services.outbox import deliver
from concord.kernel import clock


@task(priority=10)  # before jobs that wait
def send_message(key: str) -> bool:
    """Sends one mail of the outbox, if it still waits; whether it left."""
    return deliver(key, at=clock.now())
