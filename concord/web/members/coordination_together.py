"""What those who coordinate do with a case: who takes it on, notes, answers given, and their history."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.analysis.queries import (
    CaseRead,
    coordinators_of,
    follows_case,
    history_of_case,
    notes_of,
    number_of_each,
    withdrawn_askings,
)
from concord.analysis.rules import Answer
from concord.web.members.coordination_filter import QueueAddress
from concord.web.members.coordination_forms import AssignForm, NoteForm, named
from concord.web.members.coordination_queue import from_queue
from concord.web.members.coordination_regroup import events_by_hand
from concord.web.members.told import say_date, say_moment

if TYPE_CHECKING:
    from concord.analysis.models import Assessment, CaseNote, Finding
    from concord.plan.models import Plan
    from concord.web.members.visit import Visit

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Together:
    """The lower part of a case's page.

    given: the answers that stand, one for each act. assign, notes and note_form are None or empty for
    who does not coordinate.
    """

    given: list[Shown]
    history: list[Shown]
    coordinates: bool
    assigned: str
    assign: AssignForm | None
    assign_action: str
    take: bool
    notes: list[Shown]
    note_form: NoteForm | None
    note_action: str


def together_of(
    visit: Visit, read: CaseRead, plan: Plan, asked: QueueAddress, mine: Sequence[Finding]
) -> Together:
    """mine: the pairs that the person may answer; whoever may answer one coordinates."""
    case, coordinates = read.case, bool(mine)
    acts = _acts(history_of_case(read))
    query = from_queue(plan, asked)
    people = list(coordinators_of(read)) if coordinates else []
    taken = case.assigned_to
    return Together(
        given=_given(acts, read, query, {finding.pk for finding in mine}),
        history=_history(visit, read, acts),
        coordinates=coordinates,
        assigned=_said_assigned(read),
        assign=AssignForm(case=case, people=people) if coordinates else None,
        assign_action=reverse("members:case-assign", args=[case.key]) + query,
        take=coordinates and (taken is None or taken.pk != visit.person.pk),
        notes=[_note(number, note, visit, query) for number, note in notes_of(case)] if coordinates else [],
        note_form=NoteForm() if coordinates else None,
        note_action=reverse("members:case-note", args=[case.key]) + query,
    )


def _said_assigned(read: CaseRead) -> str:
    case = read.case
    if case.assigned_to is None:
        return _("Nobody has taken this case on yet.")
    return _("%(person)s has taken it on, %(when)s.") % {
        "person": case.assigned_to.name,
        "when": say_moment(case.assigned_at),
    }


def _acts(answers: Sequence[Assessment]) -> list[list[Assessment]]:
    """Answers that were given in one act, and taken back in one, stand together; the latest first."""
    acts: dict[Any, list[Assessment]] = {}
    for answer in answers:
        ended = (answer.undone_at, answer.replaced_at)
        acts.setdefault((answer.together, ended) if answer.together else answer.pk, []).append(answer)
    return list(acts.values())


def _given(
    acts: Sequence[list[Assessment]], read: CaseRead, query: str, mine: Collection[int]
) -> list[Shown]:
    """The acts that stand, each with the form that takes all of it back."""
    standing = [act for act in acts if act[0].undone_at is None and act[0].replaced_at is None]
    numbers = number_of_each([act[0] for act in standing])
    action = reverse("members:case-undo", args=[read.case.key]) + query
    return [
        {
            "text": _said_answer(act),
            "by": act[0].by.name,
            "when": say_moment(act[0].at),
            "undo": action if all(answer.finding_id in mine for answer in act) else "",
            "hidden": [
                {"name": "pair", "value": named(act[0].finding)},
                {"name": "number", "value": numbers[act[0].pk]},
            ],
        }
        for act in standing
    ]


def _said_answer(act: Sequence[Assessment]) -> str:
    said = str(Answer(act[0].answer).label).capitalize()
    if len(act) > 1:
        said += ngettext(" (%(n)d pair)", " (%(n)d pairs)", len(act)) % {"n": len(act)}
    return f"{said}: {act[0].reason}" if act[0].reason else f"{said}."


def _event(act: Sequence[Assessment]) -> Shown:
    said, answer = _said_answer(act), act[0]
    if answer.undone_at:
        undone = {"person": str(answer.undone_by or ""), "when": say_moment(answer.undone_at)}
        said = f"{said} " + _("(undone by %(person)s, %(when)s)") % undone
    elif answer.replaced_at:
        said = f"{said} " + _("(replaced by a later answer, %(when)s)") % {
            "when": say_moment(answer.replaced_at)
        }
    return {"when": say_moment(answer.at), "text": said, "by": answer.by.name}


def _history(visit: Visit, read: CaseRead, acts: Sequence[list[Assessment]]) -> list[Shown]:
    """Answers, and what people did to the case, the latest first."""
    told = [(act[0].at, _event(act)) for act in acts] + events_by_hand(visit, read)
    told += _withdrawn(visit, read)
    return [event for _at, event in sorted(told, key=lambda each: each[0], reverse=True)]


def _withdrawn(visit: Visit, read: CaseRead) -> list[tuple[Any, Shown]]:
    """Questions to its sources that were withdrawn, with what they said; for who follows the case."""
    if not follows_case(visit.person, read.case):
        return []
    told = []
    for asking, sources in withdrawn_askings(read.case, actor=visit.person):
        said = [
            f"{each.organisation.name}: {each.reply.get_says_display()}" for each in sources if each.reply
        ]
        values = {
            "day": say_date(asking.at),
            "reason": asking.withdrawn_reason,
            "said": "; ".join(said) or _("nothing"),
        }
        text = _(
            "The question of %(day)s to its sources was withdrawn: %(reason)s (Said until then: %(said)s)"
        )
        shown = {
            "when": say_moment(asking.ended_at),
            "text": text % values,
            "by": asking.withdrawn_by.name if asking.withdrawn_by else "",
        }
        told.append((asking.ended_at, shown))
    return told


def _note(number: int, note: CaseNote, visit: Visit, query: str) -> Shown:
    mine = note.by_id == visit.person.pk
    back = reverse("members:case-note-back", args=[note.case.key, number]) + query
    return {"text": note.text, "by": note.by.name, "when": say_moment(note.at), "back": back if mine else ""}
