"""The register of organisations, one organisation and what it does, and names nobody identified yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from concord.accounts.queries import near_names, part_ids_of, register
from concord.accounts.rules import Permission
from concord.accounts.scope import ANYWHERE, Scope
from concord.kernel.codelists import ORGANISATION_KINDS
from concord.plan.queries import actions_visible_to
from concord.web.members.contact_page import contacts_of_organisation
from concord.web.members.plan_page import FilterLine
from concord.web.members.record_lists import sentence_of
from concord.web.members.rows import (
    Cell,
    Column,
    Places,
    Row,
    address_of_action,
    edition_row,
    with_rows,
)
from concord.web.members.told import ROLE_LABELS

if TYPE_CHECKING:
    from concord.accounts.models import Organisation
    from concord.plan.models import Framework
    from concord.web.members.visit import Visit

PER_PAGE = 100
_NEAR = 3  # proposals beside a name that is not identified
_NAMED_AT_ONCE = 40  # names for which proposals are looked up on one page


@dataclass(frozen=True, slots=True)
class OrganisationsPage:
    """What members/organisations.html shows."""

    filter: FilterLine
    columns: list[Column]
    rows: list[Row]
    page: Page[Any]
    query: str
    sentence: str
    unknown: int
    unknown_href: str


@dataclass(frozen=True, slots=True)
class OrganisationPage:
    """What members/organisation.html shows."""

    organisation: Organisation
    lines: list[str]
    parents: list[dict[str, str]]
    parts: list[dict[str, str]]
    names: list[dict[str, str]]
    identifiers: list[str]
    contacts: list[dict[str, str]]
    roles: list[dict[str, Any]]
    naming: Sequence[Any]
    axis: tuple[int, int]
    footnote: str
    workbook: str = ""


@dataclass(frozen=True, slots=True)
class UnknownName:
    """A name as written that the register does not know."""

    text: str
    roles: str
    count: int
    actions: list[dict[str, str]]
    near: list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class NamesPage:
    """What members/names.html shows."""

    names: list[UnknownName]
    page: Page[Any]
    sentence: str
    may_identify: bool


def organisations_page(visit: Visit, query: Mapping[str, str]) -> OrganisationsPage:
    """The register with how much each body takes part in, in a fixed number of queries."""
    words = query.get("q", "").replace("\x00", "").strip()[:100]
    kind = query.get("kind", "") if query.get("kind", "") in ORGANISATION_KINDS else ""
    found = register()
    for word in words.split():
        found = found.filter(pk__in=register().filter(Q(names__text__icontains=word)).order_by().values("pk"))
    if kind:
        found = found.filter(kind=kind)
    page = Paginator(found, PER_PAGE).get_page(query.get("page"))
    counts = _counts(visit, [body.pk for body in page.object_list])
    address = reverse("members:organisations")
    unknown = _unknown(visit.framework, visit).count()
    kinds = [("", _("Any kind")), *ORGANISATION_KINDS.items()]
    return OrganisationsPage(
        filter=FilterLine(
            summary=", ".join(
                filter(None, [ORGANISATION_KINDS.get(kind) or _("Any kind"), words and f"“{words}”"])
            ),
            action=address,
            result=_("%(n)d organisations") % {"n": page.paginator.count},
            fields=[
                {"name": "q", "label": _("Words in any of its names"), "kind": "search", "value": words},
                {
                    "name": "kind",
                    "label": _("Kind"),
                    "kind": "select",
                    "options": [{"value": v, "text": t, "selected": v == kind} for v, t in kinds],
                },
            ],
            clear=address if words or kind else "",
            open=False,
        ),
        columns=[
            Column("name", _("Organisation")),
            Column("acronym", _("Acronym")),
            Column("kind", _("Kind")),
            Column("parent", _("Part of")),
            Column("pays", _("Pays for"), number=True),
            Column("does", _("Does"), number=True),
        ],
        rows=[_row(body, counts[body.pk]) for body in page.object_list],
        page=page,
        query="".join(f"{name}={value}&" for name, value in (("q", words), ("kind", kind)) if value),
        sentence=sentence_of(page, _("Organisations")),
        unknown=unknown,
        unknown_href=reverse("members:names"),
    )


def _row(body: Organisation, counts: Mapping[str, int]) -> Row:
    parent = body.parent
    return Row(
        body.key,
        (
            Cell("name", body.name, href=reverse("members:organisation", args=[body.key])),
            Cell("acronym", body.acronym),
            Cell("kind", ORGANISATION_KINDS.get(body.kind, ""), unknown=not body.kind),
            Cell("parent", parent.name if parent else "", href=_address(parent) if parent else ""),
            _count("pays", counts.get("donor", 0)),
            _count("does", counts.get("implementer", 0)),
        ),
    )


def _count(column: str, count: int) -> Cell:
    return Cell(column, str(count) if count else _("none reported"), unknown=not count, number=True)


def _address(body: Organisation) -> str:
    return reverse("members:organisation", args=[body.key])


def _counts(visit: Visit, bodies: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many visible actions each body takes part in, by role."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    rows = (
        actions_visible_to(visit.person, visit.framework)
        .filter(participations__organisation__in=bodies)
        .order_by()
        .values("participations__organisation", "participations__role")
        .annotate(n=Count("pk", distinct=True))
    )
    for row in rows:
        found[row["participations__organisation"]][row["participations__role"]] = row["n"]
    return found


def organisation_page(visit: Visit, body: Organisation) -> OrganisationPage:
    """One body: its names, its place in the tree, and the visible actions it and its parts take part in."""
    places = Places(visit.places)
    members = part_ids_of(body)
    actions = actions_visible_to(visit.person, visit.framework)
    taking = actions.filter(
        pk__in=actions.filter(participations__organisation__in=members).order_by().values("pk")
    )
    by_role: dict[str, list[dict[str, Any]]] = defaultdict(list)
    listed = list(with_rows(taking).order_by("title", "key"))
    for action in listed:
        row = {"action": edition_row(action), "href": address_of_action(action.key)}
        for role in dict.fromkeys(
            part.role for part in action.participations.all() if part.organisation_id in members
        ):
            by_role[role].append(row)
    years = [day.year for action in listed for day in (action.start_earliest, action.end_latest) if day]
    return OrganisationPage(
        organisation=body,
        lines=_lines(body, places),
        parents=[{"text": each.name, "href": _address(each)} for each in _above(body)],
        parts=[{"text": each.name, "href": _address(each)} for each in body.parts.order_by("name")],
        names=[{"text": name.text, "note": _name_note(name)} for name in body.names.order_by("sort", "text")],
        identifiers=[str(each) for each in body.identifiers.order_by("scheme", "value")],
        contacts=contacts_of_organisation(visit, body),
        roles=[
            {"label": str(label), "rows": by_role[role]}
            for role, label in ROLE_LABELS.items()
            if by_role[role]
        ],
        naming=places.table,
        axis=(max(min(years), max(years) - 9), max(years)) if years else (2018, 2020),
        footnote=places.footnote_for(row.code for each in listed for row in each.beneficiary_rows.all()),
        workbook=_workbook(visit, body),
    )


def _workbook(visit: Visit, body: Organisation) -> str:
    """Where who reports for the body, or enters on its behalf, takes its actions offline."""
    scope = Scope(visit.framework.ref)
    own = visit.powers.can(Permission.REPORT_OWN, within=scope, organisation=body.pk)
    if not own and not visit.may_somewhere(Permission.ENTER_ON_BEHALF):
        return ""
    return f"{reverse('members:workbooks')}?organisation={body.key}"


def _lines(body: Organisation, places: Places) -> list[str]:
    lines = [ORGANISATION_KINDS.get(body.kind, _("Kind not reported"))]
    if body.beneficiary_code:
        lines.append(_("A body of %(place)s") % {"place": places.name(body.beneficiary_code)})
    return lines


def _above(body: Organisation) -> list[Organisation]:
    """The bodies it stands under, the highest first."""
    found: list[Organisation] = []
    above = body.parent
    while above is not None and above not in found:
        found.insert(0, above)
        above = above.parent
    return found


def _name_note(name: Any) -> str:
    said = {"name": _("name"), "acronym": _("acronym"), "alias": _("also written so")}[name.sort]
    return _("%(sort)s, only in %(file)s") % {"sort": said, "file": name.only_in} if name.only_in else said


# --- names as written -------------------------------------------------------------------------------


def _unknown(framework: Framework, visit: Visit) -> Any:
    """Names as written that nobody identified, with how many visible actions hold them."""
    return (
        actions_visible_to(visit.person, framework)
        .filter(participations__organisation=None, participations__isnull=False)
        .order_by()
        .values("participations__as_written")
        .annotate(n=Count("pk", distinct=True))
        .order_by("-n", "participations__as_written")
    )


def names_page(visit: Visit, query: Mapping[str, str]) -> NamesPage:
    """The names not yet identified, those in most actions first, each with near names of the register."""
    page = Paginator(_unknown(visit.framework, visit), _NAMED_AT_ONCE).get_page(query.get("page"))
    texts = [row["participations__as_written"] for row in page.object_list]
    holding = _holding(visit, texts)
    may = visit.powers.can(Permission.MANAGE_ORGANISATIONS, within=ANYWHERE)
    return NamesPage(
        names=[
            UnknownName(
                text=row["participations__as_written"],
                roles=", ".join(sorted(holding[row["participations__as_written"]]["roles"])),
                count=row["n"],
                actions=holding[row["participations__as_written"]]["actions"],
                near=[
                    {"key": body.key, "name": body.name}
                    for body in (near_names(row["participations__as_written"], limit=_NEAR) if may else [])
                ],
            )
            for row in page.object_list
        ],
        page=page,
        sentence=sentence_of(page, _("Names")),
        may_identify=may,
    )


def _holding(visit: Visit, texts: Sequence[str]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {text: {"roles": set(), "actions": []} for text in texts}
    rows = (
        actions_visible_to(visit.person, visit.framework)
        .filter(participations__organisation=None, participations__as_written__in=texts)
        .order_by("title", "key")
        .values_list("participations__as_written", "participations__role", "title", "key")
    )
    for text, role, title, key in rows:
        line = {"text": title, "href": address_of_action(key)}
        found[text]["roles"].add(str(ROLE_LABELS[role]).lower())
        if line not in found[text]["actions"]:
            found[text]["actions"].append(line)
    return found
