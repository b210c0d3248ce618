"""The step of `concord case` that says who takes cases on."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from concord.kernel.errors import NotFound

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.analysis.queries import CaseRead

STEP = "assign"
NOBODY = "nobody"


def add_step(steps: Any) -> None:
    """`assign KEY... --to WHO`."""
    one = steps.add_parser(STEP, help="say who takes cases on: all of them, or none if one is refused")
    one.add_argument("keys", nargs="+", metavar="KEY", help="the key of a case, as in the list")
    one.add_argument("--to", required=True, metavar="WHO", help="a person’s name or address; nobody")


def run_step(options: argparse.Namespace) -> int:
    """Acts as the operator.

    Raises:
        NotFound: there is no such case, or nobody of that name may take one of them on.
    """
    from concord.accounts.services import operator
    from concord.analysis.queries import case_named
    from concord.analysis.services import assign_several
    from concord.kernel import clock

    by = operator()
    reads = [case_named(key.upper(), actor=by) for key in options.keys]
    to = None if options.to == NOBODY else _person(reads, options.to)
    versions = {read.case.key: read.case.version for read in reads}
    changed = assign_several(versions, to=to, by=by, at=clock.now())
    others = len(versions) - len(changed)
    said = f"{len(changed)} case{'s' * (len(changed) != 1)} with {to.name if to else NOBODY} now"
    print(f"{said}; {others} already so." if others else f"{said}.")
    return 0


def _person(reads: list[CaseRead], name: str) -> Person:
    from concord.analysis.queries import coordinators_of
    from concord.kernel.names import fold

    people = {person.ref: person for read in reads for person in coordinators_of(read)}
    found = [p for p in people.values() if fold(name) in (fold(p.name), fold(p.email or ""), fold(p.ref))]
    if len(found) != 1:
        known = ", ".join(sorted(person.name for person in people.values())) or NOBODY
        called = "more than one of them is" if found else "none of them is"
        raise NotFound(f"These may take the cases on: {known}; {called} called “{name}”. Say the address.")
    return found[0]
