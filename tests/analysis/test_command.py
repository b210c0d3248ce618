"""`concord analyse`, with the engine as it is."""

import argparse
import json
from pathlib import Path

import pytest

from concord.analysis.models import Finding
from concord.analysis.services import assess
from concord.commands import analyse
from concord.commands.main import main
from concord.kernel.errors import NotFound
from tests.analysis.world import PLAN, World, a_need, an_action, build_world
from tests.cast import Cast
from tests.factories import NOON

TITLE = "Countering illicit trafficking of firearms through forensic ballistics laboratories in Albania"
SUMMARY = (
    "Equips the ballistics laboratory of the police, trains its examiners in the marking and tracing of "
    "firearms, and brings its procedures to the standard that courts ask for."
)


@pytest.fixture
def told_twice(cast: Cast) -> World:
    """One action as its donor and as its implementer report it, something else, and a need it answers."""
    built = build_world(cast.lead_organisation)
    common = {
        "summary": SUMMARY,
        "topics": ["firearms", "forensics"],
        "action_types": ["equipment", "training"],
        "end": "2035",
    }
    built.record(
        an_action(1, TITLE, funding=("2500000", "EUR"), **common),
        an_action(2, TITLE + " (FORENSIC I)", funding=("2500000", "EUR"), reporter="Implementer C", **common),
        an_action(3, "Scholarships for young diplomats", topics=["youth"], beneficiaries=["RS"]),
        a_need(1, "The ballistics laboratory needs equipment and trained examiners to trace firearms."),
    )
    return built


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    analyse.add_arguments(parser)
    return analyse.run(parser.parse_args(["--plan", PLAN, *words]))


def test_the_summary_names_what_waits_for_an_answer(
    cast: Cast, told_twice: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run() == 0

    said = capsys.readouterr().out
    assert "Plan 2018-2020: 3 actions, compared with 3." in said
    assert "Possible double entries: 1 case of 1 pair" in said
    assert told_twice.action("A1").key in said
    assert "Waiting for an answer: 1 case of 1 pair, of them asked again: 0. Answered: 0 pairs." in said
    assert "Needs: 1. Support is reported for 0, none reported for 1" in said


def test_json_has_every_finding_with_its_state(
    cast: Cast, told_twice: World, capsys: pytest.CaptureFixture[str]
) -> None:
    run("--json")
    capsys.readouterr()
    found = Finding.objects.get()
    assess(found, answer="dismissed", reason="Two laboratories", expected_version=1, by=cast.officer, at=NOON)

    assert run("--json") == 0

    report = json.loads(capsys.readouterr().out)
    finding = report["findings"][0]
    assert (finding["kind"], finding["state"]) == ("duplicate", "dismissed")
    assert finding["question"].endswith("?")
    assert {finding["id_a"], finding["id_b"]} == {told_twice.action(own_id).key for own_id in ("A1", "A2")}
    assert report["counts"]["new"] == 0
    assert {row["action"] for row in report["proposals"]} <= {
        told_twice.action(own_id).key for own_id in ("A1", "A2")
    }
    assert report["support"]["needs"] == 1


def test_an_unknown_plan_is_wrong_use(cast: Cast, told_twice: World) -> None:
    with pytest.raises(NotFound, match="There is no plan"):
        analyse.run(argparse.Namespace(plan="nothing", json=False))


def test_the_command_says_how_it_is_used(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["analyse", "--help"])

    assert stopped.value.code == 0
    assert "--plan" in capsys.readouterr().out


def test_analysis_never_reads_notes_related_ids_or_source_pages() -> None:
    """What people noted about an action is no evidence: see data/README.md."""
    source = (Path(analyse.__file__).parents[1] / "analysis" / "tables.py").read_text(encoding="utf-8")
    for name in ("notes", "related_ids", "source_url"):
        assert f".{name}" not in source
