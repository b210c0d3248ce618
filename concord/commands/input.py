"""`concord input list|undo`: what was handed in, and taking a whole import back."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concord.intake.models import Input

NAME = "input"
HELP = "list the files handed in, or undo a whole import by its receipt"
NEEDS_DATABASE = True

OK, REFUSED = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list [--json]` and `undo RECEIPT`."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    listing = acts.add_parser("list", help="receipts, files, states and counts, newest first")
    listing.add_argument("--json", action="store_true", help="the answer as JSON")
    undo = acts.add_parser("undo", help="take back all that an import wrote, while nothing is built on it")
    undo.add_argument("receipt", metavar="RECEIPT", help="the receipt that the import gave")


def run(options: argparse.Namespace) -> int:
    """Does as asked, as the operator. undo gives 1 where something builds on the import.

    Raises:
        NotFound: no such receipt (exit 2).
    """
    return _list(as_json=options.json) if options.act == "list" else _undo(options.receipt)


def _list(*, as_json: bool) -> int:
    from concord.accounts.services import operator
    from concord.intake.queries import counts_of_input, inputs_visible_to
    from concord.intake.report import summary

    inputs = inputs_visible_to(operator())
    if as_json:
        print(json.dumps([_facts(received) for received in inputs], ensure_ascii=False, indent=2))
        return OK
    for received in inputs:
        counts = summary(counts_of_input(received))
        print(f"{received.key}  {received.state:9}  {received.file_name}: {counts}")
    return OK


def _facts(received: Input) -> dict[str, Any]:
    from concord.intake.queries import counts_of_input
    from concord.intake.report import COUNTED

    counts = counts_of_input(received)
    return {
        "receipt": received.key,
        "file": received.file_name,
        "sha256": received.sha256,
        "state": received.state,
        **{name: getattr(counts, name) for name in COUNTED},
    }


def _undo(receipt: str) -> int:
    from concord.accounts.services import operator
    from concord.intake.queries import input_named
    from concord.intake.services import undo_import
    from concord.kernel import clock
    from concord.kernel.errors import IllegalMove

    received = input_named(receipt.strip().upper(), actor=operator())
    try:
        undo_import(received, by=operator(), at=clock.now())
    except IllegalMove as refusal:
        print(f"{refusal}\nNothing was changed.")
        return REFUSED
    print(f"The import of {received.file_name} (receipt {received.key}) was undone.")
    print("The plan says again what it said before. The file can be handed in again.")
    return OK
