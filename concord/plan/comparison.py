"""What rows would do to the plan, field by field: reading only. Preview and recording share it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from concord.plan.identities import MatchedAction, MatchedNeed
from concord.plan.models import Action, Need, Origin, Statement
from concord.plan.naming import Chosen, Register, meaning_of
from concord.plan.rows import FieldChange, RowOutcome, RowState, Value
from concord.plan.rules import (
    UNCOUNTED_FIELDS,
    Held,
    Verdict,
    clean_action_value,
    clean_need_value,
    decode,
    encode,
    is_empty,
    judge,
    judge_edit,
)

NOTHING_HELD = Held(chosen=None, last_sent=None, chosen_is_from_source=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A row held against its record: what it adds, what it changes, what it only contradicts.

    Values are canonical JSON texts by field. A new record has only `added`. sent: what was chosen when
    the row's file was given out, where Concord gave it out.
    """

    added: dict[str, str] = field(default_factory=dict)
    changed: dict[str, str] = field(default_factory=dict)
    conflicting: dict[str, str] = field(default_factory=dict)
    held: dict[str, str | None] = field(default_factory=dict)
    sent: Mapping[str, str] = field(default_factory=dict)

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
        return "changed" if self.changes_facts else "same"

    @property
    def changes_facts(self) -> bool:
        """Whether it changes more than what is kept as received."""
        return not UNCOUNTED_FIELDS.issuperset(self.changed)

    def _changes(self, values: Mapping[str, str]) -> list[FieldChange]:
        return [
            FieldChange(name, _decoded(self.held.get(name)), decode(text), _decoded(self.sent.get(name)))
            for name, text in values.items()
            if name not in UNCOUNTED_FIELDS
        ]


def compare_actions(matched: Sequence[MatchedAction], *, file_name: str = "") -> list[Comparison]:
    """Each matched row held against its action; what only says the same fact otherwise is left out.

    Args:
        file_name: the file that the rows' names are read by.

    Raises:
        BadInput: a value that cannot be stored; intake has told the person before.
    """
    by_record = held_by_actions(match.identity for match in matched if match.identity)
    held = [by_record[match.identity.pk] if match.identity else None for match in matched]
    compared = [
        _compare(
            match.row.stated(),
            clean_action_value,
            of_record,
            is_merged=match.identity != match.target,
            sent=match.row.sent,
            settled=match.row.settled,
        )
        for match, of_record in zip(matched, held, strict=True)
    ]
    return _without_same_facts(compared, held, file_name)


def compare_needs(matched: Sequence[MatchedNeed]) -> list[Comparison]:
    """Each matched row held against its need; raises BadInput like its sister."""
    by_record = held_by_needs(match.need for match in matched if match.need)
    held = [by_record[match.need.pk] if match.need else None for match in matched]
    compared = [
        _compare(match.row.fields, clean_need_value, of_record)
        for match, of_record in zip(matched, held, strict=True)
    ]
    return _without_same_facts(compared, held, "")


def held_by_actions(identities: Iterable[Action]) -> dict[int, dict[str, Held]]:
    """What each identity's record holds, by the identity's primary key and field.

    For a merged record the chosen values are its target's, the last sent ones its own.
    """
    identity_of = {action.pk: action for action in identities}
    targets = {pk: action.merged_into_id or pk for pk, action in identity_of.items()}
    live = _live_targets(targets)
    rows = Statement.objects.filter(action_id__in={*identity_of, *live.values()}).values_list(
        "action_id", "field", "value", "chosen", "origin__kind", "via_merge_id", "brought_for_id",
        "origin__file_name",
    ).order_by("id")  # fmt: skip
    chosen: dict[int, dict[str, _Said]] = defaultdict(dict)
    sent: dict[int, dict[str, _Said]] = defaultdict(dict)
    for action, name, value, is_chosen, kind, via_merge, brought_for, file in rows:
        is_file = kind == Origin.Kind.FILE and via_merge is None
        if is_chosen:
            chosen[action][name] = _Said(value, file, is_file and brought_for is None)
        if is_file:
            sent[brought_for or action][name] = _Said(value, file, True)
    return {pk: _held(chosen[live[pk]], sent[pk], is_merged=live[pk] != pk) for pk in identity_of}


def held_by_needs(needs: Iterable[Need]) -> dict[int, dict[str, Held]]:
    """What each need holds, by primary key and field."""
    pks = {need.pk for need in needs}
    rows = Statement.objects.filter(need_id__in=pks).values_list(
        "need_id", "field", "value", "chosen", "origin__kind", "origin__file_name"
    ).order_by("id")  # fmt: skip
    chosen: dict[int, dict[str, _Said]] = defaultdict(dict)
    sent: dict[int, dict[str, _Said]] = defaultdict(dict)
    for need, name, value, is_chosen, kind, file in rows:
        said = _Said(value, file, kind == Origin.Kind.FILE)
        if is_chosen:
            chosen[need][name] = said
        if said.is_from_source:
            sent[need][name] = said
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


@dataclass(frozen=True, slots=True)
class _Said:
    """One statement's text, the file it was read from and whether its own source's file says it."""

    text: str
    file: str
    is_from_source: bool


def _held(chosen: Mapping[str, _Said], sent: Mapping[str, _Said], *, is_merged: bool) -> dict[str, Held]:
    return {
        name: Held(
            chosen=chosen[name].text if name in chosen else None,
            last_sent=sent[name].text if name in sent else None,
            chosen_is_from_source=name in chosen and chosen[name].is_from_source and not is_merged,
            chosen_file=chosen[name].file if name in chosen else "",
            sent_file=sent[name].file if name in sent else "",
        )
        for name in {*chosen, *sent}
    }


def _compare(
    fields: Mapping[str, Value],
    clean: Callable[[str, Value], Value],
    held: Mapping[str, Held] | None,
    *,
    is_merged: bool = False,
    sent: Mapping[str, str] | None = None,
    settled: frozenset[str] = frozenset(),
) -> Comparison:
    cleaned = {name: clean(name, value) for name, value in fields.items()}
    if held is None:
        return Comparison(added={n: encode(value) for n, value in cleaned.items() if not is_empty(value)})
    texts = {name: encode(value) for name, value in cleaned.items()}
    verdicts = {
        name: judge(text, held.get(name, NOTHING_HELD))
        if sent is None
        else judge_edit(text, held.get(name, NOTHING_HELD), sent.get(name))
        for name, text in texts.items()
    }
    if is_merged:  # the target's own row may fill the same field: a person picks
        verdicts = {n: Verdict.CONFLICT if v is Verdict.CHANGED else v for n, v in verdicts.items()}
    for name in settled & verdicts.keys():
        if verdicts[name] is Verdict.CONFLICT:
            verdicts[name] = Verdict.CHANGED
    # Nobody has to choose between texts that are only kept: the one that counts stays.
    verdicts = {n: v for n, v in verdicts.items() if v is not Verdict.CONFLICT or n not in UNCOUNTED_FIELDS}
    return Comparison(
        changed={name: texts[name] for name, verdict in verdicts.items() if verdict is Verdict.CHANGED},
        conflicting={name: texts[name] for name, verdict in verdicts.items() if verdict is Verdict.CONFLICT},
        held={name: what.chosen for name, what in held.items()},
        sent=sent or {},
    )


def _without_same_facts(
    compared: Sequence[Comparison], held: Sequence[Mapping[str, Held] | None], file_name: str
) -> list[Comparison]:
    """Comparisons without fields that say the same fact as the plan, or as their source did before."""
    pairs = [
        (number, name, *sides)
        for number, (comparison, of_record) in enumerate(zip(compared, held, strict=True))
        for name, text in {**comparison.changed, **comparison.conflicting}.items()
        for sides in _sides(name, text, (of_record or {}).get(name, NOTHING_HELD), file_name, comparison)
    ]
    if not pairs:
        return list(compared)
    register = Register(said for _, _, new, old in pairs for said in (new, old))
    same: dict[int, set[str]] = defaultdict(set)
    for number, name, new, old in pairs:
        if meaning_of(new, register) == meaning_of(old, register):
            same[number].add(name)
    return [_without(comparison, same[number]) for number, comparison in enumerate(compared)]


def _sides(
    name: str, text: str, held: Held, file_name: str, comparison: Comparison
) -> Iterator[tuple[Chosen, Chosen]]:
    new = Chosen(name, decode(text), file_name)
    if held.chosen is not None:
        yield new, Chosen(name, decode(held.chosen), held.chosen_file)
    if held.last_sent is not None and not comparison.sent:
        yield new, Chosen(name, decode(held.last_sent), held.sent_file)


def _without(comparison: Comparison, names: set[str]) -> Comparison:
    if not names:
        return comparison
    return replace(
        comparison,
        changed={name: text for name, text in comparison.changed.items() if name not in names},
        conflicting={name: text for name, text in comparison.conflicting.items() if name not in names},
    )


def _decoded(text: str | None) -> Value:
    return None if text is None else decode(text)
