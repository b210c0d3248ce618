"""Analysing one action again after it changed, without comparing all the others with each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from concord.accounts.rules import Permission
from concord.analysis import engines, events
from concord.analysis.kept_index import Kept, index_now
from concord.analysis.models import Finding, Run
from concord.analysis.services.cases import assign_cases
from concord.analysis.services.runs import THRESHOLDS, keep_findings, keep_proposals, unchanged_since
from concord.analysis.tables import (
    FOR_ALL_MEMBERS,
    Facts,
    Snapshot,
    facts_of_actions,
    facts_of_needs,
    place_names,
)
from concord.audit.events import EventName
from concord.audit.services import record
from concord.engine.need_index import NeedIndex
from concord.engine.schemas import actions_table, needs_table
from concord.plan.queries import actions_visible_to, needs_visible_to, require_on

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.plan.models import Action


def rerun_action(action: Action, *, as_seen_by: Person | None = None, by: Person, at: datetime) -> Run:
    """Analyses one action against all others and the needs of its framework, and keeps what that changes.

    Only findings and proposals that touch the action are written, by the rules of a full run (`runs.run`):
    what is found, what is asked again, what stays answered, what is no longer proposed; new findings get
    their case. An action that was merged or withdrawn is compared with nothing, and its findings stay.

    as_seen_by: what this person may see is compared; what `by` may see, if not given. The system account
    names whoever ran the latest full analysis, so that both compare the same.

    Returns:
        The run with its counts; its parameters name the action, and it belongs to no plan.

    Raises:
        NotPermitted: `by` may not run the analysis for this action.

    Source: docs/methods/checking.md.
    """
    require_on(by, Permission.RUN_ANALYSIS, action)
    framework, on = action.framework, at.date()
    snapshot, pairs, answers, compared_with = _compared(action, as_seen_by or by, on=on)
    with transaction.atomic():
        kept = Run.objects.create(
            framework=framework,
            plan=None,
            by=by,
            at=at,
            engine_release=engines.release(),
            parameters=engines.parameters() | THRESHOLDS | {"action": action.key},
        )
        unchanged = unchanged_since(snapshot, framework, as_seen_by or by)
        counts = keep_findings(kept, snapshot, pairs, unchanged, before=_touching(action))
        counts["compared_with"] = compared_with
        counts["cases_opened"] = assign_cases(framework, _touching(action), at=at)
        counts |= keep_proposals(kept, snapshot, answers, unchanged, of_action=action.pk)
        Run.objects.filter(pk=kept.pk).update(counts=counts)
        kept.counts = counts
        record(EventName.ANALYSIS_RUN, actor=by, about=action, at=at, **counts)
        transaction.on_commit(partial(events.analysis_run.send_robust, sender=Run, run=kept))
    return kept


def _compared(
    action: Action, seen_by: Person, *, on: date
) -> tuple[Snapshot, list[engines.Pair], list[engines.Support], int]:
    """What was compared, what the engine found of it, and with how many actions; nothing where the action
    counts nowhere."""
    visible = actions_visible_to(seen_by, action.framework)
    mine = facts_of_actions(visible.filter(pk=action.pk))
    if not mine:
        return Snapshot({}, {}, frozenset()), [], [], 0
    needs = needs_visible_to(seen_by, action.framework)
    asking = _Asking(
        index_now(action.framework, on=on),
        mine[action.key],
        facts_of_actions(visible.exclude(marking__in=FOR_ALL_MEMBERS)),
        facts_of_needs(needs.exclude(marking__in=FOR_ALL_MEMBERS)),
        place_names(action.framework),
        on,
    )
    pairs, answers = asking.pairs(), asking.answers()
    partners = {key for pair in pairs for key in (pair.key_a, pair.key_b)}
    partners |= {key for finding in _touching(action) for key in (finding.key_a, finding.key_b)}
    others = facts_of_actions(visible.filter(key__in=partners - {action.key}))
    hidden = {*asking.restricted, *asking.restricted_needs}
    found = Snapshot(mine | others, facts_of_needs(needs), frozenset({action.key}), frozenset(hidden))
    return found, pairs, answers, len(asking.kept.index) + len(asking.restricted)


@dataclass(frozen=True, slots=True)
class _Asking:
    """One action asked against the index that all members share, and against what only some may see.

    As in a full run, what members read about a pair does not depend on records that they may not see:
    those come in a pass of their own.
    """

    kept: Kept
    action: Facts
    restricted: dict[str, Facts]
    restricted_needs: dict[str, Facts]
    names: dict[str, str]
    on: date

    def pairs(self) -> list[engines.Pair]:
        own, found = [self.action], []
        if self.action.key not in self.restricted:
            found = engines.relate_to(self.kept.index, own, on=self.on, names=self.names)
        if self.restricted:
            index = self.kept.index.with_changes(_table(self.restricted.values()), today=self.on)
            whole = engines.relate_to(index, own, on=self.on, names=self.names)
            found += [pair for pair in whole if _touches(self.restricted, (pair.key_a, pair.key_b))]
        return found

    def answers(self) -> list[engines.Support]:
        own, index, found = [self.action], self.kept.index, []
        is_restricted = self.action.key in self.restricted
        if not is_restricted:
            found = engines.cover_with(self.kept.needs, index, own, on=self.on, names=self.names)
        if is_restricted or self.restricted_needs:
            index = index.with_changes(_table(self.restricted.values()), today=self.on)
            rows = [
                *self.kept.needs.needs.to_pylist(),
                *(each.row for each in self.restricted_needs.values()),
            ]
            needs = NeedIndex.of(needs_table(rows), index, today=self.on)
            whole = engines.cover_with(needs, index, own, on=self.on, names=self.names)
            hidden = {*self.restricted, *self.restricted_needs}
            found += [row for row in whole if _touches(hidden, (row.need_key, row.action_key))]
        return found


def _touching(action: Action) -> list[Finding]:
    found = Finding.objects.filter(Q(action_a=action) | Q(action_b=action), framework=action.framework)
    return list(found)


def _touches(keys: Collection[str], pair: Iterable[str]) -> bool:
    return any(key in keys for key in pair)


def _table(facts: Iterable[Facts]) -> object:
    return actions_table(each.row for each in facts)
