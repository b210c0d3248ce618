"""`concord call`: which calls there are, how one stands, and closing it."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concord.intake.models import Call

HELP = "calls: list them, see how one stands, open a draft, or close one"
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list`, `state KEY`, `open KEY`, `close KEY`, each with `--json`."""
    steps = parser.add_subparsers(dest="step", required=True, metavar="list|state|open|close")
    for step, said in (
        ("list", "all calls, the latest first"),
        ("state", "how each organisation that a call asks stands"),
        ("open", "open a draft: its mails leave"),
        ("close", "close a call: its links stop working"),
    ):
        one = steps.add_parser(step, help=said)
        if step != "list":
            one.add_argument("key", help="the call's key, as in the list")
        one.add_argument("--json", action="store_true", help="the answer as JSON")


def run(options: argparse.Namespace) -> int:
    """Acts as the operator. A key that no call has is wrong use (exit 2)."""
    from concord.accounts.services import operator
    from concord.intake.queries.calls import call_named, calls_visible_to
    from concord.intake.services.calls import close_call, open_call
    from concord.kernel import clock

    by = operator()
    if options.step == "list":
        calls = list(calls_visible_to(by))
        _tell([_facts(call) for call in calls], as_json=options.json)
        return 0
    call = call_named(options.key.upper(), actor=by)
    if options.step == "open":
        call = open_call(call, expected_version=call.version, by=by, at=clock.now())
    if options.step == "close":
        call = close_call(call, expected_version=call.version, by=by, at=clock.now())
    lines = _standings(call) if options.step == "state" else [_facts(call)]
    _tell(lines, as_json=options.json)
    return 0


def _facts(call: Call) -> dict[str, Any]:
    return {
        "key": call.key,
        "title": call.title,
        "plan": call.plan.ref,
        "state": call.state,
        "closes_on": call.closes_on.isoformat(),
        "asked": call.invitations.count(),
    }


def _standings(call: Call) -> list[dict[str, Any]]:
    """One line per organisation; addresses and names of contacts stay on the pages of members."""
    from concord.intake.queries.calls import chase_list
    from concord.kernel import clock

    return [
        {
            "organisation": each.invitation.organisation.name,
            "standing": each.standing.value,
            "reminders": each.invitation.reminders,
            "has_focal_point": bool(each.contacts),
        }
        for each in chase_list(call, on=clock.now().date())
    ]


def _tell(lines: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(lines, ensure_ascii=False, indent=2))
        return
    for line in lines:
        print("  ".join(str(value) for value in line.values()))
    if not lines:
        print("None yet.")
