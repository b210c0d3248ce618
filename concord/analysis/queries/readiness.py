"""Whether a case can be put to its sources now, to whom, and in which words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from concord.accounts.queries import Actor, live
from concord.analysis.asking_rules import Named, Reason, text_of
from concord.analysis.models import Case, Finding
from concord.analysis.queries.asking import actions_of
from concord.analysis.queries.findings import _visible, _waiting, with_actions
from concord.analysis.queries.naming import FOR_ALL_MEMBERS

if TYPE_CHECKING:
    from concord.accounts.models import Organisation


@dataclass(frozen=True, slots=True)
class Readiness:
    """Whether a case can be put to its sources. why_not: "" if it can.

    findings: what would be asked about. sources: who would be asked.
    """

    findings: tuple[Finding, ...]
    sources: tuple[Organisation, ...]
    why_not: str


def readiness_of(case: Case, *, actor: Actor, on: date) -> Readiness:
    """What of a case would be put to its sources now, and to whom; or in words why it can't be.

    A finding that touches an action that one of the sources may not see is never asked about.
    """
    waiting = _visible(case.framework, actor).filter(_waiting(on), case=case)
    findings = tuple(with_actions(waiting).order_by("-score", "key_a", "key_b"))
    actions = actions_of(findings)
    if not findings:
        return Readiness((), (), "Nothing of this case waits for an answer, so there is nothing to ask.")
    if case.is_restricted or any(action.marking not in FOR_ALL_MEMBERS for action in actions):
        return Readiness(findings, (), RESTRICTED)
    unknown = sorted({action.reported_by_as_written for action in actions if action.reported_by_as_written})
    nobody = [action.title for action in actions if action.reporting_organisation is None]
    if unknown or nobody:
        return Readiness(findings, (), _who_is(unknown, nobody))
    bodies = {body.pk: body for body in (live(a.reporting_organisation) for a in actions)}
    sources = tuple(sorted(bodies.values(), key=lambda body: (body.name.casefold(), body.pk)))
    return Readiness(findings, sources, "")


RESTRICTED: Final = (
    "This case touches an action that not every source may see, so it is never put to them and exists for "
    "the secretariat alone. Speak to those who may see both, and record what was agreed."
)


def _who_is(unknown: Sequence[str], nobody: Sequence[str]) -> str:
    if unknown:
        names = ", ".join(f"“{name}”" for name in unknown)
        return (
            f"It is not known which organisation is meant by {names}, so not every source can be asked. "
            "Answer the name under “Names not yet identified” first."
        )
    titles = ", ".join(f"“{title}”" for title in nobody)
    return f"Nobody is known to report {titles}, so not every source can be asked."


def text_for(case: Case, findings: Sequence[Finding]) -> str:
    """The text in which a case is put to its sources, unless an officer writes another one."""
    actions = actions_of(findings)
    named = [Named(action.title, str(action.reporting_organisation)) for action in actions]
    place = {action.pk: number for number, action in enumerate(actions)}
    reasons = [Reason((place[f.action_a_id], place[f.action_b_id]), f.evidence) for f in findings]
    return text_of(case.sort, named, reasons)
