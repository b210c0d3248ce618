"""The public addresses, permanent from the first release (design.md, section 3)."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from concord.web.public import views


class NumberConverter:
    """A version's number: from 1, without leading zeros, so that each page has one address."""

    regex = "[1-9][0-9]{0,6}"

    def to_python(self, value: str) -> int:
        """The number."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Its digits."""
        return str(value)


register_converter(NumberConverter, "number")

text_pages: list[URLPattern] = [
    path("", views.plan, name="plan"),
    path("actions/<str:key>/", views.action, name="action"),
    path("needs/", views.needs, name="needs"),
    path("needs/<str:key>/", views.need, name="need"),
    path("versions/", views.versions, name="versions"),
    path("plan.<str:format_name>", views.download, name="download"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("plans/", views.plans, name="plans"),
    path("plans/<str:ref>/", include((text_pages, "in-force"))),
    path("plans/<str:ref>/v<number:number>/", include((text_pages, "version"))),
    path("plans/<str:ref>/v<number:number>/proof.json", views.proof, name="proof"),
    path("plans/<str:ref>/on/<str:day>/", include((text_pages, "day"))),
    path("organisations/", views.organisations, name="organisations"),
    path("organisations/<str:key>/", views.organisation, name="organisation"),
    path("beneficiaries/", views.beneficiaries, name="beneficiaries"),
    path("beneficiaries/<str:code>/", views.beneficiary, name="beneficiary"),
    path("about/", views.about, name="about"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, name="sitemap"),
]
