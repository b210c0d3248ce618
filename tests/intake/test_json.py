"""JSON: Concord's own documents and plain records, and the JSON that is refused with its reason."""

import json
from pathlib import Path

import pytest

from concord.intake.formats.json import reader
from concord.intake.formats.json.reader import FORMAT
from concord.intake.formats.parts import UnreadableFile, collect
from tests.publication.samples import a_document

SAMPLES = Path(reader.__file__).parent / "samples"


def rows_in(path: Path) -> dict[str, list[dict[str, str]]]:
    found = {}
    for sheet in collect(FORMAT.read(path)).sheets:
        headings, *rows = sheet.rows
        found[sheet.name] = [{name: row.cell(at) for at, name in enumerate(headings.cells)} for row in rows]
    return found


def written(tmp_path: Path, document: object) -> Path:
    path = tmp_path / "a.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path


def test_plain_records_are_rows_and_numbers_stay_as_they_are_written():
    assert rows_in(SAMPLES / "good.json") == {
        "actions": [
            {"id": "A1", "title": "Training of border police", "donors": "Donor A", "end": "2019",
             "budget_amount": ""},
            {"id": "A2", "title": "Laboratory equipment", "donors": "Donor B; Donor C", "end": "2020-06",
             "budget_amount": "1e3"},
        ]
    }  # fmt: skip


def test_a_document_gives_its_actions_and_needs_in_the_templates_columns(tmp_path):
    found = rows_in(written(tmp_path, a_document()))

    first = found["actions"][0]
    assert (first["key"], first["title"], first["start"], first["donors"], first["beneficiaries"]) == (
        "ACT00001",
        "Action ACT00001",
        "2018-02",
        "Donor of ACT00001",
        "AL; XK",
    )
    assert first["funding"] == "Donor of ACT00001 | 750000 | EUR | secured (inferred) | IPA 2019 | C-1"
    need = found["needs"][1]
    assert (need["key"], need["id"], need["statement"], need["beneficiaries"]) == (
        "NEED0002",
        "N-002",
        "Need NEED0002",
        "AL; XK",
    )


def test_a_list_of_needs_is_a_sheet_of_needs(tmp_path):
    assert rows_in(written(tmp_path, [{"statement": "No laboratory", "beneficiaries": ["AL"]}])) == {
        "needs": [{"statement": "No laboratory", "beneficiaries": "AL"}]
    }


@pytest.mark.parametrize(
    ("text", "rule", "word"),
    [
        ('[{"title": "A"},\n {"title": ', "broken-json", "line 2"),
        ('{"title": "A", "other": 1}', "json", "no actions"),
        ('"text"', "json", "no actions"),
        ('[{"title": "A", "title": "B"}]', "name-twice", "title"),
        ('[{"title": NaN}]', "no-number", "NaN"),
        ('[{"title": -Infinity}]', "no-number", "Infinity"),
        (f'[{{"budget_amount": {"9" * 5000}}}]', "no-number", "5,000"),
        ("[" * 200_000, "nested-too-deeply", "nested"),
        ('{"a":' * 200_000, "nested-too-deeply", "nested"),
        ('[{"title": {"en": "A"}}]', "no-record", "Record 1"),
        ('[1, 2]', "no-record", "Record 1"),
        ('{"format": "concord-plan/1", "actions": [{"title": "A"}]}', "no-record", "key"),
        ('{"format": "concord-plan/1", "actions": [{"key": "A", "funding": [{}]}]}', "no-record", "Record 1"),
    ],
)  # fmt: skip
def test_json_that_cannot_be_meant_is_refused_with_its_reason(tmp_path, text, rule, word):
    with pytest.raises(UnreadableFile) as refused:
        collect(FORMAT.read(written(tmp_path, text)))

    assert refused.value.rule == rule
    assert word in refused.value.message
    assert refused.value.remedy


def test_json_in_another_encoding_or_too_large_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    path.write_bytes('[{"title": "Čačak"}]'.encode("cp1250"))
    with pytest.raises(UnreadableFile, match="UTF-8"):
        collect(FORMAT.read(path))

    monkeypatch.setattr(reader, "FILE_BYTES", 10)
    with pytest.raises(UnreadableFile, match="MB"):
        collect(FORMAT.read(path))
