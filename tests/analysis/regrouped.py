"""What tests of cases split and joined by hand share: the acts, and which pairs stand together."""

from datetime import timedelta
from typing import Any

from concord.accounts.models import Person
from concord.analysis.models import Case, Finding, Regrouping
from concord.analysis.services import (
    join_cases,
    split_case,
)
from tests.analysis.world import World
from tests.factories import NOON

LATER = NOON + timedelta(days=1)
WHY = "Drones are bought by others."


def case_of(world: World, one: str, other: str) -> Case:
    return Case.objects.get(findings=finding_of(world, one, other))


def finding_of(world: World, one: str, other: str) -> Finding:
    keys = sorted([world.action(one).key, world.action(other).key])
    return Finding.objects.get(key_a=keys[0], key_b=keys[1])


def split(case: Case, by: Person, world: World, *actions: str, **values: Any) -> Regrouping:
    keys = [world.action(own_id).key for own_id in actions]
    case.refresh_from_db()
    told: dict[str, Any] = {"reason": WHY, "expected_version": case.version, "at": LATER} | values
    return split_case(case, actions=keys, by=by, **told)


def join(case: Case, other: Case, by: Person, **values: Any) -> Regrouping:
    case.refresh_from_db()
    other.refresh_from_db()
    versions = {"expected_version": case.version, "other_version": other.version}
    return join_cases(case, other, by=by, **(versions | {"reason": WHY, "at": LATER} | values))


def in_cases(world: World) -> list[str]:
    """The pairs of each case by own ids, "A1A2 A1A3", in a fixed order."""
    found: dict[int | None, list[str]] = {}
    for finding in Finding.objects.select_related("action_a", "action_b"):
        pair = "".join(sorted([finding.action_a.own_id, finding.action_b.own_id]))
        found.setdefault(finding.case_id, []).append(pair)
    return sorted(" ".join(sorted(pairs)) for pairs in found.values())


BEFORE = ["A1A2 A1A3 A1A4 A2A3 A2A4 A3A4", "A1A5", "A5A6"]
WITHOUT_A4 = ["A1A2 A1A3 A2A3", "A1A4 A2A4 A3A4", "A1A5", "A5A6"]
