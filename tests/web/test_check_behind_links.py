"""Check before you hand in, behind a link: among what is published and what its organisation reports, and
kept nowhere."""

import io
import logging
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from concord.accounts.rules import Marking
from concord.accounts.scope import Scope
from concord.accounts.services import add_contact
from concord.analysis import published
from concord.intake.call_rules import hash_of_token
from concord.intake.models import Input, Invitation, Link
from concord.intake.services import calls
from concord.intake.services.on_behalf import Talk, enter_on_behalf
from concord.kernel import clock
from concord.plan.models import Action, Need
from concord.plan.services import set_profile
from concord.web.answers import passage
from concord.work.worker import work_through
from tests.analysis.real_texts import BORDER, LAB, NEED, TEXTS
from tests.analysis.world import World, a_need, an_action
from tests.cast import Cast
from tests.conftest import forget_indexes
from tests.factories import FRAMEWORK
from tests.publication.conftest import Press
from tests.web.links import opened

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
NOW = clock.now()
CHECK = "/answer/check/"
IDEA = {
    "title": "Courses for border police on forged passports",
    "summary": TEXTS[1][1],
    "beneficiaries": ["AL"],
}


@pytest.fixture
def site(cast: Cast, world: World) -> World:
    """Published: border courses of Donor B and a need. Not published: a draft of Donor B, and an action of
    Donor A marked for itself. The link is Donor A's."""
    set_profile(world.framework, profile="open", by=cast.operator, at=NOW)
    world.plan.framework.refresh_from_db()
    donor_b: dict[str, Any] = {"reporter": "Donor B", "donors": ["Donor B"]}
    border = {"topics": ["border-management"]}
    world.record(
        an_action(1, BORDER, summary=TEXTS[1][1], **border, **donor_b),
        an_action(3, LAB, summary=TEXTS[3][1], **donor_b),
        an_action(5, TEXTS[5][0], summary=TEXTS[5][1], topics=["other"], **donor_b),
        a_need(1, NEED, **border),
        a_need(2, f"{NEED} Zqkanari", **border),
    )
    Need.objects.filter(own_id="N2").update(marking=Marking.GREEN)
    Press(world, cast).published(number="Decision 1")
    world.record(
        an_action(2, TEXTS[2][0], summary=TEXTS[2][1], **border),
        an_action(6, f"{BORDER} Zqkanari", summary=TEXTS[1][1], **border, **donor_b),
    )
    Action.objects.filter(own_id="A2").update(marking=Marking.AMBER_STRICT)
    acts: dict[str, Any] = {"by": cast.officer, "at": NOW}
    add_contact(organisation=cast.donor_a, within=Scope(FRAMEWORK), name="F", email="f@example.org", **acts)
    told = {"title": "Update", "message": "", "closes_on": NOW.date() + timedelta(days=9)}
    draft = calls.draft_call(world.plan, organisations=[cast.donor_a], **told, **acts)
    calls.open_call(draft, expected_version=draft.version, **acts)
    work_through()
    return world


@pytest.fixture
def visitor(site: World) -> Client:
    """Somebody of Donor A who opened the link."""
    return opened()


def send(client: Client, **fields: Any) -> Any:
    return client.post(CHECK, fields)


def upload(client: Client, name: str, content: bytes) -> Any:
    return client.post(CHECK, {"file": SimpleUploadedFile(name, content)})


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_way_there_stands_where_files_are_handed_in(visitor: Client) -> None:
    assert f'href="{CHECK}"' in text(visitor.get("/answer/"))
    page = visitor.get(CHECK)
    assert page.status_code == 200
    assert "compared and not kept" in text(page)
    assert (page["Cache-Control"], page["X-Robots-Tag"]) == ("no-store, private", "noindex, nofollow")


def test_published_and_own_actions_are_found_and_nothing_else(visitor: Client, site: World) -> None:
    answer = send(visitor, **IDEA)

    said = text(answer)
    assert answer.status_code == 200
    assert (
        "Compared with 4 actions (what is published, and the one action that your organisation reports)"
        in said
    )
    assert "and 1 open need." in said
    assert "Zqkanari" not in said
    assert BORDER in said
    assert NEED in said
    public = reverse("in-force:action", args=[site.plan.ref, site.action("A1").key])
    assert f'href="{public}" target="_blank" rel="noopener"' in said
    assert TEXTS[2][0] in said
    assert reverse("answers:facts", args=[site.action("A2").key]) in said
    assert "TLP:AMBER+STRICT" in said
    assert "/desk/" not in said


def test_a_published_action_counts_as_it_was_published(visitor: Client, site: World) -> None:
    before = text(send(visitor, **IDEA))
    Action.objects.filter(own_id="A1").update(title="Zqkanari gardens", summary="Zqkanari", version=9)
    Need.objects.filter(own_id="N1").update(statement="Zqkanari", version=9)
    forget_indexes()

    assert masked(text(send(visitor, **IDEA))) == masked(before)


def masked(page: str) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)


def test_ten_tries_do_not_tell_what_is_hidden(visitor: Client, site: World) -> None:
    """The same bytes whether or not the others' drafts, restricted actions and needs are there."""
    words = (
        BORDER,
        f"{BORDER} Zqkanari",
        "Zqkanari",
        NEED,
        f"{NEED} Zqkanari",
        *(TEXTS[n][0] for n in TEXTS),
    )
    tries = [{"title": word, "summary": TEXTS[1][1]} for word in words]
    with_hidden = [masked(text(send(visitor, **each))) for each in tries]
    Action.objects.filter(own_id="A6").update(marking=Marking.AMBER)
    narrower = [masked(text(send(visitor, **each))) for each in tries]
    Action.objects.filter(own_id="A6").update(marking=Marking.RED, title="Gardens", summary="", version=9)
    Need.objects.filter(own_id="N2").update(marking=Marking.RED, statement="Gardens", version=9)
    forget_indexes()
    without = [masked(text(send(visitor, **each))) for each in tries]

    assert len(tries) == 10
    assert with_hidden == narrower == without


def test_nothing_is_stored_or_logged(visitor: Client, folder: Path, caplog: Any) -> None:
    send(visitor, **IDEA)  # the index is there from now on
    rows = {model._meta.label: model._default_manager.count() for model in apps.get_models()}
    files = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with caplog.at_level(logging.DEBUG):
        answers = [
            send(visitor, title="Zqkanari courses", summary="Zqkanari"),
            upload(visitor, "zqkanari.csv", b"title;summary\nZqkanari laboratory;microscopes\n"),
            upload(visitor, "zqkanari.txt", b"Zqkanari laboratory\nmicroscopes\n"),
        ]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert "zqkanari" not in caplog.text.lower()
    assert {model._meta.label: model._default_manager.count() for model in apps.get_models()} == rows
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == files


def test_what_was_typed_stands_in_the_form_and_can_be_handed_in(visitor: Client, site: World) -> None:
    typed = {
        **IDEA,
        "start": "2027",
        "end": "2029",
        "amount": "250000",
        "currency": "EUR",
        "donors": "Donor A",
    }
    said = text(send(visitor, **typed))
    assert str(typed["title"]) in said
    assert 'value="250000"' in said
    assert 'value="hand-in"' in said
    assert Input.objects.count() == 0

    answer = send(visitor, **typed, do="hand-in")

    assert answer.status_code == 302
    assert answer["Location"] == reverse("answers:file", args=[Input.objects.get().key])
    shown = text(visitor.get(answer["Location"]))
    assert "1 is new" in shown
    assert "What you typed" in shown
    assert all(word in shown for word in (typed["title"], "2027", "2029", "250000", "forged passports"))
    assert not Action.objects.filter(title=typed["title"]).exists()
    assert visitor.post(reverse("answers:apply", args=[Input.objects.get().key])).status_code == 302
    made = Action.objects.get(title=typed["title"])
    assert (made.start, made.end, made.reporting_organisation.name) == ("2027", "2029", "Donor A")
    assert [str(line.amount) for line in made.funding_lines.all()] == ["250000.00"]


def test_a_workbook_is_checked_without_what_already_stands(visitor: Client, site: World) -> None:
    own = site.action("A2")
    same = f"{own.key};{own.title};{own.summary};AL;2018;2019"
    head = "key;title;summary;beneficiaries;start;end"
    fresh = f";Courses on forged passports;{TEXTS[1][1]};AL;2027;2029"

    said = text(upload(visitor, "draft.csv", f"{head}\n{same}\n{fresh}\n".encode()))
    nothing_new = upload(visitor, "same.csv", f"{head}\n{same}\n".encode())

    assert "One row says of an action of yours what already stands, and was left out." in said
    assert "row 3" in said
    assert "row 2" not in said
    assert BORDER in said
    assert nothing_new.status_code == 422
    assert "Every row says what already stands" in text(nothing_new)


def test_the_workbook_that_was_given_out_is_checked_by_its_new_rows(visitor: Client, site: World) -> None:
    given = visitor.post(reverse("answers:workbook")).content
    unchanged = upload(visitor, "actions.xlsx", given)
    book = openpyxl.load_workbook(io.BytesIO(given))
    sheet: Any = next(each for each in book.worksheets if _column(each, "Title"))
    last = max(row for row in range(1, sheet.max_row + 1) if sheet.cell(row, _column(sheet, "Title")).value)
    for heading, value in {"Title": IDEA["title"], "Summary": TEXTS[1][1], "Beneficiaries": "ALB"}.items():
        sheet.cell(last + 1, _column(sheet, heading)).value = value
    changed = io.BytesIO()
    book.save(changed)

    said = text(upload(visitor, "actions.xlsx", changed.getvalue()))

    assert unchanged.status_code == 422
    assert "Every row says what already stands" in text(unchanged)
    assert "One row says of an action of yours what already stands, and was left out." in said
    assert str(IDEA["title"]) in said
    assert BORDER in said


def _column(sheet: Any, heading: str) -> int:
    """Where a heading stands in a sheet, 0 where it has none."""
    cells = [cell for row in sheet.iter_rows(max_row=12) for cell in row]
    return next((cell.column for cell in cells if str(cell.value or "").strip() == heading), 0)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.csv", b"", "empty"),
        ("list.csv", b"name of the thing;colour\nshelf;red\n", "title"),
        ("broken.xlsx", b"PK\x03\x04broken", "read"),
        (
            "many.csv",
            ("title\n" + "".join(f"Courses {n}\n" for n in range(51))).encode(),
            "51 ideas are more than the 50",
        ),
    ],
)
def test_a_file_that_cannot_be_checked_says_what_to_do(
    visitor: Client, name: str, content: bytes, says: str
) -> None:
    answer = upload(visitor, name, content)

    assert answer.status_code == 422
    assert says in text(answer)


def test_a_file_that_is_too_large_is_not_read(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("concord.web.idea_form.FILE_BYTES", 1_000)

    answer = upload(visitor, "large.csv", b"title\n" + b"x" * 1_000)

    assert answer.status_code == 422
    assert "too large" in text(answer)


def test_links_that_do_not_work_check_nothing(visitor: Client, cast: Cast) -> None:
    gone = Client().get("/answer/" + "x" * 43 + "/")
    before = [Client().get(CHECK), Client().post(CHECK, IDEA)]
    calls.revoke_links(Invitation.objects.get(), by=cast.officer, at=NOW)
    after = [visitor.get(CHECK), visitor.post(CHECK, IDEA)]
    Link.objects.update(revoked_at=None, expires_at=NOW)
    expired = [visitor.get(CHECK), visitor.post(CHECK, IDEA)]

    answers = [gone, *before, *after, *expired]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1


def test_too_many_checks_are_refused_like_everything_that_is_sent(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passage, "POSTS", 3)  # one was the button of the link

    assert [send(visitor, title="Courses").status_code for _ in range(3)] == [200, 200, 429]


def test_a_link_about_an_entry_leads_to_no_check(site: World, cast: Cast) -> None:
    entry = enter_on_behalf(
        framework=site.framework,
        organisation=cast.donor_a,
        talk=Talk("telephone", NOW.date(), note="Stands"),
        by=cast.officer,
        at=NOW,
    )
    Link.objects.create(
        token_sha256=hash_of_token("x" * 43),
        purpose="object",
        entry=entry,
        made_at=NOW,
        expires_at=NOW + timedelta(days=9),
    )
    client = Client()
    assert client.post("/answer/" + "x" * 43 + "/").status_code == 302

    assert client.get("/answer/").status_code == 200
    assert client.get(CHECK).status_code == 404


def test_an_answer_asks_the_database_little(visitor: Client, django_assert_max_num_queries: Any) -> None:
    send(visitor, **IDEA)

    with django_assert_max_num_queries(40):
        send(visitor, **IDEA)


def test_where_nothing_is_published_the_own_actions_alone_count(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("concord.web.published.editions_in_force", list)
    said = text(send(visitor, **IDEA))

    assert "Compared with 1 action (nothing published yet, and the one action" in said
    assert TEXTS[2][0] in said
    assert BORDER not in said


def test_text_stays_text(visitor: Client) -> None:
    said = text(
        send(visitor, title="<script>alert(1)</script> border police", summary="<b>forged</b> passports")
    )

    assert "<script>alert" not in said
    assert "<b>forged" not in said


@pytest.mark.django_db
def test_a_file_on_disk_is_read_again_by_another_worker(visitor: Client, folder: Path) -> None:
    first = masked(text(send(visitor, **IDEA)))
    (path,) = folder.rglob("*.public.npz")
    forget_indexes()
    again = masked(text(send(visitor, **IDEA)))
    forget_indexes()
    path.write_bytes(b"damaged")

    assert again == first
    assert masked(text(send(visitor, **IDEA))) == first


def test_another_release_reads_the_published_text_anew(
    visitor: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = masked(text(send(visitor, **IDEA)))
    (path,) = folder.rglob("*.public.npz")
    before = path.read_bytes()
    monkeypatch.setattr(published, "version", lambda _name: "another release")
    forget_indexes()

    assert masked(text(send(visitor, **IDEA))) == first
    assert path.read_bytes() != before
