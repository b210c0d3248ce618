"""Addresses of the coordination pages, below /desk/."""

from django.urls import path

from concord.web.members import coordination_acts as acts
from concord.web.members import coordination_regroup_acts as regroup
from concord.web.members import coordination_views as views

_CASE = "cases/<slug:key>/"
_PAIR = "coordination/<slug:key_a>/<slug:key_b>/"

urlpatterns = [
    path("plans/<slug:ref>/coordination/", views.queue, name="coordination"),
    path("plans/<slug:ref>/coordination/run/", acts.run, name="coordination-run"),
    path("plans/<slug:ref>/coordination/assign/", acts.assign_several, name="coordination-assign"),
    path("plans/<slug:ref>/coordination/<slug:tab>/", views.queue, name="coordination-tab"),
    path(_CASE, views.case, name="case"),
    path(f"{_CASE}sheet.<slug:format_name>", views.sheet, name="case-sheet"),
    path(f"{_CASE}answer/", acts.answer_case, name="case-answer"),
    path(f"{_CASE}undo/", acts.undo_case, name="case-undo"),
    path(f"{_CASE}assign/", acts.assign, name="case-assign"),
    path(f"{_CASE}regroup/", regroup.page, name="case-regroup"),
    path(f"{_CASE}split/", regroup.split, name="case-split"),
    path(f"{_CASE}join/", regroup.join, name="case-join"),
    path(f"{_CASE}regroup/undo/", regroup.undo, name="case-regroup-undo"),
    path(f"{_CASE}notes/", acts.note, name="case-note"),
    path(f"{_CASE}notes/<int:number>/back/", acts.note_back, name="case-note-back"),
    path(_PAIR, views.pair, name="pair"),
    path(f"{_PAIR}answer/", acts.answer_pair, name="pair-answer"),
    path(f"{_PAIR}merge/", acts.merge, name="pair-merge"),
    path(f"{_PAIR}undo/<int:number>/", acts.undo_pair, name="pair-undo"),
]
