"""`concord case`: the cases of a plan, one in full, its sources, its answers, and its evidence sheet.

Assigning stands in case_assign.py, splitting and joining in case_regroup.py, what is about sources in
case_sources.py.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from concord.commands import case_assign, case_regroup
from concord.commands.case_sources import STEPS, add_steps, run_step
from concord.commands.export import give_out
from concord.kernel.codelists import KINDS as WORDS_OF_KINDS
from concord.kernel.errors import NotFound
from concord.kernel.scores import said_score

if TYPE_CHECKING:
    from concord.analysis.models import Assessment
    from concord.analysis.queries import CaseRead

HELP = "cases of related actions: list, show, assign, split, join, ask sources, answer, undo, evidence sheet"
NEEDS_DATABASE = True

PARTS = {
    "overlap": "coordinate",
    "duplicate": "double-entries",
    "synergy": "synergies",
    "continuation": "continuations",
    "board": "board",
    "answered": "answered",
}
KINDS = ("overlap", "duplicate", "synergy", "continuation")
CERTAINTIES = ("possible", "likely", "almost-certain")
ASKED = ("no", "waiting", "answered", "confirmed")
ORDERS = ("work", "certainty", "money", "until", "size", "newest", "title")
ANSWERS = ("joined", "phased", "kept", "dismissed")
SHEETS = ("docx", "pdf")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`list --plan REF`, `show KEY`, `assign KEY...`, `answer KEY`, `split KEY ID...`, `join KEY OTHER`,
    `undo KEY`, `sheet KEY`, and what is about sources."""
    names = ["list", "show", case_assign.STEP, "answer", "undo", "sheet", *case_regroup.STEPS, *STEPS]
    steps = parser.add_subparsers(dest="step", required=True, metavar="|".join(names))
    listing = steps.add_parser(
        "list", help="the cases of a plan, in the order in which they are worked through"
    )
    listing.add_argument("--plan", required=True, metavar="REF", help="the plan's ref")
    listing.add_argument(
        "--sort", choices=PARTS, default="overlap", help="which part of the queue (default: overlap)"
    )
    _add_filters(listing)
    listing.add_argument("--json", action="store_true", help="the list as JSON")
    showing = _step(steps, "show", "one case: its actions, its pairs, and what was answered")
    showing.add_argument("--json", action="store_true", help="the case as JSON")
    answering = _step(steps, "answer", "record what was agreed about all pairs of a case that wait")
    answering.add_argument("--answer", required=True, choices=ANSWERS, help="what was agreed")
    answering.add_argument("--reason", default="", help="why, in a sentence; needed for kept and dismissed")
    _step(steps, "undo", "take back the latest act that stands: an answer, a split or a join")
    sheet = _step(steps, "sheet", "the evidence sheet of a case, as Word or PDF")
    sheet.add_argument("--format", required=True, choices=SHEETS, help="what kind of file")
    sheet.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="where to write it; - for the screen"
    )
    case_assign.add_step(steps)
    case_regroup.add_steps(steps)
    add_steps(steps)


def _add_filters(listing: argparse.ArgumentParser) -> None:
    """What narrows the list, as on the page of the queue."""
    asks = listing.add_argument
    asks("--words", default="", help="each stands in a title, an organisation’s name or an id; or the key")
    asks("--kind", choices=KINDS, default="", help="only cases of this kind: in “board” and “answered”")
    asks("--measure", default="", metavar="CODE", help="one action stands under this measure; none: under no")
    asks("--beneficiary", default="", metavar="CODE", help="both actions of a pair are for this one")
    asks("--certainty", choices=CERTAINTIES, default="possible", help="a pair is at least so sure")
    asks("--assigned", default="", metavar="WHO", help="nobody, or a person’s name or address")
    asks("--asked", choices=ASKED, default="", help="how they stand with their sources")
    asks("--adjustable", action="store_true", help="only what can still be changed")
    asks("--order", choices=ORDERS, default="work", help="the order of work, or another one")


def _step(steps: Any, name: str, said: str) -> argparse.ArgumentParser:
    one: argparse.ArgumentParser = steps.add_parser(name, help=said)
    one.add_argument("key", help="the case's key, as in the list")
    return one


def run(options: argparse.Namespace) -> int:
    """Acts as the operator. A key or plan that there is not is wrong use (exit 2)."""
    own = {"list": _list, "show": _show, "answer": _answer, "undo": _undo, "sheet": _sheet}
    own[case_assign.STEP] = case_assign.run_step
    if options.step in case_regroup.STEPS:
        return case_regroup.run_step(options, _case(options))
    return own.get(options.step, run_step)(options)


def _list(options: argparse.Namespace) -> int:
    from concord.accounts.services import operator
    from concord.analysis.queries import cases_in, read_cases
    from concord.kernel import clock
    from concord.plan.queries import plan_named

    plan, actor, on = plan_named(options.plan), operator(), clock.now().date()
    filters = _filters(options, plan, actor)
    places = cases_in(plan, actor=actor, on=on, tab=PARTS[options.sort], filters=filters)
    read = read_cases([place.pk for place in places], plan.framework, actor=actor, on=on)
    lines = [_facts(each) for each in read]
    if options.json:
        print(json.dumps(lines, ensure_ascii=False, indent=2))
        return 0
    for line in lines:
        size = f"{line['actions']} actions, {line['waiting']} of {line['pairs']} pairs waiting"
        print(f"{line['key']}  {WORDS_OF_KINDS[line['sort']]}: {size}")
        print(f"  {line['sentence']}")
    if not lines:
        print("No case is like that." if filters.narrow else "No case is there.")
    return 0


def _filters(options: argparse.Namespace, plan: Any, actor: Any) -> Any:
    """What the list is narrowed to.

    Raises:
        NotFound: the plan has no such measure, or nobody of that name has taken a case of it on.
    """
    from concord.analysis.queries import NO_MEASURE, CaseFilters, measures_of, people_of
    from concord.kernel.names import fold

    codes = [measure.code for measure in measures_of(plan)]
    if options.measure and options.measure not in (*codes, NO_MEASURE):
        raise NotFound(f"The plan has no measure {options.measure}. It has: {', '.join(codes)}.")
    assigned = options.assigned
    if assigned and assigned != "nobody":
        people = people_of(plan, actor=actor)
        refs = [p.ref for p in people if fold(assigned) in (fold(p.name), fold(p.email or ""), fold(p.ref))]
        if not refs:
            known = ", ".join(person.name for person in people) or "nobody"
            raise NotFound(f"“{assigned}” has taken no case of this plan on. Who has: {known}.")
        assigned = refs[0]
    return CaseFilters(
        words=options.words,
        kind=options.kind,
        measure=options.measure,
        beneficiary=options.beneficiary.upper(),
        band=CERTAINTIES.index(options.certainty) + 1 if options.certainty != "possible" else 0,
        assigned=assigned,
        asked=options.asked,
        adjustable=options.adjustable,
        order="" if options.order == "work" else options.order,
    )


def _show(options: argparse.Namespace) -> int:
    from concord.analysis.queries import question_of_case

    read = _case(options)
    told = _facts(read) | {
        "question": question_of_case(read),
        "assigned_to": read.case.assigned_to.name if read.case.assigned_to else "",
        "members": [{"key": action.key, "title": action.title} for action in read.actions],
        "findings": _findings(read),
        "answers": _answers(read),
        "by_hand": case_regroup.facts_of(read),
    }
    if options.json:
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    print(f"{told['question']}\n{told['sentence']}\n")
    for action in told["members"]:
        print(f"  {action['key']}  {action['title']}")
    print()
    for finding in told["findings"]:
        pair = f"{finding['id_a']} and {finding['id_b']}"
        print(f"  {pair}  {said_score(finding['score'])}  {finding['state']}")
    for answer in told["answers"]:
        print(
            f"  {answer['at']}  {answer['answer']} ({answer['pairs']} pairs), {answer['by']}{answer['ended']}"
        )
    for fact in told["by_hand"]:
        print(f"  {case_regroup.say(fact)}")
    return 0


def _answer(options: argparse.Namespace) -> int:
    from concord.accounts.services import operator
    from concord.analysis.services import answer_case
    from concord.kernel import clock

    read = _case(options)
    pairs = {(each.key_a, each.key_b): each.version for each in read.waiting}
    if not pairs:
        raise NotFound(f"No pair of case {read.case.key} waits for an answer.")
    given = answer_case(
        read.case, answer=options.answer, reason=options.reason, read=pairs, by=operator(), at=clock.now()
    )
    print(
        f"Recorded for {len(given)} pair{'s' * (len(given) != 1)} of case {read.case.key}: {options.answer}."
    )
    return 0


def _undo(options: argparse.Namespace) -> int:
    from concord.accounts.services import operator
    from concord.analysis.services import undo_act
    from concord.kernel import clock

    read = _case(options)
    standing = [answer for answer in _history(read) if not (answer.undone_at or answer.replaced_at)]
    if case_regroup.undo_last(read, after=standing[0].at if standing else None):
        return 0
    if not standing:
        raise NotFound(f"No answer, split or join of case {read.case.key} stands.")
    undone = undo_act(standing[0], by=operator(), at=clock.now())
    print(f"Taken back for {len(undone)} pair{'s' * (len(undone) != 1)} of case {read.case.key}.")
    return 0


def _sheet(options: argparse.Namespace) -> int:
    from concord.publication.sheets import make_sheet

    read = _case(options)
    content = make_sheet(read, options.format, on=read.on)
    give_out(content, options.output)
    return 0


def _case(options: argparse.Namespace) -> CaseRead:
    from concord.accounts.services import operator
    from concord.analysis.queries import case_named

    return case_named(options.key.upper(), actor=operator())


def _facts(read: CaseRead) -> dict[str, Any]:
    from concord.analysis.queries import sentence_of

    return {
        "key": read.case.key,
        "sort": read.case.sort,
        "actions": len(read.actions),
        "pairs": len(read.findings),
        "waiting": len(read.waiting),
        "score": max(finding.score for finding in read.findings),
        "sentence": sentence_of(read),
    }


def _findings(read: CaseRead) -> list[dict[str, Any]]:
    return [
        {
            "id_a": finding.key_a,
            "id_b": finding.key_b,
            "score": finding.score,
            "state": read.state_of(finding).value,
            "evidence": finding.evidence,
        }
        for finding in read.findings
    ]


def _history(read: CaseRead) -> list[Assessment]:
    from concord.analysis.queries import history_of_case

    return history_of_case(read)


def _answers(read: CaseRead) -> list[dict[str, Any]]:
    """Every act of answering, the latest first."""
    acts: dict[tuple[str, str], list[Assessment]] = {}
    for answer in _history(read):
        ended = "undone" if answer.undone_at else "replaced" if answer.replaced_at else ""
        acts.setdefault((answer.together or str(answer.pk), ended), []).append(answer)
    return [
        {
            "answer": act[0].answer,
            "pairs": len(act),
            "reason": act[0].reason,
            "by": act[0].by.name,
            "at": act[0].at.isoformat(),
            "ended": f", {ended}" if ended else "",
        }
        for (_act, ended), act in acts.items()
    ]
