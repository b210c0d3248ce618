"""The facts of actions that were put to their sources, side by side: what is needed to recognise the work."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from concord.analysis.queries.pairs import facts_shown
from concord.analysis.tables import facts_of_loaded, place_names
from concord.analysis.verdicts import Verdict, verdict_of
from concord.plan.queries import naming_table

if TYPE_CHECKING:
    from concord.plan.models import Action, Framework

PUT: Final = frozenset({"donors", "implementers", "beneficiaries", "start", "end", "topics", "action_types"})
"""Enough to recognise the work. Summaries, money and notes are left out: they are for the talk."""


@dataclass(frozen=True, slots=True)
class PutFact:
    """One fact of all the actions, in their order; "" is not reported. is_date: as dates are stored."""

    label: str
    values: tuple[str, ...]
    verdict: Verdict
    is_date: bool = False


def facts_put(actions: Sequence[Action], framework: Framework) -> list[PutFact]:
    """What every source reads of each action that it was asked about, its own and the others'.

    The actions must be for all members. What none of them reports is left out.
    """
    facts = list(facts_of_loaded(list(actions)).values())
    lines = []
    for field, label, said in facts_shown(place_names(framework)):
        cells = [said(each) for each in facts]
        if field in PUT and any(cells):
            values = tuple("; ".join(cell) for cell in cells)
            lines.append(PutFact(str(label), values, verdict_of(field, cells), field in ("start", "end")))
    return lines


def footnote_for(framework: Framework, texts: Iterable[str]) -> str:
    """What the asterisk of a place's name refers to, where one of the texts names that place; else ""."""
    said = " ".join(texts)
    table = naming_table(framework)
    marked = [place for place in table if place.footnote and (place.name in said or place.short in said)]
    return marked[0].footnote if marked else ""
