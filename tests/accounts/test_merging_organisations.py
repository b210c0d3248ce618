"""Two records of one real body: everything counts for the target, and the undo restores exactly."""

import random

import pytest
from django.db import IntegrityError, transaction

from concord.accounts import services
from concord.accounts.merging import references
from concord.accounts.models import Membership, Organisation, OrganisationMerge, OrganisationName, RoleGrant
from concord.accounts.queries import (
    organisation_by_key,
    organisations_by_key,
    organisations_of,
    register,
    resolve_name,
)
from concord.accounts.rules import Role
from concord.audit.queries import history_of
from concord.kernel.errors import BadInput, IllegalMove, NotPermitted, StaleWrite
from concord.plan.models import Action, Participation
from concord.plan.services import merge_actions, record_actions
from tests.analysis.world import World, an_action, build_world
from tests.cast import JOINED, Cast
from tests.factories import NOON, a_grant, a_person, an_organisation


@pytest.fixture
def world(cast: Cast) -> World:
    return build_world(cast.lead_organisation)


def uses() -> dict[str, list[tuple[int, int | None]]]:
    """Every row of the house that points to an organisation, with whom it points to."""
    found = {
        f"{model._meta.label_lower}.{column}": sorted(
            model._default_manager.values_list("pk", f"{column}_id"), key=str
        )
        for model, column in references()
    }
    found["sorts"] = sorted(OrganisationName.objects.values_list("pk", "sort"))
    found["merged"] = sorted(Organisation.objects.values_list("pk", "merged_into_id"), key=str)
    return found


def merge(cast: Cast, target: Organisation, merged: Organisation, **values):
    return services.merge_organisations(
        target=target, merged=merged, **{"by": cast.officer, "at": NOON} | values
    )


def test_whatever_named_the_merged_body_names_the_target(world: World, cast: Cast):
    world.record(an_action(1, donors=["Donor A"], reporter="Donor A"))
    part = an_organisation("Part of A", parent=cast.donor_a)
    services.add_identifier(organisation=cast.donor_a, scheme="XM-DAC", value="1", by=cast.officer, at=NOON)

    done = merge(cast, cast.donor_b, cast.donor_a, reason="The same ministry, renamed")

    action = Action.objects.get()
    assert action.reporting_organisation == cast.donor_b
    assert action.participations.get(role="donor").organisation == cast.donor_b
    part.refresh_from_db()
    assert part.parent == cast.donor_b
    for text in ("Donor A", "DA", "Donor B", "DB", "XM-DAC-1"):
        assert resolve_name(text) == cast.donor_b
    assert cast.donor_b in organisations_of(cast.reporter_a)
    assert cast.donor_a not in organisations_of(cast.reporter_a)
    assert {grant.organisation for grant in RoleGrant.objects.filter(person=cast.reporter_a)} == {
        cast.donor_b
    }
    assert cast.donor_a not in register()
    event = history_of(cast.donor_b)[-1]
    assert (event.event, event.details) == (
        "organisations-merged", {"merged": cast.donor_a.key, "merge": done.key},
    )  # fmt: skip


def test_the_key_of_the_merged_body_leads_to_the_target(cast: Cast):
    third = an_organisation("Third record")
    merge(cast, cast.donor_b, cast.donor_a)
    merge(cast, third, organisation_by_key(cast.donor_b.key))

    assert organisation_by_key(cast.donor_a.key) == third
    assert organisations_by_key([cast.donor_a.key, third.key]) == {cast.donor_a.key: third, third.key: third}


def test_a_row_sent_again_under_the_old_name_is_the_same_action(world: World, cast: Cast):
    [before] = world.record(an_action(1, reporter="Donor A"))
    merge(cast, cast.donor_b, cast.donor_a)

    [again] = world.record(an_action(1, reporter="Donor A"))

    assert (again.state, again.key) == ("same", before.key)


def test_undoing_restores_every_use(world: World, cast: Cast):
    world.record(an_action(1, donors=["Donor A", "Donor B"]), an_action(2, reporter="Donor B"))
    before = uses()
    done = merge(cast, cast.donor_b, cast.donor_a)
    assert uses() != before

    services.undo_organisation_merge(done, by=cast.second_officer, at=NOON)

    assert uses() == before
    assert resolve_name("DA") == cast.donor_a
    assert history_of(cast.donor_b)[-1].event == "organisation-merge-undone"


@pytest.mark.parametrize("seed", range(6))
def test_any_merges_undone_in_turn_leave_no_trace(world: World, cast: Cast, seed: int):
    """Random registers and uses: shared acronyms and aliases, common members, a tree, actions of both."""
    chance = random.Random(seed)
    bodies = [an_organisation(f"Body {n}", acronym=chance.choice(["", "X", f"B{n}"])) for n in range(5)]
    for body in bodies[2:]:
        if chance.random() < 0.6:
            services.change_organisation(
                organisation=body, parent=chance.choice(bodies[:2]), by=cast.officer, at=NOON
            )
    person = a_person()
    for body in chance.sample(bodies, 3):
        services.add_membership(person=person, organisation=body, from_on=JOINED, by=cast.operator, at=NOON)
        a_grant(person, Role.REPORTER, organisation=body)
        local = f"Alias {chance.randrange(2)}"
        services.add_alias(organisation=body, text=local, only_in=f"{body.key}.csv", by=cast.officer, at=NOON)
    names = [body.name for body in bodies]
    world.record(
        *(
            an_action(
                n,
                donors=chance.sample(names, 2),
                implementers=[chance.choice(names)],
                reporter=chance.choice(names),
            )
            for n in range(1, 9)
        )
    )
    before, done = uses(), []
    for _ in range(3):
        target, merged = chance.sample([body for body in register() if body.name.startswith("Body")], 2)
        try:
            with transaction.atomic():
                done.append(merge(cast, target, merged))
        except IllegalMove:
            continue
    assert done

    for each in reversed(done):
        services.undo_organisation_merge(each, by=cast.officer, at=NOON)

    assert uses() == before


def test_rows_written_since_go_back_to_the_body_that_they_name(world: World, cast: Cast):
    done = merge(cast, cast.donor_b, cast.donor_a)
    world.record(an_action(5, donors=["Donor A"], implementers=["Donor B"], reporter="Implementer C"))
    assert set(Participation.objects.values_list("organisation", flat=True)) == {cast.donor_b.pk}

    services.undo_organisation_merge(done, by=cast.officer, at=NOON)

    owners = dict(Participation.objects.values_list("as_written", "organisation"))
    assert owners == {"Donor A": cast.donor_a.pk, "Donor B": cast.donor_b.pk}


def test_what_the_target_has_already_is_left_where_it_is(cast: Cast):
    services.add_membership(
        person=cast.reporter_a, organisation=cast.donor_b, from_on=JOINED, by=cast.operator, at=NOON
    )
    merge(cast, cast.donor_b, cast.donor_a)

    kept = Membership.objects.filter(person=cast.reporter_a).values_list("organisation", flat=True)
    assert sorted(kept) == sorted([cast.donor_a.pk, cast.donor_b.pk])
    assert list(organisations_of(cast.reporter_a)) == [cast.donor_b]


def test_two_actions_under_one_id_are_refused_and_both_named(world: World, cast: Cast):
    world.record(an_action(1, "Course of A", reporter="Donor A", own_id="7"))
    world.record(an_action(2, "Course of B", reporter="Donor B", own_id="7"))
    before = uses()

    with pytest.raises(IllegalMove, match=r"id 7: “Course of B” \(\w+\) and “Course of A”"):
        merge(cast, cast.donor_b, cast.donor_a)
    assert uses() == before

    one, other = Action.objects.get(title="Course of B"), Action.objects.get(title="Course of A")
    merge_actions(target=one, merged=other, take=[], reason="", by=cast.officer, at=NOON)
    merge(cast, cast.donor_b, cast.donor_a)
    assert Action.objects.get(pk=other.pk).reporting_organisation == cast.donor_a
    [again] = record_actions_of(world, an_action(1, "Course of A", reporter="Donor A", own_id="7"))
    assert again.key == one.key


def record_actions_of(world: World, *rows):
    from concord.plan.rows import Source

    return record_actions(
        rows, framework=world.framework, source=Source("list.csv", "0" * 64), by=services.operator(), at=NOON
    )


@pytest.mark.parametrize("wrong", ["anonymous", "reporter_a", "lead_partner", "auditor", "administrator"])
def test_others_merge_nothing_and_undo_nothing(cast: Cast, wrong: str):
    by = getattr(cast, wrong)
    with pytest.raises(NotPermitted):
        merge(cast, cast.donor_b, cast.donor_a, by=by)
    done = merge(cast, cast.donor_b, cast.donor_a)
    with pytest.raises(NotPermitted):
        services.undo_organisation_merge(done, by=by, at=NOON)
    assert OrganisationMerge.objects.get().undone_at is None


def test_what_makes_no_sense_is_refused(cast: Cast):
    part = an_organisation("Part of A", parent=cast.donor_a)
    with pytest.raises(BadInput):
        merge(cast, cast.donor_a, cast.donor_a)
    with pytest.raises(IllegalMove, match="stands under"):
        merge(cast, part, cast.donor_a)
    done = merge(cast, cast.donor_b, cast.donor_a)
    with pytest.raises(IllegalMove, match="merged into another body already"):
        merge(cast, cast.ministry, Organisation.objects.get(pk=cast.donor_a.pk))
    services.undo_organisation_merge(done, by=cast.officer, at=NOON)
    with pytest.raises(IllegalMove, match="undone before"):
        services.undo_organisation_merge(done, by=cast.officer, at=NOON)


def test_a_later_merge_is_undone_first(cast: Cast):
    first = merge(cast, cast.donor_b, cast.donor_a)
    merge(cast, cast.ministry, Organisation.objects.get(pk=cast.donor_b.pk))

    with pytest.raises(IllegalMove, match="Undo that merge first"):
        services.undo_organisation_merge(first, by=cast.officer, at=NOON)


def test_merging_what_somebody_else_changed_is_refused(cast: Cast):
    read_earlier = Organisation.objects.get(pk=cast.donor_a.pk)
    services.change_organisation(organisation=cast.donor_a, name="First", by=cast.officer, at=NOON)

    with pytest.raises(StaleWrite):
        merge(cast, cast.donor_b, read_earlier)
    assert not OrganisationMerge.objects.exists()


def test_the_database_keeps_a_body_from_being_merged_into_itself(cast: Cast):
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(pk=cast.donor_a.pk).update(merged_into=cast.donor_a)
