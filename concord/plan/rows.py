"""What intake hands to the plan, and what the plan answers row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from concord.kernel.canonical import sha256_hex

if TYPE_CHECKING:
    from concord.accounts.models import Organisation


Value = Any
"""The JSON value of one field: text, or the whole list of a list field."""

RowState = Literal["new", "changed", "same", "conflict"]


@dataclass(frozen=True, slots=True)
class Source:
    """The file and sheet that rows were read from.

    page_address is set where rows come from a page and not from a file. The file's name also
    decides which aliases count that the register holds for one file only. receipt: the key of the
    input whose rows these are; what is recorded under one can be undone as a whole.
    """

    file_name: str
    file_sha256: str
    sheet: str = ""
    page_address: str = ""
    receipt: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a record said in a file that was given out: its cells by column, and the values chosen then
    (canonical JSON by field)."""

    cells: Mapping[str, str]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ActionRow:
    """One row about an action. A field that is absent is not stated; an empty one is stated empty.

    row is the file's own number, starting at 1. reported_by is the reporter's name as written;
    reporting_organisation, where given, settles whose row it is. sent: for a row that comes back from
    a file that Concord gave out, the values chosen then (canonical JSON by field); its fields are then
    only those that were edited. settled: fields about which a person chose the row's value. received:
    the record as its file holds it, where that says more than fields can (an IATI file with this one
    activity); "" otherwise.
    """

    row: int
    fields: Mapping[str, Value]
    own_id: str = ""
    key: str = ""
    iati_identifier: str = ""
    reported_by: str = ""
    reporting_organisation: Organisation | None = None
    sent: Mapping[str, str] | None = None
    settled: frozenset[str] = frozenset()
    received: str = ""

    def stated(self) -> Mapping[str, Value]:
        """The field values; what was received stands among them by its hash."""
        if not self.received:
            return self.fields
        return {**self.fields, "received": {"sha256": sha256_hex(self.received.encode())}}


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One row about a need; its identity is its own id within the framework."""

    row: int
    fields: Mapping[str, Value]
    own_id: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that a row would change, with the value in the plan and the row's own.

    sent: what stood there when the file was given out, for rows of such files; None otherwise.
    """

    field: str
    old: Value
    new: Value
    sent: Value = None


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What a row means for the plan: new, changed, the same, or in conflict with what a person set.

    key is the record's own ("" while a new row is only previewed). is_withdrawn: its source withdrew
    the record before, so that the row's values are kept and count nowhere until it is restored.
    """

    row: int
    state: RowState
    key: str
    changes: list[FieldChange] = field(default_factory=list)
    conflicts: list[FieldChange] = field(default_factory=list)
    is_withdrawn: bool = False
