"""Needs and support: what is reported for each need, beneficiary and year. Pure, over a plan document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from concord.kernel.dates import Meets
from concord.plan.ageing import counted
from concord.plan.rules import period_of, years_period

MET = "met"
SECURED = "under way, money secured"
UNDER_WAY = "under way, money not reported"
PLANNED = "planned only"
PARTLY = "partly"
NONE_REPORTED = "none reported"
NOT_STATED = "need not stated for that year"

CELLS = (MET, SECURED, UNDER_WAY, PLANNED, PARTLY, NONE_REPORTED, NOT_STATED)
"""Every word that a cell can say, from most to least support."""

Document = Mapping[str, Any]
Cell = dict[str, Any]


def matrix_of(document: Document) -> list[Cell]:
    """One cell per need, beneficiary of the need and year of the plan, in the document's order.

    Only confirmed links count, and actions that count (ageing.py). Each cell: need (key), beneficiary
    (code), year (text), cell (one of CELLS) and actions (keys of the linked actions for that beneficiary
    that meet that year).

    Source: design.md, section 3, "Money"; look.md, page 3.
    """
    years = range(int(document["plan"]["starts"]), int(document["plan"]["ends"]) + 1)
    linked = _linked_actions(counted(document["actions"]))
    return [
        _cell(need, place, year, linked[need["key"]])
        for need in document["needs"]
        for place in need["beneficiaries"]
        for year in years
    ]


def cell_word(
    *,
    stated_on: str,
    state: str,
    state_since: str,
    year: int,
    answering: Sequence[tuple[Mapping[str, Any], str]],
) -> str:
    """The word for one cell.

    Args:
        stated_on: when the need was stated ("" is not known: then it counts in every year).
        state, state_since: what the beneficiary says of it, and since which day ("" if never).
        answering: the linked actions of that beneficiary and year, each with "direct" or "partly".
    """
    if stated_on and int(stated_on[:4]) > year:
        return NOT_STATED
    if state == "met":
        return MET
    if state == "closed" and int(state_since[:4]) < year:
        return NOT_STATED
    if not answering:
        return NONE_REPORTED
    direct = [action for action, strength in answering if strength == "direct"]
    if not direct:
        return PARTLY
    if any(_is_secured(action) for action in direct):
        return SECURED
    return PLANNED if all(_is_planned(action) for action in direct) else UNDER_WAY


def support_sentences(document: Document) -> dict[str, int]:
    """The counts behind the sentences above the matrix.

    needs: all in the document; without_support: no action reported in any year that counts;
    partly_only: nothing but partial answers; without_secured_money: no cell with money secured.
    """
    words: dict[str, set[str]] = defaultdict(set)
    needs = {need["key"] for need in counted(document["needs"])}
    for cell in document["matrix"]:
        if cell["need"] in needs:
            words[cell["need"]].add(cell["cell"])
    said = [seen - {NOT_STATED} for seen in words.values()]
    return {
        "needs": len(needs),
        "without_support": sum(seen == {NONE_REPORTED} for seen in said),
        "partly_only": sum(PARTLY in seen and seen <= {PARTLY, NONE_REPORTED} for seen in said),
        "without_secured_money": sum(bool(seen) and not seen & {SECURED, MET} for seen in said),
    }


def _linked_actions(actions: Sequence[Mapping[str, Any]]) -> dict[str, list[tuple[Mapping[str, Any], str]]]:
    linked: dict[str, list[tuple[Mapping[str, Any], str]]] = defaultdict(list)
    for action in actions:
        for link in action.get("needs", []):
            linked[link["need"]].append((action, link["strength"]))
    return linked


def _cell(
    need: Mapping[str, Any],
    place: Mapping[str, Any],
    year: int,
    linked: Sequence[tuple[Mapping[str, Any], str]],
) -> Cell:
    answering = [
        (action, strength)
        for action, strength in linked
        if place["code"] in action["beneficiaries"] and _meets_year(action, year)
    ]
    word = cell_word(
        stated_on=need.get("stated_on") or "",
        state=place["state"],
        state_since=place.get("since") or "",
        year=year,
        answering=answering,
    )
    return {
        "need": need["key"],
        "beneficiary": place["code"],
        "year": str(year),
        "cell": word,
        "actions": [] if word == NOT_STATED else [action["key"] for action, _ in answering],
    }


def _meets_year(action: Mapping[str, Any], year: int) -> bool:
    period = period_of(action.get("start") or "", action.get("end") or "", action.get("status") or "")
    return period.meets(years_period(year, year)) is not Meets.NO


def _is_secured(action: Mapping[str, Any]) -> bool:
    """Secured counts only in the source's own words, not where it was inferred from a status."""
    return any(
        line["status"] == "secured" and not line["status_inferred"] for line in action.get("funding", [])
    )


def _is_planned(action: Mapping[str, Any]) -> bool:
    statuses = {line["status"] for line in action.get("funding", []) if line["amount"] is not None}
    return statuses == {"pipeline"} or (not statuses and action.get("status") == "planned")
