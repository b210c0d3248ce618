"""The steps of `concord case` that split a case and join two, and what `undo` takes back."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concord.analysis.grouping import Pair
    from concord.analysis.queries import CaseRead

STEPS = {
    "split": "take actions, or pairs, out of a case into a case of their own",
    "join": "join another case into this one",
}


def add_steps(steps: Any) -> None:
    """`split KEY ID...` and `join KEY OTHER`, each with `--reason`."""
    for step, said in STEPS.items():
        one = steps.add_parser(step, help=said)
        one.add_argument("key", help="the case's key, as in the list")
        if step == "split":
            one.add_argument(
                "ids",
                nargs="+",
                metavar="ID",
                help="an action, by its key or its source's own id; a pair as KEY-KEY",
            )
        else:
            one.add_argument("other", help="the key of the case that is joined into it")
        one.add_argument("--reason", required=True, help="why, in a sentence; whoever looks later reads it")


def run_step(options: argparse.Namespace, read: CaseRead) -> int:
    """Acts as the operator."""
    from concord.accounts.services import operator
    from concord.analysis.queries import case_named
    from concord.analysis.services import join_cases, split_case
    from concord.kernel import clock

    acts: dict[str, Any] = {"reason": options.reason, "by": operator(), "at": clock.now()}
    version = read.case.version
    if options.step == "split":
        actions, pairs = _named(read, options.ids)
        act = split_case(read.case, actions=actions, pairs=pairs, expected_version=version, **acts)
        print(f"{_moved(len(act.pairs))} in case {act.other.key}, no more in case {act.case.key}.")
        return 0
    other = case_named(options.other.upper(), actor=acts["by"]).case
    act = join_cases(read.case, other, expected_version=version, other_version=other.version, **acts)
    print(f"{_moved(len(act.pairs))} in case {act.case.key}, no more in case {act.other.key}.")
    return 0


def undo_last(read: CaseRead, *, after: Any) -> bool:
    """Takes the latest split or join of a case back, if it was done after that instant (None: whenever)."""
    from concord.accounts.services import operator
    from concord.analysis.queries import regroupings_of
    from concord.analysis.services import undo_regrouping
    from concord.kernel import clock

    standing = [each.act for each in regroupings_of(read, actor=operator()) if each.act.undone_at is None]
    if not standing or (after is not None and standing[0].at < after):
        return False
    act = undo_regrouping(standing[0], by=operator(), at=clock.now())
    where = act.case.key if act.did == "split" else act.other.key
    print(f"Taken back. {_moved(len(act.pairs))} in case {where} again.")
    return True


def facts_of(read: CaseRead) -> list[dict[str, Any]]:
    """What people did to a case, the latest first."""
    from concord.accounts.services import operator
    from concord.analysis.queries import regroupings_of

    return [
        {
            "did": each.act.did,
            "case": each.act.case.key,
            "other": each.act.other.key,
            "pairs": each.pairs,
            "reason": each.reason,
            "by": each.act.by.name,
            "at": each.act.at.isoformat(),
            "ended": ", undone" if each.act.undone_at else "",
        }
        for each in regroupings_of(read, actor=operator())
    ]


def say(fact: dict[str, Any]) -> str:
    """One act in a line."""
    if fact["did"] == "split":
        done = f"case {fact['other']} was split off case {fact['case']}"
    else:
        done = f"case {fact['other']} was joined into case {fact['case']}"
    return f"{fact['at']}  {done} ({_pairs(fact['pairs'])}), {fact['by']}{fact['ended']}: {fact['reason']}"


def _named(read: CaseRead, ids: list[str]) -> tuple[list[str], list[Pair]]:
    """The actions and pairs that people named, by keys."""
    from concord.kernel.errors import BadInput, NotFound

    keys = {action.key for action in read.actions}
    actions, pairs = [], []
    for text in ids:
        key_a, _dash, key_b = text.upper().partition("-")
        own = [action.key for action in read.actions if action.own_id.upper() == text.upper()]
        if text.upper() in keys:
            actions.append(text.upper())
        elif len(own) > 1:  # the ids of two reporters may be the same
            raise BadInput(f"“{text}” is the id of {len(own)} actions here. Write the key: {', '.join(own)}.")
        elif own:
            actions += own
        elif read.finding(key_a, key_b) is not None:
            pairs.append((key_a, key_b))
        else:
            there = ", ".join(f"{action.key} ({action.own_id})" for action in read.actions)
            raise NotFound(f"“{text}” does not stand in case {read.case.key}. In it stand: {there}.")
    return actions, pairs


def _pairs(count: int) -> str:
    return f"{count} pair{'s' * (count != 1)}"


def _moved(count: int) -> str:
    return f"{_pairs(count)} now stand{'s' * (count == 1)}"
