"""Where the engine's SQL steps run. A backend takes named steps and Arrow tables, gives Arrow back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import pyarrow as pa


class Step(NamedTuple):
    """One named SQL step; later steps read its result by `name`."""

    name: str
    sql: str


class Backend(Protocol):
    """Runs a queue of SQL steps over Arrow tables."""

    name: str

    def run(self, steps: Sequence[Step], tables: Mapping[str, pa.Table], schema: pa.Schema) -> pa.Table:
        """Run `steps` in order over `tables` and return the last step's rows as `schema`."""
        ...
