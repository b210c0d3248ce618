"""Follows every link from a first page, as one person: run inside an installation, prints what it saw.

`python -m tests.commands.crawl FIRST [MAIL-ADDRESS]`; only addresses under FIRST are followed.
"""

from __future__ import annotations

import json
import os
import sys
from html.parser import HTMLParser
from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit


class Links(HTMLParser):
    """The addresses that a page links to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keeps the address of a link."""
        address = dict(attrs).get("href")
        if tag == "a" and address:
            self.found.append(address)


def crawl(first: str, mail: str = "") -> dict[str, int]:
    """Every address reached with the status it answered."""
    from django.test import Client

    client = Client(raise_request_exception=False, headers={"host": "localhost"})
    if mail:
        from concord.accounts.queries import person_by_email

        client.force_login(person_by_email(mail))
    waiting, seen = [first], {first: 0}
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        seen[address] = answer.status_code
        if answer.status_code != 200 or not answer.headers.get("Content-Type", "").startswith("text/html"):
            continue
        page = Links()
        page.feed(answer.content.decode())
        for link in page.found:
            parts = urlsplit(urldefrag(urljoin(address, link)).url)
            if parts.netloc in ("", "localhost") and parts.path.startswith(first) and _is_followed(parts):
                target = parts.path + (f"?{parts.query}" if parts.query else "")
                if target not in seen:
                    seen[target] = 0
                    waiting.append(target)
    return seen


LEFT_OUT = (
    "/change/",
    "/coordination/",
    "/download",
    "/edit/",
    "/place/",
    "/same/",
    "/support/",
    "/withdraw/",
)
"""Cells of the matrix, pairs and forms: thousands of pages, none of which is the only way to a record."""


def _is_followed(parts: SplitResult) -> bool:
    """Pages of lists are followed, other questions in an address are not: there are too many."""
    asked = {piece.split("=")[0] for piece in parts.query.split("&") if piece}
    return asked <= {"page"} and not any(piece in parts.path for piece in LEFT_OUT)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "concord.project.settings"
    from concord.commands.main import prepare_django

    prepare_django()
    print(json.dumps(crawl(*sys.argv[1:])))
