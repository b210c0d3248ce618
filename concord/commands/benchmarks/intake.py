"""Intake at size: a workbook of 20,000 rows to its preview and its page; 1,000 rows into a plan of 10,000.

Rows are drawn from the demonstration's own, under new ids, with titles, texts and dates mixed anew. Each part
runs in a process and an installation of its own, on the embedded database.
"""

from __future__ import annotations

import csv
import io
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from typing import Any

from concord.commands.benchmarks.figures import Figure
from concord.commands.benchmarks.quality import MATERIAL
from concord.commands.main import prepare_django

TITLE = "Intake: a large workbook, its page, and a change to a large plan"
SEED = 4
WORKBOOK_ROWS, PLAN_ROWS, CHANGED_ROWS = 20_000, 10_000, 1_000
PAGES = 10
MORE_COLUMNS = ("description", "iati_identifier", "leads", "partners", "recipients", "authorities", "remarks")
"""Beside the 18 columns of the demonstration's file; the last one is unknown to Concord."""


def measure() -> list[Figure]:
    """Run both parts."""
    preview, change = in_own_process("workbook"), in_own_process("change")
    size = f"{WORKBOOK_ROWS:,} rows x {preview['columns']:.0f} columns, {preview['size_mb']:.1f} MB"
    return [
        Figure(f"XLSX, {size}: received to complete preview", f"{preview['seconds']:.1f} s", "under 20 s"),
        Figure("of which reading in the child", f"{preview['reading']:.1f} s"),
        Figure("of which processor time of this process", f"{preview['cpu']:.1f} s"),
        Figure("peak memory of the reading child", f"{preview['child_mib']:.0f} MiB", "under 512 MiB"),
        Figure("peak memory of the process that checks", f"{preview['own_mib']:.0f} MiB"),
        Figure(f"the preview's page, median of {PAGES}", f"{preview['page'] * 1000:.0f} ms", "under 300 ms"),
        Figure(
            f"{CHANGED_ROWS:,} rows (half new, half changed) checked against {PLAN_ROWS:,} actions",
            f"{change['checked']:.1f} s",
        ),
        Figure(f"the same {CHANGED_ROWS:,} rows applied", f"{change['applied']:.1f} s", "under 5 s"),
    ]


def in_own_process(part: str) -> dict[str, float]:
    """What one part measured, in an empty installation."""
    with tempfile.TemporaryDirectory(prefix="concord-bench-") as folder:
        words = [sys.executable, "-m", "concord.commands.benchmarks.intake", part]
        environment = os.environ | {"CONCORD_DATA": folder}
        done = subprocess.run(words, env=environment, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    return dict(json.loads(done.stdout.splitlines()[-1]))


# --- rows -----------------------------------------------------------------------------------------------


def resampled_rows(count: int, seed: int, *, first: int = 0) -> list[dict[str, str]]:
    """So many rows of the demonstration's file under new ids from `first` on, texts and dates mixed anew."""
    chance = random.Random(seed)  # noqa: S311  (no secret: rows to measure speed with)
    with MATERIAL.actions.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [_drawn(chance, rows, first + number) for number in range(count)]


def _drawn(chance: random.Random, rows: Sequence[dict[str, str]], number: int) -> dict[str, str]:
    row, other, third = chance.choice(rows), chance.choice(rows), chance.choice(rows)
    start = chance.randint(2016, 2022)
    return row | {
        "id": f"R-{number:06d}",
        "title": f"{row['title']} ({other['beneficiaries'] or other['id']}, {number})"[:400],
        "summary": other["summary"],
        "description": third["summary"],
        "donors": other["donors"],
        "implementers": third["implementers"],
        "partners": other["implementers"],
        "leads": third["donors"].split(";")[0],
        "start": f"{start}-{chance.randint(1, 12):02d}",
        "end": str(start + chance.randint(1, 4)),
        "budget_amount": str(chance.randint(10, 5_000) * 1_000),
        "budget_currency": chance.choice(("EUR", "USD")),
        "iati_identifier": f"XM-BENCH-{number:06d}",
        "remarks": third["notes"],
    }


def headings(row: dict[str, str]) -> list[str]:
    """The columns of the benchmark's files."""
    return list(dict.fromkeys([*row, *MORE_COLUMNS]))


def workbook(rows: Sequence[dict[str, str]]) -> bytes:
    """The rows as one sheet of an XLSX workbook; amounts are numbers."""
    import xlsxwriter

    columns, out = headings(rows[0]), io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_urls": False}) as book:
        sheet = book.add_worksheet("Actions")
        sheet.write_row(0, 0, columns)
        for number, row in enumerate(rows, start=1):
            for place, column in enumerate(columns):
                value = row.get(column, "")
                if column == "budget_amount":
                    sheet.write_number(number, place, int(value))
                elif value:
                    sheet.write_string(number, place, value)
    return out.getvalue()


def table(rows: Sequence[dict[str, str]]) -> bytes:
    """The rows as CSV."""
    columns, out = headings(rows[0]), io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([row.get(column, "") for column in columns] for row in rows)
    return out.getvalue().encode()


# --- the parts ------------------------------------------------------------------------------------------


def large_workbook() -> dict[str, float]:
    """A workbook from its bytes to its preview in the database, and the preview's page afterwards."""
    from concord.intake.files import open_bytes
    from concord.intake.services import take_in

    who, target, at = _stage()
    content = workbook(rows := resampled_rows(WORKBOOK_ROWS, SEED))
    columns = len(headings(rows[0]))
    del rows
    began, cpu = time.monotonic(), time.process_time()
    file = open_bytes("large.xlsx", content)
    read = time.monotonic()
    receipt = take_in(file, content, target=target, by=who, at=at)
    ended, cpu = time.monotonic(), time.process_time() - cpu
    if receipt.preview.counts.rows != WORKBOOK_ROWS or receipt.input is None:
        raise RuntimeError(f"the preview has {receipt.preview.counts.rows} rows")
    return {
        "columns": columns,
        "size_mb": len(content) / 1e6,
        "seconds": ended - began,
        "reading": read - began,
        "cpu": cpu,
        "child_mib": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "own_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "page": _page_seconds(f"/desk/inputs/{receipt.input.key}/", who),
    }


def large_plan() -> dict[str, float]:
    """1,000 rows into a plan of 10,000 actions: half of them new, half change a title and an amount."""
    from concord.intake.files import open_bytes
    from concord.intake.services import accept, hand_in, take_in

    who, target, at = _stage()
    standing = resampled_rows(PLAN_ROWS, SEED)
    content = table(standing)
    hand_in(open_bytes("plan.csv", content), content, target=target, by=who, at=at)
    half = CHANGED_ROWS // 2
    changed = [row | {"title": f"{row['title']} again", "budget_amount": "5000"} for row in standing[:half]]
    content = table([*changed, *resampled_rows(half, SEED + 1, first=PLAN_ROWS)])
    began = time.monotonic()
    receipt = take_in(open_bytes("change.csv", content), content, target=target, by=who, at=at)
    checked = time.monotonic()
    counts = receipt.preview.counts
    if (counts.new, counts.changed + counts.conflict) != (half, half) or receipt.input is None:
        raise RuntimeError(f"the change is read as {counts}")
    accept(receipt.input, by=who, at=at)
    return {"checked": checked - began, "applied": time.monotonic() - checked}


def _stage() -> tuple[Any, Any, Any]:
    """The demonstration's framework and its officer, with no rows yet."""
    from concord.commands.demo.people import OFFICER, add_people
    from concord.commands.demo.setting import set_the_stage
    from concord.intake.preview import Target
    from concord.kernel import clock
    from concord.project.environment import data_folder

    at = clock.now()
    framework = set_the_stage(at=at)
    people = add_people(folder=data_folder(), at=at)
    return people[OFFICER.local_part], Target(framework, org_column="reported_by"), at


def _page_seconds(address: str, who: Any) -> float:
    """The median seconds of a page, asked for one after the other; the first one warms up."""
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    client = Client()
    client.force_login(who, backend=settings.AUTHENTICATION_BACKENDS[0])
    took = []
    for _ in range(PAGES + 1):
        began = time.monotonic()
        answer = client.get(address)
        took.append(time.monotonic() - began)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answered {answer.status_code}")
    return statistics.median(took[1:])


PARTS: dict[str, Callable[[], dict[str, float]]] = {"workbook": large_workbook, "change": large_plan}

if __name__ == "__main__":
    prepare_django()
    print(json.dumps(PARTS[sys.argv[1]]()))
