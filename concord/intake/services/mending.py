"""What people settle in a preview: cells mended, questions answered, and both taken back.

Each act is compared with the plan at once, so that the page shows what it did. The file's bytes stay.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from concord.audit.events import EventName
from concord.intake import rules
from concord.intake.layouts import layout_from
from concord.intake.mending import KEPT, NAME_RULES, ORGANISATION, RIGHT, VALUE, mended
from concord.intake.models import Answer, Correction, Input, InputProblem
from concord.intake.preview import File, Preview, require_entry
from concord.intake.problems import Severity
from concord.intake.queries import file_of, mending_of, target_of
from concord.intake.row_reader import LONGEST_TEXT, SHOWN_CHARACTERS
from concord.intake.services.keeping import move
from concord.intake.services.receiving import compare
from concord.kernel.errors import BadInput, IllegalMove, NotFound, StaleWrite

if TYPE_CHECKING:
    from concord.accounts.models import Organisation, Person
    from concord.intake.formats.parts import Row


def mend_cells(
    received: Input,
    *,
    sheet: str,
    row: int,
    cells: Mapping[int, str],
    seen: Mapping[int, str],
    by: Person,
    at: datetime,
) -> Preview:
    """Mends cells of one row; a cell whose new text is what it says already is left alone.

    Args:
        sheet: its name as kept with the row. row: the file's own number. cells: the new text by column
            (0 is the first). seen: what the person saw there before.

    Raises:
        NotPermitted; IllegalMove: not checked, withdrawn or undone; NotFound: no such row;
        BadInput: too long, a NUL; StaleWrite: somebody mended one of the cells since it was read.
    """
    who = require_entry(target_of(received), by)
    after = rules.state_after(received.state, rules.MEND)
    file = file_of(received)
    written, now = _row_of(file, received, sheet, row)
    changed = {column: _text(new) for column, new in cells.items() if new != now.cell(column)}
    for column in changed:
        if seen.get(column, "") != now.cell(column):
            raise StaleWrite(
                "Somebody mended this cell meanwhile. Look at the row again; nothing was changed."
            )
    with transaction.atomic():
        move(received, after)
        for column, new in changed.items():
            _mend(received, sheet, written, column, new, who, at)
        facts = {"row": row, "columns": sorted(changed)}
        return compare(received, file, EventName.CELL_MENDED, who=who, at=at, **facts)


def _row_of(file: File, received: Input, sheet: str, number: int) -> tuple[Row, Row]:
    """A row as the file has it, and as it is with what was mended before."""
    found = [
        next((row for row in each.rows if row.number == number), None)
        for sheets in (file.sheets, mended(file.sheets, mending_of(received).cells))
        for each in sheets.sheets
        if each.name[:120] == sheet
    ]
    if len(found) != 2 or found[0] is None or found[1] is None:
        raise NotFound("The file has no such row.")
    return found[0], found[1]


def _text(new: str) -> str:
    if "\x00" in new:
        raise BadInput("The text holds a NUL character. Type it again without it.")
    if len(new) > LONGEST_TEXT:
        raise BadInput(f"The text has {len(new):,} characters; {LONGEST_TEXT:,} are the most.")
    return new


def _mend(received: Input, sheet: str, row: Row, column: int, new: str, who: Person, at: datetime) -> None:
    """The cell's earlier correction ends; one that says what the file says needs no correction."""
    place = {"sheet": sheet, "row": row.number, "column": column}
    received.corrections.filter(**place, taken_back_at=None).update(taken_back_at=at)
    if new != row.cell(column):
        Correction.objects.create(input=received, **place, written=row.cell(column), new=new, by=who, at=at)


def answer_question(
    received: Input,
    problem: InputProblem,
    *,
    kind: str,
    text: str = "",
    organisation: Organisation | None = None,
    everywhere: bool = False,
    by: Person,
    at: datetime,
) -> Preview:
    """Answers one question for every cell with the same rule, field and value as written.

    Args:
        kind: right (the reading is right), kept (as written), value (`text` instead), or organisation
            (the body that the name means). An error takes another value alone.
        everywhere: the register has learnt the name too, which the caller has seen to.

    Raises:
        NotPermitted; IllegalMove: not checked, withdrawn or undone; BadInput: the answer does not fit
        the question; StaleWrite: it was answered meanwhile.
    """
    who = require_entry(target_of(received), by)
    after = rules.state_after(received.state, rules.MEND)
    _require_fitting(problem, kind, text, organisation)
    file = file_of(received)
    with transaction.atomic():
        move(received, after)
        try:
            Answer.objects.create(
                input=received,
                rule=problem.rule,
                field=problem.field,
                value=problem.value[:SHOWN_CHARACTERS],
                kind=kind,
                text=_text(text.strip()) if kind == VALUE else "",
                organisation=organisation if kind == ORGANISATION else None,
                everywhere=everywhere,
                cells=problem.alike,
                by=who,
                at=at,
            )
        except IntegrityError as error:
            raise StaleWrite("This question was answered meanwhile. Look at the file again.") from error
        facts = {"rule": problem.rule, "field": problem.field, "answer": kind, "cells": problem.alike}
        return compare(received, file, EventName.QUESTION_ANSWERED, who=who, at=at, **facts)


def answer_questions(
    received: Input, problems: Sequence[InputProblem], *, kind: str, version: int, by: Person, at: datetime
) -> Preview:
    """Answers many questions the same way at once: all, or none. Each can be taken back alone or with all.

    Args:
        kind: right (the readings are right) or kept (as written). version: of the input as it was read.

    Raises:
        NotPermitted; IllegalMove: not checked, withdrawn or undone; BadInput: no question, or one that the
        answer does not fit; StaleWrite: the input was changed since it was read.
    """
    who = require_entry(target_of(received), by)
    after = rules.state_after(received.state, rules.MEND)
    if received.version != version:
        raise StaleWrite("The file was read again meanwhile. Look at its questions again.")
    if not problems or kind not in (RIGHT, KEPT):
        raise BadInput("Choose the questions, and one answer for all of them.")
    for problem in problems:
        _require_fitting(problem, kind, "", None)
    file = file_of(received)
    with transaction.atomic():
        move(received, after)
        Answer.objects.bulk_create(
            Answer(
                input=received,
                rule=problem.rule,
                field=problem.field,
                value=problem.value,
                kind=kind,
                cells=problem.alike,
                by=who,
                at=at,
            )
            for problem in problems
        )
        asked = ", ".join(sorted({problem.rule for problem in problems}))
        cells = sum(problem.alike for problem in problems)
        facts = {"rule": asked, "answer": kind, "questions": len(problems), "cells": cells}
        return compare(received, file, EventName.QUESTION_ANSWERED, who=who, at=at, **facts)


def _require_fitting(problem: InputProblem, kind: str, text: str, organisation: Organisation | None) -> None:
    is_name = problem.rule in NAME_RULES
    if problem.severity == Severity.WARNING or (problem.severity == Severity.ERROR and kind != VALUE):
        raise BadInput("This is no question. Mend the cell instead.")
    if not problem.value or len(problem.value) > SHOWN_CHARACTERS:
        raise BadInput("This one can’t be answered for all cells at once. Mend the cell in its row.")
    if kind == VALUE and text.strip() == problem.value.strip():
        raise BadInput("The new value is the one that is written. Write another one.")
    if kind == ORGANISATION and (organisation is None or not is_name):
        raise BadInput("Choose the organisation that is meant.")
    if kind not in (RIGHT, KEPT, VALUE, ORGANISATION):
        raise BadInput("Choose one of the answers.")


def say_layout(received: Input, *, layout: Mapping[str, Any], by: Person, at: datetime) -> Preview:
    """Keeps what a person said of the sheets and columns of an input, and reads it again with that.

    Args:
        layout: the document of a layout (intake.layouts).

    Raises:
        NotPermitted; IllegalMove: not checked, withdrawn or undone; BadInput: an entry that means nothing,
        or no sheet has the column that says whose each row is; StaleWrite.
    """
    who = require_entry(target_of(received), by)
    after = rules.state_after(received.state, rules.MEND)
    document = layout_from(layout).as_json()
    file = file_of(received)
    with transaction.atomic():
        move(received, after, layout=document)
        return compare(received, file, EventName.MAPPING_SAVED, who=who, at=at, sheets=len(document))


def take_back_answer(answer: Answer, *, by: Person, at: datetime) -> Preview:
    """Takes an answer back: the question is asked again. What the register learnt stays.

    Raises:
        NotPermitted; IllegalMove: withdrawn or undone; StaleWrite: it was taken back already.
    """
    facts = {"rule": answer.rule, "field": answer.field, "answer": answer.kind}
    return _take_back([answer], by=by, at=at, **facts)


def take_back_answers(answers: Sequence[Answer], *, by: Person, at: datetime) -> Preview:
    """Takes back answers to one input that were given together, all or none. Raises like its sister.

    Raises:
        BadInput: there is none.
    """
    if not answers:
        raise BadInput("There is nothing left to take back.")
    first = answers[0]
    return _take_back(answers, by=by, at=at, rule=first.rule, answer=first.kind, questions=len(answers))


def take_back_correction(correction: Correction, *, by: Person, at: datetime) -> Preview:
    """Takes a mended cell back: it says again what the file says. Raises like its sister."""
    return _take_back([correction], by=by, at=at, row=correction.row, columns=[correction.column])


def _take_back(
    settled: Sequence[Answer] | Sequence[Correction], *, by: Person, at: datetime, **facts: object
) -> Preview:
    received = settled[0].input
    who = require_entry(target_of(received), by)
    after = rules.state_after(received.state, rules.MEND)
    if any(each.taken_back_at is not None for each in settled):
        raise IllegalMove("This was taken back before.")
    file = file_of(received)
    with transaction.atomic():
        move(received, after)
        held = type(settled[0])._default_manager.filter(input=received, taken_back_at=None)
        if held.filter(pk__in=[each.pk for each in settled]).update(taken_back_at=at) != len(settled):
            raise StaleWrite("Somebody took this back in the same moment.")
        return compare(received, file, EventName.ANSWER_TAKEN_BACK, who=who, at=at, **facts)
