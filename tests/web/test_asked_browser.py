"""The pages of a question in a browser: no barrier that a machine finds, and a reply by keyboard."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from concord.accounts.scope import Scope
from concord.accounts.services import open_link, operator
from concord.analysis.models import Asking, Reply
from concord.analysis.services import ask_sources
from concord.intake.call_rules import hash_of_token
from concord.intake.models import Link
from concord.kernel import clock
from tests.analysis.asked import both_reply, two_sources
from tests.analysis.world import PLAN, World
from tests.cast import Cast
from tests.web.test_coordination_pages import signed_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def asked(world: World, cast: Cast) -> Asking:
    """A case that was put to its sources today."""
    now = clock.now()
    case = two_sources(world, cast, end="2039")
    return ask_sources(case, answers_until=now.date() + timedelta(days=9), by=operator(), at=now)


def look(page: "Page", address: str, name: str, *, status: int = 200) -> None:
    """One page at both widths: nothing that axe finds, and no sideways scrolling."""
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 900})
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == status, (name, width)
        assert [one["id"] for one in Axe().run(page).response["violations"]] == [], (name, width)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)


def test_a_source_replies_behind_its_link_by_keyboard(
    cast: Cast, world: World, page: "Page", live_server: Any
) -> None:
    asking = asked(world, cast)
    until = clock.now() + timedelta(days=9)
    told = {"organisation": cast.donor_a, "within": Scope("iisg"), "until_on": until.date()}
    open_link(**told, by=operator(), at=clock.now())
    Link.objects.create(
        token_sha256=hash_of_token("t" * 43),
        purpose="reply",
        organisation=cast.donor_a,
        asking_key=asking.key,
        made_at=clock.now(),
        expires_at=until,
    )
    look(page, f"{live_server.url}/answer/{'t' * 43}/", "landing")
    page.focus("main form button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/answer/")
    look(page, f"{live_server.url}/answer/", "question")

    page.focus("input[name=says][value=agreed]")
    page.keyboard.press("Space")
    page.focus("main form.answer-form button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**done=replied")

    assert Reply.objects.get().says == "agreed"
    look(page, f"{live_server.url}/answer/", "replied")


@pytest.mark.once
def test_the_pages_of_those_who_coordinate_and_of_the_others_have_no_barrier(
    cast: Cast, world: World, page: "Page", live_server: Any
) -> None:
    asking = asked(world, cast)
    sources = f"/desk/cases/{asking.case.key}/asked/"
    board, officer = cast.board_member, cast.officer
    seen = [
        (cast.reporter_b, f"/desk/asked/{asking.key}/"),
        (board, f"/desk/plans/{PLAN}/coordination/"),
        (officer, sources),
        (officer, f"{sources}{cast.donor_b.key}/"),
    ]
    for person, path in seen:
        _enter(page, person, live_server)
        look(page, live_server.url + path, path)
    both_reply(asking, cast, at=clock.now())
    _enter(page, officer, live_server)
    look(page, live_server.url + sources, "both replied")
    look(page, f"{live_server.url}/desk/cases/{asking.case.key}/", "case")


def test_an_officer_withdraws_a_question_by_keyboard_and_its_link_says_so(
    cast: Cast, world: World, page: "Page", live_server: Any
) -> None:
    asking = asked(world, cast)
    until = clock.now() + timedelta(days=9)
    Link.objects.create(
        token_sha256=hash_of_token("w" * 43),
        purpose="reply",
        organisation=cast.donor_a,
        asking_key=asking.key,
        made_at=clock.now(),
        expires_at=until,
    )
    _enter(page, cast.officer, live_server)
    sources = f"{live_server.url}/desk/cases/{asking.case.key}/asked/"
    look(page, f"{sources}withdraw/", "form")
    page.get_by_label("Why is it withdrawn?").fill("The wrong case.")
    page.get_by_role("button", name="Withdraw the question").press("Enter")
    page.wait_for_url(sources)
    asking.refresh_from_db()
    assert asking.withdrawn_reason == "The wrong case."
    look(page, sources, "withdrawn, for who coordinates")
    look(page, f"{live_server.url}/answer/{'w' * 43}/", "withdrawn, behind the link", status=410)


def _enter(page: "Page", person: Any, live_server: Any) -> None:
    page.context.clear_cookies()
    cookies = signed_in(person).cookies
    page.context.add_cookies(
        [{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in cookies.items()]
    )
