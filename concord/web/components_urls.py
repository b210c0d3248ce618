"""The stylesheet and the component page."""

from django.urls import path

from concord.web import components_view, stylesheet

urlpatterns = [
    path("style/<slug:digest>.css", stylesheet.serve_stylesheet, name="stylesheet"),
    path("components/", components_view.components, name="components"),
    path("components/pages/<slug:name>/", components_view.specimen, name="specimen"),
]
