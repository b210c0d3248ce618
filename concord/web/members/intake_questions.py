"""What a file still asks, with the answers that one key gives, and what was answered before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.accounts.queries import near_names
from concord.intake.heading_problems import NOT_APPLIED
from concord.intake.mending import NAME_RULES
from concord.intake.queries import rows_named
from concord.intake.row_reader import SHOWN_CHARACTERS
from concord.web.members.intake_words import shortened

if TYPE_CHECKING:
    from concord.intake.models import Answer, Correction, Input, InputProblem

NEAR_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer on a button: what is sent, what it says, and the key that gives it."""

    value: str
    text: str
    key: int


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that needs an answer, as components/question.html takes it."""

    id: str
    order: int
    severity: str
    place: str
    about: str
    value: str
    reading: str
    message: str
    remedy: str
    alike: str
    action: str
    choices: list[Choice]
    writes: int
    names: int
    may_add: bool
    mend: str
    mend_words: str


@dataclass(frozen=True, slots=True)
class Given:
    """One answer or mended cell that can be taken back; answers given in one act are one, with `each`."""

    text: str
    who: str
    name: str
    value: str
    each: tuple[Given, ...] = ()


def questions_of(
    received: Input, problems: Iterable[InputProblem], *, may_settle: bool, may_add: bool
) -> list[Question]:
    """The problems as questions; may_add: the person may change the register of organisations."""
    listed = list(problems)
    titles = _titles(received, listed)
    return [
        _question(received, problem, titles, may_settle=may_settle, may_add=may_add) for problem in listed
    ]


def _question(
    received: Input,
    problem: InputProblem,
    titles: dict[tuple[str, int], str],
    *,
    may_settle: bool,
    may_add: bool,
) -> Question:
    answerable = may_settle and bool(problem.value) and len(problem.value) <= SHOWN_CHARACTERS
    answerable = answerable and problem.severity != "warning"
    is_name = problem.rule in NAME_RULES
    of_heading = _is_of_heading(received, problem)
    choices = _choices(problem, of_heading=of_heading) if answerable else []
    return Question(
        id=f"problem-{problem.order + 1}",
        order=problem.order,
        severity=problem.severity,
        place=place_of(received, problem),
        about=titles.get((problem.sheet, problem.row or 0), ""),
        value=shortened(problem.value, 300),
        reading=shortened(problem.reading, 300),
        message=problem.message,
        remedy=problem.remedy,
        alike=ngettext("%(count)d cell says this", "%(count)d cells say this", problem.alike)
        % {"count": problem.alike}
        if problem.alike > 1
        else "",
        action=reverse("members:import-answer", args=[received.key]) if answerable else "",
        choices=choices,
        writes=len(choices) + 1 if answerable and not of_heading else 0,
        names=len(choices) + 2 if answerable and is_name else 0,
        may_add=may_add and is_name,
        mend=_mend_address(received, problem, of_heading=of_heading) if may_settle else "",
        mend_words=_("Choose what the column holds") if of_heading else _("Open this row and mend it"),
    )


def _choices(problem: InputProblem, *, of_heading: bool) -> list[Choice]:
    if problem.severity == "error":
        return []
    said: list[tuple[str, str]] = []
    if problem.rule in NAME_RULES:
        near = near_names(problem.value, limit=NEAR_SHOWN)
        said = [(f"organisation:{body.key}", _("It is %(name)s") % {"name": body}) for body in near]
        said.append(("kept", _("Keep it as written")))
    elif of_heading and problem.reading == NOT_APPLIED:
        said = [("right", _("Leave this column out"))]
    elif problem.reading:
        reading = shortened(problem.reading, 60)
        said = [("right", _("Yes, read it as “%(reading)s”") % {"reading": reading})]
    else:
        said = [("kept", _("Keep it as written"))]
    return [Choice(value, text, key) for key, (value, text) in enumerate(said, 1)]


def _is_of_heading(received: Input, problem: InputProblem) -> bool:
    """Whether the problem is about a heading, so that the page of the columns mends it."""
    header = next((s["header_row"] for s in received.sheets if s["name"][:120] == problem.sheet), None)
    return header is not None and problem.row is not None and problem.row <= header


def _mend_address(received: Input, problem: InputProblem, *, of_heading: bool) -> str:
    """Where the row of the problem is opened to mend it, "" for a problem of the whole sheet."""
    if of_heading:
        return reverse("members:import-columns", args=[received.key])
    order = next((i for i, s in enumerate(received.sheets) if s["name"][:120] == problem.sheet), None)
    if order is None or problem.row is None:
        return ""
    return f"?row={order}-{problem.row}#row-{order}-{problem.row}"


def place_of(received: Input, problem: InputProblem) -> str:
    """Where the problem stands: "list.csv, sheet Partners, row 14, column start"."""
    parts = [received.file_name]
    if problem.sheet:
        parts.append(_("sheet %(name)s") % {"name": problem.sheet})
    if problem.row is not None:
        parts.append(_("row %(number)d") % {"number": problem.row})
    if problem.column:
        parts.append(_("column %(name)s") % {"name": problem.column})
    return ", ".join(parts)


def _titles(received: Input, problems: Sequence[InputProblem]) -> dict[tuple[str, int], str]:
    """The title or statement that each row has as written, so that people know which one is meant."""
    columns = {
        sheet["name"][:120]: index
        for sheet in received.sheets
        for index, column in enumerate(sheet["columns"])
        if column["field"] in ("title", "statement")
    }
    found: dict[tuple[str, int], str] = {}
    places = [(p.sheet, p.row) for p in problems if p.row is not None]
    for row in rows_named(received, places) if places else ():
        index = columns.get(row.sheet, -1)
        if 0 <= index < len(row.cells):
            found[row.sheet, row.number] = shortened(row.cells[index], 160)
    return found


# --- what was settled --------------------------------------------------------------------------------


def given_of(answers: Iterable[Answer], corrections: Iterable[Correction]) -> list[Given]:
    """What was answered and mended, the latest first, each with what to send to take it back."""
    acts: dict[tuple[object, ...], list[Answer]] = defaultdict(list)
    for answer in answers:
        acts[answer.at, answer.by_id, answer.rule, answer.kind].append(answer)
    settled = [
        *((a[0].at, a[0].pk, _together(a)) for a in acts.values()),
        *((c.at, c.pk, _mended(c)) for c in corrections),
    ]
    return [given for _at, _pk, given in sorted(settled, key=lambda item: item[:2], reverse=True)]


def _together(answers: Sequence[Answer]) -> Given:
    first = answers[0]
    if len(answers) == 1:
        return _answer(first)
    said = _("%(count)d names kept as written") if first.rule in NAME_RULES else _("%(count)d answered alike")
    each = tuple(_answer(answer) for answer in answers)
    return Given(said % {"count": len(answers)}, _who(first), "together", str(first.pk), each)


def _answer(answer: Answer) -> Given:
    value = shortened(answer.value, 80)
    said = {
        "right": _("“%(value)s”: the reading is right") % {"value": value},
        "kept": _("“%(value)s”: kept as written") % {"value": value},
        "value": _("“%(value)s”: read as “%(text)s”") % {"value": value, "text": shortened(answer.text, 80)},
        "organisation": _("“%(value)s” is %(name)s") % {"value": value, "name": answer.organisation},
    }[answer.kind]
    if answer.everywhere:
        said = _("%(said)s, from now on everywhere") % {"said": said}
    return Given(said, _who(answer), "answer", str(answer.pk))


def _mended(correction: Correction) -> Given:
    place = _("Row %(row)d, column %(column)d") % {"row": correction.row, "column": correction.column + 1}
    said = _("%(place)s: “%(new)s” in place of “%(written)s”") % {
        "place": place,
        "new": shortened(correction.new, 80) or _("empty"),
        "written": shortened(correction.written, 80) or _("empty"),
    }
    return Given(said, _who(correction), "correction", str(correction.pk))


def _who(settled: Answer | Correction) -> str:
    return _("%(person)s, %(day)s") % {"person": settled.by, "day": f"{settled.at:%-d %B %Y, %H:%M} UTC"}
