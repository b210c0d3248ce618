"""concord relations: how the actions of a CSV file are related, without a database."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import nullcontext, redirect_stdout
from datetime import date
from pathlib import Path

from concord.analysis.standalone import ENGINES, Report, is_stream, read_model, relate_file, waterfall

HELP = "Find duplicates, continuations, overlaps and synergies among the actions of a CSV file."
NEEDS_DATABASE = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file to read, the file to write, and what to say."""
    add_actions_argument(parser)
    parser.add_argument(
        "--model",
        type=Path,
        metavar="MODEL.json",
        help="a model that `concord train` wrote; else the shipped one",
    )
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default=ENGINES[0],
        help="where the steps run: on this machine (duckdb), or on Spark (needs `make setup-spark` and Java)",
    )
    add_output_arguments(parser)


def iso_day(text: str) -> date:
    """A day of the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}” is no day. Write it as 2027-02-28.") from None


def add_actions_argument(parser: argparse.ArgumentParser) -> None:
    """The file of actions, as every command without a database reads it."""
    parser.add_argument(
        "actions",
        type=Path,
        metavar="ACTIONS.csv",
        help="columns id, title and as many others of the template",
    )


def add_output_arguments(parser: argparse.ArgumentParser) -> None:
    """What `relations` and `coverage` have in common."""
    parser.add_argument(
        "-o",
        "--out",
        type=Path,
        required=True,
        metavar="OUT.csv",
        help="the file to write; replaced if it is there",
    )
    parser.add_argument(
        "--explain", action="store_true", help="add what moved each score; print it for the ten best"
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument(
        "--today",
        type=iso_day,
        metavar="YYYY-MM-DD",
        help="the day up to which ongoing work runs at least",
    )


def run(options: argparse.Namespace) -> int:
    """Write OUT.csv. 0: written; 1: the file has errors, nothing was written. Wrong use raises BadInput."""
    report = relate_file(
        options.actions,
        options.out,
        explain=options.explain,
        today=options.today,
        model=read_model(options.model) if options.model else None,
        engine=options.engine,
    )
    return say(report, options, _summary(report))


def say(report: Report, options: argparse.Namespace, summary: str) -> int:
    """Print warnings and problems to stderr, figures to stdout; give the exit code.

    Where the output itself goes to stdout, the figures go to stderr too: it holds rows and nothing else.
    """
    with redirect_stdout(sys.stderr) if is_stream(options.out) else nullcontext():
        return _say(report, options, summary)


def _say(report: Report, options: argparse.Namespace, summary: str) -> int:
    for line in (*report.warnings, *report.problems):
        print(f"concord: {line}", file=sys.stderr)
    if options.json:
        figures = report.figures | {
            "warnings": report.warnings,
            "problems": report.problems,
            "written": report.written,
        }
        print(
            json.dumps(
                figures | ({"best": report.best} if options.explain else {}), ensure_ascii=False, indent=2
            )
        )
    elif report.written:
        print(summary)
        for row in report.best:
            print("", *waterfall(row), sep="\n")
    if not report.written:
        print("concord: nothing was written.", file=sys.stderr)
    return 0 if report.written else 1


def _summary(report: Report) -> str:
    if not report.written:
        return ""
    figures = report.figures
    kinds = ", ".join(f"{count} {kind}" for kind, count in figures["kinds"].items())
    return (
        f"{figures['actions']} actions, {figures['pairs']} pairs listed, "
        f"{figures['found']} with a score of 0.5 or more"
        + (f" ({kinds})" if kinds else "")
        + f". Written to {figures['out']}."
    )
