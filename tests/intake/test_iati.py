"""IATI activity files of both major versions: what each element becomes, what is kept, what is refused."""

from pathlib import Path

import pytest
from lxml import etree

from concord.intake.formats.iati import reader
from concord.intake.formats.iati.reader import FORMAT
from concord.intake.formats.parts import Sheets, UnreadableFile, collect

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "iati"
SAMPLES = Path(reader.__file__).parent / "samples"
HEAD = '<?xml version="1.0"?><iati-activities version="{version}"{more}>'


def file_of(tmp_path: Path, *activities: str, version: str = "2.03", more: str = "") -> Path:
    path = tmp_path / "a.xml"
    whole = HEAD.format(version=version, more=more) + "".join(activities) + "</iati-activities>"
    path.write_text(whole, encoding="utf-8")
    return path


def activity(*elements: str, attributes: str = 'xml:lang="en" default-currency="EUR"') -> str:
    return f"<iati-activity {attributes}>{''.join(elements)}</iati-activity>"


def read(path: Path) -> tuple[list[dict[str, str]], Sheets]:
    sheets = collect(FORMAT.read(path))
    headings, *rows = sheets.sheets[0].rows
    return [dict(zip(headings.cells, row.cells, strict=True)) for row in rows], sheets


def only(tmp_path: Path, *elements: str, version: str = "2.03") -> dict[str, str]:
    rows, _ = read(file_of(tmp_path, activity(*elements), version=version))
    return rows[0]


def told(sheets: Sheets) -> list[tuple[str, int | None, str]]:
    return [(note.rule, note.row, note.value) for note in sheets.notes]


def test_each_activity_is_a_row_of_the_templates_columns_and_is_kept_whole():
    rows, sheets = read(SAMPLES / "good.xml")

    assert rows[0] == {
        "iati_identifier": "XX-1-A1",
        "id": "A1",
        "reported_by": "Donor A",
        "title": "Training of border police",
        "summary": "A training",
        "description": "",
        "donors": "Donor A",
        "implementers": "Implementer C\\; south",
        "leads": "",
        "partners": "",
        "beneficiaries": "AL; XK",
        "start": "2018-02-01",
        "end": "2019-12-31",
        "status": "ongoing",
        "budget_amount": "",
        "budget_currency": "",
        "funding": "Donor A | 3000.50 | EUR | secured",
        "source_url": "https://example.org/a1",
    }
    assert [row.number for row in sheets.sheets[0].rows] == [0, 1, 2]
    assert sheets.notes == []


def test_the_activity_is_kept_with_every_element_attribute_and_text():
    sheets = collect(FORMAT.read(SAMPLES / "good.xml"))
    originals = etree.parse(SAMPLES / "good.xml").getroot()

    for row, original in zip(sheets.sheets[0].rows[1:], originals, strict=True):
        original.tail = None
        assert etree.tostring(etree.fromstring(row.received)[0]) == etree.tostring(original)


def test_version_1_says_the_same_in_other_words(tmp_path):
    row = only(
        tmp_path,
        "<reporting-org ref='XX-1'>\n\t Donor A \n</reporting-org>",
        "<iati-identifier>\n XX-1-A1 \n</iati-identifier>",
        "<title xml:lang='fr'>Une\n  formation</title><title>A\n training</title>",
        "<description type='1'>First line\n   second line</description>",
        "<activity-status> Implementation </activity-status>",
        "<activity-date type='start-planned' iso-date='2017-05-01'/>",
        "<activity-date type='start-actual'>2018-02-01Z</activity-date>",
        "<activity-date type='end-planned' iso-date='2019-12-31+02:00'/>",
        "<participating-org role='Funding'>Donor B</participating-org>",
        "<participating-org role='Implementing' ref='XX-9'/>",
        "<participating-org role='Accountable'>Lead</participating-org>",
        "<participating-org role='Extending'>Between</participating-org>",
        "<transaction><value>\n 10 \n</value><transaction-type code='C'/></transaction>",
        "<transaction><value>99</value><transaction-type code='D'/></transaction>",
        "<activity-website>https://example.org</activity-website>",
        version="1.05",
    )

    assert {name: text for name, text in row.items() if text} == {
        "iati_identifier": "XX-1-A1",
        "reported_by": "Donor A",
        "title": "A training",
        "summary": "First line\nsecond line",
        "status": "ongoing",
        "start": "2018-02-01",
        "end": "2019-12-31",
        "donors": "Donor B",
        "implementers": "XX-9",
        "leads": "Lead",
        "partners": "Between",
        "funding": "Donor B | 10 | EUR | secured",
        "source_url": "https://example.org",
    }


@pytest.mark.parametrize(
    ("narratives", "read_as"),
    [
        ("<narrative xml:lang='fr'>Un</narrative><narrative xml:lang='en'>One</narrative>", "One"),
        ("<narrative xml:lang='fr'>Un</narrative><narrative>One</narrative>", "One"),
        ("<narrative xml:lang='fr'>Un</narrative><narrative xml:lang='sq'>Një</narrative>", "Un"),
        ("<narrative xml:lang='en'/><narrative xml:lang='sq'>Një</narrative>", "Një"),
        ("<!-- none -->", ""),
    ],
)
def test_of_several_languages_english_is_read_else_the_first(tmp_path, narratives, read_as):
    assert only(tmp_path, f"<title>{narratives}</title>")["title"] == read_as


def test_objectives_and_target_groups_become_the_description(tmp_path):
    row = only(
        tmp_path,
        "<description type='2'><narrative>Fewer accidents</narrative></description>",
        "<description><narrative>What it is</narrative></description>",
        "<description type='3'><narrative>Drivers</narrative></description>",
        "<description type='4'><narrative>More</narrative></description>",
    )

    assert row["summary"] == "What it is"
    assert row["description"] == "Objectives: Fewer accidents\n\nTarget groups: Drivers\n\nMore"


BUDGET = (
    "<budget {how}><period-start iso-date='{start}'/><period-end iso-date='{start}'/>"
    "<value {money}>{amount}</value></budget>"
)


COMMITTED = (
    "<transaction><transaction-type code='2'/><value>{}</value>"
    "<provider-org><narrative>Giver</narrative></provider-org></transaction>"
)


def budget(amount: str, *, start: str = "2018-01-01", how: str = "", money: str = "") -> str:
    return BUDGET.format(how=how, start=start, money=money, amount=amount)


@pytest.mark.parametrize(
    ("elements", "cells"),
    [
        ([budget("10"), budget("5.25", start="2019-01-01")], ("15.25", "EUR", "")),
        ([budget("10", how="type='1'"), budget("7", how="type='2'")], ("7", "EUR", "")),
        ([budget("1,000"), budget("5", money="currency='USD'")],
         ("", "", "Donor B | 1000 | EUR | not reported\nDonor B | 5 | USD | not reported")),
        ([budget("10", how="status='1'")], ("", "", "Donor B | 10 | EUR | pipeline")),
        ([budget("10"), "<transaction><transaction-type code='2'/><value>99</value></transaction>"],
         ("10", "EUR", "")),
        ([COMMITTED.format(6), COMMITTED.format(-1),
          "<transaction><transaction-type code='11'/><value>50</value></transaction>"],
         ("", "", "Giver | 5 | EUR | secured")),
        (["<transaction><transaction-type code='11'/><value>50</value></transaction>"],
         ("", "", "Donor B | 50 | EUR | secured")),
        (["<transaction><transaction-type code='3'/><value>50</value></transaction>"], ("", "", "")),
        ([], ("", "", "")),
    ],
)  # fmt: skip
def test_budgets_are_added_per_currency_and_commitments_stand_in_where_there_are_none(
    tmp_path, elements, cells
):
    donor = "<participating-org role='1'><narrative>Donor B</narrative></participating-org>"
    row = only(tmp_path, donor, *elements)

    assert (row["budget_amount"], row["budget_currency"], row["funding"]) == cells


def test_one_amount_of_several_donors_is_a_joint_line(tmp_path):
    donors = [
        f"<participating-org role='1'><narrative>{name}</narrative></participating-org>" for name in "AB"
    ]

    row = only(tmp_path, *donors, budget("10", how="status='2'"))

    assert row["funding"] == " | 10 | EUR | secured"


@pytest.mark.parametrize(
    ("element", "rule", "value"),
    [
        (budget("ten"), "no-such-amount", "ten"),
        (budget("NaN"), "no-such-amount", "NaN"),
        (budget("1e400"), "no-such-amount", "1e400"),
        (budget("10", money="currency='XQQ'"), "no-such-currency", "10 XQQ"),
        (budget("-3"), "amount-below-zero", "-3 EUR"),
        ("<activity-status code='5'/>", "activity-given-up", "cancelled"),
        ("<activity-status code='77'/>", "no-such-status", "77"),
        ("<recipient-region code='89'><narrative>Europe, regional</narrative></recipient-region>", "region",
         "Europe, regional"),
        (f"<document-link url='https://example.org/{'a' * 600}'/>", "address-too-long",
         f"https://example.org/{'a' * 180}"),
        (f"<title><narrative>{'a' * 600}</narrative></title>", "text-cut", "a" * 200),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_over_is_said_with_its_activity_and_stays_as_received(
    tmp_path, element, rule, value
):
    _, sheets = read(file_of(tmp_path, activity("<title>First</title>"), "\n", activity(element)))

    assert told(sheets) == [(rule, 2, value)]
    assert "line 2" in sheets.notes[0].message
    assert etree.fromstring(sheets.sheets[0].rows[2].received)[0][0].tag in element


def test_countries_of_transactions_count_where_the_activity_names_none(tmp_path):
    row = only(
        tmp_path, *(f"<transaction><recipient-country code='{c}'/></transaction>" for c in ("AL", "BA", "al"))
    )

    assert row["beneficiaries"] == "AL; BA"


def test_what_concord_wrote_down_in_its_own_namespace_is_read_back_before_everything_else(tmp_path):
    own = "<c:stated xmlns:c='urn:concord:iati:1' column='{}'>{}</c:stated>"
    path = file_of(
        tmp_path,
        activity(
            "<title><narrative>Title</narrative></title>",
            own.format("start", "2019"),
            own.format("key", "K7M2P9XW"),
        ),
        more=" xmlns:c='urn:concord:iati:1' c:columns='key title start invented'",
    )

    rows, _ = read(path)

    assert rows == [{"key": "K7M2P9XW", "title": "Title", "start": "2019"}]


def test_another_version_is_read_and_said(tmp_path):
    _, sheets = read(file_of(tmp_path, activity("<title>First</title>"), version="1.02"))

    assert told(sheets) == [("iati-version", None, "1.02")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1", "windows-1252"])
def test_a_file_is_read_in_the_encoding_it_names(tmp_path, encoding):
    name = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{name}"?><iati-activities version="2.03">' + activity(
        "<title><narrative>Coopération</narrative></title>"
    )
    path = tmp_path / "a.xml"
    path.write_bytes(f"{text}</iati-activities>".encode(encoding))

    assert read(path)[0][0]["title"] == "Coopération"


# --- what is refused ----------------------------------------------------------------------------------


def refused(path: Path) -> UnreadableFile:
    with pytest.raises(UnreadableFile) as caught:
        collect(FORMAT.read(path))
    return caught.value


@pytest.mark.parametrize(
    ("text", "rule", "word"),
    [
        ("<iati-organisations version='2.03'/>", "iati-organisations", "organisation file"),
        ("<html><body/></html>", "xml", "no IATI"),
        ("<x:iati-activities xmlns:x='urn:x'/>", "xml", "no IATI"),
        ("<!DOCTYPE iati-activities><iati-activities/>", "document-type", "document type"),
        ("<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><iati-activities>&e;</iati-activities>",
         "document-type", "document type"),
        ("<!DOCTYPE a [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><iati-activities>&b;</iati-activities>",
         "document-type", "document type"),
        ("<iati-activities>&unknown;</iati-activities>", "broken-xml", "line 1"),
        ("<?xml version='1.0' encoding='nonsense'?><iati-activities/>", "encoding", "encoding"),
        ("<!-- nothing else -->", "broken-xml", "line 1"),
        ("<iati-activities>\n<iati-activity/>\n<iati-activity><title>", "broken-xml", "line 3"),
        ("<iati-activities>\n<iati-activity></b>", "broken-xml", "line 2"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_whole_iati_file_is_refused_with_its_reason(tmp_path, text, rule, word):
    path = tmp_path / "a.xml"
    path.write_text(text)

    said = refused(path)

    assert said.rule == rule
    assert word in said.message
    assert said.remedy


def test_one_endless_activity_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "ACTIVITY_BYTES", 200_000)
    path = file_of(tmp_path, activity("<sector/>" * 50_000))

    assert refused(path).rule == "activity-too-large"


def test_an_activity_leaves_the_tree_before_the_next_ones_pile_up(tmp_path, monkeypatch):
    path = file_of(tmp_path, *(activity(f"<title>{n}</title>") for n in range(5_000)))
    forget, standing = reader._forget, []
    monkeypatch.setattr(
        reader, "_forget", lambda root, each: (standing.append(len(root)), forget(root, each))
    )

    assert len(read(path)[0]) == 5_000

    whole_chunk = reader.CHUNK_BYTES // len(activity("<title>1</title>")) + 1
    assert max(standing) <= whole_chunk


# --- real files ---------------------------------------------------------------------------------------

pytest_real = pytest.mark.skipif(not REAL.exists(), reason="skipped: no ../shared/data")


@pytest_real
@pytest.mark.parametrize("name", ["nigeria-aims-2.03", "senegal-aims-2.03", "timor-leste-aims-1.04"])
def test_counts_and_sums_of_a_real_file_are_those_of_an_independent_reading(name):
    """Plain XPath over the whole tree against the streamed rows."""
    path = REAL / f"{name}.xml"
    root = etree.parse(path).getroot()
    rows, _ = read(path)

    def count(expression: str) -> int:
        return int(root.xpath(f"count({expression})"))

    donor = "@role='1' or @role='Funding'"
    assert len(rows) == count("iati-activity")
    assert sum(bool(row["donors"]) for row in rows) == count(f"iati-activity[participating-org[{donor}]]")
    assert sum(bool(row["start"]) for row in rows) == count(
        "iati-activity[activity-date[@type=1 or @type=2]]"
    )
    assert sum(bool(row["end"]) for row in rows) == count("iati-activity[activity-date[@type=3 or @type=4]]")
    assert sum(bool(row["beneficiaries"]) for row in rows) == count("iati-activity[recipient-country]")
    committed = "iati-activity/transaction[transaction-type/@code='2' or transaction-type/@code='C']/value"
    expected = sum(float(value.text) for value in root.xpath(committed))
    lines = [line.split(" | ") for row in rows for line in row["funding"].splitlines()]
    assert sum(float(line[1]) for line in lines) == pytest.approx(expected, rel=1e-6)
    assert {row["iati_identifier"] for row in rows} == {
        " ".join(element.text.split()) for element in root.iter("iati-identifier")
    }
