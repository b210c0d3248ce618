"""Handing a file in on the web: upload, preview, apply, receipt, and mending; without JavaScript."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from concord.intake import jobs, services
from concord.intake.models import Input
from concord.intake.preview import Target
from concord.plan.models import Action
from concord.work.models import Job
from concord.work.worker import work_through
from tests.analysis.world import World, build_world
from tests.cast import Cast
from tests.factories import NOON
from tests.intake.samples import HEADINGS, a_mail, a_row, as_cells, csv_text, xlsx_file
from tests.intake.test_iati_import import activity
from tests.intake.test_iati_import import content as iati_file

NEW = "/desk/inputs/new/"
FULL = [
    a_row(1),
    a_row(2, end="31.02.2019", title="The row with a bad date"),
    a_row(3, implementers="Nobody Knows"),
]


@pytest.fixture
def world(cast: Cast) -> World:
    return build_world(cast.lead_organisation)


@pytest.fixture
def officer(cast: Cast, client: Client) -> Client:
    client.force_login(cast.officer)
    return client


def upload(client: Client, rows, **fields):
    content = csv_text(rows).encode() if isinstance(rows, list) else rows
    data = {
        "where": "framework:iisg",
        "whose": "many",
        "column": "reported_by",
        "file": SimpleUploadedFile(fields.pop("name", "list.csv"), content),
    } | fields
    return client.post(NEW, {key: value for key, value in data.items() if value is not None})


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def address(received: Input, name: str = "import") -> str:
    return reverse(f"members:{name}", args=[received.key])


def test_a_large_file_is_read_in_the_background_and_its_page_leads_to_the_preview(
    world, officer, monkeypatch
):
    monkeypatch.setattr(jobs, "LARGE_TEXT_BYTES", 10)

    answer = upload(officer, FULL)
    again = upload(officer, FULL)
    work_through()

    received = Input.objects.get()
    assert answer.url == again.url == reverse("members:job", args=[Job.objects.get().key])
    assert officer.get(answer.url, headers={"HX-Request": "true"})["HX-Redirect"] == address(received)
    assert "Apply 2 rows" in text_of(officer.get(address(received)))


# --- the way ------------------------------------------------------------------------------------------


def test_a_master_list_is_uploaded_previewed_applied_and_receipted(world, officer):
    answer = upload(officer, FULL)
    received = Input.objects.get()
    assert (answer.status_code, answer.url) == (302, address(received))

    preview = officer.get(answer.url)
    words = text_of(preview)
    assert "Import preview, nothing is stored yet" in words
    assert "3 rows" in words
    assert "2 new" in words
    assert "1 can’t be stored" in words
    assert "list.csv, row 3, column end" in words
    assert "31.02.2019" in words
    assert "The row with a bad date" in words
    assert "Apply 2 rows" in words
    assert not Action.objects.exists()

    applied = officer.post(address(received, "import-apply"), follow=True)

    assert applied.redirect_chain == [(address(received), 302)]
    words = text_of(applied)
    assert f"Receipt {received.key}" in words
    assert "not applied: to be mended" in words
    assert "Hand in the mended file" in words
    assert {action.own_id for action in Action.objects.all()} == {"A1", "A3"}


def test_a_second_click_changes_nothing_and_leads_to_the_same_receipt(world, officer):
    upload(officer, FULL)
    received = Input.objects.get()
    first = officer.post(address(received, "import-apply"))
    second = officer.post(address(received, "import-apply"))

    assert first.url == second.url == address(received)
    assert Action.objects.count() == 2
    assert Input.objects.count() == 1


def test_the_same_file_again_leads_to_the_earlier_receipt(world, officer):
    upload(officer, FULL)
    received = Input.objects.get()
    officer.post(address(received, "import-apply"))

    again = upload(officer, FULL)

    assert again.url == address(received)
    assert "applied before" in text_of(officer.get(again.url))
    assert Input.objects.count() == 1


def test_the_mended_file_starts_from_the_same_choices_and_names_what_it_mends(world, officer):
    upload(officer, FULL)
    received = Input.objects.get()
    officer.post(address(received, "import-apply"))

    form = officer.get(f"{NEW}?replaces={received.key}")
    assert 'value="reported_by"' in form.content.decode()
    answer = upload(officer, [FULL[0], a_row(2), FULL[2]], replaces=received.key)

    mended = Input.objects.exclude(pk=received.pk).get()
    words = text_of(officer.get(answer.url))
    assert mended.replaces == received
    assert "1 new" in words
    assert "2 the same" in words


def test_changed_cells_show_the_value_before_beside_the_new_one(world, officer):
    upload(officer, [a_row(1)])
    officer.post(address(Input.objects.get(), "import-apply"))

    answer = upload(officer, [a_row(1, end="2020", beneficiaries="AL;RS", budget_amount="900000")])

    words = text_of(officer.get(answer.url))
    assert "2020 changed · before: 2019" in words
    assert "AL;RS changed · before: ALB, KOS*" in words
    assert "900000 changed · before: EUR 750,000" in words


def test_the_files_own_columns_stand_in_their_order_also_the_unknown_ones(world, officer):
    content = b"Budget line,title,donors\nB1,First,Donor A\n"

    answer = upload(officer, content, whose="one", organisation="Donor A")

    html = officer.get(answer.url).content.decode()
    headings = [
        re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<th[^>]*scope=\"col\".*?</th>", html)
    ]
    assert headings == ["Row", "What happens", "Budget line not read", "title", "donors"]
    assert "B1" in html


def test_a_workbook_with_two_sheets_shows_both(world, officer, tmp_path):
    path = xlsx_file(
        tmp_path,
        {
            "Partners": as_cells([a_row(1)]),
            "Needs": [["statement", "kind"], ["Lack of equipment", "operational"]],
        },
    )

    answer = upload(officer, path.read_bytes(), name="both.xlsx")

    words = text_of(officer.get(answer.url))
    assert "Actions and needs of many organisations" in words
    assert "Rows of sheet Partners" in words
    assert "Rows of sheet Needs" in words


def test_a_file_comes_in_with_the_mail_that_brought_it(world, officer):
    mail = a_mail(("list.csv", csv_text(FULL).encode())).as_bytes()

    upload(officer, mail, name="reply.eml")

    received = Input.objects.get()
    assert (received.file_name, bytes(received.content)) == ("list.csv", csv_text(FULL).encode())
    assert "The file came with a mail by ana.zbogar@example.org" in text_of(officer.get(address(received)))


def test_a_mail_without_a_table_is_answered_on_the_form(world, officer):
    answer = upload(officer, a_mail().as_bytes(), name="reply.eml")

    assert answer.status_code == 422
    assert "The mail has no attachment" in text_of(answer)
    assert not Input.objects.exists()


def test_a_withdrawn_file_says_so_and_cannot_be_applied(world, officer):
    upload(officer, FULL)
    received = Input.objects.get()

    officer.post(address(received, "import-withdraw"))

    assert "Withdrawn, nothing was stored" in text_of(officer.get(address(received)))
    assert officer.post(address(received, "import-apply")).status_code == 422
    assert not Action.objects.exists()


def test_checking_again_compares_with_the_plan_as_it_is_now(world, officer, cast):
    upload(officer, [a_row(1)])
    waiting = Input.objects.get()
    world.record(*[])
    upload(officer, [a_row(1), a_row(2)], name="other.csv")
    officer.post(address(Input.objects.exclude(pk=waiting.pk).get(), "import-apply"))

    answer = officer.post(address(waiting, "import-check"), follow=True)

    assert "1 the same" in text_of(answer)


# --- filters and pages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("show", "rows"), [("", 3), ("new", 2), ("error", 1), ("answer", 2), ("same", 0), ("nonsense", 3)]
)
def test_the_strip_filters_rows_through_the_address(world, officer, show, rows):
    upload(officer, FULL)

    html = officer.get(address(Input.objects.get()) + f"?show={show}").content.decode()

    assert len(re.findall(r"<tr class=\"table__row", html)) == rows
    assert html.count('aria-current="true"') == 1


def test_long_files_are_paged_and_the_number_of_queries_does_not_grow(
    world, officer, django_assert_max_num_queries
):
    upload(officer, [a_row(n, topics="submarines") for n in range(1, 131)])
    received = Input.objects.get()

    for page, shown in ((1, 50), (3, 30), (99, 30), ("x", 50)):
        with django_assert_max_num_queries(25):
            html = officer.get(f"{address(received)}?page={page}").content.decode()
        assert len(re.findall(r"<tr class=\"table__row", html)) == shown


def test_the_list_shows_each_file_with_what_became_of_it(world, officer, django_assert_max_num_queries):
    upload(officer, FULL)
    officer.post(address(Input.objects.get(), "import-apply"))
    upload(officer, [a_row(9)], name="next.csv")

    with django_assert_max_num_queries(20):
        words = text_of(officer.get("/desk/inputs/"))

    assert "list.csv applied on" in words
    assert "next.csv checked on" in words
    assert "2 new, 1 with errors" in words


def test_an_empty_list_says_what_will_be_here(world, officer):
    assert "will be listed here" in text_of(officer.get("/desk/inputs/"))


# --- wrong files and choices ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "fields", "told"),
    [
        (b"", {}, "The file is empty."),
        (b"%PDF-1.7", {"name": "a.xlsx"}, "The file is a PDF"),
        (FULL, {"column": "Agency"}, "There is no column “Agency”"),
        (FULL, {"column": ""}, "Write the heading of the column"),
        (FULL, {"whose": "one"}, "Write the name of the organisation"),
        (FULL, {"whose": "one", "organisation": "Donnor A"}, "Did you mean “Donor A"),
        (FULL, {"where": "plan:nowhere"}, "nowhere"),
        (FULL, {"file": None}, "This field is required."),
    ],
)
def test_a_wrong_form_comes_back_with_what_to_mend_and_keeps_nothing(world, officer, content, fields, told):
    answer = upload(officer, content, **fields)

    assert answer.status_code == 422
    assert told in text_of(answer)
    assert not Input.objects.exists()


def test_a_file_that_is_too_large_is_refused_before_it_is_read(world, officer, monkeypatch):
    monkeypatch.setattr("concord.web.members.intake_forms.FILE_BYTES", 10)

    answer = upload(officer, FULL)

    assert answer.status_code == 422
    assert "are the most" in text_of(answer)


def test_a_file_without_a_table_is_kept_as_a_preview_that_says_so(world, officer):
    answer = upload(officer, b"Some text\nthat is no table\n", whose="one", organisation="Donor A")

    words = text_of(officer.get(answer.url))
    assert "has no heading row that is known" in words
    assert "Apply" not in words
    assert officer.post(address(Input.objects.get(), "import-apply")).status_code == 422


def test_hostile_text_is_shown_as_text(world, officer):
    upload(
        officer, [a_row(1, title="<script>alert(1)</script>", implementers='"><img src=x>')], name="<b>.csv"
    )

    html = officer.get(address(Input.objects.get())).content.decode()

    assert "<script>alert" not in html
    assert "<img" not in html
    assert "<b>.csv" not in html


# --- who -----------------------------------------------------------------------------------------


def test_a_reporter_chooses_among_its_own_organisations_and_has_no_master_list(world, cast, client):
    client.force_login(cast.reporter_a)
    html = client.get(NEW).content.decode()
    assert "Donor A" in html
    assert "Donor B" not in html
    assert 'name="column"' not in html

    answer = upload(client, [a_row(1)], whose=None, column=None, organisation="Donor A")

    assert answer.status_code == 302
    assert Input.objects.get().organisation == cast.donor_a
    refused = upload(client, [a_row(2)], whose=None, column=None, organisation="Donor B")
    assert refused.status_code == 422


@pytest.mark.parametrize("who", ["reporter_b", "viewer_a", "co_lead_partner", "coordinator", "administrator"])
@pytest.mark.parametrize("act", ["import", "import-apply", "import-check", "import-withdraw"])
def test_somebody_elses_input_does_not_exist(world, cast, client, who, act):
    received = services.receive(
        file_name="list.csv",
        content=csv_text(FULL).encode(),
        target=Target(world.framework, None, cast.donor_a),
        by=cast.reporter_a,
        at=NOON,
    )
    client.force_login(getattr(cast, who))

    answer = client.get(address(received)) if act == "import" else client.post(address(received, act))

    assert answer.status_code == 404
    assert Input.objects.get().state == "received"


@pytest.mark.parametrize("who", ["viewer_a", "board_member", "administrator"])
def test_who_may_hand_in_nothing_is_refused_the_form(world, cast, client, who):
    client.force_login(getattr(cast, who))

    assert client.get(NEW).status_code == 403
    assert upload(client, FULL).status_code == 403
    assert not Input.objects.exists()


@pytest.mark.parametrize("path", ["/desk/inputs/", NEW, "/desk/inputs/K7M2P9XW/"])
def test_nobody_is_let_in_without_signing_in(world, client, path):
    answer = client.get(path)

    assert answer.status_code == 302
    assert "/accounts/login/" in answer.url


@pytest.mark.parametrize("act", ["import-apply", "import-check", "import-withdraw"])
def test_acts_are_posts_alone(world, officer, act):
    upload(officer, FULL)

    assert officer.get(address(Input.objects.get(), act)).status_code == 405


# --- answering and mending -------------------------------------------------------------------------------


def question_form(received: Input, rule: str, **values):
    asked = received.problems.get(rule=rule, first=True)
    return {"question": asked.order, "value": asked.value} | values


def test_a_question_answered_on_its_button_is_listed_and_can_be_taken_back(world, officer):
    upload(officer, FULL)
    received = Input.objects.get()
    assert "Keep it as written" in text_of(officer.get(address(received)))

    form = question_form(received, "unknown-organisation", answer="kept", show="answer")
    answered = officer.post(address(received, "import-answer"), form)

    assert answered.url == address(received) + "?show=answer#waits"
    words = text_of(officer.get(address(received)))
    assert "1 answer given" in words
    assert "“Nobody Knows”: kept as written" in words
    assert "Keep it as written" not in words

    given = received.answers.get()
    officer.post(address(received, "import-take-back"), {"answer": given.pk})
    assert "Keep it as written" in text_of(officer.get(address(received)))


def test_many_names_are_one_block_kept_at_once_and_taken_back_at_once(world, officer, cast):
    names = ["Doner B", *(f"Stranger {n}" for n in range(1, 24))]
    rows = [a_row(n, implementers=name) for n, name in enumerate(names, 1)]
    upload(officer, [*rows, a_row(25, status="maybe")])
    received = Input.objects.get()

    page = officer.get(address(received)).content.decode()
    assert "24 names are not in the register" in page
    assert "4 more names" in page
    assert f"organisation:{cast.donor_b.key}" in page
    assert page.count("data-question") - 1 == page.count('class="question question--') == 1  # the status

    one = received.problems.get(value="Stranger 7")
    alone = officer.get(f"{address(received)}?show=answer&name={one.order}").content.decode()
    assert page.count('class="question question--') == 1
    assert "Another organisation" in alone

    seen = {"version": received.version}
    kept = officer.post(address(received, "import-keep-names"), seen, follow=True)
    assert "24 names kept as written" in text_of(kept)
    assert "names are not in the register" not in text_of(kept)
    assert officer.post(address(received, "import-keep-names"), seen).status_code == 409

    first = received.answers.order_by("pk").first()
    officer.post(address(received, "import-take-back"), {"together": first.pk})
    assert "24 names are not in the register" in text_of(officer.get(address(received)))


def test_a_name_is_answered_by_an_organisation_found_typed_or_added(world, officer, cast):
    upload(
        officer, [a_row(1, implementers="Doner B"), a_row(2, implementers="Body One"), a_row(3, donors="New")]
    )
    received = Input.objects.get()
    assert f"organisation:{cast.donor_b.key}" in officer.get(address(received)).content.decode()

    for value, sent in (
        ("Doner B", {"answer": f"organisation:{cast.donor_b.key}"}),
        ("Body One", {"answer": "name", "name": "Donor B"}),
        ("New", {"answer": "add"}),
    ):
        asked = received.problems.get(value=value)
        officer.post(address(received, "import-answer"), {"question": asked.order, "value": value} | sent)

    assert not received.problems.filter(severity="question").exists()
    officer.post(address(received, "import-apply"))
    names = {
        row.as_written: str(row.organisation.name)
        for action in Action.objects.all()
        for row in action.participations.all()
    }
    assert (names["Doner B"], names["Body One"], names["New"]) == ("Donor B", "Donor B", "New")


def test_a_name_remembered_for_every_file_is_not_asked_again(world, officer, cast):
    upload(officer, [a_row(1, implementers="Doner B")])
    received = Input.objects.get()
    form = question_form(received, "unknown-organisation", answer=f"organisation:{cast.donor_b.key}")

    officer.post(address(received, "import-answer"), form | {"everywhere": "yes"})
    upload(officer, [a_row(2, implementers="Doner B")], name="other.csv", whose="one", organisation="Donor A")

    assert Input.objects.count() == 2
    assert not Input.objects.exclude(pk=received.pk).get().problems.filter(severity="question").exists()


def test_a_reporter_may_not_teach_the_register(world, cast, client):
    client.force_login(cast.reporter_a)
    upload(client, [a_row(1, implementers="Doner B")], whose=None, column=None, organisation="Donor A")
    received = Input.objects.get()
    assert "Add it to the register" not in client.get(address(received)).content.decode()

    for sent in ({"answer": "add"}, {"answer": f"organisation:{cast.donor_b.key}", "everywhere": "yes"}):
        form = question_form(received, "unknown-organisation") | sent
        assert client.post(address(received, "import-answer"), form).status_code == 403

    assert not received.answers.exists()


def test_a_row_opens_in_place_and_is_mended_there(world, officer):
    upload(officer, FULL)
    received = Input.objects.get()
    opened = officer.get(f"{address(received)}?row=0-3").content.decode()
    assert 'aria-invalid="true"' in opened
    column = list(a_row()).index("end")

    sent = {"row": "0-3", f"seen-{column}": "31.02.2019", f"cell-{column}": "2019-02"}
    mended = officer.post(address(received, "import-mend"), sent)

    assert mended.url == address(received) + "#row-0-3"
    words = text_of(officer.get(f"{address(received)}?row=0-3"))
    assert "the file says: 31.02.2019" in words
    assert "Apply 3 rows" in words


def test_a_row_on_another_page_is_opened_on_its_page(world, officer):
    upload(officer, [a_row(n) for n in range(1, 131)])

    html = officer.get(f"{address(Input.objects.get())}?row=0-120").content.decode()

    assert 'id="row-0-120"' in html
    assert 'id="row-0-2"' not in html


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"question": "x"}, 404),
        ({"question": "0", "value": "another", "answer": "kept"}, 409),
        ({"answer": "name", "name": "No Such Body"}, 422),
        ({"answer": "organisation:ZZZZZZZZ"}, 404),
    ],
)
def test_a_wrong_answer_changes_nothing(world, officer, sent, status):
    upload(officer, [a_row(1, implementers="Nobody Knows")])
    received = Input.objects.get()

    answer = officer.post(
        address(received, "import-answer"), question_form(received, "unknown-organisation") | sent
    )

    assert answer.status_code == status
    assert not received.answers.exists()


def test_the_rest_of_a_file_is_applied_from_its_receipt(world, officer):
    upload(officer, FULL)
    received = Input.objects.get()
    officer.post(address(received, "import-apply"))
    column = list(a_row()).index("end")
    sent = {"row": "0-3", f"seen-{column}": "31.02.2019", f"cell-{column}": "2019-02"}
    officer.post(address(received, "import-mend"), sent)

    assert "Apply 1 row" in text_of(officer.get(address(received)))
    officer.post(address(received, "import-apply"))

    assert Action.objects.count() == 3
    words = text_of(officer.get(address(received)))
    assert "Apply" not in words.split("About this file")[0].replace("Applied", "")


def test_columns_are_chosen_in_the_address(world, officer):
    upload(officer, FULL)

    html = officer.get(f"{address(Input.objects.get())}?column=c2&column=c3").content.decode()

    assert re.search(r'<th[^>]*data-column="c0" hidden', html)
    assert re.search(r'<th[^>]*data-column="c2">', html)


# --- undoing ---------------------------------------------------------------------------------------------


def test_an_import_is_undone_from_its_receipt(world, officer):
    upload(officer, FULL)
    received = Input.objects.get()
    officer.post(address(received, "import-apply"))
    assert "Undo the whole import" in text_of(officer.get(address(received)))

    undone = officer.post(address(received, "import-undo"), follow=True)

    words = text_of(undone)
    assert "Undone: its rows are out of the plan again" in words
    assert "Undo the whole import" not in words
    assert not Action.objects.exists()


def test_a_receipt_says_what_keeps_its_import_from_being_undone(world, officer):
    upload(officer, [a_row(1)])
    received = Input.objects.get()
    officer.post(address(received, "import-apply"))
    Action.objects.update(version=7)

    words = text_of(officer.get(address(received)))

    assert "“Training of firearms officers 1” was changed since." in words
    assert "Undo the whole import" not in words
    assert officer.post(address(received, "import-undo")).status_code == 422


# --- columns -----------------------------------------------------------------------------------------------


def test_a_column_that_nobody_knew_is_given_a_field_and_the_file_is_read_again(world, officer):
    upload(officer, b"title,Wer bezahlt es\nFirst,Donor A\n", whose="one", organisation="Donor A")
    received = Input.objects.get()
    page = officer.get(address(received, "import-columns"))
    assert "what is this?" in text_of(page)
    assert "Donor A" in text_of(page)

    sent = {"s0-holds": "actions", "s0-header": "1", "s0-A": "title", "s0-B": "donors", "next": "rows"}
    answer = officer.post(address(received, "import-columns"), sent | {"remember": "yes"})

    assert answer.url == address(received)
    received.refresh_from_db()
    assert received.sheets[0]["columns"][1]["field"] == "donors"
    upload(
        officer, b"title,Wer bezahlt es\nNext,Donor B\n", whose="one", organisation="Donor A", name="b.csv"
    )
    assert Input.objects.exclude(pk=received.pk).get().sheets[0]["columns"][1]["field"] == "donors"


def test_a_choice_that_is_no_field_is_refused(world, officer):
    upload(officer, FULL)
    received = Input.objects.get()

    answer = officer.post(
        address(received, "import-columns"), {"s0-holds": "actions", "s0-A": "nonsense", "s0-header": "1"}
    )

    assert answer.status_code == 422
    received.refresh_from_db()
    assert received.layout == {}


# --- conflicts ---------------------------------------------------------------------------------------------


def test_a_person_chooses_whose_value_counts_and_the_file_is_applied_with_it(world, officer, cast):
    from concord.plan.services import amend_action

    upload(officer, [a_row(1)])
    officer.post(address(Input.objects.get(), "import-apply"))
    action = Action.objects.get()
    amend_action(action, changes={"end": "2021"}, expected_version=action.version, by=cast.officer, at=NOON)
    upload(officer, [a_row(1, end="2022")], name="next.csv")
    received = Input.objects.get(file_name="next.csv")
    assert "Take the file’s value" in text_of(officer.get(f"{address(received)}?row=0-2"))

    officer.post(address(received, "import-settle"), {"row": "0-2", "settle": "end:theirs"})
    assert "The file’s value will count." in text_of(officer.get(f"{address(received)}?row=0-2"))
    officer.post(address(received, "import-apply"))

    action.refresh_from_db()
    assert action.end == "2022"


def test_records_that_are_no_longer_in_the_file_are_answered_on_the_page(world, officer):
    upload(officer, [a_row(1), a_row(2, title="Gone one"), a_row(3, title="Gone two")])
    officer.post(address(Input.objects.get(), "import-apply"))
    upload(officer, [a_row(1)], name="new.csv")
    received = Input.objects.first()
    assert "2 records are no longer in the file" in text_of(officer.get(address(received)))

    key = Action.objects.get(own_id="A2").key
    told = {"answer": f"withdrawn:{key}", "reason": "It ended"}
    answered = officer.post(address(received, "import-vanished"), told, follow=True)
    assert "“Gone one”: no longer planned" in text_of(answered)
    officer.post(address(received, "import-vanished"), {"answer": "planned:all"})
    assert "2 answered" in text_of(officer.get(address(received)))

    given = received.vanished_answers.get(record_key=key)
    officer.post(address(received, "import-vanished"), {"back": given.pk})
    assert "1 record is no longer in the file" in text_of(officer.get(address(received)))
    assert Action.objects.get(own_id="A2").withdrawn_at is None


def test_several_files_become_one_input_each_and_a_bad_one_keeps_none_out(world, officer):
    files = [
        SimpleUploadedFile("a.csv", csv_text([a_row(1)]).encode()),
        SimpleUploadedFile("bad.pdf", b"%PDF-1.4"),
        SimpleUploadedFile("b.csv", csv_text([a_row(2)]).encode()),
    ]
    sent = {"where": "framework:iisg", "whose": "many", "column": "reported_by", "file": files}

    words = text_of(officer.post(NEW, sent, follow=True))

    assert {received.file_name for received in Input.objects.all()} == {"a.csv", "b.csv"}
    assert "2 files were taken in: a.csv, b.csv" in words
    assert "bad.pdf:" in words


def test_rows_that_say_whose_they_are_need_no_organisation_and_others_are_refused(world, officer):
    assert upload(officer, [a_row(1)], whose="self").status_code == 422
    assert "don’t say whose they are" in text_of(upload(officer, [a_row(1)], whose="self"))
    assert not Input.objects.exists()

    said = upload(officer, iati_file(activity()), whose="self", name="activities.xml")

    assert said.url == address(Input.objects.get())


def test_files_are_found_by_name_organisation_and_state(world, officer):
    upload(officer, [a_row(1)], name="first.csv")
    upload(officer, [a_row(2)], name="second.csv", whose="one", organisation="Donor B")
    officer.post(address(Input.objects.get(file_name="first.csv"), "import-apply"))

    def listed(query):
        html = officer.get(reverse("members:imports") + query).content.decode()
        return re.findall(r"(first|second)\.csv</a>", html)

    assert listed("") == ["second", "first"]
    assert listed("?sort=oldest") == ["first", "second"]
    assert listed("?q=FIRST") == ["first"]
    assert listed("?q=donor+b") == ["second"]
    assert listed("?state=applied") == ["first"]
    assert listed("?q=nothing&state=x&sort=y&page=z") == []


def test_a_question_about_a_heading_leads_to_the_columns_and_offers_nothing_to_write(world, officer):
    content = csv_text([a_row(1)], headings=(*HEADINGS, "Datum 7")).encode()
    rows = content.decode().splitlines()
    upload(officer, "\n".join([rows[0], *(f"{row}x" for row in rows[1:])]).encode())
    received = Input.objects.get()

    html = officer.get(address(received)).content.decode()

    assert "Datum 7" in html
    assert "Choose what the column holds</a>" in html
    assert "Leave this column out" in html
    assert "Write instead" not in html
