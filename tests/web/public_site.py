"""A small published site for the tests of public pages, and a reader who follows every link."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client

from concord.plan.models import Action, Need
from concord.plan.services import confirm_links, link_actions, set_profile
from concord.publication.models import Edition
from concord.web.public.stored import store
from tests.analysis.world import World, a_need, an_action, build_world
from tests.cast import Cast
from tests.factories import NOON
from tests.publication.conftest import Press

CANARY = "kanari"


@dataclass(frozen=True)
class Site:
    """The world behind it, its press, and its first edition."""

    world: World
    press: Press
    edition: Edition


def publish_site(cast: Cast, *, profile: str = "open", **values: Any) -> Site:
    """Three public actions, one for members only full of canaries, two needs, all linked; one edition."""
    store.clear()
    world = build_world(cast.lead_organisation)
    set_profile(world.framework, profile=profile, by=cast.operator, at=NOON)
    world.plan.framework.refresh_from_db()
    world.record(
        an_action(
            1,
            "Training on firearms",
            funding=("750000.00", "EUR"),
            notes=f"{CANARY}-notes",
            summary="Drills.",
        ),
        an_action(2, "Stockpile advice", beneficiaries=["RS", "XK"], donors=["Donor B"]),
        an_action(
            3, "Joint patrols", topics=["police-cooperation"], start="2020", end="", implementers=["Unit X"]
        ),
        an_action(
            4,
            f"{CANARY}-title",
            summary=f"{CANARY}-summary",
            donors=[f"{CANARY}-donor"],
            beneficiaries=["AL", "UA"],
        ),
        a_need(1, "Stockpiles are not safe"),
        a_need(2, f"{CANARY}-need"),
    )
    Action.objects.filter(own_id="A4").update(marking="green")
    Need.objects.filter(own_id="N2").update(marking="green")
    one, two, hidden = (world.action(name) for name in ("A1", "A2", "A4"))
    confirm_links(
        [(one, world.need("N1"), "direct"), (hidden, world.need("N1"), "direct")], by=cast.officer, at=NOON
    )
    link_actions(action=two, other=one, kind="continues", by=cast.officer, at=NOON)
    link_actions(action=one, other=hidden, kind="joined", by=cast.officer, at=NOON)
    press = Press(world, cast)
    return Site(world, press, press.published(**values))


def links_of(html: str, address: str) -> list[str]:
    """The addresses within the site that a page leads to, without fragments."""
    found = []
    for href in re.findall(r'href="([^"]*)"', html):
        target = urlsplit(urljoin(f"http://testserver{address}", unescape(href)))
        if target.netloc == "testserver" and not target.path.startswith(
            ("/static/", "/style/", "/accounts/")
        ):
            found.append(target._replace(scheme="", netloc="", fragment="").geturl())
    return found


def crawl(client: Client, start: str = "/") -> dict[str, Any]:
    """Every address that links lead to from a page, with its response."""
    answers: dict[str, Any] = {}
    waiting = [start]
    while waiting:
        address = waiting.pop()
        if address in answers:
            continue
        answers[address] = response = client.get(address)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            waiting += links_of(response.content.decode(), address)
    return answers
