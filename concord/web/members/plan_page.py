"""The plan as members read it: one dataclass, filled from queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concord.accounts.queries import organisations_of
from concord.accounts.rules import Permission
from concord.analysis.queries import waiting_of
from concord.kernel import clock
from concord.plan.ageing import counts_from, is_counted
from concord.plan.documents import structure_of
from concord.plan.queries import actions_in, naming_table, needs_in, pool_of
from concord.publication.exports import FORMATS
from concord.web.members.filters import (
    SHOW,
    ActionFilter,
    fields_of,
    narrow,
    say_actions,
    say_needs,
    summary_of,
)
from concord.web.members.plan_list import numbers_of, period_beside, titled
from concord.web.members.rows import (
    Places,
    address_of_action,
    address_of_need,
    edition_row,
    need_meta,
    with_rows,
)
from concord.web.members.told import say_date

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from concord.plan.models import Action, Need, Plan
    from concord.web.members.visit import Visit

Shown = dict[str, Any]

_TAGS = {"overlap": "coordinate", "duplicate": "double"}
"""Which unanswered findings stand beside an action, and with which sign; the later one wins."""


@dataclass(frozen=True, slots=True)
class FilterLine:
    """The filter as components/filter_line.html takes it."""

    summary: str
    action: str
    result: str
    fields: list[Shown]
    clear: str
    open: bool


@dataclass(frozen=True, slots=True)
class MeasurePart:
    """One measure: its actions, those linked to it, and the needs that stand there."""

    code: str
    name: str
    rows: list[Shown]
    linked: list[Shown]
    needs: list[Shown]
    said_linked: str
    said_needs: str


@dataclass(frozen=True, slots=True)
class PlanPage:
    """What members/plan.html shows. structure: approaches with objectives with MeasureParts."""

    plan: Plan
    title: str
    period: str
    kicker: str
    levels: Sequence[str]
    lines: list[Shown]
    figures: list[str]
    tabs: list[Shown]
    contents: list[Shown]
    filter: FilterLine
    structure: list[Shown]
    not_placed: list[Shown]
    needs_not_placed: list[Shown]
    downloads: list[Shown]
    naming: Sequence[Any]
    footnote: str


def plan_page(visit: Visit, plan: Plan, wanted: ActionFilter) -> PlanPage:
    """The draft as the person sees it, filtered; figures are of the whole draft."""
    places = Places(naming_table(plan.framework))
    visible = actions_in(plan, actor=visit.person)
    actions = list(with_rows(visible).order_by("title", "key"))
    kept = _kept(visible, wanted, plan, visit)
    shown = [action for action in actions if kept is None or action.pk in kept]
    if kept is not None and wanted.sort:
        shown.sort(key=lambda action: kept[action.pk])
    needs = list(_needs(plan, visit))
    offered, donors = fields_of(wanted, visible, places, plan_years(plan), shows=tuple(SHOW))
    rows, linked = _by_measure(shown, plan, _tags(plan, visit))
    by_measure = _needs_by_measure(needs, plan) if not wanted.asks else {}
    structure = _structure(plan, rows, linked, by_measure, only_filled=wanted.asks)
    return PlanPage(
        plan=plan,
        title=plan.title,
        period=period_beside(plan),
        kicker=plan.pillar.name if plan.pillar else plan.framework.name,
        levels=plan.framework.level_names,
        lines=_lines(plan, visit),
        figures=_figures(plan, actions, needs),
        tabs=tabs_of(plan, "plan"),
        contents=_contents(structure, rows.get("", []), by_measure.get("", [])),
        filter=FilterLine(
            summary=summary_of(wanted, places, donors),
            action=reverse("members:plan", args=[plan.ref]),
            result=say_actions(len(shown)),
            fields=offered,
            clear=reverse("members:plan", args=[plan.ref]) if wanted.asks else "",
            open=False,
        ),
        structure=structure,
        not_placed=rows.get("", []),
        needs_not_placed=by_measure.get("", []),
        downloads=downloads_of(plan, visit),
        naming=places.table,
        footnote=places.footnote,
    )


def plan_years(plan: Plan) -> list[int]:
    """The years of the plan's period, both ends included."""
    return list(range(plan.starts_year, plan.ends_year + 1))


def _kept(visible: QuerySet[Action], wanted: ActionFilter, plan: Plan, visit: Visit) -> dict[int, int] | None:
    """Primary keys that pass with their place in the order asked for; None where nothing is asked."""
    if not wanted.asks and not wanted.sort:
        return None
    own = [body.pk for body in organisations_of(visit.person)] if wanted.show.startswith("mine") else []
    found = narrow(visible, wanted, plan=plan, own=own).values_list("pk", flat=True)
    return {pk: place for place, pk in enumerate(found)}


def _needs(plan: Plan, visit: Visit) -> QuerySet[Need]:
    return (
        needs_in(plan, actor=visit.person).prefetch_related("placements__measure").order_by("own_id", "key")
    )


def _tags(plan: Plan, visit: Visit) -> dict[str, str]:
    """The sign beside an action about which a finding waits for an answer."""
    waiting = waiting_of(plan, actor=visit.person).filter(kind__in=list(_TAGS))
    found: dict[str, str] = {}
    pairs = list(waiting.values_list("kind", "key_a", "key_b"))
    for kind, tag in _TAGS.items():
        found |= {key: tag for of_kind, *keys in pairs if of_kind == kind for key in keys}
    return found


def _by_measure(
    actions: Sequence[Action], plan: Plan, tags: Mapping[str, str]
) -> tuple[dict[str, list[Shown]], dict[str, list[Shown]]]:
    """Rows by the code of their main measure ("" where none), and by the codes they are linked to."""
    main: dict[str, list[Shown]] = defaultdict(list)
    linked: dict[str, list[Shown]] = defaultdict(list)
    for action in actions:
        href = address_of_action(action.key)
        for place in action.placements.all():
            if place.plan_id != plan.pk:
                continue
            code = place.measure.code if place.measure else ""
            if place.is_main:
                row = {"action": edition_row(action), "href": href, "tag": tags.get(action.key, "")}
                main[code].append(row)
            else:
                linked[code].append({"text": action.title, "href": href})
    return main, linked


def _needs_by_measure(needs: Iterable[Need], plan: Plan) -> dict[str, list[Shown]]:
    found: dict[str, list[Shown]] = defaultdict(list)
    for need in needs:
        for place in need.placements.all():
            if place.plan_id == plan.pk and place.is_main:
                line = {"text": need.statement, "href": address_of_need(need.key), "meta": need_meta(need)}
                found[place.measure.code if place.measure else ""].append(line)
    return found


def _structure(
    plan: Plan,
    rows: Mapping[str, list[Shown]],
    linked: Mapping[str, list[Shown]],
    needs: Mapping[str, list[Shown]],
    *,
    only_filled: bool,
) -> list[Shown]:
    """The template's levels; while a filter is set, only what holds something."""
    whole = []
    for approach in structure_of(plan):
        objectives = []
        for objective in approach["objectives"]:
            measures = [_measure(each, rows, linked, needs) for each in objective["measures"]]
            kept = [each for each in measures if each.rows or not only_filled]
            if kept:
                objectives.append({**objective, "measures": kept})
        if objectives:
            whole.append({**approach, "objectives": objectives})
    return whole


def _measure(
    measure: Shown,
    rows: Mapping[str, list[Shown]],
    linked: Mapping[str, list[Shown]],
    needs: Mapping[str, list[Shown]],
) -> MeasurePart:
    code = measure["code"]
    also, here = linked.get(code, []), needs.get(code, [])
    return MeasurePart(
        code=code,
        name=measure["name"],
        rows=rows.get(code, []),
        linked=also,
        needs=here,
        said_linked=ngettext(
            "%(count)d action from another measure is linked here",
            "%(count)d actions from other measures are linked here",
            len(also),
        )
        % {"count": len(also)},
        said_needs=ngettext(
            "%(count)d need stands under this measure", "%(count)d needs stand under this measure", len(here)
        )
        % {"count": len(here)},
    )


def _contents(structure: Sequence[Shown], not_placed: Sequence[Shown], needs: Sequence[Shown]) -> list[Shown]:
    entries: list[Shown] = [
        {
            "text": approach["name"],
            "href": f"#{approach['code']}",
            "children": [
                {"text": measure.name, "href": f"#measure-{measure.code}", "count": len(measure.rows)}
                for objective in approach["objectives"]
                for measure in objective["measures"]
            ],
        }
        for approach in structure
    ]
    if not_placed:
        entries.append({"text": _("Not yet placed"), "href": "#not-placed", "count": len(not_placed)})
    if needs:
        entries.append({"text": _("Needs not yet placed"), "href": "#needs-not-placed", "count": len(needs)})
    return entries


def _figures(plan: Plan, everything: Sequence[Action], all_needs: Sequence[Need]) -> list[str]:
    since = counts_from(plan.framework, on=clock.now().date())
    actions = [each for each in everything if is_counted(each.last_confirmed_on, since)]
    needs = [each for each in all_needs if is_counted(each.last_confirmed_on, since)]
    rows = [edition_row(action) for action in actions]
    stating = sum(any(line["amount"] is not None for line in row["funding"]) for row in rows)
    waiting = sum(not row["confirmed"] for row in rows)
    donors = len({name for row in rows for name in row["donors"]})
    counts = {
        "actions": say_actions(len(rows)),
        "payers": ngettext("%(n)d body", "%(n)d bodies", donors) % {"n": donors},
        "implementers": len({name for row in rows for name in row["implementers"]}),
        "needs": say_needs(len(needs)),
        "stating": ngettext("%(n)d states an amount", "%(n)d state an amount", stating) % {"n": stating},
        "waiting": waiting,
    }
    said = [
        _(
            "%(actions)s, paid by %(payers)s and done by %(implementers)d, beside %(needs)s. "
            "Of the actions %(stating)s."
        )
        % counts
    ]
    if waiting == len(rows) and rows:
        said.append(_("All were entered on behalf of who reports them; none is confirmed by them yet."))
    elif waiting:
        said.append(_("Not yet confirmed by who reports them: %(waiting)d.") % counts)
    left, needs_left = len(everything) - len(actions), len(all_needs) - len(needs)
    if since and (left or needs_left):
        said.append(
            _("Not confirmed since %(day)s and not counted here: %(actions)s, %(needs)s.")
            % {"day": say_date(since), "actions": say_actions(left), "needs": say_needs(needs_left)}
        )
    return said


def _lines(plan: Plan, visit: Visit) -> list[Shown]:
    waiting = pool_of(plan.framework, actor=visit.person).count()
    number = numbers_of([plan.ref]).get(plan.ref)
    lines: list[Shown] = []
    if number:
        text = _("Version %(number)d is published.") % {"number": number}
        lines.append({"text": text, "link": _("The public text"), "href": f"/plans/{plan.ref}/"})
    else:
        lines.append({"text": _("Nothing of this plan is published yet.")})
    if plan.predecessor:
        before = reverse("members:plan", args=[plan.predecessor.ref])
        lines.append({"text": _("It follows the"), "link": titled(plan.predecessor), "href": before})
    lines.append(
        {
            "text": _("In no plan yet: %(actions)s of this framework.") % {"actions": say_actions(waiting)},
            "link": _("Place them"),
            "href": reverse("members:pool"),
        }
    )
    address = f"{reverse('members:check')}?framework={plan.framework.ref}"
    lines.append(
        {"text": _("You think of something new?"), "link": _("Check the idea first"), "href": address}
    )
    return lines


_TABS = (
    ("plan", gettext_lazy("Text")),
    ("coordination", gettext_lazy("To be coordinated")),
    ("support", gettext_lazy("Needs and support")),
    ("versions", gettext_lazy("Versions")),
)


def tabs_of(plan: Plan, current: str) -> list[Shown]:
    """The parts of a plan, each with its address; parts that are not built in are left out."""
    found = []
    for name, text in _TABS:
        try:
            href = reverse(f"members:{name}", args=[plan.ref])
        except NoReverseMatch:
            continue
        found.append({"text": text, "href": href, "current": name == current})
    return found


def downloads_of(plan: Plan, visit: Visit) -> list[Shown]:
    """The draft as files, for who may export it; an organisation's part of it, for who reports it."""
    gives = (Permission.REPORT_OWN, Permission.ENTER_ON_BEHALF)
    workbook = {
        "text": _("The actions of one organisation as a workbook to correct offline"),
        "href": f"{reverse('members:workbooks')}?place=plan:{plan.ref}",
        "format": "XLSX",
    }
    own = [workbook] if any(visit.may(permission, plan) for permission in gives) else []
    if not visit.may(Permission.EXPORT_DRAFT, plan):
        return own
    return [
        {
            "text": _("This draft as %(format)s") % {"format": each.title},
            "href": reverse("members:plan-download", args=[plan.ref, each.name]),
            "format": each.name.upper(),
            "download": True,
        }
        for each in FORMATS.values()
    ] + own
