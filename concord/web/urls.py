"""Every address of the web room: members under /desk/, components, and the public at the top."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("desk/", include("concord.web.members.urls")),
    path("answer/", include("concord.web.answers.urls")),
    path("", include("concord.web.components_urls")),
]
if find_spec("concord.web.public") and find_spec("concord.web.public.views"):
    urlpatterns.append(path("", include("concord.web.public.urls")))
