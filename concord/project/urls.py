"""Every address: the sign-in pages of allauth, then those of the web room."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("", include("concord.web.urls")),
]
