"""Every address of the web room."""

from django.urls import include, path

urlpatterns = [
    path("", include("concord.web.components_urls")),
]
