"""A document as people read it: its structure, its names, and how dates, money and partners are said.

Papers and pages say the same words because they ask here. Nothing here knows who reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from concord.kernel.codelists import (
    ORGANISATION_KINDS,
    PLACES,
    BeneficiaryName,
    name_of_action_type,
    name_of_topic,
)
from concord.kernel.dates import ImpreciseDate
from concord.kernel.money import format_amount

Record = Mapping[str, Any]

NOT_REPORTED = "not reported"
REHEARSAL = "rehearsal: no Board took this decision on this text"

MARKING_LABELS = {
    "clear": "TLP:CLEAR",
    "green": "TLP:GREEN",
    "amber": "TLP:AMBER",
    "amber-strict": "TLP:AMBER+STRICT",
    "red": "TLP:RED",
}
"""From the widest audience to the narrowest; the labels of TLP 2.0 are never translated."""

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

_DONE = {
    "endorse": "endorsed",
    "adopt": "adopted",
    "approve": "approved",
    "adjust": "adjusted",
}


@dataclass(frozen=True, slots=True)
class MeasureText:
    """One measure with what stands under it: main actions, linked ones, and needs."""

    code: str
    name: str
    actions: tuple[Record, ...]
    linked: tuple[Record, ...]
    needs: tuple[Record, ...]


@dataclass(frozen=True, slots=True)
class ObjectiveText:
    """One objective with its measures."""

    code: str
    name: str
    measures: tuple[MeasureText, ...]


@dataclass(frozen=True, slots=True)
class ApproachText:
    """One approach with its objectives; number is its place, from 1."""

    number: int
    code: str
    name: str
    objectives: tuple[ObjectiveText, ...]

    @property
    def action_count(self) -> int:
        """How many actions have their main place here."""
        return sum(len(measure.actions) for objective in self.objectives for measure in objective.measures)


class PlanText:
    """One document, read: an edition, a frozen version or a draft."""

    def __init__(self, document: Record) -> None:
        self.document = document
        self.plan: Record = document["plan"]
        self.framework: Record = document["framework"]
        self.ref = str(self.plan["ref"])
        self.title = str(self.plan["title"])
        self.actions: list[Record] = document["actions"]
        self.needs: list[Record] = document["needs"]
        self.notices: list[str] = document["notices"]
        self.number: int | None = document["version"].get("number")
        self.decision: Record | None = document["version"].get("decision")
        self.edition: Record | None = document.get("edition")

    @property
    def is_open(self) -> bool:
        """Whether it has more than the five facts of each action; drafts always have."""
        return self.edition is None or self.framework.get("profile") == "open"

    @property
    def is_rehearsal(self) -> bool:
        """Whether the decision on it was made for trying or showing."""
        return bool(self.decision and self.decision.get("rehearsal"))

    @property
    def standing_notices(self) -> list[str]:
        """What has to stand on every page, as one line: the framework's notices, and that a decision was
        a rehearsal. What the template says about its wording stands beside the structure instead."""
        template = (self.plan.get("template") or {}).get("notice")
        said = [notice for notice in self.notices if notice != template]
        if self.is_rehearsal:
            said.append("The decision on this text is a rehearsal: no Board took it")
        return [" ".join(one if one.endswith(".") else f"{one}." for one in said)] if said else []

    @property
    def period(self) -> str:
        """The plan's years: "2018-2020", or the one year."""
        starts, ends = self.plan["starts"], self.plan["ends"]
        return str(starts) if starts == ends else f"{starts}-{ends}"

    @property
    def short_name(self) -> str:
        """For file names: "v2", "d3" or "draft"."""
        if self.number:
            return f"v{self.number}"
        return str(self.document["version"].get("ref") or "draft")

    @property
    def called(self) -> str:
        """What people call this text: "version 2, endorsed on 16 March 2018", "draft 3", "working draft"."""
        if self.number is None:
            ref = str(self.document["version"].get("ref") or "")
            return f"draft {ref.removeprefix('d')}" if ref.startswith("d") else "working draft"
        decision = self.decision
        if not decision:
            return f"version {self.number}"
        done = _DONE.get(decision["kind"], decision["kind"])
        said = f"version {self.number}, {done} on {say_day(decision['on'])}"
        return f"{said} ({REHEARSAL})" if self.is_rehearsal else said

    @property
    def marking(self) -> str:
        """The label of the whole: an edition is TLP:CLEAR, a draft at least TLP:GREEN and as narrow as
        the narrowest of its records."""
        if self.edition is not None:
            return MARKING_LABELS["clear"]
        order = list(MARKING_LABELS)
        marks = [order.index(record.get("marking", "green")) for record in [*self.actions, *self.needs]]
        return MARKING_LABELS[order[max([*marks, order.index("green")])]]

    # --- names ------------------------------------------------------------------------------------

    @cached_property
    def places(self) -> list[BeneficiaryName]:
        """The naming table in its order."""
        rows = sorted(self.document["beneficiaries"], key=lambda row: (row["order"], row["code"]))
        return [
            BeneficiaryName(row["code"], row["name"], row["short"], row["order"], row.get("footnote") or "")
            for row in rows
        ]

    @cached_property
    def _place(self) -> dict[str, BeneficiaryName]:
        return {place.code: place for place in self.places}

    def name_of_place(self, code: str) -> str:
        """The naming table's name; for a place that the plan does not serve, its usual name."""
        place = self._place.get(code)
        return place.name if place else PLACES.get(code, code)

    def short_of_place(self, code: str) -> str:
        """The naming table's short form; for another place its usual name."""
        place = self._place.get(code)
        return place.short if place else PLACES.get(code, code)

    def in_order(self, codes: Iterable[str]) -> list[str]:
        """Codes in the naming table's order, other places after them by name."""
        known = [place.code for place in self.places]
        return sorted(
            codes,
            key=lambda code: (known.index(code) if code in known else len(known), self.name_of_place(code)),
        )

    @cached_property
    def footnotes(self) -> list[str]:
        """What the asterisks in the naming table refer to, each once."""
        return list(dict.fromkeys(place.footnote for place in self.places if place.footnote))

    @property
    def footnotes_marked(self) -> list[str]:
        """The footnotes with the asterisk that refers to them."""
        return [f"* {footnote}" for footnote in self.footnotes]

    @cached_property
    def organisations(self) -> dict[str, Record]:
        """The organisations named, by key."""
        return {body["key"]: body for body in self.document["organisations"]}

    def kind_of(self, body: Record) -> str:
        """What an organisation is, in words; empty where nobody said."""
        return ORGANISATION_KINDS.get(body.get("kind") or "", body.get("kind") or "")

    # --- records ----------------------------------------------------------------------------------

    @cached_property
    def action_by_key(self) -> dict[str, Record]:
        """The actions by key."""
        return {action["key"]: action for action in self.actions}

    @cached_property
    def need_by_key(self) -> dict[str, Record]:
        """The needs by key."""
        return {need["key"]: need for need in self.needs}

    @cached_property
    def approaches(self) -> list[ApproachText]:
        """The structure in its order, each measure with its actions by title and its needs."""
        return self.structured({action["key"] for action in self.actions})

    def structured(self, keys: Iterable[str]) -> list[ApproachText]:
        """The structure with these actions only; every measure stands, empty ones too."""
        chosen = frozenset(keys)
        main, linked = _by_measure(self._sorted(chosen))
        needs = _needs_by_measure(self.needs)
        return [
            ApproachText(
                number,
                approach["code"],
                approach["name"],
                tuple(
                    ObjectiveText(
                        objective["code"],
                        objective["name"],
                        tuple(
                            MeasureText(
                                measure["code"],
                                measure["name"],
                                tuple(main.get(measure["code"], ())),
                                tuple(linked.get(measure["code"], ())),
                                tuple(needs.get(measure["code"], ())),
                            )
                            for measure in objective["measures"]
                        ),
                    )
                    for objective in approach["objectives"]
                ),
            )
            for number, approach in enumerate(self.document["structure"], start=1)
        ]

    def not_placed(self, keys: Iterable[str] | None = None) -> list[Record]:
        """The actions that stand under no measure of the structure, by title."""
        chosen = frozenset(self.action_by_key if keys is None else keys)
        return [action for action in self._sorted(chosen) if action.get("measure") not in self.measure_names]

    @cached_property
    def measure_names(self) -> dict[str, str]:
        """The measures' names by code."""
        return {
            measure["code"]: measure["name"]
            for approach in self.document["structure"]
            for objective in approach["objectives"]
            for measure in objective["measures"]
        }

    @cached_property
    def levels_of(self) -> dict[str, tuple[str, str, str]]:
        """The names of approach, objective and measure, by the measure's code."""
        return {
            measure["code"]: (approach["name"], objective["name"], f"{measure['code']} {measure['name']}")
            for approach in self.document["structure"]
            for objective in approach["objectives"]
            for measure in objective["measures"]
        }

    @cached_property
    def cells(self) -> dict[tuple[str, str], list[Record]]:
        """The matrix: by need and beneficiary the cells of the years, in their order."""
        found: dict[tuple[str, str], list[Record]] = {}
        for cell in self.document["matrix"]:
            found.setdefault((cell["need"], cell["beneficiary"]), []).append(cell)
        return found

    @property
    def years(self) -> list[int]:
        """The years of the plan's period, both ends included."""
        return list(range(int(self.plan["starts"]), int(self.plan["ends"]) + 1))

    def _sorted(self, keys: frozenset[str]) -> list[Record]:
        chosen = [action for action in self.actions if action["key"] in keys]
        return sorted(chosen, key=lambda action: (action["title"].casefold(), action["key"]))


def _by_measure(actions: Sequence[Record]) -> tuple[dict[str, list[Record]], dict[str, list[Record]]]:
    main: dict[str, list[Record]] = {}
    linked: dict[str, list[Record]] = {}
    for action in actions:
        main.setdefault(action.get("measure") or "", []).append(action)
        for code in action.get("linked_measures", []):
            linked.setdefault(code, []).append(action)
    return main, linked


def _needs_by_measure(needs: Sequence[Record]) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for need in sorted(needs, key=lambda need: (need.get("own_id") or "", need["key"])):
        found.setdefault(need.get("measure") or "", []).append(need)
    return found


# --- words ------------------------------------------------------------------------------------------


def say_day(text: str) -> str:
    """A date as precise as stated, in words: "2019", "February 2019", "28 February 2019"."""
    parts = ImpreciseDate(text).text.split("-")
    if len(parts) == 1:
        return parts[0]
    month = _MONTHS[int(parts[1]) - 1]
    return f"{month} {parts[0]}" if len(parts) == 2 else f"{int(parts[2])} {month} {parts[0]}"


def say_period(action: Record) -> str:
    """When: "February 2019 to 2021", "from 2019, end not reported", "dates not reported"."""
    start, end = action.get("start"), action.get("end")
    if start and end:
        return say_day(start) if start == end else f"{say_day(start)} to {say_day(end)}"
    if start:
        return f"from {say_day(start)}, end {NOT_REPORTED}"
    return f"until {say_day(end)}, start {NOT_REPORTED}" if end else f"dates {NOT_REPORTED}"


def say_names(names: Sequence[str]) -> str:
    """Organisations one after the other; none: not reported."""
    return "; ".join(names) if names else NOT_REPORTED


def say_line(line: Record) -> str:
    """One funding line: amount, its donor or joint, its status, instrument and contract."""
    amount = (
        format_amount(Decimal(line["amount"]), line["currency"]) if line.get("amount") is not None else ""
    )
    status = line.get("status") or NOT_REPORTED
    said = [amount or f"amount {NOT_REPORTED}"]
    if status != NOT_REPORTED:
        said.append(f"{status} (read from the action's status)" if line.get("status_inferred") else status)
    said += [part for part in (line.get("instrument"), line.get("contract_number")) if part]
    return ", ".join(said)


def say_money(action: Record) -> str:
    """How much, over all lines; "not reported" where none states an amount."""
    amounts = [line for line in action.get("funding", []) if line.get("amount") is not None]
    return (
        "; ".join(format_amount(Decimal(line["amount"]), line["currency"]) for line in amounts)
        or NOT_REPORTED
    )


def say_topics(codes: Iterable[str]) -> str:
    """Topics by their names; none: not reported."""
    return ", ".join(name_of_topic(code) for code in codes) or NOT_REPORTED


def say_means(codes: Iterable[str]) -> str:
    """Action types by their names; none: not reported."""
    return ", ".join(name_of_action_type(code) for code in codes) or NOT_REPORTED


def say_count(count: int, one: str, many: str) -> str:
    """A count with its noun: "1 action", "1,315 actions"."""
    return f"{count:,} {one if count == 1 else many}"
