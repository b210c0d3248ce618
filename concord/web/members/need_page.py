"""One need as members read it: what each beneficiary says of it, what answers it, where it comes from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from concord.accounts.rules import Permission
from concord.audit.queries import history_of
from concord.kernel import clock
from concord.kernel.codelists import APPROACHES, NEED_KINDS, name_of_topic
from concord.plan.ageing import counts_from, is_counted
from concord.plan.queries import actions_visible_to, naming_table, plans_visible_to, statements_of
from concord.plan.services import can_confirm_need
from concord.publication.reading import say_day
from concord.web.members.action_links import STRENGTHS
from concord.web.members.action_page import PlaceLine
from concord.web.members.happened import Happened, history_with, seen_by
from concord.web.members.need_lists import NEED_STATES
from concord.web.members.plan_list import titled
from concord.web.members.rows import Places, address_of_action
from concord.web.members.told import FIELD_LABELS, say_date, say_origin

if TYPE_CHECKING:
    from concord.plan.models import Need, Plan, Statement
    from concord.web.members.visit import Visit

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SideLine:
    """One beneficiary's side of a need: what it says, who said so and when, and whether you may say it."""

    code: str
    name: str
    state: str
    said: str
    may_say: bool


@dataclass(frozen=True, slots=True)
class NeedPage:
    """What members/need.html shows."""

    need: Need
    title: str
    marking: str
    lines: list[str]
    facts: list[Shown]
    sides: list[SideLine]
    states: list[tuple[str, str]]
    answers: list[Shown]
    places: list[PlaceLine]
    place_in: list[Shown]
    support: list[Shown]
    history: list[Happened]
    may_amend: bool
    may_confirm: bool
    footnote: str


def need_page(visit: Visit, need: Need) -> NeedPage:
    """All that a person may read about a need, in a fixed number of queries."""
    places = Places(naming_table(need.framework))
    statements = list(statements_of(need))
    return NeedPage(
        need=need,
        title=need.statement,
        marking=need.get_marking_display(),
        lines=_lines(need),
        facts=_facts(need, statements),
        sides=_sides(visit, need, places),
        states=[(code, str(text)) for code, text in NEED_STATES.items() if code != "not cleared"],
        answers=_answers(visit, need),
        places=_places(visit, need),
        place_in=_place_in(visit, need),
        support=_support(need),
        history=history_with(seen_by(visit.person, history_of(need)), (row.origin for row in statements)),
        may_amend=visit.may_on(Permission.STATE_NEED, need),
        may_confirm=can_confirm_need(need, visit.person),
        footnote=places.footnote_for(row.code for row in need.beneficiary_rows.all()),
    )


def _lines(need: Need) -> list[str]:
    said = [_("Need %(id)s.") % {"id": need.own_id} if need.own_id else _("Need %(id)s.") % {"id": need.key}]
    if need.stated_on:
        said.append(_("Stated %(when)s; it counts from then on.") % {"when": say_day(need.stated_on)})
    else:
        said.append(_("When it was stated is not reported; it counts in every year."))
    if need.last_confirmed_on:
        said.append(_("Last confirmed on %(day)s.") % {"day": say_date(need.last_confirmed_on)})
    else:
        said.append(_("Not yet confirmed by its beneficiary."))
    since = counts_from(need.framework, on=clock.now().date())
    if since and not is_counted(need.last_confirmed_on, since):
        said.append(
            _("Not confirmed since %(day)s: it does not count in figures until it is.")
            % {"day": say_date(since)}
        )
    return said


def _facts(need: Need, statements: Sequence[Statement]) -> list[Shown]:
    origins = {row.field: row.origin for row in statements if row.chosen}
    topics = [name_of_topic(row.code) for row in need.topic_rows.all()]
    values: list[tuple[str, Any]] = [
        ("pillar", f"{need.pillar.acronym}, {need.pillar.name}" if need.pillar else ""),
        ("kind", NEED_KINDS.get(need.kind, "")),
        ("approach", APPROACHES.get(need.approach, need.approach)),
        ("topics", topics),
        ("priority", need.priority),
        ("reference", need.reference),
        ("source_url", need.source_url),
        ("notes", need.notes),
    ]
    facts = []
    for field, value in values:
        fact: Shown = {"label": FIELD_LABELS[field], ("many" if isinstance(value, list) else "value"): value}
        if value and field in origins:
            fact["source"] = say_origin(origins[field])
        if field == "source_url" and need.source_url.startswith(("https://", "http://")):
            fact["href"] = need.source_url
        facts.append(fact)
    return facts


def _sides(visit: Visit, need: Need, places: Places) -> list[SideLine]:
    rows = {row.code: row for row in need.beneficiary_rows.select_related("stated_by")}
    lines = []
    for code in places.order(rows):
        row = rows[code]
        by = {"person": row.stated_by.name if row.stated_by else "", "day": say_date(row.stated_at)}
        lines.append(
            SideLine(
                code=code,
                name=places.name(code),
                state=str(NEED_STATES[row.state]),
                said=_("said by %(person)s on %(day)s") % by
                if row.stated_at
                else _("nobody has said so far"),
                may_say=visit.may_on(Permission.CLEAR_NEED, need, place=code),
            )
        )
    return lines


def _answers(visit: Visit, need: Need) -> list[Shown]:
    visible = set(actions_visible_to(visit.person, need.framework).values_list("pk", flat=True))
    links = need.links.select_related("action", "confirmed_by").order_by("action__title", "action__key")
    return [
        {
            "text": link.action.title,
            "href": address_of_action(link.action.key),
            "note": _("%(how)s; confirmed by %(person)s on %(day)s")
            % {
                "how": STRENGTHS[link.strength],
                "person": link.confirmed_by.name,
                "day": say_date(link.confirmed_at),
            },
        }
        for link in links
        if link.action_id in visible
    ]


def _places(visit: Visit, need: Need) -> list[PlaceLine]:
    by_plan: dict[int, list[Any]] = defaultdict(list)
    for place in need.placements.select_related("plan__pillar", "plan__framework", "measure"):
        by_plan[place.plan_id].append(place)
    return [_place_line(visit, need, rows) for rows in by_plan.values()]


def _place_line(visit: Visit, need: Need, rows: list[Any]) -> PlaceLine:
    main = next((row for row in rows if row.is_main), rows[0])
    return PlaceLine(
        plan=titled(main.plan),
        href=reverse("members:plan", args=[main.plan.ref]),
        measure=f"{main.measure.code} {main.measure.name}" if main.measure else _("not yet placed"),
        linked=", ".join(row.measure.name for row in rows if not row.is_main and row.measure),
        placed_by=main.get_placed_by_display(),
        change=_placing(visit, need, main.plan),
    )


def _place_in(visit: Visit, need: Need) -> list[Shown]:
    stands = {place.plan_id for place in need.placements.all()}
    plans = plans_visible_to(visit.person, need.framework)
    listed = ((plan, _placing(visit, need, plan)) for plan in plans if plan.pk not in stands)
    return [{"text": titled(plan), "href": href} for plan, href in listed if href]


def _placing(visit: Visit, need: Need, plan: Plan) -> str:
    if not visit.may(Permission.PLACE_ACTION, plan):
        return ""
    return reverse("members:need-place", args=[need.key, plan.ref])


def _support(need: Need) -> list[Shown]:
    """The pages of needs and support in which this need stands."""
    found = []
    for place in need.placements.select_related("plan__pillar").filter(is_main=True):
        try:
            href = reverse("members:support", args=[place.plan.ref])
        except NoReverseMatch:
            return []
        found.append({"text": titled(place.plan), "href": f"{href}#need-{need.key}"})
    return found
