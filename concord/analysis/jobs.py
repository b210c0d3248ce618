"""The analysis of a plan as long work in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.analysis.services import run
from concord.kernel import clock
from concord.plan.queries import plan_visible, scope_of
from concord.work.kinds import Kind, register

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.plan.models import Plan
    from concord.work.models import Job

ANALYSE_PLAN = "analyse-plan"


def _require(person: Person, ref: str) -> Person:
    return require(person, Permission.RUN_ANALYSIS, within=scope_of(plan_visible(ref, actor=person)))


def _run(job: Job) -> Plan:
    plan = plan_visible(job.about_key, actor=job.asked_by)
    run(plan, by=job.asked_by, at=clock.now())
    return plan


def register_kinds() -> None:
    """Makes the kinds of this room known to the worker."""
    register(Kind(ANALYSE_PLAN, gettext_lazy("Analysing a plan"), _require, _run))
