"""Working on a case together: who takes it on, and what those who coordinate write to each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from concord.accounts.queries import powers_of, require
from concord.accounts.rules import Permission
from concord.analysis.models import Case, CaseNote
from concord.analysis.queries import case_named, coordinated_among, coordinates, read_cases
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import BadInput, NotFound, NotPermitted, StaleWrite
from concord.plan.queries import scope_of

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.analysis.queries import CaseRead

LONGEST_NOTE = 4_000

MOST_AT_ONCE = 100
"""So many cases are assigned in one act: a page of a queue holds no more."""


@transaction.atomic
def assign(case: Case, *, to: Person | None, expected_version: int, by: Person, at: datetime) -> Case:
    """Says who takes a case on, or that nobody does any more (to=None). It tells, it binds nobody.

    Raises:
        NotFound: the case is hidden from `by`; NotPermitted: `by` may answer none of its pairs.
        BadInput: `to` may answer none of its pairs, or does not see the case.
        StaleWrite: somebody assigned it since version `expected_version`.
    """
    case = _required(case, by).case
    if to is not None and case.pk not in _takeable([case], to):
        raise BadInput(_may_not(to))
    return _assigned(case, to, expected_version, by=by, at=at)


@transaction.atomic
def assign_several(read: Mapping[str, int], *, to: Person | None, by: Person, at: datetime) -> list[Case]:
    """Says of several cases at once who takes them on: of all, or of none where one of them is refused.

    read: the key of each with its version as `by` read it.

    Returns:
        Those that somebody else, or nobody, had before; the others stay as they are.

    Raises:
        BadInput: none, or more than MOST_AT_ONCE; and as assign, about the first that is refused.
    """
    if not read:
        raise BadInput("Choose at least one case.")
    if len(read) > MOST_AT_ONCE:
        raise BadInput(f"At most {MOST_AT_ONCE} cases are assigned at once; these are {len(read)}.")
    reads = _read_together(read, actor=by)
    mine = {each.case.pk for each in coordinated_among(reads, actor=by)}
    cases = [each.case for each in reads]
    theirs = _takeable(cases, to) if to else set()
    changed = []
    for case in cases:
        if case.pk not in mine:
            require(by, Permission.ASSESS_FINDING, within=scope_of(case.framework))
        if case.assigned_to == to:
            continue
        if to is not None and case.pk not in theirs:
            raise BadInput(f"Case {case.key}: {_may_not(to)} Nothing was assigned.")
        try:
            changed.append(_assigned(case, to, read[case.key], by=by, at=at))
        except StaleWrite as refused:
            raise StaleWrite(f"Case {case.key}: {refused} Nothing was assigned.") from refused
    return changed


@transaction.atomic
def add_note(case: Case, *, text: str, by: Person, at: datetime) -> CaseNote:
    """Keeps what somebody who coordinates has to say about a case. The sources never read it.

    Raises:
        NotFound: the case is hidden from `by`; NotPermitted; BadInput: nothing is said, or too much.
    """
    case = _required(case, by).case
    text = text.strip()
    if not text:
        raise BadInput("Write what the others should know.")
    if len(text) > LONGEST_NOTE:
        raise BadInput(f"A note has at most {LONGEST_NOTE:,} characters; this one has {len(text):,}.")
    note = CaseNote.objects.create(case=case, text=text, by=by, at=at)
    record(EventName.CASE_NOTED, actor=by, about=case, at=at)
    return note


@transaction.atomic
def take_back_note(case: Case, number: int, *, by: Person, at: datetime) -> CaseNote:
    """Takes one's own note back: it is shown to nobody any more.

    number: its place among all notes ever written about the case, from 1.

    Raises:
        NotFound: the case or the note is hidden from `by`; NotPermitted: it is somebody else's.
        StaleWrite: it was taken back already.
    """
    standing = _required(case, by).case
    note = _note(case, number)
    if note.by_id != by.pk:
        raise NotPermitted("Only the person who wrote a note takes it back.")
    if CaseNote.objects.filter(pk=note.pk, taken_back_at=None).update(taken_back_at=at) != 1:
        raise StaleWrite("This note was taken back already.")
    record(EventName.CASE_NOTE_TAKEN_BACK, actor=by, about=standing, at=at)
    note.refresh_from_db()
    return note


def _note(case: Case, number: int) -> CaseNote:
    found = list(CaseNote.objects.filter(case=case)[max(number - 1, 0) : number])
    if not found:
        raise NotFound("There is no such note of this case.")
    return found[0]


def _required(case: Case, by: Person) -> CaseRead:
    read = case_named(case.key, actor=by)
    if not coordinates(by, read):
        require(by, Permission.ASSESS_FINDING, within=scope_of(read.case.framework))
    return read


def _assigned(case: Case, to: Person | None, expected_version: int, *, by: Person, at: datetime) -> Case:
    mine = Case.objects.filter(pk=case.pk, version=expected_version)
    changed = {"assigned_to": to, "assigned_at": at if to else None, "version": F("version") + 1}
    if mine.update(**changed) != 1:
        raise StaleWrite("Somebody else assigned this case since you opened it. Look at it again.")
    record(EventName.CASE_ASSIGNED, actor=by, about=case, at=at, to=to.ref if to else "")
    case.refresh_from_db()
    return case


def _read_together(keys: Collection[str], *, actor: Person) -> list[CaseRead]:
    """The cases with these keys, of one framework, in a few queries however many there are.

    Raises:
        NotFound: one of them is hidden, or there is none; StaleWrite: one was joined with another meanwhile,
        or is of another framework.
    """
    cases = list(Case.objects.filter(key__in=keys).select_related("framework").order_by("key"))
    reads = _seen(cases, actor)
    for key in sorted(set(keys) - {each.case.key for each in reads}):
        case_named(key, actor=actor)  # raises, unless its pairs stand in another case now
        raise StaleWrite(f"Case {key} does not stand here any more. Look again. Nothing was assigned.")
    return reads


def _seen(cases: Sequence[Case], person: Person) -> list[CaseRead]:
    """Those of the first one's framework, as a person may read them."""
    if not cases:
        return []
    framework = cases[0].framework
    return read_cases([each.pk for each in cases if each.framework == framework], framework, actor=person)


def _takeable(cases: Sequence[Case], person: Person) -> set[int]:
    """Those of the cases that a person may take on, by primary key."""
    if powers_of(person).everything:
        return set()
    return {each.case.pk for each in coordinated_among(_seen(cases, person), actor=person)}


def _may_not(person: Person) -> str:
    return f"{person.name} may not answer this case. Choose somebody who coordinates here."
