"""Addresses of handing files in, below /desk/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from concord.web.members import intake_answer_views, intake_columns, intake_views

urlpatterns: list[URLPattern | URLResolver] = [
    path("inputs/", intake_views.imports, name="imports"),
    path("inputs/new/", intake_views.import_new, name="import-new"),
    path("inputs/<slug:key>/", intake_views.import_one, name="import"),
    path("inputs/<slug:key>/apply/", intake_views.import_apply, name="import-apply"),
    path("inputs/<slug:key>/check/", intake_views.import_check, name="import-check"),
    path("inputs/<slug:key>/answer/", intake_answer_views.import_answer, name="import-answer"),
    path("inputs/<slug:key>/keep-names/", intake_answer_views.import_keep_names, name="import-keep-names"),
    path("inputs/<slug:key>/doubtful.xlsx", intake_views.import_doubtful, name="import-doubtful"),
    path("inputs/<slug:key>/mend/", intake_answer_views.import_mend, name="import-mend"),
    path("inputs/<slug:key>/take-back/", intake_answer_views.import_take_back, name="import-take-back"),
    path("inputs/<slug:key>/settle/", intake_answer_views.import_settle, name="import-settle"),
    path("inputs/<slug:key>/columns/", intake_columns.import_columns, name="import-columns"),
    path("inputs/<slug:key>/undo/", intake_answer_views.import_undo, name="import-undo"),
    path("inputs/<slug:key>/vanished/", intake_answer_views.import_vanished, name="import-vanished"),
    path("inputs/<slug:key>/withdraw/", intake_views.import_withdraw, name="import-withdraw"),
]
