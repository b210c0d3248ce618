"""How the code that works says how far it is: to a job's page, to a command's bar, or to nobody. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[str, int, int], None]
"""Called with step, done and total."""

_listener: ContextVar[Listener | None] = ContextVar("work_listener", default=None)


class Stopped(BaseException):
    """The work ends here because somebody wants it stopped. No `except Exception` may swallow it."""


def progress(step: str, done: int = 0, total: int = 0) -> None:
    """Says how far the work is: "Checking rows", 8200, 20000. Cheap enough to be called for every row.

    Args:
        step: a few words without names or restricted text.
        done, total: in the step's own units; total 0 where nobody knows how much there is.

    Raises:
        Stopped: the work is to end here. Let it pass: it takes back the open transaction.
    """
    if (listener := _listener.get()) is not None:
        listener(step, done, total)


def told[Thing](things: Iterable[Thing], step: str, total: int = 0) -> Iterator[Thing]:
    """The things one by one, saying before each how many are done."""
    for number, thing in enumerate(things):
        progress(step, number, total)
        yield thing


@contextmanager
def listening(listener: Listener) -> Iterator[None]:
    """Inside the block, `progress` tells this listener."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)
