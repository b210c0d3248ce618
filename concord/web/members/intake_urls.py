"""Addresses of handing files in, below /desk/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from concord.web.members import intake_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("inputs/", intake_views.imports, name="imports"),
    path("inputs/new/", intake_views.import_new, name="import-new"),
    path("inputs/<slug:key>/", intake_views.import_one, name="import"),
    path("inputs/<slug:key>/apply/", intake_views.import_apply, name="import-apply"),
    path("inputs/<slug:key>/check/", intake_views.import_check, name="import-check"),
    path("inputs/<slug:key>/withdraw/", intake_views.import_withdraw, name="import-withdraw"),
]
