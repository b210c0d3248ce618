"""Findings and their queue, for the person who asks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, F, FilteredRelation, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from concord.accounts.queries import Actor, powers_of, roles_of
from concord.accounts.rules import Marking, Role
from concord.accounts.scope import Scope
from concord.analysis.models import Assessment, Finding, Run
from concord.analysis.queries.naming import FOR_ALL_MEMBERS, told_to
from concord.analysis.rules import Answer, State, has_ended, state_of
from concord.analysis.tables import ACTION_RELATIONS, place_of
from concord.kernel import clock
from concord.kernel.errors import NotFound
from concord.plan.queries import actions_in, actions_visible_to

if TYPE_CHECKING:
    from concord.plan.models import Action, Framework, Merge, Plan

TABS: Final = ("coordinate", "double-entries", "synergies", "continuations", "answered", "board")
"""The parts of a plan's queue, in their order; "board" is the short list before a Board."""

_KIND_OF_TAB: Final = {
    "coordinate": Finding.Kind.OVERLAP,
    "double-entries": Finding.Kind.DUPLICATE,
    "synergies": Finding.Kind.SYNERGY,
    "continuations": Finding.Kind.CONTINUATION,
}

_NO_ANSWER = Q(answer="")
_ASKED_AGAIN = Q(is_live=True) & ~Q(answer__in=["", Answer.MERGED]) & ~Q(answered_digest=F("digest"))


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a queue; empty values narrow nothing.

    beneficiary: a code that both actions name. band: least certainty (1 to 3). words: each must
    stand in the title of one of the two. adjustable: only what can still be changed. assigned: the
    ref of the person to whom the case is assigned, or "nobody"; it narrows cases, not pairs.
    """

    beneficiary: str = ""
    band: int = 0
    words: str = ""
    adjustable: bool = False
    assigned: str = ""


def findings_of(subject: Plan | Framework, *, actor: Actor) -> QuerySet[Finding]:
    """The findings that touch a plan (or any of a framework) and that the actor may see.

    Both actions must be visible to the actor; one that touches an action marked above TLP:GREEN
    is there for the secretariat alone; one that nobody confirmed yet is there for those who
    coordinate, and for the sources it was put to (naming.told_to). Each carries `answer` and
    `answered_digest` of its open assessment ("" if none). Findings no longer proposed are among
    them: `is_live` says so.
    """
    framework, plan = place_of(subject)
    if plan is None:
        return _visible(framework, actor)
    mine = actions_in(plan, actor=actor).values("pk")
    return _visible(framework, actor).filter(
        Q(action_a__in=mine)
        | Q(action_b__in=mine)
        | Q(action_a__merged_into__in=mine)
        | Q(action_b__merged_into__in=mine)
    )


def waiting_of(subject: Plan | Framework, *, actor: Actor, on: date | None = None) -> QuerySet[Finding]:
    """Those of `findings_of` that wait for an answer: never answered, or asked again after a change.

    One whose two actions ended before day `on` waits for nobody any more.
    """
    return findings_of(subject, actor=actor).filter(_waiting(on))


def waiting_pairs(framework: Framework, *, on: date) -> QuerySet[Finding]:
    """All pairs of a framework that wait for an answer, whoever may see them: for counts alone."""
    return _with_answer(Finding.objects.filter(framework=framework)).filter(_waiting(on))


def queue(
    plan: Plan, *, actor: Actor, on: date, tab: str = "coordinate", filters: Filters | None = None
) -> QuerySet[Finding]:
    """One part of a plan's queue in the order in which it is worked through.

    First what can still be changed on day `on`, then by certainty in three steps, then by money at
    stake where both state it in one currency (the commonest currency of the list first, larger
    amounts first), then by score. "answered" holds what has an answer, the latest first, and after
    it what nobody answered before both actions had ended. People work through cases (`cases_in`); this
    is the list of pairs behind them, for `concord analyse --json`.

    Source: look.md, page 6; docs/methods/findings.md.
    """
    found = narrowed(findings_of(plan, actor=actor), filters or Filters(), on)
    if tab == "answered":
        answered: QuerySet[Finding] = found.exclude(_waiting(on)).exclude(_NO_ANSWER, is_live=False)
        return answered.order_by(F("open__at").desc(nulls_last=True), "key_a", "key_b")
    return _in_order(found.filter(_waiting(on), kind=_KIND_OF_TAB[tab]), on)


def pair_of(key_a: str, key_b: str, *, actor: Actor) -> Finding:
    """The finding of two actions, whichever is named first, with both actions loaded.

    Raises:
        NotFound: there is none, or the actor may not see one of the two.
    """
    keys = sorted([key_a, key_b])
    found = Finding.objects.filter(key_a=keys[0], key_b=keys[1]).select_related("framework").first()
    if found is None:
        raise NotFound(_NO_PAIR)
    return visible_finding(found, actor=actor)


def visible_finding(finding: Finding, *, actor: Actor) -> Finding:
    """The finding as it is now, with both actions loaded, if the actor may see it.

    Raises:
        NotFound: it is hidden from the actor.
    """
    seen = with_actions(_visible(finding.framework, actor)).filter(pk=finding.pk).first()
    if seen is None:
        raise NotFound(_NO_PAIR)
    return seen


_NO_PAIR: Final = "There is no finding about these two actions."


def others_with(finding: Finding, *, actor: Actor, limit: int = 5, on: date | None = None) -> list[Finding]:
    """Other unanswered findings that touch one of the two actions, likeliest first."""
    pair = (finding.action_a_id, finding.action_b_id)
    touching = _visible(finding.framework, actor).filter(
        _waiting(on), Q(action_a__in=pair) | Q(action_b__in=pair)
    )
    return list(with_actions(touching.exclude(pk=finding.pk)).order_by("-score", "key_a", "key_b")[:limit])


def open_assessment_of(finding: Finding) -> Assessment | None:
    """The answer that stands, or None."""
    return (
        Assessment.objects.filter(finding=finding, undone_at=None, replaced_at=None)
        .select_related("by", "merge__target", "merge__merged")
        .first()
    )


def assessment_of(finding: Finding, number: int) -> Assessment:
    """One answer of a pair, by its place among the answers ever given to that pair, from 1.

    A primary key would tell how many answers were given to pairs that the reader may not see.

    Raises:
        NotFound: there is no such answer of this pair.
    """
    answers = Assessment.objects.filter(finding=finding).select_related("finding", "merge").order_by("pk")
    found = list(answers[max(number - 1, 0) : number])
    if not found:
        raise NotFound("There is no such answer of this pair.")
    return found[0]


def number_of(assessment: Assessment) -> int:
    """The place of an answer among those ever given to its pair, from 1."""
    return Assessment.objects.filter(finding=assessment.finding_id, pk__lte=assessment.pk).count()


def assessment_of_merge(merge: Merge) -> Assessment | None:
    """The answer that made a merge and still stands, or None where no finding was answered by it."""
    rows = Assessment.objects.filter(merge=merge, undone_at=None, replaced_at=None)
    return rows.select_related("finding", "merge").first()


def history_of_pair(finding: Finding) -> list[Assessment]:
    """All answers that were ever given to a pair, the latest first, undone and replaced ones too."""
    rows = Assessment.objects.filter(finding=finding).select_related("by", "undone_by")
    return list(rows.order_by("-pk"))


def state_of_finding(finding: Finding, *, on: date | None = None) -> State:
    """Where the pair stands with people on a day. Works on rows of this module and on plain ones."""
    row: Any = finding
    if hasattr(finding, "answered_digest"):
        answer, digest = row.answer, row.answered_digest
    else:
        open_one = open_assessment_of(finding)
        answer, digest = (open_one.answer, open_one.digest) if open_one else ("", "")
    both = (finding.action_a, finding.action_b)
    away = any(action.merged_into_id or action.withdrawn_at for action in both)
    return state_of(
        is_live=finding.is_live and not away,
        digest=finding.digest,
        answer=answer,
        answered_digest=digest,
        has_ended=has_ended(finding.ends_on, on or clock.now().date()),
    )


def last_run(subject: Plan | Framework) -> Run | None:
    """The latest analysis that looked at all of this plan (or framework), or None."""
    framework, plan = place_of(subject)
    runs = Run.objects.filter(framework=framework).exclude(parameters__has_key="action")
    return (runs.filter(Q(plan=plan) | Q(plan=None)) if plan else runs).first()


def _visible(framework: Framework, actor: Actor) -> QuerySet[Finding]:
    seen = actions_visible_to(actor, framework).values("pk")
    secretariat = _is_secretariat(actor, framework)
    found = Finding.objects.filter(
        _side("action_a", seen, secretariat),
        _side("action_b", seen, secretariat),
        told_to(actor, framework),
        framework=framework,
    )
    return _with_answer(found)


def _waiting(on: date | None) -> Q:
    """Never answered, or asked again after a change; neither aged out on a day nor about a record that
    was merged away (its target has pairs of its own) or withdrawn."""
    running = Q(ends_on=None) | Q(ends_on__gte=on or clock.now().date())
    standing = Q()
    for side in ("action_a", "action_b"):
        standing &= Q(**{f"{side}__merged_into": None, f"{side}__withdrawn_at": None})
    return ((Q(is_live=True) & _NO_ANSWER) | _ASKED_AGAIN) & running & standing


def _with_answer(found: QuerySet[Finding]) -> QuerySet[Finding]:
    """With `answer` and `answered_digest` of the open assessment ("" if none)."""
    return found.annotate(
        open=FilteredRelation(
            "assessments",
            condition=Q(assessments__undone_at__isnull=True, assessments__replaced_at__isnull=True),
        )
    ).annotate(
        answer=Coalesce(F("open__answer"), Value("")),
        answered_digest=Coalesce(F("open__digest"), Value("")),
    )


def _side(action: str, seen: Any, secretariat: bool) -> Q:
    """One action of a pair is visible, or is a tombstone whose target is.

    A tombstone is in no list any more, so its own marking is asked here: TLP:RED stays with the
    people it names, whatever it was merged into.
    """
    live = Q(**{f"{action}__in": seen})
    merged = Q(**{f"{action}__merged_into__in": seen})
    if secretariat:
        return live | (merged & ~Q(**{f"{action}__marking": Marking.RED}))
    for_all = Q(**{f"{action}__marking__in": FOR_ALL_MEMBERS})
    return (live | merged) & for_all


def _is_secretariat(actor: Actor, framework: Framework) -> bool:
    return powers_of(actor).everything or Role.SECRETARIAT in roles_of(actor, Scope(framework.ref))


def narrowed(found: QuerySet[Finding], filters: Filters, on: date) -> QuerySet[Finding]:
    """Those of the findings that the filters leave; `assigned` is for whoever asks for cases."""
    if filters.beneficiary:
        found = found.filter(
            Q(action_a__beneficiary_rows__code=filters.beneficiary)
            & Q(action_b__beneficiary_rows__code=filters.beneficiary)
        )
    if filters.band:
        found = found.filter(band__gte=filters.band)
    for word in filters.words.split():
        found = found.filter(Q(action_a__title__icontains=word) | Q(action_b__title__icontains=word))
    return found.filter(adjustable_until__gte=on) if filters.adjustable else found


def _in_order(found: QuerySet[Finding], on: date) -> QuerySet[Finding]:
    stated = found.exclude(money_currency="").values_list("money_currency", flat=True)
    commonest = [code for code, _ in sorted(Counter(stated).items(), key=lambda item: (-item[1], item[0]))]
    whens = [When(money_currency=code, then=Value(rank)) for rank, code in enumerate(commonest)]
    # PostgreSQL reads a bare number in ORDER BY as the place of a column, so no rank where no money is
    rank = [Case(*whens, default=Value(len(whens)))] if whens else []
    return found.order_by(
        Case(When(adjustable_until__gte=on, then=Value(0)), default=Value(1)),
        "-band",
        *rank,
        F("money_at_stake").desc(nulls_last=True),
        "-score",
        "key_a",
        "key_b",
    )


def with_actions(found: QuerySet[Finding]) -> QuerySet[Finding]:
    """The same findings with both actions and their reporters loaded."""
    return found.select_related(
        "framework",
        "action_a__reporting_organisation",
        "action_b__reporting_organisation",
    )


def case_order(action: Action) -> tuple[str, str, str]:
    """By which the actions of a case are shown and numbered, wherever it is read: start, title, key."""
    return action.start or "9999", action.title, action.key


def with_facts(found: QuerySet[Finding]) -> QuerySet[Finding]:
    """The same findings with all that a line of the queue or a comparison shows, in few queries."""
    both = [f"{side}__{relation}" for side in ("action_a", "action_b") for relation in ACTION_RELATIONS]
    return with_actions(found).prefetch_related(*both)


def other_of(finding: Finding, action: Action) -> Action:
    """The other action of a pair."""
    return finding.action_b if action.pk == finding.action_a_id else finding.action_a
