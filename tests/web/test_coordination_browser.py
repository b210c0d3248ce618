"""The queue by keyboard, as an officer works through it."""

from typing import TYPE_CHECKING

import pytest

from concord.accounts.services import operator
from concord.analysis.models import Assessment
from concord.analysis.services import run
from tests.analysis.world import PLAN, World, an_action
from tests.cast import Cast
from tests.factories import NOON
from tests.web.test_coordination_pages import signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_keys_move_answer_and_undo(cast: Cast, world: World, page: "Page", live_server: object) -> None:
    """j opens the next case, 1 chooses the first answer, u goes to the button that takes it back."""
    world.record(*(an_action(number, end="2039") for number in (1, 2, 3)))
    world.finds("A1", "A2", score=0.95)
    world.finds("A1", "A3", score=0.75)
    run(world.plan, by=operator(), at=NOON)
    cookies = signed_in(cast.officer).cookies
    page.context.add_cookies(
        [{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in cookies.items()]  # type: ignore[attr-defined]
    )
    page.goto(f"{live_server.url}/desk/plans/{PLAN}/coordination/")  # type: ignore[attr-defined]
    assert page.locator("[data-case][aria-current=true]").count() == 1

    page.keyboard.press("j")
    page.wait_for_url("**/desk/cases/**")
    assert "likely (0.75)" in page.inner_text("#case")

    page.keyboard.press("1")
    assert page.locator("input[name=answer][value=joined]").is_checked()
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-undo]")
    assert Assessment.objects.get().answer == "joined"

    page.keyboard.press("u")
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=answer]")
    assert Assessment.objects.get().undone_at is not None
