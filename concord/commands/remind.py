"""`concord remind`: one reminder to each person whom calls or questions wait for, and what still waits."""

import argparse
import json

HELP = "remind everybody whom open calls or questions wait for, and send what waits"
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which framework; whether only what waits already is sent."""
    parser.add_argument("--framework", default="", metavar="REF", help="only this framework")
    parser.add_argument("--only-waiting", action="store_true", help="remind nobody, only send what waits")
    parser.add_argument("--json", action="store_true", help="the counts as JSON")


def run(options: argparse.Namespace) -> int:
    """Acts as the operator: meant for a timer, once a week or so.

    Returns:
        0, or 1 where a mail could not be sent; the call's page says which.
    """
    from concord.accounts.services import operator
    from concord.governance.asking import remind_sources
    from concord.intake.queries.calls import failed_mails
    from concord.intake.services.calls import remind
    from concord.intake.services.outbox import send_waiting
    from concord.kernel import clock
    from concord.plan.queries import framework_named, frameworks_visible_to

    by, at = operator(), clock.now()
    named = [framework_named(options.framework)] if options.framework else list(frameworks_visible_to(by))
    reminded = questions = 0
    if not options.only_waiting:
        reminded = sum(len(remind(framework, by=by, at=at)) for framework in named)
        questions = sum(remind_sources(framework, by=by, at=at) for framework in named)
    sent, failed = send_waiting(at=at), failed_mails()
    if options.json:
        print(json.dumps({"reminders": reminded, "questions": questions, "sent": sent, "failed": failed}))
    else:
        print(f"{reminded + questions} reminders written, {sent} mails sent, {failed} could not be sent.")
    return 1 if failed else 0
