"""`concord plan list`: the plans that are here, with their periods, states and counts."""

import argparse
import json

HELP = "list the plans"
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with plans."""
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = verbs.add_parser("list", help="refs, titles, periods, states and counts")
    listing.add_argument("--json", action="store_true", help="as JSON")


def run(options: argparse.Namespace) -> int:
    """Print one line per plan, or JSON."""
    rows = plan_rows()
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    elif not rows:
        print("No plan is here yet. `concord demo --no-serve` loads the demonstration.")
    else:
        for row in rows:
            print(f"{row['ref']:<20} {row['title']}")
            counts = f"{row['actions']} actions, {row['needs']} needs, {row['drafts']} drafts"
            print(f"{'':<20} {row['state']}; {counts}")
    return 0


def plan_rows() -> list[dict[str, object]]:
    """One row per plan: ref, title, framework, pillar, starts, ends, state, version, drafts, actions, needs.

    state is "draft" until an edition is published, then "version N in force"; version is N or None.
    """
    from concord.accounts.services import operator
    from concord.plan.queries import actions_in, needs_in, plans_visible_to

    actor = operator()
    rows: list[dict[str, object]] = []
    for plan in plans_visible_to(actor):
        number = _number_in_force(plan.ref)
        rows.append(
            {
                "ref": plan.ref,
                "title": plan.title,
                "framework": plan.framework.ref,
                "pillar": plan.pillar.acronym if plan.pillar else None,
                "starts": plan.starts_year,
                "ends": plan.ends_year,
                "state": f"version {number} in force" if number else "draft",
                "version": number,
                "drafts": plan.versions.count(),
                "actions": actions_in(plan, actor=actor).count(),
                "needs": needs_in(plan, actor=actor).count(),
            }
        )
    return rows


def _number_in_force(ref: str) -> int | None:
    from concord.kernel.errors import NotFound
    from concord.publication.queries import edition_in_force

    try:
        return edition_in_force(ref).number
    except NotFound:
        return None
