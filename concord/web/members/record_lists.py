"""The working table of actions: all of the framework, and those that stand in no plan yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.accounts.queries import organisations_of
from concord.plan.queries import (
    actions_visible_to,
    needs_in_no_plan,
    plans_visible_to,
    pool_of,
)
from concord.web.members.filters import SHOW, ActionFilter, fields_of, narrow, say_actions, summary_of
from concord.web.members.plan_page import FilterLine
from concord.web.members.rows import (
    Cell,
    Column,
    Places,
    Row,
    action_cells,
    with_rows,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from concord.plan.models import Action
    from concord.web.members.visit import Visit

PER_PAGE = 50

ACTION_COLUMNS = (
    ("title", gettext_lazy("Action"), "title", False),
    ("for", gettext_lazy("For whom"), "", False),
    ("pays", gettext_lazy("Who pays"), "", False),
    ("does", gettext_lazy("Who does it"), "", False),
    ("when", gettext_lazy("When"), "when", False),
    ("status", gettext_lazy("Status"), "status", False),
    ("money", gettext_lazy("Money"), "", False),
    ("stands", gettext_lazy("Stands in"), "", False),
    ("reporter", gettext_lazy("Reported by"), "reporter", True),
    ("id", gettext_lazy("Its own id"), "id", True),
    ("confirmed", gettext_lazy("Confirmed"), "", True),
)
"""Key, heading, the sort it offers, and whether it is hidden until somebody asks for it."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """A working table: what members/list.html shows."""

    title: str
    lede: str
    table: str
    caption: str
    tabs: list[dict[str, Any]]
    filter: FilterLine
    columns: list[Column]
    rows: list[Row]
    page: Page[Any]
    query: str
    sentence: str
    hidden: list[dict[str, str]]
    empty: str
    footnote: str


def actions_page(visit: Visit, query: Mapping[str, Any]) -> ListPage:
    """All actions of the framework that the person may see."""
    visible = actions_visible_to(visit.person, visit.framework)
    return _action_list(
        visit,
        query,
        visible,
        title=_("Actions"),
        lede=_(
            "All actions of the framework that you may see, whatever plan they stand in; each is one record."
        ),
        address=reverse("members:actions"),
        tabs=[],
    )


def pool_page(visit: Visit, query: Mapping[str, Any]) -> ListPage:
    """The actions that stand in no plan yet."""
    return _action_list(
        visit,
        query,
        pool_of(visit.framework, actor=visit.person),
        title=_("In no plan yet"),
        lede=_("Their dates fit no plan’s period, or they name no pillar. Open one to place it in a plan."),
        address=reverse("members:pool"),
        tabs=pool_tabs(visit, "actions"),
    )


def _action_list(
    visit: Visit,
    query: Mapping[str, Any],
    visible: QuerySet[Action],
    *,
    title: str,
    lede: str,
    address: str,
    tabs: list[dict[str, Any]],
) -> ListPage:
    wanted = ActionFilter.read(query)
    places = Places(visit.places)
    own = [body.pk for body in organisations_of(visit.person)] if wanted.show.startswith("mine") else []
    found = narrow(visible, wanted, plan=None, own=own)
    page = Paginator(with_rows(found).prefetch_related("placements__plan__pillar"), PER_PAGE).get_page(
        query.get("page")
    )
    offered, donors = fields_of(wanted, visible, places, years_of_plans(visit), shows=tuple(SHOW))
    shown = _columns_asked(query)
    columns = [
        _column(key, label, sort, hide, wanted, address, shown) for key, label, sort, hide in ACTION_COLUMNS
    ]
    hidden = {column.key for column in columns if column.hidden}
    return ListPage(
        title=title,
        lede=lede,
        table="actions",
        caption=sentence_of(page, _("Actions")) or title,
        tabs=tabs,
        filter=FilterLine(
            summary=summary_of(wanted, places, donors),
            action=address,
            result=say_actions(page.paginator.count),
            fields=offered,
            clear=address if wanted.asks else "",
            open=False,
        ),
        columns=columns,
        rows=[Row(action.key, _shown(action_cells(action, places), hidden)) for action in page.object_list],
        page=page,
        query=wanted.address() + "".join(f"column={key}&" for key in shown),
        sentence="",
        hidden=_hidden(wanted),
        empty=_("No action here is like that.") if wanted.asks else _("There is no action here."),
        footnote=places.footnote,
    )


def _columns_asked(query: Mapping[str, Any]) -> list[str]:
    asked = query.getlist("column") if hasattr(query, "getlist") else []
    known = {key for key, *_rest in ACTION_COLUMNS}
    return [key for key in asked if key in known]


def _column(
    key: str, label: Any, sort: str, hide: bool, wanted: ActionFilter, address: str, shown: Sequence[str]
) -> Column:
    hidden = key not in shown and key != "title" if shown else hide
    if not sort:
        return Column(key, str(label), hidden=hidden, number=key == "money")
    now = wanted.sort or "title"
    turned = f"-{sort}" if now == sort else sort
    order = {sort: "ascending", f"-{sort}": "descending"}.get(now, "")
    kept = wanted.address(sort=turned) + "".join(f"column={each}&" for each in shown)
    return Column(key, str(label), sort=f"{address}?{kept}".rstrip("&"), sorted=order, hidden=hidden)


def _shown(cells: Sequence[Cell], hidden: set[str]) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            column=cell.column,
            text=cell.text,
            href=cell.href,
            unknown=cell.unknown,
            number=cell.number,
            hidden=cell.column in hidden,
            note=cell.note,
            tag=cell.tag,
        )
        for cell in cells
    )


def _hidden(wanted: ActionFilter) -> list[dict[str, str]]:
    """The filter's values, so that choosing columns keeps them."""
    names = ("beneficiary", "topic", "means", "donor", "status", "year", "q", "show", "sort")
    return [{"name": name, "value": getattr(wanted, name)} for name in names if getattr(wanted, name)]


def years_of_plans(visit: Visit) -> list[int]:
    """All years that some plan of the framework covers."""
    periods = plans_visible_to(visit.person, visit.framework).values_list("starts_year", "ends_year")
    return sorted({year for first, last in periods for year in range(first, last + 1)})


def sentence_of(page: Page[Any], what: str) -> str:
    """Which rows of how many are shown: "Actions 51 to 100 of 315"."""
    if not page.paginator.count:
        return ""
    values = {
        "what": what,
        "first": page.start_index(),
        "last": page.end_index(),
        "all": page.paginator.count,
    }
    return _("%(what)s %(first)d to %(last)d of %(all)d") % values


def pool_tabs(visit: Visit, current: str) -> list[dict[str, Any]]:
    """The two parts of the pool."""
    waiting = pool_of(visit.framework, actor=visit.person).count()
    needs = needs_in_no_plan(visit.framework, actor=visit.person).count()
    href = reverse("members:pool")
    return [
        {"text": _("Actions"), "href": href, "current": current == "actions", "count": waiting},
        {"text": _("Needs"), "href": f"{href}needs/", "current": current == "needs", "count": needs},
    ]
