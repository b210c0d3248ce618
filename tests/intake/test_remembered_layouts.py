"""A layout that somebody saved is recognised next time, by the same source, and said."""

import pytest

from concord.audit.queries import history_of
from concord.intake import services
from concord.intake.files import open_bytes
from concord.intake.models import Input, RememberedLayout
from concord.intake.preview import Target
from concord.intake.queries import layout_for, remembered_layouts
from concord.kernel.errors import BadInput, IllegalMove, NotPermitted, StaleWrite
from concord.plan.models import Action
from tests.factories import NOON, an_organisation

FIRST = "Ketvirtis\nVeikla;Pabaiga;Kita\nMokymai;2019;x\n"
LATER = "Ketvirtis\n\nKita;Veikla;Pabaiga\nx;Kiti mokymai;2020\n"
SAID = {"": {"header_row": 2, "columns": {"A": "title", "Pabaiga": "end", "Kita": "ignore"}}}


@pytest.fixture
def target(world, cast):
    return Target(world.framework, None, cast.lead_organisation)


@pytest.fixture
def said(target, cast) -> Input:
    """An input of which somebody said which column is which."""
    received = services.receive(
        file_name="a.csv", content=FIRST.encode(), target=target, by=cast.officer, at=NOON
    )
    Input.objects.filter(pk=received.pk).update(layout=SAID)
    received.refresh_from_db()
    return received


def hand_in(text, target, cast):
    content = text.encode()
    return services.hand_in(open_bytes("b.csv", content), content, target=target, by=cast.officer, at=NOON)


def test_the_next_file_with_these_headings_is_read_as_last_time_and_says_so(said, target, cast):
    (kept,) = services.remember_layout(said, by=cast.officer, at=NOON)

    receipt = hand_in(LATER, target, cast)

    assert kept.layout["columns"] == {"Veikla": "title", "Pabaiga": "end", "Kita": "ignore"}
    assert [action.title for action in Action.objects.all()] == ["Kiti mokymai"]
    told = [p for p in receipt.preview.problems if p.rule == "read-as-last-time"]
    assert ["set on" in problem.message for problem in told] == [True]
    assert receipt.input.layout[""]["header_row"] == 3, "what was used stays with the input"


def test_without_it_the_file_is_not_understood(target, cast):
    assert not hand_in(LATER, target, cast).applied


def test_another_source_does_not_see_it(said, target, cast):
    services.remember_layout(said, by=cast.officer, at=NOON)
    other = Target(target.framework, None, an_organisation("Another body"))

    assert layout_for(["Kita", "Veikla", "Pabaiga"], target) is not None
    assert layout_for(["Kita", "Veikla", "Pabaiga"], other) is None
    assert layout_for(["Kita", "Veikla"], target) is None


def test_saving_again_replaces_it_and_forgetting_keeps_the_row(said, target, cast):
    (first,) = services.remember_layout(said, by=cast.officer, at=NOON)
    (again,) = services.remember_layout(said, by=cast.officer, at=NOON)
    assert (again.pk, again.version) == (first.pk, 2)

    services.forget_layout(again, by=cast.officer, at=NOON)

    assert list(remembered_layouts(target)) == []
    assert RememberedLayout.objects.get().forgotten_at == NOON
    assert [event.event for event in history_of(again)] == [
        "mapping-saved",
        "mapping-saved",
        "mapping-forgotten",
    ]


def test_who_may_not_hand_in_may_not_save_or_forget(said, cast):
    (kept,) = services.remember_layout(said, by=cast.officer, at=NOON)

    with pytest.raises(NotPermitted):
        services.remember_layout(said, by=cast.observer, at=NOON)
    with pytest.raises(NotPermitted):
        services.forget_layout(kept, by=cast.observer, at=NOON)


def test_a_layout_is_forgotten_once(said, cast):
    (kept,) = services.remember_layout(said, by=cast.officer, at=NOON)
    services.forget_layout(kept, by=cast.officer, at=NOON)

    with pytest.raises(IllegalMove):
        services.forget_layout(kept, by=cast.officer, at=NOON)


def test_of_two_changes_in_one_moment_the_second_is_refused(said, cast):
    (kept,) = services.remember_layout(said, by=cast.officer, at=NOON)
    RememberedLayout.objects.filter(pk=kept.pk).update(version=9)

    with pytest.raises(StaleWrite):
        services.forget_layout(kept, by=cast.officer, at=NOON)


def test_nothing_said_is_nothing_to_remember(target, cast):
    received = services.receive(
        file_name="a.csv", content=FIRST.encode(), target=target, by=cast.officer, at=NOON
    )

    with pytest.raises(BadInput, match="Nothing was said"):
        services.remember_layout(received, by=cast.officer, at=NOON)
