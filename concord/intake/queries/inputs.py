"""Reads of the intake room: the inputs that a person may see, their rows and problems."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from concord.accounts.queries import Actor, may_ever, powers_of
from concord.accounts.rules import Permission
from concord.accounts.scope import Scope
from concord.intake.models import Input, InputProblem, InputRow
from concord.intake.preview import Counts, Target
from concord.kernel.errors import NotFound
from concord.plan.queries import frameworks_visible_to, scope_of

if TYPE_CHECKING:
    from concord.plan.models import Framework, Plan

ENTRY = (Permission.ENTER_ON_BEHALF, Permission.REPORT_OWN, Permission.STATE_NEED)
"""Any of these lets a person hand something in."""


def inputs_visible_to(actor: Actor) -> QuerySet[Input]:
    """The inputs that a person may open: their own, and all of a framework whose restricted rows they see.

    A preview shows what stood in the plan for the person who made it, so that nobody with a narrower
    view opens it.
    """
    inputs = Input.objects.select_related(
        "framework__secretariat", "plan__pillar__framework", "organisation", "received_by", "applied_by"
    ).defer("content")
    powers = powers_of(actor)
    if powers.everything:
        return inputs
    if actor is None or actor.pk is None:  # an anonymous visitor
        return inputs.none()
    refs = frameworks_visible_to(actor).values_list("ref", flat=True)
    whole = [ref for ref in refs if powers.can(Permission.VIEW_RESTRICTED, within=Scope(ref))]
    own = Q(received_by=actor, framework__ref__in=refs)
    return inputs.filter(own | Q(framework__ref__in=whole))


def input_named(key: str, *, actor: Actor) -> Input:
    """One input by its receipt key.

    Raises:
        NotFound: there is none, or the person may not see it; the two look alike.
    """
    found = inputs_visible_to(actor).filter(key=key).first()
    if found is None:
        raise NotFound("There is no such file, or you may not see it.")
    return found


def may_hand_in(actor: Actor, place: Framework | Plan) -> bool:
    """Whether there is anything that the person could hand in there."""
    scope = scope_of(place)
    return any(may_ever(actor, permission, within=scope) for permission in ENTRY)


def applied_twin(target: Target, sha256: str) -> Input | None:
    """The same file for the same target as it was applied last."""
    return twins_of(target, sha256).filter(state=Input.State.APPLIED).first()


def twins_of(target: Target, sha256: str) -> QuerySet[Input]:
    """All inputs of the same bytes for the same target, newest first."""
    return Input.objects.filter(
        sha256=sha256,
        framework=target.framework,
        plan=target.plan,
        organisation=target.organisation,
        org_column=target.org_column,
    )


def target_of(received: Input) -> Target:
    """Where an input's rows go and whose they are."""
    return Target(received.framework, received.plan, received.organisation, received.org_column)


def counts_of_input(received: Input) -> Counts:
    """The input's rows counted by state, as they were kept last."""
    return counts_of_inputs([received.pk])[received.pk]


def counts_of_inputs(pks: Collection[int]) -> dict[int, Counts]:
    """The same for many inputs, in one query."""
    by_input: dict[int, dict[str, int]] = {pk: {} for pk in pks}
    rows = InputRow.objects.filter(input__in=pks).order_by().values_list("input", "state")
    for pk, state, count in rows.annotate(count=Count("pk")):
        by_input[pk][state] = count
    return {pk: _counts(states) for pk, states in by_input.items()}


def _counts(states: dict[str, int]) -> Counts:
    named: dict[str, Any] = {state: states.get(state, 0) for state in ("new", "changed", "same", "conflict")}
    return Counts(rows=sum(states.values()), skipped=states.get(InputRow.State.ERROR, 0), **named)


@dataclass(frozen=True, slots=True)
class ProblemCounts:
    """How many problems of each severity an input has."""

    error: int = 0
    question: int = 0
    warning: int = 0


def problem_counts(received: Input) -> ProblemCounts:
    """The input's problems counted by severity."""
    counted = received.problems.order_by().values_list("severity").annotate(count=Count("pk"))
    return ProblemCounts(**dict(counted))


def problems_of(received: Input, severities: Collection[str]) -> QuerySet[InputProblem]:
    """The input's problems of these severities: errors first, then in the file's order."""
    return received.problems.filter(severity__in=severities)


def rows_of(received: Input, *, state: str = "", severity: str = "") -> QuerySet[InputRow]:
    """The input's rows in the file's order; those of one state, or those with a problem of one severity."""
    rows = received.rows.all()
    if state:
        rows = rows.filter(state=state)
    if severity:
        places = received.problems.filter(severity=severity).values_list("sheet", "row")
        sheets: dict[str, list[int]] = {}
        for sheet, row in places:
            if row is not None:
                sheets.setdefault(sheet, []).append(row)
        wanted = Q(pk=None)
        for sheet, numbers in sheets.items():
            wanted |= Q(sheet=sheet, number__in=numbers)
        rows = rows.filter(wanted)
    return rows
