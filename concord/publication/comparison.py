"""What changed between two texts of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Record = Mapping[str, Any]

_SILENT = frozenset({"facts", "also_in", "last_confirmed", "confirmed", "counted", "reported_by", "notes"})
"""Fields whose change is no change of the text: where a fact comes from, who confirmed it and when."""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of one record in the old text and in the new one."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One record that both texts have, and its fields that differ."""

    key: str
    title: str
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Gone:
    """A record of the old text that the new one has not. Its title is the old text's."""

    key: str
    title: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of the records of one kind; each part in the order of the text it is read from.

    withdrawn: the new text is complete and has them no more. no_longer_public: the new text is a
    public one, from which nobody can tell whether they were withdrawn or only are not public any more.
    """

    added: tuple[Gone, ...] = ()
    changed: tuple[Change, ...] = ()
    withdrawn: tuple[Gone, ...] = ()
    no_longer_public: tuple[Gone, ...] = ()

    @property
    def count(self) -> int:
        """How many records differ."""
        return len(self.added) + len(self.changed) + len(self.withdrawn) + len(self.no_longer_public)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The whole difference between two texts of a plan."""

    old: str
    new: str
    actions: Changes
    needs: Changes

    @property
    def is_empty(self) -> bool:
        """Whether both say the same."""
        return not (self.actions.count or self.needs.count)


def compare(old: Record, new: Record) -> Comparison:
    """What the new document says otherwise than the old one; both in the form of docs/formats/edition.md.

    Two editions are compared as the public may read them. A record that a public text has no more
    reads "no longer public"; between two complete texts it is withdrawn, or, where its marking was
    raised above TLP:CLEAR, no longer public.
    """
    return Comparison(
        old=name_of(old),
        new=name_of(new),
        actions=_changes(old["actions"], new["actions"], "title", is_public="edition" in new),
        needs=_changes(old["needs"], new["needs"], "statement", is_public="edition" in new),
    )


def name_of(document: Record) -> str:
    """What people call a text: "version 2", "draft 3", "working draft"."""
    version = document["version"]
    if version.get("number"):
        return f"version {version['number']}"
    ref = version.get("ref") or ""
    return f"draft {ref.removeprefix('d')}" if ref.startswith("d") else "working draft"


def _changes(old: list[Record], new: list[Record], title: str, *, is_public: bool) -> Changes:
    before = {record["key"]: record for record in old}
    after = {record["key"]: record for record in new}
    gone = [record for key, record in before.items() if key not in after]
    both = [(before[key], record) for key, record in after.items() if key in before]
    raised = [pair[0] for pair in both if _is_clear(pair[0]) and not _is_clear(pair[1])]
    changed = (_change(pair[0], pair[1], title) for pair in both)
    named = [Gone(record["key"], record[title]) for record in gone]
    return Changes(
        added=tuple(Gone(key, record[title]) for key, record in after.items() if key not in before),
        changed=tuple(change for change in changed if change.fields),
        withdrawn=() if is_public else tuple(named),
        no_longer_public=tuple(named)
        if is_public
        else tuple(Gone(record["key"], record[title]) for record in raised),
    )


def _is_clear(record: Record) -> bool:
    return bool(record.get("marking", "clear") == "clear")


def _change(old: Record, new: Record, title: str) -> Change:
    names = [name for name in [*new, *(name for name in old if name not in new)] if name not in _SILENT]
    fields = (FieldChange(name, old.get(name), new.get(name)) for name in names)
    return Change(new["key"], new[title], tuple(field for field in fields if field.old != field.new))
