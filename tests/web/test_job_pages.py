"""Background work as people see it: the bar, stopping, starting again, and the way to the result."""

import pytest
from django.test import Client
from django.urls import reverse

from concord.analysis.models import Run
from concord.kernel import clock
from concord.work import notes, services
from concord.work.models import Job
from concord.work.presence import Presence
from concord.work.worker import work_through
from tests.analysis.world import World
from tests.cast import Cast
from tests.factories import NOON

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    """No test sees the workers of another that runs at the same time."""
    settings.DATA = tmp_path


@pytest.fixture
def officer(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.officer, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def asked(officer: Client, world: World) -> Job:
    """The officer pressed "Analyse this plan now"."""
    answer = officer.post(reverse("members:coordination-run", args=[world.plan.ref]))
    job = Job.objects.get()
    assert answer["Location"] == page_of(job)
    return job


def page_of(job: Job) -> str:
    return reverse("members:job", args=[job.key])


def test_the_button_leads_to_a_page_that_leads_to_the_queue_when_all_is_done(
    officer: Client, world: World, asked: Job
):
    queue = reverse("members:coordination", args=[world.plan.ref])
    work_through()

    assert Run.objects.count() == 1
    assert officer.get(page_of(asked), headers=HTMX)["HX-Redirect"] == queue
    assert queue in officer.get(page_of(asked)).content.decode()


def test_pressing_the_button_twice_makes_one_job(officer: Client, world: World, asked: Job):
    officer.post(reverse("members:coordination-run", args=[world.plan.ref]))
    work_through()

    assert Job.objects.count() == Run.objects.count() == 1


def test_the_bar_says_in_words_how_far_it_is_and_asks_again(officer: Client, asked: Job):
    with Presence() as worker:
        services.begin(asked.key, worker=worker.mark, at=NOON)
        notes.write_note(asked.key, notes.Note("Checking rows", 8_200, 20_000, clock.now()))

        page = officer.get(page_of(asked)).content.decode()
        fragment = officer.get(page_of(asked), headers=HTMX).content.decode()

    for text in (page, fragment):
        assert 'value="8200" max="20000">8,200 of 20,000</progress>' in text
        assert 'data-says="Checking rows: 40 percent"' in text
        assert 'hx-trigger="every 1s"' in text
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
    assert "<html" not in fragment


def test_work_that_waits_says_whether_anybody_is_there_to_do_it(officer: Client, asked: Job):
    without = officer.get(page_of(asked)).content.decode()
    with Presence():
        attended = officer.get(page_of(asked)).content.decode()

    assert "nothing is working through what waits" in without
    assert "It waits for its turn." in attended


def test_a_dead_worker_is_a_message_with_a_button_that_starts_again(officer: Client, asked: Job):
    services.begin(asked.key, worker="dead", at=NOON)

    page = officer.get(page_of(asked)).content.decode()
    assert officer.get(page_of(asked), headers=HTMX)["HX-Refresh"] == "true"
    officer.post(reverse("members:job-again", args=[asked.key]))
    work_through()

    assert "The server stopped while this was under way. Nothing was written. Start again." in page
    asked.refresh_from_db()
    assert (asked.state, Run.objects.count()) == ("done", 1)


def test_stopping_is_one_click_and_says_that_nothing_was_written(officer: Client, asked: Job):
    answer = officer.post(reverse("members:job-cancel", args=[asked.key]), follow=True)
    work_through()

    assert "It was stopped as you asked. Nothing was written." in answer.content.decode()
    assert not Run.objects.exists()


def test_the_list_names_each_piece_of_work_and_how_it_stands(officer: Client, world: World, asked: Job):
    work_through()

    page = officer.get(reverse("members:jobs")).content.decode()

    assert f'<a href="{page_of(asked)}">Analysing a plan</a>' in page
    assert '<span class="plan-lines__period">done</span>' in page


def test_an_open_page_of_work_costs_few_queries(officer: Client, asked: Job, django_assert_max_num_queries):
    with django_assert_max_num_queries(14):
        officer.get(page_of(asked), headers=HTMX)
