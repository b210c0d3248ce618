"""Rows that nothing but their title and start tells apart, as partners' lists have them."""

from dataclasses import replace

from concord.plan.models import Action
from concord.plan.rows import Source
from concord.plan.services import record_actions
from tests.analysis.world import World, an_action
from tests.cast import Cast
from tests.factories import NOON

SOURCE = Source("list.csv", "1" * 64)


def fund(row: int, place: str, **changes: object):
    """One grant of a fund whose grants all have the fund's title and no id of their own."""
    one = an_action(row, "Embassy fund", **changes)
    return replace(one, own_id="", fields={**one.fields, "beneficiaries": [place]})


def record(world: World, cast: Cast, *rows):
    return record_actions(rows, framework=world.framework, source=SOURCE, by=cast.officer, at=NOON)


def test_rows_of_one_title_become_an_action_each(world: World, cast: Cast):
    outcomes = record(world, cast, fund(2, "AL"), fund(3, "ME"), fund(4, "RS"))

    assert [outcome.state for outcome in outcomes] == ["new"] * 3
    assert Action.objects.filter(title="Embassy fund").count() == 3


def test_the_same_rows_in_another_order_change_nothing(world: World, cast: Cast):
    first = record(world, cast, fund(2, "AL"), fund(3, "ME"), fund(4, "RS"))

    again = record(world, cast, fund(2, "RS"), fund(3, "AL"), fund(4, "ME"))

    assert [outcome.state for outcome in again] == ["same"] * 3
    assert [outcome.key for outcome in again] == [first[2].key, first[0].key, first[1].key]


def test_a_changed_row_goes_to_the_record_that_no_other_row_agrees_with_more(world: World, cast: Cast):
    albania, montenegro = record(world, cast, fund(2, "AL"), fund(3, "ME"))

    outcomes = record(world, cast, fund(2, "AL"), fund(3, "RS"))

    assert [(outcome.state, outcome.key) for outcome in outcomes] == [
        ("same", albania.key),
        ("changed", montenegro.key),
    ]


def test_a_row_more_than_records_is_new(world: World, cast: Cast):
    [albania] = record(world, cast, fund(2, "AL"))

    outcomes = record(world, cast, fund(2, "ME"), fund(3, "AL"))

    assert [(outcome.row, outcome.state) for outcome in outcomes] == [(2, "new"), (3, "same")]
    assert outcomes[1].key == albania.key


def test_a_title_in_other_letters_is_the_same_title(world: World, cast: Cast):
    [albania] = record(world, cast, fund(2, "AL"))
    other = fund(2, "AL")

    [outcome] = record(world, cast, replace(other, fields={**other.fields, "title": "EMBASSY – Fünd"}))

    assert (outcome.state, outcome.key) == ("changed", albania.key)


def test_a_row_with_an_id_finds_the_record_that_has_none(world: World, cast: Cast):
    [without] = record(world, cast, fund(2, "AL"))

    [found] = record(world, cast, replace(fund(2, "AL"), own_id="G-1"))

    assert found.key == without.key
