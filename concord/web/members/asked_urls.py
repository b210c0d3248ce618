"""Addresses of what sources are asked and say, below /desk/."""

from django.urls import path

from concord.web.members import asked_views as views

_ASKED = "asked/<slug:key>/"
_SOURCES = "cases/<slug:key>/asked/"

urlpatterns = [
    path(_ASKED, views.asked, name="asked"),
    path(f"{_ASKED}reply/", views.reply, name="asked-reply"),
    path(f"{_ASKED}back/", views.take_back, name="asked-back"),
    path(_SOURCES, views.sources, name="sources"),
    path(f"{_SOURCES}put/", views.put, name="sources-put"),
    path(f"{_SOURCES}withdraw/", views.withdraw, name="sources-withdraw"),
    path(f"{_SOURCES}record/", views.record, name="sources-record"),
    path(f"{_SOURCES}confirm/", views.confirm, name="sources-confirm"),
    path(f"{_SOURCES}undo/", views.undo, name="sources-undo"),
    path(f"{_SOURCES}<slug:organisation_key>/", views.on_behalf, name="sources-reply"),
    path(f"{_SOURCES}<slug:organisation_key>/back/", views.take_back_for, name="sources-back"),
]
