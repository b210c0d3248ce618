"""`concord demo`: loads the demonstration from real files, through the services that any file takes."""

import argparse
import sys

from concord.project.environment import PORT

HELP = "load the demonstration plans from real files, and serve them"
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether and where to serve afterwards."""
    parser.add_argument("--no-serve", action="store_true", help="load only")
    parser.add_argument("--port", type=int, default=PORT, help=f"port to serve on (default {PORT})")


def run(options: argparse.Namespace) -> int:
    """Do what is not done yet, say who can sign in, and become the server. A second run keeps everything."""
    from concord.commands.serve import require_free, serve_from_here

    if not options.no_serve:
        require_free("127.0.0.1", options.port)
    load()
    if not options.no_serve:
        serve_from_here(options.port)
    return 0


def load() -> bool:
    """Load what is missing of the demonstration, with a progress bar on a terminal.

    Returns:
        Whether anything was loaded; False if all of it was there.
    """
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from concord.commands.demo.people import ACCOUNTS_FILE
    from concord.commands.demo.story import steps
    from concord.kernel import clock
    from concord.project.environment import data_folder

    folder, loaded = data_folder(), False
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, disable=not sys.stderr.isatty()) as progress:
        for step in steps(folder=folder, at=clock.now()):
            task = progress.add_task(step.title, total=1)
            if not step.is_done():
                _say(step.title)
                step.do()
                loaded = True
            progress.advance(task)
    accounts = folder / ACCOUNTS_FILE
    if loaded and accounts.exists():
        print(f"\n{accounts.read_text(encoding='utf-8')}\nKept in {accounts}, readable by you alone.\n")
    else:
        print(f"The demonstration is loaded. Accounts: {accounts}")
    return loaded


def _say(title: str) -> None:
    if not sys.stderr.isatty():
        print(f"  {title} …", flush=True)
