"""Addresses of background work, below /desk/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from concord.web.members import job_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("jobs/", job_views.jobs, name="jobs"),
    path("jobs/<slug:key>/", job_views.job, name="job"),
    path("jobs/<slug:key>/cancel/", job_views.job_cancel, name="job-cancel"),
    path("jobs/<slug:key>/again/", job_views.job_again, name="job-again"),
]
