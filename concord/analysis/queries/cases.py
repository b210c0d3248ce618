"""Cases, for the person who asks: made of the findings that this person may see."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q, QuerySet

from concord.accounts.queries import Actor, people_with
from concord.accounts.rules import Permission, Role
from concord.accounts.scope import Scope
from concord.analysis.models import Assessment, Case, CaseNote, Finding
from concord.analysis.queries.findings import (
    case_order,
    findings_of,
    state_of_finding,
    waiting_of,
    with_actions,
)
from concord.analysis.queries.regrouping import case_now, joined_into, joined_with
from concord.analysis.rules import State
from concord.analysis.tables import Facts, facts_of_loaded, place_names
from concord.kernel import clock
from concord.kernel.errors import NotFound
from concord.plan.queries import actions_for_whom_can, scope_of

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.plan.models import Action, Framework, Plan

ASKS: Final = (State.OPEN, State.ASKED_AGAIN)
"""The states in which a pair waits for an answer."""

LIVE_OR_ANSWERED: Final = Q(is_live=True) | ~Q(answer="")


@dataclass(frozen=True, slots=True)
class CaseRead:
    """A case as one person may read it.

    findings: live or answered ones that the person may see, the strongest first, each with
    `answer` and `answered_digest`. actions: those of the findings, by start and title. facts: of
    the actions, by key, as the engine reads them. names: what people read for a place's code. on: the day
    on which it is told what still waits.
    """

    case: Case
    findings: tuple[Finding, ...]
    actions: tuple[Action, ...]
    facts: Mapping[str, Facts]
    names: Mapping[str, str]
    on: date

    @property
    def waiting(self) -> tuple[Finding, ...]:
        """The findings that nobody has answered as they are now, and that have not aged out."""
        return tuple(finding for finding in self.findings if self.state_of(finding) in ASKS)

    def state_of(self, finding: Finding) -> State:
        """Where one of its findings stands with people."""
        return state_of_finding(finding, on=self.on)

    @property
    def rows(self) -> list[Mapping[str, Any]]:
        """What the engine reads of each action, in the order of the actions."""
        return [self.facts[action.key].row for action in self.actions]

    def facts_of(self, finding: Finding) -> tuple[Facts, Facts]:
        """The facts of a pair."""
        return self.facts[finding.key_a], self.facts[finding.key_b]

    def finding(self, key_a: str, key_b: str) -> Finding | None:
        """The finding of two of its actions, whichever is named first."""
        keys = tuple(sorted((key_a, key_b)))
        return next((each for each in self.findings if (each.key_a, each.key_b) == keys), None)


def read_cases(
    places: Sequence[int],
    framework: Framework,
    *,
    actor: Actor,
    on: date | None = None,
    also: int | None = None,
) -> list[CaseRead]:
    """The cases with these primary keys, in that order, as the actor may read them; the others left out.

    Actions and facts are read in a fixed number of queries, however many cases there are. also: the
    primary key of a finding that is told of even if it is no longer proposed and nobody answered it.
    """
    visible = findings_of(framework, actor=actor).filter(case__in=list(places))
    shown = with_actions(visible.filter(LIVE_OR_ANSWERED | Q(pk=also)))
    findings = list(shown.order_by("-score", "key_a", "key_b"))
    actions = _actions_of(findings)
    facts = facts_of_loaded(actions)
    cases = Case.objects.filter(pk__in=list(places)).select_related("framework", "assigned_to").in_bulk()
    mine: dict[int, list[Finding]] = defaultdict(list)
    for finding in findings:
        mine[finding.case_id or 0].append(finding)
    told = {"facts": facts, "names": place_names(framework), "on": on or clock.now().date()}
    return [_read(cases[pk], mine[pk], told) for pk in places if mine[pk]]


def case_named(key: str, *, actor: Actor, on: date | None = None) -> CaseRead:
    """One case by its key; the key of one that people joined with another leads to that one.

    Raises:
        NotFound: there is none, or the actor may see none of its findings.
    """
    case = Case.objects.filter(key=key).select_related("framework").first()
    seen: set[int] = set()  # cases joined to and fro, of which this actor sees no pair, lead in a circle
    while case is not None and case.pk not in seen:
        seen.add(case.pk)
        case = case_now(case)
        if read := read_cases([case.pk], case.framework, actor=actor, on=on):
            return read[0]
        case = joined_with(case)  # only pairs that are hidden from the actor stayed behind
    raise NotFound(_NO_CASE)


def case_of_finding(finding: Finding, *, actor: Actor, on: date | None = None) -> CaseRead:
    """The case in which a finding is discussed, with that finding even if it is no longer proposed.

    Raises:
        NotFound: the finding is hidden from the actor, or nobody discusses it.
    """
    place = [finding.case_id] if finding.case_id else []
    read = read_cases(place, finding.framework, actor=actor, on=on, also=finding.pk)
    if not read or read[0].finding(finding.key_a, finding.key_b) is None:
        raise NotFound(_NO_CASE)
    return read[0]


_NO_CASE: Final = "There is no such case, or you may not see it."


def answerable(read: CaseRead, *, actor: Person) -> tuple[Finding, ...]:
    """Those of its findings that the actor may answer: entitled for both actions."""
    pks = {action.pk for action in read.actions}
    mine = actions_for_whom_can(actor, Permission.ASSESS_FINDING, pks, read.case.framework)
    return tuple(each for each in read.findings if {each.action_a_id, each.action_b_id} <= mine)


def coordinates(person: Person, read: CaseRead) -> bool:
    """Whether a person coordinates here: may answer at least one of the findings that they see."""
    return bool(answerable(read, actor=person))


def coordinators_of(read: CaseRead) -> QuerySet[Person]:
    """The people who may take a case on, by name: the secretariat, and the lead and co-lead partners of
    the pillars that its actions stand in; of a restricted case the secretariat alone."""
    framework = read.case.framework
    found = people_with(Role.SECRETARIAT, Scope(framework.ref))
    if read.case.is_restricted:
        return found
    pillars = {row.pillar.ref for action in read.actions for row in action.pillar_rows.all()}
    for pillar in sorted(pillars):
        for role in (Role.LEAD_PARTNER, Role.CO_LEAD_PARTNER):
            found = found | people_with(role, Scope(framework.ref, pillar))
    return found.distinct()


def coordinated_among(reads: Sequence[CaseRead], *, actor: Person) -> list[CaseRead]:
    """Those of some cases of one framework of which the actor may answer at least one pair, in one query."""
    if not reads:
        return []
    pks = {action.pk for read in reads for action in read.actions}
    mine = actions_for_whom_can(actor, Permission.ASSESS_FINDING, pks, reads[0].case.framework)
    return [
        read for read in reads if any({each.action_a_id, each.action_b_id} <= mine for each in read.findings)
    ]


def coordinators_in(plan: Plan) -> QuerySet[Person]:
    """The people who may take cases of a plan on, by name: the secretariat, and the lead and co-lead
    partners of its pillar. Whether one may take a certain case is asked when it is assigned."""
    within = scope_of(plan)
    found = people_with(Role.SECRETARIAT, Scope(plan.framework.ref))
    for role in (Role.LEAD_PARTNER, Role.CO_LEAD_PARTNER):
        found = found | people_with(role, within)
    return found.distinct()


def notes_of(case: Case) -> list[tuple[int, CaseNote]]:
    """What was written about a case and stands, the first one first, with its place among all of its case
    from 1; with what was written about cases that people joined into it, unless these are restricted: who
    reads the one may not have been allowed to read the other."""
    joined = [] if case.is_restricted else joined_into(case)
    rows = CaseNote.objects.filter(case__in=[case.pk, *joined]).select_related("by", "case")
    seen: Counter[int] = Counter()
    told = []
    for note in rows:
        seen[note.case_id] += 1
        if note.taken_back_at is None:
            told.append((seen[note.case_id], note))
    return told


def history_of_case(read: CaseRead) -> list[Assessment]:
    """All answers that were ever given to the findings of a case, the latest first."""
    rows = Assessment.objects.filter(finding__in=read.findings).select_related("by", "undone_by", "finding")
    return list(rows.order_by("-pk"))


def number_of_each(answers: Sequence[Assessment]) -> dict[int, int]:
    """For each answer its place among those ever given to its pair, from 1, by its primary key."""
    pairs = {answer.finding_id for answer in answers}
    rows = Assessment.objects.filter(finding__in=pairs).order_by("pk").values_list("finding", "pk")
    seen: Counter[int] = Counter()
    numbers = {}
    for finding, pk in rows:
        seen[finding] += 1
        numbers[pk] = seen[finding]
    return {answer.pk: numbers[answer.pk] for answer in answers}


def others_of_case(read: CaseRead, *, actor: Actor, limit: int = 5) -> list[Finding]:
    """Of other cases that wait and touch one of its actions the strongest pair that does, the likeliest
    first, with both actions and the case loaded."""
    pks = [action.pk for action in read.actions]
    touching = waiting_of(read.case.framework, actor=actor, on=read.on).filter(
        Q(action_a__in=pks) | Q(action_b__in=pks), case__isnull=False
    )
    rows = touching.exclude(case=read.case).order_by("-score", "key_a", "key_b").values_list("case", "pk")
    strongest: dict[Any, int] = {}
    for case, pk in rows:
        strongest.setdefault(case, pk)
    chosen = list(strongest.values())[:limit]
    found = with_actions(Finding.objects.filter(pk__in=chosen)).select_related("case").in_bulk()
    return [found[pk] for pk in chosen]


def standing_of(read: CaseRead) -> dict[int, Assessment]:
    """The answers that stand, by the primary key of their finding."""
    rows = Assessment.objects.filter(finding__in=read.findings, undone_at=None, replaced_at=None)
    return {row.finding_id: row for row in rows.select_related("by")}


def _actions_of(findings: Sequence[Finding]) -> list[Action]:
    """The actions of these findings, each once and shared by all findings that name it."""
    actions: dict[int, Action] = {}
    for finding in findings:
        finding.action_a = actions.setdefault(finding.action_a_id, finding.action_a)
        finding.action_b = actions.setdefault(finding.action_b_id, finding.action_b)
    return list(actions.values())


def _read(case: Case, findings: Sequence[Finding], told: Mapping[str, Any]) -> CaseRead:
    actions = {a.key: a for finding in findings for a in (finding.action_a, finding.action_b)}
    for finding in findings:
        finding.framework, finding.case = case.framework, case
    ordered = sorted(actions.values(), key=case_order)
    return CaseRead(case, tuple(findings), tuple(ordered), **told)
