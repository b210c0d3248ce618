"""Needs and support: the matrix, the list behind it, and one need with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import QueryDict

from concord.kernel.codelists import NEED_KINDS, name_of_topic
from concord.kernel.errors import NotFound
from concord.publication.queries import matching_needs
from concord.publication.reading import PlanText, Record, say_count, say_day, say_period
from concord.publication.wording import need_sentences
from concord.web.matrix import matrix_groups
from concord.web.public.action_page import web_address
from concord.web.public.filters import LONGEST_WORDS
from concord.web.public.places import Place
from concord.web.public.plan_page import Rows, tabs_of

_STRENGTHS = {"direct": "directly", "partly": "partly"}
PRIVATE = "Needs and support of this plan stay with its members: its framework does not make them public."


@dataclass(frozen=True, slots=True)
class NeedsPage:
    """What templates/public/needs.html receives."""

    place: Place
    text: PlanText
    sentences: list[str]
    groups: Rows
    caption: str
    filters: dict[str, Any]
    nothing_found: bool
    trail: list[dict[str, str]]
    lines: list[dict[str, str]]
    tabs: Rows


@dataclass(frozen=True, slots=True)
class NeedPage:
    """What templates/public/need.html receives."""

    place: Place
    text: PlanText
    need: Record
    trail: list[dict[str, str]]
    facts: Rows
    support: Rows
    answering: Rows
    here: str


def needs_page(place: Place, query: QueryDict) -> NeedsPage:
    """The matrix of a text, or of the needs that hold the words asked for.

    Raises:
        NotFound: the framework makes no needs public.
    """
    text = place.text
    if not text.needs:
        raise NotFound(PRIVATE)
    words = query.get("words", "").replace("\x00", "").strip()[:LONGEST_WORDS]
    keys = set(matching_needs(place.edition, words)) if words else set(text.need_by_key)
    document = {**text.document, "needs": [need for need in text.needs if need["key"] in keys]}
    groups = matrix_groups(
        document,
        need_address=place.need,
        cell_address=lambda need, code, year: f"{place.need(need)}#{code}-{year}",
    )
    shown = say_count(len(keys), "need", "needs")
    return NeedsPage(
        place=place,
        text=text,
        sentences=need_sentences(text),
        groups=groups,
        caption=f"Needs and support, {text.title}, {text.called}",
        filters={
            "summary": f"Needs with “{words}”" if words else "All needs of the plan",
            "action": place.needs,
            "fields": [{"name": "words", "label": "Words in the need", "kind": "search", "value": words}],
            "clear": place.needs if words else "",
            "open": bool(words),
            "result": shown if not words else f"{len(keys)} of {len(text.needs)} needs",
        },
        nothing_found=not keys,
        trail=[
            {"text": "Plans", "href": "/plans/"},
            {"text": text.title, "href": place.plan},
            {"text": "Needs and support"},
        ],
        lines=[{"text": f"{text.called[:1].upper()}{text.called[1:]}."}],
        tabs=tabs_of(place, "needs"),
    )


def need_page(place: Place, key: str) -> NeedPage:
    """One need: its statement and source, and for each beneficiary and year what its cell rests on.

    Raises:
        NotFound: the text has no such need.
    """
    text = place.text
    need = text.need_by_key.get(key)
    if need is None:
        raise NotFound(f"There is no need with the address “{key}” in this text.")
    names = text.levels_of.get(need.get("measure") or "")
    return NeedPage(
        place=place,
        text=text,
        need=need,
        trail=[
            {"text": "Plans", "href": "/plans/"},
            {"text": text.title, "href": place.plan},
            {"text": "Needs and support", "href": place.needs},
            {"text": need.get("own_id") or "Need"},
        ],
        facts=[
            {"label": "Stands under", "value": " / ".join(names) if names else "not yet placed"},
            {"label": "Kind", "value": NEED_KINDS.get(need["kind"], "")},
            {"label": "Priority", "value": need["priority"]},
            {
                "label": "Stated on",
                "value": say_day(need["stated_on"]) if need["stated_on"] else "date not stated",
            },
            {"label": "About", "many": [name_of_topic(code) for code in need["topics"]]},
            {
                "label": "Source",
                "value": need["reference"] or need["source_url"],
                "href": web_address(need["source_url"]),
            },
        ],
        support=_support(place, need),
        answering=_answering(place, key),
        here=place.need(key),
    )


def _support(place: Place, need: Record) -> Rows:
    """Per beneficiary: what it says itself, and the years with the same cell joined."""
    text = place.text
    states = {row["code"]: row for row in need["beneficiaries"]}
    return [
        {
            "code": code,
            "name": text.name_of_place(code),
            "state": _state(states[code]),
            "runs": _runs(place, text.cells.get((need["key"], code), [])),
        }
        for code in text.in_order(states)
    ]


def _state(row: Record) -> str:
    said = {"open": "says that it is open", "met": "says that it is met", "closed": "has closed it"}
    since = f" since {say_day(row['since'])}" if row.get("since") else ""
    return (
        f"{said[row['state']]}{since}"
        if row["state"] in said
        else "has not said yet whether it is open or met"
    )


def _runs(place: Place, cells: list[Record]) -> Rows:
    runs = []
    for (word, keys), group in groupby(cells, key=lambda cell: (cell["cell"], tuple(cell["actions"]))):
        years = [cell["year"] for cell in group]
        actions = [place.text.action_by_key[key] for key in keys if key in place.text.action_by_key]
        runs.append(
            {
                "anchors": years,
                "years": years[0] if len(years) == 1 else f"{years[0]} to {years[-1]}",
                "word": word,
                "shape": word.replace(",", "").replace(" ", "-"),
                "actions": [{"text": a["title"], "href": place.action(a["key"])} for a in actions],
            }
        )
    return runs


def _answering(place: Place, key: str) -> Rows:
    found = [
        {
            "text": action["title"],
            "href": place.action(action["key"]),
            "note": f"{_STRENGTHS[link['strength']]}, {say_period(action)}",
        }
        for action in place.text.actions
        for link in action["needs"]
        if link["need"] == key
    ]
    return sorted(found, key=lambda row: str(row["text"]).casefold())
