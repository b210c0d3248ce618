"""A small plan for the tests of analysis: a framework, two plans and the rows that a test asks for."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.functional import cached_property

from concord.accounts.models import Organisation
from concord.accounts.services import operator
from concord.analysis import engines
from concord.plan import queries as plans
from concord.plan.models import Action, Framework, Need, Pillar, Plan
from concord.plan.rows import ActionRow, NeedRow, RowOutcome, Source
from concord.plan.services import (
    BeneficiaryLine,
    MeasureLine,
    add_framework,
    add_pillar,
    add_plan,
    add_template,
    record_actions,
    record_needs,
)
from tests.factories import FRAMEWORK, NOON, PILLAR

PLAN, SUCCESSOR = "wbcsci-2018-2020", "wbcsci-2021-2023"

PLACES = (
    BeneficiaryLine("AL", "Albania", "ALB"),
    BeneficiaryLine("XK", "Kosovo*", "KOS*", "The footnote."),
    BeneficiaryLine("RS", "Serbia", "SRB"),
)
MEASURES = (
    MeasureLine("prevent", "Fewer weapons", "Safe stockpiles", ("firearms", "explosives")),
    MeasureLine("respond", "Work together", "Police cooperation", ("police-cooperation",)),
)


def an_action(row: int, title: str = "", **values: Any) -> ActionRow:
    """A row about an action: firearms training in Albania in 2018-2019, unless the test says otherwise.

    donors and implementers are names, funding is (amount, currency); own_id is "A<row>".
    """
    donors, implementers = values.pop("donors", ["Donor A"]), values.pop("implementers", ["Implementer C"])
    funding, reporter = values.pop("funding", None), values.pop("reporter", "Donor A")
    own_id = values.pop("own_id", f"A{row}")
    fields: dict[str, Any] = {
        "title": title or f"Action {row}",
        "summary": "",
        "pillars": ["WBCSCi"],
        "topics": ["firearms"],
        "action_types": ["training"],
        "beneficiaries": ["AL"],
        "start": "2018",
        "end": "2019",
        "status": "",
        "participations": [
            *({"role": "donor", "as_written": name, "organisation": None} for name in donors),
            *({"role": "implementer", "as_written": name, "organisation": None} for name in implementers),
        ],
        "funding": [_line(*funding)] if funding else [],
    } | values
    return ActionRow(row=row, fields=fields, own_id=own_id, reported_by=reporter)


def a_need(row: int, statement: str = "", **values: Any) -> NeedRow:
    """A row about a need: firearms in Albania, stated in 2017."""
    fields: dict[str, Any] = {
        "pillar": "WBCSCi",
        "kind": "operational",
        "approach": "prevent",
        "statement": statement or f"Need {row}",
        "topics": ["firearms"],
        "beneficiaries": ["AL"],
        "stated_on": "2017",
    } | values
    return NeedRow(row=row, fields=fields, own_id=f"N{row}")


def _line(amount: str, currency: str) -> dict[str, Any]:
    return {
        "donor": None,
        "donor_as_written": "",
        "amount": amount,
        "currency": currency,
        "status": "not reported",
        "status_inferred": False,
        "instrument": "",
        "contract_number": "",
    }


@dataclass
class World:
    """A framework with a plan, its successor, and an engine that finds what the test says.

    pairs and support hold what the engine answers: see `finds` and `covers`.
    """

    framework: Framework
    pillar: Pillar
    plan: Plan
    successor: Plan
    pairs: list[engines.Pair] = field(default_factory=list)
    support: list[engines.Support] = field(default_factory=list)

    def record(
        self, *rows: ActionRow | NeedRow, at: datetime = NOON, plan: Plan | None = None
    ) -> list[RowOutcome]:
        """Records rows as the operator, in the plan where one is named, else where they belong."""
        source = Source("list.csv", "0" * 64)
        common = {"framework": self.framework, "source": source, "plan": plan, "by": operator(), "at": at}
        actions = [row for row in rows if isinstance(row, ActionRow)]
        needs = [row for row in rows if isinstance(row, NeedRow)]
        outcomes = record_actions(actions, **common) if actions else []
        return [*outcomes, *(record_needs(needs, **common) if needs else [])]

    def action(self, own_id: str) -> Action:
        """The action with this id of its reporter, as it is now."""
        return Action.objects.get(own_id=own_id)

    def need(self, own_id: str) -> Need:
        """The need with this id, as it is now."""
        return Need.objects.get(own_id=own_id)

    def finds(self, one: str, other: str, kind: str = "overlap", score: float = 0.8) -> None:
        """From now on the engine finds these two actions related (own ids)."""
        a, b = sorted(self.action(own_id).key for own_id in (one, other))
        terms = [
            {"name": "base", "value": "any two actions worth comparing", "weight": 0.3},
            {"name": "topics", "value": "in common: Firearms", "weight": score - 0.3},
        ]
        self.pairs = [pair for pair in self.pairs if (pair.key_a, pair.key_b) != (a, b)]
        self.pairs.append(engines.Pair(a, b, kind, score, "Both train on firearms in Albania", terms))

    def covers(self, need: str, action: str, score: float = 0.9) -> None:
        """From now on the engine finds that this action may answer this need (own ids)."""
        keys = self.need(need).key, self.action(action).key
        terms = [{"name": "base", "value": "any action", "weight": score}]
        self.support.append(engines.Support(*keys, score, "Both speak of firearms in Albania", terms))

    @cached_property
    def officer_actions(self) -> Any:
        """All actions of the framework, as the operator sees them."""
        return plans.actions_visible_to(operator(), self.framework)


def build_world(secretariat: Organisation) -> World:
    """The framework and its two plans, built by the operator through the plan's services."""
    common: dict[str, Any] = {"by": operator(), "at": NOON}
    framework = add_framework(
        ref=FRAMEWORK,
        name="Integrative Internal Security Governance",
        acronym="IISG",
        secretariat=secretariat,
        beneficiaries=PLACES,
        **common,
    )
    pillar = add_pillar(framework, ref=PILLAR, acronym="WBCSCi", name="Serious crime", order=1, **common)
    template = add_template(pillar, title="Template", lines=MEASURES, **common)
    first, second = (
        add_plan(
            framework,
            pillar=pillar,
            template=template,
            ref=ref,
            title=f"Plan {start}-{start + 2}",
            starts_year=start,
            ends_year=start + 2,
            **common,
        )
        for ref, start in ((PLAN, 2018), (SUCCESSOR, 2021))
    )
    return World(framework, pillar, first, second)
