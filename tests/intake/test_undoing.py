"""Undoing a whole import: the plan is the same as before, byte for byte, or it is refused and says why."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from concord.accounts.services import operator
from concord.audit.queries import history_of
from concord.intake import services
from concord.intake.files import open_bytes
from concord.intake.models import Input
from concord.intake.preview import Target
from concord.kernel.canonical import canonical_bytes
from concord.kernel.errors import IllegalMove, NotPermitted, StaleWrite
from concord.plan.documents import document_of
from concord.plan.models import Action, Need, Origin, Recording, Statement
from concord.plan.services import (
    amend_action,
    confirm_action,
    confirm_link,
    freeze,
    merge_actions,
    place_action,
    state_need,
)
from tests.factories import NOON
from tests.intake.samples import a_row, csv_text


def applied(world, cast, rows, *, name="list.csv", plan=None, target=None, by=None) -> Input:
    content = rows if isinstance(rows, bytes) else csv_text(rows).encode()
    target = target or Target(world.framework, plan, org_column="reported_by")
    receipt = services.hand_in(
        open_bytes(name, content), content, target=target, by=by or cast.officer, at=NOON
    )
    return receipt.input


def texts(world) -> list[bytes]:
    """What `concord export --format json` writes for each plan, and the pool."""
    plans = (world.plan, world.successor)
    documents = [canonical_bytes(document_of(plan, actor=operator())) for plan in plans]
    pool = Action.objects.filter(placements=None).order_by("key").values_list("key", "title")
    return [*documents, repr(list(pool)).encode()]


def undo(received, cast):
    return services.undo_import(received, by=cast.officer, at=NOON)


# --- it works -------------------------------------------------------------------------------------------


def test_records_that_the_import_made_go_and_the_receipt_stays(world, cast):
    before = texts(world)
    received = applied(world, cast, [a_row(1), a_row(2)])
    assert texts(world) != before

    undone = undo(received, cast)

    assert texts(world) == before
    assert (undone.state, undone.undone_by, undone.undone_at) == ("undone", cast.officer, NOON)
    assert [each.objects.count() for each in (Action, Statement, Origin, Recording)] == [0, 0, 0, 0]
    assert undone.rows.count() == 2
    assert undone.rounds.count() == 1


def test_values_that_the_import_changed_say_again_what_they_said(world, cast):
    applied(world, cast, [a_row(1), a_row(2, summary="", status="")])
    before = texts(world)
    changed = [
        a_row(1, end="2021", beneficiaries="RS", donors="Donor B;Nobody", budget_amount="1"),
        a_row(2, status="planned", topics="borders"),
        a_row(3),
    ]

    undo(applied(world, cast, changed, name="next.csv"), cast)

    assert texts(world) == before
    assert Statement.objects.filter(chosen=False).count() == 0


def test_a_plan_that_the_import_put_a_record_into_lets_it_go(world, cast):
    applied(world, cast, [a_row(1, start="2010", end="2011")])
    before = texts(world)

    undo(applied(world, cast, [a_row(1, start="2010", end="2012")], plan=world.plan), cast)

    assert texts(world) == before


def test_a_confirmation_that_came_with_the_import_goes_with_it(world, cast):
    own = Target(world.framework, None, cast.donor_a)
    applied(world, cast, [a_row(1)], target=own)
    before = texts(world)
    received = applied(world, cast, [a_row(1, end="2020")], target=own, by=cast.reporter_a)
    assert Action.objects.get().last_confirmed_on

    services.undo_import(received, by=cast.reporter_a, at=NOON)

    assert texts(world) == before
    assert Action.objects.get().last_confirmed_on is None


def test_needs_are_undone_with_what_their_beneficiaries_said(world, cast):
    target = Target(world.framework, None, cast.ministry)
    first = b"id,statement,beneficiaries,topics,stated_on,pillar\nN1,Old,AL,firearms,2017,WBCSCi\n"
    applied(world, cast, first, target=target)
    need = Need.objects.get()
    state_need(need, code="AL", state="open", by=cast.coordinator, at=NOON)
    before = texts(world)
    second = first.replace(b"Old,AL,firearms", b"New,RS,explosives") + b"N2,Two,RS,,2018,\n"

    undo(applied(world, cast, second, target=target, name="next.csv"), cast)

    assert texts(world) == before
    assert [(row.code, row.state) for row in need.beneficiary_rows.all()] == [("AL", "open")]


def test_a_file_applied_in_two_rounds_is_undone_whole(world, cast):
    before = texts(world)
    received = applied(world, cast, [a_row(1), a_row(2, end="31.02.2019")])
    column = list(a_row()).index("end")
    services.mend_cells(
        received,
        sheet="",
        row=3,
        cells={column: "2019"},
        seen={column: "31.02.2019"},
        by=cast.officer,
        at=NOON,
    )
    services.accept(received, by=cast.officer, at=NOON)
    assert Action.objects.count() == 2

    undo(received, cast)

    assert texts(world) == before


def test_the_file_can_be_handed_in_again_afterwards(world, cast):
    rows = [a_row(1), a_row(2)]
    first = applied(world, cast, rows)
    once = texts(world)
    undo(first, cast)

    again = applied(world, cast, rows)

    assert again.key != first.key
    keys = dict(Action.objects.values_list("own_id", "key"))
    assert set(keys) == {"A1", "A2"}
    assert len(texts(world)[0]) == len(once[0])


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["One", "Two, said otherwise"]),
        "summary": st.sampled_from(["", "Another summary."]),
        "end": st.sampled_from(["2018", "2019-06", "2022"]),
        "start": st.sampled_from(["2018", "2021"]),
        "status": st.sampled_from(["", "planned", "completed"]),
        "topics": st.sampled_from(["", "firearms", "police-cooperation;firearms"]),
        "beneficiaries": st.sampled_from(["AL", "RS;XK"]),
        "donors": st.sampled_from(["Donor A", "Donor B;Nobody Knows", ""]),
        "budget_amount": st.sampled_from(["", "5", "750000"]),
    },
)
FILES = st.dictionaries(st.integers(1, 4), VALUES, min_size=1, max_size=4)


@pytest.mark.django_db
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.generate],  # each example writes to a database: shrinking would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(first=FILES, second=FILES, into_plan=st.booleans())
def test_export_before_import_and_after_undo_are_the_same_bytes(world, cast, first, second, into_plan):
    """Whatever two files of one source say, undoing the second leaves the plan as the first made it."""
    with transaction.atomic():
        applied(world, cast, [a_row(n, **values) for n, values in first.items()])
        before = texts(world)
        plan = world.plan if into_plan else None
        rows = [a_row(n, **values) for n, values in second.items()]
        received = applied(world, cast, rows, name="second.csv", plan=plan)
        if received is not None and received.file_name == "second.csv":
            undo(received, cast)
            assert texts(world) == before
        transaction.set_rollback(True)


# --- something builds on it ----------------------------------------------------------------------------


def _amended(world, cast, action):
    amend_action(action, changes={"end": "2030"}, expected_version=action.version, by=cast.officer, at=NOON)


def _confirmed(world, cast, action):
    confirm_action(action, expected_version=action.version, by=cast.reporter_a, at=NOON)


def _placed(world, cast, action):
    place_action(action, plan=world.plan, measure=None, by=cast.officer, at=NOON)


def _merged(world, cast, action):
    other = Action.objects.exclude(pk=action.pk).get()
    merge_actions(target=other, merged=action, take={"end"}, reason="Same", by=cast.officer, at=NOON)


def _linked(world, cast, action):
    target = Target(world.framework, None, cast.ministry)
    applied(world, cast, b"id,statement\nN1,Lacking\n", target=target, name="needs.csv")
    confirm_link(action=action, need=Need.objects.get(), strength="direct", by=cast.officer, at=NOON)


def _frozen(world, cast, action):
    freeze(world.plan, by=cast.officer, at=NOON)


def _sent_again(world, cast, action):
    applied(world, cast, [a_row(1), a_row(7)], name="later.csv")


def _marked(world, cast, action):
    Action.objects.filter(pk=action.pk).update(marking="amber")


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (_amended, "was changed since"),
        (_confirmed, "was changed since"),
        (_placed, "was placed by a person"),
        (_merged, "was merged"),
        (_linked, "is what a need link is about"),
        (_frozen, "which was frozen since"),
        (_sent_again, "a later file"),
        (_marked, "was marked since"),
    ],
)
def test_what_was_built_on_an_import_keeps_it_and_is_named(world, cast, build, told):
    received = applied(world, cast, [a_row(1), a_row(2)])
    build(world, cast, Action.objects.get(own_id="A1"))
    before = texts(world)

    with pytest.raises(IllegalMove, match=told):
        undo(received, cast)

    assert texts(world) == before
    received.refresh_from_db()
    assert received.state == "applied"


def test_a_later_file_is_undone_first(world, cast):
    before = texts(world)
    first = applied(world, cast, [a_row(1)])
    second = applied(world, cast, [a_row(1, end="2020")], name="later.csv")

    undo(second, cast)
    undo(first, cast)

    assert texts(world) == before


# --- who, when, and on record ------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["viewer_a", "reporter_b", "board_member", "auditor"])
def test_who_may_not_enter_may_not_undo(world, cast, who):
    received = applied(world, cast, [a_row(1)])

    with pytest.raises(NotPermitted):
        services.undo_import(received, by=getattr(cast, who), at=NOON)

    assert Action.objects.exists()


def test_an_import_is_undone_once(world, cast):
    received = applied(world, cast, [a_row(1)])
    undo(received, cast)

    with pytest.raises(IllegalMove, match="undone before"):
        undo(received, cast)


def test_an_input_that_somebody_changed_in_the_same_moment_is_not_undone(world, cast):
    received = applied(world, cast, [a_row(1)])
    Input.objects.update(version=received.version + 1)

    with pytest.raises(StaleWrite):
        undo(received, cast)

    assert Action.objects.exists()


def test_undoing_is_on_record_with_counts_alone(world, cast):
    received = applied(world, cast, [a_row(1)])
    undo(received, cast)

    told = {event.event: event.details for event in history_of(received)}["import-undone"]
    assert told == {"removed": 1, "restored": 0}
