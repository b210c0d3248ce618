"""Background work: what one asked for, how far it is, stopping it and starting it again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, HttpResponseClientRefresh

from concord.kernel import clock
from concord.web.members.job_page import JobLine, job_line, job_page
from concord.web.members.visit import visit_of
from concord.work import services
from concord.work.queries import job_named, jobs_of, may_see

JOBS_A_PAGE = 30


@dataclass(frozen=True, slots=True)
class JobsPage:
    """What members/jobs/jobs.html shows."""

    lines: list[JobLine]
    pages: Page[Any]
    sentence: str


@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """What the person asked for, the newest first."""
    person = visit_of(request).person
    pages = Paginator(jobs_of(person), JOBS_A_PAGE).get_page(request.GET.get("page"))
    listed = list(pages.object_list)
    sentence = _("%(first)d to %(last)d of %(count)d") % {
        "first": pages.start_index(),
        "last": pages.end_index(),
        "count": pages.paginator.count,
    }
    lines = [job_line(job, person) for job in listed if may_see(job, person)]
    page = JobsPage(lines, pages, sentence if listed else "")
    return render(request, "members/jobs/jobs.html", {"page": page})


@require_safe
def job(request: HttpRequest, key: str) -> HttpResponse:
    """One job. An open page asks again each second, and moves on when the job has ended."""
    person = visit_of(request).person
    page = job_page(job_named(key, actor=person), person)
    if not request.htmx:  # type: ignore[attr-defined]
        return render(request, "members/jobs/job.html", {"page": page})
    if page.is_open:
        return render(request, "members/jobs/job.html#standing", {"page": page})
    if page.state == "done" and page.result:
        return HttpResponseClientRedirect(page.result.href)
    return HttpResponseClientRefresh()


@require_POST
def job_cancel(request: HttpRequest, key: str) -> HttpResponse:
    """Stops a job: at once where it waits, at its next step where it runs."""
    person = visit_of(request).person
    services.ask_to_cancel(job_named(key, actor=person), by=person, at=clock.now())
    return redirect("members:job", key)


@require_POST
def job_again(request: HttpRequest, key: str) -> HttpResponse:
    """Queues a job anew that did not work, was stopped or was broken off."""
    person = visit_of(request).person
    services.start_again(job_named(key, actor=person), by=person, at=clock.now())
    messages.success(request, _("It was started again."))
    return redirect("members:job", key)
