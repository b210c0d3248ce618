"""Reads of what an input holds: its counts, rows and problems, and what people settled about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q, QuerySet
from django.db.models.functions import Length

from concord.intake import rules
from concord.intake.mending import NAME_RULES
from concord.intake.models import (
    Answer,
    Correction,
    Input,
    InputProblem,
    InputRow,
    SettledConflict,
)
from concord.intake.preview import Counts, require_entry
from concord.intake.problems import Severity
from concord.intake.queries.inputs import target_of
from concord.intake.row_reader import SHOWN_CHARACTERS
from concord.kernel.errors import NotFound, NotPermitted, StaleWrite

if TYPE_CHECKING:
    from concord.accounts.models import Person

REMARKS: Final = 40  # on the whole file, that a page shows


def counts_of_input(received: Input) -> Counts:
    """The input's rows counted by state, as they were kept last."""
    return counts_kept(received.counts)


def counts_kept(kept: Mapping[str, Any]) -> Counts:
    """Counts as an input keeps them; zeros where it was not checked yet."""
    return Counts(
        rows=kept.get("rows", 0),
        new=kept.get("new", 0),
        changed=kept.get("changed", 0),
        same=kept.get("same", 0),
        conflict=kept.get("conflict", 0),
        skipped=kept.get("error", 0),
    )


def counts_left(received: Input) -> Counts:
    """The rows that no round has applied yet, by state."""
    left = received.counts.get("left", {})
    return counts_kept({"rows": sum(left.values()), **left})


@dataclass(frozen=True, slots=True)
class ProblemCounts:
    """How many things of each severity there are to tell; the same about many cells counts once."""

    error: int = 0
    question: int = 0
    warning: int = 0


def problem_counts(received: Input) -> ProblemCounts:
    """What there is to tell about an input, counted by severity, as it was kept last."""
    return ProblemCounts(**received.counts.get("problems", {}))


def remarks_on_file(received: Input) -> list[InputProblem]:
    """Warnings about the whole file or one of its sheets, not about a row: what is hidden, how it came."""
    return list(received.problems.filter(row=None, severity="warning").order_by("order")[:REMARKS])


def problems_of(received: Input, severities: Collection[str]) -> QuerySet[InputProblem]:
    """What there is to tell, of these severities, each thing once: errors first, then in the file's order."""
    return received.problems.filter(severity__in=severities, first=True)


def names_asked(received: Input) -> QuerySet[InputProblem]:
    """The questions about names that the register does not know, those in most cells first.

    Without values too long to be answered for every cell at once.
    """
    asked = received.problems.filter(severity=Severity.QUESTION, rule__in=NAME_RULES, first=True)
    fitting = asked.exclude(value="").alias(length=Length("value")).filter(length__lte=SHOWN_CHARACTERS)
    return fitting.order_by("-alike", "order")


FILTERS: Final[Mapping[str, Mapping[str, object]]] = {
    **{state: {"state": state} for state in InputRow.State.values},
    "answer": {"waits": True},
    "question": {"has_question": True},
    "warning": {"has_warning": True},
    "left": {"round": None},
}
"""The parts of an input's rows that a page can show, by name; every other name shows all."""


def rows_of(received: Input, show: str = "") -> QuerySet[InputRow]:
    """The input's rows in the file's order; `show` names a part of them (FILTERS)."""
    return received.rows.filter(**FILTERS.get(show, {}))


def rows_named(received: Input, places: Iterable[tuple[str, int | None]]) -> QuerySet[InputRow]:
    """The rows at these places: sheet by name, and the file's own number."""
    return received.rows.filter(_at(places, "number"))


def rows_before(received: Input, show: str, sheet_order: int, number: int) -> int:
    """How many rows of a part of the input stand before one of them: on which page it is."""
    earlier = Q(sheet_order__lt=sheet_order) | Q(sheet_order=sheet_order, number__lt=number)
    return rows_of(received, show).filter(earlier).count()


def problems_in(received: Input, rows: Sequence[InputRow]) -> QuerySet[InputProblem]:
    """What there is to tell about these rows, one by one."""
    return received.problems.filter(_at([(row.sheet, row.number) for row in rows], "row"))


def mended_in(received: Input, rows: Sequence[InputRow]) -> QuerySet[Correction]:
    """The cells of these rows that people mended."""
    places = _at([(row.sheet, row.number) for row in rows], "row")
    return received.corrections.filter(places, taken_back_at=None)


def conflicts_settled_in(received: Input, rows: Sequence[InputRow]) -> QuerySet[SettledConflict]:
    """What was chosen about fields of these rows that both the plan and the file changed."""
    return received.settled_conflicts.filter(_at([(row.sheet, row.number) for row in rows], "row"))


def _at(places: Iterable[tuple[str, int | None]], column: str) -> Q:
    by_sheet: dict[str, list[int]] = {}
    for sheet, number in places:
        if number is not None:
            by_sheet.setdefault(sheet, []).append(number)
    found = Q(pk=None)
    for sheet, numbers in by_sheet.items():
        found |= Q(**{"sheet": sheet, f"{column}__in": numbers})
    return found


def settled_in(received: Input) -> tuple[list[Answer], list[Correction]]:
    """The answers given and the cells mended that hold, the latest first."""
    answers = received.answers.filter(taken_back_at=None).select_related("organisation", "by")
    cells = received.corrections.filter(taken_back_at=None).select_related("by")
    return list(answers.order_by("-pk")), list(cells.order_by("-pk"))


def may_settle(received: Input, actor: Person) -> bool:
    """Whether the person may answer, mend and apply, and the input's state allows it."""
    if (received.state, rules.MEND) not in rules.MOVES:
        return False
    try:
        require_entry(target_of(received), actor)
    except NotPermitted:
        return False
    return True


def problem_at(received: Input, order: str, value: str) -> InputProblem:
    """One problem by its place in the list, if it is still about the same value.

    Raises:
        NotFound: no such problem; StaleWrite: the list has changed since it was read.
    """
    found = received.problems.filter(order=int(order)).first() if order.isdigit() else None
    if found is None:
        raise NotFound("There is no such question.")
    if found.value != value.replace("\r\n", "\n"):
        raise StaleWrite("The file was read again meanwhile. Look at its questions again.")
    return found


def row_at(received: Input, place: str) -> InputRow:
    """One row by the order of its sheet and its number, "0-14".

    Raises:
        NotFound: there is none.
    """
    order, _, number = place.partition("-")
    found = None
    if order.isdigit() and number.isdigit():
        found = received.rows.filter(sheet_order=int(order), number=int(number)).first()
    if found is None:
        raise NotFound("The file has no such row.")
    return found


def answer_given(received: Input, pk: str) -> Answer:
    """One answer of this input. Raises NotFound like its sisters."""
    found = received.answers.filter(pk=int(pk)).first() if pk.isdigit() else None
    if found is None:
        raise NotFound("There is no such answer.")
    return found


def given_together(received: Input, pk: str) -> list[Answer]:
    """The answers given in one act with this one that still hold. Raises NotFound like its sisters."""
    one = answer_given(received, pk)
    act = {"at": one.at, "by": one.by, "rule": one.rule, "kind": one.kind}
    return list(received.answers.filter(taken_back_at=None, **act).order_by("pk"))


def correction_made(received: Input, pk: str) -> Correction:
    """One mended cell of this input. Raises NotFound like its sisters."""
    found = received.corrections.filter(pk=int(pk)).first() if pk.isdigit() else None
    if found is None:
        raise NotFound("There is no such mended cell.")
    return found
