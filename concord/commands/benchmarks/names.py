"""How well names are read: each string of the demonstration's register taken out, and asked for again.

`python -m concord.commands.benchmarks.names --wrong` also prints what was read as another body.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from concord.commands.benchmarks.figures import Figure
from concord.commands.demo.files import ACTIONS, INSTRUMENTS, ORGANISATIONS, rows_of
from concord.kernel.names import fold

if TYPE_CHECKING:
    from concord.accounts.name_index import Body, KnownName, NameIndex

TITLE = "Names: every string of the demonstration read by a register that lacks it"
SOURCE = ACTIONS.name
MANY = 5_000  # strings, and as many names


@dataclass
class Outcome:
    """How many strings were read how. wrong: (string, the body it is, the body it was read as)."""

    asked: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, str, str]] = field(default_factory=list)
    proposed: int = 0

    def share(self, *names: str, of: int = 0) -> str:
        """So many, and how much of all (or of the number given)."""
        count = sum(self.counts[name] for name in names)
        whole = of or self.asked
        return f"{count} of {whole} ({count / whole:.1%})" if whole else "none of 0"


def measure() -> list[Figure]:
    """The figures of docs/methods/names.md."""
    known, unknown = leave_one_out(), leave_bodies_out()
    certain = known.counts["certain, right"] + len(known.wrong)
    likely = known.counts["first"] + known.counts["among"] + known.counts["missed"]
    return [
        Figure("Strings asked for again (the body keeps another name)", str(known.asked)),
        Figure("Read for certain, and right", known.share("certain, right", of=certain), "no wrong one"),
        Figure("Read for certain, of all asked", known.share("certain, right")),
        Figure("Certain, or among the bodies proposed", known.share("certain, right", "first", "among")),
        Figure("Proposed: the right body is the first", known.share("first", of=likely)),
        Figure("Proposed: the right body is among them", known.share("first", "among", of=likely)),
        Figure("Bodies proposed for one such string", f"{known.proposed / max(likely, 1):.1f} (at most 5)"),
        Figure("Nothing proposed", known.share("unknown")),
        Figure(
            "Body not in the register at all: read for certain as another",
            f"{len(unknown.wrong)} of {unknown.asked}",
            "0",
        ),
        Figure("Body not in the register at all: nothing proposed", unknown.share("unknown")),
        Figure(f"{MANY:,} strings against {MANY:,} names, processor time", f"{seconds_of_many():.1f} s"),
    ]


def leave_one_out() -> Outcome:
    """Each string of the actions, read by a register that lacks just this string."""
    from concord.accounts.name_index import NameIndex

    bodies, names, instruments = _register()
    outcome = Outcome()
    for text, owner in _truth():
        left = [name for name in names if name.folded != fold(text)]
        if any(name.owner == owner and not name.only_in for name in left):
            others = {string: line for string, line in instruments.items() if string != fold(text)}
            _judge(outcome, NameIndex(bodies, left, {}, others), text, owner)
    return outcome


def leave_bodies_out() -> Outcome:
    """Each string of the actions, read by a register that lacks its body."""
    from concord.accounts.name_index import NameIndex

    bodies, names, instruments = _register()
    outcome = Outcome()
    for text, owner in _truth():
        index = NameIndex(
            [body for body in bodies if body.pk != owner],
            [name for name in names if name.owner != owner],
            {},
            {string: line for string, line in instruments.items() if line[0] != owner},
        )
        _judge(outcome, index, text, owner)
    return outcome


def _judge(outcome: Outcome, index: NameIndex, text: str, owner: int) -> None:
    from concord.accounts.likeness import nearest

    outcome.asked += 1
    settled = index.settle(text, source=SOURCE, donor=True)
    if settled is not None:
        if settled.owner == owner:
            outcome.counts["certain, right"] += 1
        else:
            outcome.wrong.append((text, _names()[owner], _names()[settled.owner]))
        return
    near = [one.owner for one in nearest(index, [text], source=SOURCE)[text]]
    outcome.proposed += len(near)
    if not near:
        outcome.counts["unknown"] += 1
    else:
        outcome.counts["first" if near[0] == owner else "among" if owner in near else "missed"] += 1


def _names() -> list[str]:
    return [row["name"] for row in rows_of(ORGANISATIONS)]


def _register() -> tuple[list[Body], list[KnownName], dict[str, tuple[int, str]]]:
    """The demonstration's register as the rules read it: bodies, names, instruments."""
    from concord.accounts.name_index import Body, KnownName

    rows = rows_of(ORGANISATIONS)
    pk = {row["id"]: number for number, row in enumerate(rows)}
    bodies = [Body(pk[r["id"]], r["name"], pk.get(r["parent_id"]), r["beneficiary"]) for r in rows]
    names, seen = [], set()
    for row in rows:
        for sort, text, only_in in _strings(row):
            if (key := (row["id"], fold(text), only_in)) not in seen:
                seen.add(key)
                names.append(KnownName(pk[row["id"]], sort, text, fold(text), only_in))
    lines = {fold(r["string"]): (pk[r["donor_id"]], r["instrument"]) for r in rows_of(INSTRUMENTS)}
    return bodies, names, lines


def _strings(row: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    yield "name", row["name"], ""
    if row["acronym"]:
        yield "acronym", row["acronym"], ""
    for column, only_in in (("aliases", ""), ("aliases_here", SOURCE)):
        for text in row[column].split(";"):
            if text.strip():
                yield "alias", text.strip(), only_in


def _truth() -> list[tuple[str, int]]:
    """Each string of the actions with its body, as the whole register reads it."""
    from concord.accounts.name_index import NameIndex

    bodies, names, instruments = _register()
    index = NameIndex(bodies, names, {}, instruments)
    texts = {
        text.strip(): None
        for row in rows_of(ACTIONS)
        for column in ("donors", "implementers")
        for text in row[column].split(";")
        if text.strip()
    }
    read = {text: index.settle(text, source=SOURCE, donor=True) for text in texts}
    return [(text, settled.owner) for text, settled in read.items() if settled]


def seconds_of_many() -> float:
    """Processor seconds to read many distinct strings against as many names that all look alike."""
    from concord.accounts.likeness import nearest
    from concord.accounts.name_index import Body, KnownName, NameIndex

    names = [f"Institute {n:04} for the study of subject {n * 7919 % 10007}" for n in range(MANY)]
    index = NameIndex(
        [Body(pk, name) for pk, name in enumerate(names)],
        [KnownName(pk, "name", name, fold(name)) for pk, name in enumerate(names)],
    )
    texts = [name.replace("study", "studies") for name in names]
    began = time.process_time()
    for text in texts:
        index.settle(text)
    nearest(index, texts)
    return time.process_time() - began


if __name__ == "__main__":
    from concord.commands.main import prepare_django

    prepare_django()
    for figure in measure():
        print(f"{figure.what}: {figure.value}")
    if sys.argv[1:] == ["--wrong"]:
        for line in [*leave_one_out().wrong, *leave_bodies_out().wrong]:
            print(" | ".join(line))
