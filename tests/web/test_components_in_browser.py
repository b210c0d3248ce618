"""The component page and the six pages in a browser: no barrier, no sideways scroll, no violation."""

import pytest

from concord.web.samples import SPECIMENS

PAGES = ["/components/", *(f"/components/pages/{name}/" for name in SPECIMENS)]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 800}
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# WCAG 1.4.12, as a reader's own style sheet would set it
SPACING = """
const sheet = new CSSStyleSheet();
sheet.replaceSync("* { line-height: 1.5 !important; letter-spacing: 0.12em !important; " +
  "word-spacing: 0.16em !important } p { margin-block-end: 2em !important }");
document.adoptedStyleSheets = [sheet];
"""
CUT = """
[...document.querySelectorAll("main *, header *")].filter((part) => {
  const flow = getComputedStyle(part);
  return flow.overflowX === "hidden" && !part.classList.contains("visually-hidden")
    && (part.scrollWidth > part.clientWidth + 1 || part.scrollHeight > part.clientHeight + 1);
}).map((part) => part.outerHTML.slice(0, 80))
"""

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.mark.slow
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1280", "320"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser, live_server, scheme, size):
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    found = []
    for address in PAGES:
        page.goto(live_server.url + address)
        found += [(address, one["id"]) for one in Axe().run(page).response["violations"]]
    context.close()

    assert found == []


def test_pages_reflow_at_320_pixels_with_wider_spacing(browser, live_server):
    context = browser.new_context(viewport=NARROW, bypass_csp=True)
    page = context.new_page()
    for address in PAGES:
        page.goto(live_server.url + address)
        assert page.evaluate(SIDEWAYS) <= 0, address
        page.evaluate(SPACING)
        assert page.evaluate(SIDEWAYS) <= 0, address
        assert page.evaluate(CUT) == [], address
    context.close()


def test_nothing_breaks_the_policy(page, live_server):
    said = []
    page.on(
        "console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: said.append(str(error)))

    for address in PAGES:
        page.goto(live_server.url + address)

    assert said == []
    assert page.evaluate("window.trustedTypes.defaultPolicy.name") == "default"
    assert page.evaluate("htmx.config.allowEval") is False


@pytest.mark.parametrize(
    "fragment",
    [
        "<p><script>window.ran = 1</script></p>",
        '<img src="/x" onerror="window.ran = 1">',
        '<a href="javascript:window.ran=1">x</a>',
    ],
)
def test_a_fragment_that_carries_a_script_is_not_put_into_the_page(page, live_server, fragment):
    page.goto(live_server.url + "/components/pages/desk/")

    refused = page.evaluate(
        "(html) => { try { document.getElementById('main').innerHTML = html; return false }"
        " catch { return true } }",
        fragment,
    )

    assert refused
    assert page.evaluate("window.ran") is None


def test_a_fragment_that_only_speaks_of_scripts_is_put_into_the_page(page, live_server):
    page.goto(live_server.url + "/components/pages/desk/")

    page.evaluate(
        "document.getElementById('main').innerHTML = '<p>The cell said &lt;script&gt; onload=1</p>'"
    )

    assert page.inner_text("#main") == "The cell said <script> onload=1"


def test_number_keys_choose_an_answer_unless_somebody_writes_or_they_are_off(page, live_server):
    page.goto(live_server.url + "/components/pages/coordinate/")

    page.keyboard.press("3")
    assert page.is_checked("[data-answer='3']")

    page.uncheck("[data-keys-switch]")
    page.keyboard.press("1")
    assert page.is_checked("[data-answer='3']")

    page.reload()  # switched off stays off
    page.keyboard.press("1")
    assert not page.is_checked("[data-answer='1']")


def test_chosen_columns_are_remembered(page, live_server):
    page.goto(live_server.url + "/components/pages/import/")
    page.click("text=Columns")
    page.uncheck("input[value=donors]")
    assert not page.is_visible("#rows th[data-column=donors]")

    page.reload()

    assert not page.is_visible("#rows th[data-column=donors]")
    assert page.is_visible("#rows th[data-column=start]")


def test_the_page_works_without_scripts(browser, live_server):
    context = browser.new_context(viewport=WIDE, java_script_enabled=False)
    page = context.new_page()
    page.goto(live_server.url + "/components/pages/plan/")

    page.click("text=Change what is shown")

    assert page.is_visible("text=Who pays")
    assert page.is_visible("text=Show these")
    context.close()


def test_the_skip_link_leads_past_the_header(page, live_server):
    page.goto(live_server.url + "/components/pages/plan/")

    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")

    assert page.evaluate("document.activeElement.id") == "main"
