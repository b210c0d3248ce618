"""Figures, and the page that keeps them."""

from __future__ import annotations

import os
import platform
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path(__file__).resolve().parents[3] / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Measured, never asserted in tests. Each section is written by the command it names. The machine is shared
and its speed drifts: compare within a section, not between days.
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure with its unit in the text, and the target it is held against ("" where none)."""

    what: str
    value: str
    target: str = ""


def machine() -> str:
    """What the figures were measured on, in one line."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, load average before {os.getloadavg()[0]:.1f}"
    )


def print_figures(title: str, figures: list[Figure]) -> None:
    """The figures as lines of text."""
    print(f"\n{title}")
    for figure in figures:
        target = f"   (target: {figure.target})" if figure.target else ""
        print(f"  {figure.what}: {figure.value}{target}")


def write_section(name: str, title: str, figures: list[Figure], *, on: str) -> None:
    """Replaces this benchmark's section of the page; the other sections stay as they are."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    day = datetime.now(UTC).date().isoformat()
    rows = [f"| {figure.what} | {figure.value} | {figure.target} |" for figure in figures]
    section = "\n".join(
        [
            start,
            f"## {title}",
            "",
            f"`make bench NAME={name}`, {day}. {on}.",
            "",
            "| what | measured | target |",
            "|---|---|---|",
            *rows,
            end,
        ]
    )
    pattern = re.compile(re.escape(start) + ".*?" + re.escape(end), re.DOTALL)
    if pattern.search(page):
        page = pattern.sub(lambda _: section, page)
    else:
        page = page.rstrip() + "\n\n" + section + "\n"
    PAGE.write_text(page, encoding="utf-8")
