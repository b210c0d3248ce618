"""What is looked for in a plan's queue: from the address, in plain words, to analysis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concord.analysis.queries import (
    ASKED,
    NO_MEASURE,
    ORDERS,
    TABS,
    CaseFilters,
    measures_of,
    people_of,
    reads_untold,
)
from concord.analysis.rules import Band, Sort
from concord.web.members.rows import Places

if TYPE_CHECKING:
    from concord.plan.models import Plan
    from concord.web.members.visit import Visit

Shown = dict[str, Any]

A_PAGE, PAGE_SIZES = 25, (25, 50, 100)
_LONGEST = 100
_MEASURE_SHOWN = 70  # characters of a measure's name in the choice

MIXED = ("answered", "board")
"""The parts in which cases of several kinds stand together."""

ASSIGNED = {"me": gettext_lazy("assigned to me"), "nobody": gettext_lazy("assigned to nobody")}

ASKED_TEXTS = {
    "no": gettext_lazy("sources not yet asked"),
    "waiting": gettext_lazy("asked, not all have replied"),
    "answered": gettext_lazy("answered by their sources"),
    "confirmed": gettext_lazy("confirmed, told with names"),
}

ORDER_TEXTS = {
    "certainty": gettext_lazy("the surest first"),
    "money": gettext_lazy("the most money first"),
    "until": gettext_lazy("what can be changed for the shortest time first"),
    "size": gettext_lazy("the most pairs first"),
    "newest": gettext_lazy("the newest case first"),
    "title": gettext_lazy("by title"),
}

KIND_TEXTS = {
    Sort.OVERLAP.value: gettext_lazy("to be coordinated"),
    Sort.DUPLICATE.value: gettext_lazy("possible double entries"),
    Sort.SYNERGY.value: gettext_lazy("possible synergies"),
    Sort.CONTINUATION.value: gettext_lazy("possible continuations"),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be chosen from in one plan, as its reader may see it: values with their texts.

    asks: whether the reader may look for cases by what their sources were asked.
    """

    places: Places
    measures: Mapping[str, str]
    people: Mapping[str, str]
    asks: bool

    @classmethod
    def of(cls, visit: Visit, plan: Plan, places: Places) -> Choices:
        """The measures of the plan, and who has taken on a case that the person sees."""
        measures = {measure.code: f"{measure.code} {measure.name}" for measure in measures_of(plan)}
        return cls(
            places=places,
            measures=measures | {NO_MEASURE: _("under no measure yet")},
            people={person.ref: person.name for person in people_of(plan, actor=visit.person)},
            asks=reads_untold(visit.person, plan),
        )


@dataclass(frozen=True, slots=True)
class QueueAddress:
    """Which part of a queue an address asks for; what it cannot mean is left out."""

    tab: str = "coordinate"
    kind: str = ""
    measure: str = ""
    beneficiary: str = ""
    certainty: int = 0
    words: str = ""
    adjustable: bool = False
    assigned: str = ""
    asked: str = ""
    order: str = ""
    size: int = A_PAGE
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str], choices: Choices, *, tab: str) -> QueueAddress:
        """Reads the filters, `order`, `size` and `page` for one of the TABS."""
        tab = tab if tab in TABS else "coordinate"
        size = _number(query.get("size", ""), most=max(PAGE_SIZES))
        codes = {place.code: place.name for place in choices.places.table}
        return cls(
            tab=tab,
            kind=_one_of(query, "kind", KIND_TEXTS if tab in MIXED else {}),
            measure=_one_of(query, "measure", choices.measures),
            beneficiary=_one_of(query, "beneficiary", codes),
            certainty=_number(query.get("certainty", ""), most=int(Band.ALMOST_CERTAIN)),
            words=query.get("q", "").replace("\x00", "").strip()[:_LONGEST],
            adjustable=query.get("adjustable") == "yes",
            assigned=_one_of(query, "assigned", {**ASSIGNED, **choices.people}),
            asked=_one_of(query, "asked", ASKED if choices.asks else {}),
            order=_one_of(query, "order", dict.fromkeys(ORDERS)),
            size=size if size in PAGE_SIZES else A_PAGE,
            page=_number(query.get("page", ""), most=100_000) or 1,
        )

    def filters(self, visit: Visit) -> CaseFilters:
        """The same, as analysis asks for it."""
        return CaseFilters(
            beneficiary=self.beneficiary,
            band=self.certainty,
            words=self.words,
            adjustable=self.adjustable,
            assigned=visit.person.ref if self.assigned == "me" else self.assigned,
            kind=self.kind,
            measure=self.measure,
            asked=self.asked,
            order=self.order,
        )

    @property
    def narrows(self) -> bool:
        """Whether anything is left out of the tab."""
        return replace(self, page=1, size=A_PAGE, order="") != QueueAddress(tab=self.tab)

    @property
    def is_plain(self) -> bool:
        """Whether it asks for the whole tab in the order of work."""
        return not self.narrows and not self.order and self.size == A_PAGE

    def in_tab(self, tab: str) -> QueueAddress:
        """The same filters in another part of the queue, from its first page."""
        return replace(self, tab=tab, page=1, kind=self.kind if tab in MIXED else "")

    def query(self) -> str:
        """The query of an address that asks for this part of a tab; defaults are left out."""
        values = {
            "q": self.words,
            "kind": self.kind,
            "measure": self.measure,
            "beneficiary": self.beneficiary,
            "certainty": self.certainty or "",
            "adjustable": "yes" if self.adjustable else "",
            "assigned": self.assigned,
            "asked": self.asked,
            "order": self.order,
            "size": self.size if self.size != A_PAGE else "",
            "page": self.page if self.page > 1 else "",
        }
        return urlencode({name: value for name, value in values.items() if value})


def queue_address(plan: Plan, asked: QueueAddress) -> str:
    """The page of this part of a queue."""
    if asked.tab == "coordinate":
        address = reverse("members:coordination", args=[plan.ref])
    else:
        address = reverse("members:coordination-tab", args=[plan.ref, asked.tab])
    return address + (f"?{asked.query()}" if asked.query() else "")


def filter_line(plan: Plan, asked: QueueAddress, choices: Choices, found: int) -> Shown:
    """The filters as components/filter_line.html shows them."""
    plain = queue_address(plan, QueueAddress(tab=asked.tab))
    return {
        "summary": _summary(asked, choices),
        "action": plain,
        "fields": _fields(asked, choices),
        "clear": "" if asked.is_plain else plain,
        "result": ngettext("%(count)d case", "%(count)d cases", found) % {"count": found},
        "open": False,
    }


def to_leave_out(plan: Plan, asked: QueueAddress, choices: Choices) -> list[Shown]:
    """Each filter that is set, in words, with the address of the same list without it."""
    nothing = QueueAddress(tab=asked.tab)
    return [
        {
            "text": text,
            "href": queue_address(plan, replace(asked, page=1, **{name: getattr(nothing, name)})),
        }
        for name, text in _said(asked, choices)
    ]


def _summary(asked: QueueAddress, choices: Choices) -> str:
    said = [text for _name, text in _said(asked, choices)] or [_("All cases")]
    order = ORDER_TEXTS.get(asked.order)
    told = ", ".join(said)
    told = told[:1].upper() + told[1:]
    return f"{told}; {order}" if order else told


def _said(asked: QueueAddress, choices: Choices) -> list[tuple[str, str]]:
    """The filters that are set, by name, each in a few words."""
    set_ones = [
        ("words", _("with the words “%(words)s”") % {"words": asked.words} if asked.words else ""),
        ("kind", KIND_TEXTS.get(asked.kind, "")),
        ("measure", _measure(asked, choices)),
        (
            "beneficiary",
            _("both for %(place)s") % {"place": choices.places.name(asked.beneficiary)}
            if asked.beneficiary
            else "",
        ),
        ("certainty", _certainty(Band(asked.certainty)) if asked.certainty else ""),
        ("adjustable", _("that can still be changed") if asked.adjustable else ""),
        ("assigned", _assigned(asked, choices)),
        ("asked", ASKED_TEXTS.get(asked.asked, "")),
    ]
    return [(name, str(text)) for name, text in set_ones if text]


def _measure(asked: QueueAddress, choices: Choices) -> str:
    if asked.measure in ("", NO_MEASURE):
        return choices.measures[NO_MEASURE] if asked.measure else ""
    return _("measure %(code)s") % {"code": asked.measure}


def _assigned(asked: QueueAddress, choices: Choices) -> str:
    if asked.assigned in ASSIGNED:
        return str(ASSIGNED[asked.assigned])
    return _("assigned to %(name)s") % {"name": choices.people[asked.assigned]} if asked.assigned else ""


def _certainty(band: Band) -> str:
    if band is Band.ALMOST_CERTAIN:
        return str(band.label)
    return _("%(certainty)s or more") % {"certainty": band.label}


def _fields(asked: QueueAddress, choices: Choices) -> list[Shown]:
    bands = [(str(band.value), _certainty(band)) for band in Band][:0:-1]
    measures = [(code, Truncator(text).chars(_MEASURE_SHOWN)) for code, text in choices.measures.items()]
    people = [*ASSIGNED.items(), *choices.people.items()]
    places = [(place.code, place.name) for place in choices.places.table]
    words = _("Words, names or ids")
    yes = [("yes", _("that can still be changed"))]
    sizes = [(str(size), str(size)) for size in PAGE_SIZES if size != A_PAGE]
    by_work = _("what can still be changed, then the surest, then money")
    fields = [{"name": "q", "label": words, "kind": "search", "value": asked.words}]
    if asked.tab in MIXED:
        fields.append(_select("kind", _("What it is about"), _("Any kind"), KIND_TEXTS, asked.kind))
    fields += [
        _select("measure", _("Measure"), _("All measures"), dict(measures), asked.measure),
        _select("beneficiary", _("For whom"), _("All beneficiaries"), dict(places), asked.beneficiary),
        _select("certainty", _("How sure"), _("Any certainty"), dict(bands), str(asked.certainty or "")),
        _select("adjustable", _("Only those"), _("All"), dict(yes), "yes" if asked.adjustable else ""),
        _select("assigned", _("Who takes it on"), _("Anybody"), dict(people), asked.assigned),
    ]
    if choices.asks:
        fields.append(_select("asked", _("Their sources"), _("Asked or not"), ASKED_TEXTS, asked.asked))
    fields += [
        _select("order", _("In which order"), by_work, ORDER_TEXTS, asked.order),
        _select("size", _("On a page"), str(A_PAGE), dict(sizes), str(asked.size)),
    ]
    return fields


def _select(name: str, label: str, anything: str, options: Mapping[str, Any], chosen: str) -> Shown:
    return {
        "name": name,
        "label": label,
        "kind": "select",
        "options": [
            {"value": value, "text": str(text), "selected": value == chosen}
            for value, text in [("", anything), *options.items()]
        ],
    }


def _one_of(query: Mapping[str, str], name: str, known: Mapping[str, Any]) -> str:
    value = query.get(name, "")
    return value if value in known else ""


def _number(text: str, *, most: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 and int(text) <= most else 0
