"""Large files go by a batch at a time: the same answer as in one piece, and nothing of them is held."""

import json

import pytest

from concord.accounts.services import operator
from concord.commands.main import main
from concord.intake import large
from concord.intake.files import open_path
from concord.intake.formats.parts import UnreadableFile
from concord.intake.kept_files import kept_file
from concord.intake.large import LargeFile, read_through
from concord.intake.models import Input
from concord.intake.preview import Target, preview_of
from concord.intake.queries import counts_of_input, file_of
from concord.intake.services import hand_in_large
from concord.kernel.errors import BadInput
from concord.plan.models import Action
from concord.plan.queries import received_of
from tests.analysis.world import World
from tests.factories import NOON
from tests.intake.samples import a_row, csv_file
from tests.intake.test_iati_import import activity, content

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_batches(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(large, "BATCH_ROWS", 2)
    settings.DATA = tmp_path


def target(world: World) -> Target:
    return Target(world.framework, org_column="reported_by")


def aid_file(tmp_path, *activities: str):
    path = tmp_path / "aid.xml"
    path.write_bytes(content(*activities))
    return LargeFile.at(path)


def numbered(count: int) -> list[str]:
    return [activity(f"XX-1-{number}", title=f"Action {number}") for number in range(1, count + 1)]


def test_batches_say_the_same_as_the_whole_file(world: World, tmp_path):
    rows = [
        a_row(1),
        a_row(2, end="31.02.2019"),
        a_row(3, donors="Nobody"),
        a_row(4, donors="Nobody"),
        a_row(5),
    ]
    path = csv_file(tmp_path, rows)

    reading = read_through(LargeFile.at(path), target(world), actor=operator())
    whole = preview_of(open_path(path)[0], target(world), actor=operator())

    assert reading.counts == whole.counts
    told = {(p.severity, p.rule, p.row) for p in reading.problems}
    assert told == {(p.severity, p.rule, p.row) for p in whole.problems}


def test_applying_keeps_every_activity_and_the_file_beside_the_database(world: World, tmp_path):
    file = aid_file(tmp_path, *numbered(5))

    receipt = hand_in_large(file, target=target(world), by=operator(), at=NOON)

    assert (receipt.applied, receipt.preview.counts.new) == (True, 5)
    assert Action.objects.count() == len(received_of(Action.objects.all())) == 5
    received = Input.objects.get()
    assert (received.state, bytes(received.content), counts_of_input(received).rows) == ("applied", b"", 5)
    assert kept_file(received.sha256).read_bytes() == file.path.read_bytes()
    with pytest.raises(BadInput, match="command line"):
        file_of(received)


def test_the_same_file_again_is_answered_with_its_receipt(world: World, tmp_path):
    file = aid_file(tmp_path, *numbered(3))
    first = hand_in_large(file, target=target(world), by=operator(), at=NOON)

    again = hand_in_large(file, target=target(world), by=operator(), at=NOON)

    assert (again.repeated, again.input) == (True, first.input)
    assert again.preview.counts.same == 3


def test_an_identifier_in_two_batches_names_both_activities_and_applies_neither(world: World, tmp_path):
    file = aid_file(tmp_path, *numbered(4), activity("XX-1-2", title="The same again"))

    receipt = hand_in_large(file, target=target(world), by=operator(), at=NOON)

    errors = [(p.rule, p.row, p.message) for p in receipt.preview.problems]
    both = "Rows 2 and 5 have the same iati identifier."
    assert errors == [("repeated-iati-identifier", 2, both), ("repeated-iati-identifier", 5, both)]
    assert (receipt.preview.counts.new, receipt.preview.counts.skipped) == (3, 2)
    assert sorted(a.iati_identifier for a in Action.objects.all()) == ["XX-1-1", "XX-1-3", "XX-1-4"]


def test_many_problems_of_a_kind_are_counted(world: World, tmp_path, monkeypatch):
    monkeypatch.setattr(large, "KEPT_OF_A_KIND", 2)
    path = csv_file(tmp_path, [a_row(number, end="31.02.2019") for number in range(1, 6)])

    reading = read_through(LargeFile.at(path), target(world), actor=operator())

    assert [p.row for p in reading.problems if p.rule == "no-such-date"] == [2, 3, None]
    assert "3 more" in reading.problems[-1].message
    assert reading.counts.skipped == 5


def test_a_file_that_breaks_off_in_a_late_batch_leaves_nothing(world: World, tmp_path):
    file = aid_file(tmp_path, *numbered(5))
    file.path.write_bytes(file.path.read_bytes()[:-30])

    with pytest.raises(UnreadableFile, match="line"):
        hand_in_large(file, target=target(world), by=operator(), at=NOON)

    assert Action.objects.count() == Input.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_the_command_takes_a_large_file_in_batches(world, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("concord.commands.main.prepare_django", lambda: None)
    monkeypatch.setattr(large, "FILE_BYTES", 100)
    file = aid_file(tmp_path, *numbered(5))

    assert main(["import", str(file.path), "--framework", "iisg", "--dry-run", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["rows"], told["new"], told["applied"], told["receipt"]) == (5, 5, False, None)
    assert told["sheets"] == [{"name": "", "header_row": 0, "rows": 5}]
    assert Action.objects.count() == 0

    assert main(["import", str(file.path), "--framework", "iisg"]) == 0
    assert "Applied 5 rows" in capsys.readouterr().out
