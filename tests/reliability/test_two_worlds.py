"""P1 and P2: restricted content changes nothing that others receive, and is nowhere to be found in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from concord.accounts.links import open_link
from concord.accounts.scope import Scope
from concord.analysis.models import Asking, Case, CoverageProposal, Finding
from concord.governance.services import add_comment
from concord.intake.call_rules import hash_of_token
from concord.intake.models import Invitation, Link
from concord.kernel import keys
from concord.plan.models import Action, ActionReader, Event, Indicator, Need, Participation
from concord.plan.services import confirm_link, link_actions
from tests.cast import Cast
from tests.reliability.addresses import Address, every_address
from tests.reliability.loaded import (
    Loaded,
    ask_organisations,
    real_actions,
    real_needs,
    settle_register,
    stage,
)
from tests.reliability.worlds import Reader, Received, Visitor, keys_in_order, names_of_keys, played

CANARY = "zqkanari"
"""No word of any language: each field of what is restricted holds it, with a name of its own."""

TODAY = datetime(2026, 6, 1, 12, tzinfo=UTC)

ALLOWED = {"operator", "officer", "second_officer", "auditor", "reporter_b"}
"""Who may see what Donor B restricted: the secretariat, the auditor, and Donor B itself."""

FEW = ("anonymous", "reporter_c", "co_lead_partner", "coordinator")
ALL = (
    *FEW,
    "reporter_a",
    "viewer_a",
    "board_member",
    "authority",
    "support_group_member",
    "observer",
    "lead_partner",
    "administrator",
    "suspended",
)

World = dict[tuple[str, str], Received]


@pytest.fixture
def world(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Any:
    """What both worlds share: real actions and needs, on a fixed day, with keys in a fixed order."""
    next_key = keys_in_order()
    monkeypatch.setattr(keys.secrets, "choice", _one_letter_at_a_time(next_key))
    with time_machine.travel(TODAY, tick=False):
        made = stage(cast)
        made.bring_in(real_actions(), "master-list.csv")
        made.bring_in(real_needs(), "needs.csv", org_column="")
        settle_register(made)
        ask_organisations(made)
        make_links(made)
        yield made


def _one_letter_at_a_time(next_key: Callable[[], str]) -> Callable[[str], str]:
    """Gives the letters of keys that ascend, one by one, as new_key asks for them."""
    letters: list[str] = []

    def choice(_alphabet: str) -> str:
        if not letters:
            letters.extend(next_key())
        return letters.pop(0)

    return choice


# --- what one of the worlds has and the other has not -----------------------------------------------------


def restricted_rows(prefix: str) -> list[dict[str, str]]:
    """Rows that tell public actions over again, so that analysis finds them, with a canary in every field."""
    rows = {row["id"]: row for row in real_actions()}
    return [
        rows[own_id]
        | {
            "id": f"{CANARY}-id-{prefix}-{own_id}",
            "title": f"{rows[own_id]['title']} {CANARY}title",
            "summary": f"{rows[own_id]['summary']} {CANARY}summary",
            "reported_by": "Donor B",
            "implementers": f"Implementer C;{CANARY} body",
            "source_url": f"https://example.org/{CANARY}-page",
            "notes": f"{CANARY}notes",
            "budget_amount": "17915000",
            "budget_currency": "EUR",
        }
        for own_id in ("WB-045", "WB-094", "WB-180")
    ]


def add_restricted(world: Loaded, marking: str) -> None:
    """Actions and a need under a marking, tied to public ones in every way there is."""
    cast = world.cast
    world.bring_in(restricted_rows(marking), f"{CANARY}-file.csv")
    actions = Action.objects.filter(own_id__startswith=f"{CANARY}-id-{marking}")
    for action in actions:
        Event.objects.create(action=action, title=f"{CANARY} event", start="2019", end="2019", order=0)
        Indicator.objects.create(action=action, name=f"{CANARY} indicator", order=0)
        if marking == "red":
            ActionReader.objects.create(action=action, person=cast.officer)
    actions.update(marking=marking)
    need = dict(real_needs()[0]) | {
        "id": f"{CANARY}-need-{marking}",
        "statement": f"{real_needs()[0]['statement']} {CANARY}statement",
        "reference": f"{CANARY} reference",
        "beneficiaries": "RS",  # the coordinator and the authority of the cast speak for another one
    }
    world.bring_in([need], f"{CANARY}-needs.csv", org_column="")
    hidden = Need.objects.filter(own_id=f"{CANARY}-need-{marking}")
    hidden.update(marking=marking)
    link_actions(action=world.action("WB-011"), other=actions[0], kind="joined", by=cast.officer, at=TODAY)
    link_actions(action=actions[1], other=world.action("WB-094"), kind="continues", by=cast.officer, at=TODAY)
    shown = Need.objects.get(own_id=real_needs()[1]["id"])
    confirm_link(action=actions[0], need=shown, strength="direct", by=cast.officer, at=TODAY)
    confirm_link(action=world.action("WB-045"), need=hidden[0], strength="partly", by=cast.officer, at=TODAY)


def answer_restricted_findings(world: Loaded) -> None:
    """Findings that touch what is restricted are answered first, so that they take the lower numbers."""
    touching = Finding.objects.filter(action_a__own_id__startswith=CANARY) | Finding.objects.filter(
        action_b__own_id__startswith=CANARY
    )
    for finding in touching.order_by("key_a", "key_b")[:3]:
        world.assess(finding, "kept", f"{CANARY} reason")


def go_on(world: Loaded, *, with_restricted: bool) -> None:
    """The way of the plan from here: analysed, answered, frozen, endorsed, published, frozen again."""
    world.analyse()
    if with_restricted:
        answer_restricted_findings(world)
    world.assess(world.finding("WB-045", "WB-051"), "joined", "One steering committee.")
    if with_restricted:
        world.regroup(restricted=True, reason=f"{CANARY} reason")
    world.regroup()
    world.ask_sources()
    world.published(world.endorsed(world.frozen("First text"), "Rehearsal 1"))
    version = world.frozen("Second text")
    if with_restricted:
        hidden = Action.objects.filter(own_id__startswith=CANARY)[0]
        add_comment(version, text=f"{CANARY} comment", about_key=hidden.key, by=world.cast.officer, at=TODAY)


# --- asking for everything ---------------------------------------------------------------------------------


def searches() -> list[Address]:
    """Words that stand in restricted texts alone, asked for wherever something can be searched; and the
    page on which the numbers of answers stand."""
    plan = "wbcsci-2018-2020"
    asked = {
        "q": ["desk/actions/", "desk/needs/", "desk/pool/", "desk/organisations/", f"desk/plans/{plan}/",
              f"desk/plans/{plan}/coordination/", f"desk/plans/{plan}/support/"],
        "words": [f"plans/{plan}/", f"plans/{plan}/needs/", f"plans/{plan}/v1/"],
    }  # fmt: skip
    words = (f"{CANARY}title", "Countering", "Donor B")
    queue = f"/desk/plans/{plan}/coordination/"
    answered = Address("answered", f"{queue}answered/")
    hidden = Action.objects.filter(own_id__startswith=CANARY).order_by("own_id").values_list("key", flat=True)
    narrowed = [
        "?measure=none",
        "?asked=no&order=newest",
        "?assigned=nobody&order=size",
        "?beneficiary=RS&adjustable=yes&order=money",
        "board/?kind=duplicate&order=title",
        "answered/?certainty=3",
        *(f"?q={key}" for key in hidden[:2]),
        *(f"?q={case.key}" for case in Case.objects.filter(is_restricted=True).order_by("pk")[:2]),
    ]
    looked = [Address("narrowed", queue + query) for query in narrowed]
    return [answered, *looked] + [
        Address("search", f"/{path}?{name}={word}")
        for name, paths in asked.items()
        for path in paths
        for word in words
    ]


def addresses(most: int) -> list[Address]:
    """Addresses of every route, and all that name something restricted."""
    hidden = {
        *Action.objects.filter(own_id__startswith=CANARY).values_list("key", flat=True),
        *Need.objects.filter(own_id__startswith=CANARY).values_list("key", flat=True),
    }
    some = dict.fromkeys(each for each in every_address(most=most) if not each.route.startswith("mfa_"))
    seen: dict[str, int] = {}
    for each in every_address():
        if any(key in each.path for key in hidden) and seen.setdefault(each.route, 0) < most:
            seen[each.route] += 1
            some[each] = None
    return [*some, *searches()]


def everything_received(cast: Cast, who: tuple[str, ...], asked: list[Address]) -> World:
    """What each person receives for each address."""
    names = names_of_keys()
    readers = {name: Reader(getattr(cast, name)) for name in who}
    received = {
        (name, each.path): reader.receive(each.path, names)
        for name, reader in readers.items()
        for each in asked
    }
    tries = {
        (name, f"/desk/check/ {title}"): reader.check(title, summary, names)
        for name, reader in readers.items()
        for title, summary in ideas()
    }
    return received | tries | tries_behind_links(names)


def tries_behind_links(names: dict[bytes, bytes]) -> World:
    """What comes for the same ideas behind the links of two bodies that restricted nothing."""
    visitors = {
        link.invitation.organisation.name: Visitor(link)
        for link in Link.objects.filter(purpose="answer").select_related("invitation__organisation")
        if link.invitation is not None
    }
    return {
        (f"the link of {name}", f"/answer/check/ {title}"): visitor.check(
            title, summary, names, "/answer/check/"
        )
        for name, visitor in visitors.items()
        for title, summary in ideas()
    }


def make_links(world: Loaded) -> None:
    """A link that works today for two of the bodies that the call asks."""
    for invitation in Invitation.objects.select_related("organisation").order_by("pk")[:2]:
        open_link(
            organisation=invitation.organisation,
            within=Scope(world.framework.ref),
            until_on=TODAY.date() + timedelta(days=9),
            by=world.cast.officer,
            at=TODAY,
        )
        Link.objects.create(
            token_sha256=hash_of_token(invitation.key),
            purpose="answer",
            invitation=invitation,
            made_at=TODAY,
            expires_at=TODAY + timedelta(days=9),
        )


def ideas() -> list[tuple[str, str]]:
    """Ten ideas that ask for what is restricted: its very texts, their canaries, and their public twins."""
    hidden = [(row["title"], row["summary"]) for row in restricted_rows("amber-strict")]
    shown = [(row["title"], row["summary"]) for row in real_actions()[:4]]
    words = (f"{CANARY}title", f"{CANARY}title {CANARY}summary", "Countering firearms in Serbia")
    return [*hidden, *shown, *((word, "") for word in words)]


def compare(world: Loaded, extra: Callable[[], None], who: tuple[str, ...], most: int) -> World:
    """Plays the world with the extra content, then the one without; gives what was received with it.

    Raises:
        AssertionError: somebody received something else.
    """

    def with_extra() -> None:
        extra()
        go_on(world, with_restricted=True)

    with played(with_extra):
        asked = [each for each in addresses(most) if not names_a_proposal(each)]
        one = everything_received(world.cast, who, asked)
    with played(lambda: go_on(world, with_restricted=False)):
        other = everything_received(world.cast, who, asked)
    paths = {path for _name, path in one}
    print({"roles": len(who), "addresses and searches": len(paths), "answers": len(one)})
    differing = [where for where in one if one[where] != other[where]]
    if differing:
        pytest.fail(report(differing, one, other))
    return one


def names_a_proposal(each: Address) -> bool:
    """Whether an address holds a key that is made after the worlds part: the other world has another."""
    made = (CoverageProposal, Case, Asking)
    return any(key in each.path for rows in made for key in rows.objects.values_list("key", flat=True))


def report(differing: list[tuple[str, str]], one: World, other: World) -> str:
    """Which answers differ, for whom, and the first differing lines of each."""
    whose: dict[str, list[str]] = {}
    for name, path in differing:
        whose.setdefault(path, []).append(name)
    lines = [f"{len(differing)} of {len(one)} answers differ:"]
    for path, names in list(whose.items())[:40]:
        a, b = one[names[0], path], other[names[0], path]
        lines.append(f"{path} for {', '.join(names)}: {a.status} and {b.status}")
        pairs = [(x, y) for x, y in zip(_parts(a), _parts(b), strict=False) if x != y]
        lines += [f"   with    {x[:300]}\n   without {y[:300]}" for x, y in pairs[:2]]
    return "\n".join(lines)


def _parts(answer: Received) -> list[str]:
    """Lines cut at tags, so that what differs can be read."""
    text = answer.body.decode("utf-8", "replace").replace("<", "\n<")
    return [*map(str, answer.headers), *(line for line in text.splitlines() if line.strip())]


def assert_no_canary(received: World) -> None:
    """No answer holds a canary, also not inside the parts of a workbook or paper."""
    for where, answer in received.items():
        asked_for = CANARY in where[1]  # a search repeats the word that was asked for
        assert asked_for or CANARY.encode() not in answer.body.lower(), where
        if answer.body[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(answer.body)) as parts:
                for name in parts.namelist():
                    assert CANARY.encode() not in parts.read(name).lower(), (where, name)


@pytest.mark.slow
def test_restricted_content_changes_nothing_for_others(world: Loaded):
    def add_both() -> None:
        add_restricted(world, "amber-strict")
        add_restricted(world, "red")

    received = compare(world, add_both, FEW, most=1)
    assert_no_canary(received)
    assert {answer.status for answer in received.values()} >= {200, 302, 404}


@pytest.mark.assurance
@pytest.mark.parametrize("marking", ["amber-strict", "amber", "red"])
def test_restricted_content_changes_nothing_for_anybody_lower(world: Loaded, marking: str):
    who = tuple(name for name in ALL if marking != "amber" or name != "reporter_c")
    assert_no_canary(compare(world, lambda: add_restricted(world, marking), who, most=2))


@pytest.mark.slow
def test_what_is_for_members_changes_nothing_for_the_public(world: Loaded):
    def add_for_members() -> None:
        add_restricted(world, "green")
        action = world.action("WB-011")
        Action.objects.filter(pk=action.pk).update(notes=f"{CANARY}notes", own_id=action.own_id)
        Participation.objects.create(action=action, role="recipient", as_written=f"{CANARY} unit", order=0)
        Event.objects.create(action=action, title=f"{CANARY} event", order=0)
        Need.objects.filter(own_id=real_needs()[1]["id"]).update(notes=f"{CANARY}notes")

    received = compare(world, add_for_members, ("anonymous", "suspended"), most=3)
    assert_no_canary(received)


@pytest.mark.once
def test_the_test_would_see_a_difference(world: Loaded):
    with pytest.raises(pytest.fail.Exception, match="answers differ"):
        compare(world, lambda: add_restricted(world, "clear"), ("anonymous",), most=1)


@pytest.mark.once
def test_the_tries_behind_links_find_what_is_published(world: Loaded):
    """Else the comparison above would compare two empty answers."""
    with played(lambda: go_on(world, with_restricted=False)):
        received = tries_behind_links({})

    assert len(received) == 20
    assert {answer.status for answer in received.values()} == {200}
    assert all(b"what is published, and the" in answer.body for answer in received.values())
    assert any(b"Perhaps the same work" in answer.body for answer in received.values())
