"""Files that are no table, or mean harm: each is refused with its reason, in little time and memory."""

import os
import random
import resource
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from concord.intake.formats import limits, reading
from concord.intake.formats.parts import UnreadableFile
from concord.intake.formats.process import child_environment
from concord.intake.formats.reading import read_file
from tests.intake import samples
from tests.intake.samples import cell, package, parts, row_of, sheet_data

Make = Callable[[Path], Path]


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def bomb_of_entities(path: Path) -> Path:
    lines = ['<!ENTITY a0 "aaaaaaaaaa">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))]
    document = f'<?xml version="1.0"?><!DOCTYPE x [{"".join(lines)}]><x>&a9;</x>'
    return package(path, parts(**{"xl/sharedStrings.xml": document}))


def outside_entity(path: Path) -> Path:
    document = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
    return package(path, parts(**{"xl/sharedStrings.xml": document}))


def truncated(path: Path) -> Path:
    whole = samples.xlsx_file(path.parent, {"A": samples.as_cells([samples.GOOD])}, "whole.xlsx")
    return written(path, whole.read_bytes()[:-200])


def duplicate_parts(path: Path) -> Path:
    import zipfile

    package(path, parts())
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xl/workbook.xml", "<workbook/>")
    return path


def shared_string_bomb(path: Path) -> Path:
    """One string of half a megabyte that 40,000 cells repeat: small as a file, 20 GB as text."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings = f'<sst xmlns="{main}"><si><t>{"x" * 500_000}</t></si></sst>'
    rows = [f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 40_001)]
    named = parts(sheet_data(*rows), **{"xl/sharedStrings.xml": strings})
    named["[Content_Types].xml"] = named["[Content_Types].xml"].replace(
        "</Types>",
        '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
        'officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
    )
    named["xl/_rels/workbook.xml.rels"] = named["xl/_rels/workbook.xml.rels"].replace(
        "</Relationships>",
        '<Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/'
        'sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    )
    return package(path, named)


NOISE = random.Random(1).randbytes(50_000)


def of_bytes(data: bytes) -> Make:
    return lambda path: written(path, data)


def of_rows(*rows: str) -> Make:
    return lambda path: package(path, parts(sheet_data(*rows)))


def of_kind(kind: str) -> Make:
    return lambda path: package(path, parts(kind=kind))


def with_parts(named: dict[str, str], kind: str = samples.SHEET_KIND) -> Make:
    return lambda path: package(path, parts(kind=kind, **named))


SLOW = {"zip-bomb", "lying-bomb", "repeated-string", "too-many-parts"}
BAD: dict[str, tuple[str, Make, str]] = {
    "empty": ("a.csv", of_bytes(b""), "empty-file"),
    "only-spaces": ("a.csv", of_bytes(b" \r\n\r\n"), "empty-file"),
    "old-excel": ("a.xls", of_bytes(samples.ole("Workbook")), "damaged"),
    "password": ("a.xlsx", of_bytes(samples.ole("EncryptionInfo", "EncryptedPackage")), "encrypted"),
    "old-word": ("a.doc", of_bytes(samples.ole("1Table", "WordDocument")), "word-document"),
    "outlook": ("a.msg", of_bytes(samples.ole("__properties_version1.0")), "outlook-message"),
    "old-slides": ("a.ppt", of_bytes(samples.ole("PowerPoint Document")), "presentation"),
    "unknown-ole": ("a.xls", of_bytes(samples.ole()), "not-a-table"),
    "word-in-name-only": ("a.docx", of_kind(samples.WORD_KIND), "damaged"),
    "word-entities": (
        "a.docx",
        with_parts({"xl/workbook.xml": "<!DOCTYPE x []><x/>"}, samples.WORD_KIND),
        "document-type",
    ),
    "zip": ("a.xlsx", lambda path: package(path, {"a.txt": "hello"}), "packed"),
    "pdf": ("a.xlsx", of_bytes(b"%PDF-1.7\n" + bytes(200)), "pdf"),
    "picture": ("a.xlsx", of_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200)), "picture"),
    "program": ("a.csv", of_bytes(b"\x7fELF" + bytes(200)), "program"),
    "web-page": ("a.xls", of_bytes(b"<html><table><tr><td>x</td></tr></table></html>"), "web-page"),
    "xml": ("a.xml", of_bytes(b'<?xml version="1.0"?><note/>'), "xml"),
    "json": ("a.csv", of_bytes(b'{"type": "FeatureCollection"}'), "json"),
    "noise": ("a.csv", of_bytes(NOISE), "not-a-table"),
    "noise-named-zip": ("a.xlsx", of_bytes(b"PK\x03\x04" + NOISE), "damaged"),
    "truncated": ("a.xlsx", truncated, "damaged"),
    "zip-bomb": ("a.xlsx", samples.zip_bomb, "unpacks-too-large"),
    "lying-bomb": ("a.xlsx", samples.lying_bomb, "unpacks-too-large"),
    "overlapping-parts": ("a.xlsx", samples.overlapping, "overlapping-parts"),
    "duplicate-parts": ("a.xlsx", duplicate_parts, "duplicate-parts"),
    "climbing-part": ("a.xlsx", with_parts({"../../evil.xml": "<x/>"}), "unsafe-part"),
    "too-many-parts": ("a.xlsx", with_parts({f"xl/p{n}.xml": "<x/>" for n in range(1001)}), "too-many-parts"),
    "far-row": ("a.xlsx", of_rows(row_of(1_048_576, cell("A1048576"))), "cells-too-far"),
    "far-column": ("a.xlsx", of_rows(row_of(1, cell("XFD1"))), "cells-too-far"),
    "two-far-cells": (
        "a.xlsx",
        of_rows(row_of(1, cell("A1")), row_of(100_000, cell("SF100000"))),
        "cells-too-far",
    ),
    "far-cells-without-reference": (
        "a.xlsx",
        of_rows("<row>" + "<c><v>1</v></c>" * 600 + "</row>"),
        "cells-too-far",
    ),
    "entities": ("a.xlsx", bomb_of_entities, "document-type"),
    "outside-entity": ("a.xlsx", outside_entity, "document-type"),
    "unknown-encoding": (
        "a.xlsx",
        with_parts({"xl/workbook.xml": '<?xml version="1.0" encoding="UTF-3"?><x/>'}),
        "damaged",
    ),
    "broken-xml": ("a.xlsx", lambda path: package(path, parts("<sheetData><row>")), "damaged"),
    "repeated-string": ("a.xlsx", shared_string_bomb, "too-much-memory"),
    "too-many-columns": ("a.csv", of_bytes(("a," * 600 + "\n").encode() * 3), "too-many-columns"),
    "long-line": ("a.csv", of_bytes(b"title,end\n" + b"x" * 5_000_000), "line-too-long"),
    "long-cell": ("a.csv", of_bytes(b"title,end\n" + b"x" * 150_000 + b",2019\n"), "cell-too-long"),
    "nothing-but-zeros": ("a.csv", of_bytes(bytes(5_000_000)), "empty-file"),
    "zeros-behind-a-heading": ("a.csv", of_bytes(b"title,end\n" + bytes(8_000_000)), "not-a-table"),
    "zeros-far-behind": ("a.csv", of_bytes(b"title,end\n" * 2_000 + bytes(8_000_000)), "line-too-long"),
    "empty-lines": ("a.csv", of_bytes(b"title,end\n" + b"\n" * 8_000_000), "empty-lines"),
    "one-line-in-utf-16": ("a.csv", of_bytes(("x" * 8_000_000).encode("utf-16")), "line-too-long"),
    "ten-megabyte-cell": (
        "a.xlsx",
        of_rows(row_of(1, cell("A1", "x" * 10_000_000))),
        "cell-too-long",
    ),
    "ten-megabyte-cell-of-a-document": (
        "a.docx",
        lambda path: samples.word(path, samples.word_table(["title", "x" * 10_000_000])),
        "cell-too-long",
    ),
    "million-rows-of-nothing": (
        "a.ods",
        lambda path: samples.ods(
            path,
            samples.ods_table(*[samples.ods_row("x"), samples.ods_row(number_rows_repeated="1000000")] * 2),
        ),
        "cells-too-far",
    ),
    "too-large": ("a.xlsx", of_bytes(b"PK\x03\x04" + bytes(limits.FILE_BYTES)), "file-too-large"),
}


@pytest.mark.parametrize(
    "what", [pytest.param(what, marks=pytest.mark.slow) if what in SLOW else what for what in BAD]
)
def test_a_bad_file_is_refused_with_its_reason_and_a_remedy(tmp_path, what):
    name, make, rule = BAD[what]
    path = make(tmp_path / name)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()

    with pytest.raises(UnreadableFile) as refused:
        read_file(path)

    assert refused.value.rule == rule
    assert refused.value.message.endswith(".")
    assert refused.value.remedy.endswith(".")
    assert time.monotonic() - began < limits.WALL_SECONDS
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 64 * 1024, "the parent's memory must not grow with a bad file"


def test_a_workbook_of_100_mb_is_refused_by_its_size_alone(tmp_path):
    path = tmp_path / "large.xlsx"
    with path.open("wb") as file:
        file.write(b"PK\x03\x04")
        file.truncate(100 * limits.MEGABYTE)

    with pytest.raises(UnreadableFile, match="100 MB") as refused:
        read_file(path, any_size=True)

    assert refused.value.rule == "file-too-large"


def test_two_gigabytes_of_nothing_are_answered_at_once(tmp_path):
    """A sparse file on the command line, which takes text of any size."""
    path = tmp_path / "nothing.csv"
    with path.open("wb") as file:
        file.write(b"title,end\nFirst,2019\n")
        file.truncate(2_000 * limits.MEGABYTE)
    began = time.monotonic()

    with pytest.raises(UnreadableFile):
        read_file(path, any_size=True)

    assert time.monotonic() - began < 10


@pytest.mark.slow
def test_many_cells_that_need_more_memory_than_allowed_end_the_child_alone(tmp_path, monkeypatch):
    rows = [row_of(n, *(cell(f"{chr(65 + c)}{n}", "text" * 8) for c in range(20))) for n in range(1, 5_001)]
    path = package(tmp_path / "a.xlsx", parts(sheet_data(*rows)))
    assert sum(len(sheet.rows) for sheet in read_file(path).sheets) == 5_000

    monkeypatch.setenv("CONCORD_UNUSED", "the child gets no variable of ours")
    monkeypatch.setattr(reading, "CHILD_MEMORY_BYTES", 6 * limits.MEGABYTE)
    with pytest.raises(UnreadableFile) as refused:
        read_file(path)

    assert refused.value.rule == "too-much-memory"


def test_a_reader_that_never_ends_is_stopped(tmp_path, monkeypatch):
    path = samples.csv_file(tmp_path, [samples.a_row(n) for n in range(60_000)])
    monkeypatch.setattr(reading, "seconds_for", lambda *_, **__: (30, 0.2))

    with pytest.raises(UnreadableFile) as refused:
        read_file(path)

    assert refused.value.rule == "too-slow"


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_file_is_read_or_refused_and_nothing_else(tmp_path, seed):
    """Bytes changed at random: only our own errors leave a reader (S12 in small)."""
    source = random.Random(seed)
    whole = samples.xlsx_file(tmp_path, {"A": samples.as_cells([samples.a_row(n) for n in range(20)])})
    data = bytearray((samples.ACTIONS if seed % 2 else whole).read_bytes())
    for _ in range(source.randrange(1, 60)):
        data[source.randrange(len(data))] = source.randrange(256)
    path = written(tmp_path / "damaged", bytes(data))

    try:
        sheets = read_file(path)
    except UnreadableFile:
        return
    cells = [text for sheet in sheets.sheets for row in sheet.rows for text in row.cells]
    assert all(isinstance(text, str) for text in cells)


def test_the_child_can_write_no_file_and_sees_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("CONCORD_SECRET_KEY", "canary")
    assert "canary" not in str(child_environment())
    assert set(child_environment()) == {"PYTHONPATH", "PYTHONIOENCODING", "LC_ALL"}
    assert os.environ["CONCORD_SECRET_KEY"] == "canary"
