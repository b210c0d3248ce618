"""What people see of the findings: in which order, and who sees which."""

from datetime import date

import pytest

from concord.accounts.rules import Marking
from concord.analysis.models import Finding
from concord.analysis.queries import (
    Filters,
    compare,
    counts_of,
    explain,
    findings_of,
    others_with,
    pair_of,
    queue,
)
from concord.analysis.rules import FAR, adjustable_until, band_of, stake_of
from concord.analysis.services import run
from concord.analysis.verdicts import Verdict
from concord.kernel.errors import NotFound
from concord.plan.models import Action
from tests.analysis.asked import tell_all
from tests.analysis.world import World, an_action
from tests.cast import Cast
from tests.factories import NOON

TODAY = date(2019, 6, 3)
"""The day on which the queue is read: what runs until after 3 December 2019 can still be changed."""


def in_queue(world: World, cast: Cast, tab: str = "coordinate", **options: object) -> list[str]:
    """The queue as pairs of own ids, "A1-A2"."""
    rows = queue(world.plan, actor=cast.officer, on=TODAY, tab=tab, **options)  # type: ignore[arg-type]
    return ["-".join(sorted([row.action_a.own_id, row.action_b.own_id])) for row in rows]


def test_first_what_can_be_changed_then_certainty_then_money_then_score(world: World, cast: Cast) -> None:
    """All four orders in six pairs that a reader can sort by hand.

    A1 to A3 run until 2020 (can be changed), A4 and A5 until October 2019 (can’t). Money at stake:
    A1-A2 200 EUR, A1-A3 300 EUR, A2-A3 200 EUR, others none.
    """
    world.record(
        an_action(1, end="2020", funding=("500", "EUR")),
        an_action(2, end="2020", funding=("200", "EUR")),
        an_action(3, end="2020", funding=("300", "EUR")),
        an_action(4, end="2019-10"),
        an_action(5, end="2019-10"),
        an_action(6, end="2020"),
    )
    world.finds("A4", "A5", score=0.99)  # surest, but nearly over
    world.finds("A1", "A2", score=0.75)
    world.finds("A1", "A3", score=0.71)  # same step of certainty, more money
    world.finds("A2", "A3", score=0.76)  # same step and money as A1-A2, higher score
    world.finds("A1", "A6", score=0.89)  # same step, money stated by one only
    world.finds("A2", "A6", score=0.95)  # a higher step
    run(world.plan, by=cast.officer, at=NOON)

    assert in_queue(world, cast) == ["A2-A6", "A1-A3", "A2-A3", "A1-A2", "A1-A6", "A4-A5"]


def test_money_is_compared_within_one_currency_the_commonest_first(world: World, cast: Cast) -> None:
    world.record(
        an_action(1, funding=("9000", "USD")),
        an_action(2, funding=("9000", "USD")),
        an_action(3, funding=("10", "EUR")),
        an_action(4, funding=("20", "EUR")),
        an_action(5, funding=("30", "EUR")),
    )
    world.finds("A1", "A2")
    world.finds("A3", "A4")
    world.finds("A4", "A5")
    world.finds("A1", "A5")
    run(world.plan, by=cast.officer, at=NOON)

    assert in_queue(world, cast) == ["A4-A5", "A3-A4", "A1-A2", "A1-A5"]


def test_double_entries_have_a_queue_of_their_own_and_each_kind_its_tab(world: World, cast: Cast) -> None:
    world.record(an_action(1), an_action(2), an_action(3), an_action(4))
    world.finds("A1", "A2", "duplicate")
    world.finds("A1", "A3", "overlap")
    world.finds("A1", "A4", "synergy")
    world.finds("A2", "A3", "continuation")
    run(world.plan, by=cast.officer, at=NOON)

    assert in_queue(world, cast, "double-entries") == ["A1-A2"]
    assert in_queue(world, cast, "coordinate") == ["A1-A3"]
    assert in_queue(world, cast, "synergies") == ["A1-A4"]
    assert in_queue(world, cast, "continuations") == ["A2-A3"]


def test_filters_narrow_the_queue(world: World, cast: Cast) -> None:
    world.record(
        an_action(1, "Firearms in Albania"),
        an_action(2, "Training", beneficiaries=["AL", "RS"], end="2020"),
        an_action(3, "More training", beneficiaries=["RS"], end="2018"),
    )
    world.finds("A1", "A2", score=0.95)
    world.finds("A2", "A3", score=0.6)
    run(world.plan, by=cast.officer, at=NOON)

    assert in_queue(world, cast, filters=Filters(beneficiary="RS")) == ["A2-A3"]
    assert in_queue(world, cast, filters=Filters(beneficiary="AL")) == ["A1-A2"]
    assert in_queue(world, cast, filters=Filters(band=3)) == ["A1-A2"]
    assert in_queue(world, cast, filters=Filters(words="albania firearms")) == ["A1-A2"]
    assert in_queue(world, cast, filters=Filters(words="more")) == ["A2-A3"]
    assert in_queue(world, cast, filters=Filters(adjustable=True)) == ["A1-A2", "A2-A3"]


def test_a_plans_queue_holds_what_touches_the_plan(world: World, cast: Cast) -> None:
    world.record(an_action(1), an_action(2, start="2022", end="2023"), an_action(3, start="2022", end="2023"))
    world.finds("A1", "A2")
    world.finds("A2", "A3")
    run(world.framework, by=cast.officer, at=NOON)

    assert in_queue(world, cast) == ["A1-A2"]
    assert findings_of(world.successor, actor=cast.officer).count() == 2


def test_the_page_of_a_pair_names_other_findings_of_the_two(world: World, cast: Cast) -> None:
    world.record(an_action(1), an_action(2), an_action(3), an_action(4))
    world.finds("A1", "A2", score=0.9)
    world.finds("A2", "A3", score=0.7)
    world.finds("A3", "A4", score=0.6)
    run(world.plan, by=cast.officer, at=NOON)
    finding = next(f for f in Finding.objects.all() if f.score == 0.9)

    assert [other.score for other in others_with(finding, actor=cast.officer, on=TODAY)] == [0.7]


# --- who sees which -------------------------------------------------------------------------------


@pytest.fixture
def restricted(world: World, cast: Cast) -> Finding:
    """A1 is TLP:AMBER+STRICT of donor A, A2 open, and both overlap; A2 and A3 overlap, all told."""
    world.record(an_action(1), an_action(2, reporter="Donor B"), an_action(3))
    Action.objects.filter(own_id="A1").update(marking=Marking.AMBER_STRICT)
    world.finds("A1", "A2", "duplicate")
    world.finds("A2", "A3", "overlap")
    run(world.plan, by=cast.officer, at=NOON)
    tell_all(cast.officer)
    return Finding.objects.get(kind="duplicate")


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        ("officer", 2),
        ("operator", 2),
        ("reporter_a", 1),  # may see both actions, but such a finding is there for the secretariat alone
        ("reporter_b", 1),
        ("lead_partner", 1),
        ("auditor", 1),
        ("observer", 1),
        ("administrator", 0),
        ("suspended", 0),
        ("anonymous", 0),
    ],
)
def test_a_finding_that_touches_a_restricted_action_exists_for_the_secretariat_alone(
    restricted: Finding, world: World, cast: Cast, person: str, seen: int
) -> None:
    actor = getattr(cast, person)
    counts = counts_of(world.plan, actor=actor, on=TODAY)

    assert findings_of(world.plan, actor=actor).count() == seen
    assert counts["double-entries"] == max(seen - 1, 0)
    assert counts["board"] == seen
    if seen < 2:
        with pytest.raises(NotFound):
            pair_of(restricted.key_a, restricted.key_b, actor=actor)


def test_hidden_findings_do_not_change_the_order_of_the_others(
    restricted: Finding, world: World, cast: Cast
) -> None:
    overlap = Finding.objects.get(kind="overlap")

    assert others_with(overlap, actor=cast.reporter_b, on=TODAY) == []
    assert others_with(overlap, actor=cast.officer, on=TODAY) == [restricted]


def test_a_merged_record_keeps_its_marking(restricted: Finding, world: World, cast: Cast) -> None:
    """What was restricted stays so, also as the tombstone of a record that all may see."""
    from concord.analysis.services import merge_pair

    target = world.action("A2")
    read = {world.action(own_id).key: world.action(own_id).version for own_id in ("A1", "A2")}
    merge_pair(restricted, target=target, take=set(), expected_version=1, read=read, by=cast.officer, at=NOON)

    assert counts_of(world.plan, actor=cast.reporter_b, on=TODAY)["answered"] == 0
    assert counts_of(world.plan, actor=cast.officer, on=TODAY)["answered"] == 1


# --- in plain words -------------------------------------------------------------------------------


def test_a_double_entry_of_donor_and_implementer_is_asked_as_such(world: World, cast: Cast) -> None:
    world.record(an_action(1, reporter="Donor A"), an_action(2, reporter="Implementer C"))
    world.finds("A1", "A2", "duplicate")
    run(world.plan, by=cast.officer, at=NOON)

    question = explain(Finding.objects.get()).question
    assert question == "Could these be the same action, reported by the donor and by the implementer?"


def test_two_rows_of_one_reporter_are_asked_as_entered_twice(world: World, cast: Cast) -> None:
    world.record(an_action(1), an_action(2))
    world.finds("A1", "A2", "duplicate")
    run(world.plan, by=cast.officer, at=NOON)

    assert explain(Finding.objects.get()).question == "Could these be the same action, entered twice?"


@pytest.mark.parametrize(
    ("kind", "score", "shown"),
    [("overlap", 0.5, True), ("overlap", 0.49, False), ("synergy", 0.79, False), ("synergy", 0.8, True)],
)
def test_a_synergy_must_be_surer_than_the_rest_to_be_shown(
    world: World, cast: Cast, kind: str, score: float, shown: bool
) -> None:
    world.record(an_action(1), an_action(2))
    world.finds("A1", "A2", kind, score)
    run(world.plan, by=cast.officer, at=NOON)

    assert Finding.objects.exists() is shown


@pytest.mark.parametrize("kind", ["duplicate", "continuation", "overlap", "synergy"])
def test_every_kind_is_worded_as_a_question_and_its_terms_add_up(world: World, cast: Cast, kind: str) -> None:
    world.record(an_action(1), an_action(2))
    world.finds("A1", "A2", kind, 0.82)
    run(world.plan, by=cast.officer, at=NOON)

    told = explain(Finding.objects.get())
    assert told.question.endswith("?")
    assert sum(term.weight for term in told.terms) == pytest.approx(told.score)
    assert told.certainty == "likely"
    assert told.changed == ""


def test_two_actions_side_by_side(world: World, cast: Cast) -> None:
    world.record(
        an_action(1, "Training of border police", beneficiaries=["AL", "XK"], funding=("1500000", "EUR")),
        an_action(2, "Equipment for the Border Police", beneficiaries=["XK", "AL"], start="2019"),
    )
    world.finds("A1", "A2")
    run(world.plan, by=cast.officer, at=NOON)
    finding = Finding.objects.get()
    turned = finding.action_a.own_id == "A2"

    lines = {line.field: line for line in compare(finding).lines}

    one, other = ("b", "a") if turned else ("a", "b")
    assert lines["beneficiaries"].verdict is Verdict.AGREES
    assert getattr(lines["beneficiaries"], one) == "Albania; Kosovo*"
    assert lines["start"].verdict is Verdict.DIFFERS
    assert (getattr(lines["money"], one), getattr(lines["money"], other)) == ("EUR 1,500,000", "")
    assert lines["money"].verdict is Verdict.ONCE
    title = getattr(lines["title"], f"{other}_segments")
    assert [(part.text, part.matched) for part in title] == [
        ("Equipment for the ", False),
        ("Border Police", True),
    ]


# --- the pure rules -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "status", "until"),
    [
        ("2018", "2019", "", date(2019, 6, 29)),  # 2019-12-31 less six months, and one day
        ("2018", "2019-08-31", "", date(2019, 2, 27)),
        ("2025", "2025-03", "", date(2024, 12, 31)),  # not started yet counts longer than its end
        ("2018", "", "", date(2021, 6, 29)),  # three years from the latest day of 2018
        ("", "2020", "ongoing", date(2020, 6, 29)),
        ("2018", "2030", "completed", None),
        ("", "", "", None),
        ("", "", "planned", FAR),
    ],
)
def test_until_when_an_action_can_be_changed(start: str, end: str, status: str, until: date | None) -> None:
    assert adjustable_until(start, end, status) == until


@pytest.mark.parametrize(("score", "band"), [(1.0, 3), (0.9, 3), (0.89, 2), (0.7, 2), (0.69, 1), (0.5, 1)])
def test_certainty_in_three_steps(score: float, band: int) -> None:
    assert band_of(score) == band


def test_money_at_stake_is_the_smaller_amount_of_one_currency() -> None:
    from decimal import Decimal

    a, b = {"EUR": Decimal(5), "USD": Decimal(9)}, {"EUR": Decimal(7), "CHF": Decimal(1)}
    stake = stake_of(a, b)
    assert stake is not None
    assert (stake.amount, stake.currency) == (Decimal(5), "EUR")
    assert stake_of(a, {"CHF": Decimal(1)}) is None
    assert stake_of(a, {}) is None
