"""Which record a row is about: reading only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING

from django.db.models import QuerySet

from concord.accounts.queries import resolve_names
from concord.kernel.errors import BadInput
from concord.kernel.names import fold
from concord.plan.models import Action, Framework, Need, Statement
from concord.plan.rows import ActionRow, NeedRow, Source
from concord.plan.rules import clean_action_value, encode

if TYPE_CHECKING:
    from concord.accounts.models import Organisation

TitleIdentity = tuple[int, str, str, str]
"""Reporting organisation (primary key), its name as written while not identified, folded title, start."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """Whose row it is. as_written is "" once the name is identified, else part of the identity."""

    organisation: Organisation
    as_written: str


@dataclass(frozen=True, slots=True)
class MatchedAction:
    """A row with the record it is about. `identity` may be a tombstone, `target` never is."""

    row: ActionRow
    reporter: Reporter
    identity: Action | None
    target: Action | None

    @property
    def is_withdrawn(self) -> bool:
        """Whether the record was withdrawn by its source before this row came."""
        return self.target is not None and self.target.withdrawn_at is not None


@dataclass(frozen=True, slots=True)
class MatchedNeed:
    """A row about a need with the record it is about, if there is one."""

    row: NeedRow
    need: Need | None


def match_actions(
    rows: Sequence[ActionRow],
    *,
    framework: Framework,
    source: Source,
    on_behalf_of: Organisation | None = None,
) -> list[MatchedAction]:
    """Each row with the action it is about, in the rows' order.

    Identity in this order: key, IATI identifier, (reporter, own id), (reporter, title folded,
    start) where one of the two has no own id. A name of a reporter that is not identified: the
    secretariat's organisation reports, and the name as written is part of the identity. Where
    several rows or records share title and start, each row takes the record that it agrees with
    in most fields; a row for which none is left is new.

    Raises:
        BadInput: a key that is not of this framework, or two rows about the same record.

    Source: design.md, section 3, "Identity".
    """
    reporters = _reporters(rows, framework=framework, source=source, on_behalf_of=on_behalf_of)
    pairs = list(zip(rows, reporters, strict=True))
    known = _Known(framework, pairs)
    sure = [_sure_identity(row, reporter, known) for row, reporter in pairs]
    by_title = _by_title(pairs, sure, framework)
    identities = [known_one or by_title.get(row.row) for (row, _), known_one in zip(pairs, sure, strict=True)]
    _refuse_twice((found.pk, row.row) for (row, _), found in zip(pairs, identities, strict=True) if found)
    targets = _targets(found for found in identities if found)
    return [
        MatchedAction(row, reporter, found, targets[found.pk] if found else None)
        for (row, reporter), found in zip(pairs, identities, strict=True)
    ]


def match_needs(rows: Sequence[NeedRow], *, framework: Framework) -> list[MatchedNeed]:
    """Each row with the need it is about: by key, else by own id within the framework.

    Raises:
        BadInput: a key that is not of this framework, or two rows about the same need.
    """
    needs = Need.objects.filter(framework=framework)
    by_key = {need.key: need for need in needs.filter(key__in=[row.key for row in rows if row.key])}
    by_id = {
        need.own_id: need for need in needs.filter(own_id__in=[row.own_id for row in rows if row.own_id])
    }
    matched = []
    for row in rows:
        if row.key and row.key not in by_key:
            raise BadInput(f"Row {row.row}: there is no need with the key {row.key} in this framework.")
        matched.append(MatchedNeed(row, by_key.get(row.key) if row.key else by_id.get(row.own_id)))
    _refuse_twice((match.need.pk, match.row.row) for match in matched if match.need)
    return matched


def _refuse_twice(found: Iterable[tuple[int, int]]) -> None:
    first: dict[int, int] = {}
    for record, row in found:
        if record in first:
            raise BadInput(f"Rows {first[record]} and {row} are about the same record. Keep one of them.")
        first[record] = row


def _reporters(
    rows: Sequence[ActionRow], *, framework: Framework, source: Source, on_behalf_of: Organisation | None
) -> list[Reporter]:
    names = {row.reported_by for row in rows if row.reported_by and row.reporting_organisation is None}
    known = resolve_names(names, source=source.file_name) if names else {}
    return [_reporter(row, known, framework.secretariat, on_behalf_of) for row in rows]


def _reporter(
    row: ActionRow,
    known: Mapping[str, Organisation | None],
    secretariat: Organisation,
    on_behalf_of: Organisation | None,
) -> Reporter:
    organisation = row.reporting_organisation or known.get(row.reported_by)
    if organisation is not None:
        return Reporter(organisation, "")
    if row.reported_by:
        return Reporter(secretariat, row.reported_by[:300])
    return Reporter(on_behalf_of or secretariat, "")


Pair = tuple[ActionRow, Reporter]
ASKED_AT_ONCE = 5_000  # values in one query: both databases take more


class _Known:
    """The framework's actions that rows name for certain, by each form of identity.

    Only what the rows ask for is read: a large file comes batch by batch into a plan that grows with it.
    """

    def __init__(self, framework: Framework, pairs: Sequence[Pair]) -> None:
        actions = Action.objects.filter(framework=framework)
        rows = [row for row, _ in pairs]
        self.by_key = {a.key: a for a in _among(actions, "key", (row.key for row in rows))}
        identifiers = (row.iati_identifier for row in rows)
        self.by_iati = {a.iati_identifier: a for a in _among(actions, "iati_identifier", identifiers)}
        whose = {reporter.organisation.pk for row, reporter in pairs if row.own_id}
        own = _among(actions.filter(reporting_organisation_id__in=whose), "own_id", (r.own_id for r in rows))
        self.by_own_id = {(a.reporting_organisation_id, a.reported_by_as_written, a.own_id): a for a in own}


def _among(actions: QuerySet[Action], field: str, values: Iterable[str]) -> Iterator[Action]:
    """The actions whose field is one of the values that say something."""
    for batch in batched(sorted({value for value in values if value}), ASKED_AT_ONCE):
        yield from actions.filter(**{f"{field}__in": batch})


def _targets(identities: Iterable[Action]) -> dict[int, Action]:
    """The live record of each identity by its primary key: a tombstone points to it, through any merges."""
    targets = {action.pk: action for action in identities}
    while onward := {a.merged_into_id for a in targets.values() if a.merged_into_id is not None}:
        into: dict[int, Action] = {}
        for batch in batched(sorted(onward), ASKED_AT_ONCE):
            into |= Action.objects.in_bulk(batch)
        targets = {
            pk: action if action.merged_into_id is None else into[action.merged_into_id]
            for pk, action in targets.items()
        }
    return targets


def _sure_identity(row: ActionRow, reporter: Reporter, known: _Known) -> Action | None:
    if row.key:
        if row.key not in known.by_key:
            raise BadInput(f"Row {row.row}: there is no action with the key {row.key} in this framework.")
        return known.by_key[row.key]
    if row.iati_identifier and row.iati_identifier in known.by_iati:
        return known.by_iati[row.iati_identifier]
    if not row.own_id:
        return None
    return known.by_own_id.get((reporter.organisation.pk, reporter.as_written, row.own_id))


def _by_title(
    pairs: Sequence[Pair], sure: Sequence[Action | None], framework: Framework
) -> dict[int, Action]:
    """The records of the rows that nothing but title and start identifies, by row number."""
    taken = {action.pk for action in sure if action}
    groups: dict[TitleIdentity, list[ActionRow]] = defaultdict(list)
    for (row, reporter), found in zip(pairs, sure, strict=True):
        if found is None:
            title, start = str(row.fields.get("title", "")), str(row.fields.get("start", ""))
            groups[reporter.organisation.pk, reporter.as_written, fold(title), start].append(row)
    titled = _with_titles(groups, framework)
    matched: dict[int, Action] = {}
    for identity, rows in groups.items():
        free = [action for action in titled.get(identity, ()) if action.pk not in taken]
        matched.update(_paired(rows, free))
    return matched


def _with_titles(
    groups: Mapping[TitleIdentity, Sequence[ActionRow]], framework: Framework
) -> dict[TitleIdentity, list[Action]]:
    """The actions with the reporter, title and start of a group. Which titles are the same only `fold`
    can say, so they are looked through as plain values, and only what fits is read whole."""
    asked = Action.objects.filter(framework=framework, reporting_organisation_id__in={g[0] for g in groups})
    if all(row.own_id for rows in groups.values() for row in rows):
        asked = asked.filter(own_id="")  # two ids of their own that differ are two actions
    fitting: dict[int, TitleIdentity] = {}
    for starts in batched(sorted({identity[3] for identity in groups}), ASKED_AT_ONCE):
        lines = asked.filter(start__in=starts).order_by().values_list(
            "pk", "reporting_organisation_id", "reported_by_as_written", "title", "start"
        )  # fmt: skip
        for pk, whose, as_written, title, start in lines.iterator():
            if (identity := (whose, as_written, fold(title), start)) in groups:
                fitting[pk] = identity
    found: dict[TitleIdentity, list[Action]] = defaultdict(list)
    for batch in batched(sorted(fitting), ASKED_AT_ONCE):
        for pk, action in Action.objects.in_bulk(batch).items():
            found[fitting[pk]].append(action)
    return found


def _paired(rows: Sequence[ActionRow], actions: Sequence[Action]) -> dict[int, Action]:
    """Each row with one action of the same title and start, those that agree most first."""
    possible = [(r, a) for r in rows for a in actions if not (r.own_id and a.own_id)]
    if len(possible) > 1:
        stated = _stated(actions)
        possible.sort(key=lambda pair: (-_agreement(pair[0], stated[pair[1].pk]), pair[0].row, pair[1].pk))
    found: dict[int, Action] = {}
    used: set[int] = set()
    for row, action in possible:
        if row.row not in found and action.pk not in used:
            found[row.row] = action
            used.add(action.pk)
    return found


def _stated(actions: Sequence[Action]) -> dict[int, set[tuple[str, str]]]:
    """All that was ever stated about each action, as (field, canonical JSON)."""
    stated: dict[int, set[tuple[str, str]]] = {action.pk: set() for action in actions}
    rows = Statement.objects.filter(action__in=actions).values_list("action_id", "field", "value")
    for pk, field, value in rows:
        if pk is not None:
            stated[pk].add((field, value))
    return stated


def _agreement(row: ActionRow, stated: set[tuple[str, str]]) -> int:
    values = ((field, encode(clean_action_value(field, value))) for field, value in row.fields.items())
    return sum(pair in stated for pair in values)
