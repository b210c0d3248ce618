"""What this room does after an analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.dispatch import receiver

from concord.analysis.events import analysis_run
from concord.governance.asking import end_what_is_over

if TYPE_CHECKING:
    from concord.analysis.models import Run


@receiver(analysis_run)
def end_questions_that_are_over(run: Run, **_signal: Any) -> None:
    """A mail that still waits does not leave once its question has ended by itself."""
    end_what_is_over(run.framework, at=run.at)
