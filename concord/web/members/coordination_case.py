"""One case: why, its actions in parallel, its numbers, and the answers with what each will do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concord.analysis.measures import months_of
from concord.analysis.queries import (
    CaseNumbers,
    CaseRead,
    answerable,
    lines_of,
    numbers_of,
    others_of_case,
    question_of_case,
    said_differing,
    said_stake,
    said_time,
    sentence_of,
    what_changed,
)
from concord.analysis.rules import Answer, Stake, State
from concord.kernel.money import format_amount
from concord.web.members.asked_page import AskedBox, asked_box
from concord.web.members.coordination_filter import QueueAddress
from concord.web.members.coordination_forms import AnswerForm, named
from concord.web.members.coordination_pair import column_of, fact_of, pair_shown
from concord.web.members.coordination_queue import case_address, pair_address
from concord.web.members.coordination_regroup import asked_before, by_hand
from concord.web.members.coordination_together import Together, together_of
from concord.web.members.coordination_words import (
    STATE_OF_KIND,
    TAB_OF_KIND,
    said_adjustable,
    said_certainty,
    said_pair,
    said_size,
    strongest_of,
)

if TYPE_CHECKING:
    from concord.analysis.models import Finding
    from concord.plan.models import Plan
    from concord.web.members.visit import Visit

Shown = dict[str, Any]

CONSEQUENCES = {
    Answer.JOINED: gettext_lazy("It was agreed. They stay, and the plan says that they work together."),
    Answer.PHASED: gettext_lazy("It was agreed. They stay, and the plan says that they follow each other."),
    Answer.KEPT: gettext_lazy("They stay as they are; your reason is kept for whoever asks later."),
    Answer.DISMISSED: gettext_lazy("Analysis was wrong: they have nothing to do with each other. Say why."),
    Answer.MERGED: gettext_lazy(
        "Two are one action. Next you choose each fact; nothing is deleted, and it can be undone."
    ),
}
"""What each answer will do, in the order of the keys 1 to 5."""

NOT_ASKED_AGAIN = gettext_lazy("You won’t be asked again unless one of the actions changes.")

SEVERAL = "joined phased kept dismissed merged"
MOST_CHANGES = 5  # of pairs that are asked again: what changed is said for so many


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case as members/coordination/queue.html shows it.

    pair: the one that is open, or the only one; pairs: empty where there is only one. answers is empty
    where the person may not answer, or there is nothing to answer; why_not says why. together: what
    those who coordinate do with the case. asked: what members/coordination/_asked.html shows;
    asked_before: what was said when its pairs stood in another case. by_hand: how people made the case
    what it is. regroup: where it is split or joined, "" where the person may not.
    """

    read: CaseRead
    state: str
    question: str
    sentence: str
    about: list[str]
    changed: list[str]
    columns: list[Shown]
    facts: list[Shown]
    numbers: list[Shown]
    pairs: list[Shown]
    pair: Shown | None
    answers: list[Shown]
    why_not: str
    form: AnswerForm
    action: str
    together: Together
    asked: AskedBox | None
    asked_before: list[str]
    by_hand: list[Shown]
    regroup: str
    others: list[Shown]

    @property
    def is_pair(self) -> bool:
        """Whether there are just two actions, whose facts and passages stand side by side at once."""
        return len(self.read.findings) == 1

    @property
    def fields(self) -> list[Shown]:
        """The fields beside the answers, and for which answers each is shown."""
        about = [] if self.form["about"].is_hidden else [{"field": self.form["about"], "needed_by": SEVERAL}]
        return [*about, {"field": self.form["reason"], "needed_by": "joined phased kept dismissed"}]

    @property
    def hidden(self) -> list[Shown]:
        """The state that the reader saw: of two people who answer at once one is told to look again."""
        names = ["read", *(["about"] if self.form["about"].is_hidden else [])]
        return [{"name": name, "value": self.form[name].value()} for name in names]

    @property
    def pair_columns(self) -> list[Shown]:
        """The heads of the table of pairs."""
        return [
            {"key": "pair", "label": _("Pair")},
            {"key": "certainty", "label": _("How sure")},
            {"key": "months", "label": _("Months in common"), "number": True},
            {"key": "money", "label": _("Money at stake"), "number": True},
            {"key": "state", "label": _("Answer")},
        ]


def case_page(
    visit: Visit,
    read: CaseRead,
    plan: Plan,
    asked: QueueAddress,
    *,
    on: date,
    chosen: Finding | None = None,
    form: AnswerForm | None = None,
) -> CasePage:
    """A case with everything that stands on its page; form: as it came back, with its errors."""
    lines = lines_of(read)
    numbers = numbers_of(read, lines, on=on)
    mine = answerable(read, actor=visit.person)
    waiting = [finding for finding in read.waiting if finding in mine]
    alone = read.findings[0] if len(read.findings) == 1 else None
    chosen = alone or chosen
    strongest = strongest_of(read)
    place = {action.key: number for number, action in enumerate(read.actions, 1)}
    return CasePage(
        read=read,
        state=STATE_OF_KIND[read.case.sort],
        question=question_of_case(read),
        sentence=sentence_of(read),
        about=[*filter(None, [said_size(read)]), said_certainty(strongest), _until(read, on), _key(read)],
        changed=_changed(read),
        columns=[column_of(action, place[action.key]) for action in read.actions],
        facts=[fact_of(line) for line in lines],
        numbers=_numbers(numbers),
        pairs=[] if alone else _pairs(read, numbers, place, plan, asked, chosen),
        pair=pair_shown(chosen, on=on) | {"title": _pair_title(chosen, place)} if chosen else None,
        answers=_answers(form, alone=alone is not None) if waiting else [],
        why_not=_why_not(read, mine),
        form=form or AnswerForm(waiting=waiting, chosen=chosen),
        action=case_address(read, plan, asked, "case-answer", pair=chosen),
        together=together_of(visit, read, plan, asked, mine),
        asked=asked_box(visit, read.case, on=on),
        asked_before=asked_before(visit, read, on=on),
        by_hand=by_hand(visit, read, plan, asked),
        regroup=case_address(read, plan, asked, "case-regroup") if mine else "",
        others=_others(visit, read, plan),
    )


def _key(read: CaseRead) -> str:
    return _("case %(key)s") % {"key": read.case.key}


def _until(read: CaseRead, on: date) -> str:
    days = [finding for finding in read.findings if finding.adjustable_until]
    return said_adjustable(
        max(days, key=lambda f: f.adjustable_until or on) if days else read.findings[0], on
    )


def _changed(read: CaseRead) -> list[str]:
    """What changed since pairs were answered that are asked again."""
    again = [each for each in read.findings if read.state_of(each) is State.ASKED_AGAIN]
    return [what_changed(finding) for finding in again[:MOST_CHANGES]]


def _numbers(numbers: CaseNumbers) -> list[Shown]:
    return [
        {"label": _("At the same time"), "value": said_time(numbers)},
        {
            "label": _("For whom in common"),
            "value": ", ".join(numbers.beneficiaries) or _("nobody whom all of them name"),
        },
        {"label": _("Money at stake"), "value": said_stake(numbers)},
        {"label": _("What differs"), "value": said_differing(numbers) or _("nothing that both report")},
    ]


def _amount(stake: Stake | None) -> str:
    return format_amount(stake.amount, stake.currency) if stake else ""


def _pairs(
    read: CaseRead,
    numbers: CaseNumbers,
    place: dict[str, int],
    plan: Plan,
    asked: QueueAddress,
    chosen: Finding | None,
) -> list[Shown]:
    """Every pair of the case, to open; the strongest first."""
    return [
        {
            "key": named(pair.finding),
            "open": False,
            "cells": [
                {
                    "column": "pair",
                    "text": _pair_title(pair.finding, place),
                    "href": pair_address(pair.finding, plan, asked) + "#pair",
                },
                {"column": "certainty", "text": said_certainty(pair.finding)},
                {
                    "column": "months",
                    "text": str(months_of(pair.days)) if pair.days is not None else _("not known"),
                    "unknown": pair.days is None,
                    "number": True,
                },
                {
                    "column": "money",
                    "text": _amount(pair.stake) or _("not known"),
                    "unknown": pair.stake is None,
                    "number": True,
                },
                {"column": "state", "text": _said_state(read.state_of(pair.finding), pair.finding, chosen)},
            ],
        }
        for pair in numbers.pairs
    ]


def _pair_title(finding: Finding, place: dict[str, int]) -> str:
    one, other = sorted((place[finding.key_a], place[finding.key_b]))
    return _("%(one)d and %(other)d") % {"one": one, "other": other}


def _said_state(state: State, finding: Finding, chosen: Finding | None) -> str:
    said = _("open") if state is State.OPEN else str(state.value)
    is_open = chosen is not None and chosen.pk == finding.pk
    return _("%(state)s; open below") % {"state": said} if is_open else said


def _answers(form: AnswerForm | None, *, alone: bool) -> list[Shown]:
    given = form.data.get("answer", "") if form and form.is_bound else ""
    return [
        {
            "value": answer.value,
            "label": _verb(answer, alone=alone),
            "consequence": consequence,
            "checked": answer.value == given,
        }
        for answer, consequence in CONSEQUENCES.items()
    ]


def _verb(answer: Answer, *, alone: bool) -> str:
    if alone and answer is Answer.KEPT:
        return _("Both are kept, for a reason")
    return {
        Answer.JOINED: _("They are joined"),
        Answer.PHASED: _("They are phased"),
        Answer.KEPT: _("All are kept, for a reason"),
        Answer.DISMISSED: _("Dismiss the question"),
        Answer.MERGED: _("Merge them into one") if alone else _("Merge two of them into one"),
    }[answer]


def _why_not(read: CaseRead, mine: Sequence[Finding]) -> str:
    if all(read.state_of(each) is State.GONE for each in read.findings):
        return _("Analysis no longer proposes this, so nobody is asked about it.")
    if not read.waiting:
        over = any(read.state_of(each) is State.AGED_OUT for each in read.findings)
        return _("The actions had ended before anybody answered; nobody is asked any more.") if over else ""
    others = [finding for finding in read.waiting if finding not in mine]
    if len(others) == len(read.waiting):
        return _(
            "The secretariat and the pillar’s partners record what was agreed. Write to them if you know."
        )
    if others:
        return ngettext(
            "%(n)d pair of this case is answered by the secretariat, or by partners of its other pillar.",
            "%(n)d pairs of this case are answered by the secretariat, or by partners of their other pillar.",
            len(others),
        ) % {"n": len(others)}
    return ""


def _others(visit: Visit, read: CaseRead, plan: Plan) -> list[Shown]:
    return [
        {
            "text": said_pair(finding),
            "href": pair_address(finding, plan, QueueAddress(tab=TAB_OF_KIND[finding.kind])),
            "state": STATE_OF_KIND[finding.kind],
        }
        for finding in others_of_case(read, actor=visit.person)
    ]
