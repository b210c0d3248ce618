"""R5, R8, R10: nothing acknowledged is lost, nothing is half-written, and doing it again changes nothing."""

from __future__ import annotations

import csv
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.db import OperationalError, connection

from concord.audit.queries import verify_chain
from concord.commands.demo import files
from concord.kernel.errors import StaleWrite
from concord.plan.models import Action
from concord.plan.services import amend_action
from concord.publication.models import Edition, EditionFile, PublishRequest
from concord.publication.services import ask_to_publish, confirm_publication, publish
from tests.analysis.world import World, an_action, build_world
from tests.cast import Cast, standing_cast
from tests.commands.installation import EMBEDDED, with_empty_tables
from tests.crash import fail_at_each_statement
from tests.factories import NOON
from tests.publication.conftest import Press

WRITERS, EDITS = 8, 50
PROGRAM = [sys.executable, "-m", "concord.commands.main"]


# --- R5 ---------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_eight_writers_with_fifty_edits_each_lose_none():
    cast = standing_cast()
    world = build_world(cast.lead_organisation)
    world.record(an_action(1, "0"))
    begun = world.action("A1")
    key, before = begun.key, begun.statements.filter(field="summary").count()

    def count_up() -> int:
        """Adds one to the number in the summary, reading again whenever somebody was faster."""
        done = 0
        while done < EDITS:
            try:
                seen = Action.objects.get(key=key)
                number = int(seen.summary or 0) + 1
                amend_action(
                    seen,
                    changes={"summary": str(number)},
                    expected_version=seen.version,
                    by=cast.officer,
                    at=NOON,
                )
            except (StaleWrite, OperationalError):  # refused (also: no connection free), not acknowledged
                continue
            done += 1
        return done

    def write(_number: int) -> int:
        try:
            return count_up()
        finally:
            connection.close()

    connection.close()  # the pool is as large as the number of writers, if all are free
    with ThreadPoolExecutor(WRITERS) as pool:
        acknowledged = sum(pool.map(write, range(WRITERS)))

    stored = Action.objects.get(key=key)
    assert acknowledged == WRITERS * EDITS
    assert stored.summary == str(acknowledged)
    assert stored.version == begun.version + acknowledged
    assert stored.statements.filter(field="summary").count() == before + acknowledged
    assert stored.statements.filter(field="summary", chosen=True).count() == 1
    assert verify_chain().ok


# --- R8 ---------------------------------------------------------------------------------------------------


def concord(
    folder: Path, *words: object, stop_after: float | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs the program in a data folder of its own; `stop_after`: it is killed after so many seconds."""
    environ = {"PATH": os.environ["PATH"], "CONCORD_DATA": str(folder)}
    process = subprocess.Popen(
        [*PROGRAM, *map(str, words)], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        out, err = process.communicate(timeout=stop_after or 300)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        out, err = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@pytest.fixture(scope="module")
def empty_stage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demonstration's framework and register, and no row."""
    stage = with_empty_tables(tmp_path_factory.mktemp("stage"))
    stage.inside(
        "from concord.commands.demo.setting import set_the_stage\n"
        "from concord.kernel import clock; set_the_stage(at=clock.now()); print('true')\n"
    )
    return stage.folder


def rows_of(folder: Path) -> dict[str, int]:
    """How many rows each table of the plan and of intake holds, read past the program."""
    with sqlite3.connect(f"file:{folder / 'concord.sqlite3'}?mode=ro", uri=True) as database:
        names = [
            row[0]
            for row in database.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
                " AND (name LIKE 'plan_%' OR name LIKE 'intake_%')"
            )
        ]
        return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def import_words(path: Path) -> tuple[object, ...]:
    return "import", path, "--framework", "iisg", "--org-column", "reported_by", "--json"


def killed_imports(folder: Path, kills: int, seed: int) -> int:
    """Kills the import of the real list at so many moments; gives how many left it undone.

    Raises:
        AssertionError: a kill left something that is neither nothing nor all of it.
    """
    before, moments = rows_of(folder), random.Random(seed)
    began = time.monotonic()
    concord(folder, *import_words(files.ACTIONS), "--dry-run")
    whole = time.monotonic() - began  # a dry run does everything but writing
    undone = 0
    for _ in range(kills):
        concord(folder, *import_words(files.ACTIONS), stop_after=moments.uniform(0.3, 1.3) * whole)
        after = rows_of(folder)
        if after == before:
            undone += 1
        else:
            assert after["plan_action"] == before["plan_action"] + 315
    return undone


def assert_imported_once(folder: Path) -> None:
    """A last import brings in what is missing; another one, and one in another order, change nothing."""
    concord(folder, *import_words(files.ACTIONS))
    told = json.loads(concord(folder, *import_words(files.ACTIONS)).stdout)
    assert (told["rows"], told["same"], told["new"], told["changed"], told["conflict"]) == (315, 315, 0, 0, 0)
    rows = files.rows_of(files.ACTIONS)
    random.Random(8).shuffle(rows)
    # the same name: the register holds some names as written for this file alone
    shuffled = folder / "shuffled" / files.ACTIONS.name
    shuffled.parent.mkdir()
    with shuffled.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    told = json.loads(concord(folder, *import_words(shuffled)).stdout)
    assert (told["same"], told["new"], told["changed"], told["conflict"]) == (315, 0, 0, 0)
    assert rows_of(folder)["plan_action"] == 315
    assert concord(folder, "audit", "verify").returncode == 0


@EMBEDDED
@pytest.mark.slow
def test_an_import_that_is_killed_is_whole_or_absent(tmp_path: Path, empty_stage: Path):
    folder = Path(shutil.copytree(empty_stage, tmp_path / "data"))
    killed_imports(folder, kills=3, seed=1)
    assert_imported_once(folder)


@EMBEDDED
@pytest.mark.assurance
def test_twenty_killed_imports_leave_nothing_half_written(tmp_path: Path, empty_stage: Path):
    for seed in range(4):
        folder = tmp_path / str(seed)
        shutil.copytree(empty_stage, folder)
        killed_imports(folder, kills=5, seed=seed)
        assert_imported_once(folder)


# --- R10 --------------------------------------------------------------------------------------------------


@pytest.fixture
def press(cast: Cast) -> Press:
    """A small plan on its way to the public."""
    world: World = build_world(cast.lead_organisation)
    world.record(an_action(1, "Training on firearms"), an_action(2, "Stockpile advice"))
    return Press(world, cast)


@pytest.mark.slow
@pytest.mark.django_db
def test_publishing_that_fails_anywhere_leaves_nothing_and_can_be_repeated(press: Press):
    version = press.confirmed()
    by = press.cast.second_officer

    points = fail_at_each_statement(lambda: publish(type(version).objects.get(pk=version.pk), by=by, at=NOON))

    assert points >= 5
    first = publish(version, by=by, at=NOON)
    assert publish(version, by=by, at=NOON) == first
    assert Edition.objects.count() == 1
    assert first.number == 1
    assert PublishRequest.objects.filter(state="made").count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_make_one_edition():
    cast = standing_cast()
    world = build_world(cast.lead_organisation)
    world.record(an_action(1, "Training on firearms"))
    press = Press(world, cast)
    version = press.confirmed()
    start = Barrier(4)

    def make(number: int) -> tuple[int, str]:
        try:
            mine = type(version).objects.get(pk=version.pk)
            by = cast.officer if number % 2 else cast.second_officer
            start.wait()
            edition = publish(mine, by=by, at=NOON)
            return edition.number, edition.sha256
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(make, range(4)))

    assert len(made) == 1
    edition = Edition.objects.get()
    assert made == {(1, edition.sha256)}
    assert EditionFile.objects.filter(edition=edition).count() == len({f.format for f in edition.files.all()})
    assert verify_chain().ok


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_texts_published_at_once_get_two_numbers_without_a_gap():
    cast = standing_cast()
    world = build_world(cast.lead_organisation)
    world.record(an_action(1, "Training on firearms"))
    press = Press(world, cast)
    versions = [press.endorsed(number=f"Decision {n}") for n in (1, 2)]
    for version in versions:
        request = ask_to_publish(version, by=cast.officer, at=NOON)
        confirm_publication(request, by=cast.second_officer, at=NOON)
    start = Barrier(2)

    def make(version: object) -> str:
        try:
            start.wait()
            publish(version, by=cast.second_officer, at=NOON)
        except Exception as error:  # an older text may be refused once a newer one is out
            return type(error).__name__
        finally:
            connection.close()
        return "made"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(make, versions))

    numbers = sorted(Edition.objects.values_list("number", flat=True))
    assert numbers in ([1], [1, 2])
    assert said in (["IllegalMove", "made"], ["made", "made"])
    assert verify_chain().ok
