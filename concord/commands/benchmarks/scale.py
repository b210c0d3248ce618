"""Time and memory of the analysis of ever larger sets, each in a process of its own.

`python -m concord.commands.benchmarks.scale 10000 100000` measures the sizes named and writes no page.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from concord.commands.benchmarks.figures import Figure, print_figures
from concord.commands.benchmarks.quality import MATERIAL

TITLE = "Scale: the demonstration's files, and up to a million actions resampled from them"
SEED = 3
SIZES = (10_000, 100_000, 1_000_000)
PLAN = 10_000
SAMPLED, SAMPLE = 100_000, 500
_TARGETS = {
    10_000: ("under 60 s", "under 2,048 MiB"),
    1_000_000: ("under 900 s", "under 8,192 MiB"),
}
_LOOK_EVERY = 0.5  # seconds


def measure() -> list[Figure]:
    """Time all sizes."""
    small, plan = in_own_process("plan", 0), in_own_process("plan", PLAN)
    figures = [
        Figure(
            f"{small['actions']} actions: relations and coverage",
            f"{small['relations'] + small['coverage']:.1f} s ({small['cpu']:.1f} s of CPU)",
            "under 3 s",
        ),
        Figure(
            f"{plan['actions']:,} actions: coverage of {plan['needs']} needs",
            f"{plan['coverage']:.1f} s",
        ),
        *sizes(SIZES),
    ]
    near = in_own_process("near", SAMPLED)
    candidates = in_own_process("candidates", 0)
    border = in_own_process("border", PLAN - 1)
    return [
        *figures,
        Figure(
            f"{SAMPLED:,} actions: the twenty nearest texts of each, by cells and rare stems",
            f"{near['seconds']:.1f} s, {near['recall']:.1%} of the exact ones (sample of {SAMPLE})",
        ),
        Figure(
            f"{SAMPLED:,} actions: the same by comparing all (from the sample)",
            f"{near['exact_seconds']:.0f} s, {near['exact_seconds'] / near['seconds']:.1f} times as long",
        ),
        Figure(
            f"{border['actions']:,} actions: of what the small way finds (0.5 or more), found in the large",
            f"{border['recall']:.1%}",
            "at least 95%",
        ),
        Figure(
            "Related pairs of relations-dev.csv among the ten best of one action (the model knows them)",
            f"{candidates['recall']:.1%}",
            "at least 95%",
        ),
    ]


def sizes(counts: tuple[int, ...]) -> list[Figure]:
    """Time, memory and growth of relations over resampled sets."""
    figures, runs = [], []
    for count in counts:
        run = in_own_process("relations", count)
        runs.append(run)
        seconds, memory = _TARGETS.get(count, ("", ""))
        figures += [
            Figure(
                f"{count:,} actions: relations ({run['pairs']:,} pairs listed)",
                f"{run['seconds']:.0f} s ({run['cpu']:.0f} s of CPU)",
                seconds,
            ),
            Figure(
                f"{count:,} actions: peak memory of all processes", f"{run['memory_mib']:,.0f} MiB", memory
            ),
        ]
    if len(runs) > 1:
        first, last = runs[0], runs[-1]
        larger = math.log(last["actions"] / first["actions"])
        exponents = [math.log(last[name] / first[name]) / larger for name in ("seconds", "cpu")]
        between = f"{first['actions']:,} to {last['actions']:,}"
        figures.append(
            Figure(
                f"Growth exponent of time, {between} actions",
                f"{exponents[0]:.2f} (of CPU {exponents[1]:.2f})",
                "at most 1.2",
            )
        )
    return figures


def in_own_process(part: str, count: int) -> dict[str, float]:
    """What one part says of one size; the actions are made by another process before."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "actions.parquet"
        for step in ("make", part):
            words = [sys.executable, "-m", "concord.commands.benchmarks.scale", step, str(count), str(path)]
            done = subprocess.run(words, capture_output=True, text=True, check=True)  # noqa: S603
    return dict(json.loads(done.stdout.splitlines()[-1]))


def run_part(part: str, count: int, path: Path) -> dict[str, float]:
    """Do one part in this process; a first small run loads libraries and models."""
    from pyarrow import parquet

    from concord.analysis import resampling

    if part == "make":
        made = resampling.resampled_actions(MATERIAL.actions, count, SEED)
        parquet.write_table(made if count else resampling.sheet_of(MATERIAL.actions), path)
        return {}
    actions = parquet.read_table(path)
    resampling.analyse_timed(resampling.resampled_actions(MATERIAL.actions, 20, SEED), MATERIAL.needs)
    if part == "near":
        return resampling.near_timed(actions, SAMPLE)
    if part == "candidates":
        return {"recall": resampling.candidate_recall(MATERIAL.actions, MATERIAL.pairs)}
    if part == "border":
        return {"actions": len(actions), "recall": resampling.border_recall(actions)}
    with Watched() as watched:
        if part == "plan":
            found = resampling.analyse_timed(actions, MATERIAL.needs)
        else:
            found = {"actions": len(actions), "pairs": len(resampling.found_pairs(actions))}
    return found | watched.figures


class Watched:
    """Seconds, processor time, and the most memory that this process and those it started held together."""

    def __enter__(self) -> Watched:
        import psutil  # only benchmarks have it; without it nothing is measured, so nothing is timed

        self._own = psutil.Process()
        self._done, self._peak = threading.Event(), 0
        self._began, self._cpu = time.monotonic(), _cpu()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        seconds = time.monotonic() - self._began
        self._done.set()
        self._thread.join()
        self.figures = {"seconds": seconds, "cpu": _cpu() - self._cpu, "memory_mib": self._peak / 2**20}

    def _look(self) -> None:
        import psutil

        while True:
            held = 0
            for process in (self._own, *self._own.children(recursive=True)):
                try:
                    held += process.memory_full_info().pss  # pages that several hold count once
                except (psutil.NoSuchProcess, psutil.AccessDenied):
                    continue
            self._peak = max(self._peak, held)
            if self._done.wait(_LOOK_EVERY):
                return


def _cpu() -> float:
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def main(words: list[str]) -> None:
    """Sizes to measure; or, as `measure` calls it, a part, a size and the file of actions."""
    if words and not words[0].isdigit():
        print(json.dumps(run_part(words[0], int(words[1]), Path(words[2]))))
    else:
        print_figures(TITLE, sizes(tuple(int(word) for word in words) or SIZES))


if __name__ == "__main__":
    main(sys.argv[1:])
