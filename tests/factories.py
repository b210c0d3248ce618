"""What tests are made of, built through the services of the rooms, so that it is as real as in use.

Each room appends its own. Names are plain; an argument that a test does not care about has a default.
"""

import itertools
from datetime import UTC, date, datetime
from typing import Any

from concord.accounts import services as accounts
from concord.accounts.models import Organisation, Person, RoleGrant
from concord.accounts.rules import Role
from concord.accounts.scope import Scope

FRAMEWORK, PILLAR = "iisg", "wbcsci"
WITHIN = Scope(FRAMEWORK, PILLAR)
NOON = datetime(2019, 6, 3, 12, 0, tzinfo=UTC)
"""The instant at which tests act, where they do not care."""

_numbers = itertools.count(1)

# --- accounts ------------------------------------------------------------------------------------


def an_organisation(name: str = "", **values: Any) -> Organisation:
    """An organisation with a name of its own, added by the operator."""
    values = {"name": name or f"Organisation {next(_numbers)}", "at": NOON} | values
    return accounts.add_organisation(**_by_operator(values))


def a_person(name: str = "", **values: Any) -> Person:
    """A person without any role, added by the operator."""
    number = next(_numbers)
    values = {
        "name": name or f"Person {number}",
        "email": f"person-{number}@example.org",
        "at": NOON,
    } | values
    return accounts.add_person(**_by_operator(values))


def a_grant(person: Person, role: Role, **values: Any) -> RoleGrant:
    """A role for the framework, held since the beginning of 2017, granted by the operator."""
    values = {"within": Scope(FRAMEWORK), "from_on": date(2017, 1, 1), "at": NOON} | values
    return accounts.grant_role(person=person, role=role, **_by_operator(values))


def _by_operator(values: dict[str, Any]) -> dict[str, Any]:
    return values if "by" in values else values | {"by": accounts.operator()}
