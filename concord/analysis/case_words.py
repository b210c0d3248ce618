"""One sentence that says why several actions make one case. Pure: rows in, words out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from concord.analysis.measures import shared_by_all, shared_by_most
from concord.engine.lexicon import BROAD_TOPICS, TARGETS, found_in
from concord.engine.phrases import deed, places
from concord.kernel.codelists import name_of_action_type, name_of_topic
from concord.kernel.dates import ImpreciseDate

Row = Mapping[str, Any]

NUMBERS: Final = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight")


@dataclass(frozen=True, slots=True)
class Common:
    """What the actions of a case have in common, as words ready to be read.

    means, targets, topics, beneficiaries: named by all that say something, else by two thirds.
    first_year: of the starts that are stated, last_year: of the ends; unstated: how many of both are not.
    whole: every one of those shown is named by all.
    """

    means: tuple[str, ...]
    targets: tuple[str, ...]
    topics: tuple[str, ...]
    beneficiaries: tuple[str, ...]
    first_year: int | None
    last_year: int | None
    unstated: int
    whole: bool


def common_of(rows: Sequence[Row]) -> Common:
    """What the rows (of the engine's ACTIONS) share; no date is assumed."""
    texts = [found_in(f"{row['title']} {row['summary']}", "targets") for row in rows]
    lists = {
        "means": [row["action_types"] for row in rows],
        "targets": [[key for key in TARGETS if key in found] for found in texts],
        "topics": [row["topics"] for row in rows],
        "beneficiaries": [row["beneficiaries"] for row in rows],
    }
    by_all = {name: shared_by_all(values) for name, values in lists.items()}
    shown = {name: by_all[name] or shared_by_most(values) for name, values in lists.items()}
    starts = [ImpreciseDate(row["start"]).earliest.year for row in rows if row["start"]]
    ends = [ImpreciseDate(row["end"]).latest.year for row in rows if row["end"]]
    return Common(
        means=tuple(shown["means"]),
        targets=tuple(shown["targets"]),
        topics=_narrow(shown["topics"]),
        beneficiaries=tuple(shown["beneficiaries"]),
        first_year=min(starts, default=None),
        last_year=max(ends, default=None),
        unstated=2 * len(rows) - len(starts) - len(ends),
        whole=all(bool(by_all[name]) or not shown[name] for name in ("means", "topics")),
    )


def sentence(rows: Sequence[Row], sort: str, *, names: Mapping[str, str]) -> str:
    """ "Five actions train border police on document security in Albania and Serbia between 2018 and 2020."

    sort: duplicate, continuation, overlap or synergy. names: what people read for a place's code.
    What only most of the actions share is said so. It states no judgement.
    """
    common = common_of(rows)
    count = NUMBERS[len(rows)] if len(rows) < len(NUMBERS) else str(len(rows))
    lead = {
        "duplicate": f"{count} records may tell of one action",
        "continuation": f"{count} actions may follow each other",
        "synergy": f"{count} actions could gain from each other",
    }.get(sort, "")
    if lead:
        who = "they" if common.whole else "most of them"
        return f"{lead}: {who} {_work(common, names)}{_when(common)}."
    who = f"{count} actions" if common.whole else f"{count} actions, most of which"
    return f"{who} {_work(common, names)}{_when(common)}."


def _work(common: Common, names: Mapping[str, str]) -> str:
    means = [name_of_action_type(code) for code in common.means]
    topics = [name_of_topic(code) for code in common.topics]
    where = places(frozenset(common.beneficiaries), names) if common.beneficiaries else ""
    return deed(means, common.targets, topics, where)


def _when(common: Common) -> str:
    first, last = common.first_year, common.last_year
    if first is None and last is None:
        return "; none of them states a date"
    if first is None or last is None or first > last:
        said = f" from {first} on" if first else f" until {last}"
    else:
        said = f" in {first}" if first == last else f" between {first} and {last}"
    return said + (", as far as they state dates" if common.unstated else "")


def _narrow(topics: Sequence[str]) -> tuple[str, ...]:
    """Narrow topics first: a broad theme alone is nothing that coordinators could talk about."""
    named = [code for code in topics if code != "other"]
    return tuple(sorted(named, key=lambda code: code in BROAD_TOPICS))
