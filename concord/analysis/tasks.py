"""What this room does in the background beside jobs. A task takes keys alone, and is safe to run twice."""

from __future__ import annotations

from django.tasks import task

from concord.accounts.services import operator
from concord.analysis.queries import last_run
from concord.analysis.services import rerun_action
from concord.kernel import clock
from concord.kernel.errors import NotFound
from concord.plan.queries import action_named


@task
def analyse_action(key: str) -> None:
    """Analyses an action that somebody changed, comparing what the latest full analysis compared.

    Written by the system account. An action that is gone meanwhile is left alone.
    """
    try:
        action = action_named(key, actor=operator())
    except NotFound:
        return
    full = last_run(action.framework)
    if full is not None:
        rerun_action(action, as_seen_by=full.by, by=operator(), at=clock.now())
