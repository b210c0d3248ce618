"""CSV and IATI files that Concord writes: they come back in without a difference, and invent nothing."""

from __future__ import annotations

from datetime import date

import pytest
from lxml import etree

from concord.commands.demo import files
from concord.intake.files import open_bytes
from concord.intake.formats.csv.reader import FORMAT as CSV
from concord.intake.formats.iati.reader import FORMAT as IATI
from concord.intake.formats.parts import collect
from concord.intake.preview import Target, preview_of
from concord.kernel.texts import marked, unmarked
from concord.publication.drafts import draft_file
from concord.publication.exports import export
from concord.publication.exports.cells import filled, sheet_of
from concord.publication.exports.iati_elements import ORDER
from concord.publication.redaction import redact
from tests.cast import Cast
from tests.publication.samples import CANARY, a_document, an_action
from tests.reliability.loaded import stage

CONCORD = "{urn:concord:iati:1}"
DEMANDED = (
    *("iati-identifier", "reporting-org", "title", "description", "participating-org", "activity-status"),
    "activity-date",
)
BARE = {
    "summary": "",
    "description": "",
    "start": None,
    "end": None,
    "status": "",
    "beneficiaries": [],
    "funding": [],
    "source_url": "",
    "participations": [],
}
DATA_FILES = ("csv", "json", "iati")
LIVE = ("=", "+", "-", "@", "\t", "\r", "\n")


def activities(content: bytes) -> list[etree._Element]:
    return etree.fromstring(content).findall("iati-activity")


def read_back(tmp_path, content: bytes, form) -> tuple[tuple[str, ...], list[list[str]]]:
    path = tmp_path / "file"
    path.write_bytes(content)
    headings, *rows = collect(form.read(path)).sheets[0].rows
    return headings.cells, [[row.cell(at) for at in range(len(headings.cells))] for row in rows]


@pytest.mark.parametrize(("format_name", "form"), [("csv", CSV), ("iati", IATI)])
@pytest.mark.parametrize(
    "document",
    [
        a_document(),
        a_document([an_action("ACT00001", **BARE)]),
        redact(a_document(), "open"),
        redact(a_document(), "five-facts"),
    ],
    ids=["draft", "bare", "open edition", "five facts"],
)
def test_a_file_reads_back_as_the_cells_it_was_made_of(tmp_path, format_name, form, document):
    sheet = sheet_of(document)

    content = export(document, format_name)

    assert read_back(tmp_path, content, form) == (
        sheet.columns,
        [filled(sheet.columns, row) for row in sheet.rows],
    )
    assert content == export(document, format_name)


# --- CSV ----------------------------------------------------------------------------------------------

PAYLOADS = ["=1+1", "+1", "- training", "@x", "'=1+1", "''=1", "'quoted'", "plain", "a=b", "'"]


@pytest.mark.parametrize("text", PAYLOADS)
def test_no_cell_begins_as_a_formula_does_and_every_text_comes_back(text):
    assert not marked(text).startswith(LIVE)
    assert unmarked(marked(text)) == text


def test_a_table_says_that_it_is_utf_8_and_holds_payloads_as_text(tmp_path):
    document = a_document([an_action("ACT00001", title="=cmd|'/c calc'!A1", summary="- Përmet, „Шид“")])

    content = export(document, "csv")

    assert content.startswith(b"\xef\xbb\xbf")
    assert b",'=cmd|" in content
    headings, [row] = read_back(tmp_path, content, CSV)
    assert row[headings.index("title")] == "=cmd|'/c calc'!A1"
    assert row[headings.index("summary")] == "- Përmet, „Шид“"


# --- IATI ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [{}, BARE])
def test_elements_stand_in_the_order_of_the_schema_with_all_that_it_demands(values):
    [activity] = activities(export(a_document([an_action("ACT00001", **values)]), "iati"))

    tags = [child.tag for child in activity if not child.tag.startswith("{")]
    assert tags == sorted(tags, key=ORDER.index)
    assert set(DEMANDED) <= set(tags)
    assert all(child.tag.startswith("{") for child in list(activity)[len(tags) :])


def test_what_nobody_reported_is_marked_and_nothing_is_invented():
    [activity] = activities(export(a_document([an_action("ACT00001", **BARE)]), "iati"))

    unreported = {child.tag for child in activity if child.get(f"{CONCORD}reported") == "no"}
    assert unreported >= {"description", "participating-org", "activity-status", "activity-date"}
    assert activity.findall("budget") == activity.findall("recipient-country") == []


def test_a_place_is_told_by_code_and_name_and_the_footnote_stands_in_the_file():
    content = export(a_document(), "iati")

    places = {
        (e.get("code"), e.findtext("narrative")) for e in activities(content)[0].iter("recipient-country")
    }
    assert places == {("AL", "Albania"), ("XK", "Kosovo*")}
    assert "<!-- * This designation is without prejudice" in content.decode()


def test_an_organisation_is_told_with_its_org_id_where_one_is_known():
    document = a_document()
    donor = document["actions"][0]["participations"][0]["name"]
    for body in document["organisations"]:
        body["identifiers"] = ["XM-DAC-7"] if body["name"] == donor else []

    first = activities(export(document, "iati"))[0]

    refs = {e.findtext("narrative"): e.get("ref") for e in first.iter("participating-org")}
    assert refs[donor] == "XM-DAC-7"
    assert set(refs.values()) == {"XM-DAC-7", None}


SENT = """<iati-activities version="2.02"><iati-activity xml:lang="en" default-currency="EUR" hierarchy="2">
<iati-identifier>XX-1</iati-identifier>
<reporting-org ref="XX" type="10"><narrative>Donor of ACT00001</narrative>
</reporting-org><title><narrative>Title</narrative><narrative xml:lang="fr">Titre</narrative></title>
<description><narrative>Text</narrative></description><participating-org ref="XX" role="1"><narrative>Ministry
</narrative></participating-org><activity-status code="2"/><activity-date iso-date="2018-01-01" type="2"/>
<location><name><narrative>Tirana</narrative></name></location><sector code="15210" percentage="100"/>
<policy-marker code="1" vocabulary="1"/><result type="1"><title><narrative>R</narrative></title></result>
</iati-activity></iati-activities>"""


def sent_back(sent: str = SENT, **values) -> etree._Element:
    participations = [
        {
            "role": "donor",
            "organisation": "ORG00001",
            "name": "Ministry of Development",
            "as_written": "Ministry",
        }
    ]
    plan = BARE | {
        "iati_identifier": "XX-1", "own_id": "", "reported_by": "Donor of ACT00001", "title": "Title",
        "summary": "Text", "status": "ongoing", "start": "2018-01-01", "participations": participations,
    }  # fmt: skip
    document = a_document([an_action("ACT00001", **plan | values)])
    [activity] = activities(export(document, "iati", received={"ACT00001": sent}))
    return activity


def own_part(activity: etree._Element) -> list[etree._Element]:
    return [child for child in activity if child.tag.startswith("{")]


def test_what_a_source_sent_is_given_back_unchanged_where_the_plan_says_the_same():
    activity = sent_back()

    for added in own_part(activity):
        activity.remove(added)
    original = etree.fromstring(SENT)[0]
    original.tail = activity.tail = None
    assert etree.tostring(activity, method="c14n", exclusive=True) == etree.tostring(
        original, method="c14n", exclusive=True
    )


def test_what_the_plan_says_otherwise_is_written_and_everything_else_given_back():
    activity = sent_back(title="Another title", end="2020", status="completed")

    assert activity.findtext("title/narrative") == "Another title"
    assert activity.find("activity-status").get("code") == "4"
    assert [(e.get("type"), e.get("iso-date")) for e in activity.iter("activity-date")] == [
        ("2", "2018-01-01"),
        ("4", "2020-12-31"),
    ]
    tags = [child.tag for child in activity if not child.tag.startswith("{")]
    assert tags == sorted(tags, key=ORDER.index)
    assert {"location", "sector", "policy-marker", "result"} <= set(tags)
    assert activity.find("participating-org").get("ref") == "XX"


def test_an_activity_of_version_1_is_given_back_as_one_text():
    sent = '<iati-activities version="1.04"><iati-activity><title>T</title></iati-activity></iati-activities>'

    activity = sent_back(sent)

    assert activity.findtext(f"{CONCORD}received") == sent
    assert activity.findtext("title/narrative") == "Title"


@pytest.mark.parametrize("profile", ["open", "five-facts"])
def test_a_public_file_holds_nothing_that_is_not_public(profile):
    for format_name in ("csv", "iati"):
        assert CANARY not in export(redact(a_document(), profile), format_name).decode()


# --- the whole demonstration ----------------------------------------------------------------------------


@pytest.mark.once
@pytest.mark.slow
@pytest.mark.django_db
def test_the_whole_demonstration_comes_back_in_without_a_difference(cast: Cast):
    """Every real action, written as each data file of the plan and read in again."""
    made = stage(cast)
    made.bring_in(files.rows_of(files.ACTIONS), files.ACTIONS.name)
    seen = 0
    for plan in made.framework.plans.all():
        target = Target(made.framework, plan, None, "reported_by")
        for format_name in DATA_FILES:
            content = draft_file(plan, format_name, actor=cast.officer, today=date(2026, 6, 1))

            preview = preview_of(open_bytes("file", content), target, actor=cast.officer)

            assert preview.counts.rows == preview.counts.same > 0
            seen += preview.counts.same
    assert seen > 300 * len(DATA_FILES)
