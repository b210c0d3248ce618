"""A beneficiary's page: what comes, from whom, when, against which needs, and what is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from concord.kernel.codelists import BeneficiaryName
from concord.kernel.errors import NotFound
from concord.publication.reading import Record, say_count
from concord.web.matrix import runs_of
from concord.web.public.overview_pages import Everything, everything
from concord.web.public.places import Place
from concord.web.public.plan_page import Rows

NONE_REPORTED, NOT_STATED = "none reported", "need not stated for that year"
_SHOWN_DONORS = 12


@dataclass(frozen=True, slots=True)
class BeneficiaryPage:
    """What templates/public/beneficiary.html receives."""

    whole: Everything
    name: BeneficiaryName
    naming: list[BeneficiaryName]
    axis: tuple[int, int]
    figures: list[str]
    plans: Rows
    donors: Rows
    more_donors: int
    needs: Rows
    missing: Rows
    trail: list[dict[str, str]]
    contents: Rows
    is_open: bool


def beneficiary_page(code: str) -> BeneficiaryPage:
    """The page of a beneficiary, over all plans in force; an action that stands in several is shown once.

    Raises:
        NotFound: no plan in force serves such a place.
    """
    whole = everything()
    naming = whole.first.places if whole.first else []
    name = next((place for place in naming if place.code == code), None)
    if name is None:
        raise NotFound("No plan that is published here serves such a place.")
    here = [found for found in whole.standing().values() if code in found[0][1]["beneficiaries"]]
    needs = [_need(place, need, code) for place in whole.places for need in _stated(place, code)]
    donors = Counter(donor for found in here for donor in set(found[0][1]["donors"]))
    missing = [need for need in needs if need["is_missing"]]
    return BeneficiaryPage(
        whole=whole,
        name=name,
        naming=naming,
        axis=years_of(whole),
        figures=_figures(name, len(here), len(donors), needs),
        plans=_by_plan(whole, here),
        donors=[{"text": donor, "count": count} for donor, count in _largest(donors)[:_SHOWN_DONORS]],
        more_donors=max(0, len(donors) - _SHOWN_DONORS),
        needs=needs,
        missing=missing,
        trail=[{"text": "Beneficiaries", "href": "/beneficiaries/"}, {"text": name.name}],
        contents=_contents(len(missing), len(donors), len(here), len(needs)),
        is_open=any(text.is_open for text in whole.texts),
    )


def _contents(missing: int, donors: int, actions: int, needs: int) -> Rows:
    entries = (
        ("What is missing", "#missing", missing),
        ("From whom", "#whom", donors or None),
        ("What comes, and when", "#comes", actions or None),
        ("Against which needs", "#needs", needs),
    )
    return [{"text": text, "href": href, "count": count} for text, href, count in entries if count != 0]


def years_of(whole: Everything) -> tuple[int, int]:
    """The first and last year of all plans in force."""
    return (
        min(int(text.plan["starts"]) for text in whole.texts),
        max(int(text.plan["ends"]) for text in whole.texts),
    )


def _largest(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0].casefold()))


def _by_plan(whole: Everything, here: Sequence[list[tuple[Place, Record]]]) -> Rows:
    """The actions under the first plan in which they stand, by title."""
    plans = []
    for place in whole.places:
        own = [found for found in here if found[0][0] is place]
        actions = sorted((found[0][1] for found in own), key=lambda action: str(action["title"]).casefold())
        several = sum(len(found) > 1 for found in own)
        plans.append(
            {
                "title": place.text.title,
                "href": place.plan,
                "id": place.text.ref,
                "rows": [{"action": action, "href": place.action(action["key"])} for action in actions],
                "note": f"{several} of them stand in other plans too; they are shown once."
                if several
                else "",
            }
        )
    return [plan for plan in plans if plan["rows"]]


def _stated(place: Place, code: str) -> list[Record]:
    return [need for need in place.text.needs if code in {row["code"] for row in need["beneficiaries"]}]


def _need(place: Place, need: Record, code: str) -> dict[str, Any]:
    cells = place.text.cells.get((need["key"], code), [])
    words = {cell["cell"] for cell in cells} - {NOT_STATED}
    runs = [
        {
            "word": run["cell"],
            "years": run["years"],
            "shape": run["cell"].replace(",", "").replace(" ", "-"),
        }
        for run in runs_of(dict(cell) for cell in cells)
    ]
    return {
        "text": need["statement"],
        "href": place.need(need["key"]),
        "plan": place.text.title,
        "runs": runs,
        "is_missing": words == {NONE_REPORTED},
    }


def _figures(name: BeneficiaryName, actions: int, donors: int, needs: Rows) -> list[str]:
    actions_said = say_count(actions, "action", "actions")
    donors_said = say_count(donors, "donor", "donors")
    said = [f"{actions_said} for {name.name} in the plans in force, under the names of {donors_said}."]
    if needs:
        missing = sum(bool(need["is_missing"]) for need in needs)
        said.append(
            f"No support is reported for {missing} of {say_count(len(needs), 'need', 'needs')} stated."
        )
    return said
