"""`concord org`: the register of organisations: add, list, other names, and two records of one body."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from concord.kernel.codelists import ORGANISATION_KINDS

if TYPE_CHECKING:
    from concord.accounts.models import Organisation

HELP = "organisations: add, list, give another name, merge two records of one body"
NEEDS_DATABASE = True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The steps add, list, alias, merge and undo-merge."""
    steps = parser.add_subparsers(dest="step", required=True, metavar="add|list|alias|merge|undo-merge")
    add = steps.add_parser("add", help="add an organisation to the register")
    add.add_argument("name", help="its full name")
    add.add_argument("--acronym", default="", help="the short form, such as UNDP")
    add.add_argument("--kind", default="", choices=sorted(ORGANISATION_KINDS), help="what it is")
    listed = steps.add_parser("list", help="the register, or those with some words in any of their names")
    listed.add_argument("words", nargs="*", help="words of a name; none lists all")
    alias = steps.add_parser("alias", help="make another name known, and identify the rows that have it")
    alias.add_argument("organisation", help="name, acronym or key of the organisation")
    alias.add_argument("text", help="the other name, as sources write it")
    alias.add_argument("--only-in", default="", metavar="FILE", help="the one file in which this holds")
    merge = steps.add_parser("merge", help="say that two records are one body; can be undone")
    merge.add_argument("target", help="name, acronym or key of the record that stays")
    merge.add_argument("merged", help="name, acronym or key of the record that leads there from now on")
    merge.add_argument("--reason", default="", help="how you know")
    undo = steps.add_parser("undo-merge", help="take a merge back")
    undo.add_argument("merge", help="the key that `merge` printed")
    for step in (add, listed, alias, merge, undo):
        step.add_argument("--json", action="store_true", help="the answer as JSON")


def run(options: argparse.Namespace) -> int:
    """Does the step as the operator. What the register refuses is wrong use (exit 2)."""
    steps = {"add": _add, "list": _list, "alias": _alias, "merge": _merge, "undo-merge": _undo_merge}
    facts, text = steps[options.step](options)
    print(json.dumps(facts, ensure_ascii=False) if options.json else text)
    return 0


def _facts(body: Organisation) -> dict[str, Any]:
    return {"key": body.key, "name": body.name, "acronym": body.acronym, "kind": body.kind}


def _add(options: argparse.Namespace) -> tuple[Any, str]:
    from concord.accounts.services import add_organisation, operator
    from concord.kernel import clock

    added = add_organisation(
        name=options.name, acronym=options.acronym, kind=options.kind, by=operator(), at=clock.now()
    )
    short = f" ({added.acronym})" if added.acronym else ""
    return _facts(added), f"Added {added.name}{short}. Its key is {added.key}."


def _list(options: argparse.Namespace) -> tuple[Any, str]:
    from concord.accounts.queries import register_with

    found = list(register_with(" ".join(options.words)))
    facts = [_facts(body) | {"parent": body.parent.key if body.parent else None} for body in found]
    lines = [f"{body.key}  {body.name}{f' ({body.acronym})' if body.acronym else ''}" for body in found]
    return facts, "\n".join([*lines, f"{len(found)} organisations."])


def _alias(options: argparse.Namespace) -> tuple[Any, str]:
    from concord.accounts.services import operator
    from concord.kernel import clock
    from concord.plan.services import identify_name

    body = _named(options.organisation)
    done = identify_name(
        text=options.text, organisation=body, only_in=options.only_in, by=operator(), at=clock.now()
    )
    where = f" in {options.only_in}" if options.only_in else ""
    facts = {"organisation": body.key, "text": done.answer.text, "actions": len(done.actions)}
    return facts, f"“{done.answer.text}” is {body.name}{where} now; {len(done.actions)} actions changed."


def _merge(options: argparse.Namespace) -> tuple[Any, str]:
    from concord.accounts.services import merge_organisations, operator
    from concord.kernel import clock

    target, merged = _named(options.target), _named(options.merged)
    merge = merge_organisations(
        target=target, merged=merged, reason=options.reason, by=operator(), at=clock.now()
    )
    rows = sum(len(entry["rows"]) for entry in merge.moved)
    facts = {"merge": merge.key, "target": target.key, "merged": merged.key, "moved": rows}
    told = (
        f"{merged.name} is {target.name} now; {rows} rows moved. To undo: concord org undo-merge {merge.key}"
    )
    return facts, told


def _undo_merge(options: argparse.Namespace) -> tuple[Any, str]:
    from concord.accounts.queries import organisation_merge
    from concord.accounts.services import operator, undo_organisation_merge
    from concord.kernel import clock

    undone = undo_organisation_merge(organisation_merge(options.merge), by=operator(), at=clock.now())
    facts = {"merge": undone.key, "target": undone.target.key, "merged": undone.merged.key}
    return facts, f"{undone.merged.name} stands for itself again."


def _named(text: str) -> Organisation:
    """The organisation with this name, acronym or key.

    Raises:
        NotFound: there is none; the message names near ones.
    """
    from concord.accounts.queries import near_names, organisations_by_key, resolve_name
    from concord.kernel.errors import NotFound

    found = resolve_name(text) or organisations_by_key([text.upper()]).get(text.upper())
    if found is None:
        near = ", ".join(f"“{body}”" for body in near_names(text, limit=3))
        raise NotFound(f"The register knows no “{text}”. Near it: {near or 'nothing'}.")
    return found
