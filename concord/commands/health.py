"""`concord health`: is the database engine safe, are the settings, does the record of acts hold?"""

import argparse
import json
import platform
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version as release_of

from concord.commands.main import set_up_django

HELP = "database engine, settings, record of acts; exit code 1 if something is bad"

MUST_BE_ON = ("fsync", "full_page_writes", "synchronous_commit")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. state: good, note (works, could be better) or bad."""

    subject: str
    state: str
    text: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How to print."""
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(options: argparse.Namespace) -> int:
    """Look at everything, print it, and tell by the exit code."""
    set_up_django()
    findings = list(look())
    ok = all(finding.state != "bad" for finding in findings)
    if options.json:
        print(json.dumps({"ok": ok, "findings": [asdict(finding) for finding in findings]}, indent=2))
    else:
        width = max(len(finding.subject) for finding in findings)
        for finding in findings:
            print(f"{finding.state:4}  {finding.subject:{width}}  {finding.text}")
    return 0 if ok else 1


def look() -> Iterator[Finding]:
    """Every finding, in a fixed order. What cannot be looked at is bad, never left out."""
    yield Finding("release", "good", f"Concord {release_of('concord')} on Python {platform.python_version()}")
    looks: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
        ("settings", _settings),
        ("database", _database),
        ("tables", _tables),
        ("data folder", _data_folder),
        ("record of acts", _record),
        ("model", _model),
        ("worker", _worker),
    )
    for subject, one in looks:
        try:
            yield from one()
        except Exception as error:  # a health check reports every fault instead of dying of it
            yield Finding(subject, "bad", f"cannot be looked at: {error}")


def _settings() -> Iterator[Finding]:
    from django.core import checks

    found = checks.run_checks(databases=["default"])
    bad = [message for message in found if message.level >= checks.ERROR]
    for message in bad:
        yield Finding("settings", "bad", f"{message.msg} {message.hint or ''}".strip())
    if not bad:
        yield Finding("settings", "good", "no unsafe setting")


def _database() -> Iterator[Finding]:
    from django.db import connection

    yield from _sqlite() if connection.vendor == "sqlite" else _postgresql()


def _sqlite() -> Iterator[Finding]:
    from django.db import connection

    from concord.project.engine import is_affected

    version = _ask("SELECT sqlite_version()")
    affected = is_affected(connection.Database.sqlite_version_info)  # type: ignore[attr-defined]
    yield Finding("database", "bad" if affected else "good", f"SQLite {version}")
    journal, synchronous = _ask("PRAGMA journal_mode"), _ask("PRAGMA synchronous")
    durable = journal == "wal" and int(synchronous) >= 2
    yield Finding("durability", "good" if durable else "bad", f"journal {journal}, synchronous {synchronous}")
    answer = _ask("PRAGMA quick_check(1)")
    yield Finding("pages", "good" if answer == "ok" else "bad", f"quick check: {answer}")


def _postgresql() -> Iterator[Finding]:
    yield Finding("database", "good", f"PostgreSQL {_ask('SHOW server_version')}")
    for name in MUST_BE_ON:
        value = _ask(f"SHOW {name}")
        yield Finding("durability", "bad" if value == "off" else "good", f"{name} {value}")
    checksums = _ask("SHOW data_checksums")
    text = f"data_checksums {checksums}"
    if checksums != "on":
        text += " (pg_checksums --enable finds damaged pages)"
    yield Finding("pages", "good" if checksums == "on" else "note", text)


def _ask(sql: str) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(sql)
        return str(cursor.fetchone()[0])


def _tables() -> Iterator[Finding]:
    from concord.project.start import is_behind

    behind = is_behind()
    text = "behind this release: run `concord manage migrate`" if behind else "of this release"
    yield Finding("tables", "bad" if behind else "good", text)


def _data_folder() -> Iterator[Finding]:
    from django.conf import settings

    key = settings.DATA / "secret-key"
    open_to_others = stat.S_IMODE(key.stat().st_mode) & 0o077
    text = f"{key} can be read by others: chmod 600" if open_to_others else str(settings.DATA)
    yield Finding("data folder", "bad" if open_to_others else "good", text)


def _record() -> Iterator[Finding]:
    from concord.audit.queries import verify_chain

    report = verify_chain()
    text = f"{report.events} acts, chain holds" if report.ok else f"row {report.bad_row}: {report.why}"
    yield Finding("record of acts", "good" if report.ok else "bad", text)


def _model() -> Iterator[Finding]:
    from concord.analysis.kept_models import in_use

    used = in_use()
    if used.set_aside:
        yield Finding("model", "note", f"{used.name}; set aside, {used.set_aside}. Train again")
    else:
        yield Finding("model", "good", f"relations are judged by the model “{used.name}”")


def _worker() -> Iterator[Finding]:
    from concord.work.queries import live_workers, waiting

    count, workers = waiting(), live_workers()
    queue = "nothing waits" if not count else "1 task waits" if count == 1 else f"{count} tasks wait"
    if workers:
        processes = ", ".join(f"process {worker.pid} on {worker.host}" for worker in workers)
        yield Finding("worker", "good", f"{processes}; {queue}")
    else:
        text = f"none runs; {queue}. `concord serve` starts one, `concord worker` is one"
        yield Finding("worker", "bad" if count else "note", text)
