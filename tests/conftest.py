"""What every test can use. Browser tests say `@pytest.mark.browser` and take `page` and `live_server`."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cast import cast  # noqa: F401  (the standing cast, for every test)

# The tests run side by side, a process to a core: threads of linear algebra would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def chromium() -> str | None:
    """Where Chromium is: $CHROMIUM, else on the PATH under its usual names."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """A CONCORD_DATA of its own, and no index of actions in memory before and after."""
    settings.DATA = tmp_path
    forget_indexes()
    yield tmp_path
    forget_indexes()


def forget_indexes() -> None:
    """As if this process had just begun: what is needed is read from its files again."""
    from concord.analysis import kept_index, published

    kept_index.forget()
    published.forget()


ASKS_A_DATABASE = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On another database only what asks a database is run: the rest was shown on the embedded one."""
    if not os.environ.get("CONCORD_TEST_DATABASE"):
        return
    kept, left = [], []
    for item in items:
        asks = item.get_closest_marker("django_db") or ASKS_A_DATABASE & set(
            getattr(item, "fixturenames", ())
        )
        (kept if asks else left).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Without a browser its tests are left out, or fail where CONCORD_REQUIRE_BROWSER=1."""
    if item.get_closest_marker("browser") is None or chromium():
        return
    if os.environ.get("CONCORD_REQUIRE_BROWSER") == "1":
        pytest.fail(
            "CONCORD_REQUIRE_BROWSER=1, but no chromium is on the PATH or in $CHROMIUM.", pytrace=False
        )
    pytest.skip("no browser")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many browser tests did not run, and how to run them."""
    left_out = [r for r in terminalreporter.stats.get("skipped", []) if "no browser" in str(r.longrepr)]
    if left_out:
        terminalreporter.write_line(
            f"{len(left_out)} browser tests were left out: there is no chromium on the PATH or in $CHROMIUM "
            "(Debian and Ubuntu: apt-get install chromium).",
            yellow=True,
        )


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder of this run (the first process made it, the workers share it)."""
    if not hasattr(config, "workerinput"):
        folder = Path(os.environ.get("CONCORD_TEST_FOLDER", ""))
        if folder.name.startswith("concord-test-"):
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One Chromium for the whole run."""
    from playwright.sync_api import sync_playwright

    # Playwright's event loop runs in this thread; Django would take our plain calls for async ones
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_ARGS)
        yield found
        found.close()


@pytest.fixture
def context(browser: "Browser") -> Iterator["BrowserContext"]:
    """A fresh visitor: no cookies, desktop size, British English."""
    visitor = browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    visitor.set_default_timeout(15_000)
    yield visitor
    visitor.close()


@pytest.fixture
def page(context: "BrowserContext") -> "Page":
    """An empty page of a fresh visitor."""
    return context.new_page()
