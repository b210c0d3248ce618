"""`concord workbook`: the actions that one organisation reports, as a workbook to correct and import."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from concord.commands.export import write_whole

if TYPE_CHECKING:
    from concord.intake.services import GivenFile

HELP = "one organisation's actions as an Excel workbook, to correct offline and import again"
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--org NAME (--plan REF | --framework REF) [--to WHOM] -o FILE`."""
    parser.add_argument("--org", required=True, metavar="NAME", help="whose actions: a name of the register")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--plan", metavar="REF", help="only the actions that stand in this plan")
    where.add_argument("--framework", metavar="REF", help="all its actions in this framework")
    parser.add_argument("--to", default="", metavar="WHOM", help="who is to have it, for the record")
    parser.add_argument("-o", "--output", required=True, type=Path, metavar="FILE", help="where to write it")


def run(options: argparse.Namespace) -> int:
    """Writes the workbook whole, or nothing; what each action said is kept for when it comes back.

    Raises:
        NotFound: no such plan, framework or organisation (exit 2).
    """
    from django.db import transaction

    with transaction.atomic():
        file = _made(options)
        write_whole(options.output, file.content)
    count = file.given.records.count()
    actions = f"{count} {'action' if count == 1 else 'actions'} of {file.given.organisation}"
    print(f"Wrote {options.output}: {actions}, workbook {file.given.key}.", file=sys.stderr)
    return 0


def _made(options: argparse.Namespace) -> GivenFile:
    from concord.accounts.services import operator
    from concord.commands.import_ import organisation_named
    from concord.intake.services import give_out
    from concord.kernel import clock
    from concord.plan.queries import framework_named, plan_named

    plan = plan_named(options.plan) if options.plan else None
    return give_out(
        organisation=organisation_named(options.org),
        framework=plan.framework if plan else framework_named(options.framework),
        plan=plan,
        to_whom=options.to,
        by=operator(),
        at=clock.now(),
    )
