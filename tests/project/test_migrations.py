"""Tables are created together with their constraints."""

from django.db import models
from django.db.migrations.operations import AddConstraint, AddField, CreateModel

from concord.project.management.commands.makemigrations import fold_constraints


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
