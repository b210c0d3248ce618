"""What is public, field by field; the two profiles on top of it; and the moves of a publication.

The table below is the only place that decides. It is generated into docs/public-fields.md, and a test
fails when a model field stands nowhere in it. What the table does not name is never public.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from concord.kernel.errors import IllegalMove


class Audience(StrEnum):
    """Who may ever read a field, whatever the profile."""

    PUBLIC = "public"
    MEMBERS = "members"
    NEVER = "never"


class Profile(StrEnum):
    """What a framework makes public of what the table calls public."""

    FIVE_FACTS = "five-facts"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One line of the table.

    field "*" stands for every field of the model that has no line of its own. paths: where the value
    stands in the document. five_facts: public under that profile too.
    """

    model: str
    field: str
    audience: Audience
    paths: tuple[str, ...] = ()
    five_facts: bool = False


def _five(model: str, **fields: str) -> list[FieldRule]:
    """Public under every profile."""
    return [FieldRule(model, name, Audience.PUBLIC, tuple(at.split()), True) for name, at in fields.items()]


def _open(model: str, **fields: str) -> list[FieldRule]:
    """Public where the framework chose the profile "open"."""
    return [FieldRule(model, name, Audience.PUBLIC, tuple(at.split())) for name, at in fields.items()]


def _members(model: str, **fields: str) -> list[FieldRule]:
    return [FieldRule(model, name, Audience.MEMBERS, tuple(at.split())) for name, at in fields.items()]


def _never(model: str, **fields: str) -> list[FieldRule]:
    return [FieldRule(model, name, Audience.NEVER, tuple(at.split())) for name, at in fields.items()]


def _all(audience: Audience, *models: str) -> list[FieldRule]:
    return [FieldRule(model, "*", audience) for model in models]


def _made_of_bytes(*models: str) -> list[FieldRule]:
    """Tables made from an edition's bytes: they hold nothing that is not in them."""
    return [FieldRule(f"publication.{model}", "*", Audience.PUBLIC, five_facts=True) for model in models]


FIELD_RULES: Final[tuple[FieldRule, ...]] = (
    # The framework, its names and its plan: what every edition says about itself.
    *_five(
        "plan.Framework",
        ref="framework.ref",
        name="framework.name",
        acronym="framework.acronym",
        profile="framework.profile",
        notice="notices",
        is_demonstration="framework.demonstration",
        level_names="plan.levels",
        # which actions the figures leave out is public wherever the figures are
        confirm_within_months="plan.confirmed_since actions.counted",
    ),
    *_all(Audience.MEMBERS, "plan.Framework"),
    *_five("plan.Beneficiary", code="beneficiaries.code", order="beneficiaries.order"),
    *_five(
        "plan.BeneficiaryName",
        name="beneficiaries.name",
        short="beneficiaries.short",
        footnote="beneficiaries.footnote",
    ),
    *_all(Audience.MEMBERS, "plan.Beneficiary", "plan.BeneficiaryName"),
    *_five("plan.Pillar", acronym="plan.pillar", name="plan.pillar_name"),
    *_all(Audience.MEMBERS, "plan.Pillar", "plan.PillarLead"),
    *_five(
        "plan.Template",
        title="plan.template.title",
        number="plan.template.number",
        notice="plan.template.notice",
    ),
    *_all(Audience.MEMBERS, "plan.Template"),
    *_open("plan.Approach", code="structure.code", name="structure.name"),
    *_open("plan.Objective", order="structure.objectives.code", name="structure.objectives.name"),
    *_open(
        "plan.Measure",
        code="structure.objectives.measures.code",
        name="structure.objectives.measures.name",
        topics="structure.objectives.measures.topics",
    ),
    *_all(Audience.MEMBERS, "plan.Approach", "plan.Objective", "plan.Measure"),
    *_five(
        "plan.Plan",
        ref="plan.ref",
        title="plan.title",
        starts_year="plan.starts",
        ends_year="plan.ends",
        predecessor="plan.predecessor",
    ),
    *_all(Audience.MEMBERS, "plan.Plan"),
    # Actions. The five facts: title, donor, implementer, beneficiary, pillar (that of the plan).
    *_five("plan.Action", key="actions.key", title="actions.title", marking="actions.marking"),
    *_open(
        "plan.Action",
        summary="actions.summary",
        description="actions.description",
        start="actions.start",
        end="actions.end",
        status="actions.status",
        source_url="actions.source_url",
        iati_identifier="actions.iati_identifier",
        reporting_organisation="actions.reporting_organisation",
        last_confirmed_on="actions.last_confirmed actions.confirmed",
    ),
    *_members(
        "plan.Action",
        reported_by_as_written="actions.reported_by actions.reporter_identified",
        own_id="actions.own_id",
    ),
    *_never("plan.Action", notes="actions.notes"),
    *_all(Audience.NEVER, "plan.Action", "plan.ActionReader"),
    *_all(Audience.MEMBERS, "plan.ActionPillar"),
    *_five("plan.ActionBeneficiary", code="actions.beneficiaries"),
    *_open("plan.ActionTopic", code="actions.topics"),
    *_open("plan.ActionType", code="actions.action_types"),
    *_five(
        "plan.Participation",
        organisation="actions.participations.organisation actions.participations.name"
        " actions.donors actions.implementers",
        role="actions.participations.role",
    ),
    *_members("plan.Participation", as_written="actions.participations.as_written"),
    *_open(
        "plan.FundingLine",
        donor="actions.funding.donor",
        amount="actions.funding.amount",
        currency="actions.funding.currency",
        status="actions.funding.status",
        status_inferred="actions.funding.status_inferred",
        instrument="actions.funding.instrument",
        contract_number="actions.funding.contract_number",
    ),
    *_members("plan.FundingLine", donor_as_written="actions.funding.donor_as_written"),
    *_open("plan.ActionLink", other="actions.continues actions.works_with"),
    *_open("plan.Placement", measure="actions.measure actions.linked_measures"),
    *_members("plan.Placement", plan="actions.also_in"),
    *_members("plan.Event", title="actions.events"),
    *_members("plan.Indicator", name="actions.indicators"),
    *_all(
        Audience.MEMBERS,
        *("plan.ActionBeneficiary", "plan.ActionTopic", "plan.ActionType", "plan.Participation"),
        *("plan.FundingLine", "plan.ActionLink", "plan.Placement", "plan.Event", "plan.Indicator"),
    ),
    # Needs, the links confirmed by people, and what follows from them.
    *_open(
        "plan.Need",
        key="needs.key",
        own_id="needs.own_id",
        kind="needs.kind",
        approach="needs.approach",
        statement="needs.statement",
        priority="needs.priority",
        reference="needs.reference",
        stated_on="needs.stated_on",
        source_url="needs.source_url",
        marking="needs.marking",
        last_confirmed_on="needs.last_confirmed needs.counted",
    ),
    *_never("plan.Need", notes="needs.notes"),
    *_all(Audience.NEVER, "plan.Need"),
    *_open(
        "plan.NeedBeneficiary",
        code="needs.beneficiaries.code",
        state="needs.beneficiaries.state",
        stated_at="needs.beneficiaries.since",
    ),
    *_open("plan.NeedTopic", code="needs.topics"),
    *_open("plan.NeedPlacement", measure="needs.measure needs.linked_measures"),
    *_open("plan.NeedLink", need="actions.needs.need", strength="actions.needs.strength"),
    *_all(Audience.MEMBERS, "plan.NeedBeneficiary", "plan.NeedTopic", "plan.NeedPlacement", "plan.NeedLink"),
    # Where facts come from: only of fields that are public themselves; never the person.
    *_open("plan.Statement", field="actions.facts.fields"),
    *_open(
        "plan.Origin",
        file_name="actions.facts.source",
        sheet="actions.facts.sheet",
        row="actions.facts.row",
        at="actions.facts.on",
    ),
    *_all(
        Audience.NEVER,
        "plan.Statement",
        "plan.Origin",
        "plan.Recording",
        "plan.ReceivedRecord",
        "plan.Merge",
        "plan.MergeChoice",
    ),
    *_all(Audience.NEVER, "plan.NameAnswer", "plan.CarriedReporter"),
    *_all(Audience.NEVER, "publication.MovedOrganisation"),
    # Organisations that a public fact names; people never.
    *_five(
        "accounts.Organisation",
        key="organisations.key",
        name="organisations.name",
        acronym="organisations.acronym",
        kind="organisations.kind",
        parent="organisations.parent",
    ),
    *_all(Audience.MEMBERS, "accounts.Organisation"),
    *_five("accounts.OrganisationIdentifier", value="organisations.identifiers"),
    *_all(Audience.MEMBERS, "accounts.OrganisationIdentifier"),
    # The version and what the Board decided about it.
    *_five("plan.PlanVersion", number="version.number"),
    *_members("plan.PlanVersion", draft_number="version.ref", label="version.label"),
    *_all(Audience.NEVER, "plan.PlanVersion"),
    *_five(
        "governance.Decision",
        kind="version.decision.kind",
        number="version.decision.number",
        decided_on="version.decision.on",
        place="version.decision.place",
        text="version.decision.text",
        conditions="version.decision.conditions",
        meeting="version.decision.meeting",
        is_rehearsal="version.decision.rehearsal",
    ),
    *_all(Audience.MEMBERS, "governance.Decision", "governance.Meeting", "governance.AgendaItem"),
    *_all(Audience.MEMBERS, "governance.DecisionText", "governance.Standing", "governance.Adjustment"),
    *_all(Audience.NEVER, "governance.Comment"),
    # The edition itself is public; how it came about is not.
    *_five(
        "publication.Edition",
        number="edition.number",
        in_force_from="edition.in_force_from",
        published_at="edition.published_on",
        previous_sha256="edition.previous_sha256",
    ),
    *_all(Audience.MEMBERS, "publication.Edition", "publication.PublishRequest"),
    *_made_of_bytes("EditionFile", "EditionAction", "EditionFacet", "EditionNeed"),
)
"""One line per model field, the more particular line first."""

NEVER_ROOMS: Final = ("accounts", "audit", "work", "intake", "analysis")
"""Rooms whose tables never reach an edition, unless a line above names the field."""

DERIVED: Final[dict[str, bool]] = {
    "format": True,
    "version.state": True,
    "edition.profile": True,
    "figures": True,
    "matrix": False,
}
"""Parts of the document that no column holds, with whether `five-facts` has them. They are reckoned
again from what remains, or say nothing about a record."""

FIVE_FACTS_FIGURES: Final = ("actions", "donors", "implementers", "not_counted")
"""The figures that can be counted on the five facts; the others count what that profile leaves out."""

PUBLIC_ROLES: Final[dict[Profile, frozenset[str]]] = {
    Profile.FIVE_FACTS: frozenset({"donor", "implementer"}),
    Profile.OPEN: frozenset({"donor", "implementer", "lead", "partner"}),
}
"""The participations that are public. Which unit receives the work stays with members, as events do."""

PUBLIC_MARKING: Final = "clear"
"""TLP:CLEAR, the only marking under which a record stands in an edition."""


def public_paths(profile: Profile) -> frozenset[str]:
    """The places in the document that a profile keeps; everything else is dropped."""
    fields = {path for rule in FIELD_RULES for path in rule.paths if _is_kept(rule, profile)}
    derived = {path for path, in_five in DERIVED.items() if in_five or profile is Profile.OPEN}
    return frozenset(fields | derived)


def _is_kept(rule: FieldRule, profile: Profile) -> bool:
    return rule.audience is Audience.PUBLIC and (rule.five_facts or profile is Profile.OPEN)


def rule_for(model: str, field: str) -> FieldRule | None:
    """The line of the table for a model field ("plan.Action", "title"); None where nobody decided."""
    lines = [rule for rule in FIELD_RULES if rule.model == model and rule.field in (field, "*")]
    if lines:
        return next((rule for rule in lines if rule.field == field), lines[0])
    room = model.split(".", 1)[0]
    return FieldRule(model, field, Audience.NEVER) if room in NEVER_ROOMS else None


class RequestState(StrEnum):
    """How far a publication has come."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    MADE = "made"
    WITHDRAWN = "withdrawn"


class RequestMove(StrEnum):
    """What people do about a publication that was asked for."""

    CONFIRM = "confirm"
    MAKE = "make"
    WITHDRAW = "withdraw"


MOVES: Final[dict[tuple[RequestState, RequestMove], RequestState]] = {
    (RequestState.ASKED, RequestMove.CONFIRM): RequestState.CONFIRMED,
    (RequestState.ASKED, RequestMove.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.CONFIRMED, RequestMove.WITHDRAW): RequestState.WITHDRAWN,
    (RequestState.CONFIRMED, RequestMove.MAKE): RequestState.MADE,
}

_REFUSALS: Final[dict[RequestState, str]] = {
    RequestState.ASKED: "A second person has to confirm this publication first.",
    RequestState.CONFIRMED: "This publication is confirmed already. Publish it, or withdraw it.",
    RequestState.MADE: "This edition is published already.",
    RequestState.WITHDRAWN: "This request was withdrawn. Ask for the publication again.",
}


def next_state(state: str, move: RequestMove) -> RequestState:
    """The state that a move leads to.

    Raises:
        IllegalMove: there is no such move from this state; the text says what to do instead.
    """
    after = MOVES.get((RequestState(state), move))
    if after is None:
        raise IllegalMove(_REFUSALS[RequestState(state)])
    return after


def require_second_person(asked_by: object, confirmed_by: object) -> None:
    """Publishing takes two people.

    Raises:
        IllegalMove: both are the same.
    """
    if asked_by == confirmed_by:
        raise IllegalMove("You asked for this publication yourself. A second person has to confirm it.")
