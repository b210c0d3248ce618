"""The list of files that were handed in: found by words, state and date."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.intake.queries import counts_of_input, inputs_listed
from concord.intake.report import summary
from concord.web.members.intake_forms import places_of
from concord.web.members.intake_words import about, state_in_words
from concord.web.members.plan_page import FilterLine

if TYPE_CHECKING:
    from concord.web.members.visit import Visit

INPUTS_A_PAGE = 30
LONGEST_WORDS = 200


@dataclass(frozen=True, slots=True)
class InputLine:
    """One input in the list of inputs."""

    name: str
    href: str
    about: str
    state: str
    counts: str


@dataclass(frozen=True, slots=True)
class ImportsPage:
    """What members/intake/inputs.html shows."""

    lines: list[InputLine]
    pages: Page[Any]
    sentence: str
    may_hand_in: bool
    filter: FilterLine
    query: str

    @property
    def is_filtered(self) -> bool:
        """Whether anything but all is asked for."""
        return bool(self.filter.clear)


@dataclass(frozen=True, slots=True)
class _Wanted:
    q: str = ""
    state: str = ""
    sort: str = ""


def imports_page(visit: Visit, query: Any) -> ImportsPage:
    """The files that the address asks for; what it says and is not known is left out."""
    states, sorts = _states(), _sorts()
    wanted = _Wanted(
        q=query.get("q", "").replace("\x00", "").strip()[:LONGEST_WORDS],
        state=query.get("state", "") if query.get("state", "") in states else "",
        sort=query.get("sort", "") if query.get("sort", "") in sorts else "",
    )
    found = inputs_listed(
        visit.person, text=wanted.q, state=wanted.state, oldest_first=wanted.sort == "oldest"
    )
    pages = Paginator(found, INPUTS_A_PAGE).get_page(query.get("page"))
    lines = [
        InputLine(
            name=received.file_name,
            href=reverse("members:import", args=[received.key]),
            about=about(received),
            state=state_in_words(received),
            counts=summary(counts_of_input(received)),
        )
        for received in pages.object_list
    ]
    said = {"q": wanted.q, "state": wanted.state, "sort": wanted.sort}
    kept = urlencode({name: value for name, value in said.items() if value})
    return ImportsPage(
        lines=lines,
        pages=pages,
        sentence=_("Files %(first)d to %(last)d of %(count)d")
        % {"first": pages.start_index(), "last": pages.end_index(), "count": pages.paginator.count}
        if lines
        else "",
        may_hand_in=bool(places_of(visit)),
        filter=_filter_line(wanted, states, sorts, pages.paginator.count),
        query=f"{kept}&" if kept else "",
    )


def _states() -> dict[str, str]:
    return {
        "": _("Any state"),
        "received": _("being read"),
        "checked": _("checked, not applied yet"),
        "applied": _("applied"),
        "undone": _("undone"),
        "withdrawn": _("withdrawn"),
    }


def _sorts() -> dict[str, str]:
    return {"": _("newest first"), "oldest": _("oldest first")}


def _filter_line(
    wanted: _Wanted, states: Mapping[str, str], sorts: Mapping[str, str], count: int
) -> FilterLine:
    address = reverse("members:imports")

    def options(values: Mapping[str, str], chosen: str) -> list[dict[str, object]]:
        return [{"value": v, "text": t, "selected": v == chosen} for v, t in values.items()]

    said = [states[wanted.state], sorts[wanted.sort], wanted.q and f"“{wanted.q}”"]
    return FilterLine(
        summary=", ".join(filter(None, said)),
        action=address,
        result=ngettext("%(n)d file", "%(n)d files", count) % {"n": count},
        fields=[
            {"name": "q", "label": _("File, organisation or receipt"), "kind": "search", "value": wanted.q},
            {
                "name": "state",
                "label": _("State"),
                "kind": "select",
                "options": options(states, wanted.state),
            },
            {"name": "sort", "label": _("Order"), "kind": "select", "options": options(sorts, wanted.sort)},
        ],
        clear=address if wanted != _Wanted() else "",
        open=False,
    )
