"""Large files in the background: checked and applied by the worker, with the same outcome as a small one."""

import pytest

from concord.intake import jobs, services
from concord.intake.files import open_bytes
from concord.intake.formats.parts import UnreadableFile
from concord.intake.models import Input
from concord.intake.preview import Target
from concord.intake.queries import counts_of_input
from concord.kernel.errors import NotPermitted
from concord.plan.models import Action
from concord.work import notes
from concord.work.models import Job
from concord.work.progress import listening
from concord.work.queries import job_named
from concord.work.worker import work_through
from tests.analysis.world import World
from tests.cast import Cast
from tests.factories import NOON
from tests.intake.samples import a_row, csv_text

ROWS = [a_row(1), a_row(2), a_row(3, title="")]


def handed_in(world: World, by, rows=ROWS, name="list.csv", **target) -> Job:
    content = csv_text(rows).encode() if isinstance(rows, list) else rows
    return jobs.receive_large(
        file_name=name,
        content=content,
        target=Target(world.framework, **{"org_column": "reported_by"} | target),
        by=by,
        at=NOON,
    )


def worked(job: Job) -> Job:
    work_through()
    job.refresh_from_db()
    return job


def input_of(job: Job) -> Input:
    return Input.objects.get(key=job.about_key)


def test_a_file_is_large_by_its_bytes_and_a_packed_one_earlier():
    assert not jobs.is_large(b"x" * jobs.LARGE_TEXT_BYTES)
    assert jobs.is_large(b"x" * (jobs.LARGE_TEXT_BYTES + 1))
    assert jobs.is_large(b"PK" + b"x" * jobs.LARGE_PACKAGE_BYTES)


def test_a_large_file_is_checked_by_the_worker_and_its_preview_is_the_result(world: World, cast: Cast):
    job = handed_in(world, cast.officer)
    assert input_of(job).state == "received"

    worked(job)

    received = input_of(job)
    assert (job.state, job.result) == ("done", ("input", received.key))
    assert received.state == "checked"
    counts = counts_of_input(received)
    assert (counts.rows, counts.new, counts.skipped) == (3, 2, 1)
    assert not Action.objects.exists()


def test_who_may_not_hand_in_leaves_nothing(world: World, cast: Cast):
    with pytest.raises(NotPermitted):
        handed_in(world, cast.viewer_a)

    assert not Input.objects.exists()
    assert not Job.objects.exists()


def test_the_same_file_twice_is_one_input_and_one_job(world: World, cast: Cast):
    assert handed_in(world, cast.officer) == handed_in(world, cast.officer)
    assert Input.objects.count() == 1


def test_a_file_that_cannot_be_read_is_said_and_withdrawn(world: World, cast: Cast):
    job = worked(handed_in(world, cast.officer, b"%PDF-1.7 not a table", name="list.pdf"))

    assert job.state == "failed"
    with pytest.raises(UnreadableFile) as refused:
        open_bytes("list.pdf", b"%PDF-1.7 not a table")
    assert job.message == str(refused.value)
    assert input_of(job).state == "withdrawn"


def test_a_file_without_the_column_named_is_said_and_withdrawn(world: World, cast: Cast):
    job = worked(handed_in(world, cast.officer, org_column="whose"))

    assert job.state == "failed"
    assert "whose" in job.message
    assert input_of(job).state == "withdrawn"


def test_a_file_that_was_applied_before_leads_to_its_receipt(world: World, cast: Cast):
    first = input_of(worked(handed_in(world, cast.officer)))
    services.accept(first, by=cast.officer, at=NOON)

    again = worked(handed_in(world, cast.officer))

    assert again.result == ("input", first.key)
    assert "applied before" in again.message
    assert input_of(again).state == "withdrawn"


def test_checking_says_how_many_rows_of_how_many(world: World, cast: Cast):
    told = []
    received = services.receive(
        file_name="list.csv",
        content=csv_text(ROWS).encode(),
        target=Target(world.framework, org_column="reported_by"),
        by=cast.officer,
        at=NOON,
    )
    with listening(lambda *step: told.append(step)):
        services.take_in_received(received, by=cast.officer, at=NOON)

    assert [step for step in told if step[0] == "Checking rows"] == [
        ("Checking rows", done, 3) for done in range(3)
    ]
    assert "Reading the file" in {step for step, _done, _total in told}


def test_stopping_in_the_middle_of_the_check_leaves_the_file_as_it_came(
    world: World, cast: Cast, monkeypatch
):
    job = handed_in(world, cast.officer)
    monkeypatch.setattr("concord.work.running.SECONDS_BETWEEN_NOTES", 0)
    write = notes.write_note

    def stop_at_the_second_row(key: str, note: notes.Note) -> None:
        write(key, note)
        if (note.step, note.done) == ("Checking rows", 1):
            notes.ask_to_stop(key)

    monkeypatch.setattr(notes, "write_note", stop_at_the_second_row)

    worked(job)

    assert job.state == "cancelled"
    assert input_of(job).state == "received"
    assert not input_of(job).rows.exists()


# --- applying -------------------------------------------------------------------------------------------


@pytest.fixture
def checked(world: World, cast: Cast, monkeypatch) -> Input:
    monkeypatch.setattr(jobs, "LARGE_ROWS", 1)
    return input_of(worked(handed_in(world, cast.officer)))


def applied(received: Input, by, **values) -> Job:
    job = jobs.apply_large(received, by=by, at=NOON, **values)
    assert job is not None
    return job


def test_many_rows_are_applied_by_the_worker(checked: Input, cast: Cast):
    job = worked(applied(checked, cast.officer))

    assert (job.state, job.result) == ("done", ("input", checked.key))
    assert Action.objects.count() == 2
    assert Input.objects.get().state == "applied"


def test_few_rows_stay_in_the_request(checked: Input, cast: Cast, monkeypatch):
    monkeypatch.setattr(jobs, "LARGE_ROWS", 3)

    assert jobs.apply_large(checked, by=cast.officer, at=NOON) is None


def test_two_persons_who_apply_the_same_file_apply_it_once(checked: Input, cast: Cast):
    first = applied(checked, cast.officer)
    second = applied(checked, cast.second_officer)

    assert worked(first).state == worked(second).state == "done"
    assert Action.objects.count() == 2
    assert Input.objects.get().rounds.count() == 1


def test_who_may_not_hand_in_cannot_have_it_applied(checked: Input, cast: Cast):
    with pytest.raises(NotPermitted):
        applied(checked, cast.auditor)

    assert not Action.objects.exists()


def test_a_withdrawn_file_is_not_applied_and_says_so(checked: Input, cast: Cast):
    job = applied(checked, cast.officer)
    services.withdraw(checked, by=cast.officer, at=NOON)

    assert worked(job).state == "failed"
    assert "withdrawn" in job.message
    assert not Action.objects.exists()
    assert job_named(job.key, actor=cast.officer) == job
