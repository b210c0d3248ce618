"""The index of a framework's actions and needs, kept in CONCORD_DATA/indexes and in each process's memory.

It holds what every member may see and nothing else, so that what one person is told cannot depend on what
that person may not see. A file that is missing, damaged or of another release is made again; one that is
behind is brought up to date by the records that changed. How: docs/methods/checking.md.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

import pyarrow as pa
from django.conf import settings

from concord.analysis.tables import Facts, facts_of_actions, facts_of_needs
from concord.engine.index import Index
from concord.engine.index_file import load_indexes, save_indexes
from concord.engine.need_index import NeedIndex
from concord.engine.schemas import actions_table, needs_table
from concord.kernel.errors import SchemaMismatch
from concord.plan.queries import (
    actions_for_all_members,
    needs_for_all_members,
)

if TYPE_CHECKING:
    from concord.plan.models import Framework

log = logging.getLogger("concord.analysis")

AT_ONCE: Final = 100
"""So many changed records are read into an index beside the others; more, and it is made anew."""

IN_MEMORY: Final = 4
"""So many frameworks' indexes stay in memory: one of 10,000 actions takes some 60 MB."""

Versions = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """An index as it stands for some state of the plan: the version of each record by key.

    stamp: of the file that it was read from or written to.
    """

    index: Index
    needs: NeedIndex
    actions_at: Versions
    needs_at: Versions
    stamp: tuple[int, int] | None = None


_held: dict[str, Kept] = {}
_lock = Lock()


def index_now(framework: Framework, *, on: date) -> Kept:
    """The framework's index with every record as it stands now.

    on: the day on which ongoing work is taken to run at least. Takes milliseconds where nothing changed,
    and as long as reading all actions (some 15 seconds for 10,000) where there is no index yet.
    """
    with _lock:
        found = _brought_up(_before(framework), framework, on)
        _hold(framework, found)
        return found


def keep_anew(framework: Framework, *, on: date) -> None:
    """Makes the framework's index again from all records and writes its file: after each full analysis."""
    with _lock:
        _hold(framework, _anew(framework, on))


def forget() -> None:
    """Lets go of what this process holds in memory; the files stay."""
    with _lock:
        _held.clear()


def _before(framework: Framework) -> Kept | None:
    """What memory holds, if it is at least as new as the file; else what the file holds."""
    path = _path(framework)
    held, stamp = _held.get(_name(framework)), _stamp(path)
    if held is not None and held.stamp == stamp:
        return held
    try:
        index, needs, beside = load_indexes(path)
        return Kept(index, needs, dict(beside["actions"]), dict(beside["needs"]), stamp)
    except (SchemaMismatch, KeyError, TypeError, ValueError) as error:
        if stamp is not None:
            log.warning("The index of %s is made again: %s", framework.ref, type(error).__name__)
        return None


def _brought_up(before: Kept | None, framework: Framework, on: date) -> Kept:
    actions = dict(actions_for_all_members(framework).values_list("key", "version"))
    needs = dict(needs_for_all_members(framework).values_list("key", "version"))
    if before is None:
        return _anew(framework, on)
    if actions != before.actions_at:
        before = _with_actions(before, actions, framework, on)
    return before if needs == before.needs_at else _with_needs(before, framework, on)


def _with_actions(before: Kept, actions: Versions, framework: Framework, on: date) -> Kept:
    changed = [key for key, version in actions.items() if before.actions_at.get(key) != version]
    removed = [key for key in before.actions_at if key not in actions]
    if len(changed) + len(removed) > AT_ONCE or _were_hidden(framework, removed):
        return _anew(framework, on)
    facts = facts_of_actions(actions_for_all_members(framework).filter(key__in=changed))
    index = before.index.with_changes(_table(facts.values()), removed=removed, today=on)
    now = {key: version for key, version in before.actions_at.items() if key in actions}
    now |= {key: each.version for key, each in facts.items()}
    return Kept(index, before.needs, now, before.needs_at, before.stamp)


def _with_needs(before: Kept, framework: Framework, on: date) -> Kept:
    """Needs change rarely and are few, so all of them are read again."""
    facts = facts_of_needs(needs_for_all_members(framework))
    stated = NeedIndex.of(needs_table(each.row for each in facts.values()), before.index, today=on)
    now = {key: each.version for key, each in facts.items()}
    return _written(Kept(before.index, stated, before.actions_at, now), framework)


def _were_hidden(framework: Framework, removed: Collection[str]) -> bool:
    """Whether one of these was marked for fewer people. Then nothing of it may stay behind, in memory or on
    disk, not even in where other actions' lists end."""
    return (
        bool(removed)
        and framework.actions.filter(key__in=removed, merged_into=None, withdrawn_at=None).exists()
    )


def _anew(framework: Framework, on: date) -> Kept:
    actions = facts_of_actions(actions_for_all_members(framework))
    needs = facts_of_needs(needs_for_all_members(framework))
    index = Index.of(_table(actions.values()), today=on)
    stated = NeedIndex.of(needs_table(each.row for each in needs.values()), index, today=on)
    actions_at, needs_at = ({key: each.version for key, each in facts.items()} for facts in (actions, needs))
    return _written(Kept(index, stated, actions_at, needs_at), framework)


def _written(kept: Kept, framework: Framework) -> Kept:
    """The same once its file is written; a full disk keeps nobody from work."""
    path = _path(framework)
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        beside = {"actions": dict(kept.actions_at), "needs": dict(kept.needs_at)}
        save_indexes(path, kept.index, kept.needs, beside)
    except OSError as error:
        log.warning("The index of %s cannot be written: %s", framework.ref, type(error).__name__)
    return Kept(kept.index, kept.needs, kept.actions_at, kept.needs_at, _stamp(path))


def _hold(framework: Framework, kept: Kept) -> None:
    name = _name(framework)
    _held.pop(name, None)
    _held[name] = kept  # the latest used stands last
    while len(_held) > IN_MEMORY:
        del _held[next(iter(_held))]


def _table(facts: Iterable[Facts]) -> pa.Table:
    return actions_table(each.row for each in facts)


def _name(framework: Framework) -> str:
    return str(_path(framework))


def _path(framework: Framework) -> Path:
    return Path(settings.DATA) / "indexes" / f"{framework.ref}.npz"


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
