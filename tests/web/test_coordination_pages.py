"""The pages of the queue: what they show, to whom, and that each answer does what it says."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from concord.accounts.models import Person
from concord.accounts.rules import Marking
from concord.analysis.models import Assessment, Finding
from concord.analysis.services import assess, run
from concord.plan.models import Action
from concord.plan.services import amend_action
from concord.work.worker import work_through
from tests.analysis.asked import tell_all
from tests.analysis.world import PLAN, World, an_action
from tests.cast import Cast
from tests.factories import NOON

QUEUE = f"/desk/plans/{PLAN}/coordination/"
LATER = NOON + timedelta(days=1)


def signed_in(person: Person) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def text_of(response: object) -> str:
    """What a page says, without its tags."""
    html = response.content.decode()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.split("<main")[1]))


@pytest.fixture
def finding(cast: Cast, world: World) -> Finding:
    """A1 and A2 may be one action; A1 and A3 overlap."""
    world.record(
        an_action(1, "Training of border police", funding=("300", "EUR"), start="2018", end="2030"),
        an_action(2, "Border police training <b>2018</b>", funding=("200", "EUR"), reporter="Implementer C"),
        an_action(3, "Police equipment", reporter="Donor B"),
    )
    world.finds("A1", "A2", "duplicate", 0.95)
    world.finds("A1", "A3", "overlap", 0.75)
    run(world.plan, by=cast.officer, at=NOON)
    return Finding.objects.get(kind="duplicate")


def address(finding: Finding, end: str = "") -> str:
    return f"/desk/coordination/{finding.key_a}/{finding.key_b}/{end}"


def test_the_queue_shows_the_first_case_with_its_question_and_both_actions(
    cast: Cast, finding: Finding
) -> None:
    response = signed_in(cast.officer).get(f"{QUEUE}double-entries/")
    said = text_of(response)

    assert response.status_code == 200
    assert "Could these be the same action, reported by the donor and by the implementer?" in said
    assert "Both train on firearms in Albania" in said
    assert "almost certain (0.95)" in said
    assert "both state money, at least EUR 200 each" in said
    html = response.content.decode()
    assert "<mark>" in html
    assert "<b>2018</b>" not in html  # a title is text, never markup


def test_each_part_of_the_queue_has_an_address_and_counts_its_cases(cast: Cast, finding: Finding) -> None:
    client = signed_in(cast.officer)

    assert "To be coordinated 1" in text_of(client.get(QUEUE))
    assert "Should these two be coordinated" in text_of(client.get(QUEUE))
    assert "will be here" in text_of(client.get(f"{QUEUE}synergies/"))
    assert "will be here" in text_of(client.get(f"{QUEUE}answered/"))
    assert "Before the Board 2" in text_of(client.get(f"{QUEUE}board/"))
    assert client.get(f"{QUEUE}nonsense/").status_code == 404


def test_filters_stand_in_the_address(cast: Cast, finding: Finding) -> None:
    client = signed_in(cast.officer)

    assert "No case of this part is like that" in text_of(
        client.get(f"{QUEUE}double-entries/?beneficiary=RS")
    )
    kept = text_of(client.get(f"{QUEUE}double-entries/?beneficiary=AL&certainty=3&q=border&adjustable=yes"))
    assert "With the words “border”, both for Albania, almost certain, that can still be changed" in kept
    assert "1 case" in kept


@pytest.mark.parametrize("query", ["?page=99", "?page=x", "?certainty=9", "?beneficiary=%00", "?q=%00"])
def test_an_address_that_means_nothing_shows_the_queue(cast: Cast, finding: Finding, query: str) -> None:
    assert signed_in(cast.officer).get(QUEUE + query).status_code == 200


@pytest.mark.parametrize(("given", "tab"), [("joined", "Agreed as joined"), ("phased", "Agreed as phased")])
def test_an_answer_is_recorded_and_shown_with_who_gave_it(
    cast: Cast, finding: Finding, given: str, tab: str
) -> None:
    client = signed_in(cast.officer)

    response = client.post(
        address(finding, f"answer/?plan={PLAN}"), {"answer": given, "version": 1}, follow=True
    )

    assert Assessment.objects.get().answer == given
    said = text_of(response)
    assert "Your answer is recorded." in said
    assert f"{tab}. Secretariat officer" in said
    assert "What was agreed?" not in said


def test_a_reason_is_asked_for_where_it_is_needed_and_what_was_chosen_stays(
    cast: Cast, finding: Finding
) -> None:
    response = signed_in(cast.officer).post(address(finding, "answer/"), {"answer": "kept", "version": 1})

    assert response.status_code == 422
    assert "Give the reason" in text_of(response)
    assert 'value="kept" data-answer="3"' in response.content.decode()
    assert re.search(r'value="kept"[^>]*checked', response.content.decode())
    assert not Assessment.objects.exists()


def test_no_answer_at_all_is_said(cast: Cast, finding: Finding) -> None:
    response = signed_in(cast.officer).post(address(finding, "answer/"), {"version": 1})

    assert response.status_code == 422
    assert "Choose one of the answers." in text_of(response)


def test_merging_goes_by_the_choice_of_fields_and_can_be_undone(
    cast: Cast,
    world: World,
    finding: Finding,
) -> None:
    client = signed_in(cast.officer)
    asked = client.post(address(finding, "answer/"), {"answer": "merged", "version": 1})
    assert asked.headers["Location"].startswith(address(finding, "merge/"))
    page = client.get(asked.headers["Location"])
    said = text_of(page)
    assert "list.csv, row 1" in said
    assert "list.csv, row 2" in said

    a, b = world.action("A1"), world.action("A2")
    column_of_b = 1 if finding.key_a == b.key else 2
    versions = {"version": 1, "version_a": 1, "version_b": 1}
    done = client.post(
        asked.headers["Location"],
        {"keep": a.key, "choose-title": column_of_b, "reason": "Same contract", **versions},
        follow=True,
    )

    assert "The two are one action now" in text_of(done)
    assert world.action("A1").title == "Border police training <b>2018</b>"
    assert world.action("A2").merged_into == a

    undone = client.post(address(finding, "undo/1/"), follow=True)
    assert "The answer is taken back" in text_of(undone)
    assert world.action("A1").title == "Training of border police"
    assert world.action("A2").merged_into is None


def test_a_merge_without_a_record_to_keep_comes_back(cast: Cast, finding: Finding) -> None:
    versions = {"version": 1, "version_a": 1, "version_b": 1}
    response = signed_in(cast.officer).post(address(finding, "merge/"), {"keep": "NOBODY00", **versions})

    assert response.status_code == 422
    assert not Assessment.objects.exists()


def test_of_two_officers_the_second_is_told_and_keeps_what_they_typed(cast: Cast, finding: Finding) -> None:
    assess(finding, answer="joined", expected_version=1, by=cast.officer, at=NOON)

    response = signed_in(cast.second_officer).post(
        address(finding, "answer/"), {"answer": "kept", "reason": "Two forces", "version": 1}
    )

    assert response.status_code == 409
    assert "Two forces" in text_of(response)
    assert Assessment.objects.get().answer == "joined"


def test_a_merge_on_an_old_page_is_409(cast: Cast, world: World, finding: Finding) -> None:
    amend_action(world.action("A1"), changes={"end": "2031"}, expected_version=1, by=cast.officer, at=NOON)

    response = signed_in(cast.officer).post(
        address(finding, "merge/"),
        {"keep": finding.key_a, "version": 1, "version_a": 1, "version_b": 1},
    )

    assert response.status_code == 409


def test_an_answered_pair_that_changed_says_what_changed(
    cast: Cast,
    world: World,
    finding: Finding,
) -> None:
    assess(finding, answer="joined", expected_version=1, by=cast.officer, at=NOON)
    amend_action(world.action("A1"), changes={"end": "2031"}, expected_version=1, by=cast.officer, at=LATER)
    run(world.plan, by=cast.officer, at=LATER)

    said = text_of(signed_in(cast.officer).get(address(finding)))
    assert "Changed since it was answered: end of “Training of border police”." in said
    assert "What was agreed?" in said


def test_members_who_may_not_answer_see_the_question_and_no_form(cast: Cast, finding: Finding) -> None:
    tell_all(cast.officer)
    client = signed_in(cast.reporter_c)
    response = client.get(address(finding))

    assert response.status_code == 200
    assert "record what was agreed" in text_of(response)
    assert 'name="answer"' not in response.content.decode()
    assert "Analyse this plan now" not in text_of(response)
    assert client.post(address(finding, "answer/"), {"answer": "joined", "version": 1}).status_code == 403
    assert not Assessment.objects.exists()


def test_who_is_no_member_sees_nothing(cast: Cast, finding: Finding) -> None:
    assert Client().get(QUEUE).status_code == 302
    for person in (cast.administrator,):
        client = signed_in(person)
        assert client.get(QUEUE).status_code == 404
        assert client.get(address(finding)).status_code == 404
        assert client.post(address(finding, "answer/"), {"answer": "joined"}).status_code == 404


@pytest.mark.parametrize("person", ["reporter_a", "reporter_b", "lead_partner", "auditor"])
def test_a_finding_with_a_restricted_action_is_nowhere_but_with_the_secretariat(
    cast: Cast,
    world: World,
    finding: Finding,
    person: str,
) -> None:
    """Neither its case, nor a count, nor its address tells that it is there."""
    tell_all(cast.officer)
    Action.objects.filter(own_id="A2").update(marking=Marking.AMBER_STRICT)
    client = signed_in(getattr(cast, person))

    assert client.get(address(finding)).status_code == 404
    said = text_of(client.get(f"{QUEUE}double-entries/"))
    assert "Possible double entries 0" in said
    assert "Before the Board 1" in said
    assert "Border police training" not in said
    other = Finding.objects.get(kind="overlap")
    if person != "auditor":
        assert "Border police training" not in text_of(client.get(address(other)))
    assert "Possible double entries 1" in text_of(signed_in(cast.officer).get(QUEUE))


def test_the_analysis_runs_from_the_page_for_who_may(cast: Cast, world: World, finding: Finding) -> None:
    world.finds("A2", "A3", "synergy")

    officer = signed_in(cast.officer)
    asked = officer.post(f"{QUEUE}run/")
    work_through()
    assert "The plan is analysed" in text_of(officer.get(asked["Location"]))
    assert Finding.objects.count() == 3
    assert signed_in(cast.reporter_a).post(f"{QUEUE}run/").status_code == 403


def test_reading_the_pages_changes_nothing(cast: Cast, finding: Finding) -> None:
    client = signed_in(cast.officer)
    before = list(Finding.objects.values())
    for page in (QUEUE, f"{QUEUE}board/", address(finding), address(finding, "merge/")):
        assert client.get(page).status_code == 200

    assert list(Finding.objects.values()) == before
    assert not Assessment.objects.exists()


def test_the_queue_asks_the_database_as_often_for_cases_of_eight_as_for_pairs(
    cast: Cast,
    world: World,
    finding: Finding,
    django_assert_max_num_queries: object,
) -> None:
    client = signed_in(cast.officer)
    client.get(QUEUE)
    with django_assert_max_num_queries(QUERIES) as few:  # type: ignore[operator]
        client.get(QUEUE)

    world.record(*(an_action(number, end="2039") for number in range(4, 14)))
    for a in range(4, 14):
        for b in range(a + 1, 14):
            world.finds(f"A{a}", f"A{b}")
    run(world.plan, by=cast.officer, at=LATER)
    with django_assert_max_num_queries(QUERIES) as many:  # type: ignore[operator]
        response = client.get(QUEUE)

    said = text_of(response)
    assert re.search(r"8 actions, 28 pairs", said)
    assert len(many) <= len(few) + 3  # a case that has no neighbours does not read them


QUERIES = 60
"""A page with the queue, one case, its history and its neighbours."""
