"""The versions of a plan, and one of them: what changed, how it stands, and the next step to publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.accounts.rules import Permission
from concord.audit.queries import history_of
from concord.governance.queries import StandingOfText, standing_of, standings_of
from concord.governance.rules import TextState
from concord.publication.comparison import Change, Changes, compare
from concord.publication.drafts import name_of_version, version_document
from concord.publication.exports import FORMATS
from concord.publication.queries import edition_made_of, request_for
from concord.web.members.happened import Happened, history
from concord.web.members.plan_list import period_beside, titled
from concord.web.members.plan_page import tabs_of
from concord.web.members.told import say_date

if TYPE_CHECKING:
    from concord.plan.models import Plan, PlanVersion
    from concord.publication.models import Edition, PublishRequest
    from concord.web.members.visit import Visit

Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version in the list."""

    name: str
    href: str
    state: str
    frozen: str
    label: str


@dataclass(frozen=True, slots=True)
class VersionsPage:
    """What members/versions.html shows."""

    plan: Plan
    title: str
    period: str
    kicker: str
    tabs: list[Shown]
    versions: list[VersionLine]
    may_freeze: bool
    next_draft: int


@dataclass(frozen=True, slots=True)
class Step:
    """One step from a frozen text to a published one."""

    text: str
    done: bool
    note: str


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One record that differs, and how."""

    text: str
    href: str
    fields: str


@dataclass(frozen=True, slots=True)
class ChangePart:
    """Records that differ in one way."""

    title: str
    mark: str
    lines: list[ChangeLine]


@dataclass(frozen=True, slots=True)
class VersionPage:
    """What members/version.html shows.

    next: decide | ask | confirm | wait | publish | read, or "" where nothing can be done.
    """

    plan: Plan
    version: PlanVersion
    title: str
    name: str
    kicker: str
    back: str
    steps: list[Step]
    notice: str
    next: str
    next_note: str
    decision: Shown | None
    against: str
    summary: str
    changes: list[ChangePart]
    downloads: list[Shown]
    public: str
    history: list[Happened]
    address: str
    may_withdraw: bool


def versions_page(visit: Visit, plan: Plan) -> VersionsPage:
    """A plan's versions, the latest first, in a fixed number of queries."""
    versions = list(
        plan.versions.select_related("frozen_by", "plan").defer("document").order_by("-draft_number")
    )
    standings = standings_of(versions)
    return VersionsPage(
        plan=plan,
        title=plan.title,
        period=period_beside(plan),
        kicker=plan.pillar.name if plan.pillar else plan.framework.name,
        tabs=tabs_of(plan, "versions"),
        versions=[_line(version, standings[version.pk]) for version in versions],
        may_freeze=visit.may(Permission.FREEZE_VERSION, plan),
        next_draft=versions[0].draft_number + 1 if versions else 1,
    )


def _line(version: PlanVersion, state: TextState) -> VersionLine:
    return VersionLine(
        name=_("Version %(n)d") % {"n": version.number}
        if version.number
        else _("Draft %(n)d") % {"n": version.draft_number},
        href=reverse("members:version", args=[version.plan.ref, f"d{version.draft_number}"]),
        state=_("published") if version.number else str(STATE_WORDS[state]),
        frozen=_("frozen by %(person)s on %(day)s")
        % {"person": version.frozen_by.name, "day": say_date(version.frozen_at)},
        label=version.label,
    )


STATE_WORDS: Mapping[TextState, Any] = {
    TextState.FROZEN: gettext_lazy("frozen, before no Board yet"),
    TextState.SUBMITTED: gettext_lazy("submitted to the Board"),
    TextState.ENDORSED: gettext_lazy("endorsed, not yet published"),
    TextState.WITHDRAWN: gettext_lazy("withdrawn"),
}


def version_page(visit: Visit, plan: Plan, version: PlanVersion, *, against: str = "") -> VersionPage:
    """One version as the person may see it, compared with the one before or with the edition in force."""
    standing, request = standing_of(version), request_for(version.pk)
    edition = edition_made_of(version.pk)
    before, old = _before(visit, plan, version, against)
    comparison = compare(old, version_document(version, actor=visit.person)) if old else None
    step, note = _next(visit, plan, standing, request, edition)
    return VersionPage(
        plan=plan,
        version=version,
        title=titled(plan),
        name=name_of_version(version),
        kicker=plan.title,
        back=reverse("members:versions", args=[plan.ref]),
        steps=_steps(version, standing, request, edition),
        notice=standing.notice,
        next=step,
        next_note=note,
        decision=_decision(standing),
        against=before,
        summary=_summary(comparison) if comparison else _("This is the first text of this plan."),
        changes=[*_parts(comparison.actions, "action"), *_parts(comparison.needs, "need")]
        if comparison
        else [],
        downloads=_downloads(visit, plan, version),
        public=f"/plans/{plan.ref}/v{edition.number}/" if edition else "",
        history=history(reversed(history_of(version))),
        address=reverse("members:version", args=[plan.ref, f"d{version.draft_number}"]),
        may_withdraw=request is not None and edition is None and visit.may(Permission.ASK_TO_PUBLISH, plan),
    )


# --- what changed -----------------------------------------------------------------------------------


def _before(visit: Visit, plan: Plan, version: PlanVersion, against: str) -> tuple[str, Any]:
    """The text to compare with and what it is called: the last published one before this version, or
    the draft before it."""
    earlier = plan.versions.filter(draft_number__lt=version.draft_number).order_by("-draft_number")
    if against != "draft" and (published := earlier.filter(number__isnull=False).first()):
        return name_of_version(published), version_document(published, actor=visit.person)
    if before := earlier.first():
        return name_of_version(before), version_document(before, actor=visit.person)
    return "", None


def _summary(comparison: Any) -> str:
    if comparison.is_empty:
        return _("Nothing changed.")
    actions, needs = comparison.actions, comparison.needs
    counts = {
        "new": len(actions.added),
        "changed": len(actions.changed),
        "gone": len(actions.withdrawn) + len(actions.no_longer_public),
        "needs": needs.count,
    }
    said = _("Actions: %(new)d new, %(changed)d changed, %(gone)d no longer there.") % counts
    return f"{said} {_('Needs: %(needs)d differ.') % counts}" if needs.count else said


def _parts(changes: Changes, kind: str) -> list[ChangePart]:
    is_action = kind == "action"
    titles = {
        "new": _("New actions") if is_action else _("New needs"),
        "changed": _("Changed actions") if is_action else _("Changed needs"),
        "withdrawn": _("Actions no longer there") if is_action else _("Needs no longer there"),
    }
    listed: dict[str, list[ChangeLine]] = {
        "new": [_gone(each, kind) for each in changes.added],
        "changed": [_changed(each, kind) for each in changes.changed],
        "withdrawn": [_gone(each, kind) for each in (*changes.withdrawn, *changes.no_longer_public)],
    }
    return [ChangePart(titles[mark], mark, lines) for mark, lines in listed.items() if lines]


def _gone(each: Any, kind: str) -> ChangeLine:
    return ChangeLine(each.title, reverse(f"members:{kind}", args=[each.key]), "")


def _changed(change: Change, kind: str) -> ChangeLine:
    names = ", ".join(
        dict.fromkeys(
            str(WORD_OF_FIELD.get(field.field, field.field.replace("_", " "))) for field in change.fields
        )
    )
    return ChangeLine(change.title, reverse(f"members:{kind}", args=[change.key]), names)


WORD_OF_FIELD: Mapping[str, Any] = {
    "title": gettext_lazy("title"),
    "summary": gettext_lazy("summary"),
    "description": gettext_lazy("description"),
    "beneficiaries": gettext_lazy("for whom"),
    "donors": gettext_lazy("who pays"),
    "implementers": gettext_lazy("who does it"),
    "participations": gettext_lazy("who takes part"),
    "funding": gettext_lazy("money"),
    "start": gettext_lazy("start"),
    "end": gettext_lazy("end"),
    "status": gettext_lazy("status"),
    "topics": gettext_lazy("topics"),
    "action_types": gettext_lazy("means"),
    "measure": gettext_lazy("measure"),
    "linked_measures": gettext_lazy("linked measures"),
    "source_url": gettext_lazy("source page"),
    "needs": gettext_lazy("needs it answers"),
    "continues": gettext_lazy("what it continues"),
    "works_with": gettext_lazy("what it works with"),
    "marking": gettext_lazy("marking"),
    "reporting_organisation": gettext_lazy("who reports it"),
    "statement": gettext_lazy("what is lacking"),
    "stated_on": gettext_lazy("when it was stated"),
}


# --- how it stands ----------------------------------------------------------------------------------


def _steps(
    version: PlanVersion, standing: StandingOfText, request: PublishRequest | None, edition: Edition | None
) -> list[Step]:
    decision = standing.decision
    by = {"person": version.frozen_by.name, "day": say_date(version.frozen_at)}
    steps = [Step(_("Frozen"), True, _("by %(person)s on %(day)s") % by)]
    decided = ""
    if decision is not None:
        decided = _("%(number)s of %(day)s") % {
            "number": decision.number,
            "day": say_date(decision.decided_on),
        }
    steps.append(Step(_("Endorsed by the Board"), standing.is_endorsed, decided))
    asked = confirmed = ""
    if request is not None:
        asked = _("by %(person)s on %(day)s") % {
            "person": request.asked_by.name,
            "day": say_date(request.asked_at),
        }
        if request.confirmed_by is not None:
            values = {"person": request.confirmed_by.name, "day": say_date(request.confirmed_at)}
            confirmed = _("by %(person)s on %(day)s") % values
    steps.append(Step(_("Publication asked for"), request is not None, asked))
    steps.append(Step(_("Confirmed by a second person"), bool(confirmed), confirmed))
    made = ""
    if edition is not None:
        made = _("as version %(n)d on %(day)s") % {"n": edition.number, "day": say_date(edition.published_at)}
    steps.append(Step(_("Published"), edition is not None, made))
    return steps


def _next(
    visit: Visit,
    plan: Plan,
    standing: StandingOfText,
    request: PublishRequest | None,
    edition: Edition | None,
) -> tuple[str, str]:
    """The one thing that can be done now, or why the person who is here cannot do it."""
    if edition is not None:
        return "read", ""
    if standing.superseded:
        return "", _("A later text of this plan is published. This one stays as it is.")
    if standing.state is TextState.WITHDRAWN:
        return "", _("The Board withdrew this text. Freeze a new draft to go on.")
    if not standing.is_endorsed:
        if visit.may(Permission.RECORD_DECISION, plan):
            return "decide", ""
        return "", _(
            "Next, the Board decides on exactly this text, and the secretariat records the decision."
        )
    if request is None:
        if visit.may(Permission.ASK_TO_PUBLISH, plan):
            return "ask", ""
        return "", _("Next, somebody of the secretariat or the lead partner asks for its publication.")
    return _after_asking(visit, plan, request)


def _after_asking(visit: Visit, plan: Plan, request: PublishRequest) -> tuple[str, str]:
    may_confirm = visit.may(Permission.CONFIRM_PUBLICATION, plan)
    if request.confirmed_by_id is not None:
        if may_confirm:
            return "publish", ""
        return "", _("Two people agreed to publish it. Somebody of the secretariat publishes it now.")
    if request.asked_by_id == visit.person.pk:
        return "wait", _(
            "You asked for this publication, so you cannot confirm it: publishing takes two people. "
            "A second person of the secretariat has to look at it and confirm."
        )
    if may_confirm:
        return "confirm", ""
    return "", _("A second person of the secretariat has to confirm the publication.")


DONE: Mapping[str, Any] = {
    "endorse": gettext_lazy("Endorsed"),
    "adopt": gettext_lazy("Adopted"),
    "approve": gettext_lazy("Approved"),
    "adjust": gettext_lazy("Adjusted"),
    "take note": gettext_lazy("Took note"),
    "withdraw": gettext_lazy("Withdrawn"),
}


def _decision(standing: StandingOfText) -> Shown | None:
    decision = standing.decision
    if decision is None:
        return None
    return {
        "kind": DONE.get(decision.kind, decision.kind),
        "number": decision.number,
        "day": say_date(decision.decided_on),
        "place": decision.place,
        "text": decision.text,
        "conditions": decision.conditions,
        "rehearsal": decision.is_rehearsal,
    }


def _downloads(visit: Visit, plan: Plan, version: PlanVersion) -> list[Shown]:
    if not visit.may(Permission.EXPORT_DRAFT, plan):
        return []
    ref = f"d{version.draft_number}"
    return [
        {
            "text": _("This text as %(format)s") % {"format": each.title},
            "href": reverse("members:version-download", args=[plan.ref, ref, each.name]),
            "format": each.name.upper(),
            "download": True,
        }
        for each in FORMATS.values()
    ]
