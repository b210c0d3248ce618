"""`concord manage …`: Django's own management commands (migrate, createcachetable, shell, check …)."""

import argparse

HELP = "Django's own management commands, for operators: migrate, createcachetable, check, shell"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Everything after `manage` goes to Django unread."""
    parser.add_argument("words", nargs=argparse.REMAINDER, metavar="…")


def run(options: argparse.Namespace) -> int:
    """Hand the words to Django, which exits by itself on wrong use."""
    from concord.commands.main import set_up_django

    set_up_django()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["concord manage", *options.words])
    return 0
