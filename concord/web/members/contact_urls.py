"""Addresses of the pages of contacts, below /desk/contacts/."""

from django.urls import path

from concord.web.members import contact_views

urlpatterns = [
    path("contacts/", contact_views.contacts, name="contacts"),
    path("contacts/new/", contact_views.new, name="contact-new"),
    path("contacts/write/", contact_views.write, name="contacts-write"),
    path("contacts/<slug:key>/", contact_views.contact, name="contact"),
    path("contacts/<slug:key>/change/", contact_views.change, name="contact-change"),
    path("contacts/<slug:key>/keep/", contact_views.keep, name="contact-keep"),
    path("contacts/<slug:key>/end/", contact_views.end, name="contact-end"),
    path("contacts/<slug:key>/erase/", contact_views.erase, name="contact-erase"),
]
