"""Frozen versions: immutable bytes, a chain of salted commitments, numbers without a gap."""

import json

import pytest

from concord.audit.events import EventName
from concord.audit.queries import history_of
from concord.kernel.canonical import canonical_bytes
from concord.kernel.errors import IllegalMove, NotFound, NotPermitted
from concord.plan.models import PlanVersion
from concord.plan.queries import version_named
from concord.plan.services import freeze, number_version
from concord.plan.versions import verify_versions
from tests.analysis.world import World, an_action
from tests.factories import NOON


def test_a_frozen_text_stays_while_the_plan_goes_on(world: World, cast):
    world.record(an_action(1, "First title"))
    version = freeze(world.plan, by=cast.officer, at=NOON)
    world.record(an_action(1, "Second title"))

    data = bytes(PlanVersion.objects.get(pk=version.pk).document)
    document = json.loads(data)
    assert document["actions"][0]["title"] == "First title"
    assert document["version"]["ref"] == "d1"
    assert canonical_bytes(document) == data


def test_the_chain_holds_and_finds_every_change(world: World, cast):
    versions = [freeze(world.plan, by=cast.officer, at=NOON) for _ in range(3)]
    assert [version.ref for version in versions] == ["d1", "d2", "d3"]
    assert verify_versions(world.plan) == []

    PlanVersion.objects.filter(pk=versions[1].pk).update(document=b"{}")
    assert [broken.ref for broken in verify_versions(world.plan)] == ["d2"]
    PlanVersion.objects.filter(pk=versions[1].pk).delete()
    assert "missing" in verify_versions(world.plan)[0].why


def test_the_same_text_has_another_commitment_each_time(world: World, cast):
    one, other = (freeze(world.plan, by=cast.officer, at=NOON) for _ in range(2))
    assert one.commitment != other.commitment
    assert bytes(one.salt) != bytes(other.salt)


@pytest.mark.parametrize("who", ["reporter_a", "co_lead_partner", "board_member", "auditor", "anonymous"])
def test_who_may_not_freeze_leaves_no_version(world: World, cast, who):
    with pytest.raises(NotPermitted):
        freeze(world.plan, by=getattr(cast, who), at=NOON)
    assert not PlanVersion.objects.exists()


def test_numbers_have_no_gap_and_are_given_once(world: World, cast):
    one, other = (freeze(world.plan, by=cast.officer, at=NOON) for _ in range(2))
    with pytest.raises(IllegalMove):
        number_version(other, number=2, by=cast.officer, at=NOON)
    number_version(other, number=1, by=cast.officer, at=NOON)
    with pytest.raises(IllegalMove):
        number_version(other, number=2, by=cast.officer, at=NOON)
    with pytest.raises(NotPermitted):
        number_version(one, number=2, by=cast.lead_partner, at=NOON)
    assert version_named(world.plan, "1") == other
    assert version_named(world.plan, "d2") == other
    assert verify_versions(world.plan) == []


@pytest.mark.parametrize("ref", ["7", "d9", "latest", "0", "d0", ""])
def test_an_unknown_version_is_not_found(world: World, ref):
    with pytest.raises(NotFound):
        version_named(world.plan, ref)


def test_freezing_is_on_record_with_the_commitment_alone(world: World, cast):
    version = freeze(world.plan, by=cast.officer, at=NOON)
    [event] = history_of(version)
    assert (event.event, event.details) == (EventName.VERSION_FROZEN, {"commitment": version.commitment})
