"""The sentences that stand on every paper and public page about a text: said once, here."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from concord.kernel.money import format_amount
from concord.publication.reading import PlanText, say_count, say_day

LIVING: Final = (
    "This plan is a living document: partners report changes, the Board decides on them, and each text that "
    "was endorsed stays at its own address."
)
LICENCE: Final = (
    "The compilation of data is published under Creative Commons Attribution 4.0 International (CC BY 4.0); "
    "titles are those of the sources."
)
FIVE_FACTS: Final = (
    "The framework makes five facts of each action public: title, donor, implementer, beneficiary and pillar."
)
DRAFT: Final = "This is a draft for members. It has not been endorsed and may change."
AMOUNTS: Final = (
    "Amounts as reported, not converted; two partners may report the same money, and many actions state none."
)

_MILLION = Decimal(1_000_000)


def about_lines(text: PlanText, called: str) -> list[tuple[str, str]]:
    """Labels and facts about a text: what it is, of which period, how it was decided, its figures."""
    lines = [
        ("Framework", text.framework["name"]),
        ("Text", called),
        ("Marking", text.marking),
        ("Period", text.period),
    ]
    if text.plan.get("pillar"):
        lines.append(("Pillar", f"{text.plan['pillar']}, {text.plan['pillar_name']}"))
    lines += decision_lines(text)
    if text.edition:
        lines.append(("In force from", say_day(text.edition["in_force_from"])))
        lines.append(("Published on", say_day(text.edition["published_on"])))
    lines.append(("Structure", structure_line(text)))
    lines.append(("Figures", " ".join(figure_sentences(text))))
    return lines


def decision_lines(text: PlanText) -> list[tuple[str, str]]:
    """The decision on a text: number, day, place, words, conditions; and whether it was a rehearsal."""
    decision = text.decision
    if not decision:
        return []
    where = f", {decision['place']}" if decision.get("place") else ""
    lines = [("Decision", f"{decision['number']} of {say_day(decision['on'])}{where}")]
    if decision.get("meeting"):
        lines.append(("Meeting", decision["meeting"]))
    lines.append(("Text of the decision", decision["text"]))
    if decision.get("conditions"):
        lines.append(("Conditions", decision["conditions"]))
    if text.is_rehearsal:
        lines.append(("Rehearsal", "This is a rehearsal: no Board took this decision on this text."))
    return lines


def structure_line(text: PlanText) -> str:
    """Which template the plan stands on."""
    template = text.plan.get("template") or {}
    return str(template.get("title") or "")


def opening_lines(text: PlanText) -> list[str]:
    """What has to be said before anything else: notices, and that it is a draft or a living document."""
    lines = [*text.notices, LIVING if text.edition else DRAFT]
    return lines if text.is_open else [*lines, FIVE_FACTS]


def not_counted_sentences(text: PlanText) -> list[str]:
    """What the figures leave out, in one sentence; nothing where they hold all."""
    left = text.document["figures"].get("not_counted")
    if not left:
        return []
    parts = [say_count(left["actions"], "action", "actions")] if left["actions"] else []
    parts += [say_count(left["needs"], "need", "needs")] if left["needs"] else []
    verb = "is" if left["actions"] + left["needs"] == 1 else "are"
    return [f"{' and '.join(parts)} not confirmed since {say_day(left['since'])} {verb} not counted."]


def figure_sentences(text: PlanText) -> list[str]:
    """The figures, each in a sentence with what it counts."""
    figures = text.document["figures"]
    actions = say_count(figures["actions"], "action", "actions")
    donors = say_count(figures["donors"], "donor", "donors")
    implementers = say_count(figures["implementers"], "implementer", "implementers")
    said = [f"{actions}, under the names of {donors} and {implementers}.", *not_counted_sentences(text)]
    if not text.is_open:
        return said
    stating = figures["actions_stating_amount"]
    sums = [
        format_amount(Decimal(amount), currency) for currency, amount in _largest_first(figures["amounts"])
    ]
    if sums:
        said.append(f"{stating} of {actions} state an amount, together {', '.join(sums)}. {AMOUNTS}")
    else:
        said.append("No action states an amount.")
    return said + need_sentences(text)


def figure_line(text: PlanText) -> str:
    """The figures in one line: actions, partners, money in the largest sum, needs without support."""
    figures = text.document["figures"]
    actions = say_count(figures["actions"], "action", "actions")
    donors = say_count(figures["donors"], "donor", "donors")
    implementers = say_count(figures["implementers"], "implementer", "implementers")
    said = [f"{actions} under the names of {donors} and {implementers}"]
    if text.is_open and figures["actions_stating_amount"]:
        said.append(f"{figures['actions_stating_amount']} state an amount, {_say_sums(figures['amounts'])}")
    support = figures.get("support") or {}
    if text.is_open and support.get("needs"):
        needs = say_count(support["needs"], "need", "needs")
        said.append(f"no support is reported for {support['without_support']} of {needs}")
    return " ".join(["; ".join(said) + ".", *not_counted_sentences(text)])


def _say_sums(amounts: dict[str, str]) -> str:
    (currency, amount), *others = _largest_first(amounts)
    said = f"together {say_round(Decimal(amount), currency)}"
    return (
        f"{said} and sums in {say_count(len(others), 'other currency', 'other currencies')}"
        if others
        else said
    )


def say_round(amount: Decimal, currency: str) -> str:
    """An amount for a line of text: millions with one digit, rounded half up; smaller ones in full."""
    if amount < _MILLION:
        return format_amount(amount, currency)
    return f"{currency} {(amount / _MILLION).quantize(Decimal('0.1'), ROUND_HALF_UP):,} million"


def need_sentences(text: PlanText) -> list[str]:
    """The three sentences above the matrix: support, partial support, secured money."""
    support = text.document["figures"].get("support") or {}
    total = support.get("needs", 0)
    if not total:
        return []
    needs = say_count(total, "need", "needs")
    return [
        f"No support is reported for {support['without_support']} of {needs}.",
        f"Only partial answers are reported for {support['partly_only']} of {needs}.",
        f"No secured money is reported for {support['without_secured_money']} of {needs}.",
    ]


def _largest_first(amounts: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(amounts.items(), key=lambda pair: (-Decimal(pair[1]), pair[0]))
