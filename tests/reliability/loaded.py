"""A plan with something in every state, from real rows: what the tests over all addresses walk on.

Everything is done by the standing cast through the services of the rooms, with the real analysis.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Min

from concord.accounts.services import add_organisation, merge_organisations
from concord.analysis import services as analyses
from concord.analysis.jobs import ANALYSE_PLAN
from concord.analysis.models import Asking, Case, CoverageProposal, Finding, Regrouping
from concord.analysis.queries import case_named, joinable_with, readiness_of
from concord.commands.demo import files
from concord.commands.demo.calls import ask
from concord.commands.demo.setting import set_the_stage
from concord.governance.asking import put_to_sources, withdraw_from_sources
from concord.governance.services import record_decision
from concord.intake.files import open_bytes
from concord.intake.models import Input, Objection
from concord.intake.preview import Target
from concord.intake.services import Receipt, hand_in, take_in
from concord.intake.services.on_behalf import Talk, enter_on_behalf
from concord.plan.models import Action, Framework, Plan, PlanVersion
from concord.plan.queries import framework_named, plan_named
from concord.plan.services import freeze, keep_name
from concord.publication.services import ask_to_publish, confirm_publication, publish
from concord.work.services import ask_to_cancel, start_job
from tests.cast import Cast
from tests.factories import NOON
from tests.walk.stage import CHOSEN

PLAN, SUCCESSOR = "wbcsci-2018-2020", "wbcsci-2021-2023"
CHOSEN_NEEDS = 8
DAY = date(2019, 6, 3)
MOST_ASKED, LAST_DAY = 3, date(2019, 6, 17)


@dataclass
class Loaded:
    """The framework and its plan with what stands there; more is read from the tables."""

    cast: Cast
    framework: Framework
    plan: Plan
    inputs: dict[str, Input] = field(default_factory=dict)

    def action(self, own_id: str) -> Action:
        """The action with this id in its file, as it is now."""
        return Action.objects.get(own_id=own_id)

    def finding(self, one: str, other: str) -> Finding:
        """The finding about two actions, by their ids in the file."""
        keys = sorted((self.action(one).key, self.action(other).key))
        return Finding.objects.get(action_a__key=keys[0], action_b__key=keys[1])

    # --- what people do, one act each -----------------------------------------------------------------

    def bring_in(
        self, rows: list[dict[str, str]], name: str, *, by: Any = None, org_column: str = "reported_by"
    ) -> Receipt:
        """Hands a file in and applies it: a master list, or rows of one body where no column is named."""
        secretariat = None if org_column else self.framework.secretariat
        target = Target(self.framework, None, secretariat, org_column)
        content = as_csv(rows)
        return hand_in(open_bytes(name, content), content, target=target, by=by or self.cast.officer, at=NOON)

    def analyse(self) -> None:
        """Runs the real analysis, asks for another one and stops it, and confirms the surest links between
        the real needs and actions."""
        analyses.run(self.plan, by=self.cast.officer, at=NOON)
        ask_to_cancel(
            start_job(ANALYSE_PLAN, about=self.plan, by=self.cast.officer, at=NOON),
            by=self.cast.officer,
            at=NOON,
        )
        proposed = CoverageProposal.objects.filter(action__own_id__in=CHOSEN).order_by("-score", "key")
        for proposal in proposed[:2]:
            analyses.confirm_proposal(
                proposal,
                strength="direct",
                expected_version=proposal.version,
                by=self.cast.officer,
                at=NOON,
            )

    def regroup(self, *, restricted: bool = False, reason: str = "Drones are bought by others.") -> None:
        """Takes the last action of the largest case, by its pairs, out into a case of its own, and joins what
        is left with another one that shares an action, where there is one."""
        by, at = self.cast.officer, NOON
        cases = Case.objects.filter(is_restricted=restricted).annotate(
            pairs=Count("findings"), first_a=Min("findings__key_a"), first_b=Min("findings__key_b")
        )
        for case in cases.filter(pairs__gt=2).order_by("-pairs", "first_a", "first_b", "sort"):
            read = case_named(case.key, actor=by, on=DAY)
            for action in sorted(read.actions, key=lambda action: action.key):
                touching = [f for f in read.findings if action.key in (f.key_a, f.key_b)]
                if 0 < len(touching) < len(read.findings):
                    analyses.split_case(
                        case, actions=[action.key], reason=reason, expected_version=1, by=by, at=at
                    )
                    self._join(case, reason)
                    return

    def _join(self, case: Case, reason: str) -> None:
        read = case_named(case.key, actor=self.cast.officer, on=DAY)
        for each in joinable_with(read, self.plan, actor=self.cast.officer):
            if not each.why_not and not Regrouping.objects.filter(other=each.read.case).exists():
                analyses.join_cases(
                    case,
                    each.read.case,
                    reason=reason,
                    expected_version=read.case.version,
                    other_version=each.read.case.version,
                    by=self.cast.officer,
                    at=NOON,
                )
                return

    def ask_sources(self) -> None:
        """Puts three cases that all members may see to their sources, with a note between those who
        coordinate: one is confirmed, one waits, one was withdrawn."""
        acts: dict[str, Any] = {"by": self.cast.officer}
        asked = 0
        for finding in Finding.objects.filter(is_live=True).order_by("key_a", "key_b").select_related("case"):
            case = finding.case
            if asked == MOST_ASKED or case is None or Asking.objects.filter(case=case).exists():
                continue
            if readiness_of(case, actor=self.cast.officer, on=DAY).why_not:
                continue
            put_to_sources(case, answers_until=LAST_DAY, at=NOON, **acts)
            analyses.add_note(case, text="The two offices sit in one street.", at=NOON, **acts)
            asked += 1
            if asked == 1:
                analyses.confirm_findings(case, at=NOON + timedelta(days=15), **acts)
            if asked == MOST_ASKED:
                withdraw_from_sources(case, reason="Meant for another case.", at=NOON, **acts)

    def assess(self, finding: Finding, answer: str, reason: str) -> None:
        """Records an answer of the first officer."""
        analyses.assess(
            finding,
            answer=answer,
            reason=reason,
            expected_version=finding.version,
            by=self.cast.officer,
            at=NOON,
        )

    def frozen(self, label: str = "") -> PlanVersion:
        """The plan as it stands, as its next draft."""
        return freeze(self.plan, label=label, by=self.cast.officer, at=NOON)

    def endorsed(self, version: PlanVersion, number: str, on: date = DAY) -> PlanVersion:
        """The Board's decision on exactly this text, as a rehearsal."""
        record_decision(
            self.framework,
            kind="endorse",
            number=number,
            decided_on=on,
            place="Demonstration",
            text="The Board endorses the plan.",
            versions=[version],
            is_rehearsal=True,
            by=self.cast.officer,
            at=NOON,
        )
        return version

    def published(self, version: PlanVersion) -> PlanVersion:
        """Asked for by one officer, confirmed and made by the second."""
        request = ask_to_publish(version, by=self.cast.officer, at=NOON)
        confirm_publication(request, by=self.cast.second_officer, at=NOON)
        publish(version, by=self.cast.second_officer, at=NOON)
        return version


def stage(cast: Cast) -> Loaded:
    """The demonstration's framework with its register and empty plans, served by the standing cast."""
    set_the_stage(at=NOON)
    return Loaded(cast, framework_named("iisg"), plan_named(PLAN))


def load(cast: Cast) -> Loaded:
    """Files applied and waiting, findings open and answered, a merge, and versions in each state."""
    world = stage(cast)
    world.inputs["applied"] = _input(world.bring_in(real_actions(), "master-list.csv"))
    world.inputs["needs"] = _input(world.bring_in(real_needs(), "needs.csv", org_column=""))
    world.inputs["faulty"] = _input(world.bring_in([real_actions()[0], _faulty()], "faulty.csv"))
    world.inputs["waiting"] = _waiting(world)
    world.analyse()
    world.assess(world.finding("WB-045", "WB-051"), "joined", "One steering committee for both.")
    world.assess(world.finding("WB-227", "WB-253"), "dismissed", "Different courts.")
    world.regroup()
    world.ask_sources()
    world.published(world.endorsed(world.frozen("First text"), "Rehearsal 1"))
    _merge(world)
    world.published(world.endorsed(world.frozen("Second text"), "Rehearsal 2"))
    ask_to_publish(world.endorsed(world.frozen("Third text"), "Rehearsal 3"), by=cast.officer, at=NOON)
    world.frozen("Fourth text")
    settle_register(world)
    ask_organisations(world)
    return world


def real_actions() -> list[dict[str, str]]:
    """The chosen real actions, one of them moved to years of which there is no plan."""
    rows = [row for row in files.rows_of(files.ACTIONS) if row["id"] in CHOSEN]
    old = dict(next(row for row in rows if row["id"] == "WB-027"))
    return [
        *rows,
        old | {"id": "WB-OLD", "title": "An action of earlier years", "start": "2009", "end": "2010"},
    ]


def real_needs() -> list[dict[str, str]]:
    """The first real needs of the pillar, without the reporter's column."""
    rows = [row for row in files.rows_of(files.NEEDS) if row["pillar"] == "WBCSCi"]
    return [row for row in rows if (row["stated_on"] or "2017") <= "2020"][:CHOSEN_NEEDS]


def _faulty() -> dict[str, str]:
    row = dict(real_actions()[0])
    return row | {"id": "WB-BAD", "start": "31.02.2019", "budget_amount": "two million"}


def _waiting(world: Loaded) -> Input:
    """A file that was checked and is not applied: one row changed, one new, one in question, one in error."""
    changed = dict(real_actions()[0]) | {"summary": "A summary that changed."}
    asked = dict(real_actions()[1]) | {
        "id": "WB-NEW",
        "implementers": "Unheard-of Institute",
        "status": "halted",
    }
    content = as_csv([changed, asked, _faulty()])
    receipt = take_in(
        open_bytes("waiting.csv", content),
        content,
        target=Target(world.framework, org_column="reported_by"),
        by=world.cast.officer,
        at=NOON,
    )
    return _input(receipt)


def _merge(world: Loaded) -> None:
    finding = world.finding("WB-180", "WB-237")
    analyses.merge_pair(
        finding,
        target=world.action("WB-180"),
        take={"start"},
        reason="The same project.",
        expected_version=finding.version,
        read={each.key: each.version for each in (finding.action_a, finding.action_b)},
        by=world.cast.officer,
        at=NOON,
    )


def settle_register(world: Loaded) -> None:
    """A body that the register had twice, and a name that is no organisation."""
    acts: dict[str, Any] = {"by": world.cast.officer, "at": NOON}
    twin = add_organisation(name="Donor A, told twice", **acts)
    merge_organisations(target=type(twin).objects.get(pk=world.cast.donor_a.pk), merged=twin, **acts)
    keep_name(text="To be decided", **acts)


def ask_organisations(world: Loaded) -> None:
    """A call with its mails, something entered for a body while talking to it, and its objection."""
    acts: dict[str, Any] = {"by": world.cast.officer, "at": NOON}
    ask(world.plan, **acts)
    call = world.plan.calls.get()
    entry = enter_on_behalf(
        framework=world.framework,
        organisation=call.invitations.earliest("pk").organisation,
        talk=Talk("telephone", NOON.date(), note="Stands"),
        call=call,
        **acts,
    )
    Objection.objects.create(entry=entry, text="Not right", raised_by=world.cast.reporter_b, raised_at=NOON)


def _input(receipt: Receipt) -> Input:
    assert receipt.input is not None
    return receipt.input


def as_csv(rows: list[dict[str, str]]) -> bytes:
    """The rows as a CSV file."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
