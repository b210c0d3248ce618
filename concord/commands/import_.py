"""`concord import FILE`: rows of a partner's file into a plan or a framework, checked, in one transaction."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from concord.kernel.errors import BadInput, NotFound

if TYPE_CHECKING:
    from concord.accounts.models import Organisation
    from concord.intake.formats.parts import UnreadableFile
    from concord.intake.preview import File, Target
    from concord.intake.services import Receipt

NAME = "import"
HELP = "read a partner's file (a table, an IATI activity file), check it, and apply its rows"
NEEDS_DATABASE = True

OK, DATA_ERRORS = 0, 1
WHOSE = (
    "The file does not say by itself whose rows these are. Name the organisation with --org, or with"
    " --org-column the column that says so."
)
REPORTER = (
    "reported_by"  # the column of IATI activities and of Concord's own files that says whose each row is
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`FILE (--plan REF | --framework REF) [--org NAME | --org-column COLUMN] [--dry-run] …`."""
    parser.add_argument("file", type=_existing_file, metavar="FILE", help="a table, or an IATI activity file")
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--plan", metavar="REF", help="every row goes into this plan, whatever its dates")
    where.add_argument(
        "--framework", metavar="REF", help="each row goes into the plans of its pillars and dates"
    )
    whose = parser.add_mutually_exclusive_group()
    whose.add_argument(
        "--org",
        metavar="NAME",
        help="the one organisation whose rows these are; for IATI, who handed them in",
    )
    whose.add_argument("--org-column", metavar="COLUMN", help="the column that says whose each row is")
    parser.add_argument(
        "--map",
        type=_existing_file,
        metavar="FILE",
        help="a JSON or TOML file that says which column is which (docs/intake.md)",
    )
    parser.add_argument("--dry-run", action="store_true", help="check and tell, write nothing")
    parser.add_argument("--all-or-nothing", action="store_true", help="apply nothing if one row has an error")
    parser.add_argument("--json", action="store_true", help="the answer as JSON")


def run(options: argparse.Namespace) -> int:
    """Imports the file as the operator. 0: no errors; 1: some rows, or the file, could not be stored.

    Raises:
        NotFound: no such plan, framework or organisation (exit 2); BadInput: no such column, or an
            entry of the map that means nothing (exit 2).
    """
    from concord.intake.formats.parts import UnreadableFile
    from concord.intake.report import as_json, sentences

    target = _target(options)
    try:
        with _progress() as step:
            receipt = _import(options, target, step)
    except UnreadableFile as error:
        return _tell_unreadable(options, error)
    if options.json:
        print(json.dumps(as_json(receipt), ensure_ascii=False, indent=2))
    else:
        print("\n".join(sentences(receipt, dry_run=options.dry_run)))
    return DATA_ERRORS if receipt.preview.has_errors else OK


def _existing_file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"there is no file {text}")
    return path


def _target(options: argparse.Namespace) -> Target:
    from concord.intake.preview import Target
    from concord.plan.queries import framework_named, plan_named

    organisation = organisation_named(options.org) if options.org is not None else None
    column = (options.org_column or REPORTER) if organisation is None else ""
    if options.plan is not None:
        plan = plan_named(options.plan)
        return Target(plan.framework, plan, organisation, column)
    return Target(framework_named(options.framework), None, organisation, column)


def organisation_named(name: str) -> Organisation:
    """The organisation that a name means.

    Raises:
        NotFound: the register has none; the message names near ones.
    """
    from concord.accounts.queries import near_names, resolve_name

    if found := resolve_name(name):
        return found
    near = ", ".join(f"“{body}”" for body in near_names(name))
    hint = f"Did you mean {near}?" if near else "No name in the register is like it."
    raise NotFound(f"The register has no organisation “{name}”. {hint} To add it: concord org add “{name}”.")


def _import(options: argparse.Namespace, target: Target, step: Step) -> Receipt:
    from concord.accounts.services import operator
    from concord.intake.files import names_reporters, open_path
    from concord.intake.large import is_large
    from concord.intake.layouts import NO_LAYOUT, layout_of_file
    from concord.intake.preview import preview_of
    from concord.intake.services import Receipt, hand_in, mending_before
    from concord.kernel import clock

    if is_large(options.file):
        return _import_large(options, target, step)
    layout = layout_of_file(options.map) if options.map else NO_LAYOUT
    step("Reading")
    file, content = open_path(options.file)
    if options.org is None and options.org_column is None and not names_reporters(file.sheets):
        raise BadInput(WHOSE)
    step(
        f"Checking {_rows(file):,} rows" if options.dry_run else f"Checking and applying {_rows(file):,} rows"
    )
    if options.dry_run:
        mending = mending_before(file, target, None, layout)
        return Receipt(preview_of(file, target, mending=mending, actor=operator()))
    return hand_in(
        file,
        content,
        target=target,
        layout=layout,
        all_or_nothing=options.all_or_nothing,
        by=operator(),
        at=clock.now(),
    )


def _import_large(options: argparse.Namespace, target: Target, step: Step) -> Receipt:
    """A file above 20 MB goes by a batch at a time: nothing of it is held."""
    from concord.accounts.services import operator
    from concord.intake.files import names_reporters
    from concord.intake.large import LargeFile
    from concord.intake.services import hand_in_large, preview_large
    from concord.kernel import clock

    if options.map:
        raise BadInput("--map is not used for files above 20 MB. Name the columns as the template does.")
    step("Reading")
    file = LargeFile.at(options.file)
    if options.org is None and options.org_column is None:
        first = next(file.batches(), None)
        if first is None or not names_reporters(first.sheets):
            raise BadInput(WHOSE)

    def said(rows: int) -> None:
        step(f"{rows:,} rows")

    if options.dry_run:
        return preview_large(file, target=target, by=operator(), step=said)
    return hand_in_large(
        file, target=target, all_or_nothing=options.all_or_nothing, by=operator(), at=clock.now(), step=said
    )


def _rows(file: File) -> int:
    return sum(len(sheet.rows) for sheet in file.sheets.sheets)


def _tell_unreadable(options: argparse.Namespace, error: UnreadableFile) -> int:
    from concord.intake.report import unreadable_as_json

    if options.json:
        digest = _sha256(options.file)
        print(json.dumps(unreadable_as_json(options.file.name, digest, error), ensure_ascii=False, indent=2))
    else:
        print(f"{options.file.name}: {error.message}\n  {error.remedy}\nNothing was applied.")
    return DATA_ERRORS


def _sha256(path: Path) -> str:
    import hashlib

    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Step:
    """Says what is being done, where somebody watches."""

    def __call__(self, text: str) -> None:
        """Shows the next step; here nobody watches."""


@contextmanager
def _progress() -> Iterator[Step]:
    """A moving bar with the step and the time it takes, on stderr and only on a terminal."""
    if not sys.stderr.isatty():
        yield Step()
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading", total=None)

        class Shown(Step):
            def __call__(self, text: str) -> None:
                bar.update(task, description=text)

        yield Shown()
