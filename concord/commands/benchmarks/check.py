"""Checking an idea against 10,000 actions, and analysing one of them again after it changed."""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from concord.commands.benchmarks.figures import Figure
from concord.commands.benchmarks.quality import MATERIAL

TITLE = "Checking an idea, and analysing one action again, among 10,000 actions"
ACTIONS, IDEAS, CHANGES = 10_000, 50, 20
SEED, OTHER_SEED = 3, 4  # the ideas are not among the actions
_AT_ONCE = 1_000


def measure() -> list[Figure]:
    """One run in a process and a database of its own."""
    with tempfile.TemporaryDirectory(prefix="concord-check-") as folder:
        words = [sys.executable, "-m", __name__]
        done = subprocess.run(  # noqa: S603
            words, capture_output=True, text=True, check=True, env=os.environ | {"CONCORD_DATA": folder}
        )
    found = dict(json.loads(done.stdout.splitlines()[-1]))
    size = f"{found['actions']:,} actions"
    return [
        Figure(f"{size}, {found['needs']} needs: index made from the database", f"{found['made']:.1f} s"),
        Figure(f"{size}: index file", f"{found['file_mb']:.1f} MB"),
        Figure(f"{size}: index read from its file by another process", f"{found['read']:.2f} s"),
        Figure(f"{size}: memory that the index adds to a process", f"{found['memory_mb']:.0f} MB"),
        Figure(
            f"One idea checked, median of {IDEAS}", _ms(found["check_p50"], found["check_cpu"]), "under 1 s"
        ),
        Figure(
            f"One idea checked, 95th percentile of {IDEAS}",
            f"{found['check_p95'] * 1000:.0f} ms",
            "under 1 s",
        ),
        Figure("A draft of 10 rows checked", f"{found['draft']:.2f} s"),
        Figure(
            f"One action analysed again and its findings written, median of {CHANGES}",
            _ms(found["again_p50"], found["again_cpu"]),
            "under 1 s",
        ),
        Figure(
            f"One action analysed again and its findings written, slowest of {CHANGES}",
            f"{found['again_max'] * 1000:.0f} ms",
            "under 1 s",
        ),
        Figure("Findings that touch such an action, on average", f"{found['findings']:.0f}"),
    ]


def _ms(wall: float, cpu: float) -> str:
    return f"{wall * 1000:.0f} ms ({cpu * 1000:.0f} ms of CPU)"


def one_run() -> dict[str, float]:
    """Everything in this process: the plan is loaded, the index made, ideas checked, actions changed."""
    from concord.accounts.services import operator
    from concord.analysis import kept_index
    from concord.analysis.queries import findings_of
    from concord.analysis.services import rerun_action
    from concord.analysis.services.checking import check_ideas
    from concord.kernel import clock
    from concord.plan.queries import actions_visible_to

    framework, needs = _loaded()
    by, on = operator(), clock.now().date()
    before = _resident_mb()
    began = time.perf_counter()
    kept_index.keep_anew(framework, on=on)
    made = time.perf_counter() - began
    path = next((Path(os.environ["CONCORD_DATA"]) / "indexes").iterdir())
    kept_index.forget()
    began = time.perf_counter()
    kept_index.index_now(framework, on=on)
    read = time.perf_counter() - began
    memory = max(_resident_mb() - before, 0.0)
    ideas = list(_ideas())
    check_ideas(ideas[:1], framework, actor=by, on=on)
    cpu = time.process_time()
    checks = [_seconds(lambda idea=idea: check_ideas([idea], framework, actor=by, on=on)) for idea in ideas]
    check_cpu = (time.process_time() - cpu) / len(ideas)
    draft = _seconds(lambda: check_ideas(ideas[:10], framework, actor=by, on=on))
    changed = list(actions_visible_to(by, framework).order_by("key")[: CHANGES * 50 : 50])
    for action in changed:
        rerun_action(action, by=by, at=clock.now())
    took = [_changed(action, by) for action in changed]
    again, again_cpu = [wall for wall, _ in took], statistics.median(cpu for _, cpu in took)
    return {
        "actions": ACTIONS,
        "needs": needs,
        "made": made,
        "file_mb": path.stat().st_size / 1e6,
        "read": read,
        "memory_mb": memory,
        "check_p50": statistics.median(checks),
        "check_p95": statistics.quantiles(checks, n=20)[-1],
        "draft": draft,
        "check_cpu": check_cpu,
        "again_cpu": again_cpu,
        "again_p50": statistics.median(again),
        "again_max": max(again),
        "findings": findings_of(framework, actor=by).count() / len(changed),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _seconds(work: Any) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _changed(action: Any, by: Any) -> tuple[float, float]:
    """Changes an action's text and analyses it again; seconds and CPU seconds of that, with its writes."""
    from concord.analysis.services import rerun_action
    from concord.kernel import clock
    from concord.plan.services import amend_action

    action.refresh_from_db()
    changes = {"summary": f"{action.summary} Courses for border police.", "end": "2027"}
    amend_action(action, changes=changes, expected_version=action.version, by=by, at=clock.now())
    cpu = time.process_time()
    wall = _seconds(lambda: rerun_action(action, by=by, at=clock.now()))
    return wall, time.process_time() - cpu


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _ideas() -> Iterator[Any]:
    """Texts of resampled actions as somebody would paste them: title, summary and where, no more."""
    from concord.analysis.resampling import resampled_actions
    from concord.analysis.services.checking import Idea

    for row in resampled_actions(MATERIAL.actions, IDEAS, OTHER_SEED).to_pylist():
        yield Idea(row["title"][:500], row["summary"], tuple(row["beneficiaries"]))


def _loaded() -> tuple[Any, int]:
    """A framework with the resampled actions and the needs, recorded through the plan's services."""
    from concord.accounts.services import add_organisation, operator
    from concord.analysis.reading_csv import read_needs
    from concord.analysis.resampling import resampled_actions
    from concord.kernel import clock
    from concord.plan.rows import NeedRow, Source
    from concord.plan.services import BeneficiaryLine, add_framework, record_actions, record_needs

    at, by = clock.now(), operator()
    body = add_organisation(name="Secretariat of the benchmark", acronym="SB", kind="other", by=by, at=at)
    codes = ("AL", "BA", "XK", "ME", "MK", "RS")
    framework = add_framework(
        ref="benchmark",
        name="Benchmark",
        acronym="B",
        secretariat=body,
        beneficiaries=tuple(BeneficiaryLine(code, code, code, "-") for code in codes),
        by=by,
        at=at,
    )
    rows = [_action_row(at, row) for at, row in enumerate(_rows(resampled_actions), start=1)]
    common: dict[str, Any] = {"framework": framework, "on_behalf_of": body, "by": by, "at": at}
    for begin in range(0, len(rows), _AT_ONCE):
        source = Source(f"resampled-{begin}.csv", "0" * 64)
        record_actions(rows[begin : begin + _AT_ONCE], source=source, **common)
    needs = read_needs(MATERIAL.needs).table.to_pylist()
    names = ("kind", "approach", "statement", "topics", "beneficiaries", "priority", "stated_on")
    stated = [
        NeedRow(place, {name: row[name] or "" for name in names}, own_id=row["id"])
        for place, row in enumerate(needs, start=1)
    ]
    record_needs(stated, source=Source("needs.csv", "1" * 64), **common)
    return framework, len(needs)


def _rows(resampled: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = resampled(MATERIAL.actions, ACTIONS, SEED).to_pylist()
    return found


def _action_row(number: int, row: dict[str, Any]) -> Any:
    from concord.plan.rows import ActionRow

    parts = [
        {"role": role, "as_written": name[:300], "organisation": None}
        for role, names in (("donor", row["donors"]), ("implementer", row["implementers"]))
        for name in names
    ]
    fields = {
        name: row[name] for name in ("summary", "topics", "action_types", "beneficiaries", "start", "end")
    }
    return ActionRow(
        number,
        fields | {"title": row["title"][:500], "participations": parts, "status": ""},
        own_id=row["id"],
    )


if __name__ == "__main__":
    from concord.commands.main import prepare_django

    prepare_django()
    print(json.dumps(one_run()))
