"""What a name as written means: answers that identify every row with it at once, and their undoing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F

from concord.accounts import services as register
from concord.accounts.queries import organisations_by_key, require, resolve_names
from concord.accounts.rules import Permission
from concord.accounts.scope import ANYWHERE
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import BadInput, IllegalMove, StaleWrite
from concord.kernel.names import fold
from concord.plan.models import Action, CarriedReporter, NameAnswer, Statement
from concord.plan.names_as_written import NamedRow, rows_named, rows_with_key
from concord.plan.naming import resolve_texts
from concord.plan.queries.naming import files_of_name, is_restricted_name

if TYPE_CHECKING:
    from concord.accounts.models import Organisation, Person
    from concord.accounts.queries import Actor


@dataclass(frozen=True, slots=True)
class Identified:
    """What an answer did: the answer, the actions that it changed, and pairs that it had to leave.

    held_back: (action, the other one) where the organisation already reports another action with the
    same id of its own; such an action keeps its reporter as written.
    """

    answer: NameAnswer
    actions: frozenset[int]
    held_back: tuple[tuple[Action, Action], ...] = ()


@transaction.atomic
def identify_name(
    *, text: str, organisation: Organisation, only_in: str = "", by: Actor, at: datetime
) -> Identified:
    """Says that a name as written means an organisation: every row kept with it is identified at once.

    The register learns the name as an alias, so that the next file is read so too. A name that stands
    only in rows that not every member may see is learnt for the files of those rows alone, and hidden.
    Statements stay as they are: they keep the name as written.

    Args:
        only_in: the one file in which this holds; "" everywhere.

    Raises:
        NotPermitted; BadInput: an empty name; IllegalMove: the name is known as another body, was
        answered before, or stands only in restricted entries typed by hand.
    """
    who = require(by, Permission.MANAGE_ORGANISATIONS, within=ANYWHERE, on=at.date())
    restricted = is_restricted_name(text)
    files = _files_to_learn(text, only_in, restricted=restricted)
    learnt = [_learn(text, organisation, file, restricted, by=by, at=at) for file in files]
    answer = _answer(text, organisation, only_in, who, at)
    answer.learnt = [pk for pk in learnt if pk]
    answer.restricted = restricted
    answer.save(update_fields=["learnt", "restricted"])
    changed = _identify_rows(answer)
    carried, held_back = _carry_reporters(answer)
    said = "" if restricted else answer.text
    record(
        EventName.NAME_ANSWERED,
        actor=who,
        about=organisation,
        at=at,
        text=said,
        only_in=only_in,
        answer=answer.key,
    )
    return Identified(answer, frozenset({row.action for row in changed} | carried), held_back)


@transaction.atomic
def add_organisation_named(
    *,
    text: str,
    name: str,
    acronym: str = "",
    kind: str = "",
    parent: Organisation | None = None,
    beneficiary: str = "",
    by: Actor,
    at: datetime,
) -> Identified:
    """Adds a body to the register by choice, and says that the name as written means it.

    Raises:
        As add_organisation and identify_name.
    """
    added = register.add_organisation(
        name=name, acronym=acronym, kind=kind, parent=parent, beneficiary=beneficiary, by=by, at=at
    )
    done = identify_name(text=text, organisation=added, by=by, at=at)
    NameAnswer.objects.filter(pk=done.answer.pk).update(adds_organisation=True)
    done.answer.refresh_from_db()
    return done


@transaction.atomic
def keep_name(*, text: str, by: Actor, at: datetime) -> NameAnswer:
    """Says that a name as written names no organisation: it stays as written and is no longer asked.

    Raises:
        NotPermitted; BadInput: an empty name; IllegalMove: it was answered before.
    """
    who = require(by, Permission.MANAGE_ORGANISATIONS, within=ANYWHERE, on=at.date())
    answer = _answer(text, None, "", who, at)
    record(EventName.NAME_ANSWERED, actor=who, about=answer, at=at)
    return answer


@transaction.atomic
def undo_name_answer(answer: NameAnswer, *, by: Actor, at: datetime) -> NameAnswer:
    """Takes an answer back: aliases go, rows are kept as written again, reporters get back their identity.

    A body that the answer added leaves the register again.

    Raises:
        NotPermitted; IllegalMove: taken back before, or the body that it added is used by now; StaleWrite.
    """
    who = require(by, Permission.MANAGE_ORGANISATIONS, within=ANYWHERE, on=at.date())
    if answer.undone_at is not None:
        raise IllegalMove("This answer was taken back before.")
    if not NameAnswer.objects.filter(pk=answer.pk, undone_at=None).update(undone_by=who, undone_at=at):
        raise StaleWrite("Somebody took this answer back in the same moment.")
    if answer.organisation is not None:
        rows = rows_named({answer.folded}, owner=answer.organisation.pk)
        register.forget_names(answer.learnt, by=by, at=at)
        if answer.adds_organisation:
            body = answer.organisation
            NameAnswer.objects.filter(pk=answer.pk).update(organisation=None)
            _set_owner(rows, None)
            _return_reporters(answer)
            register.remove_organisation(organisation=body, by=by, at=at)
        else:
            _read_again(rows)
            _return_reporters(answer)
    record(EventName.NAME_ANSWER_UNDONE, actor=who, about=answer, at=at)
    answer.refresh_from_db()
    return answer


def read_rows_again(folded: Collection[str], *, owner: Organisation, key: str) -> None:
    """Reads the rows of an organisation with these names by the register as it is now.

    key: rows whose statement gives this key are that body's, whatever the name.
    """
    _read_again(rows_named(folded, owner=owner.pk))
    found = organisations_by_key([key]).get(key)
    if found is not None:
        _set_owner(rows_with_key(key, owner=owner.pk), found.pk)


def _files_to_learn(text: str, only_in: str, *, restricted: bool) -> list[str]:
    if only_in or not restricted:
        return [only_in]
    files = files_of_name(text)
    if not all(files) or not files:
        raise IllegalMove(
            "This name stands only in restricted entries typed by hand. Choose the organisation there."
        )
    return files


def _learn(
    text: str, organisation: Organisation, only_in: str, restricted: bool, *, by: Actor, at: datetime
) -> int | None:
    """The primary key of the alias that the register learnt; None where it reads the name so already."""
    if resolve_names([text], source=only_in)[text] == organisation:
        return None
    alias = register.add_alias(
        organisation=organisation,
        text=text,
        only_in=only_in,
        restricted=restricted and bool(only_in),
        by=by,
        at=at,
    )
    return alias.pk


def _answer(
    text: str, organisation: Organisation | None, only_in: str, who: Person, at: datetime
) -> NameAnswer:
    clean = " ".join(text.split())[:300]
    if not fold(clean):
        raise BadInput("There is no name to answer for.")
    try:
        with transaction.atomic():
            return NameAnswer.objects.create(
                text=clean,
                folded=fold(clean),
                only_in=only_in,
                organisation=organisation,
                answered_by=who,
                answered_at=at,
            )
    except IntegrityError as error:
        raise IllegalMove(f"“{clean}” was answered before. Take that answer back first.") from error


def _identify_rows(answer: NameAnswer) -> list[NamedRow]:
    rows = rows_named({answer.folded}, owner=None)
    return _read_again([row for row in rows if answer.only_in in ("", row.file_name)])


def _read_again(rows: Sequence[NamedRow]) -> list[NamedRow]:
    """Reads the rows by the register as it is now; gives those that it reads otherwise than before."""
    by_file: dict[str, list[NamedRow]] = defaultdict(list)
    for row in rows:
        by_file[row.file_name].append(row)
    changed: dict[int | None, list[NamedRow]] = defaultdict(list)
    for file_name, listed in by_file.items():
        read = resolve_texts({row.text for row in listed}, file_name)
        for row in listed:
            found = read[row.text]
            owner = found.pk if found else None
            if owner != row.owner:
                changed[owner].append(row)
    for owner, listed in changed.items():
        _set_owner(listed, owner)
    return [row for listed in changed.values() for row in listed]


def _set_owner(rows: Sequence[NamedRow], owner: int | None) -> None:
    tables = {(row.model, row.column) for row in rows}
    for model, column in tables:
        pks = [row.pk for row in rows if row.model is model]
        model._default_manager.filter(pk__in=pks).update(**{f"{column}_id": owner})


def _carry_reporters(answer: NameAnswer) -> tuple[set[int], tuple[tuple[Action, Action], ...]]:
    """Actions reported under this name are the organisation's from now on, under the same own id."""
    body = answer.organisation
    assert body is not None  # noqa: S101  (only answers that name a body carry reporters)
    named = _reported_as(answer.folded, answer.only_in)
    taken = _own_ids(body, named)
    carried, held_back = set(), []
    for action in named:
        other = taken.get((action.framework_id, action.own_id)) if action.own_id else None
        if other is not None:
            held_back.append((action, other))
            continue
        CarriedReporter.objects.create(
            answer=answer,
            action=action,
            was_reported_by_id=action.reporting_organisation_id,
            as_written=action.reported_by_as_written,
        )
        _set_reporter(action, body.pk, "")
        taken[action.framework_id, action.own_id] = action
        carried.add(action.pk)
    return carried, tuple(held_back)


def _reported_as(folded: str, only_in: str) -> list[Action]:
    named = [
        a
        for a in Action.objects.exclude(reported_by_as_written="")
        if fold(a.reported_by_as_written) == folded
    ]
    if not only_in:
        return named
    here = Statement.objects.filter(action__in=named, chosen=True, origin__file_name=only_in)
    inside = set(here.values_list("action_id", flat=True))
    return [action for action in named if action.pk in inside]


def _own_ids(body: Organisation, named: Collection[Action]) -> dict[tuple[int, str], Action]:
    ids = {action.own_id for action in named if action.own_id}
    rows = Action.objects.filter(reporting_organisation=body, reported_by_as_written="", own_id__in=ids)
    return {(action.framework_id, action.own_id): action for action in rows}


def _return_reporters(answer: NameAnswer) -> None:
    for was in answer.carried.select_related("action"):
        if (
            was.action.reporting_organisation_id == answer.organisation_id
            and not was.action.reported_by_as_written
        ):
            _set_reporter(was.action, was.was_reported_by_id, was.as_written)


def _set_reporter(action: Action, organisation: int, as_written: str) -> None:
    try:
        with transaction.atomic():
            found = Action.objects.filter(pk=action.pk, version=action.version).update(
                reporting_organisation_id=organisation,
                reported_by_as_written=as_written,
                version=F("version") + 1,
            )
    except IntegrityError as error:
        raise IllegalMove(
            f"“{action.title}” cannot change its reporter: another action has the same id by then."
        ) from error
    if not found:
        raise StaleWrite("Somebody changed one of these actions in the same moment. Try again.")
