"""What comes back from a file that Concord gave out: as sent, as edited, as it is now."""

from dataclasses import replace

import pytest

from concord.plan.models import Action
from concord.plan.queries import chosen_texts, preview_actions
from concord.plan.rows import Source
from concord.plan.rules import Held, Verdict, encode, judge_edit
from concord.plan.services import amend_action, choose_statement, record_actions
from tests.analysis.world import an_action
from tests.factories import NOON, an_organisation

SOURCE = Source("list.csv", "0" * 64)
BACK = Source("workbook.xlsx", "1" * 64)

OLD, NEW, OTHER = encode("old"), encode("new"), encode("other")


@pytest.mark.parametrize(
    ("new", "now", "sent", "verdict"),
    [
        (NEW, OLD, OLD, Verdict.CHANGED),
        (NEW, NEW, OLD, Verdict.SAME),
        (NEW, OTHER, OLD, Verdict.CONFLICT),
        (NEW, None, None, Verdict.CHANGED),
        (encode(""), None, None, Verdict.SAME),
        (encode(""), OLD, OLD, Verdict.CHANGED),
        (NEW, OLD, None, Verdict.CONFLICT),
    ],
)
def test_an_edit_counts_where_the_plan_still_says_what_was_sent(new, now, sent, verdict):
    assert judge_edit(new, Held(now, None, chosen_is_from_source=False), sent) is verdict


@pytest.fixture
def action(world) -> Action:
    world.record(an_action(1, "Training", start="2018", end="2019"))
    return world.action("A1")


def back(action: Action, sent: dict[str, str], **edited: object):
    """The row as it comes back with these fields edited."""
    return replace(an_action(1), fields=edited, own_id="", key=action.key, sent=sent)


def amend(world, cast, version=1, **changes):
    amend_action(world.action("A1"), changes=changes, expected_version=version, by=cast.officer, at=NOON)


def test_an_edit_of_what_a_person_had_set_before_it_was_sent_counts(world, cast, action):
    amend(world, cast, end="2020")
    sent = chosen_texts([action])[action.pk]

    record_actions(
        [back(action, sent, end="2021")], framework=world.framework, source=BACK, by=cast.officer, at=NOON
    )

    assert world.action("A1").end == "2021"


def test_what_both_changed_is_a_conflict_that_a_person_resolves(world, cast, action):
    sent = chosen_texts([action])[action.pk]
    amend(world, cast, end="2020")
    row = back(action, sent, end="2021", title="Training of police")

    (outcome,) = record_actions([row], framework=world.framework, source=BACK, by=cast.officer, at=NOON)

    (conflict,) = outcome.conflicts
    assert (conflict.field, conflict.sent, conflict.new, conflict.old) == ("end", "2019", "2021", "2020")
    now = world.action("A1")
    assert (now.end, now.title) == ("2020", "Training of police")
    choose_statement(
        now.statements.get(is_question=True), expected_version=now.version, by=cast.officer, at=NOON
    )
    assert world.action("A1").end == "2021"


def test_what_both_changed_alike_is_the_same(world, cast, action):
    sent = chosen_texts([action])[action.pk]
    amend(world, cast, end="2021")

    (outcome,) = preview_actions(
        [back(action, sent, end="2021")], framework=world.framework, source=BACK, actor=cast.officer
    )

    assert outcome.state == "same"


def test_a_conflict_that_was_settled_for_the_row_takes_its_value(world, cast, action):
    sent = chosen_texts([action])[action.pk]
    amend(world, cast, end="2020")
    row = replace(back(action, sent, end="2021"), settled=frozenset({"end"}))

    record_actions([row], framework=world.framework, source=BACK, by=cast.officer, at=NOON)

    assert world.action("A1").end == "2021"


def donors(*names):
    return [{"role": "donor", "as_written": name, "organisation": None} for name in names]


def state(world, cast, **fields):
    row = replace(an_action(1, "Training"), fields=fields)
    (outcome,) = preview_actions([row], framework=world.framework, source=SOURCE, actor=cast.officer)
    return outcome.state


def test_another_name_of_the_same_organisation_is_no_change(world, cast, action):
    assert (
        state(world, cast, participations=[*donors("DA"), *an_action(1).fields["participations"][1:]])
        == "same"
    )


def test_another_organisation_and_another_unknown_name_are_changes(world, cast, action):
    an_organisation("Donor D", acronym="DD")
    rest = an_action(1).fields["participations"][1:]

    assert state(world, cast, participations=[*donors("DD"), *rest]) == "changed"
    assert state(world, cast, participations=[*donors("donor a who knows"), *rest]) == "changed"


def test_codes_in_another_order_and_other_line_ends_are_no_change(world, cast):
    world.record(an_action(1, "Training", topics=["firearms", "explosives"], summary="One\nTwo"))

    assert state(world, cast, topics=["explosives", "firearms"], summary="One\r\nTwo") == "same"
    assert state(world, cast, topics=["explosives"]) == "changed"
