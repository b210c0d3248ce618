"""The filters of the plan page: read from the address, said in one line of plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from concord.kernel.codelists import name_of_action_type, name_of_topic
from concord.publication.queries import ActionFilter
from concord.publication.reading import PlanText
from concord.publication.search import donor_values

LONGEST_WORDS = 200  # characters of a search that are looked at


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be chosen in a filter."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class Choices:
    """What the actions of one text can be filtered by."""

    beneficiaries: tuple[Choice, ...]
    topics: tuple[Choice, ...]
    means: tuple[Choice, ...]
    donors: tuple[Choice, ...]
    years: tuple[Choice, ...]


def choices_of(text: PlanText) -> Choices:
    """Only what occurs in the text, by name; beneficiaries in the order of the naming table."""
    codes = {code for action in text.actions for code in action["beneficiaries"]}
    if not text.is_open:
        return Choices(_places(text, codes), (), (), _donors(text), ())
    topics = {code for action in text.actions for code in action["topics"]}
    means = {code for action in text.actions for code in action["action_types"]}
    years = tuple(Choice(str(year), str(year)) for year in text.years)
    return Choices(
        _places(text, codes),
        _named(topics, name_of_topic),
        _named(means, name_of_action_type),
        _donors(text),
        years,
    )


def read_filter(query: QueryDict) -> ActionFilter:
    """What an address asks for. What cannot be read asks for nothing; an unknown value matches nothing."""
    year = _asked(query, "year")
    return ActionFilter(
        beneficiary=_asked(query, "beneficiary"),
        topic=_asked(query, "topic"),
        means=_asked(query, "means"),
        donor=_asked(query, "donor", longest=300),
        year=int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None,
        words=_asked(query, "words", longest=LONGEST_WORDS),
    )


def _asked(query: QueryDict, name: str, *, longest: int = 80) -> str:
    """One value of an address, without the character that PostgreSQL cannot compare."""
    return query.get(name, "").replace("\x00", "").strip()[:longest]


def say_filter(wanted: ActionFilter, choices: Choices, period: str) -> str:
    """The line of plain words: "Albania, any topic, training, any donor, 2018-2020, with “drugs”"."""
    said = [
        _said(choices.beneficiaries, wanted.beneficiary, "all beneficiaries"),
        *([_said(choices.topics, wanted.topic, "any topic")] if choices.topics else []),
        *([_said(choices.means, wanted.means, "any means").lower()] if choices.means else []),
        f"paid by {_said(choices.donors, wanted.donor, 'any donor')}",
        str(wanted.year) if wanted.year else period,
    ]
    if wanted.words:
        said.append(f"with “{wanted.words}”")
    line = ", ".join(said)
    return line[:1].upper() + line[1:]


def filter_fields(wanted: ActionFilter, choices: Choices) -> list[dict[str, Any]]:
    """The fields of components/filter_line.html."""
    asked = (
        ("beneficiary", "Beneficiary", "All beneficiaries", choices.beneficiaries, wanted.beneficiary),
        ("topic", "Topic", "Any topic", choices.topics, wanted.topic),
        ("means", "Means", "Any means", choices.means, wanted.means),
        ("donor", "Donor", "Any donor", choices.donors, wanted.donor),
        ("year", "Year", "Any year of the plan", choices.years, str(wanted.year or "")),
    )
    words = {"name": "words", "label": "Words in the action", "kind": "search", "value": wanted.words}
    return [words, *(_select(*one) for one in asked if one[3])]


def _select(name: str, label: str, every: str, offered: tuple[Choice, ...], value: str) -> dict[str, Any]:
    options = [
        {"value": one.value, "text": one.text, "selected": one.value == value}
        for one in (Choice("", every), *offered)
    ]
    return {"name": name, "label": label, "kind": "select", "options": options}


def _said(offered: Iterable[Choice], value: str, every: str) -> str:
    if not value:
        return every
    return next((one.text for one in offered if one.value == value), f"“{value}”")


def _places(text: PlanText, codes: Iterable[str]) -> tuple[Choice, ...]:
    return tuple(Choice(code, text.name_of_place(code)) for code in text.in_order(codes))


def _named(codes: Iterable[str], name_of: Any) -> tuple[Choice, ...]:
    return tuple(sorted((Choice(code, name_of(code)) for code in codes), key=lambda one: one.text.casefold()))


def _donors(text: PlanText) -> tuple[Choice, ...]:
    names: dict[str, str] = {}
    for action in text.actions:
        for value, name in zip(donor_values(action), _donor_names(action), strict=True):
            names.setdefault(value, name)
    return tuple(
        sorted((Choice(value, name) for value, name in names.items()), key=lambda one: one.text.casefold())
    )


def _donor_names(action: Mapping[str, Any]) -> list[str]:
    return [part["name"] for part in action["participations"] if part["role"] == "donor"]
