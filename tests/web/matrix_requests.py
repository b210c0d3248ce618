"""What each row of the permission matrix is asked with: the values of its address, and its form."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from concord.accounts.models import RoleGrant
from concord.analysis.models import Finding
from concord.analysis.queries import number_of
from concord.intake.models import Answer, InputProblem
from concord.kernel import clock
from concord.plan.models import Statement
from tests.analysis.world import PLAN, SUCCESSOR
from tests.web.matrix_world import MatrixWorld, Sent, case_of

KEY = "ZZZZZZZZ"

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
    finding = finding_of(built, kind)
    return {"key_a": finding.key_a, "key_b": finding.key_b}


def finding_of(built: MatrixWorld, kind: str) -> Finding:
    """The finding that a kind of row is about."""
    if "STRICT" in kind:
        return built.hidden_finding
    return built.told if "confirmed" in kind else built.finding


def _case(built: MatrixWorld, name: str, kind: str) -> Sent:
    if kind == "no such key":
        return {"key": KEY}
    if name == "case-undo":
        return {"key": case_of(built.answered.finding).key}
    if name == "case-regroup-undo":
        return {"key": built.split.other.key}
    found: Sent = {"key": case_of(finding_of(built, kind)).key}
    if name == "case-sheet":
        found["format_name"] = "docx"
    return found | ({"number": 1} if name == "case-note-back" else {})


def _case_answered(built: MatrixWorld, kind: str) -> Sent:
    finding = finding_of(built, kind)
    pair = f"{finding.key_a}-{finding.key_b}"
    return {"answer": "joined", "about": pair, "read": f"{pair}:{finding.version}"}


def _case_undone(built: MatrixWorld, _kind: str) -> Sent:
    finding = built.answered.finding
    return {"pair": f"{finding.key_a}-{finding.key_b}", "number": number_of(built.answered)}


def _asked(built: MatrixWorld, name: str, kind: str) -> Sent:
    if kind == "no such key":
        return {"key": KEY}
    if name.startswith("asked"):
        return {"key": built.asking.key}
    found: Sent = {"key": case_of(finding_of(built, kind)).key}
    if name in ("sources-reply", "sources-back"):
        found["organisation_key"] = built.cast.donor_a.key
    return found


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
        ("desk", "account", "help", "plans", "pool", "actions", "needs", "organisations", "names", "check"),
        _none,
    ),
    "workbooks": _none,
    **dict.fromkeys(("beneficiaries", "record", "people", "imports", "import-new"), _none),
    **dict.fromkeys(("home", "about", "robots", "sitemap", "components"), _none),
    **dict.fromkeys(("action", "merge"), _action),
    **dict.fromkeys(("need", "support-cell"), _need),
    **dict.fromkeys(("plan", "versions", "coordination", "support", "support-confirm"), _plan),
    **dict.fromkeys(("version",), _version),
    "pair": _pair,
    "case": _case,
    **dict.fromkeys(("asked", "sources"), _asked),
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
            *("workbook", "upload", "file", "apply", "object", "reply", "reply-back", "check"),
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
    finding = (
        built.hidden_finding if "STRICT" in kind else built.told if "confirmed" in kind else built.finding
    )
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


def _cases_assigned(built: MatrixWorld, _kind: str) -> Sent:
    case = case_of(built.finding)
    return {"to": "", "cases": f"{case.key}:{case.version}", "shown": f"{case.key}:{case.version}"}


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
    "case-answer": _case_answered,
    "coordination-assign": _cases_assigned,
    "case-assign": lambda _built, _kind: {"to": "", "version": 1},
    "case-note": lambda _built, _kind: {"text": "Ask both."},
    "case-undo": _case_undone,
    "case-split": lambda built, kind: {
        "split-actions": finding_of(built, kind).key_a,
        "split-reason": "Two rounds",
        "split-version": 1,
    },
    "case-join": lambda built, kind: {
        "join-other": f"{case_of(finding_of(built, kind)).key}:1",
        "join-reason": "Two rounds",
        "join-version": 1,
    },
    "case-regroup-undo": lambda built, _kind: {"act": built.split.key},
    **dict.fromkeys(("asked-reply", "sources-reply"), lambda _built, _kind: {"says": "talk"}),
    "sources-put": lambda _built, _kind: {
        "text": "Is it one?",
        "answers_until": (clock.now().date() + timedelta(days=5)).isoformat(),
    },
    "sources-withdraw": lambda built, _kind: {"read": built.asking.key, "reason": "The wrong case"},
    "pair-answer": lambda built, kind: {
        "answer": "kept",
        "reason": "Two rounds",
        "version": finding_of(built, kind).version,
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
