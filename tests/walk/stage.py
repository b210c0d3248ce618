"""What the walks begin with: the demonstration's stage and its people, without a single row."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from concord.commands.demo import files
from concord.commands.demo.people import ACCOUNTS_FILE, OFFICER, SECOND_OFFICER, Part, add_people
from concord.commands.demo.setting import set_the_stage
from concord.kernel import clock

if TYPE_CHECKING:
    from playwright.sync_api import Page

PLAN = "wbcsci-2018-2020"

CHOSEN = (
    "WB-011", "WB-027", "WB-039", "WB-045", "WB-051", "WB-071", "WB-094", "WB-123",
    "WB-135", "WB-180", "WB-212", "WB-227", "WB-237", "WB-253", "WB-259",
)  # fmt: skip
"""Real actions of one pillar in 2018-2020: WB-180 and WB-237 are one project told by two bodies, WB-045
and WB-051 overlap (readers agreed on both)."""

FAULTS = (
    ("WB-027", "start", "31.02.2019"),
    ("WB-123", "budget_amount", "two million"),
    ("WB-227", "title", ""),
)
"""What is wrong in the first file: row, column and value as written."""


@dataclass(frozen=True)
class Account:
    """Somebody who can sign in."""

    email: str
    password: str


@dataclass(frozen=True)
class Stage:
    """The two officers, who can sign in. Framework, plans and register are there."""

    officer: Account
    second: Account


def set_up(folder: Path) -> Stage:
    """Sets the stage and adds the people through the services, as `concord demo` does."""
    at = clock.now()
    set_the_stage(at=at)
    add_people(folder=folder, at=at)
    lines = (folder / ACCOUNTS_FILE).read_text(encoding="utf-8").splitlines()
    passwords = {line.split()[0]: line.split()[1] for line in lines[1:]}

    def account(part: Part) -> Account:
        return Account(part.email, passwords[part.email])

    return Stage(account(OFFICER), account(SECOND_OFFICER))


def real_rows() -> list[dict[str, str]]:
    """The chosen rows of the demonstration's master list, in its order."""
    return [row for row in files.rows_of(files.ACTIONS) if row["id"] in CHOSEN]


def with_faults() -> list[dict[str, str]]:
    """The same rows with the three faults in them."""
    rows = real_rows()
    for own_id, column, value in FAULTS:
        next(row for row in rows if row["id"] == own_id)[column] = value
    return rows


def number_in_file(own_id: str) -> int:
    """The row of the file in which an action stands; the headings are row 1."""
    return [row["id"] for row in real_rows()].index(own_id) + 2


def as_upload(rows: list[dict[str, str]], name: str) -> dict[str, object]:
    """The rows as a CSV file that a browser hands in."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return {"name": name, "mimeType": "text/csv", "buffer": out.getvalue().encode()}


def sign_in(page: Page, origin: str, account: Account) -> None:
    """Through the sign-in page, to the desk."""
    page.goto(f"{origin}/accounts/login/?next=/desk/")
    page.get_by_label("Email").fill(account.email)
    page.get_by_label("Password").fill(account.password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk/")
