"""What this room does when actions change, and after an analysis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.dispatch import receiver

from concord.analysis.events import analysis_run
from concord.analysis.queries import last_run
from concord.analysis.rules import BY_HAND
from concord.analysis.tasks import analyse_action
from concord.plan.events import actions_changed

if TYPE_CHECKING:
    from concord.analysis.models import Run
    from concord.plan.models import Framework


@receiver(actions_changed)
def analyse_what_changed(framework: Framework, keys: Sequence[str], **_signal: Any) -> None:
    """What people change by hand is analysed again in the background; a whole import waits for the next
    analysis of the plan. Where nobody has analysed anything yet, nothing is compared unasked."""
    if len(keys) <= BY_HAND and last_run(framework) is not None:
        for key in keys:
            analyse_action.enqueue(key)


@receiver(analysis_run)
def keep_the_index(run: Run, **_signal: Any) -> None:
    """After a full analysis the framework's index is made again; after one action it follows by itself."""
    if not run.is_of_one_action:
        from concord.analysis import kept_index  # the engine, which most commands never need

        kept_index.keep_anew(run.framework, on=run.at.date())
