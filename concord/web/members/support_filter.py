"""Which needs the matrix shows: read from the address, told in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.plan.matrix import CELLS
from concord.web.members.plan_page import FilterLine
from concord.web.members.rows import Places

if TYPE_CHECKING:
    from concord.plan.models import Plan

_LONGEST = 100


@dataclass(frozen=True, slots=True)
class SupportFilter:
    """Which needs the matrix shows; empty values ask nothing."""

    beneficiary: str = ""
    cell: str = ""
    words: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str], places: Places) -> SupportFilter:
        """Reads `beneficiary`, `cell` and `q`; what they cannot mean is left out."""
        code, cell = query.get("beneficiary", ""), query.get("cell", "")
        return cls(
            beneficiary=code if any(place.code == code for place in places.table) else "",
            cell=cell if cell in CELLS else "",
            words=query.get("q", "").replace("\x00", "").strip()[:_LONGEST],
        )

    @property
    def asks(self) -> bool:
        """Whether anything is left out."""
        return self != SupportFilter()


def filter_line(plan: Plan, asked: SupportFilter, places: Places, shown: int) -> FilterLine:
    """The filter as components/filter_line.html takes it; shown: how many needs pass."""
    address = reverse("members:support", args=[plan.ref])
    said = [places.name(asked.beneficiary) if asked.beneficiary else _("All beneficiaries")]
    said.append(
        _("needs that say “%(cell)s” somewhere") % {"cell": asked.cell} if asked.cell else _("all needs")
    )
    if asked.words:
        said.append(_("with the words “%(words)s”") % {"words": asked.words})
    return FilterLine(
        summary=", ".join(said),
        action=address,
        result=ngettext("%(count)d need", "%(count)d needs", shown) % {"count": shown},
        fields=[
            {"name": "q", "label": _("Words in the need"), "kind": "search", "value": asked.words},
            _select(
                "beneficiary",
                _("For whom"),
                _("All beneficiaries"),
                [(p.code, p.name) for p in places.table],
                asked.beneficiary,
            ),
            _select("cell", _("Needs that say"), _("Anything"), [(word, word) for word in CELLS], asked.cell),
        ],
        clear=address if asked.asks else "",
        open=False,
    )


def _select(
    name: str, label: str, anything: str, options: Sequence[tuple[str, str]], chosen: str
) -> dict[str, Any]:
    listed = [("", anything), *options]
    return {
        "name": name,
        "label": label,
        "kind": "select",
        "options": [{"value": value, "text": text, "selected": value == chosen} for value, text in listed],
    }
