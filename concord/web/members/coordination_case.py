"""One pair as a case: the question, the two actions side by side, and the answers with what each will do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.accounts.rules import Permission
from concord.analysis.queries import (
    Line,
    compare,
    explain,
    history_of_pair,
    number_of,
    open_assessment_of,
    others_with,
    question_of,
    state_of_finding,
)
from concord.analysis.rules import Answer, State
from concord.kernel.codelists import ACTION_STATUSES
from concord.plan.queries import can_on, statements_of
from concord.publication.reading import say_day
from concord.web.members.coordination_forms import AnswerForm, MergeForm
from concord.web.members.coordination_queue import (
    STATE_OF_KIND,
    QueueAddress,
    pair_address,
    said_adjustable,
    said_certainty,
    said_money,
    said_pair,
)
from concord.web.members.rows import Places, address_of_action, reporter_of
from concord.web.members.told import FIELD_LABELS, Told, say_moment, tell_all

if TYPE_CHECKING:
    from concord.analysis.models import Assessment, Finding
    from concord.plan.models import Action, Plan
    from concord.web.members.visit import Visit

Shown = dict[str, Any]

CONSEQUENCES = {
    Answer.JOINED: gettext_lazy("Both stay, and the plan says that they work together."),
    Answer.PHASED: gettext_lazy("Both stay, and the plan says that they follow each other."),
    Answer.KEPT: gettext_lazy("Both stay as they are; your reason is kept for whoever asks later."),
    Answer.DISMISSED: gettext_lazy("Analysis was wrong: they have nothing to do with each other. Say why."),
    Answer.MERGED: gettext_lazy(
        "They are one action. Next you choose each fact; nothing is deleted, and it can be undone."
    ),
}
"""What each answer will do, in the order of the keys 1 to 5."""

NOT_ASKED_AGAIN = gettext_lazy("You won’t be asked again unless one of the two changes.")


@dataclass(frozen=True, slots=True)
class Case:
    """One pair as members/coordination/queue.html shows it.

    answers is empty where the person may not answer, or there is nothing to answer; why_not says why.
    """

    finding: Finding
    state: str
    question: str
    evidence: str
    about: list[str]
    changed: str
    columns: list[Shown]
    facts: list[Shown]
    terms: list[Shown]
    answers: list[Shown]
    why_not: str
    form: AnswerForm
    action: str
    given: Shown | None
    history: list[Shown]
    others: list[Shown]

    @property
    def fields(self) -> list[Shown]:
        """The fields beside the answers, and for which answers each is shown."""
        return [{"field": self.form["reason"], "needed_by": "joined phased kept dismissed"}]

    @property
    def hidden(self) -> list[Shown]:
        """The state that the reader saw: of two people who answer at once one is told to look again."""
        return [{"name": "version", "value": self.form["version"].value()}]

    @property
    def term_columns(self) -> list[Shown]:
        """The heads of the table of terms."""
        return [
            {"key": "name", "label": _("What was compared")},
            {"key": "value", "label": _("What was found")},
            {"key": "weight", "label": _("Points"), "number": True},
        ]


@dataclass(frozen=True, slots=True)
class MergePage:
    """What members/coordination/merge.html shows."""

    finding: Finding
    question: str
    columns: list[Shown]
    facts: list[Shown]
    same: list[str]
    form: MergeForm
    action: str
    back: str


def case_of(
    visit: Visit,
    finding: Finding,
    plan: Plan,
    asked: QueueAddress,
    *,
    on: date,
    form: AnswerForm | None = None,
) -> Case:
    """A pair with everything that stands on its page; form: as it came back, with its errors."""
    told = explain(finding)
    state = state_of_finding(finding)
    may = may_answer(visit, finding)
    return Case(
        finding=finding,
        state=STATE_OF_KIND[finding.kind],
        question=told.question,
        evidence=told.evidence,
        about=[said_certainty(finding), said_adjustable(finding, on), *filter(None, [said_money(finding)])],
        changed=told.changed,
        columns=[_column(action) for action in (finding.action_a, finding.action_b)],
        facts=[_fact(line) for line in compare(finding).lines if line.a or line.b],
        terms=[
            {
                "key": str(number),
                "cells": [
                    {"column": "name", "text": term.name},
                    {"column": "value", "text": term.value or "–"},
                    {"column": "weight", "text": f"{term.weight:+.2f}", "number": True},
                ],
            }
            for number, term in enumerate(told.terms)
        ],
        answers=_answers(form) if may and state in (State.OPEN, State.ASKED_AGAIN) else [],
        why_not=_why_not(state, may=may),
        form=form or AnswerForm(initial={"version": finding.version}),
        action=pair_address(finding, plan, asked, "pair-answer"),
        given=_given(finding, plan, asked, may=may),
        history=[_event(assessment) for assessment in history_of_pair(finding)],
        others=_others(visit, finding, plan),
    )


def may_answer(visit: Visit, finding: Finding) -> bool:
    """Whether the person may answer: asked for both actions, as the service does."""
    both = (finding.action_a, finding.action_b)
    return all(
        can_on(visit.person, Permission.ASSESS_FINDING, action, organisation=action.reporting_organisation)
        for action in both
    )


def merge_page(
    finding: Finding,
    plan: Plan,
    asked: QueueAddress,
    places: Places,
    form: MergeForm | None = None,
) -> MergePage:
    """The fields of both actions with where each value comes from, to choose from."""
    both = (finding.action_a, finding.action_b)
    told = [chosen_of(action, places) for action in both]
    fields = [name for name in FIELD_LABELS if any(name in side for side in told)]
    differing = [name for name in fields if _lines(told[0].get(name)) != _lines(told[1].get(name))]
    return MergePage(
        finding=finding,
        question=question_of(finding),
        columns=[_column(action) for action in both],
        facts=[_choice(name, [side.get(name) for side in told], form) for name in differing],
        same=[str(FIELD_LABELS[name]) for name in fields if name not in differing],
        form=form or MergeForm(finding=finding, fields=differing),
        action=pair_address(finding, plan, asked, "pair-merge"),
        back=pair_address(finding, plan, asked),
    )


def differing_fields(finding: Finding, places: Places) -> list[str]:
    """The fields in which the chosen statements of the two actions differ, in the order they are shown."""
    a, b = (chosen_of(action, places) for action in (finding.action_a, finding.action_b))
    return [name for name in FIELD_LABELS if _lines(a.get(name)) != _lines(b.get(name))]


def chosen_of(action: Action, places: Places) -> dict[str, Told]:
    """The chosen statement of each field of an action, in words with its provenance."""
    rows = statements_of(action).filter(chosen=True).exclude(field="related_ids")
    return {told.field: told for told in tell_all(rows, places)}


def _lines(told: Told | None) -> tuple[str, ...]:
    return told.lines if told else ()


def _choice(field: str, sides: Sequence[Told | None], form: MergeForm | None) -> Shown:
    """One line of the choice; what only one side reports is proposed from there."""
    reported = [bool(_lines(side)) for side in sides]
    chosen = form.chosen(field) if form else (1 if reported[0] or not reported[1] else 2)
    return {
        "label": str(FIELD_LABELS[field]),
        "field": field,
        "agrees": False,
        "once": reported != [True, True],
        "chosen": chosen,
        "values": [
            {"text": "; ".join(_lines(side)), "note": side.source if side and side.lines else ""}
            for side in sides
        ],
    }


def _column(action: Action) -> Shown:
    return {
        "title": action.title,
        "href": address_of_action(action.key),
        "told_by": _("as %(reporter)s reports it") % {"reporter": reporter_of(action)},
    }


def _fact(line: Line) -> Shown:
    if line.field in ("title", "summary"):
        values: list[Shown] = [
            {"pieces": _pieces(segments)} for segments in (line.a_segments, line.b_segments)
        ]
        return {"label": line.label, "agrees": line.agrees, "values": values}
    texts = [_in_words(line.field, text) for text in (line.a, line.b)]
    values = [{"text": text} for text in (texts[:1] if line.agrees else texts)]
    return {
        "label": line.label,
        "agrees": line.agrees,
        "once": not (line.agrees or line.differs),
        "values": values,
    }


def _in_words(field: str, text: str) -> str:
    if field == "status":
        return ACTION_STATUSES.get(text, text)
    return say_day(text) if text and field in ("start", "end") else text


def _pieces(segments: Sequence[Any]) -> list[Shown]:
    return [{"text": segment.text, "match": segment.matched} for segment in segments]


def _answers(form: AnswerForm | None) -> list[Shown]:
    given = form.data.get("answer", "") if form and form.is_bound else ""
    return [
        {
            "value": answer.value,
            "label": _verb(answer),
            "consequence": consequence,
            "checked": answer.value == given,
        }
        for answer, consequence in CONSEQUENCES.items()
    ]


def _verb(answer: Answer) -> str:
    return {
        Answer.JOINED: _("They were agreed as joined"),
        Answer.PHASED: _("They were agreed as phases"),
        Answer.KEPT: _("Both are kept, for a reason"),
        Answer.DISMISSED: _("Dismiss the question"),
        Answer.MERGED: _("Merge them into one"),
    }[answer]


def _why_not(state: State, *, may: bool) -> str:
    if state is State.GONE:
        return _("Analysis no longer proposes this pair, so nobody is asked about it.")
    if state in (State.OPEN, State.ASKED_AGAIN) and not may:
        return _(
            "The secretariat and the pillar’s partners record what was agreed. Write to them if you know."
        )
    return ""


def _given(finding: Finding, plan: Plan, asked: QueueAddress, *, may: bool) -> Shown | None:
    answered = open_assessment_of(finding)
    if answered is None:
        return None
    undo = reverse("members:pair-undo", args=[finding.key_a, finding.key_b, number_of(answered)])
    query = pair_address(finding, plan, asked).partition("?")[2]
    text = str(Answer(answered.answer).label).capitalize()
    return {
        "text": f"{text}. {answered.reason}".strip(),
        "by": answered.by.name,
        "when": say_moment(answered.at),
        "undo": f"{undo}?{query}" if may else "",
        "hidden": [],
    }


def _event(assessment: Assessment) -> Shown:
    said = str(Answer(assessment.answer).label).capitalize()
    if assessment.reason:
        said = f"{said}: {assessment.reason}"
    if assessment.undone_at:
        undone = {"person": str(assessment.undone_by or ""), "when": say_moment(assessment.undone_at)}
        said = f"{said} " + _("(undone by %(person)s, %(when)s)") % undone
    elif assessment.replaced_at:
        said = f"{said} " + _("(replaced by a later answer, %(when)s)") % {
            "when": say_moment(assessment.replaced_at)
        }
    return {"when": say_moment(assessment.at), "text": said, "by": assessment.by.name}


def _others(visit: Visit, finding: Finding, plan: Plan) -> list[Shown]:
    return [
        {
            "text": said_pair(each),
            "href": pair_address(each, plan, QueueAddress()),
            "state": STATE_OF_KIND[each.kind],
        }
        for each in others_with(finding, actor=visit.person)
    ]
