"""Running the analysis and keeping what it found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from concord.accounts.queries import require
from concord.accounts.rules import Permission
from concord.analysis import engines, events
from concord.analysis.models import CoverageProposal, Finding, Run
from concord.analysis.rules import (
    ACTION_FIELDS,
    FOUND_FROM,
    KEPT_FROM,
    NEED_FIELDS,
    SYNERGY_FROM,
    Fingerprint,
    adjustable_until,
    band_of,
    changed_fields,
    digest_of,
    ends_on,
    hashes_of,
    is_found,
    pair_adjustable_until,
    pair_ends_on,
    stake_of,
)
from concord.analysis.services.cases import assign_cases
from concord.analysis.tables import Facts, Snapshot, place_names, place_of, snapshot_of
from concord.audit.events import EventName
from concord.audit.services import record
from concord.plan.queries import actions_visible_to, needs_visible_to, scope_of
from concord.work.progress import progress
from concord.work.running import finish

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.plan.models import Framework, Plan

THRESHOLDS = {"found_from": FOUND_FROM, "synergy_from": SYNERGY_FROM, "kept_from": KEPT_FROM}
STEPS = 4  # reading, comparing actions, comparing needs, keeping: told while it runs
FEW = 500  # of so few records the versions are asked for alone, of more those of all
CHUNK = 2_000  # rows written at a time
SCORE_DIGITS = 4  # a score is kept to one in ten thousand: more would be noise, and change every row


def run(subject: Plan | Framework, *, by: Person, at: datetime) -> Run:
    """Analyses a plan, or a whole framework, and keeps the findings and the proposals of support.

    A plan's actions are compared among themselves and with all other actions of the framework,
    pool included; its needs with all actions. What is compared is what `by` may see. The engine
    works outside the transaction on what was read before it; a pair or proposal whose records
    changed meanwhile is left to the next run and counted under "changed_meanwhile".

    Pairs from 0.5 on become findings, synergies from 0.8 on (rules.is_found). A pair that is there
    already is updated and keeps its answer; one that this run compared and no longer finds stays,
    marked as no longer proposed. Each live finding then has a case (assign_cases).

    Returns:
        The run with its counts: per kind, new, changed, gone, cases_opened, actions, compared_with,
        needs, needs_with_proposal, proposals, changed_meanwhile.

    Raises:
        NotPermitted: `by` may not run the analysis there.
        BadInput: subject is neither a plan nor a framework.
    """
    framework, plan = place_of(subject)
    require(by, Permission.RUN_ANALYSIS, within=scope_of(subject))
    progress(_("Reading the plan"), 0, STEPS)
    snapshot = snapshot_of(framework, plan, actor=by)
    names = place_names(framework)
    progress(_("Comparing the actions"), 1, STEPS)
    found = engines.relate(snapshot, on=at.date(), names=names)
    progress(_("Comparing needs and actions"), 2, STEPS)
    answers = engines.cover(snapshot, on=at.date(), names=names)
    progress(_("Keeping what was found"), 3, STEPS)
    with transaction.atomic():
        kept = Run.objects.create(
            framework=framework,
            plan=plan,
            by=by,
            at=at,
            engine_release=engines.release(),
            parameters=engines.parameters() | THRESHOLDS,
        )
        unchanged = unchanged_since(snapshot, framework, by)
        counts = keep_findings(kept, snapshot, found, unchanged)
        counts["cases_opened"] = assign_cases(framework, at=at)
        counts |= keep_proposals(kept, snapshot, answers, unchanged)
        Run.objects.filter(pk=kept.pk).update(counts=counts)
        kept.counts = counts
        record(EventName.ANALYSIS_RUN, actor=by, about=subject, at=at, **counts)
        finish(subject, message=_("The plan is analysed. What you answered before is not asked again."))
        transaction.on_commit(partial(events.analysis_run.send_robust, sender=Run, run=kept))
    return kept


@dataclass(frozen=True, slots=True)
class Unchanged:
    """Keys of the records that are still as the run read them."""

    actions: frozenset[str]
    needs: frozenset[str]


def unchanged_since(snapshot: Snapshot, framework: Framework, by: Person) -> Unchanged:
    return Unchanged(
        _same_version(snapshot.actions, actions_visible_to(by, framework)),
        _same_version(snapshot.needs, needs_visible_to(by, framework)),
    )


def _same_version(facts: Mapping[str, Facts], records: Any) -> frozenset[str]:
    if len(facts) <= FEW:
        records = records.filter(key__in=facts)
    now = dict(records.values_list("key", "version"))
    return frozenset(key for key, fact in facts.items() if now.get(key) == fact.version)


# --- findings -------------------------------------------------------------------------------------


def keep_findings(
    kept: Run,
    snapshot: Snapshot,
    found: Iterable[engines.Pair],
    unchanged: Unchanged,
    *,
    before: Iterable[Finding] | None = None,
) -> dict[str, int]:
    """Writes the run's pairs; returns its counts of actions and findings.

    before: the findings there are that it may have compared; all of the framework if not given.
    """
    rows = {(pair.key_a, pair.key_b): pair for pair in found if is_found(pair.kind, pair.score)}
    due = {keys: pair for keys, pair in rows.items() if set(keys) <= unchanged.actions}
    if before is None:
        before = Finding.objects.filter(framework=kept.framework)
    known = {(finding.key_a, finding.key_b): finding for finding in before}
    hashes = {key: hashes_of(facts.row, ACTION_FIELDS) for key, facts in snapshot.actions.items()}
    fresh = {keys: _finding(kept, snapshot, hashes, pair) for keys, pair in due.items()}
    new = [finding for keys, finding in fresh.items() if keys not in known]
    changed = [_updated(known[keys], finding) for keys, finding in fresh.items() if keys in known]
    gone = _gone(known, rows, snapshot, unchanged)
    Finding.objects.bulk_create(
        new, CHUNK, update_conflicts=True, unique_fields=["key_a", "key_b"], update_fields=_COMPARED
    )
    _write_changed([finding for finding in changed if finding.change.get("run") == kept.pk])
    _mark_seen([finding.pk for finding in changed], kept)
    _mark_gone([finding.pk for finding in gone])
    kinds = Counter(finding.kind for finding in fresh.values())
    return {
        "actions": len(snapshot.subjects),
        "compared_with": len(snapshot.actions),
        **{kind: kinds[kind] for kind in Finding.Kind.values},
        "new": len(new),
        "changed": sum(finding.change.get("run") == kept.pk for finding in changed),
        "gone": len(gone),
        "changed_meanwhile": len(rows) - len(due),
    }


_COMPARED = ["kind", "score", "band", "evidence", "terms", "adjustable_until", "ends_on",
             "money_at_stake", "money_currency", "fingerprint", "digest", "is_live", "last_seen"]  # fmt: skip


def _finding(
    kept: Run, snapshot: Snapshot, hashes: Mapping[str, dict[str, str]], pair: engines.Pair
) -> Finding:
    a, b = snapshot.actions[pair.key_a], snapshot.actions[pair.key_b]
    stake = stake_of(a.money, b.money)
    score = round(pair.score, SCORE_DIGITS)
    fingerprint: Fingerprint = {"a": hashes[a.key], "b": hashes[b.key]}
    return Finding(
        framework=kept.framework,
        action_a_id=a.pk,
        action_b_id=b.pk,
        key_a=a.key,
        key_b=b.key,
        kind=pair.kind,
        score=score,
        band=band_of(score),
        evidence=pair.evidence,
        terms=pair.terms,
        adjustable_until=pair_adjustable_until(_adjustable(a), _adjustable(b)),
        ends_on=pair_ends_on(_ends(a), _ends(b)),
        money_at_stake=stake.amount if stake else None,
        money_currency=stake.currency if stake else "",
        fingerprint=fingerprint,
        digest=digest_of(fingerprint),
        first_seen=kept,
        last_seen=kept,
    )


def _adjustable(facts: Facts) -> date | None:
    return adjustable_until(facts.row["start"], facts.row["end"], facts.row["status"])


def _ends(facts: Facts) -> date | None:
    return ends_on(facts.row["start"], facts.row["end"], facts.row["status"])


def _updated(old: Finding, fresh: Finding) -> Finding:
    """The row that is there with what the run found now; `change` says what differs, if anything."""
    change: dict[str, Any] = {}
    if old.kind != fresh.kind:
        change["kind"] = [old.kind, fresh.kind]
    if old.score != fresh.score:
        change["score"] = [old.score, fresh.score]
    if fields := changed_fields(old.fingerprint, fresh.fingerprint):
        change["fields"] = fields
    if not old.is_live:
        change["back"] = True
    if change or any(getattr(old, name) != getattr(fresh, name) for name in _QUIET):
        old.change = change | {"run": fresh.last_seen_id}
    for name in _COMPARED:
        setattr(old, name, getattr(fresh, name))
    return old


_QUIET = ("evidence", "terms", "adjustable_until", "ends_on", "money_at_stake", "money_currency", "digest")


def _write_changed(changed: list[Finding]) -> None:
    """Writes them; where the kind is another one, the sources were asked about something else, so that
    what the secretariat confirmed counts no more."""
    for finding in changed:
        finding.version += 1
    Finding.objects.bulk_update(changed, [*_COMPARED, "change", "version"], CHUNK)
    others = [finding.pk for finding in changed if "kind" in finding.change]
    for start in range(0, len(others), CHUNK):
        told = Finding.objects.filter(pk__in=others[start : start + CHUNK], confirmed_at__isnull=False)
        told.update(confirmed_by=None, confirmed_at=None)


def _mark_seen(pks: list[int], kept: Run) -> None:
    for start in range(0, len(pks), CHUNK):
        Finding.objects.filter(pk__in=pks[start : start + CHUNK]).update(last_seen=kept, is_live=True)


def _gone(
    before: Mapping[tuple[str, str], Finding],
    rows: Mapping[tuple[str, str], engines.Pair],
    snapshot: Snapshot,
    unchanged: Unchanged,
) -> list[Finding]:
    """The findings that this run compared, on records that did not change meanwhile, and did not find."""
    return [
        finding
        for keys, finding in before.items()
        if finding.is_live
        and keys not in rows
        and set(keys) <= unchanged.actions
        and not snapshot.subjects.isdisjoint(keys)
    ]


def _mark_gone(pks: list[int]) -> None:
    for start in range(0, len(pks), CHUNK):
        Finding.objects.filter(pk__in=pks[start : start + CHUNK]).update(
            is_live=False, version=F("version") + 1
        )


# --- proposals of support -------------------------------------------------------------------------


def keep_proposals(
    kept: Run,
    snapshot: Snapshot,
    answers: Iterable[engines.Support],
    unchanged: Unchanged,
    *,
    of_action: int | None = None,
) -> dict[str, int]:
    """Writes which actions may answer which needs; returns the counts of needs and proposals.

    of_action: primary key of the one action that was compared; all of the snapshot's if not given.

    What the run compared and no longer proposes is marked, not deleted: a refusal is remembered.
    """
    rows = {(row.need_key, row.action_key): row for row in answers if row.score >= KEPT_FROM}
    fresh = {
        keys: _proposal(kept, snapshot, row)
        for keys, row in rows.items()
        if keys[0] in unchanged.needs and keys[1] in unchanged.actions
    }
    need_pks = [facts.pk for facts in snapshot.needs.values()]
    there = CoverageProposal.objects.filter(need__in=need_pks)
    if of_action is not None:
        there = there.filter(action=of_action)
    before = {(p.need_id, p.action_id): p for p in there}
    new = [p for p in fresh.values() if (p.need_id, p.action_id) not in before]
    changed = _changed_proposals(before, fresh.values())
    CoverageProposal.objects.bulk_create(
        new, CHUNK, update_conflicts=True, unique_fields=["need", "action"], update_fields=_PROPOSED
    )
    CoverageProposal.objects.bulk_update(changed, [*_PROPOSED, "version"], CHUNK)
    current = {(p.need_id, p.action_id) for p in fresh.values()}
    needs = {facts.pk for key, facts in snapshot.needs.items() if key in unchanged.needs}
    actions = {facts.pk for key, facts in snapshot.actions.items() if key in unchanged.actions}
    stale = [
        p.pk
        for keys, p in before.items()
        if p.is_live and keys not in current and keys[0] in needs and keys[1] in actions
    ]
    for start in range(0, len(stale), CHUNK):
        CoverageProposal.objects.filter(pk__in=stale[start : start + CHUNK]).update(
            is_live=False, version=F("version") + 1
        )
    likely = [p for p in fresh.values() if p.score >= FOUND_FROM]
    return {
        "needs": len(snapshot.needs),
        "needs_with_proposal": len({p.need_id for p in likely}),
        "proposals": len(likely),
    }


_PROPOSED = ["score", "evidence", "terms", "fingerprint", "digest", "is_live", "run"]


def _proposal(kept: Run, snapshot: Snapshot, row: engines.Support) -> CoverageProposal:
    need, action = snapshot.needs[row.need_key], snapshot.actions[row.action_key]
    fingerprint: Fingerprint = {
        "need": hashes_of(need.row, NEED_FIELDS),
        "action": hashes_of(action.row, ACTION_FIELDS),
    }
    return CoverageProposal(
        framework=kept.framework,
        need_id=need.pk,
        action_id=action.pk,
        score=round(row.score, SCORE_DIGITS),
        evidence=row.evidence,
        terms=row.terms,
        fingerprint=fingerprint,
        digest=digest_of(fingerprint),
        run=kept,
    )


def _changed_proposals(
    before: Mapping[tuple[int, int], CoverageProposal], fresh: Iterable[CoverageProposal]
) -> list[CoverageProposal]:
    """The rows that are there and differ, with the new values on them.

    A refusal lapses when need or action say something else than what was refused: the proposal
    is then asked again, and the record keeps the refusal.
    """
    changed = []
    for proposal in fresh:
        old = before.get((proposal.need_id, proposal.action_id))
        if old is None or all(getattr(old, name) == getattr(proposal, name) for name in _PROPOSED[:-1]):
            continue
        for name in _PROPOSED:
            setattr(old, name, getattr(proposal, name))
        old.version += 1
        changed.append(old)
    return changed
