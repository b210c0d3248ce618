"""CSV as offices write it: delimiters, encodings, quotation marks, and rows that must not be lost."""

import pytest

from concord.intake.formats.csv.reader import FORMAT
from concord.intake.formats.parts import Sheets, collect
from tests.intake.samples import GOOD, HEADINGS, csv_text

CITY = "Trebinje – Četinje, Шид, Përmet"


def read(tmp_path, data: bytes) -> Sheets:
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    return collect(FORMAT.read(path))


def cells(sheets: Sheets) -> list[tuple[str, ...]]:
    return [row.cells for row in sheets.sheets[0].rows]


def rules(sheets: Sheets) -> list[tuple[str, int | None]]:
    return [(note.rule, note.row) for note in sheets.notes]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_unicode_files_are_read_with_and_without_a_mark_whatever_ends_their_lines(tmp_path, encoding, end):
    sheets = read(tmp_path, end.join(["title,place", f"First,“{CITY}”", "Second,Shkodër"]).encode(encoding))

    assert cells(sheets) == [("title", "place"), ("First", f"“{CITY.split(',')[0]}", *(
        part.strip() for part in f"{CITY}”".split(",")[1:])), ("Second", "Shkodër")]  # fmt: skip
    assert sheets.notes == []


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_found_although_lists_inside_cells_use_semicolons(tmp_path, delimiter):
    rows = [GOOD | {"title": f"Action {n}", "donors": "One; Two; Three, Ltd"} for n in range(3)]

    sheets = read(tmp_path, csv_text(rows, delimiter=delimiter).encode())

    assert cells(sheets)[0] == HEADINGS
    assert [row[HEADINGS.index("donors")] for row in cells(sheets)[1:]] == ["One; Two; Three, Ltd"] * 3


@pytest.mark.parametrize(
    ("encoding", "text", "named"),
    [
        ("cp1250", "Čačak,Ministarstvo unutrašnjih poslova", "Windows-1250"),
        ("cp1250", "Niš,Petrović i Đorđe", "Windows-1250"),
        ("cp1252", "Genève,Coopération à l'échelle régionale", "Windows-1252"),
        ("cp1252", "Århus,København", "Windows-1252"),
    ],
)
def test_a_file_in_a_windows_encoding_is_read_and_says_so_once(tmp_path, encoding, text, named):
    sheets = read(tmp_path, f"place,name\n{text}\n{text}\n".encode(encoding))

    assert cells(sheets)[1:] == [tuple(text.split(","))] * 2
    assert rules(sheets) == [("encoding", 2)]
    assert named in sheets.notes[0].message


def test_rows_in_another_encoding_than_the_rest_are_each_named(tmp_path):
    lines = [b"title,place", "Prva,Šabac".encode(), "Druga,Čačak".encode("cp1250"), b"Third,Tirana"]
    lines.append("Četvrta,Niš".encode("cp1250"))

    sheets = read(tmp_path, b"\n".join(lines))

    assert [row[1] for row in cells(sheets)[1:]] == ["Šabac", "Čačak", "Tirana", "Niš"]
    assert rules(sheets) == [("mixed-encoding", 3), ("mixed-encoding", 5)]


def test_a_byte_that_no_letter_has_is_shown_as_such_and_named(tmp_path):
    sheets = read(tmp_path, b"title,place\nCa\xe9\x81f\xe9,Tirana\n")

    assert cells(sheets)[1][0] == "Caé\ufffdfé"
    assert ("unreadable-characters", 2) in rules(sheets)


def test_empty_lines_count_as_rows_and_are_left_out(tmp_path):
    sheets = read(tmp_path, b"title,end\n\n,,\nFirst,2019\n")

    assert [(row.number, row.cells) for row in sheets.sheets[0].rows] == [
        (1, ("title", "end")),
        (4, ("First", "2019")),
    ]


def test_a_cell_in_quotation_marks_may_run_over_lines_and_counts_as_one_row(tmp_path):
    sheets = read(tmp_path, b'title,summary,end\nFirst,"one\ntwo, ""three""",2019\nSecond,x,2020\n')

    assert [(row.number, row.cells) for row in sheets.sheets[0].rows][1:] == [
        (2, ("First", 'one\ntwo, "three"', "2019")),
        (3, ("Second", "x", "2020")),
    ]
    assert sheets.notes == []


@pytest.mark.parametrize("broken", ['Broken,"never closed,2019', 'Broken,"closed too late,2019'])
def test_a_quotation_mark_never_closed_swallows_no_row(tmp_path, broken):
    after = "Third,x,2021" if "late" not in broken else 'Third,"x",2021'
    text = f"title,summary,end\nFirst,x,2018\n{broken}\nSecond,x,2020\n{after}\n"

    sheets = read(tmp_path, text.encode())

    assert [row[0] for row in cells(sheets)] == ["title", "First", "Broken", "Second", "Third"]
    assert rules(sheets) == [("open-quotation-mark", 3)]


def test_an_inch_mark_is_a_character_like_others(tmp_path):
    sheets = read(tmp_path, b'title,summary,end\nScreens,24" screens,2019\nSecond,x,2020\n')

    assert cells(sheets)[1] == ("Screens", '24" screens', "2019")
    assert sheets.notes == []


def test_nul_and_other_control_characters_are_left_out_and_named(tmp_path):
    sheets = read(tmp_path, b"title,summary\nFir\x00st,a\x07b\tc\nSecond,x\nThird,y\n" + b"More,z\n" * 60)

    assert cells(sheets)[1] == ("First", "ab\tc")
    assert [(note.rule, note.row, note.column) for note in sheets.notes] == [
        ("control-characters", 2, 0),
        ("control-characters", 2, 1),
    ]


def test_a_chunk_that_ends_between_cr_and_lf_makes_no_extra_row(tmp_path):
    line = b"x" * 65_533
    sheets = read(tmp_path, b"t,e\r\n" + line[: 65_536 - 8] + b",1\r\nSecond,2\r\n")

    assert [row.number for row in sheets.sheets[0].rows] == [1, 2, 3]


def test_a_first_line_that_names_the_delimiter_is_no_row(tmp_path):
    sheets = read(tmp_path, b'sep=;\r\ntitle;donors;end\r\nFirst;"A;B";2019\r\n')

    assert [(row.number, row.cells) for row in sheets.sheets[0].rows] == [
        (1, ("title", "donors", "end")),
        (2, ("First", "A;B", "2019")),
    ]


def test_bars_between_the_cells_are_found(tmp_path):
    assert cells(read(tmp_path, b"title|end\nFirst|2019\n")) == [("title", "end"), ("First", "2019")]


def test_bars_and_lines_inside_cells_do_not_hide_the_commas(tmp_path):
    lines = "EU | 100 | EUR | secured | IPA | 1\nDE | 50 | EUR | pipeline | | 2\nFR | 5 | EUR | | | 3"
    text = "title,funding,end\n" + "".join(f'Action {n},"{lines}",2019\n' for n in range(30))

    read_rows = cells(read(tmp_path, text.encode()))

    assert read_rows[0] == ("title", "funding", "end")
    assert read_rows[30] == ("Action 29", lines, "2019")


@pytest.mark.parametrize(
    ("text", "encoding", "named"),
    [
        ("назив,крај\nОбука граничне полиције,2019\nЉубљана Ђурђевдан,2020\n", "cp1251", "Cyrillic"),
        ("наслов,крај\nОбука на царински службеници,2019\n", "cp1251", "Cyrillic"),
        ("naziv,kraj\nObuka carinskih službenika u Višegradu i Žepču,2019\n", "cp1250", "Central European"),
        ("libellé,fin\nFormation à la gestion intégrée des frontières,2019\n", "cp1252", "Western European"),
    ],
)
def test_the_code_page_of_old_files_is_told_apart(tmp_path, text, encoding, named):
    sheets = read(tmp_path, text.encode(encoding))

    assert [",".join(row) for row in cells(sheets)] == text.splitlines()
    assert [named in note.message for note in sheets.notes] == [True]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_in_every_unicode_encoding(tmp_path, encoding, delimiter):
    text = f"title{delimiter}end\nObuka č. 1 – שלום é{delimiter}2019\n"

    assert cells(read(tmp_path, text.encode(encoding))) == [("title", "end"), ("Obuka č. 1 – שלום é", "2019")]
