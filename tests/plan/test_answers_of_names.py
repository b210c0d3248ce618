"""Answers to names as written: every row is identified at once, and undoing puts every row back."""

import pytest

from concord.accounts import services as register
from concord.accounts.models import Organisation, OrganisationName
from concord.accounts.queries import near_names, read_names, resolve_name
from concord.accounts.rules import Marking
from concord.audit.models import Event as AuditEvent
from concord.audit.queries import history_of
from concord.kernel.errors import BadInput, IllegalMove, NotPermitted
from concord.plan.models import Action, Event, FundingLine, NameAnswer, Participation, Statement
from concord.plan.queries import answers_of_names, unidentified_names
from concord.plan.rows import Source
from concord.plan.services import (
    add_organisation_named,
    identify_name,
    keep_name,
    record_actions,
    undo_name_answer,
)
from tests.analysis.world import World, an_action
from tests.cast import Cast
from tests.factories import NOON

STRANGER = "Zavod XYZ"
EVENTS = [{"title": "Course", "start": "2018", "end": "", "place": "", "recipient": STRANGER, "people": ""}]
LINE = {
    "donor": None, "donor_as_written": STRANGER, "amount": "10.00", "currency": "EUR", "status": "secured",
    "status_inferred": False, "instrument": "", "contract_number": "",
}  # fmt: skip


def record(world: World, *rows, file: str = "list.csv"):
    return record_actions(
        rows, framework=world.framework, source=Source(file, "0" * 64), by=register.operator(), at=NOON
    )


def everything() -> dict[str, object]:
    """All that an answer may change, by value."""
    return {
        "parts": sorted(Participation.objects.values_list("pk", "organisation", "as_written")),
        "lines": sorted(FundingLine.objects.values_list("pk", "donor", "donor_as_written"), key=str),
        "events": sorted(Event.objects.values_list("pk", "recipient"), key=str),
        "reporters": sorted(
            Action.objects.values_list("pk", "reporting_organisation", "reported_by_as_written")
        ),
        "names": sorted(OrganisationName.objects.values_list("organisation", "sort", "text", "only_in")),
        "bodies": sorted(Organisation.objects.values_list("key", flat=True)),
        "statements": sorted(Statement.objects.values_list("pk", "value", "chosen")),
    }


@pytest.fixture
def rows(world: World, cast: Cast) -> World:
    record(
        world,
        an_action(1, donors=[STRANGER], implementers=["ZAVOD  xyz", "Donor B"], events=EVENTS),
        an_action(2, reporter=STRANGER, funding=None),
        an_action(3, implementers=["Another stranger"]),
    )
    action = Action.objects.get(own_id="A1")
    FundingLine.objects.create(action=action, donor_as_written=STRANGER, amount=10, currency="EUR", order=1)
    Statement.objects.filter(action=action, field="funding").delete()
    return world


def test_one_answer_identifies_every_row_with_the_name(rows: World, cast: Cast):
    statements = list(Statement.objects.values_list("pk", "value"))

    done = identify_name(text=STRANGER, organisation=cast.donor_b, by=cast.officer, at=NOON)

    one, two = Action.objects.get(own_id="A1"), Action.objects.get(own_id="A2")
    assert done.actions == {one.pk, two.pk}
    assert {part.organisation for part in one.participations.all()} == {cast.donor_b}
    assert one.funding_lines.get().donor == cast.donor_b
    assert one.events.get().recipient == cast.donor_b
    assert (two.reporting_organisation, two.reported_by_as_written) == (cast.donor_b, "")
    assert resolve_name("zavod xyz") == cast.donor_b
    assert list(Statement.objects.values_list("pk", "value")) == statements
    assert [p.as_written for p in one.participations.filter(role="donor")] == [STRANGER]
    event = history_of(cast.donor_b)[-1]
    assert (event.event, event.details["text"]) == ("name-answered", STRANGER)


def test_undoing_an_answer_puts_everything_back(rows: World, cast: Cast):
    before = everything()
    done = identify_name(text=STRANGER, organisation=cast.donor_b, by=cast.officer, at=NOON)
    assert everything() != before

    undo_name_answer(done.answer, by=cast.second_officer, at=NOON)

    assert everything() == before
    assert history_of(done.answer)[-1].event == "name-answer-undone"
    with pytest.raises(IllegalMove):
        undo_name_answer(NameAnswer.objects.get(), by=cast.officer, at=NOON)


def test_the_row_sent_again_is_the_action_that_the_answer_carried_over(rows: World, cast: Cast):
    identify_name(text=STRANGER, organisation=cast.donor_b, by=cast.officer, at=NOON)

    [outcome] = record(rows, an_action(2, "Another title", reporter=STRANGER))

    assert (outcome.state, Action.objects.get(own_id="A2").key) == ("changed", outcome.key)


def test_an_id_that_the_body_reports_already_is_held_back_and_said(rows: World, cast: Cast):
    record(rows, an_action(4, reporter="Donor B", own_id="A2"))

    done = identify_name(text=STRANGER, organisation=cast.donor_b, by=cast.officer, at=NOON)

    [(left, other)] = done.held_back
    assert (left.reported_by_as_written, other.reporting_organisation) == (STRANGER, cast.donor_b)
    assert Action.objects.get(pk=left.pk).reported_by_as_written == STRANGER


def test_an_answer_for_one_file_leaves_the_others(world: World, cast: Cast):
    record(world, an_action(1, donors=["Ministry of Interior"]), file="albania.xlsx")
    record(world, an_action(2, donors=["Ministry of Interior"]), file="other.xlsx")

    identify_name(
        text="Ministry of Interior",
        organisation=cast.ministry,
        only_in="albania.xlsx",
        by=cast.officer,
        at=NOON,
    )

    donors = Participation.objects.filter(role="donor").order_by("action__own_id")
    assert [part.organisation for part in donors] == [cast.ministry, None]
    assert resolve_name("Ministry of Interior") is None


def test_a_body_is_added_by_choice_and_its_undo_takes_it_out_again(rows: World, cast: Cast):
    before = everything()

    done = add_organisation_named(text=STRANGER, name=STRANGER, kind="ngo", by=cast.officer, at=NOON)
    assert Action.objects.get(own_id="A1").participations.filter(organisation__name=STRANGER).count() == 2
    undo_name_answer(done.answer, by=cast.officer, at=NOON)

    assert everything() == before


def test_a_body_that_is_used_by_now_stays(rows: World, cast: Cast):
    done = add_organisation_named(text=STRANGER, name=STRANGER, by=cast.officer, at=NOON)
    record(rows, an_action(9, reporter=STRANGER))

    with pytest.raises(IllegalMove, match="is used by now"):
        undo_name_answer(done.answer, by=cast.officer, at=NOON)
    assert NameAnswer.objects.get().undone_at is None
    assert resolve_name(STRANGER) == done.answer.organisation


def test_a_name_kept_as_written_is_no_longer_asked_until_it_is_taken_back(rows: World, cast: Cast):
    def asked() -> list[str]:
        return [name.text for name in unidentified_names(cast.officer, rows.framework)]

    assert asked() == [STRANGER, "Another stranger"]
    answer = keep_name(text=STRANGER, by=cast.officer, at=NOON)
    assert asked() == ["Another stranger"]
    undo_name_answer(answer, by=cast.officer, at=NOON)
    assert asked() == [STRANGER, "Another stranger"]


def test_others_answer_nothing(rows: World, cast: Cast):
    before = everything()
    for wrong in (cast.anonymous, cast.reporter_a, cast.lead_partner, cast.auditor, cast.suspended):
        with pytest.raises(NotPermitted):
            identify_name(text=STRANGER, organisation=cast.donor_b, by=wrong, at=NOON)
        with pytest.raises(NotPermitted):
            keep_name(text=STRANGER, by=wrong, at=NOON)
        with pytest.raises(NotPermitted):
            add_organisation_named(text=STRANGER, name="New", by=wrong, at=NOON)
    answer = keep_name(text=STRANGER, by=cast.officer, at=NOON)
    with pytest.raises(NotPermitted):
        undo_name_answer(answer, by=cast.lead_partner, at=NOON)
    assert everything() == before


def test_what_is_no_question_is_refused(rows: World, cast: Cast):
    with pytest.raises(BadInput):
        keep_name(text=" – ", by=cast.officer, at=NOON)
    with pytest.raises(IllegalMove, match="known already"):
        identify_name(text="Donor A", organisation=cast.donor_b, by=cast.officer, at=NOON)
    keep_name(text=STRANGER, by=cast.officer, at=NOON)
    with pytest.raises(IllegalMove, match="answered before"):
        identify_name(text=STRANGER, organisation=cast.donor_b, by=cast.officer, at=NOON)


def test_a_name_in_restricted_rows_alone_is_learnt_for_their_file_and_shown_nowhere(rows: World, cast: Cast):
    Action.objects.filter(own_id__in=["A1", "A2"]).update(marking=Marking.AMBER_STRICT)
    seen = [name.text for name in unidentified_names(cast.observer, rows.framework)]
    assert seen == ["Another stranger"]

    done = identify_name(text=STRANGER, organisation=cast.donor_b, by=cast.officer, at=NOON)

    assert Action.objects.get(own_id="A1").participations.filter(organisation=cast.donor_b).count() == 3
    alias = OrganisationName.objects.get(folded="zavod xyz")
    assert (alias.restricted, alias.only_in) == (True, "list.csv")
    assert resolve_name(STRANGER) is None
    assert near_names("Zavod") == []
    assert read_names([STRANGER], source="other.csv")[STRANGER].near == []
    assert done.answer not in answers_of_names(cast.second_officer)
    assert not any("zavod" in event.facts.casefold() for event in AuditEvent.objects.all())
