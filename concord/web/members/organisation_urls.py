"""Addresses of the register of organisations, below /desk/organisations/."""

from __future__ import annotations

from django.urls import path

from concord.web.members import names_views, organisation_views, register_views

_BODY = "organisations/<slug:key>/"

urlpatterns = [
    path("organisations/", organisation_views.organisations, name="organisations"),
    path("organisations/names/", names_views.names, name="names"),
    path("organisations/names/answer/", names_views.answer, name="name-answer"),
    path("organisations/names/<slug:key>/undo/", names_views.undo, name="name-undo"),
    path(_BODY, organisation_views.organisation, name="organisation"),
    path(f"{_BODY}change/", register_views.change, name="organisation-change"),
    path(f"{_BODY}names/", register_views.names, name="organisation-names"),
    path(f"{_BODY}numbers/", register_views.numbers, name="organisation-numbers"),
    path(f"{_BODY}same/", register_views.same, name="organisation-same"),
    path(f"{_BODY}separate/<slug:merge>/", register_views.separate, name="organisation-separate"),
]
