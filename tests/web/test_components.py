"""The components: each is shown, says what it takes, has its own style sheet, and nothing inline."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string

from concord.web.components_view import COMPONENTS, component_names
from concord.web.samples import SPECIMENS, states_of

WEB = COMPONENTS.parent
TEMPLATES = sorted([*COMPONENTS.glob("*.html"), *(WEB / "templates").rglob("*.html")])
# What the content security policy would block: styles and scripts in the page, handlers, script addresses
INLINE = re.compile(
    r"<style\b|\sstyle\s*=|<script(?![^>]*\ssrc=)[^>]*>|<[^>]+\s(?:on[a-z]+|hx-on[^=]*)\s*=|javascript:|data:image",
    re.IGNORECASE,
)

pytestmark = [pytest.mark.once, pytest.mark.django_db]


@pytest.fixture(scope="module")
def every_page() -> list[str]:
    """The addresses of the component page and of the six specimens."""
    return ["/components/", *(f"/components/pages/{name}/" for name in SPECIMENS)]


def test_every_component_is_shown_in_at_least_one_state(client):
    html = client.get("/components/").content.decode()

    shown = re.findall(r'data-component="([a-z_]+)"', html)

    assert shown == component_names()
    assert [name for name in component_names() if not states_of(name)] == []


@pytest.mark.parametrize("name", component_names())
def test_a_component_lists_every_variable_that_it_takes(name):
    text = (COMPONENTS / f"{name}.html").read_text(encoding="utf-8")

    comment = re.match(r"(?:{% load [^%]+ %})?{% comment %}\n(.+?){% endcomment %}", text, re.DOTALL)

    assert comment, f"{name}.html does not begin with the comment that lists its variables"
    assert _taken(text.split("{% endcomment %}")[1]) - set(re.findall(r"[a-z_]+", comment[1])) == set()


def _taken(body: str) -> set[str]:
    """The names that a template takes from outside: not those it makes in loops, by `with` or by `as`."""
    loops = re.findall(r"{% for ([a-z_]+)(?:, ([a-z_]+))? in", body)
    made = {one for pair in loops for one in pair}
    made |= set(re.findall(r" count ([a-z_]+)=", body))
    made |= {one for pair in re.findall(r"{% with ([a-z_]+)=| as ([a-z_]+) %}", body) for one in pair}
    shown = re.findall(r"{{ ([a-z_]+)", body)
    asked = re.findall(r"{% (?:if|elif) (?:not )?([a-z_]+)", body) + re.findall(
        r"{% for [a-z_, ]+ in ([a-z_]+)", body
    )
    return {*shown, *asked} - made - {"forloop"}


@pytest.mark.parametrize("name", component_names())
def test_a_component_has_its_own_style_sheet_with_its_own_block(name):
    sheet = COMPONENTS / f"{name}.css"
    html = (COMPONENTS / f"{name}.html").read_text(encoding="utf-8")

    assert sheet.exists()
    block = re.search(r'class="([a-z-]+)', html)
    assert block
    assert f".{block[1]}" in sheet.read_text(encoding="utf-8")


def test_every_style_sheet_belongs_to_a_component():
    assert sorted(path.stem for path in COMPONENTS.glob("*.css")) == component_names()


def test_pages_have_nothing_inline(client, every_page):
    for address in every_page:
        answer = client.get(address)

        assert answer.status_code == 200
        assert INLINE.findall(answer.content.decode()) == [], address


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(WEB)))
def test_no_template_has_anything_inline(path: Path):
    assert INLINE.findall(path.read_text(encoding="utf-8")) == []


def test_an_id_stands_on_a_page_once(client, every_page):
    for address in every_page:
        ids = re.findall(r'\sid="([^"]+)"', client.get(address).content.decode())

        assert sorted({one for one in ids if ids.count(one) > 1}) == [], address


def test_an_unknown_specimen_is_not_found(client):
    assert client.get("/components/pages/dashboard/").status_code == 404


@pytest.mark.parametrize("name", ["403", "404", "409", "422", "500"])
def test_an_error_page_says_what_to_do_now(name):
    html = render_to_string(f"{name}.html")

    assert "<h1>" in html
    assert "Traceback" not in html
    assert re.search(r"Go to the plans|Nothing was saved|nothing was saved", html)


def test_a_page_that_was_changed_meanwhile_keeps_what_was_typed():
    typed = [{"label": "Title", "typed": "Ours <b>", "now": "Theirs"}]

    html = render_to_string("409.html", {"what": "EXPLODE+", "typed": typed, "back": "/desk/"})

    assert "Ours &lt;b&gt;" in html
    assert "Theirs" in html
    assert 'href="/desk/"' in html


@pytest.mark.parametrize(
    "name", ["action_row", "comparison", "facts", "matrix", "question", "table", "task_list"]
)
def test_text_of_people_stays_text(name):
    nasty = "<script>alert(1)</script>"

    html = "".join(render_to_string(f"components/{name}.html", _spoilt(v, nasty)) for _, v in states_of(name))

    assert "<script" not in html
    assert "&lt;script&gt;" in html


def _spoilt(value: Any, nasty: str) -> Any:
    """The same sample with markup in every text of several words."""
    if isinstance(value, dict):
        return {key: _spoilt(one, nasty) for key, one in value.items()}
    if isinstance(value, list):
        return [_spoilt(one, nasty) for one in value]
    return nasty if isinstance(value, str) and " " in value else value
