"""Analysing one action again: what a full run would say of it, and nothing else touched."""

from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from concord.accounts.rules import Marking
from concord.accounts.services import operator
from concord.analysis import kept_index
from concord.analysis.models import CoverageProposal, Finding, Run
from concord.analysis.queries import findings_of, last_run, state_of_finding
from concord.analysis.services import assess, rerun_action, run
from concord.audit.queries import history_of
from concord.kernel.errors import NotPermitted
from concord.plan.models import Action
from concord.plan.services import amend_action, withdraw_action
from concord.work.worker import work_through
from tests.analysis.real_texts import BORDER, TEXTS, real_world
from tests.analysis.world import World, a_need, an_action
from tests.cast import Cast
from tests.crash import fail_at_each_statement
from tests.factories import NOON

LATER = NOON + timedelta(days=1)
LAST = NOON + timedelta(days=2)
DAY = date(2019, 6, 1)


@pytest.fixture
def world(cast: Cast) -> World:
    """Five actions that the real engine compares; nothing is analysed yet."""
    return real_world(cast.lead_organisation)


def amend(world: World, own_id: str, cast: Cast, **changes: Any) -> Action:
    found = world.action(own_id)
    return amend_action(found, changes=changes, expected_version=found.version, by=cast.officer, at=LATER)


def kept(*, touching: Action | None = None) -> dict[tuple[str, str], tuple[Any, ...]]:
    return {
        (row.key_a, row.key_b): (row.kind, row.score, row.evidence, row.terms, row.digest, row.is_live)
        for row in Finding.objects.all()
        if touching is None or touching.key in (row.key_a, row.key_b)
    }


def proposed(action: Action) -> list[tuple[Any, ...]]:
    rows = CoverageProposal.objects.filter(action=action).order_by("need")
    return [(row.need_id, row.score, row.evidence, row.terms, row.is_live) for row in rows]


def test_an_amended_action_gets_what_a_full_run_gives_it(world: World, cast: Cast) -> None:
    run(world.framework, by=cast.officer, at=NOON)
    changed = amend(world, "A5", cast, title=BORDER, topics=["border-management"])

    one = rerun_action(changed, by=cast.officer, at=LATER)

    found, answers = kept(touching=changed), proposed(changed)
    run(world.framework, by=cast.officer, at=LAST)
    assert len(found) >= 2
    assert answers
    assert (found, answers) == (kept(touching=changed), proposed(changed))
    assert (one.counts["actions"], one.counts["compared_with"]) == (1, 5)


def test_pairs_of_others_are_left_as_they_are(world: World, cast: Cast) -> None:
    run(world.framework, by=cast.officer, at=NOON)
    changed = amend(world, "A5", cast, title=BORDER)
    others = {
        row.pk: row.version for row in Finding.objects.exclude(action_a=changed).exclude(action_b=changed)
    }

    rerun_action(changed, by=cast.officer, at=LATER)

    assert {row.pk: row.version for row in Finding.objects.filter(pk__in=others)} == others
    assert set(Finding.objects.filter(pk__in=others).values_list("last_seen__at", flat=True)) == {NOON}


def test_a_pair_that_no_longer_relates_is_retired(world: World, cast: Cast) -> None:
    run(world.framework, by=cast.officer, at=NOON)
    pair = sorted(world.action(own_id).key for own_id in ("A3", "A4"))
    before = Finding.objects.get(key_a=pair[0], key_b=pair[1])
    assert before.is_live
    films = {
        "title": "Festival of short films",
        "summary": "Films.",
        "topics": ["other"],
        "beneficiaries": ["RS"],
    }
    changed = amend(
        world, "A4", cast, **films, action_types=["awareness"], participations=[], start="2031", end=""
    )

    one = rerun_action(changed, by=cast.officer, at=LATER)

    before.refresh_from_db()
    assert not before.is_live
    assert one.counts["gone"] >= 1


def test_an_answer_stays_until_something_that_it_rests_on_changes(world: World, cast: Cast) -> None:
    run(world.framework, by=cast.officer, at=NOON)
    pair = sorted(world.action(own_id).key for own_id in ("A1", "A2"))
    finding = Finding.objects.get(key_a=pair[0], key_b=pair[1])
    assess(
        finding, answer="kept", reason="Agreed.", expected_version=finding.version, by=cast.officer, at=NOON
    )

    rerun_action(amend(world, "A1", cast, notes="A remark."), by=cast.officer, at=LATER)
    assert state_of_finding(findings_of(world.plan, actor=cast.officer).get(pk=finding.pk), on=DAY) == "kept"

    rerun_action(amend(world, "A1", cast, end="2020"), by=cast.officer, at=LAST)
    assert (
        state_of_finding(findings_of(world.plan, actor=cast.officer).get(pk=finding.pk), on=DAY)
        == "asked again"
    )


def test_new_findings_get_a_case_and_the_run_says_it_looked_at_one_action(world: World, cast: Cast) -> None:
    full = run(world.framework, by=cast.officer, at=NOON)
    changed = amend(world, "A5", cast, title=BORDER, topics=["border-management"])

    one = rerun_action(changed, by=cast.officer, at=LATER)

    assert not Finding.objects.filter(is_live=True, case=None).exists()
    assert one.is_of_one_action
    assert (one.plan, one.parameters["action"]) == (None, changed.key)
    assert last_run(world.plan) == full
    assert "analysis-run" in {event.event for event in history_of(changed)}


def test_without_the_permission_nothing_is_compared_or_kept(world: World, cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        rerun_action(world.action("A1"), by=cast.reporter_a, at=NOON)

    assert not Run.objects.exists()
    assert not Finding.objects.exists()


def test_what_members_read_does_not_depend_on_what_they_may_not_see(world: World, cast: Cast) -> None:
    run(world.framework, by=cast.officer, at=NOON)
    changed = amend(world, "A5", cast, title=BORDER, topics=["border-management"])
    rerun_action(changed, by=cast.officer, at=LATER)
    open_world = kept(touching=changed)

    world.record(an_action(6, BORDER, summary=TEXTS[1][1], topics=["border-management"]))
    Action.objects.filter(own_id="A6").update(marking=Marking.AMBER_STRICT)
    rerun_action(changed, by=cast.officer, at=LAST)

    hidden = world.action("A6").key
    assert {keys: row for keys, row in kept(touching=changed).items() if hidden not in keys} == open_world
    assert any(hidden in keys for keys in kept(touching=changed))
    seen = findings_of(world.plan, actor=cast.reporter_b)
    assert not any(hidden in (row.key_a, row.key_b) for row in seen)


def test_a_restricted_action_is_compared_for_the_secretariat_alone(world: World, cast: Cast) -> None:
    run(world.framework, by=cast.officer, at=NOON)
    Action.objects.filter(own_id="A1").update(marking=Marking.AMBER)
    Finding.objects.all().delete()
    CoverageProposal.objects.all().delete()

    rerun_action(world.action("A1"), by=cast.officer, at=LATER)

    assert Finding.objects.filter(case__is_restricted=True).exists()
    assert not Finding.objects.filter(case__is_restricted=False).exists()
    assert CoverageProposal.objects.filter(action=world.action("A1"), is_live=True).exists()


def test_a_withdrawn_action_is_compared_with_nothing(world: World, cast: Cast) -> None:
    run(world.framework, by=cast.officer, at=NOON)
    before = kept()
    found = world.action("A1")
    withdraw_action(found, reason="Not planned.", expected_version=found.version, by=cast.officer, at=LATER)

    one = rerun_action(world.action("A1"), by=cast.officer, at=LATER)

    assert kept() == before
    assert (one.counts["new"], one.counts["gone"]) == (0, 0)


@pytest.mark.slow
def test_an_analysis_of_one_action_is_kept_whole_or_not_at_all(world: World, cast: Cast) -> None:
    run(world.framework, by=cast.officer, at=NOON)
    changed = amend(world, "A5", cast, title=BORDER, topics=["border-management"])

    assert fail_at_each_statement(lambda: rerun_action(changed, by=cast.officer, at=LATER)) >= 8


# --- in the background -------------------------------------------------------------------------------


def test_amending_by_hand_analyses_the_action_in_the_background(
    world: World, cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    run(world.framework, by=cast.officer, at=NOON)
    with django_capture_on_commit_callbacks(execute=True):
        changed = amend(world, "A5", cast, title=BORDER, topics=["border-management"])

    work_through()

    assert kept(touching=changed)
    latest = Run.objects.first()
    assert latest is not None
    assert (latest.by, latest.parameters["action"]) == (operator(), changed.key)


def test_before_the_first_analysis_nothing_is_compared_unasked(
    world: World, cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        amend(world, "A5", cast, title=BORDER)

    work_through()

    assert not Run.objects.exists()


def test_a_file_of_many_rows_waits_for_the_next_analysis_of_the_plan(
    world: World, cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    run(world.framework, by=cast.officer, at=NOON)
    with django_capture_on_commit_callbacks(execute=True):
        world.record(*(an_action(number, f"Course {number}") for number in range(20, 31)))

    work_through()

    assert Run.objects.count() == 1


def test_saving_without_a_change_asks_for_nothing(
    world: World, cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    run(world.framework, by=cast.officer, at=NOON)
    with django_capture_on_commit_callbacks(execute=True):
        amend(world, "A1", cast, title=BORDER)

    work_through()

    assert Run.objects.count() == 1


# --- the kept index ----------------------------------------------------------------------------------


@pytest.fixture
def folder(folder: Path) -> Path:
    """Where the indexes are."""
    return folder / "indexes"


def test_the_index_is_written_once_and_follows_what_changes(world: World, cast: Cast, folder: Any) -> None:
    first = kept_index.index_now(world.framework, on=NOON.date())
    written = [path.read_bytes() for path in folder.iterdir()]

    changed = amend(world, "A5", cast, title=BORDER)
    second = kept_index.index_now(world.framework, on=NOON.date())

    assert len(first.index) == len(second.index) == 5
    row = second.index.actions.to_pylist()[second.index.places[changed.key]]
    assert row["title"] == BORDER
    assert [path.read_bytes() for path in folder.iterdir()] == written
    assert kept_index.index_now(world.framework, on=NOON.date()) is second


def test_another_process_reads_the_file_and_catches_up(world: World, cast: Cast, folder: Any) -> None:
    kept_index.keep_anew(world.framework, on=NOON.date())
    changed = amend(world, "A5", cast, title=BORDER)
    kept_index.forget()

    again = kept_index.index_now(world.framework, on=NOON.date())

    assert again.actions_at[changed.key] == changed.version
    assert asdict(again.index.statistics)["actions"] == 5


@pytest.mark.parametrize("content", [b"", b"rubbish", b"PK\x03\x04"])
def test_a_damaged_file_is_made_again(world: World, folder: Any, content: bytes) -> None:
    kept_index.keep_anew(world.framework, on=NOON.date())
    path = next(folder.iterdir())
    path.write_bytes(content)
    kept_index.forget()

    again = kept_index.index_now(world.framework, on=NOON.date())

    assert len(again.index) == 5
    assert path.read_bytes() != content


def test_a_folder_that_cannot_be_written_keeps_nobody_from_work(world: World, folder: Any) -> None:
    folder.parent.joinpath("indexes").write_text("a file where the folder should be")

    assert len(kept_index.index_now(world.framework, on=NOON.date()).index) == 5


def test_nothing_of_an_action_marked_for_fewer_stays_in_memory_or_file(world: World, folder: Any) -> None:
    world.record(an_action(9, "Canary Xylophone", summary="Xylophones."))
    kept_index.index_now(world.framework, on=NOON.date())
    Action.objects.filter(own_id="A9").update(marking=Marking.AMBER)

    now = kept_index.index_now(world.framework, on=NOON.date())

    assert len(now.index) == 5
    assert not any("xylo" in stem for stem in now.index.stems)
    assert all(b"xylo" not in path.read_bytes().lower() for path in folder.iterdir())


def test_needs_that_change_are_read_again(world: World, folder: Any) -> None:
    kept_index.index_now(world.framework, on=NOON.date())
    world.record(a_need(2, "The ballistics laboratory needs microscopes"))

    assert len(kept_index.index_now(world.framework, on=NOON.date()).needs.needs) == 2
