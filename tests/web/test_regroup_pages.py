"""Splitting and joining on the pages: what is offered, what comes back, and what a case says of it."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from concord.analysis.models import Case, Finding, Regrouping
from concord.analysis.services import add_note, ask_sources, run
from concord.kernel import clock
from tests.analysis.asked import tell_all
from tests.analysis.world import PLAN, World, an_action
from tests.cast import Cast
from tests.factories import NOON
from tests.web.test_coordination_pages import QUEUE, signed_in, text_of


@pytest.fixture
def case(world: World, cast: Cast) -> Case:
    """A1, A2, A3 overlap with each other; A4 with A1 alone, in a case of its own."""
    world.record(
        an_action(1, "Training of police", end="2039"),
        an_action(2, "Police training <b>abroad</b>", end="2039"),
        an_action(3, "Drones for police", end="2039"),
        an_action(4, "Radios for police", reporter="Donor B", donors=["Donor B"], end="2039"),
    )
    for one, other in (("A1", "A2"), ("A1", "A3"), ("A2", "A3"), ("A1", "A4")):
        world.finds(one, other)
    run(world.plan, by=cast.officer, at=NOON)
    keys = sorted(world.action(own_id).key for own_id in ("A2", "A3"))
    return Case.objects.get(findings__key_a=keys[0], findings__key_b=keys[1])


def address(case: Case, end: str = "") -> str:
    return f"/desk/cases/{case.key}/{end}"


def other_of(case: Case) -> Case:
    return Case.objects.exclude(pk=case.pk).get()


def split(client: Client, case: Case, world: World, *actions: str, **values: object) -> object:
    keys = [world.action(own_id).key for own_id in actions]
    sent = {"split-actions": keys, "split-reason": "Others buy drones.", "split-version": case.version}
    return client.post(address(case, f"split/?plan={PLAN}"), sent | values, follow=True)


def test_the_page_offers_each_action_with_its_pairs_and_cases_that_share_one(case: Case, cast: Cast) -> None:
    client = signed_in(cast.lead_partner)
    assert "Split or join" in text_of(client.get(address(case)))

    response = client.get(address(case, "regroup/"))
    said = text_of(response)

    assert response.status_code == 200
    assert said.count("leaves with 2 pairs") == 3
    assert "1 case of this kind shares an action with this one" in said
    assert "“Training of police” and “Radios for police”" in said or "“Radios for police” and" in said
    assert "2 actions, 1 pair; 1 action in both; 4 together" in said
    assert "<b>abroad</b>" not in response.content.decode()
    found = text_of(client.get(address(case, "regroup/?words=radios")))
    assert "1 case of this kind with the words “radios”" in found
    none = text_of(client.get(address(case, "regroup/?words=boats")))
    assert "Look for one word less" in none


def test_an_action_is_taken_out_and_both_cases_say_who_did_it(case: Case, world: World, cast: Cast) -> None:
    client = signed_in(cast.officer)

    done = text_of(split(client, case, world, "A3"))

    assert "2 pairs now stand in a case of their own" in done
    assert "2 pairs were taken out of this case into another one." in done
    assert "Others buy drones. Secretariat officer," in done
    assert "a later analysis keeps it" in done
    assert "To be coordinated 3" in text_of(client.get(QUEUE))
    act = Regrouping.objects.get()
    new = client.get(address(act.other))
    assert "This case was split off another one, with 2 pairs." in text_of(new)
    assert f'href="/desk/cases/{case.key}/' in new.content.decode()

    undone = client.post(address(act.other, "regroup/undo/"), {"act": act.key}, follow=True)
    said = text_of(undone)
    assert "It is taken back." in said
    assert "(undone by Secretariat officer" in said
    assert Finding.objects.filter(case=case).count() == 3
    assert client.get(address(act.other)).headers["Location"].startswith(address(case))


def test_single_pairs_are_taken_out(case: Case, world: World, cast: Cast) -> None:
    pair = Finding.objects.filter(case=case)[0]
    named = f"{pair.key_a}-{pair.key_b}"

    split(signed_in(cast.officer), case, world, **{"split-pairs": [named]})

    assert Regrouping.objects.get().pairs == [[pair.key_a, pair.key_b]]


def test_two_cases_are_joined_and_the_old_address_leads_to_the_joined_one(case: Case, cast: Cast) -> None:
    client, other = signed_in(cast.officer), other_of(case)
    add_note(other, text="Ask Vienna", by=cast.officer, at=NOON)
    sent = {
        "join-other": f"{other.key}:{other.version}",
        "join-reason": "One meeting.",
        "join-version": case.version,
    }

    done = text_of(client.post(address(case, f"join/?plan={PLAN}"), sent, follow=True))

    assert "The two are one case now." in done
    assert "Another case with 1 pair was joined into this one." in done
    assert "Ask Vienna" in done
    assert "Should these 4 actions be coordinated" in done
    moved = client.get(address(other, f"?plan={PLAN}&tab=board"))
    assert moved.headers["Location"] == address(case, f"?plan={PLAN}&tab=board")
    client.post(address(other, "notes/1/back/"))
    assert "Ask Vienna" not in text_of(client.get(address(case)))
    assert "To be coordinated 1" in text_of(client.get(QUEUE))


@pytest.mark.parametrize(
    ("actions", "values", "said"),
    [
        (("A3",), {"split-reason": ""}, "Give the reason"),
        ((), {}, "Choose what is taken out"),
        (("A1", "A2"), {}, "Nothing would stay"),
        ((), {"split-actions": "AAAAAAAA"}, "is not one of the available choices"),
    ],
)
def test_a_wrong_split_comes_back_with_what_was_typed(
    case: Case, world: World, cast: Cast, actions: tuple[str, ...], values: dict[str, str], said: str
) -> None:
    response = split(signed_in(cast.officer), case, world, *actions, **values)

    assert response.status_code == 422  # type: ignore[attr-defined]
    assert said in text_of(response)
    assert not Regrouping.objects.exists()


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"join-reason": "Why not", "join-version": 1}, 422, "Choose the case to join."),
        ({"join-other": "x", "join-reason": "Why not", "join-version": 1}, 422, "Enter a valid value"),
        ({"join-other": "ZZZZZZZZ:1", "join-reason": "Why not", "join-version": 1}, 404, ""),
        ({"join-other": "OTHER:1", "join-version": 1}, 422, "Give the reason"),
        ({"join-other": "OTHER:7", "join-reason": "Why not", "join-version": 1}, 409, ""),
        ({"join-other": "SELF:1", "join-reason": "Why not", "join-version": 1}, 422, "the same case"),
    ],
)
def test_a_wrong_join_comes_back(
    case: Case, cast: Cast, sent: dict[str, object], status: int, said: str
) -> None:
    named = str(sent.get("join-other", "")).replace("OTHER", other_of(case).key).replace("SELF", case.key)
    response = signed_in(cast.officer).post(address(case, "join/"), sent | {"join-other": named})

    assert response.status_code == status
    assert said in text_of(response)
    assert not Regrouping.objects.exists()


def test_of_two_officers_the_second_is_told(case: Case, world: World, cast: Cast) -> None:
    split(signed_in(cast.officer), case, world, "A3")

    second = split(signed_in(cast.second_officer), case, world, "A2")

    assert second.status_code in (404, 409, 422)  # type: ignore[attr-defined]
    assert Regrouping.objects.count() == 1


def test_while_sources_are_asked_the_page_says_why_nothing_can_be_done(case: Case, cast: Cast) -> None:
    Finding.objects.update(ends_on=None)
    until = clock.now().date() + timedelta(days=9)
    ask_sources(case, answers_until=until, by=cast.officer, at=clock.now())

    response = signed_in(cast.officer).get(address(case, "regroup/"))

    assert "are being asked about it, all with the same text, until" in text_of(response)
    assert reverse("members:sources", args=[case.key]) in response.content.decode()
    assert "Take these out" not in text_of(response)


def test_who_only_reads_is_told_that_people_did_it_and_not_why(case: Case, world: World, cast: Cast) -> None:
    split(signed_in(cast.officer), case, world, "A3")
    tell_all(cast.officer)

    said = text_of(signed_in(cast.reporter_b).get(address(case)))

    assert "2 pairs were taken out of this case into another one." in said
    assert "Others buy drones" not in said
    assert "Undo this split" not in said
    assert "Split or join" not in said
    assert signed_in(cast.reporter_b).get(address(case, "regroup/")).status_code == 403


def test_a_pair_alone_has_nothing_to_take_out(case: Case, cast: Cast) -> None:
    said = text_of(signed_in(cast.officer).get(address(other_of(case), "regroup/")))

    assert "This case is one pair: there is nothing to take out." in said


def test_undoing_what_is_not_there_is_not_found(case: Case, cast: Cast) -> None:
    client = signed_in(cast.officer)

    for act in ({}, {"act": "ZZZZZZZZ"}):
        assert client.post(address(case, "regroup/undo/"), act).status_code == 404


def test_the_pages_hold_their_number_of_queries(
    case: Case, world: World, cast: Cast, django_assert_max_num_queries: object
) -> None:
    client = signed_in(cast.officer)
    split(client, case, world, "A3")

    with django_assert_max_num_queries(60):  # type: ignore[operator]
        client.get(address(case))
    with django_assert_max_num_queries(60):  # type: ignore[operator]
        client.get(address(case, "regroup/?words=police"))
    with django_assert_max_num_queries(60):  # type: ignore[operator]
        client.get(f"{QUEUE}board/?q=police&asked=no&order=money&measure=none")
    assert re.search(r"case \w{8}", text_of(client.get(address(case))))
