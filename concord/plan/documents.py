"""The whole text of a plan as one document: what drafts show, versions freeze and editions redact.

The format is described in docs/formats/edition.md.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Prefetch

from concord.accounts.queries import Actor, identifiers_of, organisations_by_key
from concord.kernel import clock
from concord.plan.ageing import counts_from, is_counted
from concord.plan.figures import figures_of
from concord.plan.matrix import matrix_of
from concord.plan.models import (
    Action,
    ActionLink,
    Approach,
    FundingLine,
    Measure,
    Need,
    NeedLink,
    NeedPlacement,
    Objective,
    Participation,
    Placement,
    Plan,
    Statement,
)
from concord.plan.queries.plans import naming_table
from concord.plan.queries.records import actions_in, actions_visible_to, needs_in

FORMAT = "concord-plan/1"

Document = dict[str, Any]


def document_of(plan: Plan, *, actor: Actor, version_ref: str | None = None) -> Document:
    """The plan as it stands now, as far as the actor may see it, in the document format.

    It holds no time of making: the same plan gives the same document, whoever asks for it when. Only
    where its framework lets unconfirmed records leave the figures does it say since which day they count.
    version_ref is the draft's name ("d3") when the document is made to be frozen.
    """
    actions = _actions(plan, actor)
    needs = _needs(plan, actor)
    document: Document = {
        "format": FORMAT,
        "framework": _framework(plan),
        "plan": _plan(plan),
        "version": {"ref": version_ref, "number": None, "state": "draft", "decision": None},
        "notices": [text for text in (plan.framework.notice, plan.template.notice) if text],
        "beneficiaries": [
            {
                "code": place.code,
                "name": place.name,
                "short": place.short,
                "order": place.order,
                "footnote": place.footnote,
            }
            for place in naming_table(plan.framework)
        ],
        "structure": structure_of(plan),
        "organisations": _organisations(actions),
        "actions": actions,
        "needs": needs,
    }
    return completed(_aged(document, plan))


def _aged(document: Document, plan: Plan) -> Document:
    """The document with what does not count marked so; unchanged where the framework sets no limit."""
    since = counts_from(plan.framework, on=clock.now().date())
    if since is None:
        return document
    document["plan"]["confirmed_since"] = since.isoformat()
    for record in (*document["actions"], *document["needs"]):
        last = record.get("last_confirmed")
        if not is_counted(date.fromisoformat(last) if last else None, since):
            record["counted"] = False
    return document


def completed(document: Document) -> Document:
    """The document with everything that follows from its actions and needs worked out anew:
    organisations named, links that lead out of it dropped, matrix and figures. Pure, idempotent."""
    actions, needs = document["actions"], document["needs"]
    in_plan, need_keys = {action["key"] for action in actions}, {need["key"] for need in needs}
    kept = [
        {
            **action,
            "needs": [link for link in action.get("needs", []) if link["need"] in need_keys],
            "continues": [key for key in action.get("continues", []) if key in in_plan],
            "works_with": [key for key in action.get("works_with", []) if key in in_plan],
        }
        for action in actions
    ]
    named = {part["organisation"] for action in kept for part in action.get("participations", [])}
    organisations = [row for row in document["organisations"] if row["key"] in named]
    whole = {**document, "actions": kept, "organisations": organisations}
    whole["matrix"] = matrix_of(whole)
    whole["figures"] = figures_of(whole)
    return whole


def structure_of(plan: Plan) -> list[Document]:
    """The plan's template: approaches, objectives and measures in order."""
    measures = Prefetch("measures", Measure.objects.order_by("order"))
    objectives = Prefetch("objectives", Objective.objects.order_by("order").prefetch_related(measures))
    return [
        {
            "code": approach.code,
            "name": approach.name,
            "objectives": [
                {
                    "code": f"{approach.order}.{objective.order}",
                    "name": objective.name,
                    "measures": [
                        {"code": measure.code, "name": measure.name, "topics": measure.topics}
                        for measure in objective.measures.all()
                    ],
                }
                for objective in approach.objectives.all()
            ],
        }
        for approach in Approach.objects.filter(template=plan.template)
        .order_by("order")
        .prefetch_related(objectives)
    ]


def _framework(plan: Plan) -> Document:
    framework = plan.framework
    return {
        "ref": framework.ref,
        "name": framework.name,
        "acronym": framework.acronym,
        "profile": framework.profile,
        "demonstration": framework.is_demonstration,
    }


def _plan(plan: Plan) -> Document:
    return {
        "ref": plan.ref,
        "title": plan.title,
        "pillar": plan.pillar.acronym if plan.pillar else None,
        "pillar_name": plan.pillar.name if plan.pillar else None,
        "starts": str(plan.starts_year),
        "ends": str(plan.ends_year),
        "levels": list(plan.framework.level_names),
        "predecessor": plan.predecessor.ref if plan.predecessor else None,
        "template": {
            "title": plan.template.title,
            "number": plan.template.number,
            "notice": plan.template.notice,
        },
    }


def _actions(plan: Plan, actor: Actor) -> list[Document]:
    actions = (
        actions_in(plan, actor=actor)
        .select_related("reporting_organisation")
        .prefetch_related(
            "beneficiary_rows",
            "topic_rows",
            "type_rows",
            Prefetch("participations", Participation.objects.select_related("organisation")),
            Prefetch("funding_lines", FundingLine.objects.select_related("donor")),
            Prefetch("placements", Placement.objects.select_related("plan", "measure")),
            Prefetch("need_links", NeedLink.objects.select_related("need")),
            "events",
            "indicators",
        )
        .order_by("key")
    )
    found = list(actions)
    facts = _facts(found)
    links = _links(plan, actor)
    return [_action(action, plan, facts[action.pk], links[action.key]) for action in found]


def _action(action: Action, plan: Plan, facts: list[Document], links: Mapping[str, list[str]]) -> Document:
    parts = sorted(action.participations.all(), key=lambda part: (part.role, part.order))
    here = [place for place in action.placements.all() if place.plan_id == plan.pk]
    return {
        "key": action.key,
        "own_id": action.own_id,
        "iati_identifier": action.iati_identifier,
        "title": action.title,
        "summary": action.summary,
        "description": action.description,
        "reporting_organisation": action.reporting_organisation.name,
        "reported_by": action.reported_by_as_written or action.reporting_organisation.name,
        "reporter_identified": not action.reported_by_as_written,
        "confirmed": action.last_confirmed_on is not None,
        "last_confirmed": action.last_confirmed_on.isoformat() if action.last_confirmed_on else None,
        "beneficiaries": sorted(row.code for row in action.beneficiary_rows.all()),
        "topics": sorted(row.code for row in action.topic_rows.all()),
        "action_types": sorted(row.code for row in action.type_rows.all()),
        "start": action.start or None,
        "end": action.end or None,
        "status": action.status,
        "donors": _names(parts, "donor"),
        "implementers": _names(parts, "implementer"),
        "participations": [
            {
                "role": part.role,
                "organisation": part.organisation.key if part.organisation else None,
                "name": _name(part),
                "as_written": part.as_written,
            }
            for part in parts
        ],
        "funding": [
            _funding(line) for line in sorted(action.funding_lines.all(), key=lambda line: line.order)
        ],
        "events": [
            {"title": event.title, "start": event.start, "end": event.end, "place": event.place}
            for event in sorted(action.events.all(), key=lambda event: event.order)
        ],
        "indicators": [
            {"name": row.name, "unit": row.unit, "baseline": row.baseline, "target": row.target}
            for row in sorted(action.indicators.all(), key=lambda row: row.order)
        ],
        "measure": next((p.measure.code for p in here if p.is_main and p.measure), None),
        "linked_measures": _in_order(p.measure for p in here if not p.is_main and p.measure),
        "source_url": action.source_url,
        "marking": action.marking,
        "needs": sorted(
            ({"need": link.need.key, "strength": link.strength} for link in action.need_links.all()),
            key=lambda link: link["need"],
        ),
        "continues": links["continues"],
        "works_with": links["works_with"],
        "facts": facts,
        "notes": action.notes,
        "also_in": sorted(p.plan.ref for p in action.placements.all() if p.is_main and p.plan_id != plan.pk),
    }


def _in_order(measures: Iterable[Measure]) -> list[str]:
    return [measure.code for measure in sorted(measures, key=lambda measure: measure.order)]


def _name(part: Participation) -> str:
    return part.organisation.name if part.organisation else part.as_written


def _names(parts: Sequence[Participation], role: str) -> list[str]:
    return list(dict.fromkeys(_name(part) for part in parts if part.role == role))


def _funding(line: FundingLine) -> Document:
    return {
        "donor": line.donor.name if line.donor else (line.donor_as_written or None),
        "amount": str(line.amount) if line.amount is not None else None,
        "currency": line.currency,
        "status": line.status,
        "status_inferred": line.status_inferred,
        "instrument": line.instrument,
        "contract_number": line.contract_number,
    }


def _facts(actions: Sequence[Action]) -> dict[int, list[Document]]:
    """Where the chosen values come from: per action, the fields grouped by file row or entry."""
    fields: dict[int, dict[tuple[str, str, int, str], list[str]]] = defaultdict(lambda: defaultdict(list))
    rows = Statement.objects.filter(action__in=actions, chosen=True).order_by("field")
    for action, field, name, sheet, row, at in rows.values_list(
        "action_id", "field", "origin__file_name", "origin__sheet", "origin__row", "origin__at"
    ):
        source = (name or "entered in Concord", sheet, row or 0, at.date().isoformat())
        fields[action][source].append(field)
    return defaultdict(
        list, {action: [_fact(*item) for item in sorted(by.items())] for action, by in fields.items()}
    )


def _fact(source: tuple[str, str, int, str], fields: list[str]) -> Document:
    name, sheet, row, on = source
    return {"source": name, "sheet": sheet, "row": row or None, "on": on, "fields": fields}


def _links(plan: Plan, actor: Actor) -> dict[str, dict[str, list[str]]]:
    """What each action continues and works with, as far as the actor sees both sides."""
    visible = set(actions_visible_to(actor, plan.framework).values_list("key", flat=True))
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: {"continues": [], "works_with": []})
    rows = ActionLink.objects.filter(action__framework=plan.framework)
    for key, other, kind in rows.values_list("action__key", "other__key", "kind").order_by(
        "action__key", "other__key"
    ):
        if key not in visible or other not in visible:
            continue
        if kind == ActionLink.Kind.CONTINUES:
            found[key]["continues"].append(other)
        elif kind in (ActionLink.Kind.JOINED, ActionLink.Kind.PHASED):
            found[key]["works_with"].append(other)
            found[other]["works_with"].append(key)
    for sides in found.values():
        sides["works_with"] = sorted(set(sides["works_with"]))
    return found


def _needs(plan: Plan, actor: Actor) -> list[Document]:
    needs = (
        needs_in(plan, actor=actor)
        .select_related("pillar")
        .prefetch_related(
            "beneficiary_rows",
            "topic_rows",
            Prefetch(
                "placements",
                NeedPlacement.objects.filter(plan=plan).select_related("measure").order_by("measure__order"),
            ),
        )
        .order_by("key")
    )
    order = {place.code: place.order for place in naming_table(plan.framework)}
    return [_need(need, order) for need in needs]


def _need(need: Need, order: Mapping[str, int]) -> Document:
    places = list(need.placements.all())
    rows = sorted(need.beneficiary_rows.all(), key=lambda row: (order.get(row.code, 99), row.code))
    return {
        "key": need.key,
        "own_id": need.own_id,
        "kind": need.kind,
        "approach": need.approach,
        "statement": need.statement,
        "topics": sorted(row.code for row in need.topic_rows.all()),
        "beneficiaries": [
            {
                "code": row.code,
                "state": row.state,
                "since": row.stated_at.date().isoformat() if row.stated_at else None,
            }
            for row in rows
        ],
        "priority": need.priority,
        "reference": need.reference,
        "stated_on": need.stated_on or None,
        "source_url": need.source_url,
        "measure": next((p.measure.code for p in places if p.is_main and p.measure), None),
        "linked_measures": _in_order(p.measure for p in places if not p.is_main and p.measure),
        "marking": need.marking,
        "notes": need.notes,
        **({"last_confirmed": need.last_confirmed_on.isoformat()} if need.last_confirmed_on else {}),
    }


def _organisations(actions: Sequence[Mapping[str, Any]]) -> list[Document]:
    keys = {part["organisation"] for action in actions for part in action["participations"]} - {None}
    identifiers = identifiers_of(keys)
    rows = sorted(organisations_by_key(keys).values(), key=lambda row: (row.name, row.key))
    return [
        {
            "key": row.key,
            "name": row.name,
            "acronym": row.acronym,
            "kind": row.kind,
            "parent": row.parent.key if row.parent else None,
            "identifiers": identifiers.get(row.key, []),
        }
        for row in rows
    ]
