"""`concord audit verify`: proves that the record of acts is whole, or names the first row that is not."""

import argparse
import json
from dataclasses import asdict

HELP = "the record of acts: verify that no row was changed, removed or put in"
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`verify [--json]`."""
    steps = parser.add_subparsers(dest="step", required=True, metavar="verify")
    verify = steps.add_parser("verify", help=HELP)
    verify.add_argument("--json", action="store_true", help="the report as JSON")


def run(options: argparse.Namespace) -> int:
    """Checks the whole chain. 0: whole; 1: a row is faulty, and which and why is printed."""
    from concord.audit.queries import verify_chain

    report = verify_chain()
    if options.json:
        print(json.dumps(asdict(report), indent=2))
    elif report.ok:
        print(f"The record of acts is whole: {report.events:,} rows, head {report.head}.")
    else:
        where = "The record of acts" if report.bad_row is None else f"Row {report.bad_row}"
        print(f"{where} is not as it was written. {report.why}")
        print(f"Rows in order before it: {report.events:,}.")
    return 0 if report.ok else 1
