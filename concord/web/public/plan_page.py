"""The plan's page: one text, its structure, its actions, filtered or whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict

from concord.kernel.errors import NotFound
from concord.kernel.money import format_amount
from concord.publication.comparison import Comparison, compare
from concord.publication.exports import FORMATS
from concord.publication.queries import edition_of, file_sizes, matching_actions, text_of
from concord.publication.reading import ApproachText, PlanText, Record, say_count, say_day
from concord.publication.wording import FIVE_FACTS, LICENCE, LIVING, figure_line, figure_sentences
from concord.web.public.filters import choices_of, filter_fields, read_filter, say_filter
from concord.web.public.places import Place

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """What templates/public/plan.html receives."""

    place: Place
    text: PlanText
    kicker: str
    lede: str
    lines: list[dict[str, str]]
    tabs: Rows
    figures: list[str]
    all_figures: list[str]
    filters: dict[str, Any]
    contents: Rows
    approaches: Rows
    not_placed: Rows
    plain_rows: Rows
    plain_columns: Rows
    trail: list[dict[str, str]]
    is_filtered: bool
    nothing_found: bool
    is_empty: bool
    downloads: Rows
    citation: str
    cited: str
    printed: str


_PLAIN_COLUMNS = [
    {"key": "title", "label": "Action"},
    {"key": "donors", "label": "Pays"},
    {"key": "implementers", "label": "Does"},
    {"key": "beneficiaries", "label": "For"},
]


def plan_page(place: Place, query: QueryDict, *, origin: str) -> PlanPage:
    """The page of a text; with filters in the address only what passes, and totals of what is seen."""
    text = place.text
    wanted, choices = read_filter(query), choices_of(text)
    keys = matching_actions(place.edition, wanted) if not wanted.is_empty else list(text.action_by_key)
    changes = change_marks(place)
    shown = text.structured(keys)
    filtered = not wanted.is_empty
    return PlanPage(
        place=place,
        text=text,
        kicker=_kicker(text),
        lede=LIVING,
        lines=_lines(place),
        tabs=tabs_of(place, "plan"),
        figures=_filtered_figures(text, keys) if filtered else [figure_line(text)],
        all_figures=[] if filtered else figure_sentences(text),
        filters={
            "summary": say_filter(wanted, choices, text.period),
            "action": place.plan,
            "fields": filter_fields(wanted, choices),
            "clear": place.plan if filtered else "",
            "open": filtered,
            "result": _result(len(keys), len(text.actions)),
        },
        contents=_contents(text, shown, keys),
        approaches=_approaches(place, shown, changes, only_found=filtered) if text.is_open else [],
        not_placed=_rows(place, text.not_placed(keys), changes) if text.is_open else [],
        plain_rows=[] if text.is_open else _plain_rows(place, text.not_placed(keys)),
        plain_columns=_PLAIN_COLUMNS,
        trail=[{"text": "Plans", "href": "/plans/"}, {"text": text.title}],
        is_filtered=filtered,
        nothing_found=filtered and not keys,
        is_empty=not text.actions,
        downloads=downloads_of(place),
        citation=cite(text),
        cited=f"{origin}{place.permanent}",
        printed=f"{text.title}, {text.called}",
    )


def _kicker(text: PlanText) -> str:
    pillar = text.plan.get("pillar_name") or "Joint plan"
    return f"{text.framework.get('acronym') or text.framework['name']}, {pillar}"


def _lines(place: Place) -> list[dict[str, str]]:
    text = place.text
    facts = text.edition or {}
    called = text.called[:1].upper() + text.called[1:]
    lines = [{"text": f"{called}, in force from {say_day(facts['in_force_from'])}."}]
    if place.day:
        lines.append(
            {
                "text": f"This is the text that was in force on {say_day(place.day.isoformat())}.",
                "link": "The text in force today",
                "href": f"/plans/{text.ref}/",
            }
        )
    elif place.is_permanent:
        lines.append(
            {
                "text": f"This page is version {text.number} and stays as it is.",
                "link": "The text in force today",
                "href": f"/plans/{text.ref}/",
            }
        )
    if text.number and text.number > 1:
        lines.append(
            {
                "text": "",
                "link": f"What changed since version {text.number - 1}",
                "href": f"{place.versions}?from={text.number - 1}&to={text.number}",
            }
        )
    if not text.is_open:
        lines.append({"text": FIVE_FACTS})
    return lines


def tabs_of(place: Place, current: str) -> Rows:
    """The parts of a text: the plan, needs and support where they are public, its versions."""
    text = place.text
    parts = [("plan", "The plan", place.plan, None)]
    if text.needs:
        parts.append(("needs", "Needs and support", place.needs, None))
    parts.append(("versions", "Versions and proof", place.versions, None))
    return [
        {"text": label, "href": href, "current": name == current, "count": count}
        for name, label, href, count in parts
    ]


def _filtered_figures(text: PlanText, keys: Iterable[str]) -> list[str]:
    """Totals of the rows that are seen, in the words of the whole."""
    actions = [text.action_by_key[key] for key in keys]
    if not actions:
        return []
    donors = {name for action in actions for name in action["donors"]}
    said = (
        f"{say_count(len(actions), 'action', 'actions')} shown, under the names of "
        f"{say_count(len(donors), 'donor', 'donors')}."
    )
    return [said, _money_sentence(actions)] if text.is_open else [said]


def _money_sentence(actions: Sequence[Record]) -> str:
    sums: dict[str, Decimal] = {}
    stating = set()
    for action in actions:
        for line in action["funding"]:
            if line["amount"] is not None:
                sums[line["currency"]] = sums.get(line["currency"], Decimal(0)) + Decimal(line["amount"])
                stating.add(action["key"])
    if not sums:
        return "None of them states an amount."
    largest = sorted(sums.items(), key=lambda pair: -pair[1])
    said = ", ".join(format_amount(amount, currency) for currency, amount in largest)
    return f"{say_count(len(stating), 'states', 'of them state')} an amount, together {said}, as reported."


def _result(shown: int, whole: int) -> str:
    return say_count(whole, "action", "actions") if shown == whole else f"{shown:,} of {whole:,} actions"


# --- what changed since the version before -----------------------------------------------------------


def change_marks(place: Place) -> dict[str, str]:
    """Which actions are new or changed since the version before; the first version marks nothing."""
    number = place.edition.number
    if number < 2:
        return {}
    comparison = comparison_of(place.text.ref, number - 1, number)
    marks = {change.key: "changed" for change in comparison.actions.changed}
    return marks | {added.key: "new" for added in comparison.actions.added}


def comparison_of(ref: str, old: int, new: int) -> Comparison:
    """What changed between two editions of a plan, read from their public bytes alone.

    Raises:
        NotFound: there is no such version.
    """
    if old == new:
        raise NotFound("Choose two different versions to compare.")
    before, after = text_of(edition_of(ref, old)), text_of(edition_of(ref, new))
    return compare(before.document, after.document)


# --- structure ------------------------------------------------------------------------------------


def _contents(text: PlanText, shown: Sequence[ApproachText], keys: Iterable[str]) -> Rows:
    entries: Rows = [
        {
            "text": approach.name,
            "href": f"#approach-{approach.number}",
            "count": approach.action_count,
            "children": [
                {
                    "text": objective.name,
                    "href": f"#objective-{objective.code}",
                    "count": _count(objective.measures),
                }
                for objective in approach.objectives
                if _count(objective.measures) or approach.action_count
            ],
        }
        for approach in shown
    ]
    rest = text.not_placed(keys)
    if rest and text.document["structure"]:
        entries.append({"text": "Not yet placed", "href": "#not-placed", "count": len(rest), "children": []})
    return entries


def _count(measures: Sequence[Any]) -> int:
    return sum(len(measure.actions) for measure in measures)


def _approaches(
    place: Place, shown: Sequence[ApproachText], changes: dict[str, str], *, only_found: bool
) -> Rows:
    """With filters, what holds no action that passes is left out."""
    found = [approach for approach in shown if approach.action_count or not only_found]
    return [
        {
            "number": approach.number,
            "anchor": str(approach.number),
            "name": approach.name,
            "objectives": [
                {
                    "code": objective.code,
                    "name": objective.name,
                    "measures": [
                        {
                            "code": measure.code,
                            "name": measure.name,
                            "note": _note(measure, only_found=only_found),
                            "rows": _rows(place, measure.actions, changes),
                        }
                        for measure in objective.measures
                        if measure.actions or not only_found
                    ],
                }
                for objective in approach.objectives
                if _count(objective.measures) or not only_found
            ],
        }
        for approach in found
    ]


def _note(measure: Any, *, only_found: bool) -> str:
    if only_found or not measure.linked:
        return ""
    others = say_count(len(measure.linked), "action", "actions")
    return f"{others} under other measures also contribute."


def _rows(place: Place, actions: Iterable[Record], changes: dict[str, str]) -> Rows:
    return [
        {"action": action, "href": place.action(action["key"]), "change": changes.get(action["key"], "")}
        for action in actions
    ]


def _plain_rows(place: Place, actions: Iterable[Record]) -> Rows:
    """The five facts, for a framework that makes no more public."""
    text = place.text
    return [
        {
            "key": action["key"],
            "cells": [
                {"column": "title", "text": action["title"], "href": place.action(action["key"])},
                {"column": "donors", "text": ", ".join(action["donors"]), "unknown": not action["donors"]},
                {
                    "column": "implementers",
                    "text": ", ".join(action["implementers"]),
                    "unknown": not action["implementers"],
                },
                {
                    "column": "beneficiaries",
                    "text": ", ".join(
                        text.short_of_place(code) for code in text.in_order(action["beneficiaries"])
                    ),
                    "unknown": not action["beneficiaries"],
                },
            ],
        }
        for action in actions
    ]


# --- to take away ---------------------------------------------------------------------------------


def downloads_of(place: Place) -> Rows:
    """The text's files by their permanent addresses, with their sizes."""
    sizes = file_sizes(place.edition)
    return [
        {
            "text": found.title,
            "href": place.download(name),
            "format": f".{name}",
            "size": _size(sizes[name]),
            "download": True,
        }
        for name, found in FORMATS.items()
        if name in sizes
    ]


def _size(count: int) -> str:
    return f"{count / 1024:,.0f} kB" if count < 1024 * 1024 else f"{count / 1024 / 1024:,.1f} MB"


def cite(text: PlanText, title: str = "") -> str:
    """How to cite a text, or one action of it."""
    what = f"“{title}”, in: " if title else ""
    return f"{what}{text.framework['name']}, {text.title}, {text.called}. {LICENCE}"
