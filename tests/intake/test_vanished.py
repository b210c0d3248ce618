"""Records that a source sends no longer: shown, never deleted, and only to who may see them."""

import pytest

from concord.intake import services
from concord.intake.files import open_bytes
from concord.intake.preview import Target
from concord.intake.queries import vanished_from
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
