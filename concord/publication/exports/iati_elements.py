"""Elements of an IATI 2.03 activity made from an action; each group says one thing that Concord models.

Nothing is invented. Where the standard demands an element and the fact is not reported, the element stands
with the attribute `reported="no"` of Concord's own namespace, and reads back as not reported.

Source: IATI standard 2.03, activity schema and codelists.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from lxml import etree

from concord.intake.formats.iati.elements import Element
from concord.intake.formats.iati.words import CONCORD
from concord.kernel.codelists import name_of_topic
from concord.kernel.dates import ImpreciseDate
from concord.kernel.texts import plain
from concord.publication.reading import NOT_REPORTED, PlanText, Record

ORDER: Final = (
    *("iati-identifier", "reporting-org", "title", "description", "participating-org", "other-identifier"),
    *("activity-status", "activity-date", "contact-info", "activity-scope", "recipient-country"),
    *("recipient-region", "location", "sector", "tag", "country-budget-items", "humanitarian-scope"),
    *("policy-marker", "collaboration-type", "default-flow-type", "default-finance-type", "default-aid-type"),
    *("default-tied-status", "budget", "planned-disbursement", "capital-spend", "transaction"),
    *("document-link", "related-activity", "legacy-data", "conditions", "result", "crs-add", "fss"),
)
"""In which order the schema of 2.03 wants an activity's elements; elements of other namespaces come last."""

_REPORTED: Final = f"{{{CONCORD}}}reported"
_ROLES: Final = {"donor": "1", "lead": "2", "partner": "3", "implementer": "4"}
_STATUSES: Final = {"planned": "1", "ongoing": "2", "completed": "4"}
_BUDGET_STATUSES: Final = {"pipeline": "1", "secured": "2"}
_WEB_PAGE: Final = "A12"  # DocumentCategory: activity web page
_OWN_VOCABULARY: Final = "99"  # of the reporting organisation
_TYPES: Final = {
    "government": "10",
    "ministry-or-agency": "10",
    "police-or-prosecution": "10",
    "eu-institution": "15",
    "international-organisation": "40",
    "academic": "80",
    "company": "70",
}
_OTHER_TYPE: Final = "90"


@dataclass(frozen=True, slots=True)
class Names:
    """Who is who in one document: org-ids and kinds by name, and what stands for an org-id without one."""

    text: PlanText
    bodies: Mapping[str, Record]

    @classmethod
    def of(cls, text: PlanText) -> Names:
        """The organisations of a document by their names."""
        return cls(text, {body["name"]: body for body in text.document["organisations"]})

    def ref(self, name: str) -> str:
        """An organisation's first org-id, "" where none is known."""
        identifiers = self.bodies.get(name, {}).get("identifiers") or [""]
        return str(identifiers[0])

    def type(self, name: str) -> str:
        """Its OrganisationType, "" where nobody said what it is."""
        return _TYPES.get(self.bodies.get(name, {}).get("kind") or "", "")


def new_element(tag: str, text: str = "", **attributes: str) -> Element:
    """An element with its text and those attributes that say something."""
    element = etree.Element(tag, {name.replace("_", "-"): said for name, said in attributes.items() if said})
    if text:
        element.text = plain(text)
    return element


def narrated(tag: str, text: str, **attributes: str) -> Element:
    """An element with one narrative."""
    element = new_element(tag, **attributes)
    etree.SubElement(element, "narrative").text = plain(text)
    return element


def unreported(element: Element) -> Element:
    """An element that the standard demands and that nobody reported."""
    element.set(_REPORTED, "no")
    return element


def identifier(action: Record, names: Names) -> list[Element]:
    """The IATI identifier, else one made of the framework's ref and Concord's key."""
    made = f"{names.text.framework['ref'].upper()}-{action['key']}"
    return [new_element("iati-identifier", action.get("iati_identifier") or made)]


def reporter(action: Record, names: Names) -> list[Element]:
    """The reporting organisation; without an org-id its ref is the framework's."""
    name = action.get("reported_by") or action.get("reporting_organisation") or names.text.framework["name"]
    ref = names.ref(name) or names.text.framework["ref"].upper()
    element = narrated("reporting-org", name, ref=ref, type=names.type(name) or _OTHER_TYPE)
    if not names.ref(name):
        element.set(_REPORTED, "no")
    return [element]


def title(action: Record, _names: Names) -> list[Element]:
    """The title."""
    return [narrated("title", action["title"])]


def descriptions(action: Record, _names: Names) -> list[Element]:
    """The summary as general description, the description as another one."""
    found = []
    if action.get("summary"):
        found.append(narrated("description", action["summary"], type="1"))
    if action.get("description"):
        found.append(narrated("description", action["description"], type="4"))
    return found or [unreported(narrated("description", action["title"], type="1"))]


def organisations(action: Record, names: Names) -> list[Element]:
    """Donors, leads, partners and implementers; other roles have no word in IATI."""
    found = [
        narrated(
            "participating-org",
            part["name"] or part.get("as_written", ""),
            ref=names.ref(part["name"]),
            type=names.type(part["name"]),
            role=_ROLES[part["role"]],
        )
        for part in action["participations"]
        if part["role"] in _ROLES
    ]
    return found or [unreported(narrated("participating-org", NOT_REPORTED, role="4"))]


def own_identifier(action: Record, _names: Names) -> list[Element]:
    """The source's own id."""
    if not action.get("own_id"):
        return []
    return [new_element("other-identifier", ref=plain(action["own_id"]), type="A1")]


def status(action: Record, _names: Names) -> list[Element]:
    """The status; finished work counts as closed."""
    code = _STATUSES.get(action.get("status") or "")
    element = new_element("activity-status", code=code or _STATUSES["planned"])
    return [element if code else unreported(element)]


def dates(action: Record, names: Names) -> list[Element]:
    """Start and end with their outer days; a year or a month is said beside its first or last day."""
    begun, done = action.get("status") in ("ongoing", "completed"), action.get("status") == "completed"
    found = []
    if start := action.get("start"):
        found.append(_date(start, ImpreciseDate(start).earliest.isoformat(), "2" if begun else "1"))
    if end := action.get("end"):
        found.append(_date(end, ImpreciseDate(end).latest.isoformat(), "4" if done else "3"))
    return found or [
        unreported(
            narrated("activity-date", NOT_REPORTED, iso_date=f"{names.text.plan['starts']}-01-01", type="1")
        )
    ]


def _date(stated: str, day: str, kind: str) -> Element:
    if stated == day:
        return new_element("activity-date", iso_date=day, type=kind)
    return narrated("activity-date", stated, iso_date=day, type=kind)


def countries(action: Record, names: Names) -> list[Element]:
    """Beneficiaries by code, with the name of the naming table. Shares are not reported."""
    text = names.text
    return [
        narrated("recipient-country", text.name_of_place(code), code=code)
        for code in text.in_order(action.get("beneficiaries", []))
    ]


def topics(action: Record, _names: Names) -> list[Element]:
    """Topics as sectors of Concord's own vocabulary."""
    return [
        narrated("sector", name_of_topic(code), vocabulary=_OWN_VOCABULARY, code=plain(code))
        for code in action.get("topics", [])
    ]


def budgets(action: Record, _names: Names) -> list[Element]:
    """One budget per currency over the whole period; none where the period or the amount is not reported."""
    start, end = action.get("start"), action.get("end")
    if not start or not end:
        return []
    sums: dict[tuple[str, str], Decimal] = {}
    for line in action.get("funding", []):
        if line["amount"] is not None:
            said = "" if line["status_inferred"] else _BUDGET_STATUSES.get(line["status"], "")
            place = line["currency"], said
            sums[place] = sums.get(place, Decimal(0)) + Decimal(line["amount"])
    first, last = ImpreciseDate(start).earliest.isoformat(), ImpreciseDate(end).latest.isoformat()
    return [_budget(amount, *place, first=first, last=last) for place, amount in sums.items()]


def _budget(amount: Decimal, currency: str, said: str, *, first: str, last: str) -> Element:
    budget = new_element("budget", status=said)
    budget.append(new_element("period-start", iso_date=first))
    budget.append(new_element("period-end", iso_date=last))
    budget.append(new_element("value", f"{amount:f}", currency=currency, value_date=first))
    return budget


def web_page(action: Record, _names: Names) -> list[Element]:
    """The source's page as a document."""
    if not action.get("source_url"):
        return []
    link = new_element("document-link", url=plain(action["source_url"]), format="text/html")
    link.append(narrated("title", "Source page"))
    link.append(new_element("category", code=_WEB_PAGE))
    return [link]


GROUPS: Final[tuple[tuple[str, tuple[str, ...], Any], ...]] = (
    ("iati-identifier", ("iati_identifier",), identifier),
    ("reporting-org", ("reported_by",), reporter),
    ("title", ("title",), title),
    ("description", ("summary", "description"), descriptions),
    ("participating-org", ("donors", "leads", "partners", "implementers"), organisations),
    ("other-identifier", ("id",), own_identifier),
    ("activity-status", ("status",), status),
    ("activity-date", ("start", "end"), dates),
    ("recipient-country", ("beneficiaries",), countries),
    ("sector", ("topics",), topics),
    ("budget", ("budget_amount", "budget_currency", "funding"), budgets),
    ("document-link", ("source_url",), web_page),
)
"""Tag, the columns of the template that it says, and what makes it; in the order of the schema."""
