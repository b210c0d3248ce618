"""Records that a source sends no longer: shown, never deleted, and only to who may see them."""

import pytest

from concord.audit.queries import history_of
from concord.intake import services
from concord.intake.files import open_bytes
from concord.intake.models import Input, VanishedAnswer
from concord.intake.preview import Target
from concord.intake.queries import said_of_vanished, vanished_from
from concord.kernel.errors import BadInput, IllegalMove, NotFound, NotPermitted, StaleWrite
from concord.plan.models import Action
from concord.plan.services import withdraw_action
from tests.factories import NOON
from tests.intake.samples import a_row, csv_text


def taken(world, cast, rows, *, name, target=None, apply=False):
    content = csv_text(rows).encode()
    target = target or Target(world.framework, org_column="reported_by")
    file = open_bytes(name, content)
    received = services.take_in(file, content, target=target, by=cast.officer, at=NOON).input
    if apply:
        services.accept(received, by=cast.officer, at=NOON)
    return received


def test_what_a_sent_again_file_no_longer_holds_is_named_and_stays(world, cast):
    taken(world, cast, [a_row(1), a_row(2), a_row(3)], name="a.csv", apply=True)

    received = taken(world, cast, [a_row(1, end="2020"), a_row(4)], name="b.csv", apply=True)

    assert [found.own_id for found in vanished_from(received, actor=cast.officer)] == ["A2", "A3"]
    assert Action.objects.count() == 4


def test_the_first_file_and_a_file_of_another_source_ask_about_nothing(world, cast):
    first = taken(world, cast, [a_row(1), a_row(2)], name="a.csv", apply=True)
    other = taken(world, cast, [a_row(1)], name="b.csv", target=Target(world.framework, None, cast.donor_a))

    assert vanished_from(first, actor=cast.officer) == []
    assert vanished_from(other, actor=cast.officer) == []


@pytest.mark.parametrize("who", ["reporter_b", "viewer_a"])
def test_a_record_that_somebody_may_not_see_is_not_told_to_them(world, cast, who):
    taken(world, cast, [a_row(1), a_row(2, donors="Donor B", implementers="")], name="a.csv", apply=True)
    Action.objects.filter(own_id="A2").update(marking="red")

    received = taken(world, cast, [a_row(1)], name="b.csv")

    assert vanished_from(received, actor=getattr(cast, who)) == []


def test_a_record_that_was_withdrawn_is_not_asked_about_again(world, cast):
    taken(world, cast, [a_row(1), a_row(2)], name="a.csv", apply=True)
    action = Action.objects.get(own_id="A2")
    withdraw_action(action, reason="Cancelled", expected_version=action.version, by=cast.officer, at=NOON)

    assert vanished_from(taken(world, cast, [a_row(1)], name="b.csv"), actor=cast.officer) == []


# --- answers ----------------------------------------------------------------------------------------------


def two_gone(world, cast):
    taken(world, cast, [a_row(1), a_row(2), a_row(3)], name="a.csv", apply=True)
    return taken(world, cast, [a_row(1)], name="b.csv")


def gone(received, cast):
    return [found.own_id for found in vanished_from(received, actor=cast.officer)]


def key_of(own_id):
    return Action.objects.get(own_id=own_id).key


def say(received, kind, *own_ids, by, **values):
    keys = [key_of(own_id) for own_id in own_ids]
    return services.answer_vanished(received, kind=kind, keys=keys, by=by, at=NOON, **values)


def test_all_still_planned_are_kept_and_not_asked_about_again(world, cast):
    received = two_gone(world, cast)

    assert services.answer_vanished(received, kind="planned", by=cast.officer, at=NOON) == 2

    assert gone(received, cast) == []
    assert gone(taken(world, cast, [a_row(1, end="2020")], name="c.csv"), cast) == []
    assert not Action.objects.exclude(withdrawn_at=None).exists()
    told = {event.event: event.details for event in history_of(received)}["vanished-answered"]
    assert (told["answer"], told["records"]) == ("planned", 2)


def test_one_no_longer_planned_is_withdrawn_with_its_reason_and_stands_again_when_taken_back(world, cast):
    received = two_gone(world, cast)

    say(received, "withdrawn", "A2", reason="The programme ended", by=cast.officer)

    action = Action.objects.get(own_id="A2")
    assert (action.withdrawn_reason, action.withdrawn_by) == ("The programme ended", cast.officer)
    assert gone(received, cast) == ["A3"]

    said = said_of_vanished(received, actor=cast.officer)
    services.take_back_vanished(said[0], by=cast.officer, at=NOON)
    assert Action.objects.get(own_id="A2").withdrawn_at is None
    assert gone(received, cast) == ["A2", "A3"]
    with pytest.raises(StaleWrite):
        services.take_back_vanished(said[0], by=cast.officer, at=NOON)


def test_one_left_for_later_is_asked_about_with_the_next_file(world, cast):
    received = two_gone(world, cast)
    say(received, "later", "A2", by=cast.officer)
    say(received, "planned", "A3", by=cast.officer)
    services.accept(received, by=cast.officer, at=NOON)

    assert gone(received, cast) == []
    assert gone(taken(world, cast, [a_row(1, end="2020")], name="c.csv"), cast) == ["A2"]


def test_no_reason_a_record_that_is_not_asked_about_and_another_answer_are_refused_whole(world, cast):
    received = two_gone(world, cast)

    for kind, own_ids, error in (
        ("withdrawn", ["A2"], BadInput),
        ("withdrawn", [], BadInput),
        ("deleted", ["A2"], BadInput),
        ("planned", ["A1"], NotFound),
    ):
        with pytest.raises(error):
            say(received, kind, *own_ids, by=cast.officer)
        received.refresh_from_db()

    assert not VanishedAnswer.objects.exists()
    assert gone(received, cast) == ["A2", "A3"]


def test_who_may_not_hand_in_answers_nothing(world, cast):
    with pytest.raises(NotPermitted):
        say(two_gone(world, cast), "planned", "A2", by=cast.observer)

    assert not VanishedAnswer.objects.exists()


def test_a_withdrawn_file_and_one_that_somebody_changed_meanwhile_take_no_answer(world, cast):
    received = two_gone(world, cast)
    seen = Input.objects.get(pk=received.pk)
    say(received, "planned", "A2", by=cast.officer)
    with pytest.raises(StaleWrite):
        say(seen, "withdrawn", "A3", reason="x", by=cast.second_officer)
    services.withdraw(received, by=cast.officer, at=NOON)
    with pytest.raises(IllegalMove):
        say(received, "planned", "A3", by=cast.officer)

    assert not Action.objects.exclude(withdrawn_at=None).exists()
