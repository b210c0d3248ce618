"""Actions and needs as rows of lists: the words and addresses that tables and plan pages show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from concord.kernel import clock
from concord.kernel.codelists import ACTION_STATUSES
from concord.plan.ageing import counts_from, is_counted
from concord.publication.reading import say_day, say_money
from concord.web.places import Places
from concord.web.timebar import in_words

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from concord.plan.models import Action, Need

__all__ = [
    "RELATED",
    "Cell",
    "Column",
    "Places",
    "Row",
    "action_cells",
    "address_of_action",
    "address_of_need",
    "brief_period",
    "brief_plans",
    "edition_row",
    "few",
    "need_meta",
    "plan_name",
    "reporter_of",
    "say_status",
    "with_rows",
    "years_of",
]

RELATED = (
    "beneficiary_rows",
    "participations__organisation",
    "funding_lines",
    "placements__plan",
    "placements__measure",
)
"""What a row of an action shows beside its own columns; read in one query each."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table, as components/table.html takes it."""

    column: str
    text: str
    href: str = ""
    unknown: bool = False
    number: bool = False
    hidden: bool = False
    note: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its heading, and the address that sorts by it."""

    key: str
    label: str
    sort: str = ""
    sorted: str = ""
    number: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; the first cell heads it."""

    key: str
    cells: tuple[Cell, ...]
    open: bool = False
    opens: str = ""
    detail: str = ""
    tag: str = ""


def with_rows(actions: QuerySet[Action]) -> QuerySet[Action]:
    """The actions with all that a row shows, in a fixed number of queries."""
    return actions.select_related("reporting_organisation", "framework").prefetch_related(*RELATED)


def edition_row(action: Action) -> dict[str, Any]:
    """An action in the words of the edition format, as rows and bars take it."""
    parts = sorted(action.participations.all(), key=lambda part: (part.role, part.order))
    return {
        "key": action.key,
        "own_id": action.own_id,
        "title": action.title,
        "reported_by": reporter_of(action),
        "donors": _names(parts, "donor"),
        "implementers": _names(parts, "implementer"),
        "beneficiaries": sorted(row.code for row in action.beneficiary_rows.all()),
        "start": action.start,
        "end": action.end,
        "status": action.status,
        "marking": action.marking,
        "confirmed": action.last_confirmed_on is not None,
        "funding": [
            {"amount": str(line.amount) if line.amount is not None else None, "currency": line.currency}
            for line in sorted(action.funding_lines.all(), key=lambda line: line.order)
        ],
    }


def reporter_of(action: Action) -> str:
    """Who reports an action, as written while that name is not identified."""
    return action.reported_by_as_written or action.reporting_organisation.name


def _shorts(action: Action, role: str) -> list[str]:
    """Acronyms where there are any: a working table has little room."""
    parts = sorted(action.participations.all(), key=lambda part: part.order)
    named = (
        part.organisation.short if part.organisation else part.as_written
        for part in parts
        if part.role == role
    )
    return list(dict.fromkeys(named))


def _names(parts: Sequence[Any], role: str) -> list[str]:
    named = (
        part.organisation.name if part.organisation else part.as_written
        for part in parts
        if part.role == role
    )
    return list(dict.fromkeys(named))


def address_of_action(key: str) -> str:
    """The page of an action."""
    return reverse("members:action", args=[key])


def address_of_need(key: str) -> str:
    """The page of a need."""
    return reverse("members:need", args=[key])


def say_status(status: str) -> str:
    """The status of an action in words; empty where it is not reported."""
    return ACTION_STATUSES.get(status, "")


def action_cells(action: Action, places: Places) -> tuple[Cell, ...]:
    """The cells of an action in the working table, in the order of ACTION_COLUMNS."""
    row = edition_row(action)
    stands = [place.plan for place in action.placements.all() if place.is_main]
    pays, does, when = _shorts(action, "donor"), _shorts(action, "implementer"), brief_period(row)
    return (
        Cell("title", row["title"], href=address_of_action(action.key)),
        Cell("for", places.shorts(row["beneficiaries"]), unknown=not row["beneficiaries"]),
        Cell("pays", few(pays), unknown=not pays),
        Cell("does", few(does), unknown=not does),
        Cell("when", when, unknown=not when),
        Cell("status", say_status(row["status"]), unknown=not row["status"]),
        _money(row),
        Cell("stands", brief_plans(stands) or _("in no plan yet"), unknown=not stands),
        Cell("reporter", row["reported_by"]),
        Cell("id", row["own_id"] or action.key),
        Cell(
            "confirmed",
            say_day(action.last_confirmed_on.isoformat())
            if action.last_confirmed_on
            else _("not yet confirmed"),
            unknown=not row["confirmed"],
            note="" if is_counted(action.last_confirmed_on, _since(action)) else _("not counted"),
        ),
    )


def _since(action: Action) -> date | None:
    return counts_from(action.framework, on=clock.now().date())


def brief_period(row: dict[str, Any]) -> str:
    """When, to the month: "May 2016 – May 2019", "from 2019", "until Jun 2025"; empty for not reported."""
    start, end = in_words(row["start"][:7]), in_words(row["end"][:7])
    if start and end:
        return start if start == end else f"{start} – {end}"
    if start:
        return _("from %(start)s") % {"start": start}
    return _("until %(end)s") % {"end": end} if end else ""


def brief_plans(plans: Iterable[Any]) -> str:
    """Plans by pillar and years: "WBCSCi 2018–2020, 2021–2023; WBCTi 2018–2020"."""
    by_pillar: dict[str, list[str]] = {}
    for plan in sorted(plans, key=lambda plan: (plan.starts_year, plan.ref)):
        by_pillar.setdefault(plan.pillar.acronym if plan.pillar else plan.title, []).append(years_of(plan))
    said = "; ".join(f"{name}\u00a0{', '.join(years)}" for name, years in sorted(by_pillar.items()))
    return said.replace("–", "\u2060–\u2060")  # years are not broken at the end of a line


def plan_name(plan: Any) -> str:
    """A plan in few words: its pillar and years."""
    return f"{plan.pillar.acronym if plan.pillar else plan.title} {years_of(plan)}"


def years_of(plan: Any) -> str:
    """A plan's years: "2018–2020", or the one year."""
    first, last = plan.starts_year, plan.ends_year
    return str(first) if first == last else f"{first}–{last}"


def _money(row: dict[str, Any]) -> Cell:
    stated = any(line["amount"] is not None for line in row["funding"])
    return Cell("money", say_money(row) if stated else "", unknown=not stated, number=True)


def few(names: Sequence[str], limit: int = 2) -> str:
    """The first names and how many more: "Germany, Sweden and 3 others"."""
    hidden = len(names) - limit
    if hidden <= 1:
        return ", ".join(names)
    return _("%(names)s and %(count)d others") % {"names": ", ".join(names[:limit]), "count": hidden}


def need_meta(need: Need) -> str:
    """What stands under a need in a list: its own id, kind and date."""
    said = [need.own_id, need.get_kind_display() if need.kind else "", need.priority]
    said.append(_("stated %(when)s") % {"when": need.stated_on} if need.stated_on else _("date not reported"))
    return ", ".join(part for part in said if part)
