"""What the pages of background work show: a job in words, its bar, and where its result is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.intake.queries import input_named
from concord.kernel.errors import NotFound
from concord.plan.queries import plan_visible
from concord.web.members.plan_list import titled
from concord.work.kinds import Ref, kind_named
from concord.work.queries import Standing, standing_of
from concord.work.rules import ASK_AGAIN, CANCEL, MOVES, OPEN

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.work.models import Job


@dataclass(frozen=True, slots=True)
class Thing:
    """What a job works on, or what came of it: its name, where it is, and the words of the way there."""

    name: str
    href: str
    way: str


def _input(key: str, actor: Person) -> Thing:
    received = input_named(key, actor=actor)
    return Thing(received.file_name, reverse("members:import", args=[key]), _("Open the file’s page"))


def _plan(ref: str, actor: Person) -> Thing:
    plan = plan_visible(ref, actor=actor)
    return Thing(
        titled(plan), reverse("members:coordination", args=[ref]), _("Open what is to be coordinated")
    )


THINGS: dict[str, Callable[[str, Person], Thing]] = {"input": _input, "plan": _plan}
"""By the type under which the record knows it. A thing without an entry is named by its kind alone."""


def thing_of(ref: Ref | None, actor: Person) -> Thing | None:
    """A thing as this person may see it; None where there is none, or it is not theirs to see."""
    if ref is None or ref[0] not in THINGS:
        return None
    try:
        return THINGS[ref[0]](ref[1], actor)
    except NotFound:
        return None


@dataclass(frozen=True, slots=True)
class Bar:
    """How far it is. value None: nobody knows how far, only what is being done."""

    label: str
    text: str
    value: int | None = None
    max: int | None = None


@dataclass(frozen=True, slots=True)
class JobPage:
    """What members/jobs/job.html shows. said: the standing in a few words, for who cannot see the bar."""

    key: str
    title: str
    about: Thing | None
    state: str
    is_open: bool
    standing: Standing
    bar: Bar | None
    said: str
    sentence: str
    asked_at: str
    result: Thing | None
    may_cancel: bool
    may_start_again: bool


SENTENCES = {
    "queued": gettext_lazy("It waits for its turn. You can leave this page and come back."),
    "running": gettext_lazy("You can leave this page and come back; the work goes on."),
    "done": gettext_lazy("It is done."),
    "failed": gettext_lazy("It did not work."),
    "cancelled": gettext_lazy("It was stopped. Nothing was written."),
    "lost": gettext_lazy("It was broken off. Nothing was written."),
}
UNATTENDED = gettext_lazy(
    "It waits, but nothing is working through what waits at the moment. Ask your administrator to start "
    "Concord’s worker; your work will then be done without another click."
)


def job_page(job: Job, actor: Person) -> JobPage:
    """A job as the person who asked for it sees it now."""
    standing = standing_of(job)
    state = standing.state
    bar = _bar(standing) if state in OPEN else None
    return JobPage(
        key=job.key,
        title=str(kind_named(job.kind).title),
        about=thing_of(job.about, actor),
        state=state,
        is_open=state in OPEN,
        standing=standing,
        bar=bar,
        said=_said(bar) if bar else str(SENTENCES[state]),
        sentence=str(UNATTENDED if standing.unattended else standing.message or SENTENCES[state]),
        asked_at=f"{job.asked_at:%-d %B %Y, %H:%M} UTC",
        result=thing_of(job.result, actor),
        may_cancel=(state, CANCEL) in MOVES and not standing.cancel_asked,
        may_start_again=(state, ASK_AGAIN) in MOVES,
    )


def _bar(standing: Standing) -> Bar:
    if standing.cancel_asked:
        return Bar(_("Stopping"), _("It ends at its next step. Nothing is written."))
    if standing.state == "queued":
        return Bar(_("Waiting"), _("Not begun yet"))
    if not standing.total:
        text = _("%(done)s so far") % {"done": f"{standing.done:,}"} if standing.done else _("Under way")
        return Bar(standing.step or _("Beginning"), text)
    text = _("%(done)s of %(total)s") % {"done": f"{standing.done:,}", "total": f"{standing.total:,}"}
    return Bar(standing.step, text, standing.done, standing.total)


def _said(bar: Bar) -> str:
    """Changes at each step and at each fifth of it: a voice that reads every number is no help."""
    if bar.value is None or not bar.max:
        return bar.label
    fifths = min(5, 5 * bar.value // bar.max) * 20
    return _("%(step)s: %(percent)d percent") % {"step": bar.label, "percent": fifths}


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job in the list of jobs."""

    title: str
    about: str
    href: str
    state: str
    asked_at: str


def job_line(job: Job, actor: Person) -> JobLine:
    """A job in one line."""
    thing = thing_of(job.about, actor)
    return JobLine(
        title=str(kind_named(job.kind).title),
        about=thing.name if thing else "",
        href=reverse("members:job", args=[job.key]),
        state=str(STATES[standing_of(job).state]),
        asked_at=f"{job.asked_at:%-d %B %Y, %H:%M} UTC",
    )


STATES = {
    "queued": gettext_lazy("waiting"),
    "running": gettext_lazy("under way"),
    "done": gettext_lazy("done"),
    "failed": gettext_lazy("did not work"),
    "cancelled": gettext_lazy("stopped"),
    "lost": gettext_lazy("broken off"),
}
