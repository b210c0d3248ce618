"""One action's page: what, for whom, who pays, who does, when, how much, and where each fact comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from concord.kernel.codelists import ACTION_STATUSES, name_of_action_type, name_of_topic
from concord.kernel.errors import NotFound
from concord.publication.queries import editions_in_force, editions_of, standing_in, text_of
from concord.publication.reading import PlanText, Record, say_day, say_line, say_period
from concord.web.public.places import Place
from concord.web.public.plan_page import Rows, cite, downloads_of

Fact = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ActionPage:
    """What templates/public/action.html receives."""

    place: Place
    text: PlanText
    action: Record
    trail: list[dict[str, str]]
    facts: list[Fact]
    related: list[Fact]
    history: Rows
    lines: list[dict[str, str]]
    citation: str
    cited: str
    here: str
    printed: str
    downloads: Rows
    source_address: str


def action_page(place: Place, key: str, *, origin: str) -> ActionPage:
    """The page of one action of a text.

    Raises:
        NotFound: the text has no such action; that is all there is to say about it.
    """
    text = place.text
    action = text.action_by_key.get(key)
    if action is None:
        raise NotFound(f"There is no action with the address “{key}” in this text.")
    return ActionPage(
        place=place,
        text=text,
        action=action,
        trail=_trail(place, action),
        facts=_facts(place, action),
        related=_related(place, action) if text.is_open else [],
        history=_history(place, action),
        lines=[{"text": f"In {text.title}, {text.called}."}],
        citation=cite(text, action["title"]),
        cited=f"{origin}{place.permanent}actions/{key}/",
        here=place.action(key),
        printed=f"{action['title']}, {text.title}, {text.called}",
        downloads=downloads_of(place),
        source_address=web_address(action.get("source_url") or ""),
    )


def web_address(text: str) -> str:
    """The address if it is one of the web; anything else is no link."""
    return text if text.startswith(("https://", "http://")) else ""


def _trail(place: Place, action: Record) -> list[dict[str, str]]:
    text = place.text
    trail = [{"text": "Plans", "href": "/plans/"}, {"text": text.title, "href": place.plan}]
    names = text.levels_of.get(action.get("measure") or "")
    if names:
        trail.append({"text": names[2], "href": f"{place.plan}#measure-{action['measure']}"})
    return [*trail, {"text": "Action"}]


def _facts(place: Place, action: Record) -> list[Fact]:
    text = place.text
    facts = [
        {"label": "For", "field": "beneficiaries", "many": _places(text, action["beneficiaries"])},
        {"label": "Pays", "field": "participations", "many": _bodies(action, "donor")},
        {"label": "Does", "field": "participations", "many": _bodies(action, "implementer")},
        *_other_roles(action),
    ]
    if text.is_open:
        facts += _open_facts(action)
    return [_with_source(fact, action) for fact in facts]


def _open_facts(action: Record) -> list[Fact]:
    confirmed = action.get("last_confirmed")
    return [
        {"label": "When", "field": "start", "value": say_period(action)},
        {"label": "Status", "field": "status", "value": ACTION_STATUSES.get(action["status"], "")},
        {"label": "How much", "field": "funding", "many": [_line(line) for line in action["funding"]]},
        {"label": "About", "field": "topics", "many": [name_of_topic(code) for code in action["topics"]]},
        {
            "label": "By means of",
            "field": "action_types",
            "many": [name_of_action_type(code) for code in action["action_types"]],
        },
        {
            "label": "Reported by",
            "field": "",
            "value": action.get("reporting_organisation") or "",
            "note": f"last confirmed {say_day(confirmed)}" if confirmed else "not yet confirmed by it",
        },
    ]


def _places(text: PlanText, codes: Iterable[str]) -> list[dict[str, str]]:
    served = {place.code for place in text.places}
    return [
        {"text": text.name_of_place(code), "href": f"/beneficiaries/{code}/" if code in served else ""}
        for code in text.in_order(codes)
    ]


def _bodies(action: Record, role: str) -> list[dict[str, str]]:
    parts = [part for part in action["participations"] if part["role"] == role]
    return [{"text": part["name"], "href": _body_address(part)} for part in parts]


def _body_address(part: Record) -> str:
    return f"/organisations/{part['organisation']}/" if part.get("organisation") else ""


def _other_roles(action: Record) -> list[Fact]:
    found = (("Leads", _bodies(action, "lead")), ("Partner", _bodies(action, "partner")))
    return [{"label": label, "field": "participations", "many": many} for label, many in found if many]


def _line(line: Record) -> dict[str, str]:
    return {"text": say_line(line), "note": line["donor"] or "joint: the donors' shares are not reported"}


def _with_source(fact: Fact, action: Record) -> Fact:
    """Adds where the fact comes from: the file's row that said it, and the page behind it."""
    for origin in action.get("facts", []):
        if fact["field"] in origin["fields"]:
            return fact | {
                "source": origin["source"],
                "row": origin["row"],
                "stated_on": f"read on {say_day(origin['on'])}" if origin.get("on") else "",
                "source_href": web_address(action.get("source_url") or ""),
            }
    return fact


def _related(place: Place, action: Record) -> list[Fact]:
    text = place.text
    return [
        {"label": "Stands under", "many": _measures(place, action)},
        {"label": "Answers", "many": [_need(place, link) for link in action["needs"]], "value": ""}
        | ({} if action["needs"] else {"value": "no link to a need is confirmed"}),
        *_actions(place, "Continues", action["continues"]),
        *_actions(place, "Is continued by", _followers(text, action["key"])),
        *_actions(place, "Works with", action["works_with"]),
        *_other_plans(place, action),
    ]


def _measures(place: Place, action: Record) -> list[dict[str, str]]:
    text = place.text
    main = text.levels_of.get(action["measure"] or "")
    if main is None:
        return [{"text": "not yet placed"}]
    found = [{"text": " / ".join(main), "href": f"{place.plan}#measure-{action['measure']}"}]
    linked = [code for code in action["linked_measures"] if code in text.levels_of]
    return found + [
        {"text": text.levels_of[code][2], "href": f"{place.plan}#measure-{code}", "note": "also contributes"}
        for code in linked
    ]


def _need(place: Place, link: Mapping[str, Any]) -> dict[str, str]:
    need = place.text.need_by_key[link["need"]]
    return {
        "text": need["statement"],
        "href": place.need(need["key"]),
        "note": "directly" if link["strength"] == "direct" else "partly",
    }


def _actions(place: Place, label: str, keys: Iterable[str]) -> list[Fact]:
    known = [place.text.action_by_key[key] for key in keys if key in place.text.action_by_key]
    many = [
        {"text": action["title"], "href": place.action(action["key"]), "note": say_period(action)}
        for action in known
    ]
    return [{"label": label, "many": many}] if many else []


def _followers(text: PlanText, key: str) -> list[str]:
    return [action["key"] for action in text.actions if key in action["continues"]]


def _other_plans(place: Place, action: Record) -> list[Fact]:
    """Only where the address means the text in force: a permanent page says nothing about other texts."""
    if place.is_permanent or place.day:
        return []
    editions = editions_in_force()
    titles = {edition.plan.ref: text_of(edition).title for edition in editions}
    refs = standing_in([action["key"]], editions).get(action["key"], [])
    many = [
        {"text": titles[ref], "href": f"/plans/{ref}/actions/{action['key']}/"}
        for ref in refs
        if ref != place.text.ref
    ]
    return (
        [{"label": "Also stands in", "many": many, "note": "It is one action and counts once in totals."}]
        if many
        else []
    )


def _history(place: Place, action: Record) -> Rows:
    """In which versions the action stands, latest first, up to this one."""
    events: Rows = []
    before: Record | None = None
    for edition in sorted(editions_of(place.text.ref), key=lambda edition: edition.number):
        if edition.number > place.edition.number:
            break
        found = text_of(edition).action_by_key.get(action["key"])
        said = _happened(before, found)
        if said:
            href = f"/plans/{place.text.ref}/v{edition.number}/"
            day = say_day(edition.in_force_from.isoformat())
            events.append({"when": day, "text": f"{said} version {edition.number}", "href": href})
        before = found
    return events[::-1]


def _happened(before: Record | None, found: Record | None) -> str:
    if found is None:
        return "no longer public in" if before is not None else ""
    if before is None:
        return "first stands in"
    return (
        "changed in" if any(found.get(name) != before.get(name) for name in found if name != "facts") else ""
    )
