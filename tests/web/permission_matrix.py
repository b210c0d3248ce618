"""Who may open and do what: one row per address, method and kind of object, one answer per person.

Written by thinking, not by recording: tests/web/test_permission_matrix.py holds every row against the
running pages. `python -m tests.web.permission_matrix > docs/permission-matrix.md` writes the table out,
and a test fails when that page is out of date or an address has no row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

PEOPLE = (
    "anonymous",
    "suspended",
    "administrator",
    "observer",
    "support_group_member",
    "viewer_a",
    "board_member",
    "authority",
    "coordinator",
    "reporter_a",
    "reporter_b",
    "reporter_c",
    "co_lead_partner",
    "lead_partner",
    "auditor",
    "officer",
    "second_officer",
)
"""The standing cast (tests/cast.py), from who may least to who may most."""

WITNESSES = ("anonymous", "viewer_a", "officer")
"""Public pages know nobody: three people are enough to see that they are the same for all."""

SIGN_IN = "sign in"
"""Answered by the sign-in page, which leads back."""

NOBODY: frozenset[str] = frozenset()
SIGNED_OUT = frozenset({"anonymous", "suspended"})
SIGNED_IN = frozenset(PEOPLE) - SIGNED_OUT
MEMBERS = SIGNED_IN - {"administrator"}

OFFICERS = frozenset({"officer", "second_officer"})
LEADS = frozenset({"lead_partner", "co_lead_partner"})
WORKERS = OFFICERS | LEADS
EXPORTERS = WORKERS | {"coordinator", "board_member"}
ENTERERS = WORKERS | {"reporter_a", "reporter_b", "reporter_c", "coordinator", "authority"}
COORDINATING = WORKERS | {"auditor"}
"""Who reads a pair before its sources could answer and the secretariat confirmed it."""
OF_AL = frozenset({"coordinator", "authority"})


@dataclass(frozen=True, slots=True)
class Row:
    """One address, method and kind of object; answers: what each person gets."""

    route: str
    method: str
    kind: str
    answers: Mapping[str, str]

    @property
    def name(self) -> str:
        """What the test of this row is called."""
        return f"{self.method} {self.route} {self.kind}".strip()


def _members(
    route: str,
    kind: str = "",
    *,
    method: str = "GET",
    may: frozenset[str] = MEMBERS,
    see: frozenset[str] | None = None,
    refused: str = "403",
    instead: Mapping[str, str] | None = None,
) -> Row:
    """A member's address: who may, who sees the thing but may not (403), for whom it is not there (404)."""
    seen = MEMBERS if see is None else see
    done = "302" if method == "POST" else "200"
    answers = {}
    for person in PEOPLE:
        if person in SIGNED_OUT:
            answers[person] = SIGN_IN
        elif person in (instead or {}):
            answers[person] = (instead or {})[person]
        else:
            answers[person] = done if person in may & seen else refused if person in seen else "404"
    return Row(route, method, kind, answers)


def _everybody(route: str, kind: str = "", answer: str = "200") -> Row:
    return Row(route, "GET", kind, dict.fromkeys(WITNESSES, answer))


def _account(route: str, out: str, inside: str) -> Row:
    """A page of signing in: what a visitor gets, and what somebody signed in gets."""
    return Row(route, "GET", "", {"anonymous": out, "viewer_a": inside, "officer": inside})


# --- actions: who sees which, and who may change whose -----------------------------------------------

SEES: Mapping[str, frozenset[str]] = {
    "TLP:CLEAR, Donor A's": MEMBERS,
    "TLP:GREEN, Donor B's": MEMBERS,
    "TLP:AMBER, Donor B's, Implementer C takes part": OFFICERS | {"auditor", "reporter_b", "reporter_c"},
    "TLP:AMBER+STRICT, Donor B's": OFFICERS | {"auditor", "reporter_b"},
    "TLP:RED, Donor B's, Reporter B named": frozenset({"reporter_b"}),
    "merged into another": MEMBERS,
    "no such key": NOBODY,
}
AMENDS: Mapping[str, frozenset[str]] = {
    kind: WORKERS | ({"reporter_a"} if "Donor A" in kind else {"reporter_b"}) for kind in SEES
}
CONFIRMS: Mapping[str, frozenset[str]] = {
    kind: frozenset({"reporter_a", "co_lead_partner"} if "Donor A" in kind else {"reporter_b"})
    for kind in SEES
}
"""The co-lead partner of the cast acts for Donor A."""

WITHDRAWS: Mapping[str, frozenset[str]] = {kind: CONFIRMS[kind] | WORKERS for kind in SEES}
"""Who speaks for an action's source: who reports for it, and who enters on behalf of others."""

TOMBSTONE, MISSING = "merged into another", "no such key"
LIVE = tuple(kind for kind in SEES if kind not in (TOMBSTONE, MISSING))


def _action_rows() -> Iterator[Row]:
    for kind, see in SEES.items():
        yield _members("members:action", kind, see=see)
    for kind in LIVE:
        see = SEES[kind]
        yield _members("members:action-amend", kind, may=AMENDS[kind], see=see)
        yield _members("members:action-amend", kind, method="POST", may=AMENDS[kind], see=see)
        yield _members("members:action-choose", kind, method="POST", may=AMENDS[kind], see=see)
        yield _members("members:action-confirm", kind, method="POST", may=CONFIRMS[kind], see=see)
        speaks = WITHDRAWS[kind]
        stands = dict.fromkeys(speaks & see, "422")
        yield _members("members:action-withdraw", kind, may=speaks, see=see)
        yield _members("members:action-withdraw", kind, method="POST", may=speaks, see=see)
        yield _members("members:action-restore", kind, method="POST", may=speaks, see=see, instead=stands)
        yield _members("members:action-place", kind, may=WORKERS, see=see)
        yield _members("members:action-place", kind, method="POST", may=WORKERS, see=see)
    merged = AMENDS[TOMBSTONE] - {"reporter_b"} | {"reporter_a"}
    stopped = dict.fromkeys(merged, "422")
    yield _members("members:action-amend", TOMBSTONE, method="POST", may=merged, instead=stopped)
    yield _members("members:merge-undo", "TLP:CLEAR, Donor A's", method="POST", may=WORKERS)
    yield _members("members:merge-undo", "a merge of another action", method="POST", see=NOBODY)


def _need_rows() -> Iterator[Row]:
    sees = {"TLP:CLEAR, Albania's": MEMBERS, "TLP:AMBER, Albania's": OFFICERS | OF_AL | {"auditor"}}
    for kind, see in sees.items():
        yield _members("members:need", kind, see=see)
        yield _members("members:need-amend", kind, may=OFFICERS | {"lead_partner"}, see=see)
        yield _members("members:need-amend", kind, method="POST", may=OFFICERS | {"lead_partner"}, see=see)
        yield _members("members:need-say", kind, method="POST", may=frozenset({"coordinator"}), see=see)
        yield _members("members:need-confirm", kind, method="POST", may=OF_AL, see=see)
        yield _members("members:need-place", kind, may=WORKERS, see=see)
        yield _members("members:need-place", kind, method="POST", may=WORKERS, see=see)
        yield _members("members:need-support", kind, see=see)
        yield _members("members:support-cell", kind, see=see)
    yield _members("members:need-say", "Serbia's side", method="POST", may=NOBODY)
    yield _members("members:need", MISSING, see=NOBODY)
    yield _members("members:support-remove", "a confirmed link", method="POST", may=WORKERS)
    yield _members("members:proposal-answer", "both TLP:CLEAR", method="POST", may=WORKERS)
    yield _members("members:proposal-answer", MISSING, method="POST", see=NOBODY)


def _finding_rows() -> Iterator[Row]:
    pairs = {
        "both TLP:CLEAR": COORDINATING | {"reporter_a"},
        "both TLP:CLEAR, confirmed": MEMBERS,
        "one TLP:AMBER+STRICT": OFFICERS,
    }
    for kind, see in pairs.items():
        yield _members("members:pair", kind, see=see)
        yield _members("members:pair-answer", kind, method="POST", may=WORKERS, see=see)
        yield _members("members:pair-merge", kind, may=WORKERS, see=see)
        yield _members("members:pair-merge", kind, method="POST", may=WORKERS, see=see)
        yield _members("members:case", kind, see=see)
        yield _members("members:case-sheet", kind, may=WORKERS, see=see)
        for act in ("answer", "assign", "note"):
            yield _members(f"members:case-{act}", kind, method="POST", may=WORKERS, see=see)
        yield _members("members:case-regroup", kind, may=WORKERS, see=see)
        alone = dict.fromkeys(WORKERS & see, "422")  # a single pair cannot be split, nor joined with itself
        for act in ("split", "join"):
            yield _members(f"members:case-{act}", kind, method="POST", may=WORKERS, see=see, instead=alone)
    put = COORDINATING | {"reporter_a"}  # the case was put to Donor A; the pair that is answered was not
    yield _members("members:case-undo", "an answer", method="POST", may=WORKERS, see=COORDINATING)
    yield _members("members:case-note-back", "the officer's note", method="POST", may={"officer"}, see=put)
    yield _members("members:case-regroup-undo", "split off, confirmed", method="POST", may=WORKERS)
    yield _members("members:case", MISSING, see=NOBODY)
    yield _members("members:pair-undo", "an answer", method="POST", may=WORKERS, see=COORDINATING)
    yield _members("members:pair", MISSING, see=NOBODY)


def _asked_rows() -> Iterator[Row]:
    """What Donor A was asked about two actions of its own; the co-lead partner of the cast acts for it."""
    asked = frozenset({"reporter_a", "co_lead_partner"})
    yield _members("members:asked", "put to Donor A", see=asked, may=asked)
    yield _members("members:asked", MISSING, see=NOBODY)
    yield _members("members:asked-reply", "put to Donor A", method="POST", see=asked, may=asked)
    silent = dict.fromkeys(asked, "422")  # it said nothing that could be taken back
    yield _members(
        "members:asked-back", "put to Donor A", method="POST", see=asked, may=asked, instead=silent
    )
    kind, see = "put to Donor A", COORDINATING | {"reporter_a"}
    yield _members("members:sources", kind, may=COORDINATING, see=see)
    yield _members("members:sources", "confirmed", may=COORDINATING)
    yield _members("members:sources", "one TLP:AMBER+STRICT", may=COORDINATING, see=OFFICERS)
    yield _members("members:sources-put", kind, method="POST", may=WORKERS, see=see)
    unasked = dict.fromkeys(OFFICERS, "422")  # its sources are never asked, so there is nothing to withdraw
    for method in ("GET", "POST"):
        yield _members("members:sources-withdraw", kind, method=method, may=WORKERS, see=see)
        yield _members(
            "members:sources-withdraw",
            "one TLP:AMBER+STRICT",
            method=method,
            may=OFFICERS,
            see=OFFICERS,
            instead=unasked,
        )
    early = dict.fromkeys(OFFICERS, "422")  # its source has not replied, and it is not confirmed
    for route in ("sources-confirm", "sources-undo"):
        yield _members(f"members:{route}", kind, method="POST", may=OFFICERS, see=see, instead=early)
    unsaid = dict.fromkeys(WORKERS, "422")
    for route in ("sources-record", "sources-back"):
        yield _members(f"members:{route}", kind, method="POST", may=WORKERS, see=see, instead=unsaid)
    yield _members("members:sources-reply", kind, may=WORKERS, see=see)
    yield _members("members:sources-reply", kind, method="POST", may=WORKERS, see=see)
    yield _members("members:sources", MISSING, see=NOBODY)


def _plan_rows() -> Iterator[Row]:
    for route in ("plan", "versions", "coordination", "coordination-tab", "support"):
        yield _members(f"members:{route}", "a plan")
        yield _members(f"members:{route}", "no such plan", see=NOBODY)
    yield _members("members:plan-download", "a plan", may=EXPORTERS)
    yield _members("members:plan-download", "no such plan", see=NOBODY)
    yield _members("members:coordination-run", "a plan", method="POST", may=WORKERS)
    yield _members("members:coordination-assign", "a plan", method="POST", may=WORKERS)
    yield _members("members:support-confirm", "a plan", method="POST", may=WORKERS)
    yield _members("members:versions", "a plan", method="POST", may=OFFICERS | {"lead_partner"})


def _version_rows() -> Iterator[Row]:
    yield _members("members:version", "frozen")
    yield _members("members:version", "no such version", see=NOBODY)
    yield _members("members:version-download", "frozen", may=EXPORTERS)
    yield _members("members:version-decide", "frozen", method="POST", may=OFFICERS)
    yield _members("members:version-ask", "endorsed", method="POST", may=OFFICERS | {"lead_partner"})
    yield _members(
        "members:version-withdraw", "asked for by the officer", method="POST", may=OFFICERS | {"lead_partner"}
    )
    same = {"officer": "422"}  # the person who asked cannot confirm
    yield _members(
        "members:version-confirm", "asked for by the officer", method="POST", may=OFFICERS, instead=same
    )
    yield _members("members:version-publish", "confirmed by a second person", method="POST", may=OFFICERS)
    alone = dict.fromkeys(OFFICERS, "422")  # nobody confirmed it
    yield _members(
        "members:version-publish", "asked for by the officer", method="POST", may=OFFICERS, instead=alone
    )


def _input_rows() -> Iterator[Row]:
    see = OFFICERS | {"auditor"}
    yield _members("members:imports", see=SIGNED_IN, may=SIGNED_IN)
    yield _members("members:import-new", see=SIGNED_IN, may=ENTERERS)
    incomplete = dict.fromkeys(ENTERERS, "422")
    yield _members(
        "members:import-new", "an empty form", method="POST", may=ENTERERS, see=SIGNED_IN, instead=incomplete
    )
    yield _members("members:import", "an officer's file", see=see)
    yield _members("members:import-doubtful", "an officer's file", see=see)
    agreed = dict.fromkeys(OFFICERS, "404")  # the file and the plan agree: there is nothing to choose
    yield _members(
        "members:import-settle", "an officer's file", method="POST", may=OFFICERS, see=see, instead=agreed
    )
    yield _members(  # the first file of its source: nothing is missing in it
        "members:import-vanished", "an officer's file", method="POST", may=OFFICERS, see=see, instead=agreed
    )
    yield _members("members:import-columns", "an officer's file", see=see)
    yield _members("members:import-columns", "an officer's file", method="POST", may=OFFICERS, see=see)
    unapplied = dict.fromkeys(OFFICERS, "422")  # nothing of it was applied yet
    yield _members(
        "members:import-undo", "an officer's file", method="POST", may=OFFICERS, see=see, instead=unapplied
    )
    for route in (
        "import-apply",
        "import-check",
        "import-answer",
        "import-keep-names",
        "import-mend",
        "import-take-back",
        "import-withdraw",
    ):
        yield _members(f"members:{route}", "an officer's file", method="POST", may=OFFICERS, see=see)


def _job_rows() -> Iterator[Row]:
    """Background work is seen by who asked for it, and by nobody else, whatever their role."""
    see = frozenset({"officer"})
    yield _members("members:jobs", see=SIGNED_IN, may=SIGNED_IN)
    for kind in ("the officer's, waiting", "the officer's, stopped"):
        yield _members("members:job", kind, see=see, may=see)
    yield _members("members:job", MISSING, see=NOBODY)
    yield _members("members:job-cancel", "the officer's, waiting", method="POST", see=see, may=see)
    yield _members("members:job-again", "the officer's, stopped", method="POST", see=see, may=see)
    ended = {"officer": "422"}
    yield _members(
        "members:job-cancel", "the officer's, stopped", method="POST", see=see, may=see, instead=ended
    )


def _people_rows() -> Iterator[Row]:
    managers = frozenset({"administrator"})
    yield _members("members:people", may=managers, see=SIGNED_IN)
    yield _members("members:people", method="POST", may=managers, see=SIGNED_IN)
    yield _members("members:person", "somebody", may=managers, see=SIGNED_IN)
    yield _members("members:person", "somebody", method="POST", may=managers, see=SIGNED_IN)
    itself = {"administrator": "403"}  # nobody gives a role to themselves
    yield _members("members:person", "oneself", method="POST", may=managers, see=SIGNED_IN, instead=itself)
    for route in ("role-revoke", "person-suspend", "person-reinstate"):
        yield _members(f"members:{route}", "somebody", method="POST", may=managers, see=SIGNED_IN)


def _contact_rows() -> Iterator[Row]:
    yield _members("members:contacts")
    yield _members("members:contacts-write")
    yield _members("members:contact", "Donor A's, for the framework")
    yield _members("members:contact", MISSING, see=NOBODY)
    yield _members("members:contact-new", may=OFFICERS)
    incomplete = dict.fromkeys(OFFICERS, "422")
    yield _members("members:contact-new", "an empty form", method="POST", may=OFFICERS, instead=incomplete)
    yield _members("members:contact-change", "Donor A's, for the framework", may=OFFICERS)
    for route in ("contact-change", "contact-end", "contact-erase"):
        yield _members(f"members:{route}", "Donor A's, for the framework", method="POST", may=OFFICERS)
    yield _members("members:contact-keep", "named through a link", method="POST", may=OFFICERS)


def _call_rows() -> Iterator[Row]:
    opener = OFFICERS
    yield _members("members:calls", may=WORKERS)
    yield _members("members:call-new", may=opener)
    # without a plan in the address the form asks for one, whatever was sent
    yield _members(
        "members:call-new", "without a plan", method="POST", may=opener, instead=dict.fromkeys(opener, "200")
    )
    yield _members("members:calls-settings", may=OFFICERS)
    yield _members(
        "members:calls-settings",
        "an empty form",
        method="POST",
        may=OFFICERS,
        instead=dict.fromkeys(OFFICERS, "422"),
    )
    yield _members("members:call", "open", may=WORKERS)
    yield _members("members:call", "a draft", may=opener)
    yield _members("members:call", MISSING, see=NOBODY)
    yield _members("members:call-change", "a draft", may=opener)
    yield _members("members:call-sheet", "open", may=WORKERS)
    yield _members("members:call-mails", "open", may=opener)
    yield _members("members:mail", "sent", may=opener)
    yield _members("members:call-organisation", "open", may=WORKERS)
    yield _members("members:call-on-behalf", "open", may=WORKERS)
    stale = dict.fromkeys(opener, "409")  # the matrix sends no version
    for route, kind in (
        ("call-send", "a draft"),
        ("call-drop", "a draft"),
        ("call-close", "open"),
    ):
        yield _members(f"members:{route}", kind, method="POST", may=opener, instead=stale)
    incomplete = dict.fromkeys(opener, "422")
    for route, kind in (("call-change", "a draft"), ("call-extend", "open"), ("mail-again", "sent")):
        yield _members(f"members:{route}", kind, method="POST", may=opener, instead=incomplete)
    yield _members("members:call-ask", "open", method="POST", may=opener, instead=incomplete)
    for route in ("call-remind", "call-revoke"):
        yield _members(f"members:{route}", "open", method="POST", may=opener)
    nothing_said = dict.fromkeys(WORKERS, "422")
    yield _members("members:call-mail-in", "open", method="POST", may=WORKERS, instead=nothing_said)
    yield _members("members:call-on-behalf", "open", method="POST", may=WORKERS, instead=nothing_said)
    yield _members("members:objection", "an objection", see=WORKERS)
    unanswered = dict.fromkeys(WORKERS, "422")
    yield _members(
        "members:objection", "an objection", method="POST", see=WORKERS, may=WORKERS, instead=unanswered
    )


def _answer_rows() -> Iterator[Row]:
    """Pages behind links know nobody: what counts is the link, and without one nothing is there."""
    yield _everybody("answers:landing", "a token that works")
    yield _everybody("answers:landing", "no such token", "404")
    for route in ("answer", "colleague", "facts", "file", "check"):
        yield _everybody(f"answers:{route}", "without an opened link", "404")
    sent = ("confirm", "nothing", "workbook", "upload", "apply", "object", "reply", "reply-back", "check")
    for route in sent:
        answers = dict.fromkeys(WITNESSES, "404")
        yield Row(f"answers:{route}", "POST", "without an opened link", answers)


def _register_rows() -> Iterator[Row]:
    """The register is the secretariat's to change; everybody else of the framework reads it."""
    yield _members("members:name-answer", "a name as written", method="POST", may=OFFICERS)
    yield _members("members:name-undo", "an answer", method="POST", may=OFFICERS)
    for route in ("organisation-change", "organisation-same"):
        yield _members(f"members:{route}", "an organisation", may=OFFICERS)
    for route in ("change", "same", "names", "numbers"):
        yield _members(f"members:organisation-{route}", "an organisation", method="POST", may=OFFICERS)
    yield _members("members:organisation-separate", "a merge", method="POST", may=OFFICERS)
    yield _members("members:organisation-change", MISSING, see=NOBODY)


def _other_rows() -> Iterator[Row]:
    yield _members("members:desk", see=SIGNED_IN, may=SIGNED_IN)
    yield _members("members:account", see=SIGNED_IN, may=SIGNED_IN)
    yield _members("members:help", see=SIGNED_IN, may=SIGNED_IN)
    for route in (
        "plans",
        "pool",
        "pool-needs",
        "actions",
        "needs",
        "organisations",
        "names",
        "beneficiaries",
        "check",
    ):
        yield _members(f"members:{route}")
    nothing_written = dict.fromkeys(MEMBERS, "422")
    yield _members("members:check", "an empty idea", method="POST", instead=nothing_written)
    gives = WORKERS | {"reporter_a", "reporter_b", "reporter_c"}
    yield _members("members:workbooks", may=gives)
    offered_less = LEADS | {"reporter_b", "reporter_c"}  # their pillar, or their own organisation
    had = dict.fromkeys(OFFICERS | {"reporter_a"}, "200") | dict.fromkeys(offered_less, "422")
    yield _members("members:workbooks", "Donor A's, whole framework", method="POST", may=gives, instead=had)
    yield _members("members:organisation", "an organisation")
    yield _members("members:organisation", MISSING, see=NOBODY)
    yield from _register_rows()
    yield _members("members:beneficiary", "Albania")
    yield _members("members:beneficiary", "a place not served", see=NOBODY)
    yield _members("members:record", may=OFFICERS | {"auditor"}, see=SIGNED_IN)


def _public_rows() -> Iterator[Row]:
    for route in ("home", "plans", "organisations", "beneficiaries", "about", "robots", "sitemap"):
        yield _everybody(route)
    for route in ("stylesheet", "components", "specimen"):
        yield _everybody(route)
    for text in ("in-force", "version", "day"):
        for page in ("plan", "needs", "versions", "download"):
            moved = page == "versions" and text != "in-force"  # all texts of a plan have one address
            yield _everybody(f"{text}:{page}", "published", "302" if moved else "200")
            yield _everybody(f"{text}:{page}", "a plan not published", "404")
        for page in ("action", "need"):
            yield _everybody(f"{text}:{page}", "TLP:CLEAR, published")
            yield _everybody(f"{text}:{page}", "restricted", "404")
            yield _everybody(f"{text}:{page}", MISSING, "404")
    yield _everybody("proof", "published")
    yield _everybody("proof", "a plan not published", "404")
    yield _everybody("organisation", "named in a published text")
    yield _everybody("organisation", "named in restricted records alone", "404")
    yield _everybody("beneficiary", "Albania")
    yield _everybody("beneficiary", "a place not served", "404")


def _account_rows() -> Iterator[Row]:
    """The cast has neither passwords nor second factors: what would ask for them again is refused, and
    the codes of a second factor are not there."""
    yield _account("account_login", "200", "302")
    yield _account("account_logout", "302", "200")
    yield _account("account_inactive", "200", "200")
    yield _account("account_signup", "200", "302")  # closed: accounts are made by an administrator
    yield _account("account_reauthenticate", SIGN_IN, "403")
    yield _account("account_email", SIGN_IN, "200")
    yield _account("account_email_verification_sent", "200", "200")
    yield _account("account_change_password", SIGN_IN, "302")
    yield _account("account_set_password", SIGN_IN, "200")
    yield _account("account_reset_password", "200", "200")
    yield _account("account_confirm_login_code", SIGN_IN, "302")
    yield _account("account_confirm_email", "200", "200")
    for end in ("", "_done"):
        yield _account(f"account_reset_password_from_key{end}", "200", "200")
    yield _account("account_reset_password_done", "200", "200")
    yield _account("mfa_index", SIGN_IN, "200")
    yield _account("mfa_authenticate", SIGN_IN, "302")
    yield _account("mfa_reauthenticate", SIGN_IN, "403")
    yield _account("mfa_activate_totp", SIGN_IN, "200")
    yield _account("mfa_deactivate_totp", SIGN_IN, "404")
    yield _account("mfa_view_recovery_codes", SIGN_IN, "404")
    yield _account("mfa_generate_recovery_codes", SIGN_IN, "200")
    yield _account("mfa_download_recovery_codes", SIGN_IN, "404")
    yield _account("usersessions_list", SIGN_IN, "200")


def rows() -> list[Row]:
    """Every row, members' pages first."""
    parts = (
        *(_other_rows, _plan_rows, _version_rows, _action_rows, _need_rows, _finding_rows, _asked_rows),
        *(
            _call_rows,
            _answer_rows,
            _contact_rows,
            _input_rows,
            _job_rows,
            _people_rows,
            _public_rows,
            _account_rows,
        ),
    )
    return [row for part in parts for row in part()]


# --- the page in docs/ --------------------------------------------------------------------------------


def as_markdown() -> str:
    """The whole table as a page of the docs."""
    lines = [
        "# Who may open and do what",
        "",
        "Written out from `tests/web/permission_matrix.py` by",
        "`python -m tests.web.permission_matrix`; the tests hold every row against the running pages, and an",
        "address without a row fails them.",
        "",
        "GET opens a page, POST does something. 200: shown; 302: done, and led on; 403: seen but not",
        "allowed; 404: not there for this person; 422: allowed, but not at this moment or not so;",
        "*sign in*: led to the sign-in page. People are the standing cast of the tests; pages of signing in",
        "and public pages are asked by three of them.",
        "",
        "| address | method | of what | who gets what |",
        "|---|---|---|---|",
    ]
    lines += [f"| `{row.route}` | {row.method} | {row.kind} | {_said(row)} |" for row in rows()]
    return "\n".join(lines) + "\n"


def _said(row: Row) -> str:
    by_answer: dict[str, list[str]] = {}
    for person, answer in row.answers.items():
        by_answer.setdefault(answer, []).append(person.replace("_", " "))
    if len(by_answer) == 1:
        return f"{next(iter(by_answer))}: everybody"
    return "; ".join(f"{answer}: {', '.join(people)}" for answer, people in sorted(by_answer.items()))


if __name__ == "__main__":
    print(as_markdown(), end="")
