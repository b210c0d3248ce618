"""concord match: which records of two CSV files are the same project, without a database."""

from __future__ import annotations

import argparse
from pathlib import Path

from concord.analysis.matching_files import match_files
from concord.analysis.standalone import Report
from concord.commands.relations import say

HELP = "Find the records of two CSV files that are the same project."
NEEDS_DATABASE = False


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two files to read, the file to write, and what to say."""
    columns = "columns id, title and as many as there are of description, donors, country, start, amount, …"
    parser.add_argument("left", type=Path, metavar="LEFT.csv", help=columns)
    parser.add_argument("right", type=Path, metavar="RIGHT.csv", help="the same columns")
    parser.add_argument(
        "-o",
        "--out",
        type=Path,
        required=True,
        metavar="OUT.csv",
        help="the file to write; replaced if it is there",
    )
    parser.add_argument(
        "--explain",
        action="store_true",
        help="add evidence and what moved each score; print it for the ten best",
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")


def run(options: argparse.Namespace) -> int:
    """Write OUT.csv. 0: written; 1: a file has errors, nothing was written. Wrong use raises BadInput."""
    report = match_files(options.left, options.right, options.out, explain=options.explain)
    return say(report, options, _summary(report))


def _summary(report: Report) -> str:
    if not report.written:
        return ""
    figures = report.figures
    return (
        f"{figures['left']} records against {figures['right']}, {figures['pairs']} pairs listed. "
        f"{figures['matched']} with a partner (score {figures['matched_from']} or more), "
        f"{figures['to_be_looked_at']} with one to be looked at ({figures['to_be_looked_at_from']} or more). "
        f"Written to {figures['out']}."
    )
