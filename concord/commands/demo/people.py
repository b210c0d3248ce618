"""The demonstration's people: one account per role, with random passwords kept in one private file."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction

from concord.accounts.rules import Role
from concord.accounts.scope import Scope
from concord.accounts.services import add_membership, add_person, grant_role, operator
from concord.commands.demo.setting import (
    CO_LEAD_PARTNER,
    DONOR,
    FRAMEWORK,
    LEAD_PARTNER,
    SECRETARIAT,
    demonstration_body,
)

if TYPE_CHECKING:
    from concord.accounts.models import Person

DOMAIN = "demonstration.example"
ACCOUNTS_FILE = "demo-accounts.txt"


@dataclass(frozen=True, slots=True)
class Part:
    """One account: what it is called, the role it plays, for which body or beneficiary."""

    local_part: str
    name: str
    role: Role
    body: str = ""
    beneficiary: str = ""

    @property
    def email(self) -> str:
        return f"{self.local_part}@{DOMAIN}"


OFFICER = Part("secretariat", "Secretariat officer (demonstration)", Role.SECRETARIAT, SECRETARIAT)
SECOND_OFFICER = Part(
    "second-secretariat", "Second secretariat officer (demonstration)", Role.SECRETARIAT, SECRETARIAT
)
PARTS = (
    OFFICER,
    SECOND_OFFICER,
    Part("lead-partner", "Lead partner (demonstration)", Role.LEAD_PARTNER, LEAD_PARTNER),
    Part("co-lead-partner", "Co-lead partner (demonstration)", Role.CO_LEAD_PARTNER, CO_LEAD_PARTNER),
    Part("reporter", "Reporter of a donor (demonstration)", Role.REPORTER, DONOR),
    Part("viewer", "Viewer at a donor (demonstration)", Role.VIEWER, DONOR),
    Part(
        "national-coordinator",
        "National coordinator (demonstration)",
        Role.NATIONAL_COORDINATOR,
        beneficiary="AL",
    ),
    Part("authority", "Authority of a beneficiary (demonstration)", Role.AUTHORITY, beneficiary="AL"),
    Part("support-group", "Support Group member (demonstration)", Role.SUPPORT_GROUP),
    Part("board-member", "Board member (demonstration)", Role.BOARD_MEMBER),
    Part("observer", "Observer (demonstration)", Role.OBSERVER),
    Part("auditor", "Auditor (demonstration)", Role.AUDITOR),
    Part("administrator", "Administrator (demonstration)", Role.ADMINISTRATOR),
)


@transaction.atomic
def add_people(*, folder: Path, at: datetime) -> dict[str, Person]:
    """Adds every account with its role and writes the passwords to the folder (mode 600).

    Returns:
        The people by the local part of their address.
    """
    passwords = {part.email: secrets.token_urlsafe(12) for part in PARTS}
    people = {part.local_part: _add(part, passwords[part.email], at=at) for part in PARTS}
    write_accounts(folder / ACCOUNTS_FILE, passwords)
    return people


def write_accounts(path: Path, passwords: dict[str, str]) -> None:
    """The accounts as lines of text that only this user can read."""
    path.touch(mode=0o600, exist_ok=True)
    path.chmod(0o600)
    lines = [f"{part.email:<46} {passwords[part.email]:<20} {part.name}" for part in PARTS]
    path.write_text(
        "\n".join(["Demonstration accounts (address, password, role)", *lines, ""]), encoding="utf-8"
    )


def _add(part: Part, password: str, *, at: datetime) -> Person:
    by = operator()
    person = add_person(email=part.email, name=part.name, password=password, by=by, at=at)
    body = demonstration_body(part.body) if part.body else None
    if body is not None:
        add_membership(person=person, organisation=body, from_on=at.date(), by=by, at=at)
    grant_role(
        person=person,
        role=part.role,
        within=Scope(FRAMEWORK),
        organisation=body,
        beneficiary=part.beneficiary,
        from_on=at.date(),
        by=by,
        at=at,
    )
    return person
