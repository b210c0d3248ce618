"""Addresses behind mailed links, below /answer/. The token stands in the first one alone."""

from __future__ import annotations

from django.urls import URLPattern, path

from concord.web.answers import asked_views, check_views, views

app_name = "answers"

urlpatterns: list[URLPattern] = [
    path("", views.answer, name="answer"),
    path("confirm/", views.confirm, name="confirm"),
    path("nothing/", views.nothing, name="nothing"),
    path("colleague/", views.colleague, name="colleague"),
    path("facts/<slug:key>/", views.facts, name="facts"),
    path("workbook/", views.workbook, name="workbook"),
    path("upload/", views.upload, name="upload"),
    path("file/<slug:key>/", views.file, name="file"),
    path("file/<slug:key>/apply/", views.apply, name="apply"),
    path("check/", check_views.check, name="check"),
    path("object/", views.object_to_entry, name="object"),
    path("reply/", asked_views.reply, name="reply"),
    path("reply/back/", asked_views.take_back, name="reply-back"),
    path("<slug:token>/", views.landing, name="landing"),
]
