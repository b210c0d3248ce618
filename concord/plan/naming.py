"""Which organisations the values of statements name, and what a value means when names are read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from concord.accounts.queries import organisations_by_key, read_donors, resolve_names
from concord.plan.rows import Value

if TYPE_CHECKING:
    from concord.accounts.models import Organisation

_UNORDERED = ("pillars", "topics", "action_types", "related_ids", "answers_needs")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The value now chosen for one field of one record; file_name is where its names are read from."""

    field: str
    value: Value
    file_name: str = ""

    def names(self) -> list[tuple[str | None, str]]:
        """The organisations that the value names, as (key, name as written)."""
        if self.field == "participations":
            return [(item["organisation"], item["as_written"]) for item in self.value]
        if self.field == "funding":
            return [(item["donor"], item["donor_as_written"]) for item in self.value]
        if self.field == "events":
            return [(None, item["recipient"]) for item in self.value]
        return []


class Register:
    """The organisations that the values at hand name, read in a few queries."""

    def __init__(self, chosen: Iterable[Chosen]) -> None:
        keys: set[str] = set()
        texts: dict[str, set[str]] = defaultdict(set)
        for item in chosen:
            for key, text in item.names():
                keys.update([key] if key else [])
                texts[item.file_name].update([text] if text else [])
        self._by_key = organisations_by_key(keys)
        self._by_text = {file: resolve_texts(names, file) for file, names in texts.items()}

    def organisation(self, key: str | None, as_written: str, file_name: str) -> Organisation | None:
        """The organisation of a key, else of a name as written; None if neither is known."""
        return self._by_key.get(key) if key else self._by_text.get(file_name, {}).get(as_written)


def resolve_texts(names: set[str], file_name: str) -> dict[str, Organisation | None]:
    """A name of an organisation, or of an organisation with a fund or programme behind it."""
    known = dict(resolve_names(names, source=file_name))
    unknown = {name for name in names if known.get(name) is None}
    return known | {name: found for name, (found, _) in read_donors(unknown, source=file_name).items()}


def meaning_of(said: Chosen, register: Register) -> Value:
    """The value without what writes the same fact differently: two values that mean the same are equal.

    A known organisation counts by what it is, whatever name stands for it; codes of a list in any
    order; texts with any line ends.
    """
    if said.field == "participations":
        return [
            (item["role"], _who(item["organisation"], item["as_written"], said, register))
            for item in said.value
        ]
    if said.field == "funding":
        return [
            {**line, "donor": _who(line["donor"], line["donor_as_written"], said, register)}
            | {"donor_as_written": ""}
            for line in said.value
        ]
    if said.field == "events":
        return [
            {**event, "recipient": _who(None, event["recipient"], said, register)} for event in said.value
        ]
    if said.field in _UNORDERED:
        return sorted(said.value)
    if isinstance(said.value, str):
        return said.value.replace("\r\n", "\n")
    return said.value


def _who(key: str | None, as_written: str, said: Chosen, register: Register) -> tuple[str, str]:
    found = register.organisation(key, as_written, said.file_name)
    return ("", found.key) if found else (as_written, key or "")
