"""The page on which an idea is checked, with and without scripts, from a form and from a file."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from concord.accounts.rules import Marking
from concord.plan.models import Action
from tests.analysis.real_texts import BORDER, NEED, TEXTS, real_world
from tests.analysis.world import World, an_action
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
HTMX = {"HX-Request": "true"}
IDEA = {
    "title": "Courses for border police on forged passports",
    "summary": TEXTS[1][1],
    "beneficiaries": ["AL"],
}


@pytest.fixture
def real(cast: Cast) -> World:
    return real_world(cast.lead_organisation)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def reporter(cast: Cast) -> Client:
    return signed_in(cast.reporter_b)


def page() -> str:
    return reverse("members:check")


def send(client: Client, **fields: Any) -> Any:
    return client.post(page(), fields)


def upload(client: Client, name: str, content: bytes) -> Any:
    return client.post(page(), {"file": SimpleUploadedFile(name, content)})


def text(answer: Any) -> str:
    return answer.content.decode()


def test_the_empty_page_says_what_it_is_for(reporter: Client, real: World) -> None:
    answer = reporter.get(page())

    assert answer.status_code == 200
    assert "compared and not kept" in text(answer)
    assert "What was found" not in text(answer)


def test_an_idea_is_answered_with_links_and_reasons(reporter: Client, real: World) -> None:
    answer = send(reporter, **IDEA, start="2018", end="2019")

    said = text(answer)
    assert answer.status_code == 200
    assert BORDER in said
    assert reverse("members:action", args=[real.action("A1").key]) in said
    assert "Compared with 5 actions and 1 need" in said
    assert NEED in said
    assert "Who works on the same" in said
    assert "border police" in said


def test_how_it_was_read_is_said_in_words(reporter: Client, real: World) -> None:
    said = text(send(reporter, title="Courses on forged passports for border police in Albania, 2027-2029"))

    assert "training; on border management; with border police; for Albania; 2027–2029." in said
    assert "Read from the words: means, topics and places." in said


def test_with_scripts_the_part_alone_is_answered(reporter: Client, real: World) -> None:
    answer = reporter.post(page(), IDEA, headers=HTMX)

    assert text(answer).lstrip().startswith('<div id="check">')
    assert "<html" not in text(answer)
    assert "HX-Request" in answer["Vary"]


def test_nothing_is_stored_or_left_in_caches(reporter: Client, real: World, folder: Path) -> None:
    send(reporter, **IDEA)  # the index is there from now on
    rows = {model._meta.label: model._default_manager.count() for model in apps.get_models()}
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    answers = [
        send(reporter, title="Zqkanari courses", summary="Zqkanari"),
        upload(reporter, "zqkanari.csv", b"title;summary\nZqkanari laboratory;microscopes\n"),
        upload(reporter, "zqkanari.txt", b"Zqkanari laboratory\nmicroscopes\n"),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert all("no-store" in answer["Cache-Control"] for answer in answers)
    assert {model._meta.label: model._default_manager.count() for model in apps.get_models()} == rows
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == files


def test_an_answer_asks_the_database_little(
    reporter: Client, real: World, django_assert_max_num_queries: Any
) -> None:
    send(reporter, **IDEA)

    with django_assert_max_num_queries(40):
        send(reporter, **IDEA)


def test_a_draft_gets_one_answer_per_row(reporter: Client, real: World) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.append(["Title", "Summary", "Beneficiaries", "Start", "End"])
    sheet.append(["Border police courses", TEXTS[2][1], "ALB", "2018", "2019"])
    sheet.append(["Microscopes for the ballistics laboratory", TEXTS[4][1], "ALB", "2030", "2029"])
    content = io.BytesIO()
    book.save(content)

    said = text(upload(reporter, "draft.xlsx", content.getvalue()))

    assert "What was found for 2 ideas" in said
    assert "row 2" in said
    assert BORDER in said
    assert "lies before the start" in said


def test_a_plain_text_is_one_draft(reporter: Client, real: World) -> None:
    said = text(
        upload(
            reporter, "note.txt", "Border police courses\n\nForged passports in Albania.".encode("utf-8-sig")
        )
    )

    assert BORDER in said


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.txt", b"", "empty"),
        ("note.txt", b"\xff\xfe\x00", "UTF-8"),
        ("paper.pdf", b"%PDF-1.7", "PDF"),
        ("list.csv", b"name of the thing;colour\nshelf;red\n", "title"),
        ("broken.xlsx", b"PK\x03\x04broken", "read"),
        ("errors.csv", b"title;start;end\nCourses;2030;2029\n", "lies before the start"),
    ],
)
def test_a_file_that_cannot_be_checked_says_what_to_do(
    reporter: Client, real: World, name: str, content: bytes, says: str
) -> None:
    answer = upload(reporter, name, content)

    assert answer.status_code == 422
    assert "Nothing was checked yet" in text(answer)
    assert says in text(answer)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Write in a few words"),
        ({"title": "Courses", "start": "soon"}, "Begins"),
        ({"title": "Courses", "start": "2030", "end": "2029"}, "before"),
        ({"title": "Courses", "amount": "5"}, "which currency"),
        ({"title": "Courses", "amount": "much"}, "Amount"),
        ({"title": "Courses", "topics": ["no such topic"]}, "Topics"),
        ({"title": "x" * 501}, "500"),
    ],
)
def test_a_wrong_form_keeps_what_was_typed(
    reporter: Client, real: World, fields: dict[str, Any], says: str
) -> None:
    answer = send(reporter, **fields)

    assert answer.status_code == 422
    assert says in text(answer)
    assert fields.get("title", "") in text(answer)


def test_a_megabyte_of_text_is_answered(reporter: Client, real: World) -> None:
    answer = send(reporter, title="Border police", summary="forged passports " * 60_000)

    assert answer.status_code == 200


def test_text_stays_text(reporter: Client, real: World) -> None:
    said = text(
        send(reporter, title="<script>alert(1)</script> border police", summary="<b>forged</b> passports")
    )

    assert "<script>alert" not in said
    assert "<b>forged" not in said


def test_hidden_actions_are_not_told_and_own_ones_carry_their_marking(real: World, cast: Cast) -> None:
    real.record(an_action(9, f"{BORDER} Zqkanari", summary=TEXTS[1][1], topics=["border-management"]))
    Action.objects.filter(own_id="A9").update(marking=Marking.AMBER_STRICT)

    other, own = (text(send(signed_in(person), **IDEA)) for person in (cast.reporter_b, cast.reporter_a))

    assert "Zqkanari" not in other
    assert "Compared with 5 actions" in other
    assert "Zqkanari" in own
    assert "TLP:AMBER+STRICT" in own


def test_an_idea_like_nothing_says_what_to_try(reporter: Client, real: World) -> None:
    assert "Nothing that you may see is like this idea" in text(send(reporter, title="Zzyzx"))


def test_the_way_there_stands_on_the_desk_and_on_the_plan(reporter: Client, real: World) -> None:
    desk = text(reporter.get(reverse("members:desk")))
    plan = text(reporter.get(reverse("members:plan", args=[real.plan.ref])))

    assert f'href="{page()}"' in desk
    assert f'href="{page()}?framework={real.framework.ref}"' in plan
