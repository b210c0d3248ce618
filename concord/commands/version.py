"""`concord version`: freeze a plan's text, list, show and compare its versions, prove that they hold."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concord.plan.models import Plan, PlanVersion
    from concord.publication.comparison import Changes, Comparison

HELP = "versions of a plan: freeze, list, show, diff, verify"
NEEDS_DATABASE = True

_SHOWN = 20  # lines of each kind that `diff` prints before it only counts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`freeze|list|show|diff|verify [REF [REF2]] --plan REF [--json]`."""
    steps = parser.add_subparsers(dest="step", required=True, metavar="STEP")
    freeze = _step(steps, "freeze", "keep the plan's text as it stands now as the next draft")
    freeze.add_argument("--label", default="", help="what people call it, such as “for the Board of June”")
    _step(steps, "list", "the plan's versions with their standing")
    show = _step(steps, "show", "one version: when, by which decision, what it holds")
    show.add_argument("version", help="N for version N, dN for draft N")
    diff = _step(steps, "diff", "what changed from one version to another, or to the plan as it stands")
    diff.add_argument("version", help="the older one: N or dN")
    diff.add_argument("other", nargs="?", help="the newer one: N or dN; left out: the plan as it stands")
    verify = _step(steps, "verify", "prove that versions and editions are as they were made")
    verify.add_argument("version", nargs="?", help="also say whether this one is there: N or dN")
    verify.add_argument(
        "--since",
        default="",
        metavar="HEAD",
        help="the SHA-256 of an edition kept from before: it must be in the chain",
    )


def _step(steps: Any, name: str, help_text: str) -> argparse.ArgumentParser:
    step: argparse.ArgumentParser = steps.add_parser(name, help=help_text, description=help_text)
    step.add_argument("--plan", required=True, metavar="REF", help="the plan's ref")
    step.add_argument("--json", action="store_true", help="as JSON")
    return step


def run(options: argparse.Namespace) -> int:
    """Does the step. 0: done; 1: `verify` found something wrong, and names it."""
    from concord.plan.queries import plan_named

    steps = {"freeze": _freeze, "list": _list, "show": _show, "diff": _diff, "verify": _verify}
    return steps[options.step](plan_named(options.plan), options)


def _freeze(plan: Plan, options: argparse.Namespace) -> int:
    from concord.accounts.services import operator
    from concord.kernel import clock
    from concord.plan.services import freeze

    version = freeze(plan, label=options.label, by=operator(), at=clock.now())
    facts = _facts(version)
    _say(
        options,
        facts,
        f"Kept as {facts['name']} (d{version.draft_number}).\nCommitment {version.commitment}.",
    )
    return 0


def _list(plan: Plan, options: argparse.Namespace) -> int:
    facts = [_facts(version) for version in plan.versions.defer("document").order_by("draft_number")]
    lines = [f"{row['ref']:>5}  {row['name']}, {row['standing']}" for row in facts]
    _say(
        options,
        facts,
        "\n".join(lines) or f"{plan.title}: no version yet. Freeze one with: concord version freeze",
    )
    return 0


def _show(plan: Plan, options: argparse.Namespace) -> int:
    from concord.accounts.services import operator
    from concord.plan.queries import version_named
    from concord.publication.drafts import text_of_version

    version = version_named(plan, options.version)
    text = text_of_version(version, actor=operator())
    facts = {**_facts(version), "actions": len(text.actions), "needs": len(text.needs)}
    lines = [
        f"{plan.title}: {facts['name']}, {facts['standing']}",
        f"{facts['actions']} actions, {facts['needs']} needs. Frozen {facts['frozen_at']}.",
        f"Commitment {facts['commitment']}",
    ]
    if facts["decision"]:
        decision = facts["decision"]
        lines.append(
            f"Decision {decision['number']} of {decision['on']}, {decision['place']}: {decision['text']}"
        )
        if decision["rehearsal"]:
            lines.append("A rehearsal: no Board took this decision on this text.")
    if facts["edition"]:
        lines.append(
            f"Published: SHA-256 {facts['edition']['sha256']}, "
            f"in force from {facts['edition']['in_force_from']}."
        )
    _say(options, facts, "\n".join(lines))
    return 0


def _diff(plan: Plan, options: argparse.Namespace) -> int:
    from concord.accounts.services import operator
    from concord.plan.documents import document_of
    from concord.plan.queries import version_named
    from concord.publication.comparison import compare
    from concord.publication.drafts import version_document

    old = version_document(version_named(plan, options.version), actor=operator())
    if options.other:
        new = version_document(version_named(plan, options.other), actor=operator())
    else:
        new = document_of(plan, actor=operator())
    comparison = compare(old, new)
    _say(options, asdict(comparison), _diff_lines(comparison, options))
    return 0


def _diff_lines(comparison: Comparison, options: argparse.Namespace) -> str:
    names = f"{options.version} and {options.other or 'the plan as it stands'}"
    if comparison.is_empty:
        return f"No action and no need differs between {names}."
    lines = [f"Between {names}:"]
    for noun, changes in (("actions", comparison.actions), ("needs", comparison.needs)):
        lines += _change_lines(noun, changes)
    return "\n".join(lines)


def _change_lines(noun: str, changes: Changes) -> list[str]:
    parts = (
        ("added", [f"{row.key}  {row.title}" for row in changes.added]),
        (
            "changed",
            [f"{row.key}  {row.title}: {', '.join(f.field for f in row.fields)}" for row in changes.changed],
        ),
        ("withdrawn", [f"{row.key}  {row.title}" for row in changes.withdrawn]),
        ("no longer public", [f"{row.key}  {row.title}" for row in changes.no_longer_public]),
    )
    lines = []
    for word, rows in parts:
        if rows:
            lines.append(f"{len(rows)} {noun} {word}")
            lines += [f"  {row}" for row in rows[:_SHOWN]]
            lines += [f"  and {len(rows) - _SHOWN} more"] if len(rows) > _SHOWN else []
    return lines


def _verify(plan: Plan, options: argparse.Namespace) -> int:
    from concord.plan.queries import version_named
    from concord.publication.verification import verify

    if options.version:
        version_named(plan, options.version)
    result = verify(plan, since=options.since)
    lines = [f"{problem.what}: {problem.why}" for problem in result.problems]
    if result.ok:
        lines = [
            f"{plan.title}: {result.versions} versions and {result.editions} editions are as they were made.",
            f"Head {result.head}" if result.head else "Nothing is published yet.",
        ]
    _say(options, {**asdict(result), "ok": result.ok}, "\n".join(lines))
    return 0 if result.ok else 1


def _facts(version: PlanVersion) -> dict[str, Any]:
    from concord.governance.queries import decision_facts, standing_of
    from concord.publication.drafts import name_of_version
    from concord.publication.queries import edition_made_of

    standing = standing_of(version)
    edition = edition_made_of(version.pk)
    return {
        "ref": version.ref,
        "name": name_of_version(version),
        "draft": version.draft_number,
        "number": version.number,
        "label": version.label,
        "frozen_at": version.frozen_at.isoformat(),
        "commitment": version.commitment,
        "standing": "published" if edition else standing.state.value,
        "decision": decision_facts(standing.decision) if standing.decision else None,
        "edition": {"sha256": edition.sha256, "in_force_from": edition.in_force_from.isoformat()}
        if edition
        else None,
    }


def _say(options: argparse.Namespace, facts: Any, sentence: str) -> None:
    print(json.dumps(facts, indent=2, ensure_ascii=False) if options.json else sentence)
