"""Small sheets as partners make them: languages, title rows, groups, totals, thousands. All made here."""

from decimal import Decimal

import pytest

from concord.intake.checks import check_rows, names_asked
from concord.intake.context import Context
from concord.intake.formats.parts import MergedCells, Row, Sheet
from concord.intake.layouts import layout_from
from concord.intake.mapping import map_sheets
from concord.kernel.codelists import NAMING_TABLE

SIX = {line.code: line.name for line in NAMING_TABLE}


def sheet(*rows, merged=(), name="Sheet1") -> Sheet:
    """A sheet; merged: (row, first column, last column), filled as readers fill merged cells."""
    cells = [list(row) for row in rows]
    for row, first, last in merged:
        for index in range(first, last + 1):
            cells[row - 1] += [""] * (index + 1 - len(cells[row - 1]))
            cells[row - 1][index] = cells[row - 1][first]
    filled = [Row(number, tuple(row)) for number, row in enumerate(cells, 1) if any(row)]
    return Sheet(name, filled, merged=[MergedCells(name, row, a, row, b) for row, a, b in merged])


def read(one: Sheet, layout=None, **known):
    """The mapped sheet, its checked rows, and all that is said, as (rule, row or column)."""
    mapping = map_sheets([one], **({"layout": layout_from(layout)} if layout else {}))
    (mapped,) = mapping.sheets
    donors, others = names_asked(mapping.sheets)
    context = Context(
        served=SIX,
        donors={name: ("KEY", "") for name in donors if name in known.get("known", ())},
        organisations={name: "KEY" for name in others if name in known.get("known", ())},
        reporter="KEY",
    )
    rows = check_rows([mapped], context)
    said = [*mapping.problems, *(problem for row in rows for problem in row.problems)]
    return mapped, rows, [problem for problem in said if problem.rule != "unknown-organisation"]


def amounts(row):
    return [(line["donor_as_written"], line["amount"], line["currency"]) for line in row.fields["funding"]]


def test_a_serbian_list_in_cyrillic_is_read():
    mapped, rows, said = read(
        sheet(
            [
                "Р.бр.",
                "Назив пројекта",
                "Донатор",
                "Корисник",
                "Почетак",
                "Крај",
                "Износ у хиљадама евра",
                "Статус",
            ],
            [
                "1",
                "Обука полиције",
                "Немачка",
                "Црна Гора",
                "13.11.2015.",
                "новембар 2018",
                "1.500",
                "у току",
            ],
            ["2", "Опрема", "Немачка", "Србија; БиХ", "2016", "у току", "2.000,5", "завршено"],
            ["", "Укупно", "", "", "", "", "3.500,5", ""],
        )
    )

    assert [column.field for column in mapped.columns] == [
        "", "title", "donors", "beneficiaries", "start", "end", "budget_amount", "status",
    ]  # fmt: skip
    first, second = rows
    assert first.fields["beneficiaries"] == ["ME"]
    assert (first.fields["start"], first.fields["end"]) == ("2015-11-13", "2018-11")
    assert (first.fields["status"], second.fields["status"]) == ("ongoing", "completed")
    assert amounts(first) == [("Немачка", "1500000.00", "EUR")]
    assert amounts(second) == [("Немачка", "2000500.00", "EUR")]
    assert [(p.severity.value, p.rule, p.row) for p in said] == [
        ("question", "amounts-in-thousands", 1),
        ("warning", "total-row", 4),
        ("question", "open-end", 3),
    ]


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (
            "Nr.|Emri i projektit|Donatori|Zbatuesi|Vendi|Data e fillimit|Data e mbarimit|Buxheti (EUR)",
            "|title|donors|implementers|beneficiaries|start|end|budget_amount",
        ),
        (
            "Назив на проектот|Извор на финансирање|Спроведувач|Земја|Период на имплементација|Вкупен буџет",
            "title|donors|implementers|beneficiaries|period|budget_amount",
        ),
        (
            "Naziv projekta|Izvor financiranja|Provodi|Država|Trajanje projekta|Vrijednost (KM)|Stanje",
            "title|donors|implementers|beneficiaries|period|budget_amount|status",
        ),
        (
            "Intitulé du projet|Bailleur de fonds|Pays|Date de début|Date de fin|Montant (EUR)",
            "title|donors|beneficiaries|start|end|budget_amount",
        ),
        (
            "Projekttitel|Geldgeber|Land|Beginn|Ende|Gesamtbudget (EUR)",
            "title|donors|beneficiaries|start|end|budget_amount",
        ),
        (
            "Naziv projekta / Project title|Donor / Donator|Country|Start date|End date|Budget EUR '000",
            "title|donors|beneficiaries|start|end|budget_amount",
        ),
    ],
)
def test_headings_of_the_region_are_known(headings, fields):
    listed = headings.split("|")

    mapped = map_sheets([sheet(listed, ["x"] * len(listed))]).sheets[0]

    assert [column.field for column in mapped.columns] == fields.split("|")
    assert {column.how for column in mapped.columns if column.field} == {"known"}


def test_two_rows_of_headings_are_read_together():
    """Period over Start and End, Budget over years; merged as a workbook has it, and bare as a text file."""
    rows = [
        ["Overview of projects 2018 to 2020"],
        ["Project", "Donor", "Period", "", "Budget (EUR)", "", ""],
        ["", "", "Start", "End", "2018", "2019", "2020"],
        ["Training", "Sweden", "2018", "2020", "100000", "200000", "tbc"],
    ]
    for merged in ((), ((1, 0, 6), (2, 2, 3), (2, 4, 6))):
        mapped, (row,), said = read(sheet(*rows, merged=merged))

        assert mapped.header_row == 3
        assert [c.field for c in mapped.columns] == ["title", "donors", "start", "end", *["budget_year"] * 3]
        assert mapped.columns[4].heading == "Budget (EUR) – 2018"
        assert amounts(row) == [("Sweden", "300000.00", "EUR")]
        assert row.fields["notes"] == "Budget by year: 2018: EUR 100,000; 2019: EUR 200,000"
        assert [(p.rule, p.reading) for p in said] == [("sum-of-years", "EUR 300,000")]


def test_years_alone_are_amounts_where_their_cells_are():
    mapped, (row, _), said = read(
        sheet(["Title", "Currency", "2018", "2019"], ["A", "EUR", "100", "200"], ["B", "EUR", "", "50"])
    )

    assert [column.field for column in mapped.columns][2:] == ["budget_year"] * 2
    assert row.fields["funding"][0]["amount"] == "300.00"
    assert {p.rule for p in said} == {"heading-guessed", "sum-of-years"}


def test_sections_totals_and_repeated_headings_inside_a_table():
    headings = ["No", "Project", "Implementer", "Start", "End", "Budget (EUR)"]
    mapped, rows, said = read(
        sheet(
            headings,
            ["1", "2", "3", "4", "5", "6"],
            ["Albania"],
            ["1", "Training", "Body A", "2018", "2019", "100"],
            ["2", "Equipment", "Body A", "2018", "2019", "200"],
            ["", "Subtotal", "", "", "", "300"],
            headings,
            ["Kosovo*"],
            ["3", "Advice", "Body B", "2018", "2019", "400"],
            ["", "", "", "", "", "700"],
            ["* This designation is without prejudice to positions on status."],
            merged=[(3, 0, 5), (8, 0, 5), (11, 0, 5)],
        )
    )  # fmt: skip

    assert [row.number for row in mapped.rows] == [4, 5, 9]
    assert [row.fields["beneficiaries"] for row in rows] == [["AL"], ["AL"], ["XK"]]
    assert [(p.rule, p.row) for p in said if p.severity.value == "question"] == [
        ("group-heading", 4),
        ("group-heading", 9),
    ]
    assert [(p.rule, p.row) for p in said if p.severity.value == "warning"] == [
        ("column-numbers", 2),
        ("total-row", 6),
        ("repeated-headings", 7),
        ("total-row", 10),
        ("text-below-table", 11),
    ]


def test_a_sum_without_a_word_is_left_out_where_it_adds_up():
    _, rows, said = read(
        sheet(
            ["Title", "Donor", "Budget (EUR)"],
            ["A", "X", "1.000,50"],
            ["B", "X", "2.000,00"],
            ["", "", "3.000,50"],
        )
    )

    assert [row.fields["title"] for row in rows] == ["A", "B"]
    assert [(p.rule, p.row) for p in said] == [("total-row", 4)]


def test_an_action_whose_title_begins_with_a_word_for_total_stays():
    _, rows, _ = read(
        sheet(["Title", "Donor", "End"], ["Total control of borders", "X", "2019"], ["Total", "", ""])
    )

    assert [row.fields["title"] for row in rows] == ["Total control of borders"]


def test_a_donor_over_its_rows_is_proposed_as_their_donor():
    _, rows, said = read(
        sheet(
            ["Project", "Country", "End", "Budget (EUR)"],
            ["Sweden"],
            ["Training", "Albania", "2019", "100"],
            ["Component 1"],
            ["Advice", "Albania", "2019", "100"],
            merged=[(2, 0, 3), (4, 0, 3)],
        ),
        known={"Sweden"},
    )

    assert rows[0].fields["participations"] == [
        {"role": "donor", "as_written": "Sweden", "organisation": None}
    ]
    assert amounts(rows[0]) == [("Sweden", "100.00", "EUR")]
    assert [(p.rule, p.reading) for p in said] == [
        ("group-heading", "Donors: Sweden"),
        ("group-heading", "kept with the file, not applied"),
    ]


def test_two_languages_side_by_side_take_the_english():
    _, (row,), said = read(
        sheet(
            ["Naziv_sr", "Title_en", "Opis_sr", "Description_en", "Country_en"],
            ["Obuka", "Training", "Kratko", "Short", "Albania"],
        )
    )

    assert (row.fields["title"], row.fields["description"]) == ("Training", "Short")
    assert [(p.rule, p.column) for p in said] == [
        ("other-language", "Naziv_sr"),
        ("other-language", "Opis_sr"),
    ]
    assert row.cells[0] == "Obuka", "the other language stays with the file"


def test_a_column_of_bodies_is_not_taken_for_places():
    mapped, (row, _), said = read(
        sheet(
            ["Naziv", "Korisnik"],
            ["Obuka", "Ministarstvo unutrašnjih poslova"],
            ["Oprema", "Granična policija"],
        )
    )

    assert mapped.columns[1].field == "recipients"
    assert row.fields["participations"][0]["role"] == "recipient"
    assert [(p.severity.value, p.rule, p.reading) for p in said] == [
        ("question", "heading-guessed", "Receiving organisations")
    ]


@pytest.mark.parametrize(
    ("heading", "field"),
    [("Name of the project (full)", "title"), ("Donnor", "donors"), ("Title (max. 200 characters)", "title")],
)
def test_a_heading_like_a_known_one_is_read_and_asked_about(heading, field):
    mapping = map_sheets([sheet([heading, "Start", "End", "Country"], ["x", "2019", "2020", "Albania"])])

    assert mapping.sheets[0].columns[0].field == field
    assert [(p.rule, p.column) for p in mapping.problems if p.severity.value == "question"] == [
        ("heading-guessed", heading)
    ]


@pytest.mark.parametrize("heading", ["Year", "Sector", "Contact person", "Agency", "Region", "Level of risk"])
def test_a_heading_that_may_mean_two_things_is_asked_about(heading):
    mapping = map_sheets([sheet(["Title", "End", heading], ["x", "2020", "y"])])

    assert mapping.sheets[0].columns[2].field == ""
    assert [(p.severity.value, p.rule) for p in mapping.problems] == [("question", "unknown-heading")]


def test_the_currency_behind_the_amount_is_its_own():
    mapped = map_sheets(
        [
            sheet(
                ["Title", "Total Cost", "Currency Type", "Other costs", "Currency Type"],
                ["x", "1", "EUR", "2", "USD"],
            )
        ]
    ).sheets[0]

    assert mapped.column_of("budget_amount").index == 1
    assert mapped.column_of("budget_currency").index == 2


def test_shares_of_donors_divide_the_amount_and_are_asked_about():
    _, (row, other), said = read(
        sheet(
            ["Title", "Donor", "Budget (EUR)"],
            ["A", "EU 80%, Germany 20%", "1000.10"],
            ["B", "EU 80%, Germany 10%", "1000"],
        )
    )

    assert amounts(row) == [("EU", "800.08", "EUR"), ("Germany", "200.02", "EUR")]
    assert amounts(other) == [("", "1000.00", "EUR")]
    assert [(p.rule, p.row) for p in said] == [("shares-of-the-amount", 2), ("shares-not-applied", 3)]
    assert sum(Decimal(line["amount"]) for line in row.fields["funding"]) == Decimal("1000.10")


def test_the_period_of_one_cell_and_an_open_end_give_dates_and_status():
    _, rows, said = read(
        sheet(
            ["Title", "Duration"],
            ["A", "2018-2020"],
            ["B", "13.11.2015 - ongoing"],
            ["C", "36 months"],
        )
    )

    assert [(row.fields["start"], row.fields["end"]) for row in rows] == [
        ("2018", "2020"),
        ("2015-11-13", ""),
        ("", ""),
    ]
    assert rows[1].fields["status"] == "ongoing"
    assert [(p.rule, p.row, p.column) for p in said] == [
        ("open-end", 3, "Duration"),
        ("duration", 4, "Duration"),
    ]
