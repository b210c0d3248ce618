"""Addresses of needs and support, below /desk/."""

from django.urls import path

from concord.web.members import support_views as views

urlpatterns = [
    path("plans/<slug:ref>/support/", views.support, name="support"),
    path("plans/<slug:ref>/support/confirm/", views.confirm_all, name="support-confirm"),
    path("plans/<slug:ref>/support/<slug:key>/<slug:code>/<int:year>/", views.cell, name="support-cell"),
    path("needs/<slug:key>/support/", views.need_support, name="need-support"),
    path("needs/<slug:key>/support/<slug:action_key>/remove/", views.remove, name="support-remove"),
    path("proposals/<slug:key>/", views.answer, name="proposal-answer"),
]
