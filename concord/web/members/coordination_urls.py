"""Addresses of the coordination pages, below /desk/."""

from django.urls import path

from concord.web.members import coordination_views as views

_PAIR = "coordination/<slug:key_a>/<slug:key_b>/"

urlpatterns = [
    path("plans/<slug:ref>/coordination/", views.queue, name="coordination"),
    path("plans/<slug:ref>/coordination/run/", views.run, name="coordination-run"),
    path("plans/<slug:ref>/coordination/<slug:tab>/", views.queue, name="coordination-tab"),
    path(_PAIR, views.pair, name="pair"),
    path(f"{_PAIR}answer/", views.answer, name="pair-answer"),
    path(f"{_PAIR}merge/", views.merge, name="pair-merge"),
    path(f"{_PAIR}undo/<int:number>/", views.undo, name="pair-undo"),
]
