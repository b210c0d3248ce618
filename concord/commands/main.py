"""The `concord` entry point: finds the commands of this folder and runs the one that was asked for.

Exit codes: 0 done, 1 errors in the data, 2 wrong use.
"""

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from types import ModuleType

import concord.commands
from concord.kernel.errors import ConcordError

OK, DATA_ERRORS, WRONG_USE = 0, 1, 2
NOT_COMMANDS = {"main"}


def main(words: Sequence[str] | None = None) -> int:
    """Run `concord WORDS…` and give its exit code.

    Errors that a person can mend are one line on stderr; a fault of ours is a traceback.
    """
    words = list(sys.argv[1:] if words is None else words)
    try:
        command, options = read_words(words)
        tell_port(options)
        if needs_database(command, options):
            prepare_django()
        return int(command.run(options) or OK)
    except ConcordError as error:
        print(f"concord: {error}", file=sys.stderr)
        return WRONG_USE
    except BrokenPipeError:  # the reader of our output went away, as in `concord … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        print("concord: stopped.", file=sys.stderr)
        return 130


def read_words(words: Sequence[str]) -> tuple[ModuleType, argparse.Namespace]:
    """The command asked for and its options. Wrong words print the usage and exit with 2."""
    commands = find_commands(words[0] if words else "")
    parser = argparse.ArgumentParser(
        prog="concord", description="One plan of action from what many donors plan to do."
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, command in commands.items():
        sub = subparsers.add_parser(name, help=command.HELP, description=command.HELP)
        command.add_arguments(sub)
    options = parser.parse_args(words)
    return commands[options.command], options


def find_commands(asked: str = "") -> dict[str, ModuleType]:
    """The commands of this folder by name, or only the one asked for where it is there.

    A file or folder is a command if it has HELP, add_arguments and run; its name is NAME or the file's own.
    """
    names = [info.name for info in pkgutil.iter_modules(concord.commands.__path__)]
    names = sorted(name for name in names if name not in NOT_COMMANDS)
    if asked.replace("-", "_") in names:  # no need to import the others' libraries
        names = [asked.replace("-", "_")]
    found = {}
    for name in names:
        module = importlib.import_module(f"concord.commands.{name}")
        if all(hasattr(module, part) for part in ("HELP", "add_arguments", "run")):
            found[getattr(module, "NAME", name.replace("_", "-"))] = module
    return found


def needs_database(command: ModuleType, options: argparse.Namespace) -> bool:
    """Whether this command wants Django and a database that is up to date."""
    needs = getattr(command, "NEEDS_DATABASE", False)
    return bool(needs(options) if callable(needs) else needs)


def tell_port(options: argparse.Namespace) -> None:
    """Let links in mails lead to the port that this command is about to serve on."""
    if port := getattr(options, "port", None):
        os.environ["CONCORD_PORT"] = str(port)


def prepare_django() -> None:
    """Set Django up and make the embedded database ready.

    Raises:
        ConcordError: an unsafe setting, a database that cannot be reached or is behind.
    """
    set_up_django()
    from django.core.exceptions import ImproperlyConfigured
    from django.db.utils import OperationalError

    from concord.project.start import ready_database

    try:
        ready_database()
    except ImproperlyConfigured as error:
        raise ConcordError(str(error)) from error
    except OperationalError as error:
        raise ConcordError(f"The database cannot be reached: {error}") from error


def set_up_django() -> None:
    """Import the settings (the bundled SQLite first) and load the rooms."""
    import django
    from django.core.exceptions import ImproperlyConfigured

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concord.project.settings")
    import concord.project.settings  # noqa: F401  (puts the engine in place before Django is imported)

    try:
        django.setup()
    except ImproperlyConfigured as error:
        raise ConcordError(str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
