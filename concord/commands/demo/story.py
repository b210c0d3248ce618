"""What the demonstration's people do: hand in, analyse, confirm, freeze, decide and publish.

Each step runs through the services of the rooms like anybody's work, asks first whether it was done
already, and is whole or absent: a load that was cut off goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from concord.accounts.queries import person_by_email
from concord.analysis import services as analyses
from concord.analysis.queries import last_run
from concord.commands.demo import files
from concord.commands.demo.calls import ask, is_asked
from concord.commands.demo.people import OFFICER, SECOND_OFFICER, Part, add_people
from concord.commands.demo.setting import (
    FRAMEWORK,
    NEXT_PERIOD,
    SECRETARIAT,
    demonstration_body,
    set_the_stage,
)
from concord.governance.services import record_decision
from concord.intake.files import open_path
from concord.intake.preview import Target
from concord.intake.queries import applied_twin
from concord.intake.services import hand_in
from concord.kernel.canonical import sha256_hex
from concord.kernel.errors import ConcordError, NotFound
from concord.plan.queries import framework_named, plans_visible_to
from concord.plan.services import freeze
from concord.publication.queries import editions_of
from concord.publication.services import ask_to_publish, confirm_publication, publish

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.plan.models import Framework, Plan

SURE_ENOUGH = 0.6
"""From this probability on the demonstration's secretariat confirms that an action answers a need."""

REHEARSAL = "Rehearsal 1"
REHEARSAL_PLACE = "Demonstration"
REHEARSAL_TEXT = (
    "The demonstration endorses this text as a rehearsal. No Board took this decision on this text."
)


@dataclass(frozen=True, slots=True)
class Step:
    """One part of the story: what the progress bar says, whether it is done, and how to do it."""

    title: str
    is_done: Callable[[], bool]
    do: Callable[[], object]


def steps(*, folder: Path, at: datetime) -> Iterable[Step]:
    """The steps of the whole load, in order; later ones are made when the earlier ones are done."""
    yield Step(
        "The framework, its plans and 267 organisations",
        lambda: _framework() is not None,
        lambda: _begin(folder=folder, at=at),
    )
    framework = framework_named(FRAMEWORK)
    officer, second = _person(OFFICER), _person(SECOND_OFFICER)
    whole = Target(framework, org_column="reported_by")
    entered = Target(framework, organisation=demonstration_body(SECRETARIAT))
    yield _import_step("315 actions of 173 organisations", files.ACTIONS, whole, by=officer, at=at)
    yield _import_step("93 needs", files.NEEDS, entered, by=officer, at=at)
    for plan in plans_visible_to(officer, framework):
        yield _analysis_step(plan, by=officer, at=at)
    for plan in plans_visible_to(officer, framework):
        if plan.starts_year != NEXT_PERIOD[0]:
            yield _publication_step(plan, by=officer, second=second, at=at)
        else:
            yield Step(
                f"A call for {plan.title}, with invented contacts",
                partial(is_asked, plan),
                partial(ask, plan, by=officer, at=at),
            )


@transaction.atomic
def _begin(*, folder: Path, at: datetime) -> None:
    set_the_stage(at=at)
    add_people(folder=folder, at=at)


def _framework() -> Framework | None:
    try:
        return framework_named(FRAMEWORK)
    except NotFound:
        return None


def _person(part: Part) -> Person:
    return person_by_email(part.email)


def _import_step(title: str, path: Path, target: Target, *, by: Person, at: datetime) -> Step:
    def do() -> None:
        file, content = open_path(path)
        receipt = hand_in(file, content, target=target, by=by, at=at)
        if not receipt.applied:
            raise ConcordError(f"{path.name} could not be loaded. Run: concord import {path} --dry-run")

    return Step(title, lambda: applied_twin(target, sha256_hex(path.read_bytes())) is not None, do)


def _analysis_step(plan: Plan, *, by: Person, at: datetime) -> Step:
    def do() -> None:
        analyses.run(plan, by=by, at=at)
        analyses.confirm_proposals(plan, at_least=SURE_ENOUGH, by=by, at=at)

    return Step(f"Analysis of {plan.title}", lambda: last_run(plan) is not None, do)


def _publication_step(plan: Plan, *, by: Person, second: Person, at: datetime) -> Step:
    @transaction.atomic
    def do() -> None:
        version = freeze(plan, label="Text of the rehearsal", by=by, at=at)
        record_decision(
            plan.framework,
            kind="endorse",
            number=REHEARSAL,
            decided_on=at.date(),
            place=REHEARSAL_PLACE,
            text=REHEARSAL_TEXT,
            versions=[version],
            is_rehearsal=True,
            by=by,
            at=at,
        )
        request = ask_to_publish(version, by=by, at=at)
        confirm_publication(request, by=second, at=at)
        publish(version, by=second, at=at)

    return Step(f"Rehearsal and publication of {plan.title}", lambda: _is_published(plan), do)


def _is_published(plan: Plan) -> bool:
    try:
        return bool(editions_of(plan.ref))
    except NotFound:
        return False
