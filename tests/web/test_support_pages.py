"""Needs and support: the matrix, what a cell rests on, and answering proposals."""

import pytest
from django.test import Client

from concord.accounts.rules import Marking
from concord.analysis.models import CoverageProposal
from concord.analysis.services import run
from concord.plan.models import Action, NeedLink
from tests.analysis.world import PLAN, World, a_need, an_action
from tests.cast import Cast
from tests.factories import NOON
from tests.web.test_coordination_pages import signed_in, text_of

SUPPORT = f"/desk/plans/{PLAN}/support/"


@pytest.fixture
def proposal(cast: Cast, world: World) -> CoverageProposal:
    """N1 (Albania, 2017) may be answered by A1 (2018 to 2019, likely) and A2 (unlikely); N2 by nobody."""
    world.record(
        an_action(1, "Training of border police"),
        an_action(2, "Roads"),
        a_need(1, "Border police need training"),
        a_need(2, "Laws on weapons", beneficiaries=["RS"]),
    )
    world.covers("N1", "A1", 0.92)
    world.covers("N1", "A2", 0.3)
    run(world.plan, by=cast.officer, at=NOON)
    return CoverageProposal.objects.get(action__own_id="A1")


def cell(world: World, year: int) -> str:
    return f"{SUPPORT}{world.need('N1').key}/AL/{year}/"


def test_the_matrix_shows_every_need_with_its_words_and_what_is_only_proposed(
    cast: Cast, proposal: CoverageProposal
) -> None:
    response = signed_in(cast.officer).get(SUPPORT)
    said = text_of(response)

    assert response.status_code == 200
    assert "For 2 of 2 needs no support is reported." in said
    assert "nobody has confirmed yet: 1, for 1 need." in said
    assert "none reported 1 proposed" in said
    assert "1 link proposed, not confirmed" in said
    assert "Laws on weapons" in said


def test_a_confirmed_link_changes_the_cells_of_the_years_that_the_action_meets(
    cast: Cast,
    world: World,
    proposal: CoverageProposal,
) -> None:
    client = signed_in(cast.officer)
    done = client.post(
        f"/desk/proposals/{proposal.key}/", {"answer": "direct", "version": 1, "back": cell(world, 2018)}
    )
    assert done.headers["Location"] == cell(world, 2018)

    said = text_of(client.get(SUPPORT))
    assert "under way, money not reported 2018–2019" in said
    assert "none reported 2020" in said
    assert "For 1 of 2 needs no support is reported." in said
    here = text_of(client.get(cell(world, 2018)))
    assert "Answers it directly. Confirmed by Secretariat officer" in here
    assert "not yet confirmed" in here  # how old the action's entry is
    assert "None reported: nobody has confirmed" in text_of(client.get(cell(world, 2020)))


def test_a_cell_opens_what_it_rests_on_and_what_is_proposed_for_it(
    cast: Cast,
    world: World,
    proposal: CoverageProposal,
) -> None:
    said = text_of(signed_in(cast.officer).get(cell(world, 2018)))

    assert "Albania, 2018" in said
    assert "none reported" in said
    assert "The beneficiary has not cleared this need yet." in said
    assert "Proposed: answers it directly (almost certain, 0.92)." in said
    assert "It answers it partly" in said


@pytest.mark.parametrize("end", ["RS/2018/", "AL/1999/", "ZZ/2018/"])
def test_a_cell_that_the_matrix_does_not_have_is_404(
    cast: Cast,
    world: World,
    proposal: CoverageProposal,
    end: str,
) -> None:
    address = f"{SUPPORT}{world.need('N1').key}/{end}"
    assert signed_in(cast.officer).get(address).status_code == 404


def test_a_needs_page_has_likely_and_less_likely_proposals_and_takes_refusals_back(
    cast: Cast,
    world: World,
    proposal: CoverageProposal,
) -> None:
    client, address = signed_in(cast.officer), f"/desk/needs/{world.need('N1').key}/support/"
    said = text_of(client.get(address))
    assert "Training of border police" in said
    assert "Less likely ones" in said

    client.post(f"/desk/proposals/{proposal.key}/", {"answer": "refuse", "version": 1})
    refused = text_of(client.get(address))
    assert "Refused on 23" in refused or "Refused on" in refused
    assert "Proposed by analysis, not yet confirmed" not in refused

    client.post(f"/desk/proposals/{proposal.key}/", {"answer": "reopen", "version": 2})
    assert "Proposed by analysis, not yet confirmed" in text_of(client.get(address))


def test_a_link_can_be_taken_back(cast: Cast, world: World, proposal: CoverageProposal) -> None:
    client = signed_in(cast.officer)
    client.post(f"/desk/proposals/{proposal.key}/", {"answer": "partly", "version": 1})
    need, action = world.need("N1"), world.action("A1")

    done = client.post(f"/desk/needs/{need.key}/support/{action.key}/remove/", follow=True)

    assert "The link is taken back." in text_of(done)
    assert not NeedLink.objects.exists()
    again = client.post(f"/desk/needs/{need.key}/support/{action.key}/remove/")
    assert again.status_code == 404


def test_many_links_are_confirmed_at_once(cast: Cast, proposal: CoverageProposal) -> None:
    client = signed_in(cast.officer)
    assert "all that are almost certain or more (1)" in text_of(client.get(SUPPORT))

    done = client.post(f"{SUPPORT}confirm/", {"at_least": "0.9"}, follow=True)

    assert "1 link is confirmed." in text_of(done)
    assert NeedLink.objects.get().strength == "direct"
    assert client.post(f"{SUPPORT}confirm/", {"at_least": "0"}).status_code == 422


def test_an_old_page_is_409_and_a_strange_answer_422(cast: Cast, proposal: CoverageProposal) -> None:
    client, address = signed_in(cast.officer), f"/desk/proposals/{proposal.key}/"
    client.post(address, {"answer": "direct", "version": 1})

    assert client.post(address, {"answer": "partly", "version": 1}).status_code == 409
    assert client.post(address, {"answer": "perhaps", "version": 2}).status_code == 422
    assert NeedLink.objects.get().strength == "direct"


def test_members_who_may_not_confirm_see_no_buttons_and_are_refused(
    cast: Cast,
    world: World,
    proposal: CoverageProposal,
) -> None:
    client = signed_in(cast.coordinator)

    assert "Proposed by analysis" in text_of(client.get(cell(world, 2018)))
    assert "It answers it" not in text_of(client.get(cell(world, 2018)))
    assert "Confirm many" not in text_of(client.get(SUPPORT))
    address = f"/desk/proposals/{proposal.key}/"
    assert client.post(address, {"answer": "direct", "version": 1}).status_code == 403
    assert client.post(f"{SUPPORT}confirm/", {"at_least": "0.9"}).status_code == 403
    assert not NeedLink.objects.exists()


def test_who_is_no_member_sees_nothing(cast: Cast, world: World, proposal: CoverageProposal) -> None:
    assert Client().get(SUPPORT).status_code == 302
    client = signed_in(cast.administrator)
    for address in (SUPPORT, cell(world, 2018), f"/desk/needs/{world.need('N1').key}/support/"):
        assert client.get(address).status_code == 404


def test_a_hidden_action_is_in_no_cell_count_or_list(
    cast: Cast,
    world: World,
    proposal: CoverageProposal,
) -> None:
    Action.objects.filter(own_id="A1").update(marking=Marking.AMBER_STRICT)
    client = signed_in(cast.reporter_b)

    assert "proposed" not in text_of(client.get(SUPPORT)).split("Needs that say")[1]
    assert "nobody has confirmed yet" not in text_of(client.get(SUPPORT))
    assert "Training of border police" not in text_of(client.get(cell(world, 2018)))
    assert client.post(f"/desk/proposals/{proposal.key}/", {"answer": "direct"}).status_code == 404


@pytest.mark.parametrize("query", ["?beneficiary=AL", "?cell=none reported", "?q=border", "?cell=x&q=%00"])
def test_filters_stand_in_the_address(cast: Cast, proposal: CoverageProposal, query: str) -> None:
    response = signed_in(cast.officer).get(SUPPORT + query)

    assert response.status_code == 200
    assert "Border police need training" in text_of(response)


def test_a_filter_that_nothing_passes_says_so(cast: Cast, proposal: CoverageProposal) -> None:
    assert "No need is like that." in text_of(signed_in(cast.officer).get(f"{SUPPORT}?cell=met"))


def test_answers_lead_only_to_pages_of_ours(cast: Cast, proposal: CoverageProposal) -> None:
    done = signed_in(cast.officer).post(
        f"/desk/proposals/{proposal.key}/",
        {"answer": "direct", "version": 1, "back": "https://evil.example/desk/"},
    )
    assert done.headers["Location"] == f"/desk/needs/{proposal.need.key}/support/"


def test_the_matrix_asks_the_database_as_often_for_many_needs_as_for_two(
    cast: Cast,
    world: World,
    proposal: CoverageProposal,
    django_assert_max_num_queries: object,
) -> None:
    client = signed_in(cast.officer)
    client.get(SUPPORT)
    with django_assert_max_num_queries(60) as few:  # type: ignore[operator]
        client.get(SUPPORT)

    world.record(
        *(a_need(number) for number in range(3, 20)), *(an_action(number) for number in range(3, 20))
    )
    for number in range(3, 20):
        world.covers(f"N{number}", f"A{number}")
    run(world.plan, by=cast.officer, at=NOON)
    with django_assert_max_num_queries(60) as many:  # type: ignore[operator]
        client.get(SUPPORT)

    assert len(many) <= len(few)
