"""The page of a case: its actions in parallel, one answer for all its pairs, and who works on it."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from concord.analysis.models import Assessment, Case, CaseNote, Finding
from concord.analysis.services import add_note, assess, assign, run
from tests.analysis.world import PLAN, World, an_action
from tests.cast import Cast
from tests.factories import NOON
from tests.web.test_coordination_pages import QUEUE, signed_in, text_of

LATER = NOON + timedelta(days=1)


@pytest.fixture
def case(world: World, cast: Cast) -> Case:
    """Three actions that overlap with each other, two of them stating money, until 2039."""
    world.record(
        an_action(1, "Training of police", funding=("300", "EUR"), end="2039"),
        an_action(2, "Police training <b>abroad</b>", funding=("200", "EUR"), reporter="Donor B", end="2039"),
        an_action(3, "More police training", end="2039", action_types=["equipment"]),
    )
    for one, other in (("A1", "A2"), ("A1", "A3"), ("A2", "A3")):
        world.finds(one, other)
    run(world.plan, by=cast.officer, at=NOON)
    return Case.objects.get()


def address(case: Case, end: str = "") -> str:
    return f"/desk/cases/{case.key}/{end}"


def read_now(case: Case) -> str:
    """The pairs with their versions, as the form carries them."""
    rows = Finding.objects.filter(case=case)
    return " ".join(f"{f.key_a}-{f.key_b}:{f.version}" for f in rows)


def test_a_case_shows_its_actions_its_numbers_and_its_pairs(case: Case, cast: Cast) -> None:
    response = signed_in(cast.officer).get(address(case))
    said, html = text_of(response), response.content.decode()

    assert response.status_code == 200
    assert "Should these 3 actions be coordinated, because they do the same kind of work?" in said
    assert "Three actions, most of which train police on firearms in Albania between 2018 and 2039." in said
    assert "264 months in which at least two of them run" in said
    assert "up to EUR 200 in a pair: the smaller budget over the common months, spread evenly" in said
    assert "(known for 1 of 3 pairs)" in said
    assert "They differ in: reported by, money, means." in said
    assert len(re.findall(r'href="[^"]*/coordination/\w{8}/\w{8}/[^"]*#pair"', html)) == 3
    assert "<b>abroad</b>" not in html


def test_the_queue_shows_one_case_where_it_showed_three_pairs(case: Case, cast: Cast) -> None:
    said = text_of(signed_in(cast.officer).get(QUEUE))

    assert "To be coordinated 1" in said
    assert "3 actions, 3 pairs; likely" in said
    assert "1 case" in said


def test_a_pair_opens_inside_its_case_under_its_old_address(case: Case, cast: Cast) -> None:
    finding = Finding.objects.filter(case=case)[0]
    said = text_of(signed_in(cast.officer).get(f"/desk/coordination/{finding.key_b}/{finding.key_a}/"))

    assert "The pairs of this case" in said
    assert re.search(r"Actions \d and \d", said)
    assert "What the number rests on" in said
    assert "only the pair that is open above" in said
    by_query = signed_in(cast.officer).get(address(case, f"?pair={finding.key_a}-{finding.key_b}"))
    assert "What the number rests on" in text_of(by_query)


def test_a_pair_that_is_no_longer_proposed_keeps_its_page(case: Case, cast: Cast, world: World) -> None:
    gone = Finding.objects.filter(case=case)[0]
    Finding.objects.filter(pk=gone.pk).update(is_live=False)
    client = signed_in(cast.officer)

    assert "no longer proposed" in text_of(client.get(f"/desk/coordination/{gone.key_a}/{gone.key_b}/"))
    assert "no longer proposed" not in text_of(client.get(address(case)))


def test_the_whole_case_is_answered_and_undone_in_one_act(case: Case, cast: Cast) -> None:
    client = signed_in(cast.officer)
    sent = {"answer": "joined", "about": "case", "reason": "In Vienna", "read": read_now(case)}

    done = text_of(client.post(address(case, f"answer/?plan={PLAN}"), sent, follow=True))

    assert "Your answer is recorded for 3 pairs." in done
    assert "Agreed as joined (3 pairs): In Vienna" in done
    assert "What was agreed?" not in done
    assert "Answered or over 1" in text_of(client.get(f"{QUEUE}answered/"))

    first = Assessment.objects.first()
    assert first is not None
    pair = f"{first.finding.key_a}-{first.finding.key_b}"
    undone = text_of(client.post(address(case, "undo/"), {"pair": pair, "number": "1"}, follow=True))
    assert "The answer is taken back for 3 pairs" in undone
    assert "(undone by Secretariat officer" in undone
    assert not Assessment.objects.filter(undone_at=None).exists()


def test_one_pair_is_answered_and_the_rest_of_the_case_goes_on(case: Case, cast: Cast) -> None:
    finding = Finding.objects.filter(case=case)[0]
    pair = f"{finding.key_a}-{finding.key_b}"
    sent = {"answer": "phased", "about": pair, "read": read_now(case)}

    done = signed_in(cast.officer).post(address(case, f"answer/?pair={pair}"), sent, follow=True)

    assert "Your answer is recorded." in text_of(done)
    assert "1 of 3 pairs answered" in text_of(done)
    assert Assessment.objects.get().finding == finding


def test_merging_needs_one_pair(case: Case, cast: Cast) -> None:
    client = signed_in(cast.officer)
    whole = client.post(
        address(case, "answer/"), {"answer": "merged", "about": "case", "read": read_now(case)}
    )
    assert whole.status_code == 422
    assert "open the pair that is one action" in text_of(whole)

    finding = Finding.objects.filter(case=case)[0]
    pair = f"{finding.key_a}-{finding.key_b}"
    sent = {"answer": "merged", "about": pair, "read": read_now(case)}
    one = client.post(address(case, f"answer/?pair={pair}"), sent)
    assert one.headers["Location"].startswith(f"/desk/coordination/{finding.key_a}/{finding.key_b}/merge/")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"answer": "kept", "about": "case"}, "Give the reason"),
        ({"about": "case"}, "Choose one of the answers."),
    ],
)
def test_a_wrong_form_comes_back(case: Case, cast: Cast, sent: dict[str, str], said: str) -> None:
    response = signed_in(cast.officer).post(address(case, "answer/"), sent | {"read": read_now(case)})

    assert response.status_code == 422
    assert said in text_of(response)
    assert not Assessment.objects.exists()


def test_of_two_officers_the_second_is_told(case: Case, cast: Cast) -> None:
    read = read_now(case)
    assess(Finding.objects.all()[1], answer="joined", expected_version=1, by=cast.officer, at=NOON)

    response = signed_in(cast.second_officer).post(
        address(case, "answer/"), {"answer": "kept", "reason": "Two forces", "about": "case", "read": read}
    )

    assert response.status_code == 409
    assert Assessment.objects.count() == 1


@pytest.mark.parametrize("sent", [{}, {"pair": "X"}, {"pair": "A-B", "number": "1"}, {"number": "x"}])
def test_undoing_what_is_not_there_is_not_found(case: Case, cast: Cast, sent: dict[str, str]) -> None:
    assert signed_in(cast.officer).post(address(case, "undo/"), sent).status_code == 404


def test_a_case_is_taken_on_given_away_and_found_by_that(case: Case, cast: Cast) -> None:
    client = signed_in(cast.officer)
    taken = client.post(address(case, "assign/"), {"to": "me", "version": "1"}, follow=True)
    assert "Secretariat officer has taken it on" in text_of(taken)
    assert "with Secretariat officer" in text_of(client.get(f"{QUEUE}?assigned=me"))
    assert "No case of this part is like that" in text_of(client.get(f"{QUEUE}?assigned=nobody"))

    given = {"to": cast.lead_partner.ref, "version": "2"}
    client.post(address(case, "assign/"), given)
    assert Case.objects.get().assigned_to == cast.lead_partner
    assert client.post(address(case, "assign/"), given).status_code == 409
    assert client.post(address(case, "assign/"), {"to": cast.auditor.ref, "version": "3"}).status_code == 422


def test_notes_are_for_those_who_coordinate(case: Case, cast: Cast) -> None:
    officer = signed_in(cast.officer)
    kept = officer.post(address(case, "notes/"), {"text": "Ask <Vienna> first"}, follow=True)
    assert "Ask &lt;Vienna&gt; first" in kept.content.decode()
    assert "Take this note back" in text_of(kept)
    partner = text_of(signed_in(cast.lead_partner).get(address(case)))
    assert "first" in partner
    assert "Take this note back" not in partner
    auditor = text_of(signed_in(cast.auditor).get(address(case)))
    assert "Between those who coordinate" not in auditor

    assert officer.post(address(case, "notes/"), {"text": " "}).status_code == 422
    officer.post(address(case, "notes/1/back/"))
    assert CaseNote.objects.get().taken_back_at is not None
    assert "Vienna" not in text_of(officer.get(address(case)))


@pytest.mark.parametrize(("ending", "starts"), [("docx", b"PK"), ("pdf", b"%PDF")])
def test_the_evidence_sheet_is_there_for_those_who_coordinate(
    case: Case, cast: Cast, ending: str, starts: bytes
) -> None:
    made = signed_in(cast.officer).get(address(case, f"sheet.{ending}"))

    assert made.content.startswith(starts)
    assert made.headers["Content-Disposition"] == (
        f'attachment; filename="case-{case.key}-TLP-GREEN.{ending}"'
    )
    assert signed_in(cast.auditor).get(address(case, f"sheet.{ending}")).status_code == 403
    assert signed_in(cast.officer).get(address(case, "sheet.odt")).status_code == 404


def test_reading_a_case_changes_nothing(case: Case, cast: Cast) -> None:
    assign(case, to=cast.officer, expected_version=1, by=cast.officer, at=NOON)
    add_note(case, text="Mine", by=cast.officer, at=NOON)
    before = [list(table.objects.values()) for table in (Case, CaseNote, Finding, Assessment)]
    client = signed_in(cast.officer)
    for end in ("", "?tab=board", "?pair=x", "?pair=%00", "sheet.docx"):
        assert client.get(address(case, end)).status_code == 200

    assert [list(table.objects.values()) for table in (Case, CaseNote, Finding, Assessment)] == before


def test_who_is_no_member_finds_no_case(case: Case, cast: Cast) -> None:
    assert Client().get(address(case)).status_code == 302
    assert signed_in(cast.administrator).get(address(case)).status_code == 404
    assert signed_in(cast.officer).get("/desk/cases/ZZZZZZZZ/").status_code == 404


def test_page_sizes_stand_in_the_address(case: Case, cast: Cast) -> None:
    client = signed_in(cast.officer)

    assert 'value="50" selected' in client.get(f"{QUEUE}?size=50").content.decode()
    assert client.get(f"{QUEUE}?size=7").status_code == 200
