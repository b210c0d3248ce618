"""Takes back all that one input recorded, while nothing is built on it.

Earlier values return, and the records that it made go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, Max

from concord.accounts.queries import can, require
from concord.accounts.rules import Marking, Permission
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import IllegalMove, StaleWrite
from concord.plan.models import (
    Action,
    Framework,
    Need,
    NeedBeneficiary,
    NeedPlacement,
    Origin,
    Placement,
    PlanVersion,
    Recording,
    Statement,
)
from concord.plan.naming import Chosen
from concord.plan.queries.scopes import scope_of
from concord.plan.rules import ACTION_CODES, decode
from concord.plan.services.columns import (
    pillars_by_acronym,
    set_action_columns,
    set_need_columns,
    write_action_rows,
    write_need_rows,
)
from concord.plan.services.placing import place_actions_by_rule, place_needs_by_rule

if TYPE_CHECKING:
    from concord.accounts.models import Person

LIST_FIELDS = {*ACTION_CODES, "participations", "funding", "events", "indicators"}
# What a record that an input made has of its own; anything else that points to it was built on it.
OWN_ROWS = {
    "statements", "pillar_rows", "beneficiary_rows", "topic_rows", "type_rows", "participations",
    "funding_lines", "events", "indicators", "placements", "recordings",
}  # fmt: skip
TOLD = 5  # records that a refusal names


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing did: records that went, and records that say again what they said."""

    removed: int
    restored: int


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that was built on a record: its key, what people call it, and what stands in the way."""

    key: str
    record: str
    reason: str


def obstacles_to_undoing(receipt: str, *, framework: Framework) -> list[Obstacle]:
    """What was built on the records of an input since: none means that it can be undone."""
    recordings = list(_recordings(receipt))
    return [
        *_changed_since(recordings, receipt),
        *_built_on_new(recordings),
        *_frozen_since(recordings, framework),
    ]


@transaction.atomic
def undo_recording(receipt: str, *, framework: Framework, by: Person, at: datetime) -> Undone:
    """Takes back all that was recorded under one receipt.

    Statements of the input go and what was chosen before is chosen again; records that it made go with
    all that is theirs. The plan's document is the same as before, byte for byte.

    Raises:
        NotPermitted: entering for others takes ENTER_ON_BEHALF, one's own records REPORT_OWN, needs
        STATE_NEED; IllegalMove: something was built on it, which the message names; StaleWrite: somebody
        changed one of the records in the same moment.
    """
    recordings = list(_recordings(receipt))
    _require(recordings, framework, by)
    if found := obstacles_to_undoing(receipt, framework=framework):
        told = "; ".join(f"“{each.record}” {each.reason}" for each in found[:TOLD])
        more = f" and {len(found) - TOLD} more" if len(found) > TOLD else ""
        raise IllegalMove(f"This import can’t be undone, because something builds on it: {told}{more}.")
    kept, made = _first_lines(recordings)
    Statement.objects.filter(origin__receipt=receipt).delete()
    for line in kept:
        _restore(line, framework)
    _remove([line.action_id for line in made if line.action_id], Action)
    _remove([line.need_id for line in made if line.need_id], Need)
    Recording.objects.filter(receipt=receipt).delete()
    Origin.objects.filter(receipt=receipt, statements=None).delete()
    _place([_record_of(line) for line in kept], framework)
    undone = Undone(len(made), len(kept))
    record(
        EventName.RECORDING_UNDONE,
        actor=by,
        about=framework,
        at=at,
        receipt=receipt,
        removed=undone.removed,
        restored=undone.restored,
    )
    return undone


def _recordings(receipt: str) -> Iterable[Recording]:
    return Recording.objects.filter(receipt=receipt).select_related("action__reporting_organisation", "need")


def _require(recordings: Sequence[Recording], framework: Framework, by: Person) -> None:
    scope = scope_of(framework)
    if can(by, Permission.ENTER_ON_BEHALF, within=scope):
        return
    owners = {line.action.reporting_organisation for line in recordings if line.action}
    for owner in owners:
        require(by, Permission.REPORT_OWN, within=scope, organisation=owner)
    if not owners or any(line.need for line in recordings):
        require(by, Permission.STATE_NEED, within=scope)


def _record_of(line: Recording) -> Action | Need:
    found = line.action or line.need
    if found is None:  # the constraint recording_of_one_record
        raise StaleWrite("A record of this import is gone.")
    return found


def _first_lines(recordings: Sequence[Recording]) -> tuple[list[Recording], list[Recording]]:
    """Records that existed before, and those that the input made: each by its first line."""
    first: dict[tuple[type, int], Recording] = {}
    for line in recordings:
        found = _record_of(line)
        first.setdefault((type(found), found.pk), line)
    lines = first.values()
    return [line for line in lines if not line.created], [line for line in lines if line.created]


# --- what stands in the way ----------------------------------------------------------------------------


def _changed_since(recordings: Sequence[Recording], receipt: str) -> Iterator[Obstacle]:
    """Records that another file or a person changed, or contradicted, after the input."""
    last = {(type(_record_of(line)), _record_of(line).pk): line for line in recordings}
    later = _later_statements(recordings, receipt)
    for (kind, pk), line in last.items():
        found = _record_of(line)
        if isinstance(found, Action) and found.merged_into_id is not None:
            yield _obstacle(found, "was merged into another action")
        elif found.version != line.version_after:
            yield _obstacle(found, "was changed since")
        elif (kind, pk) in later:
            yield _obstacle(found, "was contradicted by another file since")
        elif found.marking != Marking.CLEAR and line.created:
            yield _obstacle(found, "was marked since")


def _later_statements(recordings: Sequence[Recording], receipt: str) -> set[tuple[type, int]]:
    own = Statement.objects.filter(origin__receipt=receipt)
    newest = own.aggregate(last=Max("pk"))["last"] or 0
    later = Statement.objects.filter(pk__gt=newest).exclude(origin__receipt=receipt)
    actions = {line.action_id for line in recordings if line.action_id}
    needs = {line.need_id for line in recordings if line.need_id}
    found: set[tuple[type, int]] = set()
    for action, need in later.values_list("action_id", "need_id"):
        if action in actions:
            found.add((Action, action))
        elif need in needs:
            found.add((Need, need))
    return found


def _built_on_new(recordings: Sequence[Recording]) -> Iterator[Obstacle]:
    """Records that the input made and that something else points to, in whatever room."""
    _kept, made = _first_lines(recordings)
    for model in (Action, Need):
        records = {found.pk: found for line in made if isinstance(found := _record_of(line), model)}
        if records:
            yield from _pointed_to(model, records)


def _pointed_to(model: type[Action | Need], records: dict[int, Any]) -> Iterator[Obstacle]:
    for relation in model._meta.related_objects:
        if relation.get_accessor_name() in OWN_ROWS:
            continue
        pointing = relation.related_model._default_manager.filter(
            **{f"{relation.field.name}__in": list(records)}
        )
        name = relation.related_model._meta.verbose_name
        for pk in set(pointing.values_list(relation.field.name, flat=True)):
            yield _obstacle(records[pk], f"is what a {name} is about")
    placements: Any = Placement if model is Action else NeedPlacement
    kind = model.__name__.lower()
    by_people = placements.objects.filter(**{f"{kind}__in": list(records)}, placed_by="person")
    for pk in set(by_people.values_list(f"{kind}_id", flat=True)):
        yield _obstacle(records[pk], "was placed by a person")
    if model is Need:
        said = NeedBeneficiary.objects.filter(need__in=list(records), stated_at__isnull=False)
        for pk in set(said.values_list("need_id", flat=True)):
            yield _obstacle(records[pk], "has been spoken about by its beneficiary")


def _frozen_since(recordings: Sequence[Recording], framework: Framework) -> Iterator[Obstacle]:
    """Frozen versions that hold one of the records as the input left it."""
    if not recordings:
        return
    first = min(line.at for line in recordings)
    records = {_record_of(line).key: _record_of(line) for line in recordings}
    since = PlanVersion.objects.filter(plan__framework=framework, frozen_at__gte=first)
    for version in since.select_related("plan"):
        text = bytes(version.document)
        held = next((found for key, found in records.items() if f'"{key}"'.encode() in text), None)
        if held is not None:
            yield _obstacle(held, f"stands in {version} of {version.plan.title}, which was frozen since")


def _obstacle(found: Action | Need, reason: str) -> Obstacle:
    return Obstacle(found.key, str(found)[:120], reason)


# --- undoing -----------------------------------------------------------------------------------------


def _restore(line: Recording, framework: Framework) -> None:
    """The statements chosen before are chosen again, and the columns and rows say what they said."""
    found = _record_of(line)
    before = line.before
    chosen = {
        statement.field: statement
        for statement in Statement.objects.filter(pk__in=before["chosen"].values()).select_related("origin")
    }
    now = set(found.statements.filter(chosen=True).values_list("field", flat=True))
    again = [statement.pk for statement in chosen.values() if not statement.chosen]
    Statement.objects.filter(pk__in=again).update(chosen=True)
    values = [
        Chosen(name, decode(statement.value), statement.origin.file_name)
        for name, statement in chosen.items()
        if name not in now
    ]
    stated = {*chosen, *now}
    values += [Chosen(name, _empty(name)) for name in _fields_with_values(found) - stated]
    _write(found, values, before["confirmed"], framework)
    # What an earlier input left is what stands there again, so that it can be undone as well.
    earlier = found.recordings.exclude(receipt=line.receipt).filter(version_after=before["version"])
    earlier.update(version_after=found.version)
    _unplace(found, before["placed"])
    if isinstance(found, Need):
        for code, state, person, stated_at in before["said"]:
            found.beneficiary_rows.filter(code=code).update(
                state=state, stated_by=person, stated_at=datetime.fromisoformat(stated_at)
            )


def _empty(field: str) -> Any:
    return [] if field in LIST_FIELDS else ""


def _fields_with_values(found: Action | Need) -> set[str]:
    """Fields that the record's columns or rows hold something for."""
    if isinstance(found, Need):
        texts = ("kind", "approach", "priority", "reference", "source_url", "notes", "stated_on")
        held = {name for name in texts if getattr(found, name)}
        held |= {"topics"} if found.topic_rows.exists() else set()
        return held | ({"pillar"} if found.pillar_id else set())
    texts = ("summary", "description", "status", "source_url", "notes", "start", "end")
    rows = {
        "pillars": "pillar_rows",
        "beneficiaries": "beneficiary_rows",
        "topics": "topic_rows",
        "action_types": "type_rows",
        "participations": "participations",
        "funding": "funding_lines",
        "events": "events",
        "indicators": "indicators",
    }
    held = {name for name in texts if getattr(found, name)}
    return held | {name for name, related in rows.items() if getattr(found, related).exists()}


def _write(found: Action | Need, values: list[Chosen], confirmed: str | None, framework: Framework) -> None:
    if isinstance(found, Action):
        columns = set_action_columns(found, values)
        _compare_and_set(found, columns, confirmed)
        write_action_rows({found: values}, framework=framework)
    else:
        columns = set_need_columns(found, values, pillars_by_acronym(framework))
        _compare_and_set(found, columns, confirmed)
        write_need_rows({found: values})


def _compare_and_set(found: Action | Need, columns: Iterable[str], confirmed: str | None) -> None:
    values = {column: getattr(found, column) for column in columns}
    same = type(found)._default_manager.filter(pk=found.pk, version=found.version)
    day = date.fromisoformat(confirmed) if confirmed else None
    if not same.update(version=F("version") + 1, last_confirmed_on=day, **values):
        raise StaleWrite("Somebody changed one of these records in the same moment. Try again.")
    found.version += 1


def _unplace(found: Action | Need, placed: Sequence[int]) -> None:
    """Plans that the input put the record into let it go again; the rule places it anew afterwards."""
    places: Any = found.placements.filter(placed_by="file")
    places.exclude(plan__in=placed).delete()


def _remove(pks: list[int], model: type[Action | Need]) -> None:
    if pks:
        Recording.objects.filter(**{f"{model.__name__.lower()}__in": pks}).delete()
        model._default_manager.filter(pk__in=pks).delete()


def _place(records: Sequence[Action | Need], framework: Framework) -> None:
    actions = [found for found in records if isinstance(found, Action)]
    needs = [found for found in records if isinstance(found, Need)]
    place_actions_by_rule(actions, framework=framework, plan=None)
    place_needs_by_rule(needs, framework=framework, plan=None)
