"""concord coverage: which actions of a CSV file answer which needs of another, without a database."""

from __future__ import annotations

import argparse
from pathlib import Path

from concord.analysis.standalone import Report, cover_files
from concord.commands.relations import add_actions_argument, add_output_arguments, say

HELP = "Find which actions of a CSV file answer which needs of another."
NEEDS_DATABASE = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two files to read, the file to write, and what to say."""
    add_actions_argument(parser)
    parser.add_argument(
        "needs",
        type=Path,
        metavar="NEEDS.csv",
        help="columns id, statement and as many others of the template",
    )
    add_output_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Write OUT.csv. 0: written; 1: a file has errors, nothing was written; wrong use raises BadInput (2)."""
    report = cover_files(
        options.actions, options.needs, options.out, explain=options.explain, today=options.today
    )
    return say(report, options, _summary(report))


def _summary(report: Report) -> str:
    if not report.written:
        return ""
    figures = report.figures
    return (
        f"{figures['actions']} actions, {figures['needs']} needs, {figures['pairs']} pairs listed, "
        f"{figures['found']} with a score of 0.5 or more; "
        f"{figures['needs_without_found']} needs without any such. Written to {figures['out']}."
    )
