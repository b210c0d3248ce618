"""Cases and their sources: who was asked, what they said, and what waits on whose desk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from django.db.models import Prefetch, Q, QuerySet

from concord.accounts.queries import Actor
from concord.accounts.rules import Permission
from concord.analysis.asking_rules import (
    Meaning,
    Move,
    Standing,
    could_answer,
    meaning_of,
    require_move,
    standing_of,
    takes_replies,
)
from concord.analysis.models import AskedSource, Asking, Case, Finding, Reply
from concord.analysis.queries.findings import (
    _is_secretariat,
    _visible,
    case_order,
    state_of_finding,
    with_actions,
)
from concord.analysis.queries.naming import FOR_ALL, FOR_ALL_MEMBERS, own_organisations
from concord.analysis.rules import State
from concord.kernel.errors import IllegalMove, NotFound
from concord.plan.queries import actions_for_whom_can

if TYPE_CHECKING:
    from concord.accounts.models import Organisation, Person
    from concord.plan.models import Action, Framework

NOT_THERE: Final = "There is no such question, or you may not see it."


@dataclass(frozen=True, slots=True)
class Asked:
    """One source of a case and what it says now; reply None: nothing, or taken back."""

    source: AskedSource
    organisation: Organisation
    reply: Reply | None


@dataclass(frozen=True, slots=True)
class AskingState:
    """How a case stands with its sources, for those who coordinate.

    asking: the one that runs, else the last one, which may be withdrawn. findings: its pairs that are still
    there, of the sort that was asked about and for all members. meaning: what the replies come to; nothing,
    once it was withdrawn. takes_replies: whether sources can still say something. is_for_all: whether every
    action that its text names is still for all members (`may_read`).
    """

    asking: Asking | None
    standing: Standing
    sources: tuple[Asked, ...]
    findings: tuple[Finding, ...]
    takes_replies: bool
    meaning: Meaning
    is_for_all: bool = True


@dataclass(frozen=True, slots=True)
class PutToYou:
    """What one source reads, and what it said. takes_replies: whether it can still say something.

    Of a question that was withdrawn it reads that alone: actions and findings are empty.
    """

    asking: Asking
    sort: str
    source: Asked
    actions: tuple[Action, ...]
    findings: tuple[Finding, ...]
    takes_replies: bool


def case_with(key: str, *, actor: Actor) -> Case:
    """A case by its key, if the actor may see one of its findings.

    Raises:
        NotFound: there is none, or it is hidden from the actor.
    """
    case = Case.objects.filter(key=key).select_related("framework__secretariat").first()
    if case is None or not _visible(case.framework, actor).filter(case=case).exists():
        raise NotFound("There is no such case, or you may not see it.")
    return case


def actions_of(findings: Iterable[Finding]) -> list[Action]:
    """The actions of some findings, each once, in the order in which a case shows them (`case_order`)."""
    found = {a.pk: a for finding in findings for a in (finding.action_a, finding.action_b)}
    return sorted(found.values(), key=case_order)


def asking_state(case: Case, *, on: date) -> AskingState:
    """How a case stands with its sources; for people who coordinate, who were asked for that before."""
    asking = _askings().filter(case=case, ended_at=None).first() or _askings().filter(case=case).first()
    if asking is None:
        nothing: tuple[Finding, ...] = ()
        return AskingState(None, Standing.NOT_ASKED, (), nothing, takes_replies=False, meaning=Meaning(""))
    pairs = tuple(_pairs_of(asking, framework=case.framework))
    findings = tuple(pair for pair in pairs if _is_still_asked(pair, case))
    asked = tuple(_asked(source) for source in asking.sources.all())
    replied = [each for each in asked if each.reply]
    until = asking.answers_until
    heard = could_answer(
        sources=len(asked),
        replied=len(replied),
        answers_until=until,
        # one that ended by itself before its last day closed the door to who had not replied
        on=on if _takes(asking, pairs, min(on, until), ended=False) else min(on, until),
    )
    stands = not asking.is_withdrawn
    standing = standing_of(
        asked=stands, heard=heard, confirmed=bool(findings) and all(f.confirmed_at for f in findings)
    )
    said = [(each.organisation.short, each.reply.says) for each in replied if each.reply]
    meaning = meaning_of(len(asked), said) if stands else Meaning("")
    whole = len(pairs) == len(asking.pairs)
    return AskingState(asking, standing, asked, findings, _takes(asking, pairs, on), meaning, whole)


def findings_asked_about(asking: Asking) -> list[Finding]:
    """The pairs of an asking, with both actions; hidden ones too, for services that ask who may act."""
    return list(_pairs_of(asking, framework=asking.case.framework, only=Q()))


OVER: Final = "This question has ended by itself: nobody can reply to it, so there is nothing to withdraw."


def why_not_withdrawn(state: AskingState) -> str:
    """Why what the sources of a case are asked cannot be withdrawn now; "" where it can.

    What ended by itself is over for everybody. A question about an action that is no longer for all members
    took its page and its links along, yet its mail was read: it can be withdrawn, so that they are told.
    """
    try:
        require_move(state.standing, Move.WITHDRAW)
    except IllegalMove as refused:
        return str(refused)
    asking = state.asking
    if asking is None or asking.ended_at is not None:
        return OVER
    return "" if state.takes_replies or len(state.findings) < len(asking.pairs) else OVER


def may_withdraw(state: AskingState, *, actor: Person) -> bool:
    """Whether the actor may withdraw what the sources of a case are asked, and it can be withdrawn."""
    if state.asking is None or why_not_withdrawn(state):
        return False
    asked = {action.pk for action in actions_of(findings_asked_about(state.asking))}
    entitled = actions_for_whom_can(actor, Permission.ASSESS_FINDING, asked, state.asking.case.framework)
    return bool(asked) and asked <= entitled


def withdrawn_askings(case: Case, *, actor: Actor) -> list[tuple[Asking, tuple[Asked, ...]]]:
    """What the sources of a case were asked and what was withdrawn, the latest first, with what they had
    said; for people who coordinate. One about an action that became restricted is the secretariat's."""
    rows = list(_askings().filter(case=case, withdrawn_by__isnull=False))
    if not _is_secretariat(actor, case.framework):
        there = {row.pk: list(_pairs_of(row, framework=case.framework)) for row in rows}
        rows = [row for row in rows if len(there[row.pk]) == len(row.pairs)]
    return [(asking, tuple(_asked(source) for source in asking.sources.all())) for asking in rows]


def withdrawn_asking(key: str, *, organisation: Organisation) -> Asking | None:
    """An asking by its key that was put to the organisation and then withdrawn; else None."""
    rows = _askings().filter(key=key, sources__organisation=organisation, withdrawn_by__isnull=False)
    return rows.first()


def withdrawn_from(actor: Actor, framework: Framework, *, on: date) -> list[PutToYou]:
    """What was put to the organisations that the actor reports for and withdrawn before the day until which
    they could answer; not where they were asked anew since."""
    own = own_organisations(actor, framework)
    if not own:
        return []
    rows = _sources().filter(
        organisation__in=own,
        asking__case__framework=framework,
        asking__withdrawn_by__isnull=False,
        asking__answers_until__gte=on,
    )
    anew = Asking.objects.filter(case__in=rows.values("asking__case"), ended_at=None)
    listed = rows.exclude(asking__case__in=anew.values("case")).order_by("-asking__ended_at", "pk")
    return [put for source in listed if (put := _put(source, on))]


def waiting_for_sources(actor: Actor, framework: Framework, *, on: date) -> list[PutToYou]:
    """What was put to the organisations that the actor reports for and has no reply yet, soonest first."""
    own = own_organisations(actor, framework)
    if not own:
        return []
    rows = _sources().filter(organisation__in=own, asking__case__framework=framework, asking__ended_at=None)
    found = [put for source in rows.order_by("asking__answers_until", "pk") if (put := _put(source, on))]
    return [put for put in found if put.takes_replies and put.source.reply is None]


def put_to(key: str, *, actor: Actor, on: date) -> list[PutToYou]:
    """What one asking puts to the organisations that the actor reports for; one for each of them.

    Ended ones too, which say so; an asking about an action that is no longer for all members is gone.

    Raises:
        NotFound: there is none, or none of its sources is the actor's.
    """
    asking = Asking.objects.filter(key=key).select_related("case__framework").first()
    if asking is None:
        raise NotFound(NOT_THERE)
    own = own_organisations(actor, asking.case.framework)
    rows = _sources().filter(asking=asking, organisation__in=own)
    found = [put for source in rows if (put := _put(source, on))]
    if not found:
        raise NotFound(NOT_THERE)
    return found


def asking_named(key: str) -> Asking:
    """An asking by its key, with its case and framework; who asks must know that it may.

    Raises:
        NotFound: there is none.
    """
    found = _askings().filter(key=key).first()
    if found is None:
        raise NotFound(NOT_THERE)
    return found


def earlier_askings(asking: Asking) -> list[str]:
    """The keys of all other askings of the same case, and of those joined into it: they have ended."""
    from concord.analysis.queries.regrouping import joined_into  # it reads what this module reads

    cases = [asking.case_id, *joined_into(asking.case)]
    others = Asking.objects.filter(case__in=cases).exclude(pk=asking.pk)
    return list(others.values_list("key", flat=True))


def running_askings(framework: Framework, *, on: date) -> Iterator[AskingState]:
    """The askings of a framework that still take replies, soonest end first; for reminders."""
    rows = _askings().filter(case__framework=framework, ended_at=None).order_by("answers_until", "pk")
    for asking in rows:
        state = asking_state(asking.case, on=on)
        if state.takes_replies:
            yield state


def takes_replies_now(source: AskedSource, *, on: date) -> bool:
    """Whether a source can still say something; read anew, for the services."""
    asking = asking_named(source.asking.key)
    return _takes(asking, list(_pairs_of(asking, framework=asking.case.framework)), on)


def is_for_all(action: Action) -> bool:
    """Whether every member may see an action: only those are put to sources."""
    return action.marking in FOR_ALL_MEMBERS


def _put(source: AskedSource, on: date) -> PutToYou | None:
    """What one source reads; None once one of its actions is no longer for all members. What was withdrawn
    holds no action."""
    asking = source.asking
    framework = asking.case.framework
    if asking.is_withdrawn:  # nobody's names are told for its sake any more
        return PutToYou(asking, asking.case.sort, _asked(source), (), (), takes_replies=False)
    findings = tuple(_pairs_of(asking, framework=framework))
    if len(findings) < len(asking.pairs):
        return None
    return PutToYou(
        asking=asking,
        sort=asking.case.sort,
        source=_asked(source),
        actions=tuple(actions_of(findings)),
        findings=findings,
        takes_replies=_takes(asking, findings, on),
    )


def _takes(asking: Asking, findings: Sequence[Finding], on: date, *, ended: bool | None = None) -> bool:
    asked = [finding for finding in findings if _is_still_asked(finding, asking.case)]
    states: set[State] = {state_of_finding(finding, on=on) for finding in asked}
    if len(findings) < len(asking.pairs):
        return False  # its text names an action that somebody may not see any more
    over = asking.ended_at is not None if ended is None else ended
    return takes_replies(states, ended=over, answers_until=asking.answers_until, on=on)


def is_told(case: Case) -> bool:
    """Whether a pair of a case is confirmed, so that members read its names."""
    return Finding.objects.filter(case=case, confirmed_at__isnull=False).exists()


def may_read(state: AskingState, *, actor: Actor) -> bool:
    """Whether who coordinates may read the text and the replies of an asking: it may name an action that
    became restricted since, which exists for the secretariat alone."""
    if state.is_for_all or state.asking is None:
        return True
    return _is_secretariat(actor, state.asking.case.framework)


def _is_still_asked(finding: Finding, case: Case) -> bool:
    """Whether a pair is still what its sources were asked: of another kind it is another question."""
    return finding.kind == case.sort


def _pairs_of(asking: Asking, *, framework: Framework, only: Q = FOR_ALL) -> Iterator[Finding]:
    """The findings that an asking is about, with both actions; those above TLP:GREEN are left out."""
    from concord.analysis.queries.findings import _with_answer

    keys = [tuple(pair) for pair in asking.pairs]
    rows = with_actions(_with_answer(Finding.objects.filter(only, framework=framework)))
    for finding in rows.filter(key_a__in={a for a, _b in keys}).order_by("-score", "key_a", "key_b"):
        if (finding.key_a, finding.key_b) in keys:
            yield finding


def _asked(source: AskedSource) -> Asked:
    standing = [reply for reply in source.replies.all() if reply.taken_back_at is None]
    return Asked(source, source.organisation, standing[0] if standing else None)


def _replies() -> Prefetch[str]:
    return Prefetch("replies", Reply.objects.select_related("by").order_by("pk"))


def _sources() -> QuerySet[AskedSource]:
    rows = AskedSource.objects.select_related("organisation", "asking__case__framework__secretariat")
    return rows.prefetch_related(_replies())


def _askings() -> QuerySet[Asking]:
    sources = AskedSource.objects.select_related("organisation").prefetch_related(_replies())
    rows = Asking.objects.select_related("case__framework__secretariat", "by", "withdrawn_by")
    return rows.prefetch_related(Prefetch("sources", sources)).order_by("-at", "-pk")
