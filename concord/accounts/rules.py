"""Who may do what: the roles, the permissions, and the one table that ties them. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Final

from django.db import models

from concord.accounts.scope import Scope


class Marking(models.TextChoices):
    """Who may see a record. The labels are those of TLP 2.0 and are never translated."""

    CLEAR = "clear", "TLP:CLEAR"
    GREEN = "green", "TLP:GREEN"
    AMBER = "amber", "TLP:AMBER"
    AMBER_STRICT = "amber-strict", "TLP:AMBER+STRICT"
    RED = "red", "TLP:RED"


class Role(StrEnum):
    """What a person is for a framework or a pillar, for a time."""

    SECRETARIAT = "secretariat"
    LEAD_PARTNER = "lead-partner"
    CO_LEAD_PARTNER = "co-lead-partner"
    REPORTER = "reporter"
    VIEWER = "viewer"
    NATIONAL_COORDINATOR = "national-coordinator"
    AUTHORITY = "authority"
    SUPPORT_GROUP = "support-group"
    BOARD_MEMBER = "board-member"
    OBSERVER = "observer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    LINK = "link"


ROLE_NAMES: Final[Mapping[Role, str]] = {
    Role.SECRETARIAT: "Secretariat",
    Role.LEAD_PARTNER: "Lead partner",
    Role.CO_LEAD_PARTNER: "Co-lead partner",
    Role.REPORTER: "Reporter",
    Role.VIEWER: "Viewer",
    Role.NATIONAL_COORDINATOR: "National coordinator",
    Role.AUTHORITY: "Authority",
    Role.SUPPORT_GROUP: "Support Group member",
    Role.BOARD_MEMBER: "Board member",
    Role.OBSERVER: "Observer",
    Role.AUDITOR: "Auditor",
    Role.ADMINISTRATOR: "Administrator",
    Role.LINK: "Answers through a link",
}

ROLES_OF_AN_ORGANISATION: Final = frozenset(
    {Role.LEAD_PARTNER, Role.CO_LEAD_PARTNER, Role.REPORTER, Role.VIEWER, Role.LINK}
)
"""Held for an organisation, which the grant must name."""

NEVER_GRANTED_BY_HAND: Final = frozenset({Role.LINK})
"""Comes and ends with an organisation's invitation; nobody who signs in holds it."""

ROLES_OF_A_BENEFICIARY: Final = frozenset({Role.NATIONAL_COORDINATOR, Role.AUTHORITY})
"""Held for a beneficiary, which the grant must name; no other role names one."""


class Permission(StrEnum):
    """Something that a person may be allowed to do; `meaning` completes "You may not …"."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> "Permission":
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    VIEW_MEMBERS = "view-members", "see what is for members (TLP:GREEN): plans, needs, findings, drafts"
    VIEW_RESTRICTED = "view-restricted", "see what is restricted to named organisations (TLP:AMBER)"
    ENTER_ON_BEHALF = "enter-on-behalf", "enter actions on behalf of an organisation"
    REPORT_OWN = "report-own", "hand in and confirm this organisation's actions"
    AMEND_ACTION = "amend-action", "change this action"
    PLACE_ACTION = "place-action", "place actions and needs under measures or move them between plans"
    STATE_NEED = "state-need", "state needs of this beneficiary"
    CLEAR_NEED = "clear-need", "clear this beneficiary's needs, or say that one is met or closed"
    CONFIRM_LINK = "confirm-link", "confirm or dismiss which actions answer which needs"
    RUN_ANALYSIS = "run-analysis", "run the analysis"
    ASSESS_FINDING = "assess-finding", "record what was agreed about a finding"
    CONFIRM_FINDING = "confirm-finding", "confirm a finding, so that it is told with names"
    MERGE_ACTIONS = "merge-actions", "merge actions or undo a merge"
    COMMENT = "comment", "comment"
    FREEZE_VERSION = "freeze-version", "freeze a version"
    RECORD_DECISION = "record-decision", "record a decision of the Board"
    ASK_TO_PUBLISH = "ask-to-publish", "ask for a publication"
    CONFIRM_PUBLICATION = "confirm-publication", "confirm a publication that somebody else asked for"
    EXPORT_DRAFT = "export-draft", "export a draft"
    OPEN_CALL = "open-call", "open, extend or close a call, or write to those who are asked"
    MANAGE_ORGANISATIONS = "manage-organisations", "change the register of organisations and contacts"
    MANAGE_ROLES = "manage-roles", "add or suspend people, or grant and revoke roles"
    MANAGE_FRAMEWORK = "manage-framework", "change the framework, its pillars, templates, plans or names"
    READ_AUDIT = "read-audit", "read the record of acts"


class Reach(Enum):
    """How far a role's permission reaches inside the scope where the role holds."""

    ALL = "everything there"
    OWN_ORGANISATION = "what belongs to, or names, the organisation of the grant"
    OWN_BENEFICIARY = "what belongs to the beneficiary of the grant"


def _all(*permissions: Permission) -> dict[Permission, Reach]:
    return dict.fromkeys(permissions, Reach.ALL)


_OWN_RESTRICTED = {Permission.VIEW_RESTRICTED: Reach.OWN_ORGANISATION}
_OWN_REPORTS = {Permission.REPORT_OWN: Reach.OWN_ORGANISATION}
_CO_LEAD = _all(
    Permission.VIEW_MEMBERS,
    Permission.ENTER_ON_BEHALF,
    Permission.AMEND_ACTION,
    Permission.PLACE_ACTION,
    Permission.CONFIRM_LINK,
    Permission.RUN_ANALYSIS,
    Permission.ASSESS_FINDING,
    Permission.MERGE_ACTIONS,
    Permission.COMMENT,
    Permission.EXPORT_DRAFT,
)

ROLE_PERMISSIONS: Final[Mapping[Role, Mapping[Permission, Reach]]] = {
    Role.SECRETARIAT: _CO_LEAD
    | _all(
        Permission.VIEW_RESTRICTED,
        Permission.STATE_NEED,  # on behalf of an authority; clearing stays with the beneficiary
        Permission.FREEZE_VERSION,
        Permission.RECORD_DECISION,
        Permission.ASK_TO_PUBLISH,
        Permission.CONFIRM_PUBLICATION,
        Permission.CONFIRM_FINDING,
        Permission.OPEN_CALL,
        Permission.MANAGE_ORGANISATIONS,
        Permission.MANAGE_FRAMEWORK,
        Permission.READ_AUDIT,
    ),
    # Often a donor too: other organisations' restricted items only where they name its organisation.
    Role.LEAD_PARTNER: _CO_LEAD
    | _all(Permission.STATE_NEED, Permission.FREEZE_VERSION, Permission.ASK_TO_PUBLISH)
    | _OWN_RESTRICTED
    | _OWN_REPORTS,
    Role.CO_LEAD_PARTNER: _CO_LEAD | _OWN_RESTRICTED | _OWN_REPORTS,
    Role.REPORTER: _all(Permission.VIEW_MEMBERS, Permission.COMMENT)
    | _OWN_RESTRICTED
    | _OWN_REPORTS
    | {Permission.AMEND_ACTION: Reach.OWN_ORGANISATION},
    Role.VIEWER: _all(Permission.VIEW_MEMBERS) | _OWN_RESTRICTED,
    Role.NATIONAL_COORDINATOR: _all(Permission.VIEW_MEMBERS, Permission.COMMENT, Permission.EXPORT_DRAFT)
    | {Permission.STATE_NEED: Reach.OWN_BENEFICIARY, Permission.CLEAR_NEED: Reach.OWN_BENEFICIARY},
    Role.AUTHORITY: _all(Permission.VIEW_MEMBERS, Permission.COMMENT)
    | {Permission.STATE_NEED: Reach.OWN_BENEFICIARY},
    Role.SUPPORT_GROUP: _all(Permission.VIEW_MEMBERS, Permission.COMMENT),
    Role.BOARD_MEMBER: _all(Permission.VIEW_MEMBERS, Permission.COMMENT, Permission.EXPORT_DRAFT),
    Role.OBSERVER: _all(Permission.VIEW_MEMBERS),
    Role.AUDITOR: _all(Permission.VIEW_MEMBERS, Permission.VIEW_RESTRICTED, Permission.READ_AUDIT),
    Role.ADMINISTRATOR: _all(Permission.MANAGE_ROLES),
    Role.LINK: _OWN_REPORTS,  # no members' page: what its organisation reports, and nothing else
}
"""THE table: which role may do what, and how far. A framework may narrow it, never widen it."""


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role as it holds on one day. organisation: the primary key of the grant's organisation, or None."""

    role: Role
    within: Scope
    organisation: int | None = None
    beneficiary: str = ""

    def allows(
        self, permission: Permission, *, within: Scope, organisation: int | None, beneficiary: str
    ) -> bool:
        """Whether this role alone allows it. What reaches only its own needs to be told whose it is."""
        reach = ROLE_PERMISSIONS[self.role].get(permission)
        if reach is None or not self.within.covers(within):
            return False
        if reach is Reach.OWN_ORGANISATION:
            return organisation is not None and organisation == self.organisation
        if reach is Reach.OWN_BENEFICIARY:
            return bool(beneficiary) and beneficiary == self.beneficiary
        return True


@dataclass(frozen=True, slots=True)
class Powers:
    """All that a person may do on one day, read once: for pages that ask many times.

    everything: the system account. An anonymous or suspended person has neither.
    """

    roles: tuple[HeldRole, ...] = ()
    everything: bool = False

    def can(
        self,
        permission: Permission,
        *,
        within: Scope,
        organisation: int | None = None,
        beneficiary: str = "",
    ) -> bool:
        """Whether they may do it there. A permission that reaches only one's own organisation or
        beneficiary is denied where none is named: use `may_ever` to ask whether there is any."""
        return self.everything or any(
            held.allows(permission, within=within, organisation=organisation, beneficiary=beneficiary)
            for held in self.roles
        )

    def may_ever(self, permission: Permission, *, within: Scope) -> bool:
        """Whether there is anything there for which they may do it: for showing a link or a menu."""
        return self.everything or any(
            permission in ROLE_PERMISSIONS[held.role] and held.within.covers(within) for held in self.roles
        )

    def may_enter(self, framework: str) -> bool:
        """Whether they see members' pages of the framework or of any pillar of it."""
        return self.everything or any(
            Permission.VIEW_MEMBERS in ROLE_PERMISSIONS[held.role] and held.within.framework == framework
            for held in self.roles
        )
