"""`concord analyse`: compares a plan's actions with all others, and finds which of them answer its needs."""

import argparse
import json
from collections import Counter
from typing import Any

from concord.kernel.scores import said_score

HELP = "compare a plan's actions and needs: findings for people to answer, and support proposed"
NEEDS_DATABASE = True

SHOWN = 5  # findings of a kind that the summary names; the pages and --json have all

TABS = {
    "duplicate": "double-entries",
    "overlap": "coordinate",
    "continuation": "continuations",
    "synergy": "synergies",
}
UNTOLD = (
    "The others are for those who coordinate: pass on no names before the sources could answer and the "
    "secretariat confirmed it."
)

HEADINGS = {
    "duplicate": "Possible double entries",
    "overlap": "To be coordinated",
    "continuation": "Possible continuations",
    "synergy": "Possible synergies",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--plan REF [--action KEY] [--json]`."""
    parser.add_argument(
        "--plan", required=True, metavar="REF", help="the plan, as `concord plan list` names it"
    )
    parser.add_argument("--action", metavar="KEY", help="only this action of the plan, against all others")
    parser.add_argument("--json", action="store_true", help="all findings and proposals as JSON")


def run(options: argparse.Namespace) -> int:
    """Analyses as the operator and prints what waits for an answer. Unknown plan or action: exit 2."""
    from concord.accounts.services import operator
    from concord.analysis import services
    from concord.kernel import clock
    from concord.plan.queries import plan_named

    plan, at = plan_named(options.plan), clock.now()
    if options.action:
        return _run_one(plan, options.action, as_json=options.json)
    kept = services.run(plan, by=operator(), at=at)
    findings, needs, cases = _findings(plan, at.date()), _needs(plan), _cases(plan)
    if options.json:
        print(json.dumps(_report(kept, findings, needs, cases), ensure_ascii=False, indent=2))
    else:
        _print_summary(kept, findings, needs, cases)
    return 0


def _run_one(plan: Any, key: str, *, as_json: bool) -> int:
    """Analyses one action of the plan and prints what is found for it.

    Raises:
        NotFound: the plan has none with this key.
    """
    from concord.accounts.services import operator
    from concord.analysis import services
    from concord.kernel import clock
    from concord.kernel.errors import NotFound
    from concord.plan.queries import actions_in

    action, at = actions_in(plan, actor=operator()).filter(key=key).first(), clock.now()
    if action is None:
        raise NotFound(
            f"No action of {plan.ref} has the key {key}. Keys stand in the address of each action."
        )
    kept = services.rerun_action(action, by=operator(), at=at)
    findings = [each for each in _findings(plan, at.date()) if key in (each["id_a"], each["id_b"])]
    proposals = [each for each in _needs(plan)["proposed"] if each["action"] == key]
    if as_json:
        said = {"plan": plan.ref, "action": key, "counts": kept.counts}
        print(json.dumps(said | {"findings": findings, "proposals": proposals}, ensure_ascii=False, indent=2))
        return 0
    counts = kept.counts
    print(f"{action.title}: compared with {counts['compared_with']} actions and {counts['needs']} needs.")
    print(f"Pairs new: {counts['new']}, changed: {counts['changed']}, no longer proposed: {counts['gone']}.")
    for each in findings:
        other = "b" if each["id_a"] == key else "a"
        named = f"{each[f'id_{other}']}  {said_score(each['score'])}  {each['kind']}, {each['state']}"
        print(f"  {named}: {each[f'title_{other}']}")
    print(f"Needs that it may answer, not yet confirmed: {len(proposals)}.")
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
            "confirmed": finding.confirmed_at is not None,
            "can_be_changed": bool(finding.adjustable_until and finding.adjustable_until >= on),
        }
        for finding in rows
    ]


def _cases(plan: Any) -> dict[str, int]:
    """How many cases wait, by the kind of their findings."""
    from concord.accounts.services import operator
    from concord.analysis.queries import counts_of

    counts = counts_of(plan, actor=operator())
    return {kind: counts[TABS[kind]] for kind in HEADINGS}


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


def _report(
    kept: Any, findings: list[dict[str, Any]], needs: dict[str, Any], cases: dict[str, int]
) -> dict[str, Any]:
    return {
        "plan": kept.plan.ref,
        "at": kept.at.isoformat(),
        "engine_release": kept.engine_release,
        "parameters": kept.parameters,
        "counts": kept.counts,
        "cases": cases,
        "findings": findings,
        "support": needs["confirmed"],
        "proposals": needs["proposed"],
    }


def _print_summary(
    kept: Any, findings: list[dict[str, Any]], needs: dict[str, Any], cases: dict[str, int]
) -> None:
    counts = kept.counts
    print(f"{kept.plan.title}: {counts['actions']} actions, compared with {counts['compared_with']}.")
    waiting = [finding for finding in findings if finding["state"] in ("open", "asked again")]
    for kind, heading in HEADINGS.items():
        _print_kind(heading, cases[kind], [finding for finding in waiting if finding["kind"] == kind])
    states = Counter(finding["state"] for finding in findings)
    again, over = states["asked again"], states["both have ended"]
    answered = len(findings) - len(waiting) - over
    print(f"\nWaiting for an answer: {_cases_of(sum(cases.values()), len(waiting))}, ", end="")
    print(f"of them asked again: {again}. Answered: {_pairs(answered)}.")
    if over:
        print(f"Over before anybody answered: {_pairs(over)}.")
    told = sum(finding["confirmed"] for finding in findings)
    if waiting:
        print(f"Told with names: {told} of {_pairs(len(findings))}. {UNTOLD}")
    _print_support(needs)
    if counts["changed_meanwhile"]:
        print(f"{counts['changed_meanwhile']} pairs changed while the analysis ran: run it again.")


def _cases_of(cases: int, pairs: int) -> str:
    """ "12 cases of 30 pairs"."""
    return f"{cases} case{'s' * (cases != 1)} of {_pairs(pairs)}"


def _pairs(count: int) -> str:
    return f"{count} pair{'s' * (count != 1)}"


def _print_kind(heading: str, cases: int, findings: list[dict[str, Any]]) -> None:
    print(f"\n{heading}: {_cases_of(cases, len(findings)) if findings else 'none found'}")
    for finding in findings[:SHOWN]:
        pair = f"{finding['id_a']} and {finding['id_b']}"
        print(f"  {pair}  {said_score(finding['score'])}  {finding['evidence']}")
    if len(findings) > SHOWN:
        print(f"  … and {len(findings) - SHOWN} more")


def _print_support(needs: dict[str, Any]) -> None:
    support, proposed = needs["confirmed"], needs["proposed"]
    answered = support["needs"] - support["without_support"]
    print(f"\nNeeds: {support['needs']}. Support is reported for {answered}, ", end="")
    print(f"none reported for {support['without_support']} (counting links that people confirmed).")
    needs_touched = len({row["need"] for row in proposed})
    print(f"Proposed and not yet confirmed: {len(proposed)} links for {needs_touched} needs.")
