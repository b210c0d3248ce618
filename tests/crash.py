"""Failing on purpose at every SQL statement of a write service (R2): nothing half done may remain."""

from collections.abc import Callable
from itertools import count
from typing import Any

from django.apps import apps
from django.db import OperationalError, connection, transaction


class StatementError(OperationalError):
    """The statement that was chosen to fail, as a database reports a full disk or a lost connection."""


class _FailAt:
    """Lets statements pass and raises at the chosen one, once."""

    def __init__(self, chosen: int) -> None:
        self.left = chosen

    def __call__(self, execute: Callable[..., Any], *statement: Any) -> Any:
        self.left -= 1
        if self.left == 0:
            raise StatementError
        return execute(*statement)


def fail_at_each_statement(act: Callable[[], object]) -> int:
    """Runs the act again and again, failing at its statement 1, 2, ... until it completes.

    Gives the number of statements at which it failed. The act reads what it changes anew each time.

    Raises:
        AssertionError: after a failure something was stored.
    """
    before = stored_rows()
    for chosen in count(1):
        try:
            with connection.execute_wrapper(_FailAt(chosen)), transaction.atomic():
                act()
        except StatementError:
            assert stored_rows() == before, f"something was stored although statement {chosen} failed"
        else:
            assert stored_rows() != before, "the act that completed stored nothing"
            return chosen - 1
    raise AssertionError


def stored_rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every room's tables."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for config in apps.get_app_configs()
        if config.name.startswith("concord.")
        for model in config.get_models()
    }
