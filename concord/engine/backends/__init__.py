"""Where the engine's SQL steps run. A backend takes named steps and Arrow tables, gives Arrow back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import pyarrow as pa


class Step(NamedTuple):
    """One named SQL step; later steps read its result by `name`."""

    name: str
    sql: str


#: Work on one piece of a table: Arrow in, Arrow out. It can be pickled, and pieces do not know of each other.
PieceFunction = Callable[[pa.Table], pa.Table]


class Backend(Protocol):
    """Runs a queue of SQL steps over Arrow tables, and functions over pieces of a table."""

    name: str

    def run(self, steps: Sequence[Step], tables: Mapping[str, pa.Table], schema: pa.Schema) -> pa.Table:
        """Run `steps` in order over `tables` and return the last step's rows as `schema`."""
        ...

    def map_pieces(
        self, table: pa.Table, function: PieceFunction, schema: pa.Schema, *, rows: int
    ) -> Iterator[pa.Table]:
        """The function's answers, as `schema`, to pieces of at most `rows` rows, in the table's order."""
        ...
