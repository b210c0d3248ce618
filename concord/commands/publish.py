"""`concord publish`: makes the edition that one person asked for and a second one confirmed."""

import argparse
import json

from concord.kernel.errors import IllegalMove

HELP = "publish: make the edition that one person asked for and a second confirmed"
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--plan REF [--json]`."""
    parser.add_argument("--plan", required=True, metavar="REF", help="the plan's ref")
    parser.add_argument("--json", action="store_true", help="the edition's facts as JSON")


def run(options: argparse.Namespace) -> int:
    """Makes the edition as the operator. Where a person is still missing: exit 2, saying what."""
    from concord.accounts.services import operator
    from concord.kernel import clock
    from concord.plan.queries import plan_named
    from concord.publication.queries import proof_of, requests_of
    from concord.publication.services import publish

    plan = plan_named(options.plan)
    waiting = list(requests_of(plan.ref))
    confirmed = [request for request in waiting if request.state == "confirmed"]
    if not confirmed:
        raise IllegalMove(_missing(plan.title, len(waiting)))
    edition = publish(confirmed[0].version, by=operator(), at=clock.now())
    if options.json:
        print(json.dumps({**proof_of(edition), "in_force_from": edition.in_force_from.isoformat()}, indent=2))
    else:
        print(
            f"Published version {edition.number} of {plan.title}, "
            f"in force from {edition.in_force_from:%-d %B %Y}."
        )
        print(f"SHA-256 {edition.sha256}")
        print(f"Read it at /plans/{plan.ref}/v{edition.number}/")
    return 0


def _missing(title: str, waiting: int) -> str:
    if waiting:
        return (
            f"{title}: somebody asked for this publication, and nobody else has confirmed it yet. "
            "A second person confirms it under “Publish” on the plan's page for members."
        )
    return (
        f"{title}: nobody has asked for a publication. After the decision that endorses a version, one "
        "person asks for it and a second one confirms, under “Publish” on the plan's page for members."
    )
