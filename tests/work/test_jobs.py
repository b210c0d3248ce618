"""Asking for long work, doing it, and each way in which it ends."""

import pytest
from django.db import DatabaseError, transaction
from django_tasks_db.models import DBTaskResult

from concord.accounts.models import Person
from concord.audit.models import Event
from concord.kernel.errors import BadInput, IllegalMove, NotFound, NotPermitted, StaleWrite
from concord.work import notes, services
from concord.work.models import Job
from concord.work.progress import progress
from concord.work.queries import job_named, jobs_of, standing_of
from concord.work.running import finish
from concord.work.worker import work_through
from tests.cast import Cast
from tests.factories import NOON
from tests.work.conftest import ABOUT, Bench, asked, done

pytestmark = pytest.mark.django_db


# --- asking ---------------------------------------------------------------------------------------------


def test_work_that_was_asked_for_is_done_by_the_next_worker(bench: Bench, cast: Cast):
    bench.does = lambda job: job.about

    job = done(asked(cast.officer))

    assert bench.runs == [job.key]
    assert (job.state, job.result, job.attempts) == ("done", ABOUT, 1)
    assert job.asked_at == NOON < job.started_at <= job.finished_at


def test_who_may_not_ask_for_it_is_refused_and_nothing_waits(bench: Bench, cast: Cast):
    with pytest.raises(NotPermitted):
        asked(cast.viewer_a)

    assert not Job.objects.exists()
    assert not DBTaskResult.objects.exists()


def test_two_clicks_make_one_job_and_two_persons_make_two(bench: Bench, cast: Cast):
    first, again, other = asked(cast.officer), asked(cast.officer), asked(cast.second_officer)

    assert first == again != other
    assert DBTaskResult.objects.count() == 2


def test_what_has_ended_can_be_asked_for_anew(bench: Bench, cast: Cast):
    first = done(asked(cast.officer))

    assert asked(cast.officer) != first


def test_work_asked_for_in_a_transaction_that_is_taken_back_never_runs(bench: Bench, cast: Cast):
    with transaction.atomic():
        asked(cast.officer)
        transaction.set_rollback(True)

    work_through()

    assert bench.runs == []
    assert not Job.objects.exists()


def test_the_record_names_what_was_asked_for_and_how_it_ended(bench: Bench, cast: Cast):
    job = done(asked(cast.officer))

    events = Event.objects.filter(about_type="job", about_key=job.key)
    assert [event.event for event in events] == ["job-asked", "job-ended"]
    assert {event.actor_ref for event in events} == {cast.officer.ref}
    assert events[0].details == {"kind": "counting", "of": list(ABOUT)}
    assert events[1].details == {"state": "done"}


def test_a_task_carries_nothing_but_the_key(bench: Bench, cast: Cast):
    job = asked(cast.officer)

    assert DBTaskResult.objects.get().args_kwargs == {"args": [job.key], "kwargs": {}}


# --- progress -------------------------------------------------------------------------------------------


def test_progress_is_seen_while_the_work_is_under_way_and_gone_afterwards(bench: Bench, cast: Cast):
    seen = []

    def work(job: Job) -> None:
        with transaction.atomic():
            progress("Checking rows", 8_200, 20_000)
            seen.append(standing_of(Job.objects.get(pk=job.pk)))

    bench.does = work

    job = done(asked(cast.officer))

    assert [(one.state, one.step, one.done, one.total) for one in seen] == [
        ("running", "Checking rows", 8_200, 20_000)
    ]
    assert notes.read_note(job.key) is None
    assert standing_of(job).state == "done"


def test_outside_a_job_progress_and_finish_do_nothing():
    progress("Checking rows", 1, 2)
    finish(ABOUT)

    assert not Job.objects.exists()


# --- ends -----------------------------------------------------------------------------------------------


def renamed(job: Job) -> None:
    """Something that a job writes."""
    Person.objects.filter(pk=job.asked_by_id).update(name="Renamed")


def name_of(person: Person) -> str:
    return Person.objects.get(pk=person.pk).name


def test_an_error_that_a_person_can_mend_is_the_message_and_nothing_stays(bench: Bench, cast: Cast):
    def work(job: Job) -> None:
        with transaction.atomic():
            renamed(job)
            raise BadInput("No row of the file can be stored.")

    bench.does = work

    job = done(asked(cast.officer))

    assert (job.state, job.message) == ("failed", "No row of the file can be stored.")
    assert name_of(cast.officer) == "Secretariat officer"


def test_a_fault_of_ours_is_a_message_with_a_number_and_tells_no_secret(bench: Bench, cast: Cast, caplog):
    def work(_job: Job) -> None:
        raise ValueError(cast.officer.email)  # stands for anything a file or a person says

    bench.does = work

    job = done(asked(cast.officer))

    assert job.state == "failed"
    assert "Nothing was written. Start again" in job.message
    assert job.key in job.message
    assert "ValueError" in caplog.text
    assert cast.officer.email not in caplog.text + job.message + DBTaskResult.objects.get().traceback


def test_the_end_of_a_job_is_in_the_transaction_of_its_work(bench: Bench, cast: Cast):
    """A commit that fails takes back both, so that "nothing was written" is true."""

    def work(job: Job) -> None:
        with transaction.atomic():
            renamed(job)
            finish(ABOUT)
            raise DatabaseError

    bench.does = work

    job = done(asked(cast.officer))

    assert (job.state, job.result) == ("failed", None)
    assert name_of(cast.officer) == "Secretariat officer"


def test_work_that_was_given_up_meanwhile_does_not_stay(bench: Bench, cast: Cast):
    """A worker that slept while another one called its job lost finds that at its end."""

    def work(job: Job) -> None:
        with transaction.atomic():
            renamed(job)
            Job.objects.filter(pk=job.pk).update(state="lost", finished_at=NOON)
            finish(ABOUT)

    bench.does = work

    done(asked(cast.officer))

    assert name_of(cast.officer) == "Secretariat officer"


# --- stopping -------------------------------------------------------------------------------------------


def test_work_that_waits_is_stopped_at_once(bench: Bench, cast: Cast):
    job = services.ask_to_cancel(asked(cast.officer), by=cast.officer, at=NOON)

    assert (done(job).state, bench.runs) == ("cancelled", [])
    assert job.message == "It was stopped as you asked. Nothing was written."


def test_work_under_way_is_stopped_at_its_next_step_and_what_it_wrote_is_taken_back(bench: Bench, cast: Cast):
    def work(job: Job) -> None:
        with transaction.atomic():
            renamed(job)
            notes.ask_to_stop(job.key)
            progress("Writing", 1, 2)

    bench.does = work

    job = done(asked(cast.officer))

    assert job.state == "cancelled"
    assert name_of(cast.officer) == "Secretariat officer"
    assert notes.stop_asked_for(job.key) is None


def test_who_may_no_longer_ask_for_it_cannot_stop_it(bench: Bench, cast: Cast):
    job = asked(cast.officer)

    with pytest.raises(NotPermitted):
        services.ask_to_cancel(job, by=cast.viewer_a, at=NOON)

    job.refresh_from_db()
    assert (job.state, job.cancel_asked_at) == ("queued", None)


def test_what_is_done_can_be_neither_stopped_nor_started_again(bench: Bench, cast: Cast):
    job = done(asked(cast.officer))

    for act in (services.ask_to_cancel, services.start_again):
        with pytest.raises(IllegalMove):
            act(job, by=cast.officer, at=NOON)
    assert done(job).state == "done"


def test_stopping_what_a_worker_took_meanwhile_is_a_stale_write(bench: Bench, cast: Cast):
    job = asked(cast.officer)
    done(Job.objects.get(pk=job.pk))

    with pytest.raises(StaleWrite):
        services.ask_to_cancel(job, by=cast.officer, at=NOON)


def test_stopping_is_recorded(bench: Bench, cast: Cast):
    job = services.ask_to_cancel(asked(cast.officer), by=cast.officer, at=NOON)

    event = Event.objects.get(event="job-cancel-asked")
    assert (event.about_key, event.actor_ref) == (job.key, cast.officer.ref)


def test_what_failed_can_be_started_again(bench: Bench, cast: Cast):
    def fail(_job: Job) -> None:
        raise BadInput("Not now.")

    bench.does = fail
    job = done(asked(cast.officer))
    bench.does = lambda job: job.about

    services.start_again(job, by=cast.officer, at=NOON)

    assert (done(job).state, job.attempts, job.message) == ("done", 2, "")
    assert Event.objects.filter(event="job-asked-again", about_key=job.key).count() == 1


def test_starting_again_what_was_asked_for_anew_is_refused(bench: Bench, cast: Cast):
    first = services.ask_to_cancel(asked(cast.officer), by=cast.officer, at=NOON)
    asked(cast.officer)

    with pytest.raises(StaleWrite, match="under way already"):
        services.start_again(first, by=cast.officer, at=NOON)


# --- who sees it ----------------------------------------------------------------------------------------


def test_only_who_asked_sees_a_job_and_only_while_they_may_ask_for_it(bench: Bench, cast: Cast):
    job = asked(cast.officer)

    assert job_named(job.key, actor=cast.officer) == job
    for _name, person in cast.people():
        if person not in (cast.officer, cast.anonymous):
            assert not jobs_of(person).exists()
            with pytest.raises(NotFound):
                job_named(job.key, actor=person)
    Job.objects.update(asked_by=cast.viewer_a)  # as if their role had been taken away
    with pytest.raises(NotFound):
        job_named(job.key, actor=cast.viewer_a)
