"""Findings into the cases in which people discuss them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from concord.accounts.rules import Marking
from concord.analysis.grouping import MOST_ACTIONS, Edge, Group, Pair, group
from concord.analysis.hands import Hands
from concord.analysis.models import Assessment, Case, Finding
from concord.analysis.queries.regrouping import hands_of
from concord.analysis.rules import Answer

if TYPE_CHECKING:
    from concord.plan.models import Framework

CHUNK = 2_000  # rows looked up or written at a time
_FOR_ALL_MEMBERS = (Marking.CLEAR, Marking.GREEN)


@transaction.atomic
def assign_cases(framework: Framework, findings: Iterable[Finding] | None = None, *, at: datetime) -> int:
    """Gives each live finding without a case, or in one of another sort, the case that it belongs to.

    A step of a run, which has asked for the permission and keeps the record: call it inside the
    run's transaction, after the findings are written. A finding keeps its case while its sort is
    the same; an answered one keeps it whatever its sort, until it is asked again. Findings that
    touch an action marked above TLP:GREEN are grouped among themselves, so that which cases
    there are tells nothing about them. Only what lies around the findings to be assigned is read.

    findings: those that a run has just written, if only these need looking at; they may be unsaved
    copies, what counts is their keys.

    Returns:
        How many cases were opened.
    """
    wanted = None if findings is None else {(finding.key_a, finding.key_b) for finding in findings}
    homeless = _homeless(framework, wanted)
    hands = hands_of(framework) if homeless else Hands()
    return sum(
        _assign(framework, [row for row in homeless if row.restricted is restricted], hands, restricted, at)
        for restricted in (False, True)
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """What grouping needs of a live finding. case: a primary key; answered: as the finding is now."""

    pk: int
    key_a: str
    key_b: str
    kind: str
    score: float
    case: int | None
    case_sort: str
    action_a: int
    action_b: int
    restricted: bool
    answered: bool

    @property
    def pair(self) -> Pair:
        return (self.key_a, self.key_b)


def _assign(
    framework: Framework, homeless: Sequence[_Row], hands: Hands, restricted: bool, at: datetime
) -> int:
    if not homeless:
        return 0
    put = _put_by_hand(framework, homeless, hands, restricted)
    moving = {row.pk for row in homeless}
    around = [row for row in _around(framework, homeless, set(put.values())) if row.restricted is restricted]
    put = _with_room(put, around, moving)
    edges, answers = [], defaultdict(list)
    for row in around:
        case = put.get(row.pk) if row.pk in moving else row.case
        if case is None:
            edges.append(Edge(*row.pair, row.kind, row.score))
        else:
            sort = row.kind if row.pk in moving else row.case_sort
            edges.append(Edge(*row.pair, sort, row.score, str(case)))
            answers[str(case)].append(row.answered)
    Finding.objects.bulk_update([Finding(pk=pk, case_id=case) for pk, case in put.items()], ["case"], CHUNK)
    closed = {case for case, answered in answers.items() if all(answered)}
    pks = {row.pair: row.pk for row in around}
    groups = group(edges, closed=closed, entries=hands.entries)
    return _keep(framework, groups, pks, restricted, at)


def _put_by_hand(
    framework: Framework, homeless: Sequence[_Row], hands: Hands, restricted: bool
) -> dict[int, int]:
    """For findings that people once put in a case of their present sort: that case, by primary keys."""
    placed = {
        row.pk: (int(case), row.kind) for row in homeless if (case := hands.place_of(row.pair, row.kind))
    }
    wanted = {case for case, _kind in placed.values()}
    there = dict(
        Case.objects.filter(pk__in=wanted, framework=framework, is_restricted=restricted).values_list(
            "pk", "sort"
        )
    )
    return {pk: case for pk, (case, kind) in placed.items() if there.get(case) == kind}


def _with_room(put: dict[int, int], around: Sequence[_Row], moving: Collection[int]) -> dict[int, int]:
    """Those that find room where people put them: a case may have grown to eight actions meanwhile."""
    actions: dict[int, set[str]] = defaultdict(set)
    for row in around:
        if row.case is not None and row.pk not in moving:
            actions[row.case].update(row.pair)
    kept = {}
    for row in sorted(around, key=lambda row: (-row.score, row.pair)):
        case = put.get(row.pk)
        if case is not None and len(actions[case] | set(row.pair)) <= MOST_ACTIONS:
            actions[case].update(row.pair)
            kept[row.pk] = case
    return kept


def _keep(
    framework: Framework,
    groups: Sequence[Group],
    pks: dict[Pair, int],
    restricted: bool,
    at: datetime,
) -> int:
    """Opens the new cases and points the findings to theirs. Groups are in a fixed order."""
    opened = [
        Case(framework=framework, sort=each.sort, is_restricted=restricted, opened_at=at)
        for each in groups
        if not each.case
    ]
    Case.objects.bulk_create(opened, CHUNK)
    new = iter(opened)
    assigned = []
    for each in groups:
        case_id = int(each.case) if each.case else next(new).pk
        assigned += [Finding(pk=pks[pair], case_id=case_id) for pair in each.pairs]
    Finding.objects.bulk_update(assigned, ["case"], CHUNK)
    return len(opened)


def _homeless(framework: Framework, wanted: Collection[Pair] | None) -> list[_Row]:
    """Live findings without a case, or in one that is not theirs any more; wanted: only of these keys."""
    misplaced = Q(is_restricted=True, case__is_restricted=False) | Q(
        is_restricted=False, case__is_restricted=True
    )
    moved = ~Q(case__sort=F("kind")) & Q(is_answered=False)
    found = _live(framework).filter(Q(case=None) | misplaced | moved)
    if wanted is None or len(wanted) > CHUNK:
        rows = _rows(found)
    else:
        rows = _rows(found.filter(key_a__in={a for a, _ in wanted}, key_b__in={b for _, b in wanted}))
    return [row for row in rows if wanted is None or row.pair in wanted]


def _around(framework: Framework, homeless: Sequence[_Row], also: Collection[int]) -> list[_Row]:
    """The live findings that touch an action of these, and all others of the cases met that way, or named
    in `also`."""
    actions = {action for row in homeless for action in (row.action_a, row.action_b)}
    live = _live(framework)
    found = {row.pk: row for side in ("action_a", "action_b") for row in _in_batches(live, side, actions)}
    cases = {row.case for row in found.values() if row.case} | set(also)
    return list((found | {row.pk: row for row in _in_batches(live, "case", cases)}).values())


def _in_batches(live: QuerySet[Finding], field: str, values: Collection[Any]) -> Iterator[_Row]:
    for batch in batched(sorted(values), CHUNK):
        yield from _rows(live.filter(**{f"{field}__in": batch}))


def _live(framework: Framework) -> QuerySet[Finding]:
    """With `is_restricted`: it touches what some members may not see; `is_answered`: as it is now."""
    standing = Assessment.objects.filter(finding=OuterRef("pk"), undone_at=None, replaced_at=None)
    for_all = Q(action_a__marking__in=_FOR_ALL_MEMBERS, action_b__marking__in=_FOR_ALL_MEMBERS)
    return Finding.objects.filter(framework=framework, is_live=True).annotate(
        is_restricted=~for_all,
        is_answered=Exists(standing.filter(Q(digest=OuterRef("digest")) | Q(answer=Answer.MERGED))),
    )


def _rows(found: QuerySet[Finding]) -> Iterator[_Row]:
    fields = ("pk", "key_a", "key_b", "kind", "score", "case", "case__sort", "action_a", "action_b")
    for values in found.values_list(*fields, "is_restricted", "is_answered"):
        pk, key_a, key_b, kind, score, case, case_sort, action_a, action_b, restricted, answered = values
        yield _Row(
            pk,
            key_a,
            key_b,
            kind,
            score,
            case,
            case_sort or "",
            action_a,
            action_b,
            bool(restricted),
            bool(answered),
        )
