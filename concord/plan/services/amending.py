"""Changes that people make to one record, and the choice between statements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from concord.accounts.rules import Permission
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import BadInput, IllegalMove, StaleWrite
from concord.plan.events import announce_actions
from concord.plan.models import Action, Need, Origin, Statement
from concord.plan.naming import Chosen
from concord.plan.queries.scopes import require_on
from concord.plan.rows import Value
from concord.plan.rules import clean_action_value, clean_need_value, decode, encode, period_of
from concord.plan.services.columns import (
    pillars_by_acronym,
    set_action_columns,
    set_need_columns,
    write_action_rows,
    write_need_rows,
)
from concord.plan.services.placing import place_actions_by_rule, place_needs_by_rule
from concord.plan.services.withdrawing import require_standing

if TYPE_CHECKING:
    from concord.accounts.models import Organisation, Person


@transaction.atomic
def amend_action(
    action: Action,
    *,
    changes: Mapping[str, Value],
    expected_version: int,
    on_behalf_of: Organisation | None = None,
    by: Person,
    at: datetime,
) -> Action:
    """Writes a person's values for some fields; what files said stays as statements beside them.

    Args:
        changes: new values by field; fields whose value is the chosen one already are left alone.
        expected_version: the version the person read.

    Returns:
        The action as it is now.

    Raises:
        NotPermitted; BadInput: a value that cannot be stored, an empty title, an end before the
        start; IllegalMove: the action was merged away; StaleWrite: somebody changed it meanwhile.
    """
    require_on(by, Permission.AMEND_ACTION, action, organisation=action.reporting_organisation)
    if action.merged_into_id is not None:
        raise IllegalMove("This action was merged into another one. Amend that one, or undo the merge.")
    require_standing(action)
    texts = _changed_texts(action, {f: encode(clean_action_value(f, v)) for f, v in changes.items()})
    chosen = [Chosen(field, decode(text)) for field, text in texts.items()]
    touched = set_action_columns(action, chosen)
    if not action.title:
        raise BadInput("An action needs a title. Write one.")
    period_of(action.start, action.end)
    _compare_and_set(action, touched, expected_version)
    _state(action, texts, on_behalf_of=on_behalf_of, by=by, at=at)
    write_action_rows({action: chosen}, framework=action.framework)
    place_actions_by_rule([action], framework=action.framework, plan=None)
    record(EventName.ACTION_AMENDED, actor=by, about=action, at=at, fields=sorted(texts))
    announce_actions(action.framework, [action.key] if texts else [])
    return action


@transaction.atomic
def amend_need(
    need: Need, *, changes: Mapping[str, Value], expected_version: int, by: Person, at: datetime
) -> Need:
    """Writes a person's values for some fields of a need; raises like amend_action."""
    require_on(by, Permission.STATE_NEED, need)
    texts = _changed_texts(need, {f: encode(clean_need_value(f, v)) for f, v in changes.items()})
    chosen = [Chosen(field, decode(text)) for field, text in texts.items()]
    touched = set_need_columns(need, chosen, pillars_by_acronym(need.framework))
    if not need.statement:
        raise BadInput("A need needs a statement: what is lacking? Write it.")
    _compare_and_set(need, touched, expected_version)
    _state(need, texts, on_behalf_of=None, by=by, at=at)
    write_need_rows({need: chosen})
    place_needs_by_rule([need], framework=need.framework, plan=None)
    record(EventName.NEED_AMENDED, actor=by, about=need, at=at, fields=sorted(texts))
    return need


@transaction.atomic
def choose_statement(statement: Statement, *, expected_version: int, by: Person, at: datetime) -> None:
    """Makes one of a field's statements the one that counts, and answers the question it raised.

    Choosing the one that is chosen already keeps it and answers the field's open questions.

    Raises:
        NotPermitted; IllegalMove: the record was merged away; BadInput: the period would end before
        it starts; StaleWrite: somebody changed the record meanwhile.
    """
    thing = statement.action or statement.need
    if thing is None:
        raise BadInput("This statement is about no record.")
    permission = Permission.AMEND_ACTION if isinstance(thing, Action) else Permission.STATE_NEED
    organisation = thing.reporting_organisation if isinstance(thing, Action) else None
    require_on(by, permission, thing, organisation=organisation)
    if isinstance(thing, Action) and thing.merged_into_id is not None:
        raise IllegalMove("This action was merged into another one. Choose there, or undo the merge.")
    if isinstance(thing, Action):
        require_standing(thing)
    chosen = [Chosen(statement.field, decode(statement.value), statement.origin.file_name)]
    siblings = thing.statements.filter(field=statement.field)
    siblings.filter(chosen=True).exclude(pk=statement.pk).update(chosen=False)
    siblings.update(is_question=False)
    Statement.objects.filter(pk=statement.pk).update(chosen=True)
    _write_choice(thing, chosen, expected_version)
    record(EventName.STATEMENT_CHOSEN, actor=by, about=thing, at=at, field=statement.field)
    if isinstance(thing, Action):
        announce_actions(thing.framework, [thing.key])


def _write_choice(thing: Action | Need, chosen: list[Chosen], expected_version: int) -> None:
    if isinstance(thing, Action):
        touched = set_action_columns(thing, chosen)
        period_of(thing.start, thing.end)
        _compare_and_set(thing, touched, expected_version)
        write_action_rows({thing: chosen}, framework=thing.framework)
        place_actions_by_rule([thing], framework=thing.framework, plan=None)
    else:
        touched = set_need_columns(thing, chosen, pillars_by_acronym(thing.framework))
        _compare_and_set(thing, touched, expected_version)
        write_need_rows({thing: chosen})
        place_needs_by_rule([thing], framework=thing.framework, plan=None)


def _changed_texts(thing: Action | Need, texts: Mapping[str, str]) -> dict[str, str]:
    chosen = dict(thing.statements.filter(chosen=True, field__in=texts).values_list("field", "value"))
    return {field: text for field, text in texts.items() if chosen.get(field) != text}


def _compare_and_set(thing: Action | Need, touched: list[str], expected_version: int) -> None:
    values = {column: getattr(thing, column) for column in touched}
    found = type(thing)._default_manager.filter(pk=thing.pk, version=expected_version)
    if not found.update(version=F("version") + 1, **values):
        raise StaleWrite(
            "Somebody changed this while you were writing. Your text is kept: compare and save again."
        )
    thing.version = expected_version + 1


def _state(
    thing: Action | Need,
    texts: Mapping[str, str],
    *,
    on_behalf_of: Organisation | None,
    by: Person,
    at: datetime,
) -> None:
    about = {"action": thing} if isinstance(thing, Action) else {"need": thing}
    origin = Origin.objects.create(
        framework=thing.framework,
        kind=Origin.Kind.ENTRY,
        entered_by=by,
        on_behalf_of=on_behalf_of,
        at=at,
    )
    thing.statements.filter(field__in=texts, chosen=True).update(chosen=False)
    Statement.objects.bulk_create(
        Statement(**about, field=field, value=text, origin=origin, chosen=True)
        for field, text in texts.items()
    )
