"""Takes the pictures in docs/screenshots from a served demonstration; for maintainers.

usage: .venv/bin/python scripts/screenshots.py [ADDRESS]

The demonstration must be served (`make demo`) from CONCORD_DATA or var/; its account file is read to sign in.
Each page is taken at 1280 and 390 px, light and dark, as far as the window shows.
"""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURES = ROOT / "docs" / "screenshots"
OFFICER = "secretariat@demonstration.example"
PUBLIC = {
    "home": "/",
    "plan": "/plans/wbcsci-2018-2020/",
    "needs": "/plans/wbcsci-2018-2020/needs/",
    "versions": "/plans/wbcsci-2018-2020/versions/",
    "beneficiary": "/beneficiaries/AL/",
}
MEMBERS = {
    "desk": "/desk/",
    "draft": "/desk/plans/wbcsci-2021-2023/",
    "coordination": "/desk/plans/wbcsci-2021-2023/coordination/",
    "check": "/desk/check/",
    "support": "/desk/plans/wbcsci-2021-2023/support/",
    "import": "/desk/inputs/new/",
    "calls": "/desk/calls/",
    "help": "/desk/help/",
}
PARTNER = """Spisak projekata;;;;;;
;;;;;;
Naziv projekta;Donator;Korisnik;Početak;Kraj;Budžet;Opis
Obuka granične policije;EU 80%, Germany 20%;WB6;Q3 2019;2021;1,2 mil. EUR;Obuka i oprema
Forenzička laboratorija;Švedska agencija za razvoj;Crna Gora;13.11.2018.;ongoing;2.500.000,00 €;Metode
Registar oružja;Norveška;RS;2018-2020;;tbc;
Razmena podataka;Njemačka;BiH;01/02/2019;31.12.2020.;EUR 500k;
Ukupno;;;;;4,2 mil. EUR;
"""
"""A list as a partner might write it, invented: it leaves something to ask in most of its rows."""
WIDTHS, SCHEMES, HEIGHT = (1280, 390), ("light", "dark"), 860


def main(address: str) -> None:
    """Every page in every size and scheme."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for width in WIDTHS:
            for scheme in SCHEMES:
                take(browser, address, width, scheme)
        show_one_case(browser, address)
        show_one_idea(browser, address)
        show_one_call(browser, address)
        show_one_import(browser, address)
        browser.close()


def take(browser: Browser, address: str, width: int, scheme: str) -> None:
    """The pages at one width in one colour scheme."""
    context = browser.new_context(viewport={"width": width, "height": HEIGHT}, color_scheme=scheme)
    page = context.new_page()
    for name, path in PUBLIC.items():
        shoot(page, address + path, f"{name}-{width}-{scheme}")
    sign_in(page, address)
    for name, path in MEMBERS.items():
        shoot(page, address + path, f"{name}-{width}-{scheme}")
    context.close()


def show_one_import(browser: Browser, address: str) -> None:
    """The preview of a partner's list, what each column is, and the receipt. Its rows stay in the plan."""
    page = browser.new_context().new_page()
    sign_in(page, address)
    page.goto(f"{address}/desk/inputs/new/")
    page.set_input_files(
        "input[type=file]", {"name": "spisak.csv", "mimeType": "text/csv", "buffer": PARTNER.encode()}
    )
    page.fill("input[name=organisation]", "GIZ")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/desk/inputs/*/")
    preview = page.url
    shoot_all(page, {"preview": preview, "columns": f"{preview}columns/"})
    page.goto(preview)
    page.click("main button:has-text('Apply')")
    page.wait_for_load_state()
    shoot_all(page, {"receipt": preview})


def show_one_case(browser: Browser, address: str) -> None:
    """The first case of a draft as its permanent page, and what is asked of its sources."""
    page = browser.new_context().new_page()
    sign_in(page, address)
    page.goto(f"{address}/desk/plans/wbcsci-2021-2023/coordination/")
    case = page.locator("a[href*='/desk/cases/']").first.get_attribute("href").split("?")[0]
    key = case.removeprefix(address).split("/")[3]
    shoot_all(page, {"case": f"{address}/desk/cases/{key}/", "asked": f"{address}/desk/cases/{key}/asked/"})


def show_one_idea(browser: Browser, address: str) -> None:
    """What checking an idea finds; the page is taken as it stands, since nothing of it is kept."""
    page = browser.new_context().new_page()
    sign_in(page, address)
    page.goto(f"{address}/desk/check/")
    page.fill("textarea >> nth=0", "Training of border police on forged documents in Albania")
    page.click("main form button:has-text('Check')")
    page.wait_for_selector("text=Read as")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=PICTURES / f"checked-{width}-{scheme}.png")


def show_one_call(browser: Browser, address: str) -> None:
    """The demonstration's call: who has answered and whom to telephone."""
    page = browser.new_context().new_page()
    sign_in(page, address)
    page.goto(f"{address}/desk/calls/")
    page.click("main h2 a")
    page.wait_for_load_state()
    shoot_all(page, {"call": page.url})


def shoot_all(page: Page, pages: dict[str, str]) -> None:
    """Pages in every size and scheme."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            for name, path in pages.items():
                shoot(page, path, f"{name}-{width}-{scheme}")


def sign_in(page: Page, address: str) -> None:
    """Sign in as the demonstration's secretariat."""
    folder = Path(os.environ.get("CONCORD_DATA") or ROOT / "var")
    lines = (folder / "demo-accounts.txt").read_text(encoding="utf-8").splitlines()
    password = next(line.split()[1] for line in lines if line.startswith(OFFICER))
    page.goto(f"{address}/accounts/login/")
    page.fill("input[name=login]", OFFICER)
    page.fill("input[name=password]", password)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/desk/**")


def shoot(page: Page, address: str, name: str) -> None:
    """One picture; a page that does not answer with 200 stops everything."""
    answer = page.goto(address)
    if answer is None or answer.status != 200:
        raise SystemExit(f"{address} answered {answer.status if answer else 'nothing'}")
    page.screenshot(path=PICTURES / f"{name}.png")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8000")
