"""The demonstration's call: invented focal points are asked; no real body is said to have answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from concord.accounts.addressees import contacts_visible_to
from concord.accounts.scope import Scope
from concord.accounts.services import add_contact
from concord.intake.queries.calls import candidates
from concord.intake.services.calls import draft_call, open_call

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.plan.models import Plan

ASKED = 12
"""The organisations with most actions in the plan; all but the last four have a focal point."""
WITHOUT = 4
WEEKS = 3
TITLE = "Yearly update of the plan (demonstration)"
MESSAGE = (
    "This is a demonstration: the addresses are invented and no mail reaches anybody. We are bringing the "
    "plan up to date. Please tell us how your actions stand: what still holds, what changed, what is new."
)


def is_asked(plan: Plan) -> bool:
    """Whether the demonstration's call is there."""
    return plan.calls.exists()


@transaction.atomic
def ask(plan: Plan, *, by: Person, at: datetime) -> None:
    """Adds invented focal points and opens a call on a plan."""
    found = sorted(
        candidates(plan, actor=by, on=at.date()), key=lambda each: (-each.actions, each.organisation.name)
    )
    bodies = [each.organisation for each in found[:ASKED]]
    known = contacts_visible_to(by, plan.framework.ref).count()
    for number, body in enumerate(bodies[: len(bodies) - WITHOUT], known + 1):
        add_contact(
            organisation=body,
            within=Scope(plan.framework.ref),
            name=f"Focal point {number} (invented)",
            function="Desk officer",
            email=f"focal-point-{number}@example.org",
            phone=f"+000 555 {number:04d}",
            by=by,
            at=at,
        )
    draft = draft_call(
        plan,
        title=TITLE,
        message=MESSAGE,
        closes_on=at.date() + timedelta(weeks=WEEKS),
        organisations=bodies,
        by=by,
        at=at,
    )
    open_call(draft, expected_version=draft.version, by=by, at=at)
