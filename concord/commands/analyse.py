"""`concord analyse`: compares a plan's actions with all others, and finds which of them answer its needs."""

import argparse
import json
from collections import Counter
from typing import Any

HELP = "compare a plan's actions and needs: findings for people to answer, and support proposed"
NEEDS_DATABASE = True

SHOWN = 5  # findings of a kind that the summary names; the pages and --json have all

HEADINGS = {
    "duplicate": "Possible double entries",
    "overlap": "To be coordinated",
    "continuation": "Possible continuations",
    "synergy": "Possible synergies",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--plan REF [--json]`."""
    parser.add_argument(
        "--plan", required=True, metavar="REF", help="the plan, as `concord plan list` names it"
    )
    parser.add_argument("--json", action="store_true", help="all findings and proposals as JSON")


def run(options: argparse.Namespace) -> int:
    """Runs the analysis as the operator and prints what waits for an answer. Unknown plan: exit 2."""
    from concord.accounts.services import operator
    from concord.analysis import services
    from concord.kernel import clock
    from concord.plan.queries import plan_named

    plan, at = plan_named(options.plan), clock.now()
    kept = services.run(plan, by=operator(), at=at)
    findings, needs = _findings(plan, at.date()), _needs(plan)
    if options.json:
        print(json.dumps(_report(kept, findings, needs), ensure_ascii=False, indent=2))
    else:
        _print_summary(kept, findings, needs)
    return 0


def _findings(plan: Any, on: Any) -> list[dict[str, Any]]:
    """Live findings and answered ones, in the order of the queue of their kind."""
    from concord.accounts.services import operator
    from concord.analysis.queries import question_of, queue, state_of_finding

    actor = operator()
    tabs = ("double-entries", "coordinate", "continuations", "synergies", "answered")
    rows = [
        finding
        for tab in tabs
        for finding in queue(plan, actor=actor, on=on, tab=tab)
        .select_related(*_SIDES)
        .prefetch_related(*_PARTS)
    ]
    return [
        {
            "id_a": finding.key_a,
            "id_b": finding.key_b,
            "title_a": finding.action_a.title,
            "title_b": finding.action_b.title,
            "kind": finding.kind,
            "score": finding.score,
            "state": state_of_finding(finding).value,
            "question": question_of(finding),
            "evidence": finding.evidence,
            "can_be_changed": bool(finding.adjustable_until and finding.adjustable_until >= on),
        }
        for finding in rows
    ]


_SIDES = ("framework", "action_a__reporting_organisation", "action_b__reporting_organisation")
_PARTS = ("action_a__participations__organisation", "action_b__participations__organisation")


def _needs(plan: Any) -> dict[str, Any]:
    """What the plan says of its needs, and which links are proposed and wait for a person."""
    from concord.accounts.services import operator
    from concord.analysis.queries import proposals_of
    from concord.analysis.rules import strength_of
    from concord.plan.documents import document_of

    document = document_of(plan, actor=operator())
    proposals = [
        {
            "need": proposal.need.key,
            "action": proposal.action.key,
            "score": proposal.score,
            "strength": strength_of(proposal.score),
            "evidence": proposal.evidence,
        }
        for proposal in proposals_of(plan, actor=operator())
    ]
    return {"confirmed": document["figures"]["support"], "proposed": proposals}


def _report(kept: Any, findings: list[dict[str, Any]], needs: dict[str, Any]) -> dict[str, Any]:
    return {
        "plan": kept.plan.ref,
        "at": kept.at.isoformat(),
        "engine_release": kept.engine_release,
        "parameters": kept.parameters,
        "counts": kept.counts,
        "findings": findings,
        "support": needs["confirmed"],
        "proposals": needs["proposed"],
    }


def _print_summary(kept: Any, findings: list[dict[str, Any]], needs: dict[str, Any]) -> None:
    counts = kept.counts
    print(f"{kept.plan.title}: {counts['actions']} actions, compared with {counts['compared_with']}.")
    waiting = [finding for finding in findings if finding["state"] in ("open", "asked again")]
    for kind, heading in HEADINGS.items():
        _print_kind(heading, [finding for finding in waiting if finding["kind"] == kind])
    states = Counter(finding["state"] for finding in findings)
    print(f"\nWaiting for an answer: {len(waiting)}, of them asked again: {states['asked again']}. ", end="")
    print(f"Answered: {len(findings) - len(waiting)}.")
    _print_support(needs)
    if counts["changed_meanwhile"]:
        print(f"{counts['changed_meanwhile']} pairs changed while the analysis ran: run it again.")


def _print_kind(heading: str, findings: list[dict[str, Any]]) -> None:
    print(f"\n{heading}: {len(findings) or 'none found'}")
    for finding in findings[:SHOWN]:
        print(f"  {finding['id_a']} and {finding['id_b']}  {finding['score']:.2f}  {finding['evidence']}")
    if len(findings) > SHOWN:
        print(f"  … and {len(findings) - SHOWN} more")


def _print_support(needs: dict[str, Any]) -> None:
    support, proposed = needs["confirmed"], needs["proposed"]
    answered = support["needs"] - support["without_support"]
    print(f"\nNeeds: {support['needs']}. Support is reported for {answered}, ", end="")
    print(f"none reported for {support['without_support']} (counting links that people confirmed).")
    needs_touched = len({row["need"] for row in proposed})
    print(f"Proposed and not yet confirmed: {len(proposed)} links for {needs_touched} needs.")
