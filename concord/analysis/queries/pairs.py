"""Two actions side by side, and in plain words why they may belong together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from concord.analysis.models import Finding
from concord.analysis.queries.findings import open_assessment_of, state_of_finding
from concord.analysis.rules import ACTION_FIELDS, Band, State, changed_fields
from concord.analysis.tables import Facts, facts_of_pair, place_names
from concord.analysis.verdicts import Verdict, verdict_of
from concord.engine.texts import words
from concord.kernel.codelists import name_of_action_type, name_of_topic
from concord.kernel.money import format_amount
from concord.kernel.names import fold

if TYPE_CHECKING:
    from concord.plan.models import Action, Participation


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text; `matched` says that the other action has the same words."""

    text: str
    matched: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One fact of both actions as people read it. Empty means not reported; lists are one text."""

    field: str
    label: str
    a: str
    b: str
    verdict: Verdict
    a_segments: tuple[Segment, ...] = ()
    b_segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two actions side by side: every fact in a fixed order, titles and summaries with what matches."""

    lines: tuple[Line, ...]

    @property
    def differing(self) -> tuple[Line, ...]:
        """The facts on which the two contradict each other."""
        return tuple(line for line in self.lines if line.verdict is Verdict.DIFFERS)


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the evidence; weight is in points of probability, and all together make the score."""

    name: str
    value: str
    weight: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a pair is asked about: a question, the evidence, how sure, and the terms behind the number.

    changed says what is new since the pair was answered ("" unless it is asked again).
    """

    question: str
    evidence: str
    certainty: str
    score: float
    terms: tuple[Term, ...]
    changed: str


def explain(finding: Finding) -> Explanation:
    """In plain words why analysis asks about a pair. The sum of the terms' weights is the score."""
    return Explanation(
        question=question_of(finding),
        evidence=finding.evidence,
        certainty=str(Band(finding.band).label),
        score=finding.score,
        terms=tuple(Term(term["name"], term["value"], term["weight"]) for term in finding.terms),
        changed=what_changed(finding),
    )


def question_of(finding: Finding) -> str:
    """The finding as a question to both sides, worded by its kind and by who reported the two."""
    kind = Finding.Kind(finding.kind)
    if kind is Finding.Kind.DUPLICATE:
        return _duplicate_question(finding.action_a, finding.action_b)
    return {
        Finding.Kind.CONTINUATION: _("Does one of these continue the other?"),
        Finding.Kind.OVERLAP: _("Should these two be coordinated, because they do the same kind of work?"),
        Finding.Kind.SYNERGY: _("Could these two gain from being joined, or from following each other?"),
    }[kind]


def what_changed(finding: Finding, *, on: date | None = None) -> str:
    """What changed since a pair was answered, where it is asked again on a day (today if not given)."""
    if state_of_finding(finding, on=on) is not State.ASKED_AGAIN:
        return ""
    answered = open_assessment_of(finding)
    changed = changed_fields(answered.fingerprint, finding.fingerprint) if answered else {}
    titles = {"a": finding.action_a.title, "b": finding.action_b.title}
    parts = [
        _("%(fields)s of “%(title)s”")
        % {"fields": ", ".join(ACTION_FIELDS.get(name, name) for name in names), "title": titles[side]}
        for side, names in sorted(changed.items())
    ]
    if not parts:
        return _("Analysis reads more of the two actions than when this was answered.")
    return _("Changed since it was answered: %(what)s.") % {"what": "; ".join(parts)}


def compare(finding: Finding) -> Comparison:
    """All facts of the two actions side by side, as the plan says them now.

    Lists agree if they name the same things in whatever order, names as people write them (case
    and accents aside). A fact that only one of the two reports neither agrees nor differs.
    """
    a, b = facts_of_pair(finding.action_a, finding.action_b)
    names = place_names(finding.framework)
    lines = [_text_line(field, label, a, b) for field, label in _TEXTS.items()]
    lines += [_fact_line(field, label, said, a, b) for field, label, said in facts_shown(names)]
    return Comparison(tuple(lines))


_TEXTS: Final = {"title": gettext_lazy("Title"), "summary": gettext_lazy("Summary")}


def facts_shown(names: Mapping[str, str]) -> list[tuple[str, Any, Callable[[Facts], list[str]]]]:
    """The facts of an action that people compare, in their order: field, label, and what it says.

    What it says comes as a list of texts, empty for not reported. names: what people read for a place.
    """
    return [
        ("reported_by", _("Reported by"), lambda facts: _one(facts.row["reported_by"])),
        ("donors", _("Who pays"), lambda facts: list(facts.row["donors"])),
        ("implementers", _("Who does it"), lambda facts: list(facts.row["implementers"])),
        ("beneficiaries", _("For whom"), lambda facts: _in_order(facts.row["beneficiaries"], names)),
        ("start", _("Start"), lambda facts: _one(facts.row["start"])),
        ("end", _("End"), lambda facts: _one(facts.row["end"])),
        ("status", _("Status"), lambda facts: _one(facts.row["status"])),
        ("money", _("Money"), lambda facts: _amounts(facts.money)),
        ("topics", _("Topics"), lambda facts: list(map(name_of_topic, facts.row["topics"]))),
        ("action_types", _("Means"), lambda facts: list(map(name_of_action_type, facts.row["action_types"]))),
    ]


def _fact_line(field: str, label: str, said: Callable[[Facts], list[str]], a: Facts, b: Facts) -> Line:
    left, right = said(a), said(b)
    return Line(field, str(label), "; ".join(left), "; ".join(right), verdict_of(field, (left, right)))


def _text_line(field: str, label: Any, a: Facts, b: Facts) -> Line:
    left, right = a.row[field], b.row[field]
    shared = _stems_of(a) & _stems_of(b)
    return Line(
        field,
        str(label),
        left,
        right,
        verdict_of(field, (_one(left), _one(right))),
        a_segments=segments(left, shared),
        b_segments=segments(right, shared),
    )


def segments(text: str, shared: frozenset[str]) -> tuple[Segment, ...]:
    """The text in stretches, words whose stem is shared as matched ones; joined they are the text.

    Matched words with only a space between them make one stretch.
    """
    pieces = re.findall(r"\w+|\W+", text)
    matched = [any(stem in shared for stem in words(piece)) for piece in pieces]
    for place in range(1, len(pieces) - 1):
        if pieces[place].isspace():
            matched[place] = matched[place - 1] and matched[place + 1]
    stretches = groupby(zip(matched, pieces, strict=True), key=lambda item: item[0])
    return tuple(Segment("".join(piece for __, piece in run), flag) for flag, run in stretches)


def _stems_of(facts: Facts) -> frozenset[str]:
    return frozenset(words(f"{facts.row['title']} {facts.row['summary']}"))


def _one(text: str) -> list[str]:
    return [text] if text else []


def _in_order(codes: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """Names in the naming table's order, which is that of the mapping; unknown codes last."""
    order = {code: place for place, code in enumerate(names)}
    return [
        names.get(code, code) for code in sorted(codes, key=lambda code: (order.get(code, len(order)), code))
    ]


def _amounts(money: Mapping[str, Decimal]) -> list[str]:
    return [format_amount(amount, currency) for currency, amount in sorted(money.items())]


def _duplicate_question(a: Action, b: Action) -> str:
    """Who reported the two decides the wording; it accuses nobody of having reported twice."""
    if _reporter(a) == _reporter(b):
        return _("Could these be the same action, entered twice?")
    prefetch_related_objects([a, b], "participations__organisation")  # asks nothing where they are loaded
    if _pays_and_does(a, b) or _pays_and_does(b, a):
        return _("Could these be the same action, reported by the donor and by the implementer?")
    return _("Could these be the same action, reported by two organisations?")


def _pays_and_does(donor_side: Action, other: Action) -> bool:
    """Whether the reporter of one pays for it, and the reporter of the other does it."""
    return _takes_part(donor_side, other, "donor") and _takes_part(other, donor_side, "implementer", "lead")


def _takes_part(reported: Action, other: Action, *roles: str) -> bool:
    """Whether the reporter of one has one of these parts in either."""
    parts = [*reported.participations.all(), *other.participations.all()]
    return any(_body(part) == _reporter(reported) for part in parts if part.role in roles)


def _reporter(action: Action) -> str:
    """Whose action it is: the name as written while that is a question, whoever entered it."""
    return fold(action.reported_by_as_written or str(action.reporting_organisation))


def _body(part: Participation) -> str:
    return fold(str(part.organisation or part.as_written))
