"""The component page: every component in every state, and the six pages as they are meant to be set."""

import re
from dataclasses import dataclass
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from concord.web.samples import SPECIMENS, states_of
from concord.web.samples.document import SAMPLE_NOTICE

COMPONENTS = Path(__file__).parent / "components"
COMMENT = re.compile(r"{% comment %}\n(.*?){% endcomment %}", re.DOTALL)
VERBATIM = re.compile(r"{% (?:end)?verbatim %}")


@dataclass(frozen=True, slots=True)
class State:
    """One state of a component: what it shows, and the component so rendered."""

    label: str
    html: SafeString


@dataclass(frozen=True, slots=True)
class Component:
    """One component: its name, the comment that lists its variables, its states."""

    name: str
    about: str
    states: list[State]


@dataclass(frozen=True, slots=True)
class ComponentsPage:
    """What components_page.html receives."""

    components: list[Component]
    specimens: list[tuple[str, str]]
    notices: list[str]


def component_names() -> list[str]:
    """Every component there is, in the order of the alphabet."""
    return sorted(path.stem for path in COMPONENTS.glob("*.html"))


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component in every state."""
    page = ComponentsPage(
        components=[_component(name, request) for name in component_names()],
        specimens=[(name, specimen.title) for name, specimen in SPECIMENS.items()],
        notices=[SAMPLE_NOTICE],
    )
    return render(request, "components_page.html", {"page": page, "notices": page.notices})


@require_safe
def specimen(request: HttpRequest, name: str) -> HttpResponse:
    """One of the six pages, set with sample contents.

    Raises:
        Http404: there is no specimen of that name.
    """
    if name not in SPECIMENS:
        raise Http404(f"There is no specimen “{name}”.")
    chosen = SPECIMENS[name]
    return render(request, chosen.template, {**chosen.context(), "notices": [SAMPLE_NOTICE]})


def _component(name: str, request: HttpRequest) -> Component:
    template = f"components/{name}.html"
    states = [
        State(label, _listed(render_to_string(template, values, request)))
        for label, values in states_of(name)
    ]
    return Component(name, _about(name), states)


def _listed(html: SafeString) -> SafeString:
    """A component that is a list item needs its list around it."""
    return format_html('<ul role="list">{}</ul>', html) if html.lstrip().startswith("<li") else html


def _about(name: str) -> str:
    found = COMMENT.search((COMPONENTS / f"{name}.html").read_text(encoding="utf-8"))
    return VERBATIM.sub("", found[1]).strip() if found else ""
