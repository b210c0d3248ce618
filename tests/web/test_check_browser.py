"""Checking an idea in a browser: the answer comes in place, takes the focus, and axe finds no barrier."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from concord.accounts.scope import Scope
from concord.accounts.services import open_link, operator
from concord.intake.call_rules import hash_of_token
from concord.intake.models import Link
from concord.intake.services.calls import draft_call, open_call
from concord.kernel import clock
from tests.analysis.real_texts import BORDER, TEXTS, real_world
from tests.cast import Cast
from tests.factories import FRAMEWORK
from tests.web.test_check_page import signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("folder"),
]


@pytest.mark.parametrize("width", [1280, 320])
def test_the_answer_comes_in_place_and_takes_the_focus(
    cast: Cast, page: "Page", live_server: Any, width: int
) -> None:
    real_world(cast.lead_organisation)
    cookies = signed_in(cast.reporter_b).cookies
    page.context.add_cookies(
        [{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in cookies.items()]
    )
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{live_server.url}/desk/check/")

    page.click("form button.button--primary >> text=Check")
    page.wait_for_selector(".error-summary:focus")
    assert "Write in a few words" in page.inner_text(".error-summary")

    page.fill("textarea[name=title]", "Courses for border police on forged passports")
    page.fill("textarea[name=summary]", TEXTS[1][1])
    page.focus("form button.button--primary >> text=Check")
    page.keyboard.press("Enter")
    page.wait_for_selector("#found:focus")

    assert BORDER in page.inner_text("#check")
    assert page.input_value("textarea[name=title]") == "Courses for border police on forged passports"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
    assert not [text for text in said if "422" not in text]


def test_behind_a_link_what_was_typed_stays_and_is_handed_in(
    cast: Cast, page: "Page", live_server: Any
) -> None:
    """By keyboard, at both widths: checked, the answer takes the focus, nothing that axe finds, handed in."""
    world = real_world(cast.lead_organisation)
    until = clock.now() + timedelta(days=9)
    acts: dict[str, Any] = {"by": operator(), "at": clock.now()}
    told: dict[str, Any] = {"title": "Update", "message": "", "closes_on": until.date()}
    draft = draft_call(world.plan, organisations=[cast.donor_a], **told, **acts)
    open_call(draft, expected_version=draft.version, **acts)
    open_link(organisation=cast.donor_a, within=Scope(FRAMEWORK), until_on=until.date(), **acts)
    Link.objects.create(
        token_sha256=hash_of_token("t" * 43),
        purpose="answer",
        invitation=draft.invitations.get(),
        made_at=clock.now(),
        expires_at=until,
    )
    page.goto(f"{live_server.url}/answer/{'t' * 43}/")
    page.click("main form button")
    page.wait_for_url("**/answer/")
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{live_server.url}/answer/")
        page.click("text=Check it before you hand it in")
        page.fill("textarea[name=title]", "Courses for border police on forged passports")
        page.focus("main form button.button--primary")
        page.keyboard.press("Enter")
        page.wait_for_selector("#found:focus")

        assert BORDER in page.inner_text("#check")
        assert page.input_value("textarea[name=title]") == "Courses for border police on forged passports"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert [each["id"] for each in Axe().run(page).response["violations"]] == []

    page.click("text=Hand this in")
    page.wait_for_selector("text=What is new")
    assert "Courses for border police on forged passports" in page.inner_text("main")
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []
