"""By links alone: every action and need from the desk, every published action from the first page."""

from __future__ import annotations

import pytest

from tests.commands.installation import EMBEDDED, Installation

pytestmark = [pytest.mark.slow, EMBEDDED]

CRAWL = "from tests.commands.crawl import crawl; print(json.dumps(crawl(*%r)))"
KEYS = """
from concord.plan.models import Action, Need
print(json.dumps([sorted(table.objects.values_list("key", flat=True)) for table in (Action, Need)]))
"""
PUBLISHED = """
from concord.publication.models import Edition
texts = {e.plan.ref: json.loads(bytes(e.document)) for e in Edition.objects.all()}
print(json.dumps({ref: sorted(a["key"] for a in text["actions"]) for ref, text in texts.items()}))
"""


def test_every_action_and_need_is_reached_from_the_desk(demonstration: Installation):
    actions, needs = demonstration.inside(KEYS)

    seen = demonstration.inside(CRAWL % (("/desk/", "secretariat@demonstration.example"),))

    assert (len(actions), len(needs)) == (315, 93)
    assert set(seen.values()) == {200}, {a: s for a, s in seen.items() if s != 200}
    assert [key for key in actions if f"/desk/actions/{key}/" not in seen] == []
    assert [key for key in needs if f"/desk/needs/{key}/" not in seen] == []


def test_every_published_action_is_reached_from_the_first_page(demonstration: Installation):
    published = demonstration.inside(PUBLISHED)

    seen = demonstration.inside(CRAWL % (("/",),))

    assert len(published) == 3
    broken = {address: status for address, status in seen.items() if status not in (200, 302)}
    assert broken == {}
    missing = [
        (ref, key) for ref, keys in published.items() for key in keys
        if f"/plans/{ref}/actions/{key}/" not in seen
    ]  # fmt: skip
    assert missing == []
