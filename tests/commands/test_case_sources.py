"""`concord case`: a case, its sources and the confirmation on the command line."""

import argparse
import json
from datetime import timedelta
from typing import Any

import pytest

from concord.analysis.models import Case, Finding, Reply
from concord.commands import case as command
from concord.commands import remind
from concord.kernel import clock
from concord.kernel.errors import BadInput, IllegalMove, NotFound
from tests.analysis.asked import two_sources
from tests.analysis.conftest import let_the_engine_find
from tests.analysis.world import build_world
from tests.cast import Cast


@pytest.fixture
def case(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Case:
    """Two overlapping actions, of Donor A and of Donor B, that still run."""
    world = build_world(cast.lead_organisation)
    let_the_engine_find(world, monkeypatch)
    return two_sources(world, cast, end="2039")


def run(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    assert command.run(parser.parse_args([*words, "--json"])) == 0
    return dict(json.loads(capsys.readouterr().out))


def test_a_case_goes_its_whole_way(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "sources", case.key)["standing"] == "not asked"
    until = (clock.now().date() + timedelta(days=3)).isoformat()
    asked = run(capsys, "ask", case.key.lower(), "--until", until)
    assert (asked["standing"], asked["answers_until"]) == ("waiting", until)
    assert [each["organisation"] for each in asked["sources"]] == ["Donor A", "Donor B"]

    run(capsys, "reply", case.key, "--org", "da", "--says", "agreed")
    heard = run(capsys, "reply", case.key, "--org", "Donor B", "--says", "different", "--words", "Another")
    assert heard["standing"] == "heard"
    assert {reply.way for reply in Reply.objects.all()} == {"on-behalf"}
    assert run(capsys, "confirm", case.key)["standing"] == "confirmed"
    assert run(capsys, "unconfirm", case.key)["standing"] == "heard"


def test_what_was_asked_by_mistake_is_withdrawn_and_asked_anew(
    case: Case, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, "ask", case.key)
    run(capsys, "reply", case.key, "--org", "DA", "--says", "talk")

    told = run(capsys, "withdraw", case.key, "--reason", "The wrong case.")

    assert (told["standing"], told["takes_replies"], told["meaning"]) == ("not asked", False, "")
    assert told["withdrawn_on"] == clock.now().date().isoformat()
    assert told["withdrawn_reason"] == "The wrong case."
    assert [each["says"] for each in told["sources"]] == ["talk", None]
    again = run(capsys, "ask", case.key)
    assert (again["standing"], again["withdrawn_on"], again["withdrawn_reason"]) == ("waiting", None, "")


def test_what_cannot_be_withdrawn_says_why(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(IllegalMove, match="nothing to withdraw"):
        run(capsys, "withdraw", case.key, "--reason", "The wrong case.")
    run(capsys, "ask", case.key)
    with pytest.raises(BadInput, match="in a sentence why"):
        run(capsys, "withdraw", case.key, "--reason", " ")
    with pytest.raises(SystemExit):
        run(capsys, "withdraw", case.key)
    with pytest.raises(NotFound):
        run(capsys, "withdraw", "ZZZZZZZZ", "--reason", "The wrong case.")
    run(capsys, "reply", case.key, "--org", "DA", "--says", "agreed")
    run(capsys, "reply", case.key, "--org", "DB", "--says", "agreed")
    run(capsys, "confirm", case.key)
    with pytest.raises(IllegalMove, match="undoes the confirmation"):
        run(capsys, "withdraw", case.key, "--reason", "The wrong case.")
    assert Finding.objects.get().confirmed_at is not None


def test_what_cannot_be_done_says_why(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotFound):
        run(capsys, "sources", "ZZZZZZZZ")
    with pytest.raises(NotFound, match="concord case ask"):
        run(capsys, "reply", case.key, "--org", "DA", "--says", "talk")
    run(capsys, "ask", case.key)
    with pytest.raises(NotFound, match="Asked were: Donor A, Donor B"):
        run(capsys, "reply", case.key, "--org", "Nobody", "--says", "talk")
    with pytest.raises(BadInput, match="different"):
        run(capsys, "reply", case.key, "--org", "DA", "--says", "different")
    with pytest.raises(IllegalMove, match="both could answer"):
        run(capsys, "confirm", case.key)
    with pytest.raises(SystemExit):
        run(capsys, "ask", case.key, "--until", "soon")
    assert Finding.objects.get().confirmed_at is None


def test_the_summary_is_for_people(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    command.run(parser.parse_args(["ask", case.key]))
    said = capsys.readouterr().out

    assert f"Case {case.key}: waiting." in said
    assert "Donor A: has not replied  [no contact with an address: ask by telephone]" in said
    command.run(parser.parse_args(["withdraw", case.key, "--reason", "The wrong case."]))
    said = capsys.readouterr().out

    assert f"Case {case.key}: not asked." in said
    assert ": The wrong case.\n" in said
    assert "Donor A: has not replied  [no contact with an address: tell it by telephone]" in said


def test_reminding_tells_of_questions_too(case: Case, capsys: pytest.CaptureFixture[str]) -> None:
    parser = argparse.ArgumentParser()
    remind.add_arguments(parser)
    assert remind.run(parser.parse_args(["--json"])) == 0

    assert json.loads(capsys.readouterr().out)["questions"] == 0
