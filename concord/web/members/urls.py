"""Every address of the members' pages, below /desk/. Names live in the namespace `members`."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from concord.web.members import (
    action_views,
    amend_views,
    beneficiary_views,
    calls_urls,
    contact_urls,
    coordination_urls,
    desk_views,
    intake_urls,
    job_urls,
    list_views,
    need_views,
    organisation_views,
    people_views,
    plan_views,
    record_views,
    support_urls,
    version_views,
)

app_name = "members"

_VERSION = "plans/<slug:ref>/versions/<slug:version_ref>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk_views.desk, name="desk"),
    path("plans/", plan_views.plans, name="plans"),
    path("plans/<slug:ref>/", plan_views.plan, name="plan"),
    path("plans/<slug:ref>/download/<slug:format_name>/", plan_views.plan_download, name="plan-download"),
    path("plans/<slug:ref>/versions/", version_views.versions, name="versions"),
    path(_VERSION, version_views.version, name="version"),
    path(f"{_VERSION}download/<slug:format_name>/", version_views.version_download, name="version-download"),
    path(f"{_VERSION}decide/", version_views.decide, name="version-decide"),
    path(f"{_VERSION}ask/", version_views.ask, name="version-ask"),
    path(f"{_VERSION}confirm/", version_views.confirm, name="version-confirm"),
    path(f"{_VERSION}withdraw/", version_views.withdraw, name="version-withdraw"),
    path(f"{_VERSION}publish/", version_views.make, name="version-publish"),
    path("pool/", list_views.pool, name="pool"),
    path("pool/needs/", list_views.pool_needs, name="pool-needs"),
    path("actions/", list_views.actions, name="actions"),
    path("actions/<slug:key>/", action_views.action, name="action"),
    path("actions/<slug:key>/edit/", amend_views.amend, name="action-amend"),
    path("actions/<slug:key>/choose/", action_views.choose, name="action-choose"),
    path("actions/<slug:key>/confirm/", action_views.confirm, name="action-confirm"),
    path("actions/<slug:key>/place/<slug:ref>/", action_views.place, name="action-place"),
    path("actions/<slug:key>/undo-merge/", action_views.take_merge_back, name="merge-undo"),
    path("needs/", need_views.needs, name="needs"),
    path("needs/<slug:key>/", need_views.need, name="need"),
    path("needs/<slug:key>/edit/", need_views.amend, name="need-amend"),
    path("needs/<slug:key>/say/", need_views.say, name="need-say"),
    path("needs/<slug:key>/place/<slug:ref>/", need_views.place, name="need-place"),
    path("organisations/", organisation_views.organisations, name="organisations"),
    path("organisations/names/", organisation_views.names, name="names"),
    path("organisations/<slug:key>/", organisation_views.organisation, name="organisation"),
    path("beneficiaries/", beneficiary_views.beneficiaries, name="beneficiaries"),
    path("beneficiaries/<slug:code>/", beneficiary_views.beneficiary, name="beneficiary"),
    path("record/", record_views.record, name="record"),
    path("people/", people_views.people, name="people"),
    path("people/<slug:ref>/", people_views.person, name="person"),
    path("people/<slug:ref>/roles/<slug:key>/revoke/", people_views.revoke, name="role-revoke"),
    path("people/<slug:ref>/suspend/", people_views.suspend, name="person-suspend"),
    path("people/<slug:ref>/reinstate/", people_views.reinstate, name="person-reinstate"),
    path("account/", people_views.account, name="account"),
    *calls_urls.urlpatterns,
    *contact_urls.urlpatterns,
    *coordination_urls.urlpatterns,
    *intake_urls.urlpatterns,
    *job_urls.urlpatterns,
    *support_urls.urlpatterns,
]
