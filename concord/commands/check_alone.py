"""`concord check A.csv --against B.csv`: rows of a file beside the actions of another, no database needed."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import nullcontext, redirect_stdout
from pathlib import Path

from concord.analysis.checking_files import Answer, as_json, check_files
from concord.analysis.standalone import Report, is_stream, read_model, waterfall
from concord.commands.check_words import print_footnote, print_kinds, said_reading, typed_idea
from concord.commands.relations import iso_day

OK, DATA_ERRORS = 0, 1
ALONE = ("out", "explain", "today", "model")
"""The options that only go with --against."""


def add_alone_arguments(parser: argparse.ArgumentParser) -> None:
    """What `check` takes where it compares two files."""
    group = parser.add_argument_group("two files, no database")
    group.add_argument(
        "--against",
        type=Path,
        metavar="FILE.csv",
        help="compare with the actions of this file instead: columns id, title and others of the template",
    )
    group.add_argument("-o", "--out", type=Path, metavar="OUT", help="write all of it to OUT.csv or OUT.json")
    group.add_argument(
        "--explain", action="store_true", help="add what moved each score; print it for the ten best"
    )
    group.add_argument(
        "--today", type=iso_day, metavar="YYYY-MM-DD", help="the day up to which ongoing work runs at least"
    )
    group.add_argument("--model", type=Path, metavar="MODEL.json", help="a model that `concord train` wrote")


def run_alone(options: argparse.Namespace) -> int:
    """Compares and tells. 0: done; 1: a file has errors, nothing was written. Wrong use raises BadInput."""
    drafts = options.file or typed_idea(options)
    report, answers = check_files(
        drafts,
        options.against,
        options.out,
        explain=options.explain,
        today=options.today,
        model=read_model(options.model) if options.model else None,
    )
    for line in (*report.warnings, *report.problems):
        print(f"concord: {line}", file=sys.stderr)
    if not report.written:
        print("concord: nothing was compared.", file=sys.stderr)
    streamed = options.out is not None and is_stream(options.out)  # it holds rows and nothing else
    with redirect_stdout(sys.stderr) if streamed else nullcontext():
        if options.json:
            _print_json(report, answers, options)
        elif report.written:
            _print(report, answers, options.out)
    return OK if report.written else DATA_ERRORS


def _print_json(report: Report, answers: list[Answer], options: argparse.Namespace) -> None:
    told = {
        **report.figures,
        "warnings": report.warnings,
        "problems": report.problems,
        "ideas": as_json(answers, explain=options.explain),
    }
    print(json.dumps(told, ensure_ascii=False, indent=2))


def _print(report: Report, answers: list[Answer], out: Path | None) -> None:
    figures = report.figures
    if out is None:
        for answer in answers:
            _print_one(answer)
        print_footnote(
            (answer.read for answer in answers), (near.like for each in answers for near in each.near)
        )
        print()
    kinds = ", ".join(f"{count} {kind}" for kind, count in figures["kinds"].items())
    rows = f"{figures['rows']} row{'s' if figures['rows'] != 1 else ''}"
    print(
        f"{rows} beside {figures['against']} actions: {figures['found']} with something like "
        f"{'it' if figures['rows'] == 1 else 'them'} (score 0.5 or more){f': {kinds}' if kinds else ''}."
        + (f" Written to {out}." if out else "")
    )
    for line in report.best:
        print("", *waterfall(line), sep="\n")


def _print_one(answer: Answer) -> None:
    print(f"\n{answer.title} ({answer.id})")
    print(f"  Read as: {said_reading(answer.read)}")
    titles = {near.row["id"]: near.row["title"] for near in answer.near}
    if not print_kinds([near.like for near in answer.near], titles):
        print("  Nothing is like it.")
    if answer.partners:
        print("  Who works on the same: " + "; ".join(f"{name} ({count})" for name, count in answer.partners))
