"""What a person said about sheets and columns goes before what is recognised; wrong entries are named."""

import pytest

from concord.intake.layouts import Layout, SheetLayout, field_choices, layout_from, layout_of_file
from concord.intake.mapping import map_sheets
from concord.intake.samples import columns_with_samples, layout_of
from concord.kernel.errors import BadInput
from tests.intake.test_layouts_of_partners import amounts, read, sheet

FOREIGN = [
    ["Quarterly list"],
    ["Veikla", "Pradžia", "Suma", "Kas moka", "Kita"],
    ["Mokymai", "03/04/2019", "12,5", "Body A", "x"],
]
SAID = {
    "Sheet1": {
        "header_row": 2,
        "holds": "actions",
        "columns": {
            "Veikla": "title",
            "Pradžia": "start",
            "C": "budget_amount",
            "Kas moka": "donors",
            "E": "ignore",
        },
        "currency": "EUR",
        "in_thousands": True,
        "day_first": True,
    }
}


def test_a_sheet_in_an_unknown_language_is_read_as_a_person_says():
    mapped, (row,), said = read(sheet(*FOREIGN), layout=SAID)

    assert mapped.header_row == 2
    assert [c.field for c in mapped.columns] == ["title", "start", "budget_amount", "donors", ""]
    assert (row.fields["title"], row.fields["start"]) == ("Mokymai", "2019-04-03")
    assert amounts(row) == [("Body A", "12500.00", "EUR")]
    assert said == []


def test_without_it_the_same_sheet_has_no_headings_that_are_known():
    assert [p.rule for p in map_sheets([sheet(*FOREIGN)]).problems] == ["no-heading-row"]


def test_any_sheet_may_be_meant_and_a_sheet_may_be_left_out():
    first, second = (
        sheet(["Veikla", "End"], ["A", "2019"], name="one"),
        sheet(["title", "end"], ["B", "2019"], name="two"),
    )

    mapping = map_sheets(
        [first, second],
        layout=layout_from({"*": {"columns": {"Veikla": "title"}}, "two": {"holds": "ignore"}}),
    )

    assert [(s.name, s.columns[0].field) for s in mapping.sheets] == [("one", "title")]
    assert mapping.unread == ("two",)


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ([], "table of sheets"),
        ({"S": 1}, "“S”"),
        ({"S": {"heading": 1}}, "“heading”"),
        ({"S": {"header_row": 0}}, "“header_row”"),
        ({"S": {"header_row": "3"}}, "“header_row”"),
        ({"S": {"holds": "things"}}, "“things”"),
        ({"S": {"columns": ["A"]}}, "“columns”"),
        ({"S": {"columns": {"A": "tilte"}}}, "“tilte”"),
        ({"S": {"holds": "needs", "columns": {"A": "donors"}}}, "“donors”"),
        ({"S": {"currency": "EURO€"}}, "“EURO€”"),
        ({"S": {"in_thousands": "yes"}}, "“in_thousands”"),
        ({"S": {"day_first": 1}}, "“day_first”"),
    ],
)
def test_an_entry_that_means_nothing_is_named(document, named):
    with pytest.raises(BadInput, match=named):
        layout_from(document)


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ({"Sheet9": {}}, "sheet “Sheet9”.*“Sheet1”"),
        ({"Sheet1": {"columns": {"Nowhere": "title"}}}, "column “Nowhere”.*“title”"),
        ({"Sheet1": {"header_row": 7}}, "row 7, which is empty"),
    ],
)
def test_what_is_not_in_the_file_is_named(document, named):
    with pytest.raises(BadInput, match=named):
        map_sheets([sheet(["title", "end"], ["A", "2019"])], layout=layout_from(document))


def test_a_layout_comes_from_json_or_toml(tmp_path):
    as_json, as_toml, broken = tmp_path / "a.json", tmp_path / "a.toml", tmp_path / "b.json"
    as_json.write_text('{"*": {"columns": {"Veikla": "title"}}}', encoding="utf-8")
    as_toml.write_text('["*".columns]\nVeikla = "title"\n', encoding="utf-8")
    broken.write_text("{", encoding="utf-8")

    expected = Layout({"*": SheetLayout(columns={"Veikla": "title"})})
    assert layout_of_file(as_json) == layout_of_file(as_toml) == expected
    assert layout_from(expected.as_json()) == expected
    with pytest.raises(BadInput, match=r"b\.json could not be read"):
        layout_of_file(broken)


def test_a_page_is_given_columns_with_samples_and_how_they_are_read():
    mapped = map_sheets(
        [
            sheet(
                ["Title", "Start", "Budget ('000 EUR)", "Country", "Sector"],
                ["A", "Q3 2019", "1.5", "WB6", "s"],
                ["B", "Q3 2019", "tbc", "FYROM", "s"],
            )
        ]
    ).sheets[0]

    columns = columns_with_samples(mapped)

    assert [column.choice for column in columns] == ["title", "start", "budget_amount", "beneficiaries", ""]
    assert [(s.row, s.written, s.read) for s in columns[1].samples] == [(2, "Q3 2019", "2019")]
    assert [s.read for s in columns[2].samples] == ["EUR 1,500", "not stated"]
    assert columns[3].samples[1].read == "North Macedonia"
    assert [s.read for s in columns[4].samples] == [""]
    assert columns[1].filled == 2
    again = map_sheets(
        [sheet(["Title", "Start", "Budget ('000 EUR)", "Country", "Sector"], ["A", "", "2", "", ""])],
        layout=Layout({"Sheet1": layout_of(mapped)}),
    )
    assert [column.field for column in again.sheets[0].columns] == [column.field for column in mapped.columns]


def test_the_fields_to_choose_from_have_names_for_people():
    assert ("beneficiaries", "Beneficiaries (places)") in field_choices("actions")
    assert ("period", "Period (start and end in one cell)") in field_choices("actions")
    assert "statement" in dict(field_choices("needs"))
