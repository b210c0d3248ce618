"""What the evidence sheet of a case says, whatever its format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from concord.accounts.rules import Marking
from concord.analysis.case_words import sentence
from concord.analysis.measures import months_of
from concord.analysis.queries import (
    CaseNumbers,
    CaseRead,
    FactLine,
    PairNumbers,
    asking_state,
    compare,
    explain,
    history_of_case,
    last_run,
    lines_of,
    numbers_of,
    question_of_case,
    said_stake,
    said_time,
    sentence_of,
)
from concord.analysis.rules import Answer, Band, Sort, Stake
from concord.analysis.verdicts import Verdict
from concord.kernel.codelists import ACTION_STATUSES
from concord.kernel.money import format_amount
from concord.kernel.scores import said_points, said_score
from concord.plan.queries import naming_table
from concord.publication.reading import say_day

if TYPE_CHECKING:
    from concord.analysis.models import Assessment, Finding

NOT_REPORTED: Final = "not reported"
WITHHELD: Final = "withheld until both could answer"
NAMING_SORTS: Final = (Sort.OVERLAP, Sort.DUPLICATE)
"""Cases in which two names together would accuse; the others only invite."""

NAMING_FIELDS: Final = frozenset({"reported_by", "donors", "implementers"})
NAMING_TERMS: Final = frozenset({"wording", "donors", "implementers", "organisations", "programme name"})
"""Terms of the evidence whose words may name an organisation."""

MOST_PAIRS_SHOWN: Final = 3  # with passages and terms; a paper of 28 pairs would be read by nobody
LONGEST_PASSAGE: Final = 1_200  # characters of a summary

TITLE_OF: Final = {
    Sort.OVERLAP: "To be coordinated",
    Sort.DUPLICATE: "Possible double entry",
    Sort.CONTINUATION: "Possible continuation",
    Sort.SYNERGY: "Possible synergy",
}


@dataclass(frozen=True, slots=True)
class Bit:
    """A stretch of text; marked: another action of the case says the same."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact of all actions side by side; verdict: agrees, differs or "only one reports it"."""

    label: str
    verdict: str
    cells: tuple[tuple[Bit, ...], ...]


@dataclass(frozen=True, slots=True)
class PairRow:
    """One pair in a line of the sheet."""

    name: str
    certainty: str
    evidence: str
    months: str
    money: str
    answer: str


@dataclass(frozen=True, slots=True)
class PairPart:
    """One pair in full: its title and summary with what matches, and the terms with their points."""

    name: str
    heads: tuple[str, ...]
    passages: tuple[FactRow, ...]
    terms: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """A whole sheet, ready to be set. withheld: names and texts are left out, and why."""

    framework: str
    key: str
    title: str
    marking: str
    question: str
    sentence: str
    withheld: str
    produced: str
    heads: tuple[str, ...]
    facts: tuple[FactRow, ...]
    numbers: tuple[tuple[str, str], ...]
    pairs: tuple[PairRow, ...]
    parts: tuple[PairPart, ...]
    left_out: str
    answers: tuple[str, ...]
    sources: tuple[str, ...]
    footnotes: tuple[str, ...]


def sheet_of(read: CaseRead, *, on: date) -> CaseSheet:
    """The sheet of a case as its reader may see it.

    Before the secretariat has confirmed every pair of an overlap or double entry, it names no
    organisation and gives no text that could: titles, summaries, evidence and reasons are withheld
    and the sheet says so. Facts, numbers and points stay.

    Source: issue 5, "no paper names two organisations before both could answer".
    """
    hides = withholds(read)
    lines = lines_of(read)
    numbers = numbers_of(read, lines, on=on)
    place = {action.key: number for number, action in enumerate(read.actions, 1)}
    shown = [pair.finding for pair in numbers.pairs[:MOST_PAIRS_SHOWN]]
    return CaseSheet(
        framework=read.case.framework.name,
        key=read.case.key,
        title=TITLE_OF[Sort(read.case.sort)],
        marking=_marking(read),
        question=question_of_case(read),
        sentence=_sentence(read, hides),
        withheld=_WITHHELD_SAID if hides else "",
        produced=_produced(read, on),
        heads=tuple(_head(read, key, hides) for key in place),
        facts=tuple(_fact_row(line, hides) for line in lines),
        numbers=_numbers(numbers),
        pairs=tuple(_pair_row(read, pair, place, hides) for pair in numbers.pairs),
        parts=tuple(_part(finding, place, hides) for finding in shown),
        left_out=_left_out(len(numbers.pairs)),
        answers=tuple(_answers(read, place, hides)),
        sources=tuple(_sources(read, hides, on)),
        footnotes=_footnotes(read),
    )


def withholds(read: CaseRead) -> bool:
    """Whether names stay out: an overlap or double entry that is not confirmed in all its pairs."""
    return read.case.sort in NAMING_SORTS and not all(each.confirmed_at for each in read.findings)


_WITHHELD_SAID: Final = (
    "Names are withheld until both could answer. Who reports, pays for and carries out these actions, and "
    "texts that may name them, are left out of this paper until every source was asked and the secretariat "
    "confirmed the case. Those who coordinate find the actions by their keys on their desk."
)


def _marking(read: CaseRead) -> str:
    """That of its strictest action, and at least TLP:GREEN: a sheet is a members' paper."""
    order = list(Marking)
    return str(max((Marking.GREEN, *(Marking(a.marking) for a in read.actions)), key=order.index).label)


def _sentence(read: CaseRead, hides: bool) -> str:
    if hides and len(read.findings) == 1:
        return sentence(read.rows, read.case.sort, names=read.names)
    return sentence_of(read)


def _produced(read: CaseRead, on: date) -> str:
    run = last_run(read.case.framework)
    said = f"Produced on {_day(on)}"
    if run is None:
        return said
    return f"{said}, from the analysis of {_day(run.at.date())} by release {run.engine_release}"


def _day(day: date) -> str:
    return say_day(day.isoformat())


def _head(read: CaseRead, key: str, hides: bool) -> str:
    title = next(action.title for action in read.actions if action.key == key)
    return f"Action {key}" if hides else title


def _fact_row(line: FactLine, hides: bool) -> FactRow:
    verdict = str(line.verdict.label)
    if hides and line.field in NAMING_FIELDS:
        cells = tuple((Bit(WITHHELD),) if cell else (Bit(NOT_REPORTED),) for cell in line.cells)
        return FactRow(line.label, verdict, cells)
    marks = line.verdict is not Verdict.AGREES
    told = [
        [Bit(_in_words(line.field, piece.text), marks and piece.shared) for piece in cell]
        for cell in line.cells
    ]
    return FactRow(line.label, verdict, tuple(_joined(bits) for bits in told))


def _joined(bits: Sequence[Bit]) -> tuple[Bit, ...]:
    if not bits:
        return (Bit(NOT_REPORTED),)
    found = [bits[0]]
    for bit in bits[1:]:
        found += [Bit("; "), bit]
    return tuple(found)


def _in_words(field: str, text: str) -> str:
    if field == "status":
        return ACTION_STATUSES.get(text, text)
    return say_day(text) if field in ("start", "end") else text


def _numbers(numbers: CaseNumbers) -> tuple[tuple[str, str], ...]:
    return (
        ("At the same time", said_time(numbers)),
        ("For whom in common", ", ".join(numbers.beneficiaries) or "nobody whom all of them name"),
        ("Money at stake", said_stake(numbers)),
        ("What differs", ", ".join(map(str.lower, numbers.differing)) or "nothing that both report"),
    )


def _amount(stake: Stake) -> str:
    return format_amount(stake.amount, stake.currency)


def _pair_row(read: CaseRead, pair: PairNumbers, place: Mapping[str, int], hides: bool) -> PairRow:
    finding = pair.finding
    return PairRow(
        name=_pair_name(finding, place),
        certainty=f"{Band(finding.band).label} ({said_score(finding.score)})",
        evidence=WITHHELD if hides else finding.evidence,
        months="not known" if pair.days is None else str(months_of(pair.days)),
        money=_amount(pair.stake) if pair.stake else "not known",
        answer=str(read.state_of(finding).value),
    )


def _pair_name(finding: Finding, place: Mapping[str, int]) -> str:
    one, other = sorted((place[finding.key_a], place[finding.key_b]))
    return f"{one} and {other}"


def _part(finding: Finding, place: Mapping[str, int], hides: bool) -> PairPart:
    told = explain(finding)
    passages = (
        [] if hides else [line for line in compare(finding).lines if line.a_segments or line.b_segments]
    )
    return PairPart(
        name=_pair_name(finding, place),
        heads=tuple(f"Action {place[key]}" for key in (finding.key_a, finding.key_b)),
        passages=tuple(
            FactRow(line.label, "", (_cut(line.a_segments), _cut(line.b_segments))) for line in passages
        ),
        terms=tuple(
            (
                term.name,
                WITHHELD if hides and term.name in NAMING_TERMS else term.value or "–",
                said_points(term.weight),
            )
            for term in told.terms
        ),
    )


def _cut(segments: Sequence[object]) -> tuple[Bit, ...]:
    """The text up to its longest length, told where it is cut."""
    bits, left = [], LONGEST_PASSAGE
    for segment in segments:
        text: str = getattr(segment, "text", "")
        if left <= 0:
            bits.append(Bit(" …"))
            break
        bits.append(Bit(text[:left], bool(getattr(segment, "matched", False))))
        left -= len(text)
    return tuple(bits) or (Bit(NOT_REPORTED),)


def _left_out(pairs: int) -> str:
    if pairs <= MOST_PAIRS_SHOWN:
        return ""
    return f"Passages and points are shown for the {MOST_PAIRS_SHOWN} strongest of {pairs} pairs."


def _answers(read: CaseRead, place: Mapping[str, int], hides: bool) -> list[str]:
    """Every answer that was ever given, in the order of time; those of one act in one line."""
    acts: dict[tuple[str, ...], list[Assessment]] = {}
    for answer in reversed(history_of_case(read)):
        ended = str(answer.undone_at or answer.replaced_at or "")
        acts.setdefault((answer.together, ended) if answer.together else (str(answer.pk),), []).append(answer)
    return [_act(act, place, hides) for act in acts.values()]


def _act(act: Sequence[Assessment], place: Mapping[str, int], hides: bool) -> str:
    first = act[0]
    about = ", ".join(_pair_name(each.finding, place) for each in act)
    said = f"{_day(first.at.date())}, {first.by.name}: {Answer(first.answer).label} ({about})"
    if first.reason:
        said += f". Reason: {WITHHELD if hides else first.reason}"
    if first.undone_at:
        said += f". Taken back by {first.undone_by} on {_day(first.undone_at.date())}"
    elif first.replaced_at:
        said += f". Replaced by a later answer on {_day(first.replaced_at.date())}"
    return said + "."


def _sources(read: CaseRead, hides: bool, on: date) -> list[str]:
    """What the sources were asked and chose: without names until they may be told, and never in their own
    words, which they wrote to those who coordinate."""
    state = asking_state(read.case, on=on)
    if state.asking is None:
        return ["Its sources have not been asked yet."]
    replied = sum(each.reply is not None for each in state.sources)
    until = _day(state.asking.answers_until)
    asked = f"Asked on {_day(state.asking.at.date())}, to answer until {until}"
    said = [f"{asked}: {replied} of {len(state.sources)} replied."]
    if state.asking.is_withdrawn and state.asking.ended_at:
        said.append(f"The question was withdrawn on {_day(state.asking.ended_at.date())}.")
    if hides:
        return said
    for each in state.sources:
        answer = each.reply.get_says_display() if each.reply else "no reply"
        said.append(f"{each.organisation.name}: {answer}")
    return said


def _footnotes(read: CaseRead) -> tuple[str, ...]:
    """The notes of the naming table to places that the sheet may name, each with its mark."""
    return tuple(f"* {place.footnote}" for place in naming_table(read.case.framework) if place.footnote)
