"""What the plan room announces, once the act is committed. Listeners may be told twice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.dispatch import Signal

if TYPE_CHECKING:
    from concord.plan.models import Framework

actions_changed = Signal()
"""What some actions say, or whether they count, changed. Sends: framework, keys (a list)."""


def announce_actions(framework: Framework, keys: Sequence[str]) -> None:
    """Announces that these actions changed when the transaction is committed; nobody hears of none."""
    if keys:
        send = partial(
            actions_changed.send_robust, sender=type(framework), framework=framework, keys=list(keys)
        )
        transaction.on_commit(send)
