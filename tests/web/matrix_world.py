"""The world against which the permission matrix is held: one object of every kind, built through services."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from concord.accounts.models import Contact, OrganisationMerge, RoleGrant
from concord.accounts.rules import Marking
from concord.accounts.scope import Scope
from concord.accounts.services import add_contact, merge_organisations, propose_contact
from concord.analysis.jobs import ANALYSE_PLAN
from concord.analysis.models import CoverageProposal, Finding
from concord.analysis.queries import number_of
from concord.analysis.services import assess, run
from concord.governance.services import record_decision
from concord.intake.call_rules import hash_of_token, new_token
from concord.intake.models import Answer, Call, InputProblem, Link, Message, Objection
from concord.intake.preview import Target
from concord.intake.services import answer_question, check, receive
from concord.intake.services.calls import draft_call, open_call
from concord.intake.services.on_behalf import Talk, enter_on_behalf
from concord.kernel import clock
from concord.plan.models import Action, Merge, NameAnswer, Need, PlanVersion, Statement
from concord.plan.services import confirm_link, freeze, keep_name, merge_actions, set_profile
from concord.publication.services import ask_to_publish, confirm_publication, publish
from concord.work.models import Job
from concord.work.services import ask_to_cancel, start_job
from tests.analysis.world import PLAN, SUCCESSOR, World, a_need, an_action
from tests.cast import Cast
from tests.factories import NOON, an_organisation

Sent = dict[str, Any]
KEY = "ZZZZZZZZ"
CSV = b"id,title,donors,beneficiaries\nX1,Handed in,Donor A;Nobody Knows;Somebody Else,AL\n"
HIDDEN_BODY = "Body of the shadows"


@dataclass
class MatrixWorld:
    """Everything that a row of the matrix may be about. Addresses and forms are made on demand."""

    cast: Cast
    world: World
    finding: Finding = field(init=False)
    hidden_finding: Finding = field(init=False)
    answered: Any = field(init=False)
    proposal: CoverageProposal = field(init=False)
    merge: Merge = field(init=False)
    versions: dict[str, PlanVersion] = field(init=False)
    input_key: str = field(init=False)
    jobs: dict[str, Job] = field(init=False)
    hidden_body: str = field(init=False)
    contact: Contact = field(init=False)
    organisation_merge: OrganisationMerge = field(init=False)
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
        self.world.covers("N1", "A8")
        run(self.world.plan, by=self.cast.officer, at=NOON)
        self.finding = self._pair("A7")
        self.hidden_finding = self._pair("A4")
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


ACTION_OF = {
    "TLP:CLEAR, Donor A's": "A1",
    "TLP:GREEN, Donor B's": "A2",
    "TLP:AMBER, Donor B's, Implementer C takes part": "A3",
    "TLP:AMBER+STRICT, Donor B's": "A4",
    "TLP:RED, Donor B's, Reporter B named": "A5",
    "merged into another": "A6",
    "a merge of another action": "A8",
    "TLP:CLEAR, published": "A1",
    "restricted": "A2",
}
NEED_OF = {
    "TLP:CLEAR, Albania's": "N1",
    "TLP:AMBER, Albania's": "N2",
    "Serbia's side": "N1",
    "TLP:CLEAR, published": "N1",
    "restricted": "N2",
}
PLAN_OF = {
    "a plan": PLAN,
    "published": PLAN,
    "no such plan": "no-such-plan",
    "a plan not published": SUCCESSOR,
}


def arguments_of(built: MatrixWorld, route: str, kind: str) -> Sent:
    """What stands in the address of a row."""
    name = route.removeprefix("members:")
    first = name.split("-", maxsplit=1)[0]
    maker = _MAKERS.get(name) or _MAKERS.get(first)
    if maker is None:
        assert name.startswith(("account_", "mfa_", "usersessions_")), (
            f"say what stands in the address of {name}"
        )
        return {}
    return maker(built, name, kind)


def _none(_built: MatrixWorld, _name: str, _kind: str) -> Sent:
    return {}


def _action(built: MatrixWorld, name: str, kind: str) -> Sent:
    key = built.action(ACTION_OF[kind]).key if kind in ACTION_OF else KEY
    return {"key": key, "ref": SUCCESSOR} if name == "action-place" else {"key": key}


def _need(built: MatrixWorld, name: str, kind: str) -> Sent:
    key = built.need(NEED_OF[kind]).key if kind in NEED_OF else KEY
    if name == "support-cell":
        return {"ref": PLAN, "key": key, "code": "AL", "year": 2018}
    return {"key": key, "ref": PLAN} if name == "need-place" else {"key": key}


def _plan(_built: MatrixWorld, name: str, kind: str) -> Sent:
    found: Sent = {"ref": PLAN_OF[kind]}
    if name == "plan-download":
        found["format_name"] = "json"
    if name == "coordination-tab":
        found["tab"] = "board"
    return found


def _version(built: MatrixWorld, name: str, kind: str) -> Sent:
    version = built.versions.get(kind)
    found: Sent = {"ref": SUCCESSOR, "version_ref": f"d{version.draft_number}" if version else "d99"}
    return found | ({"format_name": "json"} if name == "version-download" else {})


def _pair(built: MatrixWorld, name: str, kind: str) -> Sent:
    if name == "pair-undo":
        finding = built.answered.finding
        return {"key_a": finding.key_a, "key_b": finding.key_b, "number": number_of(built.answered)}
    if kind == "no such key":
        return {"key_a": KEY, "key_b": "YYYYYYYY"}
    finding = built.hidden_finding if "STRICT" in kind else built.finding
    return {"key_a": finding.key_a, "key_b": finding.key_b}


def _support_remove(built: MatrixWorld, _name: str, _kind: str) -> Sent:
    return {"key": built.need("N1").key, "action_key": built.action("A1").key}


def _proposal(built: MatrixWorld, _name: str, kind: str) -> Sent:
    return {"key": KEY if kind == "no such key" else built.proposal.key}


def _person(built: MatrixWorld, name: str, kind: str) -> Sent:
    person = built.cast.administrator if kind == "oneself" else built.cast.viewer_a
    if name == "person-reinstate":
        person = built.cast.suspended
    grant = RoleGrant.objects.get(person=built.cast.viewer_a)
    return {"ref": person.ref, "key": grant.key} if name == "role-revoke" else {"ref": person.ref}


def _organisation(built: MatrixWorld, _name: str, kind: str) -> Sent:
    named = {"no such key": KEY, "named in restricted records alone": built.hidden_body}
    found = {"key": named.get(kind, built.cast.donor_a.key)}
    return found | {"merge": built.organisation_merge.key} if kind == "a merge" else found


def _beneficiary(_built: MatrixWorld, _name: str, kind: str) -> Sent:
    return {"code": "AL" if kind == "Albania" else "FR"}


def _call(built: MatrixWorld, name: str, kind: str) -> Sent:
    if kind == "no such key":
        return {"key": KEY}
    found: Sent = {"key": (built.draft if kind == "a draft" else built.call).key}
    if name in ("call-organisation", "call-on-behalf", "call-ask", "call-revoke"):
        found["organisation_key"] = built.cast.donor_a.key
    return found


def _answer(built: MatrixWorld, name: str, kind: str) -> Sent:
    if name == "answers:landing":
        return {"token": built.token if kind == "a token that works" else "x" * 43}
    return {"key": KEY} if name in ("answers:facts", "answers:file", "answers:apply") else {}


def _contact(built: MatrixWorld, _name: str, kind: str) -> Sent:
    if kind == "no such key":
        return {"key": KEY}
    return {"key": built.proposed.key if kind == "named through a link" else built.contact.key}


def _input(built: MatrixWorld, _name: str, _kind: str) -> Sent:
    return {"key": built.input_key}


def _job(built: MatrixWorld, _name: str, kind: str) -> Sent:
    return {"key": built.jobs[kind].key if kind in built.jobs else KEY}


def _text(built: MatrixWorld, name: str, kind: str) -> Sent:
    """The addresses of a published text, of a version of it, and of the text in force on a day."""
    text, page = name.split(":")
    found: Sent = {"ref": PLAN_OF.get(kind, PLAN)}
    if text != "in-force":
        found |= {"number": 1} if text == "version" else {"day": "2019-12-31"}
    if page == "download":
        found["format_name"] = "json"
    if page == "action":
        found["key"] = built.action(ACTION_OF[kind]).key if kind in ACTION_OF else KEY
    if page == "need":
        found["key"] = built.need(NEED_OF[kind]).key if kind in NEED_OF else KEY
    return found


_MAKERS: dict[str, Callable[[MatrixWorld, str, str], Sent]] = {
    **dict.fromkeys(
        ("desk", "account", "help", "plans", "pool", "actions", "needs", "organisations", "names"), _none
    ),
    "workbooks": _none,
    **dict.fromkeys(("beneficiaries", "record", "people", "imports", "import-new"), _none),
    **dict.fromkeys(("home", "about", "robots", "sitemap", "components"), _none),
    **dict.fromkeys(("action", "merge"), _action),
    **dict.fromkeys(("need", "support-cell"), _need),
    **dict.fromkeys(("plan", "versions", "coordination", "support", "support-confirm"), _plan),
    **dict.fromkeys(("version",), _version),
    "pair": _pair,
    "jobs": _none,
    "job": _job,
    "support-remove": _support_remove,
    "proposal": _proposal,
    **dict.fromkeys(("person", "role"), _person),
    "organisation": _organisation,
    "name-answer": _none,
    "name-undo": lambda built, _name, _kind: {"key": built.name_answer.key},
    **dict.fromkeys(("contacts", "contacts-write", "contact-new"), _none),
    "contact": _contact,
    **dict.fromkeys(("calls", "call-new", "calls-settings"), _none),
    "call": _call,
    "mail": lambda built, _name, _kind: {"key": built.message.key},
    "objection": lambda built, _name, _kind: {"key": built.objection.key},
    **{
        f"answers:{page}": _answer
        for page in (
            *("landing", "answer", "confirm", "nothing", "colleague", "facts"),
            *("workbook", "upload", "file", "apply", "object"),
        )
    },
    "beneficiary": _beneficiary,
    "import": _input,
    "proof": lambda _built, _name, kind: {"ref": PLAN_OF[kind], "number": 1},
    "stylesheet": lambda _built, _name, _kind: {"digest": "0" * 16},
    "specimen": lambda _built, _name, _kind: {"name": "plan"},
    "account_confirm_email": lambda _built, _name, _kind: {"key": "none"},
    "account_reset_password_from_key": lambda _built, _name, _kind: {"uidb36": "a", "key": "b-c"},
    **{
        f"{text}:{page}": _text
        for text in ("in-force", "version", "day")
        for page in ("plan", "action", "needs", "need", "versions", "download")
    },
}


def form_of(built: MatrixWorld, route: str, kind: str) -> Sent:
    """What a permitted person would send there."""
    name = route.removeprefix("members:")
    maker = _FORMS.get(name)
    return maker(built, kind) if maker else {}


def _amended(built: MatrixWorld, kind: str) -> Sent:
    action = built.action(ACTION_OF[kind])
    return {"version": action.version, "lines": 1, "title": "Another title", "initial-title": action.title}


def _chosen(built: MatrixWorld, kind: str) -> Sent:
    action = built.action(ACTION_OF[kind])
    return {"version": action.version, "statement": Statement.objects.get(action=action, field="title").pk}


def _answered(_built: MatrixWorld, _kind: str) -> Sent:
    asked = InputProblem.objects.get(value="Nobody Knows")
    return {"question": asked.order, "value": asked.value, "answer": "kept"}


def _mended(_built: MatrixWorld, _kind: str) -> Sent:
    return {"row": "0-2", "seen-1": "Handed in", "cell-1": "Handed in again"}


def _taken_back(_built: MatrixWorld, _kind: str) -> Sent:
    return {"answer": Answer.objects.get().pk}


def _need_amended(built: MatrixWorld, kind: str) -> Sent:
    need = built.need(NEED_OF[kind])
    return {"version": need.version, "statement": "Said otherwise", "initial-statement": need.statement}


def _merged(built: MatrixWorld, kind: str) -> Sent:
    finding = built.hidden_finding if "STRICT" in kind else built.finding
    return {
        "version": finding.version,
        "keep": finding.key_a,
        "version_a": finding.action_a.version,
        "version_b": finding.action_b.version,
        **{
            f"choose-{name}": "1"
            for name in ("title", "start", "end", "who", "participations", "implementers")
        },
    }


def _contact_changed(built: MatrixWorld, _kind: str) -> Sent:
    told = {"name": "Focal Point", "phone": "+355 4 1", "from_on": "2019-06-03"}
    return {**told, "version": built.contact.version}


_FORMS: dict[str, Callable[[MatrixWorld, str], Sent]] = {
    "action-amend": _amended,
    "action-choose": _chosen,
    "action-confirm": lambda built, kind: {"version": built.action(ACTION_OF[kind]).version},
    "action-withdraw": lambda built, kind: {
        "version": built.action(ACTION_OF[kind]).version,
        "reason": "The programme ended early",
    },
    "action-restore": lambda built, kind: {"version": built.action(ACTION_OF[kind]).version},
    "workbooks": lambda built, _kind: {
        "organisation": built.cast.donor_a.key,
        "place": f"framework:{built.world.framework.ref}",
    },
    "action-place": lambda _built, _kind: {"measure": ""},
    "merge-undo": lambda built, _kind: {"merge": built.merge.pk},
    "need-confirm": lambda built, kind: {"version": built.need(NEED_OF[kind]).version},
    "need-amend": _need_amended,
    "need-say": lambda _built, kind: {"beneficiary": "RS" if "Serbia" in kind else "AL", "state": "open"},
    "need-place": lambda _built, _kind: {"measure": ""},
    "proposal-answer": lambda built, _kind: {"answer": "direct", "version": built.proposal.version},
    "import-answer": _answered,
    "import-keep-names": lambda _built, _kind: {
        "version": InputProblem.objects.get(value="Nobody Knows").input.version
    },
    "import-mend": _mended,
    "import-settle": lambda _built, _kind: {"row": "0-2", "settle": "title:theirs"},
    "import-take-back": _taken_back,
    "import-vanished": lambda _built, _kind: {"answer": "planned:all"},
    "pair-answer": lambda built, kind: {
        "answer": "kept",
        "reason": "Two rounds",
        "version": (built.hidden_finding if "STRICT" in kind else built.finding).version,
    },
    "pair-merge": _merged,
    "support-confirm": lambda _built, _kind: {"at_least": "0.8"},
    "versions": lambda _built, _kind: {"label": "For the Board"},
    "version-decide": lambda _built, _kind: {
        "kind": "endorse",
        "number": "7",
        "decided_on": "2019-06-03",
        "text": "Endorsed.",
    },
    "people": lambda _built, _kind: {"name": "Somebody New", "email": "new@example.org"},
    "person": lambda _built, _kind: {"role": "observer", "within": "iisg", "from_on": "2020-01-01"},
    "role-revoke": lambda built, _kind: {
        "version": RoleGrant.objects.get(person=built.cast.viewer_a).version
    },
    "call-revoke": lambda _built, _kind: {},
    "name-answer": lambda built, _kind: {"text": "Nobody Knows", "answer": built.cast.donor_b.key},
    "organisation-change": lambda built, _kind: {
        "version": built.cast.donor_a.version,
        "name": "Donor A, renamed",
    },
    "organisation-names": lambda _built, _kind: {"text": "Donateur A"},
    "organisation-numbers": lambda _built, _kind: {"scheme": "XM-DAC", "value": "1"},
    "organisation-same": lambda built, _kind: {"other": built.cast.donor_b.key},
    "contact-change": _contact_changed,
    "contact-end": lambda built, _kind: {"version": built.contact.version, "until_on": "2030-01-01"},
    "contact-erase": lambda built, _kind: {"version": built.contact.version},
    "contact-keep": lambda built, _kind: {"version": built.proposed.version},
    "person-suspend": lambda _built, _kind: {"reason": "left"},
}
