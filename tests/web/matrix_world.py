"""The world against which the permission matrix is held: one object of every kind, built through services."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from concord.accounts.models import Contact, OrganisationMerge
from concord.accounts.rules import Marking
from concord.accounts.scope import Scope
from concord.accounts.services import add_contact, merge_organisations, propose_contact
from concord.analysis.jobs import ANALYSE_PLAN
from concord.analysis.models import Asking, Case, CoverageProposal, Finding, Regrouping
from concord.analysis.services import add_note, ask_sources, assess, run
from concord.governance.services import record_decision
from concord.intake.call_rules import hash_of_token, new_token
from concord.intake.models import Call, Link, Message, Objection
from concord.intake.preview import Target
from concord.intake.services import answer_question, check, receive
from concord.intake.services.calls import draft_call, open_call
from concord.intake.services.on_behalf import Talk, enter_on_behalf
from concord.kernel import clock
from concord.plan.models import Action, Merge, NameAnswer, Need, PlanVersion
from concord.plan.services import confirm_link, freeze, keep_name, merge_actions, set_profile
from concord.publication.services import ask_to_publish, confirm_publication, publish
from concord.work.models import Job
from concord.work.services import ask_to_cancel, start_job
from tests.analysis.world import World, a_need, an_action
from tests.cast import Cast
from tests.factories import NOON, an_organisation

Sent = dict[str, Any]
CSV = b"id,title,donors,beneficiaries\nX1,Handed in,Donor A;Nobody Knows;Somebody Else,AL\n"
HIDDEN_BODY = "Body of the shadows"


@dataclass
class MatrixWorld:
    """Everything that a row of the matrix may be about. Addresses and forms are made on demand."""

    cast: Cast
    world: World
    finding: Finding = field(init=False)
    hidden_finding: Finding = field(init=False)
    told: Finding = field(init=False)
    asking: Asking = field(init=False)
    answered: Any = field(init=False)
    proposal: CoverageProposal = field(init=False)
    merge: Merge = field(init=False)
    versions: dict[str, PlanVersion] = field(init=False)
    input_key: str = field(init=False)
    jobs: dict[str, Job] = field(init=False)
    hidden_body: str = field(init=False)
    contact: Contact = field(init=False)
    organisation_merge: OrganisationMerge = field(init=False)
    split: Regrouping = field(init=False)
    name_answer: NameAnswer = field(init=False)
    proposed: Contact = field(init=False)
    draft: Call = field(init=False)
    call: Call = field(init=False)
    message: Message = field(init=False)
    objection: Objection = field(init=False)
    token: str = field(init=False)

    def __post_init__(self) -> None:
        self.hidden_body = an_organisation(HIDDEN_BODY).key
        self._records()
        self._register()
        self._findings()
        self._versions()
        self._contacts()
        self._calls()
        target = Target(self.world.framework, None, self.cast.donor_a, "")
        received = receive(
            file_name="handed-in.csv", content=CSV, target=target, by=self.cast.officer, at=NOON
        )
        check(received, by=self.cast.officer, at=NOON)
        asked = received.problems.get(value="Somebody Else")
        answer_question(received, asked, kind="kept", by=self.cast.officer, at=NOON)
        self.input_key = received.key
        self._jobs()

    def _jobs(self) -> None:
        asked: Sent = {"by": self.cast.officer, "at": NOON}
        stopped = start_job(ANALYSE_PLAN, about=self.world.successor, **asked)
        ask_to_cancel(stopped, **asked)
        self.jobs = {
            "the officer's, stopped": stopped,
            "the officer's, waiting": start_job(ANALYSE_PLAN, about=self.world.plan, **asked),
        }

    def _contacts(self) -> None:
        told: Sent = {"organisation": self.cast.donor_a, "within": Scope("iisg"), "at": NOON}
        self.contact = add_contact(
            name="Focal Point", email="focal@example.org", by=self.cast.officer, **told
        )
        self.proposed = propose_contact(
            name="Colleague", email="colleague@example.org", by=self.cast.reporter_a, **told
        )

    def _calls(self) -> None:
        acts: Sent = {"by": self.cast.officer, "at": clock.now()}
        told: Sent = {
            "title": "Update",
            "message": "",
            "closes_on": clock.now().date() + timedelta(days=9),
            "organisations": [self.cast.donor_a],
        }
        self.draft = draft_call(self.world.plan, **told, **acts)
        prepared = draft_call(self.world.plan, **told, **acts)
        self.call = open_call(prepared, expected_version=prepared.version, **acts)
        self.message = Message.objects.earliest("pk")
        self.token = new_token()
        Link.objects.create(
            token_sha256=hash_of_token(self.token),
            purpose="answer",
            invitation=self.call.invitations.get(),
            made_at=clock.now(),
            expires_at=clock.now() + timedelta(days=9),
        )
        entry = enter_on_behalf(
            framework=self.world.framework,
            organisation=self.cast.donor_b,
            talk=Talk("telephone", clock.now().date(), note="Stands"),
            call=self.call,
            **acts,
        )
        self.objection = Objection.objects.create(
            entry=entry, text="Not right", raised_by=self.cast.reporter_b, raised_at=clock.now()
        )

    def _register(self) -> None:
        acts: Sent = {"by": self.cast.officer, "at": NOON}
        twice = an_organisation("Donor A in other words")
        self.organisation_merge = merge_organisations(target=self.cast.donor_a, merged=twice, **acts)
        self.cast.donor_a.refresh_from_db()
        self.name_answer = keep_name(text="To be decided", **acts)

    def _records(self) -> None:
        donor_b = {"reporter": "Donor B", "donors": ["Donor B"]}
        self.world.record(
            an_action(1, "Open training"),
            an_action(2, "Training for members", **donor_b, implementers=["Donor B"]),
            an_action(3, "Amber training", **donor_b, implementers=["Implementer C"]),
            an_action(4, "Strict training", **donor_b, implementers=[HIDDEN_BODY]),
            an_action(5, "Red training", **donor_b, implementers=["Donor B"]),
            an_action(6, "Open training told twice"),
            an_action(7, "Long ago", start="2010", end="2011"),
            an_action(8, "Another open training"),
            a_need(1, "Weapons are not traced"),
            a_need(2, "A need for few", beneficiaries=["AL"]),
        )
        marks = {"A2": Marking.GREEN, "A3": Marking.AMBER, "A4": Marking.AMBER_STRICT, "A5": Marking.RED}
        for own_id, marking in marks.items():
            Action.objects.filter(own_id=own_id).update(marking=marking)
        self.action("A5").readers.create(person=self.cast.reporter_b)
        Need.objects.filter(own_id="N2").update(marking=Marking.AMBER)
        acts: Sent = {"by": self.cast.officer, "at": NOON}
        self.merge = merge_actions(
            target=self.action("A1"), merged=self.action("A6"), take=set(), reason="Told twice", **acts
        )
        confirm_link(action=self.action("A1"), need=self.need("N1"), strength="direct", **acts)

    def _findings(self) -> None:
        self.world.finds("A1", "A7")
        self.world.finds("A1", "A4")
        self.world.finds("A1", "A8")
        self.world.finds("A7", "A8", "continuation")
        self.world.covers("N1", "A8")
        run(self.world.plan, by=self.cast.officer, at=NOON)
        self.finding = self._pair("A7")
        self.hidden_finding = self._pair("A4")
        keys = sorted([self.action("A7").key, self.action("A8").key])
        Finding.objects.filter(key_a=keys[0]).filter(key_b=keys[1]).update(
            confirmed_by=self.cast.officer, confirmed_at=NOON
        )
        self.told = Finding.objects.get(confirmed_at=NOON)
        answered = self._pair("A8")
        self.answered = assess(
            answered,
            answer="kept",
            reason="Two rounds",
            expected_version=answered.version,
            by=self.cast.officer,
            at=NOON,
        )
        self.proposal = CoverageProposal.objects.get(need__own_id="N1", action__own_id="A8")
        old = Case.objects.create(framework=self.world.framework, sort="continuation", opened_at=NOON)
        self.split = Regrouping.objects.create(
            did="split",
            case=old,
            other=case_of(self.told),
            pairs=[[self.told.key_a, self.told.key_b]],
            reason="Two rounds",
            by=self.cast.officer,
            at=NOON,
        )
        add_note(case_of(self.finding), text="Ask both.", by=self.cast.officer, at=NOON)
        Finding.objects.update(ends_on=None)  # the pages read them today
        self.finding.refresh_from_db()
        self.asking = ask_sources(
            self.finding.case,
            answers_until=clock.now().date() + timedelta(days=9),
            by=self.cast.officer,
            at=clock.now(),
        )

    def _pair(self, own_id: str) -> Finding:
        keys = sorted([self.action("A1").key, self.action(own_id).key])
        return Finding.objects.get(key_a=keys[0], key_b=keys[1])

    def _versions(self) -> None:
        set_profile(self.world.framework, profile="open", by=self.cast.officer, at=NOON)
        first = self._endorsed(self.world.plan)
        confirm_publication(
            ask_to_publish(first, by=self.cast.officer, at=NOON), by=self.cast.second_officer, at=NOON
        )
        publish(first, by=self.cast.officer, at=NOON)
        successor = self.world.successor
        self.versions = {
            "frozen": freeze(successor, by=self.cast.officer, at=NOON),
            "endorsed": self._endorsed(successor),
            "asked for by the officer": self._endorsed(successor),
            "confirmed by a second person": self._endorsed(successor),
        }
        ask_to_publish(self.versions["asked for by the officer"], by=self.cast.officer, at=NOON)
        asked = ask_to_publish(
            self.versions["confirmed by a second person"], by=self.cast.lead_partner, at=NOON
        )
        confirm_publication(asked, by=self.cast.second_officer, at=NOON)

    def _endorsed(self, plan: Any) -> PlanVersion:
        version = freeze(plan, by=self.cast.officer, at=NOON)
        record_decision(
            self.world.framework,
            kind="endorse",
            number=f"{plan.ref} {version.draft_number}",
            decided_on=NOON.date(),
            text="Endorsed.",
            versions=[version],
            by=self.cast.officer,
            at=NOON,
        )
        return version

    def action(self, own_id: str) -> Action:
        """The action with this id of its reporter."""
        return Action.objects.get(own_id=own_id)

    def need(self, own_id: str) -> Need:
        """The need with this id."""
        return Need.objects.get(own_id=own_id)


def case_of(finding: Finding) -> Case:
    """The case of a finding of this world."""
    return Case.objects.get(findings=finding)
