"""`concord check`: compares an idea, or the rows of a draft, with what is planned, and stores nothing.

With `--against` it needs no database: see check_alone.py.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from concord.commands.check_alone import ALONE, add_alone_arguments, run_alone
from concord.commands.check_words import LISTS, SHOWN, print_footnote, print_kinds, said_reading, typed_idea
from concord.kernel.errors import BadInput
from concord.kernel.scores import said_score

if TYPE_CHECKING:
    from concord.analysis.services.checking import Checked, Idea
    from concord.intake.drafts import Draft

HELP = "compare an idea, or the rows of a draft, with what is planned: double entries, overlaps, open needs"


def NEEDS_DATABASE(options: argparse.Namespace) -> bool:  # noqa: N802  (a setting that asks the options)
    """Only where it is compared with what the installation holds, and can be."""
    return bool(options.framework) and not options.against and not any(getattr(options, n) for n in ALONE)


OK, DATA_ERRORS = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`(--title TEXT … | FILE) (--framework REF | --against FILE.csv [-o OUT] [--explain]) [--json]`."""
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a table or a plain text")
    parser.add_argument("--framework", metavar="REF", help="whose actions and needs it is compared with")
    add_alone_arguments(parser)
    parser.add_argument("--title", default="", metavar="TEXT", help="the idea in one line")
    parser.add_argument("--summary", default="", metavar="TEXT", help="more about it")
    for name in LISTS:
        option = name.replace("_", "-")
        parser.add_argument(f"--{option}", default="", metavar="A;B", help="separated by semicolons")
    parser.add_argument("--start", default="", metavar="DATE", help="2027, 2027-02 or 2027-02-28")
    parser.add_argument("--end", default="", metavar="DATE")
    parser.add_argument("--amount", default="", metavar="NUMBER")
    parser.add_argument("--currency", default="", metavar="CODE", help="EUR, USD, …")
    parser.add_argument("--json", action="store_true", help="the whole answer as JSON")


def run(options: argparse.Namespace) -> int:
    """Checks as the operator, who may see everything. 0: all were checked; 1: some rows could not be read.

    Raises:
        NotFound: no such framework; BadInput, UnreadableFile: nothing that can be checked (exit 2).
    """
    if bool(options.title) == bool(options.file):
        raise BadInput("Give either an idea (--title) or a FILE with drafts.")
    if options.file:
        _require_file(options.file)
    if options.against is not None and options.framework:
        raise BadInput("Compare with --framework REF or with --against FILE.csv, not with both at once.")
    if options.against is not None:
        return run_alone(options)
    if not options.framework:
        raise BadInput("Say what it is compared with: --framework REF, or --against FILE.csv.")
    for name in ALONE:
        if getattr(options, name):
            raise BadInput(f"--{name} goes with --against FILE.csv. Here --json gives the whole answer.")
    from concord.accounts.services import operator
    from concord.analysis.services.checking import check_ideas
    from concord.kernel import clock
    from concord.plan.queries import framework_named
    from concord.publication.reading import say_count

    framework = framework_named(options.framework)
    drafts = _drafts(options, framework)
    good = [draft for draft in drafts if not draft.problems]
    if not good:
        what = f"{options.file}: no row can be checked." if options.file else "This idea cannot be checked."
        told = "; ".join(_told(draft) for draft in drafts)
        raise BadInput(f"{what} {told}")
    ideas = [_idea(draft) for draft in good]
    checking = check_ideas(ideas, framework, actor=operator(), on=clock.now().date())
    wrong = [_told(draft) for draft in drafts if draft.problems]
    if options.json:
        print(json.dumps(_report(checking, good, wrong), ensure_ascii=False, indent=2))
    else:
        actions = say_count(checking.compared_with, "action", "actions")
        needs = say_count(checking.needs, "open need", "open needs")
        print(f"Compared with {actions} and {needs}. Nothing is kept.")
        for draft, checked in zip(good, checking.checked, strict=True):
            _print(draft, checked, _titles(checking, framework))
        print_footnote(
            (each.read for each in checking.checked),
            (like for each in checking.checked for like in each.related),
        )
        for line in wrong:
            print(f"\nNot checked: {line}")
    return DATA_ERRORS if wrong else OK


def _require_file(path: Path) -> None:
    if path.is_dir():
        raise BadInput(f"{path} is a folder. Name the file with the drafts.")
    if not path.is_file():
        raise BadInput(f"{path}: there is no such file. Check the name.")


def _drafts(options: argparse.Namespace, framework: Any) -> list[Draft]:
    from concord.accounts.services import operator
    from concord.intake.drafts import drafts_in

    if options.file:
        return drafts_in(options.file.name, options.file.read_bytes(), framework, actor=operator())
    return [_typed(options)]


def _typed(options: argparse.Namespace) -> Draft:
    """The idea of the command line."""
    from concord.intake.drafts import Draft

    idea = typed_idea(options)
    return Draft(
        "",
        title=idea.title,
        summary=idea.summary,
        lists={name: getattr(idea, name) for name in LISTS},
        start=idea.start,
        end=idea.end,
        amount=idea.amount,
        currency=idea.currency,
    )


def _idea(draft: Draft) -> Idea:
    from concord.analysis.services.checking import Idea

    values = {name: draft.lists.get(name, ()) for name in LISTS}
    return Idea(
        title=draft.title,
        summary=draft.summary,
        start=draft.start,
        end=draft.end,
        amount=draft.amount,
        currency=draft.currency,
        key=draft.key,
        **values,
    )


def _told(draft: Draft) -> str:
    return f"{draft.place or 'the text'}: {' '.join(draft.problems)}"


def _titles(checking: Any, framework: Any) -> dict[str, str]:
    from concord.accounts.services import operator
    from concord.plan.queries import actions_visible_to, needs_visible_to

    keys = {like.key for each in checking.checked for like in each.related}
    needs = {need.key for each in checking.checked for need in each.needs}
    actions = actions_visible_to(operator(), framework).filter(key__in=keys).values_list("key", "title")
    stated = needs_visible_to(operator(), framework).filter(key__in=needs).values_list("key", "statement")
    return dict(actions) | dict(stated)


def _print(draft: Draft, checked: Checked, titles: dict[str, str]) -> None:
    print(f"\n{checked.idea.title}{f' ({draft.place})' if draft.place else ''}")
    print(f"  Read as: {said_reading(checked.read)}")
    found = print_kinds(checked.related, titles)
    if checked.needs:
        print(f"  Open needs it may answer: {len(checked.needs)}")
    for need in checked.needs[:SHOWN]:
        print(f"    {need.key}  {said_score(need.score)}  {titles.get(need.key, '')}")
    if not found and not checked.needs:
        print("  Nothing is like it, and no open need asks for it.")


def _report(checking: Any, drafts: list[Draft], wrong: list[str]) -> dict[str, Any]:
    return {
        "compared_with": checking.compared_with,
        "open_needs": checking.needs,
        "not_checked": wrong,
        "ideas": [_as_json(draft, checked) for draft, checked in zip(drafts, checking.checked, strict=True)],
    }


def _as_json(draft: Draft, checked: Checked) -> dict[str, Any]:
    read = checked.read
    return {
        "place": draft.place,
        "title": checked.idea.title,
        "read": {
            "topics": list(read.topics),
            "action_types": list(read.action_types),
            "beneficiaries": list(read.beneficiaries),
            "whom": list(read.whom),
            "from_words": sorted(read.from_words),
        },
        "related": [
            {"id": like.key, "kind": like.kind, "score": like.score, "evidence": like.evidence}
            for like in checked.related
        ],
        "needs": [
            {"id": need.key, "score": need.score, "strength": need.strength, "evidence": need.evidence}
            for need in checked.needs
        ],
    }
