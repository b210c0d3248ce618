"""One action as members read it: every fact with where it comes from, and what can be done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from concord.accounts.rules import Permission
from concord.audit.queries import history_of
from concord.intake.queries.calls import objections_about
from concord.kernel import clock
from concord.plan.ageing import counts_from, is_counted
from concord.plan.queries import merges_of, naming_table, plans_visible_to, statements_of
from concord.plan.rules import UNCOUNTED_FIELDS, decode
from concord.publication.reading import say_period
from concord.web.members.action_links import findings_of_action, links_of, needs_answered
from concord.web.members.happened import Happened, history_with, is_seen, seen_by
from concord.web.members.plan_list import titled
from concord.web.members.rows import Places, address_of_action, reporter_of, say_status
from concord.web.members.told import (
    FIELD_LABELS,
    ROLE_LABELS,
    Told,
    say_date,
    say_origin,
    say_withdrawal,
    tell,
    tell_all,
    tell_money,
)

if TYPE_CHECKING:
    from concord.plan.models import Action, Statement
    from concord.web.members.visit import Visit

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One field about which statements differ: all of them, the chosen one first."""

    label: str
    statements: tuple[Told, ...]
    is_question: bool


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """Where an action stands in one plan."""

    plan: str
    href: str
    measure: str
    linked: str
    placed_by: str
    change: str


@dataclass(frozen=True, slots=True)
class MergeLine:
    """One merge that holds, and what undoing it needs."""

    pk: int
    title: str
    key: str
    by: str
    when: str
    reason: str


@dataclass(frozen=True, slots=True)
class ActionPage:
    """What members/action.html shows."""

    action: Action
    marking: str
    lines: list[str]
    facts: list[Shown]
    questions: list[Disagreement]
    differing: list[Disagreement]
    places: list[PlaceLine]
    place_in: list[Shown]
    needs: list[Shown]
    links: list[Shown]
    findings: list[Shown]
    other_findings: list[Shown]
    merges: list[MergeLine]
    merged_from: Shown | None
    objections: list[Shown]
    history: list[Happened]
    may_amend: bool
    may_confirm: bool
    may_merge: bool
    may_withdraw: bool
    withdrawn: str
    choose_href: str
    version: int
    footnote: str


def action_page(visit: Visit, action: Action) -> ActionPage:
    """All that a person may read about an action; for a tombstone, where it went."""
    places = Places(naming_table(action.framework))
    statements = list(statements_of(action))
    told = tell_all(statements, places)
    organisation = action.reporting_organisation
    differing, findings = _differing(told), findings_of_action(visit, action)
    return ActionPage(
        action=action,
        marking=action.get_marking_display(),
        lines=_lines(action, statements),
        facts=_facts(action, statements, places),
        questions=[each for each in differing if each.is_question],
        objections=[
            {"text": each.text, "href": reverse("members:objection", args=[each.key])}
            for each in objections_about(action, actor=visit.person)
        ],
        differing=[each for each in differing if not each.is_question],
        places=_places(visit, action),
        place_in=_place_in(visit, action),
        needs=needs_answered(visit, action),
        links=links_of(visit, action),
        findings=[line for line in findings if line["presses"]],
        other_findings=[line for line in findings if not line["presses"]],
        merges=_merges(visit, action),
        merged_from=_target(action),
        history=history_with(seen_by(visit.person, history_of(action)), (each.origin for each in statements)),
        may_amend=visit.may_on(Permission.AMEND_ACTION, action, organisation),
        may_confirm=visit.may_on(Permission.REPORT_OWN, action, organisation),
        may_merge=visit.may_on(Permission.MERGE_ACTIONS, action, organisation),
        may_withdraw=visit.may_on(Permission.ENTER_ON_BEHALF, action)
        or visit.may_on(Permission.REPORT_OWN, action, organisation),
        withdrawn=say_withdrawal(action),
        choose_href=reverse("members:action-choose", args=[action.key]),
        version=action.version,
        footnote=places.footnote_for(_named(action, statements)),
    )


def _named(action: Action, statements: Sequence[Statement]) -> set[str]:
    """The codes of all places that the page names, in the chosen values or in others."""
    stated = (decode(each.value) for each in statements if each.field == "beneficiaries")
    return {code for codes in stated for code in codes} | {row.code for row in action.beneficiary_rows.all()}


def _target(action: Action) -> Shown | None:
    """The action that a tombstone was merged into."""
    if action.merged_into is None:
        return None
    return {"text": action.merged_into.title, "href": address_of_action(action.merged_into.key)}


def _lines(action: Action, statements: Sequence[Statement]) -> list[str]:
    lines = [_("Reported by %(body)s.") % {"body": reporter_of(action)}]
    if action.reported_by_as_written:
        lines[0] = _(
            "Reported by “%(name)s”, a name that is not identified yet; %(body)s keeps the row until then."
        ) % {
            "name": action.reported_by_as_written,
            "body": action.reporting_organisation.name,
        }
    since = counts_from(action.framework, on=clock.now().date())
    if since and not is_counted(action.last_confirmed_on, since):
        lines.append(
            _("Not confirmed since %(day)s: it does not count in figures until it is.")
            % {"day": say_date(since)}
        )
    if action.last_confirmed_on:
        lines.append(_("Last confirmed on %(day)s.") % {"day": say_date(action.last_confirmed_on)})
    else:
        lines.append(_("Entered on behalf of who reports it, not yet confirmed by them."))
    if statements:
        latest = max(statement.origin.at for statement in statements)
        lines.append(_("Newest value entered on %(day)s.") % {"day": say_date(latest)})
    return lines


# --- facts ------------------------------------------------------------------------------------------


def _facts(action: Action, statements: Sequence[Statement], places: Places) -> list[Shown]:
    """The chosen values in the order in which people ask for them, each with its source."""
    origins = {each.field: each.origin for each in statements if each.chosen}
    parts = _parts(action)
    facts = [
        _fact(
            "beneficiaries",
            [places.name(code) for code in _codes(action, "beneficiary_rows", places)],
            origins,
        ),
        *(_part_fact(role, parts[role], origins) for role in ("donor", "implementer")),
        *(
            _part_fact(role, parts[role], origins)
            for role in ROLE_LABELS
            if parts[role] and role not in ("donor", "implementer")
        ),
        _fact(
            "start",
            [say_period({"start": action.start, "end": action.end})] if action.start or action.end else [],
            origins,
        )
        | {"label": _("When")},
        _fact("status", [say_status(action.status)] if action.status else [], origins),
        _fact("funding", _money(action), origins),
        _fact("summary", [action.summary] if action.summary else [], origins),
        _fact("description", [action.description] if action.description else [], origins),
        _fact(
            "pillars",
            [
                f"{row.pillar.acronym}, {row.pillar.name}"
                for row in action.pillar_rows.select_related("pillar")
            ],
            origins,
        ),
        _fact("topics", _names(action, "topics", places), origins),
        _fact("action_types", _names(action, "action_types", places), origins),
        *_events_and_indicators(action, origins),
        _source_page(action, origins),
        {"label": _("Its own id"), "value": action.own_id},
        {"label": _("IATI identifier"), "value": action.iati_identifier},
        *_received(statements, places, origins),
        _fact("notes", [action.notes] if action.notes else [], origins)
        | {"note": _("members only, never public")},
    ]
    return [fact for fact in facts if fact.get("value") or fact.get("many") or not fact.get("quiet")]


def _fact(field: str, values: Sequence[Any], origins: Mapping[str, Any]) -> Shown:
    fact: Shown = {"label": FIELD_LABELS[field]}
    if len(values) == 1 and isinstance(values[0], str):
        fact["value"] = values[0]
    elif values:
        fact["many"] = list(values)
    if values and field in origins:
        fact["source"] = say_origin(origins[field])
    return fact


def _codes(action: Action, relation: str, places: Places) -> list[str]:
    return places.order(row.code for row in getattr(action, relation).all())


def _names(action: Action, field: str, places: Places) -> list[str]:
    relation = {"topics": "topic_rows", "action_types": "type_rows"}[field]
    return tell(field, [row.code for row in getattr(action, relation).all()], places, {})


def _parts(action: Action) -> dict[str, list[Shown]]:
    found: dict[str, list[Shown]] = defaultdict(list)
    for part in action.participations.select_related("organisation").order_by("role", "order"):
        body = part.organisation
        line: Shown = {"text": body.name if body else part.as_written}
        if body:
            line["href"] = reverse("members:organisation", args=[body.key])
            if part.as_written and part.as_written != body.name:
                line["note"] = _("written as “%(name)s”") % {"name": part.as_written}
        else:
            line["note"] = _("as written, not yet identified")
        found[part.role].append(line)
    return found


def _part_fact(role: str, lines: Sequence[Shown], origins: Mapping[str, Any]) -> Shown:
    return _fact("participations", lines, origins) | {"label": ROLE_LABELS[role]}


def _money(action: Action) -> list[str]:
    lines = action.funding_lines.select_related("donor").order_by("order")
    return [
        tell_money(
            {
                "amount": line.amount,
                "currency": line.currency,
                "donor_as_written": line.donor.name if line.donor else line.donor_as_written,
                "status": line.status,
                "status_inferred": line.status_inferred,
                "instrument": line.instrument,
                "contract_number": line.contract_number,
            },
            {},
        )
        for line in lines
    ]


def _events_and_indicators(action: Action, origins: Mapping[str, Any]) -> Iterable[Shown]:
    events = [
        {"text": event.title, "note": ", ".join(filter(None, [event.place, event.start, event.end]))}
        for event in action.events.order_by("order")
    ]
    if events:
        yield _fact("events", events, origins)
    indicators = [
        {"text": row.name, "note": ", ".join(filter(None, [row.unit, row.baseline, row.target]))}
        for row in action.indicators.order_by("order")
    ]
    if indicators:
        yield _fact("indicators", indicators, origins)


def _received(statements: Sequence[Statement], places: Places, origins: Mapping[str, Any]) -> Iterable[Shown]:
    for each in statements:
        if each.field == "received" and each.chosen:
            note = _("given back when Concord writes IATI; members only, never public")
            yield _fact("received", tell("received", decode(each.value), places, {}), origins) | {
                "note": note
            }


def _source_page(action: Action, origins: Mapping[str, Any]) -> Shown:
    fact = _fact("source_url", [action.source_url] if action.source_url else [], origins)
    if action.source_url.startswith(("https://", "http://")):
        fact["href"] = action.source_url
    return fact


# --- statements, places, merges ---------------------------------------------------------------------


def _differing(told: Sequence[Told]) -> list[Disagreement]:
    """Fields about which more than one value was ever stated, in the order of the fields."""
    by_field: dict[str, list[Told]] = defaultdict(list)
    for each in told:
        if not any(each.lines == other.lines and not each.chosen for other in by_field[each.field]):
            by_field[each.field].append(each)
    found = []
    for field, label in FIELD_LABELS.items():
        listed = by_field.get(field, []) if field not in UNCOUNTED_FIELDS else []
        if len({each.lines for each in listed}) > 1:
            found.append(Disagreement(str(label), tuple(listed), any(each.is_question for each in listed)))
    return found


def _places(visit: Visit, action: Action) -> list[PlaceLine]:
    by_plan: dict[int, list[Any]] = defaultdict(list)
    for place in action.placements.select_related("plan__pillar", "plan__framework", "measure"):
        by_plan[place.plan_id].append(place)
    lines = []
    for rows in by_plan.values():
        main = next((row for row in rows if row.is_main), rows[0])
        plan = main.plan
        lines.append(
            PlaceLine(
                plan=titled(plan),
                href=reverse("members:plan", args=[plan.ref]),
                measure=f"{main.measure.code} {main.measure.name}" if main.measure else _("not yet placed"),
                linked=", ".join(row.measure.name for row in rows if not row.is_main and row.measure),
                placed_by=main.get_placed_by_display(),
                change=_placing(visit, action, plan),
            )
        )
    return lines


def _place_in(visit: Visit, action: Action) -> list[Shown]:
    """The plans in which the action does not stand and in which the person may place it."""
    stands = {place.plan_id for place in action.placements.all()}
    plans = plans_visible_to(visit.person, action.framework)
    listed = ((plan, _placing(visit, action, plan)) for plan in plans if plan.pk not in stands)
    return [{"text": titled(plan), "href": href} for plan, href in listed if href]


def _placing(visit: Visit, action: Action, plan: Any) -> str:
    gone = action.merged_into_id is not None or action.withdrawn_at is not None
    if gone or not visit.may(Permission.PLACE_ACTION, plan):
        return ""
    return reverse("members:action-place", args=[action.key, plan.ref])


def _merges(visit: Visit, action: Action) -> list[MergeLine]:
    return [
        MergeLine(
            pk=merge.pk,
            title=merge.merged.title,
            key=merge.merged.key,
            by=merge.merged_by.name,
            when=say_date(merge.merged_at),
            reason=merge.reason,
        )
        for merge in merges_of(action)
        if is_seen(merge.merged.key, visit.person)
    ]
