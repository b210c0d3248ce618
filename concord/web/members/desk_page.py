"""My desk: what waits for one person, why, until when, with one button each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.accounts.queries import organisations_of
from concord.accounts.rules import ROLE_PERMISSIONS, Permission, Role
from concord.accounts.scope import Scope
from concord.analysis.queries import counts_of
from concord.governance.queries import meetings_of
from concord.intake.queries import inputs_visible_to
from concord.kernel import clock
from concord.plan.queries import (
    actions_visible_to,
    needs_in_no_plan,
    needs_visible_to,
    plans_visible_to,
    pool_of,
)
from concord.publication.queries import requests_of
from concord.publication.rules import RequestState
from concord.web.members.desk_asked import asked_tasks
from concord.web.members.desk_calls import Task, calls_tasks
from concord.web.members.filters import say_actions, say_needs
from concord.web.members.plan_list import titled
from concord.web.members.rows import Places
from concord.web.members.told import say_date

if TYPE_CHECKING:
    from datetime import date

    from concord.plan.models import Framework, Plan
    from concord.web.members.visit import Visit


@dataclass(frozen=True, slots=True)
class DeskPage:
    """What members/desk.html shows."""

    name: str
    tasks: list[Task]
    plans: list[dict[str, str]]
    ways: list[dict[str, str]]
    board: str


def desk_page(visit: Visit) -> DeskPage:
    """Everything that waits for the person, over all frameworks they belong to."""
    tasks: list[Task] = []
    plans: list[dict[str, str]] = []
    board = ""
    for framework in visit.frameworks:
        meeting = meetings_of(framework).filter(held_on__gte=clock.now().date()).first()
        until = meeting.held_on if meeting else None
        if meeting and not board:
            board = _("The Board meets on %(day)s, %(title)s.") % {
                "day": say_date(until),
                "title": meeting.title,
            }
        listed = list(
            plans_visible_to(visit.person, framework).select_related("pillar__framework", "framework")
        )
        tasks += [*asked_tasks(visit, framework)]
        tasks += [*_publications(visit, listed), *_inputs(visit, framework), *calls_tasks(visit, framework)]
        tasks += [*_own(visit, framework)]
        tasks += [*_needs(visit, framework), *_statements(visit, framework), *_findings(visit, listed, until)]
        tasks += [*_endorsed(visit, listed), *_places(visit, framework, listed)]
        plans += [{"text": titled(plan), "href": reverse("members:plan", args=[plan.ref])} for plan in listed]
    return DeskPage(name=visit.person.name, tasks=tasks, plans=plans, ways=_ways(visit), board=board)


def _publications(visit: Visit, plans: list[Plan]) -> Iterator[Task]:
    """Publications that wait for a second person, or only to be made."""
    for plan in plans:
        if not visit.may(Permission.CONFIRM_PUBLICATION, plan):
            continue
        for asked in requests_of(plan.ref):
            values = {"plan": titled(plan), "person": asked.asked_by.name}
            href = reverse("members:version", args=[plan.ref, f"d{asked.version.draft_number}"])
            if asked.state == RequestState.CONFIRMED:
                text = _("%(plan)s can be published") % values
                yield Task(text, _("Two people agreed to it."), href, _("Publish it"))
            elif asked.asked_by_id != visit.person.pk:
                text = _("The publication of %(plan)s waits for a second person") % values
                yield Task(text, _("%(person)s asked for it.") % values, href, _("Look at it"))


def _endorsed(visit: Visit, plans: list[Plan]) -> Iterator[Task]:
    """Texts that the Board endorsed and nobody asked to publish."""
    for plan in plans:
        if not visit.may(Permission.ASK_TO_PUBLISH, plan):
            continue
        asked = Q(publish_requests__state__in=[RequestState.ASKED.value, RequestState.CONFIRMED.value])
        endorsed = plan.versions.filter(number=None, standing__state="endorsed").exclude(asked)
        for version in endorsed.defer("document").order_by("-draft_number")[:1]:
            yield Task(
                _("%(plan)s is endorsed and not yet published") % {"plan": titled(plan)},
                _("Draft %(n)d: ask for its publication, a second person confirms.")
                % {"n": version.draft_number},
                reverse("members:version", args=[plan.ref, f"d{version.draft_number}"]),
                _("Ask to publish it"),
            )


def _inputs(visit: Visit, framework: Framework) -> Iterator[Task]:
    """Files that were handed in and not yet applied."""
    waiting = inputs_visible_to(visit.person).filter(framework=framework, state__in=["received", "checked"])
    for received in waiting.order_by("-received_at")[:5]:
        yield Task(
            _("%(file)s is read and not yet applied") % {"file": received.file_name},
            _("Handed in by %(person)s on %(day)s; nothing of it stands in the plan yet.")
            % {"person": received.received_by.name, "day": say_date(received.received_at)},
            reverse("members:import", args=[received.key]),
            _("Look at the rows"),
        )


def _statements(visit: Visit, framework: Framework) -> Iterator[Task]:
    """Files that contradict what people wrote."""
    if not visit.powers.may_ever(Permission.AMEND_ACTION, within=Scope(framework.ref)):
        return
    actions = actions_visible_to(visit.person, framework)
    if not visit.powers.can(Permission.AMEND_ACTION, within=Scope(framework.ref)):
        actions = actions.filter(reporting_organisation__in=organisations_of(visit.person))
    count = actions.filter(
        pk__in=actions.filter(statements__is_question=True).order_by().values("pk")
    ).count()
    if count:
        yield Task(
            ngettext("%(n)d action is told in two ways", "%(n)d actions are told in two ways", count)
            % {"n": count},
            _("A file says something else than what stands there. Nothing was changed; choose what counts."),
            f"{reverse('members:actions')}?show=questions",
            _("Choose"),
        )


def _own(visit: Visit, framework: Framework) -> Iterator[Task]:
    """A reporter's own actions that were entered on its behalf and never confirmed."""
    own = [
        held.organisation
        for held in visit.powers.roles
        if held.organisation
        and held.within.framework == framework.ref
        and Permission.REPORT_OWN in ROLE_PERMISSIONS[held.role]
    ]
    if not own:
        return
    waiting = actions_visible_to(visit.person, framework).filter(
        reporting_organisation__in=own, last_confirmed_on=None, reported_by_as_written=""
    )
    if count := waiting.count():
        yield Task(
            _("%(actions)s of your organisation not confirmed yet") % {"actions": say_actions(count)},
            _("Somebody entered them on your behalf. Say that they stand, or change them."),
            f"{reverse('members:actions')}?show=mine-waiting",
            _("Look at them"),
        )


def _needs(visit: Visit, framework: Framework) -> Iterator[Task]:
    """A national coordinator's needs that are not cleared."""
    codes = {
        held.beneficiary
        for held in visit.powers.roles
        if held.role is Role.NATIONAL_COORDINATOR and held.within.framework == framework.ref
    }
    for code in sorted(codes):
        rows = needs_visible_to(visit.person, framework).filter(
            beneficiary_rows__code=code, beneficiary_rows__state="not cleared"
        )
        if count := rows.count():
            place = Places(visit.places).name(code)
            yield Task(
                _("%(needs)s of %(place)s not cleared") % {"needs": say_needs(count), "place": place},
                _("Only you say whether a need is open, met or closed."),
                f"{reverse('members:needs')}?beneficiary={code}&state=not+cleared",
                _("Clear them"),
            )


def _findings(visit: Visit, plans: list[Plan], until: date | None) -> Iterator[Task]:
    """What analysis asks about each plan and nobody has answered, the latest period first."""
    for plan in sorted(plans, key=lambda plan: -plan.starts_year):
        if not visit.may(Permission.ASSESS_FINDING, plan):
            continue
        counts = counts_of(plan, actor=visit.person)
        double, cases = counts["double-entries"], counts["coordinate"]
        if double or cases:
            said = [
                ngettext("%(n)d possible double entry", "%(n)d cases of possible double entries", double)
                % {"n": double}
                if double
                else "",
                ngettext("%(n)d case to be coordinated", "%(n)d cases to be coordinated", cases)
                % {"n": cases}
                if cases
                else "",
            ]
            yield Task(
                _("%(plan)s: %(what)s") % {"plan": titled(plan), "what": _(" and ").join(filter(None, said))},
                _("The %(n)d that matter most before the Board come first.") % {"n": counts["board"]},
                reverse("members:coordination-tab", args=[plan.ref, "board"]),
                _("Answer them"),
                until=say_date(until),
            )


def _places(visit: Visit, framework: Framework, plans: list[Plan]) -> Iterator[Task]:
    """What stands in no plan, and actions whose reporter nobody identified."""
    if any(visit.may(Permission.PLACE_ACTION, plan) for plan in plans):
        unknown = actions_visible_to(visit.person, framework).exclude(reported_by_as_written="").count()
        if unknown:
            yield Task(
                _("%(actions)s whose reporter is not identified") % {"actions": say_actions(unknown)},
                _("The secretariat keeps these rows until the register knows the name."),
                f"{reverse('members:actions')}?show=unidentified",
                _("Look at them"),
            )
        actions = pool_of(framework, actor=visit.person).count()
        needs = needs_in_no_plan(framework, actor=visit.person).count()
        if actions or needs:
            yield Task(
                _("In no plan yet: %(actions)s and %(needs)s")
                % {"actions": say_actions(actions), "needs": say_needs(needs)},
                _("Their dates or pillars fit no plan. They are in no text that the Board sees."),
                reverse("members:pool"),
                _("Place them"),
            )


def _ways(visit: Visit) -> list[dict[str, str]]:
    """Quick links below the list."""
    if not visit.frameworks:
        return []
    gives = (Permission.REPORT_OWN, Permission.ENTER_ON_BEHALF)
    workbook = [(_("Actions as a workbook"), reverse("members:workbooks"))]
    listed: list[tuple[Any, str]] = [
        (_("Check an idea before you commit"), reverse("members:check")),
        *(workbook if any(map(visit.may_somewhere, gives)) else []),
        (_("All actions"), reverse("members:actions")),
        (_("All needs"), reverse("members:needs")),
        (_("Names not yet identified"), reverse("members:names")),
        (_("Your background work"), reverse("members:jobs")),
        (_("Your account"), reverse("members:account")),
    ]
    return [{"text": text, "href": href} for text, href in listed]
