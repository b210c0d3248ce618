"""What the tests of publication share: a small plan and the way of a text from draft to edition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from concord.governance.services import record_decision
from concord.plan.models import PlanVersion
from concord.plan.services import freeze, set_profile
from concord.publication.models import Edition
from concord.publication.services import ask_to_publish, confirm_publication, publish
from tests.analysis.world import World, a_need, an_action, build_world
from tests.cast import Cast
from tests.factories import NOON


@dataclass(frozen=True)
class Press:
    """The way of a text: frozen, endorsed, asked for, confirmed, published."""

    world: World
    cast: Cast

    def frozen(self) -> PlanVersion:
        """The plan as it stands, as the next draft."""
        return freeze(self.world.plan, by=self.cast.officer, at=NOON)

    def endorsed(self, *, on: date = date(2019, 6, 3), **values: Any) -> PlanVersion:
        """A draft that the Board endorsed."""
        version = self.frozen()
        facts = {"number": "Decision 1", "text": "The Board endorses the plan.", "place": "Brdo"} | values
        record_decision(
            self.world.framework,
            kind="endorse",
            decided_on=on,
            versions=[version],
            by=self.cast.officer,
            at=NOON,
            **facts,
        )
        return version

    def confirmed(self, **values: Any) -> PlanVersion:
        """A version whose publication two people want."""
        version = self.endorsed(**values)
        request = ask_to_publish(version, by=self.cast.officer, at=NOON)
        confirm_publication(request, by=self.cast.second_officer, at=NOON)
        return version

    def published(self, *, at: datetime = NOON, **values: Any) -> Edition:
        """The edition of the plan as it stands."""
        return publish(self.confirmed(**values), by=self.cast.second_officer, at=at)


@pytest.fixture
def world(cast: Cast) -> World:
    """A plan with three actions and two needs, whose framework makes everything public that may be."""
    made = build_world(cast.lead_organisation)
    set_profile(made.framework, profile="open", by=cast.operator, at=NOON)
    made.plan.framework.refresh_from_db()
    made.record(
        an_action(1, "Training on firearms", funding=("750000.00", "EUR")),
        an_action(2, "Stockpile advice", beneficiaries=["RS", "XK"], donors=["Donor B"]),
        an_action(3, "Joint patrols", topics=["police-cooperation"], start="2020", end=""),
        a_need(1, "Stockpiles are not safe"),
        a_need(2, "Patrols do not meet", topics=["police-cooperation"], beneficiaries=["RS"]),
    )
    return made


@pytest.fixture
def press(world: World, cast: Cast) -> Press:
    """The way of the plan's text to the public."""
    return Press(world, cast)
