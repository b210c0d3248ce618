"""Who is here, what they may do, and for which framework: read once per request."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from concord.accounts.queries import powers_of
from concord.accounts.rules import ROLE_NAMES, Permission, Powers
from concord.accounts.scope import ANYWHERE, Scope
from concord.kernel.errors import NotFound, NotPermitted
from concord.plan.queries import NamedPlace, frameworks_visible_to, naming_table, scope_of, scopes_of

if TYPE_CHECKING:
    from concord.accounts.models import Organisation, Person
    from concord.plan.models import Action, Framework, Need, Plan


class Visit:
    """One request of one person. What it knows is read when first asked for."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.person: Person = request.user  # type: ignore[assignment]
        self._scopes_of: dict[tuple[str, str], list[Scope]] = {}

    @cached_property
    def powers(self) -> Powers:
        """All that the person may do today."""
        return powers_of(self.person)

    @cached_property
    def frameworks(self) -> list[Framework]:
        """The frameworks whose members' pages the person may open."""
        return list(frameworks_visible_to(self.person).select_related("secretariat"))

    @cached_property
    def framework(self) -> Framework:
        """The framework asked for (`?framework=REF`), or the first one the person belongs to.

        Raises:
            NotFound: the person belongs to none, or not to that one.
        """
        asked = self.request.GET.get("framework", "")
        for framework in self.frameworks:
            if asked in ("", framework.ref):
                return framework
        raise NotFound("There is no such framework, or you may not see it.")

    @cached_property
    def places(self) -> list[NamedPlace]:
        """The framework's naming table, in its order."""
        return naming_table(self.framework)

    def may(self, permission: Permission, place: Framework | Plan | Action | Need | None = None) -> bool:
        """Whether the person may do this there (in their framework if nothing is named), for everything
        or for what is their own: for showing a link or a form."""
        within = scope_of(place) if place is not None else Scope(self.framework.ref)
        return self.powers.may_ever(permission, within=within)

    def may_on(
        self,
        permission: Permission,
        record: Action | Need,
        organisation: Organisation | None = None,
        place: str = "",
    ) -> bool:
        """Whether the person may do this with this record, by a role on its framework or on one of its
        pillars. organisation: whose it is; place: the code of the beneficiary concerned."""
        return any(
            self.powers.can(
                permission,
                within=scope,
                organisation=organisation.pk if organisation else None,
                beneficiary=place,
            )
            for scope in self._scopes(record)
        )

    def require_on(
        self, permission: Permission, record: Action | Need, organisation: Organisation | None = None
    ) -> None:
        """For pages that only lead to a write: refuses whom the write would refuse.

        Raises:
            NotPermitted.
        """
        if not self.may_on(permission, record, organisation):
            raise NotPermitted(f"You may not {permission.meaning}.")

    def _scopes(self, record: Action | Need) -> list[Scope]:
        if record.audit_ref not in self._scopes_of:
            self._scopes_of[record.audit_ref] = scopes_of(record)
        return self._scopes_of[record.audit_ref]

    def may_somewhere(self, permission: Permission) -> bool:
        """Whether there is any framework in which the person may do this."""
        return self.powers.may_ever(permission, within=ANYWHERE)


def visit_of(request: HttpRequest) -> Visit:
    """The visit behind a request, made once."""
    found: Visit | None = getattr(request, "concord_visit", None)
    if found is None:
        found = Visit(request)
        request.concord_visit = found  # type: ignore[attr-defined]
    return found


@dataclass(frozen=True, slots=True)
class NavItem:
    """One entry of the navigation."""

    text: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in, as the header says it."""

    name: str
    roles: str
    account: str
    help: str
    sign_out: str


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: what stands around every member's page. Nothing for other pages."""
    match = request.resolver_match
    if match is None or "members" not in match.namespaces or not request.user.is_authenticated:
        return {}
    visit = visit_of(request)
    framework = visit.frameworks[0] if visit.frameworks else None
    return {
        "nav_items": _navigation(visit, request.path),
        "framework_name": framework.name if framework else "",
        "notices": [framework.notice] if framework and framework.notice else [],
        "signed_in": SignedIn(
            name=visit.person.name,
            roles=", ".join(dict.fromkeys(ROLE_NAMES[held.role] for held in visit.powers.roles)),
            account=reverse("members:account"),
            help=reverse("members:help"),
            sign_out=reverse("account_logout"),
        ),
    }


def _navigation(visit: Visit, path: str) -> list[NavItem]:
    entries = [(_("My desk"), "desk")]
    if visit.frameworks:
        entries += [
            (_("Plans"), "plans"),
            (_("Actions"), "actions"),
            (_("Needs"), "needs"),
            (_("Organisations"), "organisations"),
            (_("Contacts"), "contacts"),
            (_("Beneficiaries"), "beneficiaries"),
        ]
    if visit.may_somewhere(Permission.ENTER_ON_BEHALF) or visit.may_somewhere(Permission.REPORT_OWN):
        entries.append((_("Import"), "imports"))
    if visit.may_somewhere(Permission.ENTER_ON_BEHALF):
        entries.append((_("Calls"), "calls"))
    if visit.may_somewhere(Permission.READ_AUDIT):
        entries.append((_("Record"), "record"))
    if visit.may_somewhere(Permission.MANAGE_ROLES):
        entries.append((_("People"), "people"))
    return [item for text, name in entries if (item := _item(text, name, path))]


def _item(text: str, name: str, path: str) -> NavItem | None:
    try:
        href = reverse(f"members:{name}")
    except NoReverseMatch:  # a part of the house that is not built in
        return None
    current = path == href if name == "desk" else path.startswith(href)
    return NavItem(text, href, current)
