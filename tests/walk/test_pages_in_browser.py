"""A1, A3 and S5 on every kind of page: no barrier that axe finds, no sideways scroll, a silent console."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.test import Client

from concord.analysis.models import Finding
from tests.cast import standing_cast
from tests.reliability.addresses import every_address
from tests.reliability.loaded import Loaded, load

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.once]

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 800}
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# WCAG 1.4.12, as a reader's own style sheet would set it
SPACING = """
const sheet = new CSSStyleSheet();
sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; " +
  "word-spacing: 0.16em !important } p { margin-block-end: 2em !important }");
document.adoptedStyleSheets = [sheet];
"""
CLIPPED = """
[...document.querySelectorAll("main *, header *")].filter((part) => {
  const flow = getComputedStyle(part);
  return flow.overflowX === "hidden" && !part.classList.contains("visually-hidden")
    && (part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 1);
}).map((part) => part.outerHTML.slice(0, 80))
"""
NOT_PAGES = {"stylesheet", "robots", "sitemap", "proof", "specimen", "components"}
"""No HTML, or pages of components that tests/web looks at."""


@pytest.fixture
def world(transactional_db: None) -> Loaded:
    """The loaded plan. Its actions ended long ago; here nothing ages out, so that open cases are seen."""
    loaded = load(standing_cast())
    Finding.objects.update(ends_on=None)
    return loaded


def pages_for(world: Loaded, person: Any) -> list[str]:
    """One or two addresses of every route that answers the person with a page, and what only states show."""
    client = Client(raise_request_exception=False)
    if person is not None:
        client.force_login(person)
    found = {}
    for each in every_address(most=2):
        if each.route in NOT_PAGES or "download" in each.route or each.path.startswith("/accounts/logout"):
            continue
        answer = client.get(each.path)
        if answer.status_code == 200 and answer.headers["Content-Type"].startswith("text/html"):
            found[each.path] = each.route
    return list(found)


def states_of(world: Loaded) -> list[str]:
    """Pages in states that no route alone shows: errors, filters that find nothing, a record merged away."""
    waiting, faulty = world.inputs["waiting"], world.inputs["faulty"]
    plan = world.plan.ref
    return [
        "/desk/none/",
        "/desk/people/",
        f"/desk/actions/{world.action('WB-237').key}/",
        f"/desk/inputs/{waiting.key}/?show=error",
        f"/desk/inputs/{waiting.key}/?show=question",
        f"/desk/inputs/{faulty.key}/",
        f"/desk/plans/{plan}/?q=nothing-like-this",
        f"/desk/plans/{plan}/coordination/?q=nothing-like-this",
        f"/desk/plans/{plan}/coordination/answered/",
        "/none/",
        f"/plans/{plan}/?words=nothing-like-this",
    ]


class Watcher:
    """One browser window that visits pages and keeps what is wrong with each."""

    def __init__(self, browser: Browser, origin: str, person: Any) -> None:
        self.origin = origin
        self.context: BrowserContext = browser.new_context(viewport=WIDE, locale="en-GB", bypass_csp=False)
        self.context.set_default_timeout(60_000)
        if person is not None:
            self.context.add_cookies(
                [{"name": name, "value": value, "url": origin} for name, value in cookies_of(person)]
            )
        self.page: Page = self.context.new_page()
        self.wrong: list[tuple[str, str, str]] = []
        self.page.on("console", lambda message: self.hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self.note("error", str(error)))

    def note(self, what: str, text: str) -> None:
        self.wrong.append((self.page.url.removeprefix(self.origin), what, text[:200]))

    def hear(self, kind: str, text: str) -> None:
        missing = "Failed to load resource" in text and ("404" in text or "403" in text)
        if kind in ("error", "warning") and not missing:
            self.note("console", text)

    def visit(self, path: str) -> None:
        """One page, wide and light, then dark, forced colours, narrow, and narrow with wider spacing."""
        page = self.page
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light", forced_colors="none")
        page.goto(self.origin + path)
        self.axe("wide")
        page.emulate_media(color_scheme="dark")
        self.axe("dark", ["color-contrast", "link-in-text-block"])
        page.emulate_media(color_scheme="light", forced_colors="active")
        self.axe("forced colours", ["color-contrast", "link-in-text-block"])
        page.emulate_media(forced_colors="none")
        page.set_viewport_size(NARROW)
        self.axe("narrow")
        if (by := page.evaluate(SIDEWAYS)) > 0:
            self.note("scrolls sideways", f"by {by} px")
        page.evaluate(SPACING)
        if (by := page.evaluate(SIDEWAYS)) > 0:
            self.note("scrolls sideways with wider spacing", f"by {by} px")
        for part in page.evaluate(CLIPPED):
            self.note("clipped", part)

    def axe(self, state: str, rules: list[str] | None = None) -> None:
        """Keeps what axe finds in this state; only these rules where they are named."""
        if not self.page.evaluate("!!window.axe"):
            self.page.evaluate(_axe_source())
        run_only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": TAGS}
        found = self.page.evaluate(
            "(only) => axe.run(document, {runOnly: only, resultTypes: ['violations']})"
            ".then((found) => found.violations)",
            run_only,
        )
        for each in found:
            self.note(f"axe {state}: {each['id']}", each["nodes"][0]["html"])


def cookies_of(person: Any) -> list[tuple[str, str]]:
    """The cookies of somebody who signed in."""
    client = Client()
    client.force_login(person)
    return [(settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value)]


def _axe_source() -> str:
    from axe_playwright_python.sync_playwright import Axe

    return str(Axe().axe_script)


@pytest.mark.parametrize("who", ["anonymous", "officer", "administrator"])
def test_no_page_has_a_barrier(browser: Browser, live_server: Any, world: Loaded, who: str):
    person = None if who == "anonymous" else getattr(world.cast, who)
    pages = pages_for(world, person)
    if who == "administrator":  # what others see was looked at with them
        pages = [path for path in pages if path.startswith("/desk/people")]
    elif who == "officer":
        pages = [
            *(path for path in pages if path.startswith(("/desk/", "/accounts/"))),
            *states_of(world)[:9],
        ]
    else:
        pages = [*pages, *states_of(world)[9:]]
    watcher = Watcher(browser, live_server.url, person)
    for path in pages:
        watcher.visit(path)
    watcher.context.close()

    print(f"{who}: {len(pages)} pages in four states")
    assert len(pages) >= 2
    assert watcher.wrong == [], "\n".join(map(str, watcher.wrong))


def test_a_wrong_and_a_stale_form_have_no_barrier(browser: Browser, live_server: Any, world: Loaded):
    watcher = Watcher(browser, live_server.url, world.cast.officer)
    page = watcher.page

    page.goto(f"{live_server.url}/desk/inputs/new/")
    page.get_by_role("button", name="Read and check the file").click()
    watcher.axe("422")
    finding = Finding.objects.filter(kind=Finding.Kind.OVERLAP, assessments=None).latest("score")
    page.goto(f"{live_server.url}/desk/coordination/{finding.key_a}/{finding.key_b}/")
    page.get_by_label("They are joined").check()
    page.get_by_label("Why, in a sentence").fill("A reason that was typed.")
    page.evaluate(
        "(() => { const read = document.querySelector('input[name=read]');"
        " read.value = read.value.replace(/:[0-9]+/g, ':99') })()"
    )
    page.get_by_role("button", name="Record this answer").click()
    page.wait_for_selector("text=A reason that was typed.")
    watcher.axe("409")
    watcher.context.close()

    assert [each for each in watcher.wrong if each[1] != "console"] == []
