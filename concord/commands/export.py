"""`concord export`: a plan as a Word, Excel, CSV, JSON or IATI file, as a draft or as it was published."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from concord.kernel.errors import BadInput

HELP = "export: a plan as it stands, or a published version, as docx, xlsx, csv, json or IATI"
NEEDS_DATABASE = True
FORMATS = ("docx", "xlsx", "csv", "json", "iati")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--plan REF [--version N] --format docx|xlsx|csv|json|iati -o FILE`."""
    parser.add_argument("--plan", required=True, metavar="REF", help="the plan's ref")
    parser.add_argument(
        "--version",
        metavar="N",
        help="the public edition of version N, as the site serves it; left out: the plan as it stands now",
    )
    parser.add_argument("--format", required=True, choices=FORMATS, help="what kind of file")
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="where to write it; - for the screen"
    )


def run(options: argparse.Namespace) -> int:
    """Writes the file whole or not at all. A draft (dN) is no public text: exit 2."""
    content = _edition(options) if options.version else _draft(options)
    give_out(content, options.output)
    return 0


def give_out(content: bytes, output: str) -> None:
    """Writes a file whole or not at all and says so; "-" is the screen."""
    if output == "-":
        sys.stdout.buffer.write(content)
        return
    write_whole(Path(output), content)
    print(f"Wrote {output} ({len(content):,} bytes).", file=sys.stderr)


def _edition(options: argparse.Namespace) -> bytes:
    from concord.publication.queries import edition_of, file_of

    if not (options.version.isascii() and options.version.isdigit()):
        raise BadInput(
            f"“{options.version}” is no published version. Give its number, such as 1; the plan as it stands "
            "comes without --version, and drafts are read on the members' pages."
        )
    content, _sha256 = file_of(edition_of(options.plan, int(options.version)), options.format)
    return content


def _draft(options: argparse.Namespace) -> bytes:
    from concord.accounts.services import operator
    from concord.kernel import clock
    from concord.plan.queries import plan_named
    from concord.publication.drafts import draft_file

    return draft_file(plan_named(options.plan), options.format, actor=operator(), today=clock.now().date())


def write_whole(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all.

    Raises:
        BadInput: it cannot be written there.
    """
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    except OSError as error:
        raise BadInput(f"The file cannot be written: {error.strerror} ({path}).") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(name).chmod(0o666 & ~_umask())
    Path(name).replace(path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
