"""Needs and support as the matrix shows them: made from a document's flat list of cells."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

Values = dict[str, Any]


def matrix_groups(
    document: Values,
    *,
    need_address: Callable[[str], str],
    cell_address: Callable[[str, str, str], str],
) -> list[Values]:
    """The needs of a document by measure, each with one cell per beneficiary, for components/matrix.html.

    Args:
        document: a plan in the edition format, with needs and matrix.
        need_address: need key -> address of its page.
        cell_address: need key, beneficiary code, first year of the run -> address of what the cell rests on.

    Returns:
        Groups in the structure's order, those without needs left out; needs that stand under no measure last.
    """
    cells: dict[tuple[str, str], list[Values]] = {}
    for cell in document["matrix"]:
        cells.setdefault((cell["need"], cell["beneficiary"]), []).append(cell)
    groups = []
    for measure in [*_measures(document), {"code": None, "name": ""}]:
        rows = [
            _row(need, document["beneficiaries"], cells, need_address, cell_address)
            for need in document["needs"]
            if need.get("measure") == measure["code"]
        ]
        if rows:
            groups.append({"code": measure["code"], "text": measure["name"], "rows": rows})
    return groups


def runs_of(cells: Iterable[Values]) -> list[Values]:
    """Neighbouring years with the same cell, joined: [{cell, first, years}]; one run alone names no years."""
    ordered = sorted(cells, key=lambda cell: str(cell["year"]))
    runs = []
    for word, group in groupby(ordered, key=lambda cell: str(cell["cell"])):
        years = [str(cell["year"]) for cell in group]
        runs.append({"cell": word, "first": years[0], "years": span(years[0], years[-1])})
    return runs if len(runs) > 1 else [{**run, "years": ""} for run in runs]


def span(first: str, last: str) -> str:
    """ "2018" or "2018–2020"."""
    return first if first == last else f"{first}–{last}"


def _measures(document: Values) -> list[Values]:
    return [
        measure
        for approach in document["structure"]
        for objective in approach["objectives"]
        for measure in objective["measures"]
    ]


def _row(
    need: Values,
    naming: Sequence[Values],
    cells: dict[tuple[str, str], list[Values]],
    need_address: Callable[[str], str],
    cell_address: Callable[[str, str, str], str],
) -> Values:
    def cell_of(place: Values) -> Values:
        runs = runs_of(cells.get((need["key"], place["code"]), []))
        return {
            "name": place["name"],
            "stated": bool(runs),
            "runs": [{**run, "href": cell_address(need["key"], place["code"], run["first"])} for run in runs],
        }

    return {
        "need": {
            "key": need["key"],
            "statement": need["statement"],
            "href": need_address(need["key"]),
            "meta": need.get("reference", ""),
        },
        "cells": [cell_of(place) for place in naming],
    }
