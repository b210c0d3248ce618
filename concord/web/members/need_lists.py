"""The working table of needs: all of the framework, and those that count in no plan yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.kernel.codelists import NEED_KINDS, name_of_topic
from concord.plan.queries import actions_visible_to, needs_in_no_plan, needs_visible_to
from concord.web.members.filters import say_needs
from concord.web.members.plan_page import FilterLine
from concord.web.members.record_lists import PER_PAGE, ListPage, pool_tabs, sentence_of
from concord.web.members.rows import Cell, Column, Places, Row, address_of_need, plan_name

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from concord.plan.models import Need
    from concord.web.members.visit import Visit

NEED_STATES = {
    "not cleared": gettext_lazy("not cleared"),
    "open": gettext_lazy("open"),
    "met": gettext_lazy("met"),
    "closed": gettext_lazy("closed"),
}


@dataclass(frozen=True, slots=True)
class NeedFilter:
    """What is looked for among needs."""

    beneficiary: str = ""
    state: str = ""
    kind: str = ""
    topic: str = ""
    q: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> NeedFilter:
        """The filter that an address asks for."""
        names = ("beneficiary", "state", "kind", "topic", "q")
        values = {name: query.get(name, "").replace("\x00", "").strip()[:100] for name in names}
        values["state"] = values["state"] if values["state"] in NEED_STATES else ""
        return cls(**values)

    @property
    def asks(self) -> bool:
        """Whether anything is left out."""
        return self != NeedFilter()

    def address(self) -> str:
        """The query of an address with this filter."""
        names = ("beneficiary", "state", "kind", "topic", "q")
        kept = {name: getattr(self, name) for name in names if getattr(self, name)}
        return urlencode(kept) + "&" if kept else ""


def needs_page(visit: Visit, query: Mapping[str, Any]) -> ListPage:
    """All needs of the framework that the person may see."""
    visible = needs_visible_to(visit.person, visit.framework)
    lede = _(
        "What beneficiaries say they lack. Only a beneficiary says whether its need is open, met or closed."
    )
    return _need_list(visit, query, visible, _("Needs"), lede, reverse("members:needs"), [])


def pool_needs_page(visit: Visit, query: Mapping[str, Any]) -> ListPage:
    """The needs that count in no plan yet."""
    visible = needs_in_no_plan(visit.framework, actor=visit.person)
    lede = _("They were stated after every plan’s period, or name no pillar. Open one to place it in a plan.")
    address = reverse("members:pool-needs")
    return _need_list(visit, query, visible, _("In no plan yet"), lede, address, pool_tabs(visit, "needs"))


def _need_list(
    visit: Visit,
    query: Mapping[str, Any],
    visible: QuerySet[Need],
    title: str,
    lede: str,
    address: str,
    tabs: list[dict[str, Any]],
) -> ListPage:
    wanted, places = NeedFilter.read(query), Places(visit.places)
    found = _narrow_needs(visible, wanted).select_related("pillar")
    related = ("beneficiary_rows", "topic_rows", "placements__plan__pillar", "links")
    page = Paginator(found.prefetch_related(*related).order_by("own_id", "key"), PER_PAGE).get_page(
        query.get("page")
    )
    seen = frozenset(actions_visible_to(visit.person, visit.framework).values_list("pk", flat=True))
    return ListPage(
        title=title,
        lede=lede,
        table="needs",
        caption=sentence_of(page, _("Needs")) or title,
        tabs=tabs,
        filter=FilterLine(
            summary=_need_summary(wanted, places),
            action=address,
            result=say_needs(page.paginator.count),
            fields=_need_fields(wanted, visible, places),
            clear=address if wanted.asks else "",
            open=False,
        ),
        columns=[
            Column("need", _("Need")),
            Column("for", _("For whom")),
            Column("states", _("What they say")),
            Column("kind", _("Kind")),
            Column("stated", _("Stated")),
            Column("stands", _("Stands in")),
            Column("answers", _("Actions confirmed"), number=True),
            Column("id", _("Its own id")),
        ],
        rows=[Row(need.key, _need_cells(need, places, seen)) for need in page.object_list],
        page=page,
        query=wanted.address(),
        sentence="",
        hidden=[],
        empty=_("No need here is like that.") if wanted.asks else _("There is no need here."),
        footnote=places.footnote,
    )


def _narrow_needs(visible: QuerySet[Need], wanted: NeedFilter) -> QuerySet[Need]:
    found = visible
    at = Q(beneficiary_rows__code=wanted.beneficiary) if wanted.beneficiary else Q()
    said = Q(beneficiary_rows__state=wanted.state) if wanted.state else Q()
    if wanted.beneficiary or wanted.state:  # both are about one and the same beneficiary
        found = found.filter(pk__in=visible.filter(at & said).order_by().values("pk"))
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.topic:
        found = found.filter(pk__in=visible.filter(topic_rows__code=wanted.topic).order_by().values("pk"))
    for word in wanted.q.split():
        found = found.filter(
            Q(statement__icontains=word) | Q(reference__icontains=word) | Q(own_id__iexact=word)
        )
    return found


def _need_summary(wanted: NeedFilter, places: Places) -> str:
    said = [places.name(wanted.beneficiary) if wanted.beneficiary else _("All beneficiaries")]
    said.append(str(NEED_STATES[wanted.state]) if wanted.state else _("whatever they say of it"))
    said.append(NEED_KINDS.get(wanted.kind, wanted.kind).lower() if wanted.kind else _("any kind"))
    if wanted.topic:
        said.append(name_of_topic(wanted.topic))
    if wanted.q:
        said.append(_("with the words “%(words)s”") % {"words": wanted.q})
    return ", ".join(said)


def _need_fields(wanted: NeedFilter, visible: QuerySet[Need], places: Places) -> list[dict[str, Any]]:
    codes = [
        code for code in visible.order_by().values_list("topic_rows__code", flat=True).distinct() if code
    ]
    topics = sorted(((code, name_of_topic(code)) for code in codes), key=lambda item: item[1].casefold())
    options = {
        "beneficiary": (_("For whom"), _("All beneficiaries"), [(p.code, p.name) for p in places.table]),
        "state": (
            _("What they say"),
            _("Anything"),
            [(code, str(text)) for code, text in NEED_STATES.items()],
        ),
        "kind": (_("Kind"), _("Any kind"), list(NEED_KINDS.items())),
        "topic": (_("Topic"), _("Any topic"), topics),
    }
    return [
        {"name": "q", "label": _("Words in the need"), "kind": "search", "value": wanted.q},
        *(
            {
                "name": name,
                "label": label,
                "kind": "select",
                "options": [
                    {"value": value, "text": text, "selected": value == getattr(wanted, name)}
                    for value, text in [("", anything), *listed]
                ],
            }
            for name, (label, anything, listed) in options.items()
        ),
    ]


def _need_cells(need: Need, places: Places, seen: frozenset[int]) -> tuple[Cell, ...]:
    rows = {row.code: row for row in need.beneficiary_rows.all()}
    codes = places.order(rows)
    stands = sorted({plan_name(place.plan) for place in need.placements.all() if place.is_main})
    answers = sum(link.action_id in seen for link in need.links.all())
    return (
        Cell("need", need.statement, href=address_of_need(need.key)),
        Cell("for", places.shorts(codes), unknown=not codes),
        Cell(
            "states",
            _said_states([(places.short(code), rows[code].state) for code in codes]),
            unknown=not codes,
        ),
        Cell("kind", need.get_kind_display() if need.kind else "", unknown=not need.kind),
        Cell("stated", need.stated_on, unknown=not need.stated_on),
        Cell("stands", ", ".join(stands) or _("in no plan yet"), unknown=not stands),
        Cell("answers", str(answers) if answers else _("none reported"), unknown=not answers, number=True),
        Cell("id", need.own_id or need.key),
    )


def _said_states(rows: Sequence[tuple[str, str]]) -> str:
    """What beneficiaries say, those who say the same together: "not cleared", or "ALB met; SRB open"."""
    by_state: dict[str, list[str]] = {}
    for short, state in rows:
        by_state.setdefault(state, []).append(short)
    if len(by_state) == 1:
        return str(NEED_STATES[next(iter(by_state))])
    return "; ".join(f"{', '.join(shorts)} {NEED_STATES[state]}" for state, shorts in by_state.items())
