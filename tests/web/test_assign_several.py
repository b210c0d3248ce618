"""Several cases of a page of the queue are assigned at once."""

import re

import pytest

from concord.analysis.models import Case
from concord.analysis.services import run
from tests.analysis.world import World, an_action
from tests.cast import Cast
from tests.factories import NOON
from tests.web.test_coordination_pages import QUEUE, signed_in, text_of

ASSIGN = f"{QUEUE}assign/"


@pytest.fixture
def cases(world: World, cast: Cast) -> list[Case]:
    """Two overlaps, each a case of its own."""
    world.record(*(an_action(number, f"Training of police {number}", end="2039") for number in range(1, 5)))
    world.finds("A1", "A2")
    world.finds("A3", "A4")
    run(world.plan, by=cast.officer, at=NOON)
    return list(Case.objects.order_by("key"))


def values_in(page: str) -> list[str]:
    """The cases that the form offers, as it would send them."""
    return re.findall(r'name="cases" value="([^"]+)"', page)


def shown_in(page: str) -> str:
    found = re.search(r'name="shown" value="([^"]+)"', page)
    assert found
    return found[1]


def test_the_chosen_ones_are_assigned_and_the_place_in_the_queue_is_kept(
    cases: list[Case], cast: Cast
) -> None:
    client = signed_in(cast.officer)
    page = client.get(f"{QUEUE}?order=title").content.decode()
    assert f'action="{ASSIGN}?plan=' in page
    sent = {"to": cast.lead_partner.ref, "shown": shown_in(page), "cases": values_in(page)[:1]}

    answer = client.post(f"{ASSIGN}?tab=coordinate&order=title", sent, follow=True)

    assert answer.redirect_chain == [(f"{QUEUE}?order=title", 302)]
    assert f"1 case is with {cast.lead_partner.name} now." in text_of(answer)
    assert Case.objects.filter(assigned_to=cast.lead_partner).count() == 1


def test_all_of_the_page_are_assigned_and_given_back(cases: list[Case], cast: Cast) -> None:
    client = signed_in(cast.officer)
    sent = {"to": cast.officer.ref, "shown": shown_in(client.get(QUEUE).content.decode()), "all": "yes"}
    assert "2 cases are with Secretariat officer now." in text_of(client.post(ASSIGN, sent, follow=True))
    assert Case.objects.filter(assigned_to=cast.officer).count() == 2

    assert client.post(ASSIGN, sent).status_code == 302  # sent twice: it is so already
    back = {"to": "", "shown": shown_in(client.get(QUEUE).content.decode()), "all": "yes"}
    assert "2 cases are with nobody now." in text_of(client.post(ASSIGN, back, follow=True))


def test_a_page_that_is_out_of_date_changes_nothing(cases: list[Case], cast: Cast) -> None:
    client = signed_in(cast.officer)
    sent = {"to": cast.officer.ref, "shown": shown_in(client.get(QUEUE).content.decode()), "all": "yes"}
    Case.objects.filter(pk=cases[1].pk).update(version=2, assigned_to=cast.second_officer)

    answer = client.post(ASSIGN, sent)

    assert answer.status_code == 409
    assert cases[1].key in text_of(answer)
    assert not Case.objects.filter(assigned_to=cast.officer).exists()


@pytest.mark.parametrize(
    "change",
    [{"cases": []}, {"cases": ["ZZZZZZZZ:1"]}, {"shown": ""}, {"shown": "no key"}, {"to": "who"}],
)
def test_what_nobody_can_mean_is_refused(cases: list[Case], cast: Cast, change: dict[str, object]) -> None:
    client = signed_in(cast.officer)
    page = client.get(QUEUE).content.decode()
    sent = {"to": cast.officer.ref, "shown": shown_in(page), "cases": values_in(page)} | change

    assert client.post(ASSIGN, sent).status_code == 422
    assert not Case.objects.exclude(assigned_to=None).exists()


def test_who_does_not_coordinate_is_offered_nothing(cases: list[Case], cast: Cast) -> None:
    auditor = signed_in(cast.auditor)
    assert "assign-several" not in auditor.get(QUEUE).content.decode()
    assert auditor.post(ASSIGN, {"to": "", "shown": f"{cases[0].key}:1", "all": "yes"}).status_code == 403


def test_a_single_case_needs_no_list(world: World, cast: Cast) -> None:
    world.record(an_action(1, end="2039"), an_action(2, end="2039"))
    world.finds("A1", "A2")
    run(world.plan, by=cast.officer, at=NOON)

    assert "assign-several" not in signed_in(cast.officer).get(QUEUE).content.decode()
