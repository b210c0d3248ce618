"""The register of organisations, one organisation and what it does, and names nobody identified yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _

from concord.accounts.queries import merges_of_organisation, part_ids_of, register_with
from concord.accounts.rules import Permission
from concord.accounts.scope import ANYWHERE, Scope
from concord.kernel.codelists import ORGANISATION_KINDS
from concord.plan.queries import actions_visible_to, unidentified_names
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
    from concord.web.members.visit import Visit

PER_PAGE = 100


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
    reports: list[dict[str, str]]
    merges: list[dict[str, str]]
    may_change: bool
    workbook: str = ""


@dataclass(frozen=True, slots=True)
class ChangePage:
    """What members/organisation_change.html shows beside the form."""

    organisation: Organisation
    href: str
    names: list[dict[str, Any]]
    identifiers: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SamePage:
    """What members/organisation_same.html shows beside the form.

    moves: what will count for the organisation, as a label and a number; empty before the other
    record is named.
    """

    organisation: Organisation
    href: str
    other: Organisation | None
    other_href: str
    moves: list[dict[str, str]]


def organisations_page(visit: Visit, query: Mapping[str, str]) -> OrganisationsPage:
    """The register with how much each body takes part in, in a fixed number of queries."""
    words = query.get("q", "").replace("\x00", "").strip()[:100]
    kind = query.get("kind", "") if query.get("kind", "") in ORGANISATION_KINDS else ""
    found = register_with(words)
    if kind:
        found = found.filter(kind=kind)
    page = Paginator(found, PER_PAGE).get_page(query.get("page"))
    counts = _counts(visit, [body.pk for body in page.object_list])
    address = reverse("members:organisations")
    unknown = len(unidentified_names(visit.person, visit.framework))
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
        parts=[
            {"text": each.name, "href": _address(each)}
            for each in body.parts.filter(merged_into=None).order_by("name")
        ],
        names=[
            {"text": name.text, "note": _name_note(name)}
            for name in body.names.filter(restricted=False).order_by("sort", "text")
        ],
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
        reports=[
            {"text": title, "href": address_of_action(key)}
            for key, title in _reported(visit, members).values_list("key", "title")
        ],
        merges=[
            {
                "text": merge.merged.name,
                "note": _("%(who)s, %(day)s")
                % {"who": merge.merged_by.name, "day": f"{merge.merged_at:%Y-%m-%d}"},
                "reason": merge.reason,
                "undo": reverse("members:organisation-separate", args=[body.key, merge.key]),
            }
            for merge in merges_of_organisation(body)
        ],
        may_change=visit.powers.can(Permission.MANAGE_ORGANISATIONS, within=ANYWHERE),
    )


def _reported(visit: Visit, bodies: Collection[int]) -> Any:
    """The visible actions that these bodies report, by title; names not identified are nobody's."""
    actions = actions_visible_to(visit.person, visit.framework).order_by("title", "key")
    return actions.filter(reporting_organisation__in=bodies, reported_by_as_written="")


def change_page(body: Organisation) -> ChangePage:
    """The names and numbers of one body, each with whether it can be taken back here."""
    return ChangePage(
        organisation=body,
        href=_address(body),
        names=[
            {"pk": name.pk, "text": name.text, "note": _name_note(name), "removable": name.sort == "alias"}
            for name in body.names.filter(restricted=False).order_by("sort", "text")
        ],
        identifiers=[
            {"pk": each.pk, "text": str(each)} for each in body.identifiers.order_by("scheme", "value")
        ],
    )


def same_page(visit: Visit, body: Organisation, other: Organisation | None) -> SamePage:
    """What a merge would move from the other record: counted over what the person may see."""
    return SamePage(
        organisation=body,
        href=_address(body),
        other=other,
        other_href=_address(other) if other else "",
        moves=_moves(visit, other) if other else [],
    )


def _moves(visit: Visit, other: Organisation) -> list[dict[str, str]]:
    actions = actions_visible_to(visit.person, visit.framework)
    counts = {
        _("actions that it takes part in"): actions.filter(participations__organisation=other)
        .distinct()
        .count(),
        _("actions with a funding line of it"): actions.filter(funding_lines__donor=other).distinct().count(),
        _("actions that it reports"): _reported(visit, [other.pk]).count(),
        _("names by which it is known"): other.names.filter(restricted=False).count(),
        _("numbers in lists"): other.identifiers.count(),
        _("bodies that are part of it"): other.parts.filter(merged_into=None).count(),
        _("people who work for it or act for it"): _people(other),
        _("focal points"): other.contacts.filter(erased_at=None).count(),
    }
    return [{"label": label, "count": str(count)} for label, count in counts.items() if count]


def _people(body: Organisation) -> int:
    grants = set(body.role_grants.filter(revoked_at=None).values_list("person_id", flat=True))
    return len(grants | set(body.memberships.values_list("person_id", flat=True)))


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
    if name.language:
        said = f"{said} ({name.language})"
    return _("%(sort)s, only in %(file)s") % {"sort": said, "file": name.only_in} if name.only_in else said
