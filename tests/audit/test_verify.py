"""Whatever is changed in the record of acts is found, and the row is named."""

import json

import pytest
from django.db import connection

from concord.audit.events import EventName
from concord.audit.models import ChainHead, Event
from concord.audit.queries import verify_chain
from concord.audit.rules import FIRST_PREVIOUS_HASH, hash_of
from concord.audit.services import record
from concord.commands import audit as command
from tests.factories import NOON

ROWS = 5


@pytest.fixture
def chain(db: None) -> list[Event]:
    """Five acts, each with something in every column."""

    class Somebody:
        ref = "0123456789abcdef0123456789abcdef"
        is_system = True

    return [
        record(
            EventName.ACTION_AMENDED,
            actor=Somebody(),
            about=("action", f"KEY0000{n}"),
            at=NOON,
            n=n,
            text="ab",
        )
        for n in range(1, ROWS + 1)
    ]


def change(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_an_untouched_record_is_whole(chain):
    report = verify_chain()

    assert (report.ok, report.events, report.bad_row, report.why) == (True, ROWS, None, "")
    assert report.head == chain[-1].hash


def test_an_empty_record_is_whole(db):
    report = verify_chain()

    assert (report.ok, report.events, report.head) == (True, 0, FIRST_PREVIOUS_HASH)


@pytest.mark.parametrize("row", [1, 3, ROWS])
@pytest.mark.parametrize(
    "column",
    ["event", "actor_ref", "os_user", "about_type", "about_key", "at", "facts", "previous_hash", "hash"],
)
def test_one_changed_character_in_any_column_is_found_and_its_row_named(chain, column, row):
    spoiled = f"substr({column}, 1, length({column}) - 1) || '~'"
    change(f"UPDATE audit_event SET {column} = {spoiled} WHERE sequence = %s", row)

    report = verify_chain()
    assert (report.ok, report.bad_row, report.events) == (False, row, row - 1)
    assert report.why


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("facts", '{"n":3, "text":"ab"}'),  # the same facts with a space
        ("facts", '{"text":"ab","n":3}'),  # in another order
        ("at", "2019-06-03T12:00:00Z"),  # the same instant in another form
        ("at", "2019-06-03 12:00:00.000000Z"),
        ("event", "ACTION-AMENDED"),
        ("about_key", "KEY00003 "),
    ],
)
def test_the_same_meaning_in_other_bytes_is_found_too(chain, column, value):
    change(f"UPDATE audit_event SET {column} = %s WHERE sequence = 3", value)

    assert verify_chain().bad_row == 3


def test_a_changed_number_is_found(chain):
    change("UPDATE audit_event SET sequence = 30 WHERE sequence = 3")

    report = verify_chain()
    assert (report.bad_row, report.events) == (3, 2)
    assert report.why == "Row 3 is missing: the next row found is 4."


@pytest.mark.parametrize("row", [1, 3])
def test_a_removed_row_is_found(chain, row):
    change("DELETE FROM audit_event WHERE sequence = %s", row)

    assert verify_chain().bad_row == row


def test_a_cut_tail_is_found(chain):
    change("DELETE FROM audit_event WHERE sequence > 3")

    report = verify_chain()
    assert (report.ok, report.bad_row) == (False, 4)
    assert report.why == "The record ends at row 3, its head says 5: rows were cut off."


def test_all_rows_removed_is_found(chain):
    change("DELETE FROM audit_event")

    report = verify_chain()
    assert (report.ok, report.bad_row, report.events) == (False, 1, 0)


def test_a_row_put_in_at_the_end_is_found(chain):
    last = chain[-1]
    row = {
        "sequence": ROWS + 1,
        "event": "action-amended",
        "actor_ref": "",
        "os_user": "",
        "about_type": "action",
        "about_key": "FORGED00",
        "at": "2019-06-03T12:00:00.000000Z",
        "facts": "{}",
        "previous_hash": last.hash,
    }
    Event(**row | {"at": NOON, "hash": hash_of(row)}).save()

    report = verify_chain()
    assert (report.ok, report.bad_row) == (False, ROWS + 1)
    assert report.why.startswith("The head of the record ends at row 5")


def test_two_rows_that_changed_places_are_found(chain):
    for old, new in ((2, 99), (3, 2), (99, 3)):
        change("UPDATE audit_event SET sequence = %s WHERE sequence = %s", new, old)

    assert verify_chain().bad_row == 2


def test_a_row_rewritten_with_a_fitting_hash_is_found_at_the_next_row(chain):
    row = dict(Event.objects.filter(pk=3).with_stored_text().values()[0])
    row |= {"facts": '{"n":4}', "at": row["at_text"]}
    change("UPDATE audit_event SET facts = %s, hash = %s WHERE sequence = 3", row["facts"], hash_of(row))

    report = verify_chain()
    assert report.bad_row == 4
    assert report.why == "The row does not follow from the row before it."


def test_a_changed_or_missing_head_is_found(chain):
    ChainHead.objects.update(hash="f" * 64)
    assert (verify_chain().bad_row, verify_chain().why) == (ROWS, "The head does not match the last row.")

    ChainHead.objects.all().delete()
    assert not verify_chain().ok


def test_bytes_that_are_no_text_are_found(chain):
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL stores no such bytes")
    change("UPDATE audit_event SET facts = CAST(x'ff41' AS TEXT) WHERE sequence = 4")

    report = verify_chain()
    assert (report.ok, report.bad_row, report.events) == (False, 4, 3)


def test_the_hash_can_be_computed_by_anybody_from_the_columns(chain):
    """The worked example: plain JSON with sorted keys and no spaces is RFC 8785 for such text."""
    import hashlib

    stored = Event.objects.filter(pk=2).with_stored_text().values()[0]
    document = {
        name: stored[name]
        for name in (
            "sequence",
            "event",
            "actor_ref",
            "os_user",
            "about_type",
            "about_key",
            "facts",
            "previous_hash",
        )
    } | {"at": "2019-06-03T12:00:00.000000Z"}
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert hashlib.sha256(text.encode()).hexdigest() == stored["hash"]


def run_verify(*words: str) -> int:
    import argparse

    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(["verify", *words]))


def test_the_command_says_that_the_record_is_whole(chain, capsys):
    assert run_verify() == 0
    assert f"whole: {ROWS} rows" in capsys.readouterr().out


def test_the_command_names_the_row_and_the_reason(chain, capsys):
    change("UPDATE audit_event SET about_key = 'X' WHERE sequence = 2")

    assert run_verify() == 1
    assert "Row 2 is not as it was written. The row was changed" in capsys.readouterr().out


def test_the_command_gives_json(chain, capsys):
    change("UPDATE audit_event SET about_key = 'X' WHERE sequence = 2")

    assert run_verify("--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], report["bad_row"], report["events"]) == (False, 2, 1)
