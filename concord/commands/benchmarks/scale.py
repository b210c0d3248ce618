"""Time and memory of the analysis of 315 and of 10,000 actions, each in a process of its own."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

from concord.commands.benchmarks.figures import Figure
from concord.commands.benchmarks.quality import MATERIAL

TITLE = "Analysis: the demonstration's files, and 10,000 actions resampled from them"
SEED = 3
LARGE = 10_000


def measure() -> list[Figure]:
    """Time relations and coverage on both sizes."""
    small, large = in_own_process(0), in_own_process(LARGE)
    return [
        Figure(
            f"{small['actions']} actions: relations and coverage",
            f"{small['relations'] + small['coverage']:.1f} s ({small['cpu']:.1f} s of CPU)",
            "under 3 s",
        ),
        Figure(
            f"{large['actions']:,} actions: relations ({large['pairs']:,} pairs listed)",
            f"{large['relations']:.1f} s",
            "",
        ),
        Figure(
            f"{large['actions']:,} actions: coverage of {large['needs']} needs", f"{large['coverage']:.1f} s"
        ),
        Figure(
            f"{large['actions']:,} actions: both",
            f"{large['relations'] + large['coverage']:.1f} s ({large['cpu']:.1f} s of CPU)",
            "under 60 s",
        ),
        Figure(
            f"{large['actions']:,} actions: peak memory", f"{large['memory_mib']:.0f} MiB", "under 2,048 MiB"
        ),
    ]


def in_own_process(count: int) -> dict[str, float]:
    """Seconds, pairs and peak memory of one run; 0 actions: the demonstration's own."""
    words = [sys.executable, "-m", "concord.commands.benchmarks.scale", str(count)]
    done = subprocess.run(words, capture_output=True, text=True, check=True)  # noqa: S603
    return dict(json.loads(done.stdout.splitlines()[-1]))


def one_run(count: int) -> dict[str, float]:
    """Analyse in this process; a first small run loads libraries and models."""
    from concord.analysis.resampling import analyse_timed, resampled_actions, sheet_of

    actions = resampled_actions(MATERIAL.actions, count, SEED) if count else sheet_of(MATERIAL.actions)
    analyse_timed(resampled_actions(MATERIAL.actions, 20, SEED), MATERIAL.needs)
    began = time.process_time()
    found = analyse_timed(actions, MATERIAL.needs)
    found["cpu"] = time.process_time() - began
    found["memory_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return found


if __name__ == "__main__":
    print(json.dumps(one_run(int(sys.argv[1]))))
