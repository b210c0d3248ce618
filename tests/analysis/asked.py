"""Cases that are put to their sources, for the tests of whatever shows or tells them."""

from __future__ import annotations

from datetime import date
from typing import Any

from concord.analysis.models import AskedSource, Asking, Case, Finding
from concord.analysis.services import ask_sources, reply, run
from tests.analysis.world import World, an_action
from tests.cast import Cast
from tests.factories import NOON

UNTIL = date(2019, 6, 17)
"""Until when the sources are asked, where a test is about no other day: two weeks after NOON."""


def two_sources(world: World, cast: Cast, kind: str = "overlap", **values: Any) -> Case:
    """Donor A's A1 and Donor B's A2 are found related; nobody was asked yet."""
    world.record(
        an_action(1, "Training of Albania’s border police", **values),
        an_action(2, "Courses for border guards", reporter="Donor B", donors=["Donor B"], **values),
    )
    world.finds("A1", "A2", kind, 0.9)
    run(world.plan, by=cast.officer, at=NOON)
    return case_of(Finding.objects.get())


def case_of(finding: Finding) -> Case:
    """The case of a finding, as the run made it."""
    finding.refresh_from_db()
    if finding.case is None:
        finding.case = Case.objects.create(framework=finding.framework, sort=finding.kind, opened_at=NOON)
        finding.save(update_fields=["case"])
    return finding.case


def asked(case: Case, cast: Cast, **values: Any) -> Asking:
    """The case put to its sources by the officer."""
    return ask_sources(case, **({"answers_until": UNTIL, "by": cast.officer, "at": NOON} | values))


def source(asking: Asking, organisation: Any) -> AskedSource:
    """One of the sources that were asked."""
    return AskedSource.objects.select_related("asking__case__framework", "organisation").get(
        asking=asking, organisation=organisation
    )


def both_reply(asking: Asking, cast: Cast, says: str = "agreed", words: str = "", at: Any = NOON) -> None:
    """Both sources of `two_sources` say the same, each on its own desk."""
    for body, person in ((cast.donor_a, cast.reporter_a), (cast.donor_b, cast.reporter_b)):
        reply(source(asking, body), says=says, words=words, way="desk", by=person, at=at)


def tell_all(officer: Any, at: Any = NOON) -> None:
    """Every finding as if its sources could answer and the secretariat confirmed it: members read it."""
    Finding.objects.update(confirmed_by=officer, confirmed_at=at)
