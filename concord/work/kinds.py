"""The kinds of long work. A later room registers its own in its AppConfig.ready; this room knows none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from concord.kernel.errors import NotFound

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from concord.accounts.models import Person
    from concord.work.models import Job

Ref = tuple[str, str]
"""A thing as the record of acts names it: (type, key)."""


class Named(Protocol):
    """A thing that names itself to the record."""

    @property
    def audit_ref(self) -> Ref: ...


About = Ref | Named


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of long work.

    name: stored with each job, so it never changes. title: what people read ("Checking a file").
    require: refuses (NotPermitted, NotFound) whoever may not ask for it about the thing with this key; it
        is asked at the click and again each time that the job is shown.
    run: does the work in the worker, as the person who asked (`job.asked_by`), and gives what came of it.
        What it writes is one transaction, which ends with `finish` (running.py), so that work and job
        come to their end together. It can be run again after it was broken off.
    """

    name: str
    title: StrOrPromise
    require: Callable[[Person, str], object]
    run: Callable[[Job], About | None]


_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Makes a kind known. The same name again replaces it."""
    _KINDS[kind.name] = kind
    return kind


def kind_named(name: str) -> Kind:
    """The kind of this name.

    Raises:
        NotFound: this release knows no such kind.
    """
    if name not in _KINDS:
        raise NotFound(f"This release of Concord knows no work called “{name}”.")
    return _KINDS[name]


def ref_of(about: About) -> Ref:
    """A thing as the record names it."""
    return about if isinstance(about, tuple) else about.audit_ref
