"""The public pages in a browser: no barrier that axe finds, no sideways scroll, with scripts off too."""

import pytest

from tests.analysis.world import PLAN
from tests.cast import standing_cast
from tests.web.public_site import publish_site

pytestmark = [pytest.mark.browser, pytest.mark.once, pytest.mark.django_db(transaction=True)]

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def addresses():
    """One of each kind of page."""
    site = publish_site(standing_cast())
    base = f"/plans/{PLAN}/"
    key, need = site.world.action("A1").key, site.world.need("N1").key
    body = site.world.action("A1").participations.filter(organisation__isnull=False).first().organisation.key
    return [
        "/", "/plans/", base, f"{base}?beneficiary=AL", f"{base}?words=nothing", f"{base}v1/",
        f"{base}actions/{key}/", f"{base}needs/", f"{base}needs/{need}/", f"{base}versions/",
        "/beneficiaries/", "/beneficiaries/AL/", "/organisations/", f"/organisations/{body}/", "/about/",
        "/plans/nothing/",
    ]  # fmt: skip


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser, live_server, addresses, scheme):
    from axe_playwright_python.sync_playwright import Axe

    found, wide = {}, {}
    for width in (1280, 320):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
        )
        page = context.new_page()
        for address in addresses:
            page.goto(live_server.url + address)
            violations = Axe().run(page).response["violations"]
            found |= {f"{address} {width}": [one["id"] for one in violations]} if violations else {}
            wide |= {f"{address} {width}": page.evaluate(SIDEWAYS)} if page.evaluate(SIDEWAYS) > 0 else {}
        context.close()
    assert found == {}
    assert wide == {}


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_reader_finds_an_action_by_filter_and_reads_it(browser, live_server, addresses, scripts):
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(live_server.url + "/")
    page.get_by_role("link", name="Plan 2018-2020", exact=True).click()
    page.get_by_text("Change what is shown").click()
    page.get_by_label("Beneficiary", exact=True).select_option(label="Kosovo*")
    page.get_by_role("button", name="Show these").click()
    assert "beneficiary=XK" in page.url
    page.get_by_role("link", name="Stockpile advice").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Stockpile advice"
    page.go_back()
    assert "beneficiary=XK" in page.url
    context.close()


def test_no_page_breaks_the_security_policy(browser, live_server, addresses):
    context = browser.new_context()
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    for address in addresses:
        page.goto(live_server.url + address)
    context.close()
    assert [text for text in said if "404" not in text] == []
