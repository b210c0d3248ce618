"""`concord train`: learns the relations between actions again, from what people here answered."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from concord.kernel.errors import BadInput

HELP = "train the model of relations from your own answers, or choose which model analysis uses"

FIGURES = {
    "average_precision": "average precision, related or not",
    "related_f1": "F1, related or not",
    "kind_right": "right kind among the related",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Train, list, choose; or from files, without a database."""
    parser.add_argument("--list", action="store_true", help="the models kept here, and which one is in use")
    parser.add_argument("--use", metavar="MODEL", help="take a kept model into use, or `shipped` again")
    parser.add_argument("--dry-run", action="store_true", help="train and measure, keep nothing")
    parser.add_argument("--use-anyway", action="store_true", help="use it even if a figure became worse")
    parser.add_argument("--actions", type=Path, metavar="ACTIONS.csv", help="train from files: the actions")
    parser.add_argument(
        "--labels", type=Path, metavar="LABELS.csv", help="train from files: id_a, id_b and kind"
    )
    parser.add_argument("-o", "--out", type=Path, metavar="MODEL.json", help="train from files: the model")
    parser.add_argument("--seed", type=int, help="of the folds and of the model (default: the shipped one)")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")


def _needs_database(options: argparse.Namespace) -> bool:
    return not (options.actions or options.labels or options.out)


NEEDS_DATABASE = _needs_database  # files alone need none


def run(options: argparse.Namespace) -> int:
    """Exit 0; 1 where a figure of the shipped test set became worse and the model is not in use."""
    if options.actions or options.labels or options.out:
        return _from_files(options)
    if options.list or options.use:
        return _choose(options)
    return _from_answers(options)


def _from_answers(options: argparse.Namespace) -> int:
    from concord.accounts.services import operator
    from concord.analysis.services.learning import train
    from concord.kernel import clock

    done = train(
        _material(),
        judge=_judge,
        seed=_seed(options),
        only_try=options.dry_run,
        use_anyway=options.use_anyway,
        by=operator(),
        at=clock.now(),
    )
    facts = _facts(done.learnt) | {
        "left_out": done.left_out,
        "model": done.kept.name if done.kept else "",
        "in_use": done.in_use,
    }
    if options.json:
        print(json.dumps(facts, indent=2))
    else:
        _say(done.learnt)
        if done.left_out:
            print(f"{done.left_out} answers are no labels: one of the two actions changed since.")
        print(_outcome(facts))
    return 1 if done.learnt.worse and not done.in_use else 0


def _outcome(facts: dict[str, Any]) -> str:
    if not facts["model"]:
        return "Nothing was kept."
    if facts["in_use"]:
        return (
            f"{facts['model']} is kept and in use from the next analysis on. "
            "To go back: concord train --use shipped"
        )
    return (
        f"{facts['model']} is kept, and not in use, because it would be worse. "
        f"To use it all the same: concord train --use {facts['model']}"
    )


def _from_files(options: argparse.Namespace) -> int:
    from concord.analysis.learning import learn_from_files
    from concord.analysis.standalone import replace_file, require_writable

    if not (options.actions and options.labels and options.out):
        raise BadInput("Training from files needs all three: --actions, --labels and -o.")
    require_writable(options.out, options.actions, options.labels)
    learnt = learn_from_files(_material(), options.actions, options.labels, seed=_seed(options), judge=_judge)
    written = options.use_anyway or not learnt.worse
    if written and not options.dry_run:
        replace_file(options.out, lambda handle: handle.write(learnt.model.to_json()))
    if options.json:
        print(json.dumps(_facts(learnt) | {"written": written and not options.dry_run}, indent=2))
    else:
        _say(learnt)
        if options.dry_run or not written:
            print("Nothing was written." + ("" if written else " --use-anyway writes it all the same."))
        else:
            print(f"Written to {options.out}. `concord relations --model {options.out}` uses it.")
    return 0 if written else 1


def _choose(options: argparse.Namespace) -> int:
    from concord.accounts.services import operator
    from concord.analysis import kept_models
    from concord.analysis.services.learning import choose_model
    from concord.kernel import clock

    if options.use:
        choose_model(options.use, by=operator(), at=clock.now())
    now = kept_models.in_use()
    models = [{"name": one.name, "in_use": one.name == now.name, **one.about} for one in kept_models.kept()]
    if options.json:
        print(json.dumps({"in_use": now.name, "set_aside": now.set_aside, "models": models}, indent=2))
        return 0
    for one in models:
        print(f"{one['name']}: {one['own_pairs']} own labels, seed {one['seed']}" + _mark(one["in_use"]))
    print(f"{kept_models.SHIPPED}: the model of this release" + _mark(now.name == kept_models.SHIPPED))
    if now.set_aside:
        print(f"concord: set aside, {now.set_aside}. Train again.", file=sys.stderr)
    return 0


def _mark(in_use: bool) -> str:
    return " (in use)" if in_use else ""


def _say(learnt: Any) -> None:
    known = f", {learnt.known} of them of pairs that are labelled already" if learnt.known else ""
    print(f"Trained from the shipped labels and {learnt.own} of your own{known}.")
    print("On the shipped test set (five folds, never tested on what was trained on):")
    for name, words in FIGURES.items():
        before, after = learnt.before[name], learnt.after[name]
        note = "  WORSE" if name in learnt.worse else ""
        print(f"  {words}: {before:.3f} before, {after:.3f} with your labels{note}")


def _facts(learnt: Any) -> dict[str, Any]:
    return {
        "own_pairs": learnt.own,
        "known_pairs": learnt.known,
        "before": {name: learnt.before[name] for name in FIGURES},
        "after": {name: learnt.after[name] for name in FIGURES},
        "worse": learnt.worse,
    }


def _seed(options: argparse.Namespace) -> int:
    from concord.analysis.quality import SEED

    return SEED if options.seed is None else int(options.seed)


def _material() -> Any:
    from concord.commands.benchmarks.quality import MATERIAL

    return MATERIAL


def _judge(out: Path) -> dict[str, float]:
    """The judge that the shipped figures are reported by; its own lines are not printed."""
    import contextlib
    import io
    import runpy

    from concord.commands.benchmarks.quality import LABELS, MATERIAL

    with contextlib.redirect_stdout(io.StringIO()):
        found = runpy.run_path(str(LABELS / "relations.py"))["judge"](out, MATERIAL.pairs)
    return {name: float(found[name]) for name in FIGURES}
