"""One activity as the cells of Concord's own template; the exporter asks the same functions what it says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from concord.intake.formats.iati.elements import LANGUAGE, Element, code_of, one_line, paragraphs, said
from concord.intake.formats.iati.money import money_cells
from concord.intake.formats.iati.words import (
    DESCRIPTION_LABELS,
    ENDS,
    GENERAL,
    ROLE_COLUMNS,
    STARTS,
    STATED,
    STATUSES,
    STATUSES_WITHOUT_WORD,
)
from concord.intake.template import join_list

COLUMNS_OF_IATI: Final = (
    "iati_identifier",
    "id",
    "reported_by",
    "title",
    "summary",
    "description",
    "donors",
    "implementers",
    "leads",
    "partners",
    "beneficiaries",
    "start",
    "end",
    "status",
    "budget_amount",
    "budget_currency",
    "funding",
    "source_url",
)
"""What IATI can say, so that an activity which leaves it out says that it is not reported."""

TITLE_CHARACTERS: Final = 500
TEXT_CHARACTERS: Final = 20_000
ADDRESS_CHARACTERS: Final = 500
IDENTIFIER_CHARACTERS: Final = 200
_OWN_IDENTIFIER: Final = (
    "A1"  # OtherIdentifierType: the reporting organisation's internal activity identifier
)
_LIST_CHARACTERS: Final = 300  # of one organisation's name

Remark = Callable[[str, str, str], None]
"""Takes a rule, the column and the value that could not be taken over as it stands."""
_Children = Mapping[str, Sequence[Element]]


def cells_of(activity: Element, remark: Remark) -> dict[str, str]:
    """The activity's cells by column of the template; "" where it does not say.

    remark is told what could not be taken over; all of it stays in the activity as received.
    """
    children: dict[str, list[Element]] = defaultdict(list)
    for child in activity:
        children[child.tag].append(child)
    transactions = [{part.tag: part for part in found} for found in children.get("transaction", ())]
    dates = _dates(children)
    language = (activity.get(LANGUAGE) or "").lower()
    cells = {
        "iati_identifier": one_line(_text(children, "iati-identifier")),
        "id": _own_identifier(children),
        "reported_by": _organisation(_first(children, "reporting-org"), language),
        "title": _cut(one_line(said(children.get("title", ()), language)), "title", TITLE_CHARACTERS, remark),
        "summary": _summary(children, language, remark),
        "description": _description(children, language, remark),
        "status": _status(children, remark),
        "start": next((dates[kind] for kind in STARTS if kind in dates), ""),
        "end": next((dates[kind] for kind in ENDS if kind in dates), ""),
        "beneficiaries": _places(children, transactions, language, remark),
        "source_url": _address(children, remark),
    }
    organisations = _organisations(children, language)
    for column, names in organisations.items():
        cells[column] = join_list(names)
    cells |= money_cells(
        children.get("budget", ()),
        transactions,
        organisations["donors"],
        currency=(activity.get("default-currency") or "").strip().upper(),
        language=language,
        remark=lambda rule, value: remark(rule, "funding", value),
    )
    for stated in children.get(STATED, ()):  # what Concord said that IATI has no words for
        cells[stated.get("column") or ""] = stated.text or ""
    return cells


def _first(children: _Children, tag: str) -> Element | None:
    found = children.get(tag)
    return found[0] if found else None


def _text(children: _Children, tag: str) -> str:
    element = _first(children, tag)
    return (element.text or "") if element is not None else ""


def _cut(text: str, column: str, longest: int, remark: Remark) -> str:
    """A text that is longer than the plan can hold is cut, which is remarked: no row is lost for it."""
    if len(text) <= longest:
        return text
    remark("text-cut", column, text)
    return text[: longest - 1] + "…"


def _own_identifier(children: _Children) -> str:
    for element in children.get("other-identifier", ()):
        if element.get("type") == _OWN_IDENTIFIER and (ref := (element.get("ref") or "").strip()):
            return ref[:IDENTIFIER_CHARACTERS]
    return ""


def _organisation(element: Element | None, language: str) -> str:
    """An organisation's name, or its org-id where it has no name."""
    if element is None:
        return ""
    name = one_line(said([element], language)) or one_line(element.get("ref"))
    return name[:_LIST_CHARACTERS]


def _organisations(children: _Children, language: str) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {"donors": [], "implementers": [], "leads": [], "partners": []}
    for element in children.get("participating-org", ()):
        column = ROLE_COLUMNS.get((element.get("role") or "").strip().lower())
        name = _organisation(element, language)
        if column and name and name not in named[column]:
            named[column].append(name)
    return named


def _summary(children: _Children, language: str, remark: Remark) -> str:
    general = [e for e in children.get("description", ()) if (e.get("type") or "") in GENERAL]
    return _cut(paragraphs(said(general, language)), "summary", TEXT_CHARACTERS, remark)


def _description(children: _Children, language: str, remark: Remark) -> str:
    """Objectives, target groups and other descriptions, one paragraph each, the first two with their name."""
    kinds: dict[str, list[Element]] = {}
    for element in children.get("description", ()):
        if (kind := element.get("type") or "") not in GENERAL:
            kinds.setdefault(kind, []).append(element)
    told = []
    for kind, elements in sorted(kinds.items()):
        if text := paragraphs(said(elements, language)):
            label = DESCRIPTION_LABELS.get(kind)
            told.append(f"{label}: {text}" if label else text)
    return _cut("\n\n".join(told), "description", TEXT_CHARACTERS, remark)


def _status(children: _Children, remark: Remark) -> str:
    element = _first(children, "activity-status")
    if element is None:
        return ""
    code = code_of(element)
    status = STATUSES.get(code, "")
    if not status and code:
        word = STATUSES_WITHOUT_WORD.get(code)
        remark("activity-given-up" if word else "no-such-status", "status", word or code)
    return status


def _dates(children: _Children) -> dict[str, str]:
    """The first date of each type, as precise as stated."""
    dates: dict[str, str] = {}
    for element in children.get("activity-date", ()):
        text = one_line(element.get("iso-date") or element.text)
        if text:
            kind = (element.get("type") or "").strip().lower()
            dates.setdefault(kind, text[:10] if text[4:5] == "-" else text)  # a time zone may stand behind it
    return dates


def _places(
    children: _Children, transactions: Sequence[Mapping[str, Element]], language: str, remark: Remark
) -> str:
    """Codes of the recipient countries; regions are no places, they stay with what was received."""
    countries = children.get("recipient-country", ())
    regions = children.get("recipient-region", ())
    if not countries and not regions:
        countries = [parts["recipient-country"] for parts in transactions if "recipient-country" in parts]
        regions = [parts["recipient-region"] for parts in transactions if "recipient-region" in parts]
    codes = [_place(element, language) for element in countries]
    for element in regions:
        remark("region", "beneficiaries", one_line(said([element], language)) or element.get("code") or "")
    return join_list(dict.fromkeys(code for code in codes if code))


def _place(element: Element, language: str) -> str:
    return (element.get("code") or "").strip().upper() or one_line(said([element], language))


def _address(children: _Children, remark: Remark) -> str:
    """The activity's web page, else its first document."""
    address = one_line(_text(children, "activity-website"))
    if not address:
        links = (one_line(element.get("url")) for element in children.get("document-link", ()))
        address = next((link for link in links if link), "")
    if len(address) > ADDRESS_CHARACTERS:
        remark("address-too-long", "source_url", address)
        return ""
    return address
