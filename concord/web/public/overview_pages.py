"""Pages over all plans in force: the first page, the list of plans, and what the pages say about Concord."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from concord.publication.queries import editions_in_force
from concord.publication.reading import PlanText, Record, say_count
from concord.publication.wording import figure_sentences
from concord.web.public.places import Place, in_force
from concord.web.public.plan_page import Rows, cite


@dataclass(frozen=True, slots=True)
class Everything:
    """All plans in force, read."""

    places: tuple[Place, ...]

    @property
    def texts(self) -> list[PlanText]:
        """The texts in force."""
        return [place.text for place in self.places]

    @property
    def first(self) -> PlanText | None:
        """The text whose names and notices stand on pages over all plans; None before the first edition."""
        return self.places[-1].text if self.places else None

    @property
    def notices(self) -> list[str]:
        """The notices of all texts, each once."""
        return list(dict.fromkeys(notice for text in self.texts for notice in text.standing_notices))

    @property
    def framework_name(self) -> str:
        """The framework's name where all plans are of one, else empty."""
        names = {text.framework["name"] for text in self.texts}
        return names.pop() if len(names) == 1 else ""

    @property
    def is_demonstration(self) -> bool:
        """Whether a framework says of itself that it is one."""
        return any(text.framework.get("demonstration") for text in self.texts)

    def standing(self) -> dict[str, list[tuple[Place, Record]]]:
        """Each action once, by key, with every place where it stands; in the order of the plans."""
        found: dict[str, list[tuple[Place, Record]]] = {}
        for place in self.places:
            for action in place.text.actions:
                found.setdefault(action["key"], []).append((place, action))
        return found


def everything() -> Everything:
    """What is in force today."""
    return Everything(tuple(in_force(edition) for edition in editions_in_force()))


@dataclass(frozen=True, slots=True)
class PlansPage:
    """What templates/public/home.html and plans.html receive."""

    whole: Everything
    plans: Rows
    totals_lines: list[str]
    beneficiaries: Rows
    example: dict[str, str] | None


def plans_page() -> PlansPage:
    """The plans in force with their figures, the total over them, and the beneficiaries they serve."""
    whole = everything()
    return PlansPage(
        whole=whole,
        plans=[_plan(place) for place in whole.places],
        totals_lines=[said for said in [say_totals(whole)] if said],
        beneficiaries=_beneficiaries(whole),
        example=_example(whole),
    )


def say_totals(whole: Everything) -> str:
    """How many actions all plans hold together, each counted once."""
    standing = whole.standing()
    if not whole.places:
        return ""
    several = sum(len(places) > 1 for places in standing.values())
    actions, plans = (
        say_count(len(standing), "action", "actions"),
        say_count(len(whole.places), "plan", "plans"),
    )
    if len(whole.places) == 1:
        return f"{actions} in one plan."
    said = f"{actions} in {plans}, each counted once"
    return f"{said}: {several:,} of them stand in more than one plan." if several else f"{said}."


def _example(whole: Everything) -> dict[str, str] | None:
    """How the first plan in force is cited."""
    if not whole.places:
        return None
    place = whole.places[0]
    return {"text": cite(place.text), "address": place.permanent}


def _plan(place: Place) -> dict[str, Any]:
    text = place.text
    return {
        "title": text.title,
        "href": place.plan,
        "called": text.called[:1].upper() + text.called[1:],
        "figure": figure_sentences(text)[0],
        "pillar": text.plan.get("pillar_name") or "Joint plan",
        "period": text.period,
        "needs": place.needs if text.needs else "",
        "versions": place.versions,
    }


def _beneficiaries(whole: Everything) -> Rows:
    if whole.first is None:
        return []
    standing = whole.standing()
    return [
        {
            "code": place.code,
            "name": place.name,
            "short": place.short,
            "href": f"/beneficiaries/{place.code}/",
            "count": sum(place.code in found[0][1]["beneficiaries"] for found in standing.values()),
        }
        for place in whole.first.places
    ]
