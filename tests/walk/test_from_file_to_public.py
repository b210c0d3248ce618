"""The whole way in a real browser: a partner's file becomes a published plan, with scripts and without."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from concord.analysis.models import Finding
from concord.work.worker import work_through
from tests.walk import stage as walk
from tests.walk.stage import PLAN, Account, Stage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TWICE_TOLD = "Consolidation of the justice system in Albania"
OVERLAPPING = "Partnership against Crime and Terrorism"


@pytest.fixture
def stage(transactional_db: None, tmp_path: Path) -> Stage:
    """The demonstration's framework and people, without a single row."""
    return walk.set_up(tmp_path)


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def visitors(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Visitors]:
    """Opens windows of different people, all with scripts or all without."""
    opened = Visitors(browser, scripts=request.param)
    yield opened
    opened.close()


class Visitors:
    """Windows of different people; what their consoles say is kept."""

    def __init__(self, browser: Browser, *, scripts: bool) -> None:
        self.browser, self.scripts = browser, scripts
        self.contexts: list = []
        self.said: list[str] = []

    def new(self) -> Page:
        """A window of somebody who was never here."""
        context = self.browser.new_context(
            viewport={"width": 1280, "height": 900}, locale="en-GB", java_script_enabled=self.scripts
        )
        context.set_default_timeout(30_000)
        self.contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: self.hear(message.type, message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        return page

    def hear(self, kind: str, text: str) -> None:
        if kind in ("error", "warning"):
            self.said.append(text)

    def close(self) -> None:
        for context in self.contexts:
            context.close()


def test_a_file_becomes_a_published_plan(visitors: Visitors, live_server, stage: Stage):
    origin = live_server.url
    officer = visitors.new()
    walk.sign_in(officer, origin, stage.officer)

    import_with_three_bad_rows(officer)
    mend_and_import_again(officer)
    analyse(officer)
    answer_an_overlap(officer)
    merge_undo_and_merge_again(officer)
    freeze_endorse_and_ask(officer)
    confirm_and_publish(visitors.new(), origin, stage.second)
    read_as_the_public(visitors.new(), origin)

    assert visitors.said == []


def import_with_three_bad_rows(page: Page) -> None:
    page.get_by_role("link", name="Import").first.click()
    page.get_by_role("link", name="Hand in a file").click()
    page.get_by_label("Where the rows go").select_option("framework:iisg")
    page.get_by_label("A master list: a column says whose each row is").check()
    page.get_by_label("The file").set_input_files(walk.as_upload(walk.with_faults(), "master-list.csv"))
    page.get_by_role("button", name="Read and check the file").click()

    told = page.locator(".question--error")
    assert told.count() == 3
    for own_id, column, value in walk.FAULTS:
        place = f"master-list.csv, row {walk.number_in_file(own_id)}, column {column}"
        one = told.filter(has_text=place)
        assert one.count() == 1, place
        assert one.locator(".question__line").filter(has_text="What to do").inner_text().strip()
        assert (value or "empty") in one.inner_text()
    page.get_by_role("button", name="Apply 12 rows").click()
    assert "Applied. This page is the receipt of this file." in page.inner_text("main")


def mend_and_import_again(page: Page) -> None:
    page.get_by_role("link", name="Hand in the mended file").click()
    page.get_by_label("The file").set_input_files(walk.as_upload(walk.real_rows(), "master-list-mended.csv"))
    page.get_by_role("button", name="Read and check the file").click()
    assert page.locator(".question--error").count() == 0
    page.get_by_role("button", name="Apply 15 rows").click()
    counts = page.locator(".import-counts").inner_text()
    assert "3 new" in counts
    assert "12 the same" in counts


def analyse(page: Page) -> None:
    page.get_by_role("link", name="Plans", exact=True).first.click()
    page.get_by_role("link", name="WBCSCi integrative plan of action 2018").first.click()
    page.get_by_role("link", name="To be coordinated").first.click()
    page.get_by_role("button", name="Analyse this plan now").click()
    page.wait_for_url("**/desk/jobs/**")
    work = page.url
    work_through()
    Finding.objects.update(ends_on=None)  # the walk plays in the years of its plan: nothing has aged out
    page.goto(work)
    page.locator(".intake-acts a").first.click()


def answer_an_overlap(page: Page) -> None:
    case_with(page, OVERLAPPING).click()
    assert OVERLAPPING in page.locator(".comparison").inner_text()
    page.get_by_label("They are joined").check()
    page.get_by_label("Why, in a sentence").fill("One steering committee for both.")
    page.get_by_role("button", name="Record this answer").click()
    assert "Your answer is recorded" in page.inner_text("main")
    assert "One steering committee for both." in page.locator(".answer-form__given").inner_text()


def merge_undo_and_merge_again(page: Page) -> None:
    merge(page)
    page.get_by_role("button", name="Undo this answer").click()
    assert "the question is open again" in page.inner_text("main")
    merge(page)


def merge(page: Page) -> None:
    page.get_by_role("link", name="Possible double entries").first.click()
    case_with(page, TWICE_TOLD).click()
    page.get_by_label("Merge them into one").check()
    page.get_by_role("button", name="Record this answer").click()
    titles = page.locator(".comparison__title").all_inner_texts()
    coordinator = next(
        n for n, title in enumerate(titles, 1) if "Consolidation of the Justice System" in title
    )
    page.locator("input[name=keep]").nth(coordinator - 1).check()
    # the title of the record that stays, the start of the other one: field by field
    page.locator(f"input[name=choose-title][value='{coordinator}']").check()
    page.locator(f"input[name=choose-start][value='{3 - coordinator}']").check()
    page.get_by_role("button", name="Merge these two").click()
    assert "The two are one action now" in page.inner_text("main")


def case_with(page: Page, words: str) -> object:
    return page.locator("a.case-list__link").filter(has_text=words).first


def freeze_endorse_and_ask(page: Page) -> None:
    page.goto(page.url.split("/desk/")[0] + f"/desk/plans/{PLAN}/")
    page.get_by_role("link", name="Versions").first.click()
    page.get_by_label("What is it for?").fill("Text of the rehearsal")
    page.get_by_role("button", name="Freeze draft 1").click()
    page.get_by_text("Record what the Board decided on this text").click()
    page.get_by_label("Number of the decision").fill("Rehearsal 1")
    page.get_by_label("Day of the decision").fill("2019-06-03")
    page.get_by_label("Place").fill("Demonstration")
    page.get_by_label("Text of the decision").fill("The plan is endorsed as a rehearsal.")
    page.get_by_label("This is a rehearsal").check()
    page.get_by_role("button", name="Record this decision").click()
    page.get_by_role("button", name="Ask to publish this text").click()
    assert "You asked for this publication, so you cannot confirm it" in page.inner_text("main")
    assert page.get_by_role("button", name="Confirm this publication").count() == 0


def confirm_and_publish(page: Page, origin: str, second: Account) -> None:
    walk.sign_in(page, origin, second)
    page.goto(f"{origin}/desk/plans/{PLAN}/versions/d1/")
    page.get_by_role("button", name="Confirm this publication").click()
    page.get_by_role("button", name="Publish this text").click()
    assert "Version 1 is published" in page.inner_text("main")


def read_as_the_public(page: Page, origin: str) -> None:
    page.goto(f"{origin}/")
    page.get_by_role("link", name="WBCSCi integrative plan of action 2018").first.click()
    text = page.inner_text("body")
    assert "rehearsal" in text.lower()
    assert "no Board took this decision on this text" in text
    assert "Demonstration from public sources, not an official document" in text
    page.get_by_role("link", name="Consolidation of the Justice System in Albania").first.click()
    action = page.inner_text("main")
    assert "Apr 2018" in action or "April 2018" in action, "the start was taken from the merged record"

    number_one = f"{origin}/plans/{PLAN}/v1/"
    with page.expect_download() as coming:
        page.goto(f"{origin}/plans/{PLAN}/")
        page.locator("a[href$='plan.json']").first.click()
    content = Path(coming.value.path()).read_bytes()
    proof = page.request.get(f"{number_one}proof.json").json()
    assert hashlib.sha256(content).hexdigest() == proof["sha256"]
    edition = json.loads(content)
    titles = [row["title"].lower() for row in edition["actions"]]
    assert len(titles) == 14
    assert sum(title.startswith(TWICE_TOLD.lower()) for title in titles) == 1
    for name, signature in (("docx", b"PK"), ("xlsx", b"PK")):
        answer = page.request.get(f"{number_one}plan.{name}")
        assert (answer.status, answer.body()[:2]) == (200, signature)
        assert "attachment" in answer.headers["content-disposition"]
