"""An IATI file on its way into a plan: who reports, what is kept as received, what a re-sent one means."""

import json

import pytest

from concord.accounts.services import operator
from concord.commands.main import main
from concord.intake.files import names_reporters, open_bytes
from concord.intake.preview import Target, preview_of
from concord.intake.services import hand_in
from concord.plan.models import Action, ReceivedRecord, Statement
from concord.plan.queries import received_of
from tests.analysis.world import World
from tests.cast import Cast
from tests.factories import NOON

FILE = """<?xml version="1.0"?>
<iati-activities version="2.03">{}</iati-activities>"""
ACTIVITY = """
<iati-activity xml:lang="en" last-updated-datetime="{updated}">
  <iati-identifier>{identifier}</iati-identifier>
  <reporting-org ref="XX-1"><narrative>{reporter}</narrative></reporting-org>
  <title><narrative>{title}</narrative></title>
  <participating-org role="1"><narrative>{reporter}</narrative></participating-org>
  <recipient-country code="AL"/>
  <contact-info><email>somebody@example.org</email></contact-info>
</iati-activity>"""


def activity(
    identifier="XX-1-1", *, title="Police training", reporter="Donor A", updated="2018-01-01T00:00:00"
):
    return ACTIVITY.format(identifier=identifier, title=title, reporter=reporter, updated=updated)


def content(*activities: str) -> bytes:
    return FILE.format("".join(activities)).encode()


def handed_in(world: World, data: bytes, *, target: Target | None = None, by=None):
    file = open_bytes("aid.xml", data)
    to = target or Target(world.framework, org_column="reported_by")
    return hand_in(file, data, target=to, by=by or operator(), at=NOON)


@pytest.mark.django_db
def test_an_activity_becomes_its_reporters_action_and_is_kept_as_received(world: World, cast: Cast):
    receipt = handed_in(world, content(activity()))

    action = Action.objects.get()
    assert (receipt.preview.counts.new, action.title, action.reporting_organisation) == (
        1,
        "Police training",
        cast.donor_a,
    )
    kept = received_of([action])[action.key]
    assert kept.startswith('<iati-activities version="2.03"><iati-activity ')
    assert "somebody@example.org" in kept
    assert "example.org" not in Statement.objects.get(field="received").value


@pytest.mark.django_db
def test_publishing_the_same_facts_again_renews_what_is_kept_and_changes_nothing_else(world: World):
    handed_in(world, content(activity()))
    version = Action.objects.get().version

    receipt = handed_in(world, content(activity(updated="2019-01-01T00:00:00")))

    [row] = receipt.preview.rows
    action = Action.objects.get()
    assert (row.state, row.outcome.changes, action.version) == ("same", [], version)
    assert "2019-01-01" in received_of([action])[action.key]
    assert ReceivedRecord.objects.count() == 2


@pytest.mark.django_db
def test_a_changed_fact_is_told_without_the_text_that_is_kept(world: World):
    handed_in(world, content(activity()))

    receipt = handed_in(world, content(activity(title="Police academy")))

    [row] = receipt.preview.rows
    assert (row.state, [change.field for change in row.outcome.changes]) == ("changed", ["title"])


@pytest.mark.django_db
def test_the_organisation_named_for_the_file_hands_in_and_the_activity_says_who_reports(
    world: World, cast: Cast
):
    for_b = Target(world.framework, organisation=cast.donor_b)

    handed_in(
        world, content(activity(), activity("XX-1-2", title="Second", reporter="Nobody knows")), target=for_b
    )

    known, unknown = Action.objects.order_by("iati_identifier")
    assert known.reporting_organisation == cast.donor_a
    assert unknown.reported_by_as_written == "Nobody knows"
    assert {s.origin.on_behalf_of for s in Statement.objects.all()} == {cast.donor_b}


@pytest.mark.django_db
def test_a_reporters_own_file_stays_its_own_whatever_its_activities_say(world: World, cast: Cast):
    own = Target(world.framework, organisation=cast.donor_a)
    file = open_bytes("aid.xml", content(activity(reporter="Donor B")))

    preview = preview_of(file, own, actor=cast.reporter_a)

    assert [problem.rule for problem in preview.problems] == ["another-reporter"]
    assert preview.rows[0].state == "new"


@pytest.mark.django_db
def test_an_identifier_twice_in_one_file_names_both_activities_and_applies_none(world: World):
    receipt = handed_in(
        world, content(activity(), activity("XX-1-2", title="Second"), activity(title="Third"))
    )

    errors = [p for p in receipt.preview.problems if p.rule == "repeated-iati-identifier"]
    assert [(p.row, "1 and 3" in p.message) for p in errors] == [(1, True), (3, True)]
    assert [action.title for action in Action.objects.all()] == ["Second"]


@pytest.mark.django_db
def test_an_iati_file_says_whose_its_rows_are_and_a_table_without_keys_does_not():
    assert names_reporters(open_bytes("a.xml", content(activity())).sheets)
    assert names_reporters(open_bytes("a.csv", b"key,title,reported_by\nK7M2P9XW,A,B\n").sheets)
    assert not names_reporters(open_bytes("a.csv", b"key,title\nK7M2P9XW,A\n,B\n").sheets)
    assert not names_reporters(open_bytes("a.csv", b"title,end\nA,2019\n").sheets)


@pytest.mark.django_db(transaction=True)
def test_the_command_needs_no_organisation_for_iati_but_for_other_tables(
    world, tmp_path, capsys, monkeypatch
):
    monkeypatch.setattr("concord.commands.main.prepare_django", lambda: None)
    aid, table = tmp_path / "aid.xml", tmp_path / "list.csv"
    aid.write_bytes(content(activity()))
    table.write_text("title,end\nA,2019\n")

    assert main(["import", str(aid), "--framework", "iisg", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["new"], told["applied"], told["problems"]) == (1, True, [])
    assert main(["import", str(table), "--framework", "iisg"]) == 2
    assert "--org" in capsys.readouterr().err
