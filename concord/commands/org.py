"""`concord org add`: an organisation in the register, so that imports can name it."""

import argparse
import json

from concord.kernel.codelists import ORGANISATION_KINDS

HELP = "organisations: add one to the register"
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`add NAME [--acronym A] [--kind K] [--json]`."""
    steps = parser.add_subparsers(dest="step", required=True, metavar="add")
    add = steps.add_parser("add", help="add an organisation to the register")
    add.add_argument("name", help="its full name")
    add.add_argument("--acronym", default="", help="the short form, such as UNDP")
    add.add_argument("--kind", default="", choices=sorted(ORGANISATION_KINDS), help="what it is")
    add.add_argument("--json", action="store_true", help="the organisation as JSON")


def run(options: argparse.Namespace) -> int:
    """Adds it as the operator. A name that is in the register already is wrong use (exit 2)."""
    from concord.accounts.services import add_organisation, operator
    from concord.kernel import clock

    added = add_organisation(
        name=options.name, acronym=options.acronym, kind=options.kind, by=operator(), at=clock.now()
    )
    if options.json:
        facts = {"key": added.key, "name": added.name, "acronym": added.acronym, "kind": added.kind}
        print(json.dumps(facts, ensure_ascii=False))
    else:
        short = f" ({added.acronym})" if added.acronym else ""
        print(f"Added {added.name}{short}. Its key is {added.key}.")
    return 0
