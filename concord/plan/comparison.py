"""What rows would do to the plan, field by field: reading only. Preview and recording share it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from concord.plan.identities import MatchedAction, MatchedNeed
from concord.plan.models import Action, Need, Origin, Statement
from concord.plan.rows import FieldChange, RowOutcome, RowState, Value
from concord.plan.rules import (
    Held,
    Verdict,
    clean_action_value,
    clean_need_value,
    decode,
    encode,
    is_empty,
    judge,
)

NOTHING_HELD = Held(chosen=None, last_sent=None, chosen_is_from_source=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A row held against its record: what it adds, what it changes, what it only contradicts.

    Values are canonical JSON texts by field. A new record has only `added`.
    """

    added: dict[str, str] = field(default_factory=dict)
    changed: dict[str, str] = field(default_factory=dict)
    conflicting: dict[str, str] = field(default_factory=dict)
    held: dict[str, str | None] = field(default_factory=dict)

    def outcome(self, row: int, *, key: str, is_new: bool, is_withdrawn: bool = False) -> RowOutcome:
        """The row's outcome in the words of the preview."""
        return RowOutcome(
            row,
            self._state(is_new),
            key,
            self._changes(self.changed),
            self._changes(self.conflicting),
            is_withdrawn,
        )

    def _state(self, is_new: bool) -> RowState:
        if is_new:
            return "new"
        if self.conflicting:
            return "conflict"
        return "changed" if self.changed else "same"

    def _changes(self, values: Mapping[str, str]) -> list[FieldChange]:
        return [
            FieldChange(name, _decoded(self.held.get(name)), decode(text)) for name, text in values.items()
        ]


def compare_actions(matched: Sequence[MatchedAction]) -> list[Comparison]:
    """Each matched row held against its action.

    Raises:
        BadInput: a value that cannot be stored; intake has told the person before.
    """
    held = held_by_actions(match.identity for match in matched if match.identity)
    return [
        _compare(
            match.row.fields,
            clean_action_value,
            held[match.identity.pk] if match.identity else None,
            is_merged=match.identity != match.target,
        )
        for match in matched
    ]


def compare_needs(matched: Sequence[MatchedNeed]) -> list[Comparison]:
    """Each matched row held against its need; raises BadInput like its sister."""
    held = held_by_needs(match.need for match in matched if match.need)
    return [
        _compare(match.row.fields, clean_need_value, held[match.need.pk] if match.need else None)
        for match in matched
    ]


def held_by_actions(identities: Iterable[Action]) -> dict[int, dict[str, Held]]:
    """What each identity's record holds, by the identity's primary key and field.

    For a merged record the chosen values are its target's, the last sent ones its own.
    """
    identity_of = {action.pk: action for action in identities}
    targets = {pk: action.merged_into_id or pk for pk, action in identity_of.items()}
    live = _live_targets(targets)
    rows = Statement.objects.filter(action_id__in={*identity_of, *live.values()}).values_list(
        "action_id", "field", "value", "chosen", "origin__kind", "via_merge_id", "brought_for_id"
    ).order_by("id")  # fmt: skip
    chosen: dict[int, dict[str, tuple[str, bool]]] = defaultdict(dict)
    sent: dict[int, dict[str, str]] = defaultdict(dict)
    for action, name, value, is_chosen, kind, via_merge, brought_for in rows:
        if is_chosen:
            chosen[action][name] = (
                value,
                kind == Origin.Kind.FILE and via_merge is None and brought_for is None,
            )
        if kind == Origin.Kind.FILE and via_merge is None:
            sent[brought_for or action][name] = value
    return {pk: _held(chosen[live[pk]], sent[pk], is_merged=live[pk] != pk) for pk in identity_of}


def held_by_needs(needs: Iterable[Need]) -> dict[int, dict[str, Held]]:
    """What each need holds, by primary key and field."""
    pks = {need.pk for need in needs}
    rows = Statement.objects.filter(need_id__in=pks).values_list(
        "need_id", "field", "value", "chosen", "origin__kind"
    ).order_by("id")  # fmt: skip
    chosen: dict[int, dict[str, tuple[str, bool]]] = defaultdict(dict)
    sent: dict[int, dict[str, str]] = defaultdict(dict)
    for need, name, value, is_chosen, kind in rows:
        if is_chosen:
            chosen[need][name] = (value, kind == Origin.Kind.FILE)
        if kind == Origin.Kind.FILE:
            sent[need][name] = value
    return {pk: _held(chosen[pk], sent[pk], is_merged=False) for pk in pks}


def _live_targets(targets: Mapping[int, int]) -> dict[int, int]:
    """Targets followed through further merges."""
    live = dict(targets)
    while onward := dict(
        Action.objects.filter(pk__in=set(live.values()), merged_into__isnull=False).values_list(
            "pk", "merged_into_id"
        )
    ):
        live = {pk: onward.get(target) or target for pk, target in live.items()}
    return live


def _held(
    chosen: Mapping[str, tuple[str, bool]], sent: Mapping[str, str], *, is_merged: bool
) -> dict[str, Held]:
    return {
        name: Held(
            chosen=chosen[name][0] if name in chosen else None,
            last_sent=sent.get(name),
            chosen_is_from_source=name in chosen and chosen[name][1] and not is_merged,
        )
        for name in {*chosen, *sent}
    }


def _compare(
    fields: Mapping[str, Value],
    clean: Callable[[str, Value], Value],
    held: Mapping[str, Held] | None,
    *,
    is_merged: bool = False,
) -> Comparison:
    texts = {name: encode(clean(name, value)) for name, value in fields.items()}
    if held is None:
        return Comparison(added={name: text for name, text in texts.items() if not is_empty(decode(text))})
    verdicts = {name: judge(text, held.get(name, NOTHING_HELD)) for name, text in texts.items()}
    if is_merged:  # the target's own row may fill the same field: a person picks
        verdicts = {n: Verdict.CONFLICT if v is Verdict.CHANGED else v for n, v in verdicts.items()}
    return Comparison(
        changed={name: texts[name] for name, verdict in verdicts.items() if verdict is Verdict.CHANGED},
        conflicting={name: texts[name] for name, verdict in verdicts.items() if verdict is Verdict.CONFLICT},
        held={name: what.chosen for name, what in held.items()},
    )


def _decoded(text: str | None) -> Value:
    return None if text is None else decode(text)
