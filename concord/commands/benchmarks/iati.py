"""A large IATI file from file to preview rows: speed, memory, and how that stands to bare lxml and to peers.

The file is made of the real activities of ../shared/data under new identifiers, in a temporary folder. Every
reader runs in a process of its own; the slow ones get a share of the file. okfn-iati and iatikit come with
`requirements/bench.txt`; where they are not installed their lines say so.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from concord.commands.benchmarks.figures import Figure

TITLE = "IATI: a large file from file to preview rows"
REAL = Path(__file__).resolve().parents[4] / "shared" / "data" / "iati"
MEGABYTE = 1 << 20
WHOLE, SHARE = 500, 25
"""Megabytes of the whole file, and of the part of it that the ratios are taken on."""
_ACTIVITY = re.compile(r"<iati-activity .*?</iati-activity>", re.DOTALL)


def measure() -> list[Figure]:
    """Read the whole file once, and the share by every reader in turn. The size is $IATI_MEGABYTES or 500."""
    if not REAL.exists():
        return [Figure("all of it", "skipped: no ../shared/data")]
    whole = int(os.environ.get("IATI_MEGABYTES", WHOLE))
    with tempfile.TemporaryDirectory(prefix="concord-iati-") as folder:
        large, small = Path(folder) / "large.xml", Path(folder) / "share.xml"
        activities = make_file(large, whole)
        make_file(small, SHARE)
        return [*_whole(large, whole, activities, Path(folder)), *_ratios(small, Path(folder))]


def make_file(path: Path, megabytes: int) -> int:
    """The real activities of version 2 again and again, under new identifiers; how many there are."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(REAL.glob("*-2.03.xml"))]
    real = [found for text in texts for found in _ACTIVITY.findall(text)]
    written = number = 0
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<iati-activities version="2.03">\n')
        while written < megabytes * MEGABYTE:
            for activity in real:
                number += 1
                written += file.write(activity.replace("</iati-ident", f"-{number}</iati-ident", 1) + "\n")
        file.write("</iati-activities>\n")
    return number


def _whole(path: Path, megabytes: int, activities: int, folder: Path) -> list[Figure]:
    run = in_own_process("concord", path, folder)
    rate, per_cpu = megabytes / run["seconds"], megabytes / run["cpu"]
    done = f"{run['rows']:,.0f} of {activities:,} activities"
    speed = f"{run['seconds']:.0f} s, {rate:.1f} MB/s ({per_cpu:.1f} MB per CPU second of both processes)"
    return [
        Figure(f"{megabytes} MB, {done} read, mapped, checked, compared", speed, "at least 10 MB/s"),
        Figure(
            "the same: peak memory of command and reading child together",
            f"{run['memory_mib']:.0f} MiB",
            "at most 300 MiB",
        ),
    ]


def _ratios(path: Path, folder: Path) -> list[Figure]:
    ours, bare = in_own_process("concord", path, folder), in_own_process("lxml", path, folder)
    found = [
        Figure(f"{SHARE} MB, bare lxml iterparse over all elements", _said(bare)),
        Figure(f"{SHARE} MB, Concord from file to preview rows", _said(ours)),
        Figure("Concord against bare lxml, wall time", f"{ours['seconds'] / bare['seconds']:.1f}x slower",
               "at most 3x"),
    ]  # fmt: skip
    for name, title, target in (
        ("okfn_iati", "okfn-iati's converter to CSV", "at least 2x faster"),
        ("iatikit", "iatikit reading the same fields", ""),
    ):
        if importlib.util.find_spec(name) is None:
            found.append(Figure(title, f"not run: {name} is not installed (requirements/bench.txt)", target))
            continue
        run = in_own_process(name, path, folder)
        found.append(Figure(f"{SHARE} MB, {title}", _said(run)))
        found.append(
            Figure(f"Concord against {title}", f"{run['seconds'] / ours['seconds']:.1f}x faster", target)
        )
    return found


def _said(run: dict[str, float]) -> str:
    return f"{SHARE / run['seconds']:.1f} MB/s ({SHARE / run['cpu']:.1f} MB per CPU second)"


# --- each reader in a process of its own ------------------------------------------------------------------


def in_own_process(reader: str, path: Path, folder: Path) -> dict[str, float]:
    """Wall and CPU seconds with its children, and the peak of resident memory of all its processes."""
    words = [sys.executable, "-m", "concord.commands.benchmarks.iati", reader, str(path)]
    data = folder / "data"
    data.mkdir(exist_ok=True)
    process = subprocess.Popen(  # noqa: S603  (our interpreter and module)
        words, stdout=subprocess.PIPE, text=True, env={**os.environ, "CONCORD_DATA": str(data)}
    )
    peak = [0.0]
    watching = threading.Thread(target=_watch, args=(process, peak))
    watching.start()
    out, _ = process.communicate()
    watching.join()
    if process.returncode:
        raise RuntimeError(f"{reader} failed")
    return {**json.loads(out.splitlines()[-1]), "memory_mib": peak[0]}


def _watch(process: subprocess.Popen[str], peak: list[float]) -> None:
    """Adds up what a process and its children hold, ten times a second."""
    while process.poll() is None:
        peak[0] = max(peak[0], sum(map(_resident_mib, [process.pid, *_children(process.pid)])))
        time.sleep(0.1)


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _resident_mib(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE


def by_concord(path: Path) -> int:
    """Every row mapped, checked and compared with the demonstration's framework, nothing written."""
    from concord.accounts.services import operator
    from concord.intake.large import LargeFile, read_through
    from concord.intake.preview import Target
    from concord.plan.queries import framework_named

    target = Target(framework_named("iisg"), None, None, "reported_by")
    return read_through(LargeFile.at(path), target, actor=operator()).counts.rows


def by_lxml(path: Path) -> int:
    """The floor: every element is met and forgotten."""
    from lxml import etree

    met = 0
    for _event, element in etree.iterparse(path, huge_tree=True):
        met += 1
        if element.tag == "iati-activity":
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]
    return met


def by_okfn_iati(path: Path) -> int:
    """The peer's own way from XML to tables."""
    from okfn_iati import IatiMultiCsvConverter

    with tempfile.TemporaryDirectory() as folder:
        IatiMultiCsvConverter().xml_to_csv_folder(str(path), folder)
        return len(list(Path(folder).iterdir()))


def by_iatikit(path: Path) -> int:
    """The fields that Concord maps, asked of the peer's activities one by one."""
    import iatikit

    rows = 0
    for activity in iatikit.Dataset(str(path)).activities:
        said: Iterator[Any] = (
            getattr(activity, name) for name in ("iati_identifier", "title", "description")
        )
        tuple(said)
        for expression in _PATHS:
            activity.etree.xpath(expression)
        rows += 1
    return rows


_PATHS = (
    "reporting-org/narrative/text()", "participating-org/narrative/text()", "participating-org/@role",
    "activity-status/@code", "activity-date/@iso-date", "activity-date/@type", "recipient-country/@code",
    "budget/value/text()", "transaction/value/text()", "transaction/transaction-type/@code",
    "document-link/@url",
)  # fmt: skip
READERS: dict[str, Callable[[Path], int]] = {
    "concord": by_concord, "lxml": by_lxml, "okfn_iati": by_okfn_iati, "iatikit": by_iatikit,
}  # fmt: skip


def one_run(reader: str, path: Path) -> dict[str, float]:
    """Reads the file in this process and says how long it took."""
    if reader == "concord":
        _prepare()
    began, used = time.monotonic(), _cpu()
    rows = READERS[reader](path)
    return {"rows": rows, "seconds": time.monotonic() - began, "cpu": _cpu() - used}


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _prepare() -> None:
    """An empty framework with the register of the demonstration."""
    from concord.commands.main import prepare_django

    prepare_django()
    from django.core.management import call_command

    from concord.commands.demo.setting import set_the_stage
    from concord.kernel import clock
    from concord.kernel.errors import NotFound
    from concord.plan.queries import framework_named

    call_command("migrate", verbosity=0)
    try:
        framework_named("iisg")
    except NotFound:
        set_the_stage(at=clock.now())


if __name__ == "__main__":
    print(json.dumps(one_run(sys.argv[1], Path(sys.argv[2]))))
