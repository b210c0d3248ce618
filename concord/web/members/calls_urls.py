"""Addresses of calls, below /desk/calls/."""

from django.urls import path

from concord.web.members import calls_views, on_behalf_views

_ORGANISATION = "calls/<slug:key>/organisations/<slug:organisation_key>/"

urlpatterns = [
    path("calls/", calls_views.calls, name="calls"),
    path("calls/new/", calls_views.new, name="call-new"),
    path("calls/settings/", calls_views.settings, name="calls-settings"),
    path("calls/mails/<slug:key>/", calls_views.mail, name="mail"),
    path("calls/mails/<slug:key>/again/", calls_views.mail_again, name="mail-again"),
    path("calls/objections/<slug:key>/", on_behalf_views.objection, name="objection"),
    path("calls/<slug:key>/", calls_views.call, name="call"),
    path("calls/<slug:key>/change/", calls_views.change, name="call-change"),
    path("calls/<slug:key>/send/", calls_views.send, name="call-send"),
    path("calls/<slug:key>/drop/", calls_views.drop, name="call-drop"),
    path("calls/<slug:key>/extend/", calls_views.extend, name="call-extend"),
    path("calls/<slug:key>/close/", calls_views.close, name="call-close"),
    path("calls/<slug:key>/remind/", calls_views.remind, name="call-remind"),
    path("calls/<slug:key>/mail-in/", calls_views.mail_in, name="call-mail-in"),
    path("calls/<slug:key>/sheet/", calls_views.sheet, name="call-sheet"),
    path("calls/<slug:key>/mails/", calls_views.mails, name="call-mails"),
    path(_ORGANISATION, on_behalf_views.organisation, name="call-organisation"),
    path(f"{_ORGANISATION}on-behalf/", on_behalf_views.on_behalf, name="call-on-behalf"),
    path(f"{_ORGANISATION}ask/", on_behalf_views.ask, name="call-ask"),
    path(f"{_ORGANISATION}revoke/", on_behalf_views.revoke, name="call-revoke"),
]
