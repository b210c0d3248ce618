"""Tables are created together with their constraints, and alike by one step or by all of them."""

import re
import sqlite3
from pathlib import Path

import pytest
from django.db import models
from django.db.migrations.operations import AddConstraint, AddField, CreateModel

from concord.project.management.commands.makemigrations import fold_constraints
from tests.commands.installation import EMBEDDED, Installation, with_empty_tables


def table(name, *fields):
    return CreateModel(name, [(field, models.IntegerField()) for field in fields])


def unique(*fields):
    return models.UniqueConstraint(fields=fields, name="once_" + "_".join(fields))


def test_a_constraint_moves_into_the_table_that_has_its_fields():
    operations = [table("Answer", "version", "place"), AddConstraint("answer", unique("version", "place"))]

    (created,) = fold_constraints(operations)

    assert created.options["constraints"] == [unique("version", "place")]


def test_a_constraint_on_a_field_that_comes_later_stays_where_it_is():
    operations = [
        table("Answer", "version"),
        AddField("answer", "place", models.IntegerField()),
        AddConstraint("answer", unique("version", "place")),
    ]

    assert list(fold_constraints(operations)) == operations


def test_a_constraint_on_a_table_of_an_earlier_migration_stays():
    operations = [AddConstraint("answer", unique("version"))]

    assert list(fold_constraints(operations)) == operations


BY_EVERY_STEP = """
from concord.commands.main import set_up_django
set_up_django()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
class Steps(MigrationLoader):
    def load_disk(self):
        super().load_disk()
        kept = self.disk_migrations.items()
        self.disk_migrations = {key: one for key, one in kept if key[1] != "0001_first_release"}
executor = MigrationExecutor(connection)
executor.loader = Steps(connection)
executor.migrate(executor.loader.graph.leaf_nodes())
"""


def tables_of(database: Path) -> dict[str, set[tuple[object, ...]]]:
    """Of each table: its columns, the tables it points to, its indexes and its constraints by name."""
    found: dict[str, set[tuple[object, ...]]] = {}
    with sqlite3.connect(database) as reading:
        made = reading.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'").fetchall()
        for name, sql in made:
            if name in ("cache", "sqlite_sequence"):  # not made by migrations
                continue
            columns = reading.execute(f'PRAGMA table_info("{name}")').fetchall()
            points = reading.execute(f'PRAGMA foreign_key_list("{name}")').fetchall()
            found[name] = {("column", *column[1:4], column[5]) for column in columns}
            found[name] |= {("points", *point[2:]) for point in points}
            found[name] |= {("constraint", each) for each in re.findall(r'CONSTRAINT "(\w+)"', sql)}
            for _, index, unique, *_ in reading.execute(f'PRAGMA index_list("{name}")').fetchall():
                of = tuple(row[2] for row in reading.execute(f'PRAGMA index_info("{index}")'))
                found[name].add(("index", of, unique))
    return found


@EMBEDDED
@pytest.mark.assurance
def test_the_steps_of_before_make_the_same_tables_and_the_program_goes_on_from_them(tmp_path: Path):
    (tmp_path / "steps").mkdir()
    by_steps, at_once = Installation(tmp_path / "steps"), with_empty_tables(tmp_path / "once")
    by_steps.inside("print('true')", begin=BY_EVERY_STEP)

    assert tables_of(by_steps.database) == tables_of(at_once.database)
    assert by_steps.run("audit", "verify").returncode == 0
