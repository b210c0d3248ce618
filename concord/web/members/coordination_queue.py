"""The queue of findings of one plan: what the address asks for, and its cases in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concord.analysis.queries import TABS, Filters, before_the_board, counts_of, last_run, queue
from concord.analysis.rules import FAR, Answer, Band
from concord.kernel.money import format_amount
from concord.web.members.rows import Places

if TYPE_CHECKING:
    from concord.analysis.models import Finding
    from concord.plan.models import Plan
    from concord.web.members.visit import Visit

Shown = dict[str, Any]

A_PAGE = 50
TITLE_SHOWN = 64  # characters of a title in a line of the queue
_LONGEST = 100

TAB_TEXTS = {
    "coordinate": gettext_lazy("To be coordinated"),
    "double-entries": gettext_lazy("Possible double entries"),
    "synergies": gettext_lazy("Possible synergies"),
    "continuations": gettext_lazy("Possible continuations"),
    "answered": gettext_lazy("Answered"),
    "board": gettext_lazy("Before the Board"),
}

EMPTY = {
    "coordinate": gettext_lazy(
        "Actions that do the same kind of work for the same beneficiary will be here."
    ),
    "double-entries": gettext_lazy("Actions that may have been reported twice will be here."),
    "synergies": gettext_lazy(
        "Actions that may gain from being joined, or from following each other, will be here."
    ),
    "continuations": gettext_lazy("Actions of which one may continue the other will be here."),
    "answered": gettext_lazy(
        "What was agreed about pairs of actions will be here, with who agreed it and why."
    ),
    "board": gettext_lazy("The twenty questions that are best settled before the Board meets will be here."),
}

STATE_OF_KIND = {
    "overlap": "coordinate",
    "duplicate": "double",
    "synergy": "synergy",
    "continuation": "continuation",
}
"""The sign of a kind, as components/state_tag.html calls it."""

TAB_OF_KIND = {
    "overlap": "coordinate",
    "duplicate": "double-entries",
    "synergy": "synergies",
    "continuation": "continuations",
}


@dataclass(frozen=True, slots=True)
class QueueAddress:
    """Which part of a queue an address asks for; what it cannot mean is left out."""

    tab: str = "coordinate"
    beneficiary: str = ""
    certainty: int = 0
    words: str = ""
    adjustable: bool = False
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str], places: Places, *, tab: str) -> QueueAddress:
        """Reads `beneficiary`, `certainty`, `q`, `adjustable` and `page` for one of the TABS."""
        code = query.get("beneficiary", "")
        return cls(
            tab=tab if tab in TABS else "coordinate",
            beneficiary=code if any(place.code == code for place in places.table) else "",
            certainty=_number(query.get("certainty", ""), most=int(Band.ALMOST_CERTAIN)),
            words=query.get("q", "").replace("\x00", "").strip()[:_LONGEST],
            adjustable=query.get("adjustable") == "yes",
            page=_number(query.get("page", ""), most=100_000) or 1,
        )

    @property
    def filters(self) -> Filters:
        """The same, as analysis asks for it."""
        return Filters(
            beneficiary=self.beneficiary, band=self.certainty, words=self.words, adjustable=self.adjustable
        )

    @property
    def narrows(self) -> bool:
        """Whether anything is left out of the tab."""
        return self.filters != Filters()

    def query(self) -> str:
        """The query of an address that asks for this part of a tab; defaults are left out."""
        values = {
            "beneficiary": self.beneficiary,
            "certainty": self.certainty or "",
            "q": self.words,
            "adjustable": "yes" if self.adjustable else "",
            "page": self.page if self.page > 1 else "",
        }
        return urlencode({name: value for name, value in values.items() if value})


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of a plan's queue. first: the finding that stands first on it, or None."""

    tabs: list[Shown]
    filter: Shown
    groups: list[Shown]
    summary: str
    sentence: str
    empty: str
    page: Page[Finding]
    query: str
    first: Finding | None


def queue_of(
    visit: Visit, plan: Plan, asked: QueueAddress, places: Places, *, on: date, current: Finding | None = None
) -> Queue:
    """The part of the queue that is asked for. current: the finding whose case is open."""
    counts = counts_of(plan, actor=visit.person)
    page = _page(visit, plan, asked, on)
    found = list(page.object_list)
    here = current or (found[0] if found else None)
    return Queue(
        tabs=_tabs(plan, asked, counts),
        filter=_filter_line(plan, asked, places, page.paginator.count),
        groups=_groups(found, plan, asked, on, here),
        summary=_said_place(found, here),
        sentence=_said_range(page),
        empty=str(EMPTY[asked.tab]) if not asked.narrows else _("No finding is like that."),
        page=page,
        query=_as_prefix(replace(asked, page=1).query()),
        first=found[0] if found else None,
    )


def pair_address(finding: Finding, plan: Plan, asked: QueueAddress, name: str = "pair") -> str:
    """The page of a pair, opened from this place in this queue."""
    address = reverse(f"members:{name}", args=[finding.key_a, finding.key_b])
    return f"{address}?" + "&".join(filter(None, [f"plan={plan.ref}&tab={asked.tab}", asked.query()]))


def queue_address(plan: Plan, asked: QueueAddress) -> str:
    """The page of this part of a queue."""
    if asked.tab == "coordinate":
        address = reverse("members:coordination", args=[plan.ref])
    else:
        address = reverse("members:coordination-tab", args=[plan.ref, asked.tab])
    return address + (f"?{asked.query()}" if asked.query() else "")


def said_run(plan: Plan) -> str:
    """When the plan was analysed last. What the run counted is not said: it saw more than some may see."""
    found = last_run(plan)
    if found is None:
        return _("This plan has not been analysed yet.")
    when = date_format(found.at, "j F Y, H:i")
    return _("Analysed on %(when)s UTC by release %(release)s.") % {
        "when": when,
        "release": found.engine_release,
    }


def said_pair(finding: Finding) -> str:
    """The two actions in a line; long titles are cut."""
    titles = [Truncator(action.title).chars(TITLE_SHOWN) for action in (finding.action_a, finding.action_b)]
    return _("“%(one)s” and “%(other)s”") % {"one": titles[0], "other": titles[1]}


def said_certainty(finding: Finding) -> str:
    """How sure analysis is: "likely (0.82)"."""
    return f"{Band(finding.band).label} ({finding.score:.2f})"


def said_adjustable(finding: Finding, on: date) -> str:
    """Until when one of the two can still be changed."""
    until = finding.adjustable_until
    if until is None or until < on:
        return _("neither can easily be changed any more")
    if until >= FAR:
        return _("not begun, as far as is reported")
    return _("can be changed until %(day)s") % {"day": date_format(until, "j F Y")}


def said_money(finding: Finding) -> str:
    """The smaller of both amounts, where both state one in the same currency."""
    if finding.money_at_stake is None:
        return ""
    return _("both state money, at least %(amount)s each") % {
        "amount": format_amount(finding.money_at_stake, finding.money_currency)
    }


def _page(visit: Visit, plan: Plan, asked: QueueAddress, on: date) -> Page[Finding]:
    if asked.tab == "board":
        return Paginator(
            before_the_board(plan, actor=visit.person, on=on, filters=asked.filters), A_PAGE
        ).get_page(1)
    rows = queue(plan, actor=visit.person, on=on, tab=asked.tab, filters=asked.filters)
    return Paginator(rows.select_related("action_a", "action_b"), A_PAGE).get_page(asked.page)


def _groups(
    found: Sequence[Finding], plan: Plan, asked: QueueAddress, on: date, current: Finding | None
) -> list[Shown]:
    """Cases under what can still be changed, and the others; answered ones together."""
    cases: dict[str, list[Shown]] = {}
    for finding in found:
        cases.setdefault(_group(finding, asked, on), []).append(_case(finding, plan, asked, current))
    return [{"text": text, "cases": listed} for text, listed in cases.items()]


def _group(finding: Finding, asked: QueueAddress, on: date) -> str:
    if asked.tab == "answered":
        return _("Answered, the latest first")
    if finding.adjustable_until is not None and finding.adjustable_until >= on:
        return _("Can still be changed")
    return _("Over, or nearly")


def _case(finding: Any, plan: Plan, asked: QueueAddress, current: Finding | None) -> Shown:
    meta = [said_certainty(finding), said_money(finding)]
    return {
        "key": f"{finding.key_a}-{finding.key_b}",
        "href": pair_address(finding, plan, asked),
        "current": current is not None and finding.pk == current.pk,
        "sentence": said_pair(finding),
        "state": STATE_OF_KIND[finding.kind] if asked.tab in ("board", "answered") else "",
        "meta": "; ".join(text for text in meta if text),
        "answered": Answer(finding.answer).label if asked.tab == "answered" else "",
    }


def _tabs(plan: Plan, asked: QueueAddress, counts: Mapping[str, int]) -> list[Shown]:
    return [
        {
            "text": text,
            "href": queue_address(plan, QueueAddress(tab=tab)),
            "current": tab == asked.tab,
            "count": counts[tab],
        }
        for tab, text in TAB_TEXTS.items()
    ]


def _filter_line(plan: Plan, asked: QueueAddress, places: Places, found: int) -> Shown:
    bands = [(str(band.value), _("%(certainty)s or more") % {"certainty": band.label}) for band in Band][
        :0:-1
    ]
    fields = [
        {"name": "q", "label": _("Words in one of the titles"), "kind": "search", "value": asked.words},
        _select("beneficiary", _("For whom"), _("All beneficiaries"), _named(places), asked.beneficiary),
        _select("certainty", _("How sure"), _("Any certainty"), bands, str(asked.certainty or "")),
        _select(
            "adjustable",
            _("Only those"),
            _("All"),
            [("yes", _("that can still be changed"))],
            "yes" if asked.adjustable else "",
        ),
    ]
    return {
        "summary": _said_filter(asked, places),
        "action": queue_address(plan, QueueAddress(tab=asked.tab)),
        "fields": fields,
        "clear": queue_address(plan, QueueAddress(tab=asked.tab)) if asked.narrows else "",
        "result": ngettext("%(count)d pair", "%(count)d pairs", found) % {"count": found},
        "open": False,
    }


def _said_filter(asked: QueueAddress, places: Places) -> str:
    said = [
        _("Both for %(place)s") % {"place": places.name(asked.beneficiary)}
        if asked.beneficiary
        else _("All beneficiaries"),
        Band(asked.certainty).label if asked.certainty else _("any certainty"),
    ]
    if asked.words:
        said.append(_("with the words “%(words)s”") % {"words": asked.words})
    if asked.adjustable:
        said.append(_("that can still be changed"))
    return ", ".join(map(str, said))


def _named(places: Places) -> list[tuple[str, str]]:
    return [(place.code, place.name) for place in places.table]


def _select(name: str, label: str, anything: str, options: Sequence[tuple[str, str]], chosen: str) -> Shown:
    return {
        "name": name,
        "label": label,
        "kind": "select",
        "options": [
            {"value": value, "text": text, "selected": value == chosen}
            for value, text in [("", anything), *options]
        ],
    }


def _said_place(found: Sequence[Finding], here: Finding | None) -> str:
    said = ngettext("%(count)d case", "%(count)d cases", len(found)) % {"count": len(found)}
    place = next((n for n, finding in enumerate(found, 1) if here and finding.pk == here.pk), 0)
    return _("%(cases)s, this is number %(place)d") % {"cases": said, "place": place} if place else said


def _said_range(page: Page[Finding]) -> str:
    if page.paginator.num_pages < 2:
        return ""
    values = {"first": page.start_index(), "last": page.end_index(), "all": page.paginator.count}
    return _("Cases %(first)d to %(last)d of %(all)d") % values


def _as_prefix(query: str) -> str:
    return f"{query}&" if query else ""


def _number(text: str, *, most: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 and int(text) <= most else 0
