"""One pair of a case: the two actions side by side, with what they rest on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from concord.analysis.queries import FactLine, Line, compare, explain
from concord.analysis.verdicts import Verdict
from concord.kernel.codelists import ACTION_STATUSES
from concord.kernel.scores import said_points
from concord.publication.reading import say_day
from concord.web.asked import said_verdict
from concord.web.members.coordination_words import said_adjustable, said_certainty, said_money
from concord.web.members.rows import address_of_action, reporter_of

if TYPE_CHECKING:
    from datetime import date

    from concord.analysis.models import Finding
    from concord.plan.models import Action

Shown = dict[str, Any]


def pair_shown(finding: Finding, *, on: date) -> Shown:
    """A pair as its part of the page shows it: evidence, facts with matching passages, and the terms."""
    told = explain(finding)
    return {
        "key": f"{finding.key_a}-{finding.key_b}",
        "evidence": told.evidence,
        "about": [
            said_certainty(finding),
            said_adjustable(finding, on),
            *filter(None, [said_money(finding)]),
        ],
        "columns": [column_of(finding.action_a), column_of(finding.action_b)],
        "facts": [_fact(line) for line in compare(finding).lines if line.a or line.b],
        "terms": [_term(number, term) for number, term in enumerate(told.terms)],
        "term_columns": [
            {"key": "name", "label": _("What was compared")},
            {"key": "value", "label": _("What was found")},
            {"key": "weight", "label": _("Points"), "number": True},
        ],
    }


def column_of(action: Action, number: int = 0) -> Shown:
    """The head of an action's column; number: its place in the case, if it has one."""
    return {
        "title": action.title,
        "href": address_of_action(action.key),
        "told_by": _("as %(reporter)s reports it") % {"reporter": reporter_of(action)},
        "n": number or "",
    }


def fact_of(line: FactLine) -> Shown:
    """A fact of several actions; what another action says too is marked as a matching passage."""
    cells = [
        {"pieces": _joined([(in_words(line.field, piece.text), piece.shared) for piece in cell])}
        for cell in line.cells
    ]
    if line.verdict is Verdict.AGREES:
        text = "; ".join(in_words(line.field, piece.text) for piece in line.cells[0])
        return {"label": line.label, "agrees": True, "values": [{"text": text}]}
    return {"label": line.label, **said_verdict(line.verdict), "values": cells}


def in_words(field: str, text: str) -> str:
    """A date as people write it, a status in a word; all else as it is."""
    if field == "status":
        return ACTION_STATUSES.get(text, text)
    return say_day(text) if text and field in ("start", "end") else text


def _joined(pieces: Sequence[tuple[str, bool]]) -> list[Shown]:
    """The pieces with "; " between them, which matches nothing."""
    shown: list[Shown] = []
    for text, match in pieces:
        shown += [{"text": "; ", "match": False}] if shown else []
        shown.append({"text": text, "match": match})
    return shown


def _term(number: int, term: Any) -> Shown:
    cells = [
        {"column": "name", "text": term.name},
        {"column": "value", "text": term.value or "–"},
        {"column": "weight", "text": said_points(term.weight), "number": True},
    ]
    return {"key": str(number), "cells": cells}


def _fact(line: Line) -> Shown:
    if line.field in ("title", "summary"):
        values: list[Shown] = [
            {"pieces": _pieces(segments)} for segments in (line.a_segments, line.b_segments)
        ]
        return {"label": line.label, **said_verdict(line.verdict), "values": values}
    texts = [in_words(line.field, text) for text in (line.a, line.b)]
    values = [{"text": text} for text in (texts[:1] if line.verdict is Verdict.AGREES else texts)]
    return {"label": line.label, **said_verdict(line.verdict), "values": values}


def _pieces(segments: Sequence[Any]) -> list[Shown]:
    return [{"text": segment.text, "match": segment.matched} for segment in segments]
