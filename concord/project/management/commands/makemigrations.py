"""Django's makemigrations, which also writes a new table together with its constraints.

Django adds each constraint after the table, and SQLite must then copy the table each time: a first
start took four times as long.
"""

from collections.abc import Sequence
from typing import Any

from django.core.management.commands.makemigrations import Command as DjangoCommand
from django.db.migrations.migration import Migration
from django.db.migrations.operations import AddConstraint, AddField, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.optimizer import MigrationOptimizer


class Command(DjangoCommand):
    """As Django's own."""

    def write_migration_files(self, changes: dict[str, list[Migration]], *args: Any, **options: Any) -> None:
        """Fold constraints into their tables, then write."""
        for app_label, migrations in changes.items():
            for migration in migrations:
                folded = fold_constraints(migration.operations)
                optimized = MigrationOptimizer().optimize(folded, app_label)
                migration.operations = optimized  # type: ignore[misc]  # Django sets it on each one too
        super().write_migration_files(changes, *args, **options)


def fold_constraints(operations: Sequence[Operation]) -> list[Operation]:
    """The same operations, each constraint standing in its table's creation where that has its fields."""
    tables = {
        operation.name_lower: operation for operation in operations if isinstance(operation, CreateModel)
    }
    later_fields: dict[str, set[str]] = {}
    for operation in operations:
        if isinstance(operation, AddField):
            later_fields.setdefault(operation.model_name_lower, set()).add(operation.name)
    kept = []
    for operation in operations:
        table = tables.get(getattr(operation, "model_name_lower", ""))
        if isinstance(operation, AddConstraint) and table is not None:
            words = repr(operation.constraint.deconstruct())
            if not any(name in words for name in later_fields.get(table.name_lower, ())):
                table.options.setdefault("constraints", []).append(operation.constraint)
                continue
        kept.append(operation)
    return kept
