"""What stands on a Board's paper, in its order. The manner is wordstyle's, the words are wording's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from urllib.parse import urlsplit

from concord.publication.exports.wordml import Cell, Table, link_to, link_within, mm, paragraph, run
from concord.publication.exports.wordstyle import TEXT_WIDTH, TINT
from concord.publication.reading import (
    NOT_REPORTED,
    ApproachText,
    MeasureText,
    PlanText,
    Record,
    say_count,
    say_line,
    say_names,
    say_period,
)
from concord.publication.wording import about_lines, figure_sentences, need_sentences, opening_lines

Relation = Callable[[str], str]

NONE = "none reported"
_BAND = "F4F6F6"  # behind a row that heads others
_SHOWN_LINKED = 5  # titles of actions that only contribute; the others are counted

_GAP = paragraph("", "Gap")
_TINTS = {
    "met": "D5E8DF",
    "under way, money secured": "D5E8DF",
    "under way, money not reported": "E9F1F0",
    "planned only": "F3F1E4",
    "partly": "F3F1E4",
    "none reported": "F6E3DE",
}
"""Behind the word in a cell of the matrix; the word says it, the tint only helps the eye."""


def parts(text: PlanText, called: str, relation: Relation) -> Iterable[str]:
    """The paper's elements, from first to last. relation gives the id of a link to an address outside."""
    yield from _opening(text, called)
    if text.needs:
        yield from _needs(text)
    for approach in text.approaches:
        yield from _approach(text, approach, relation)
    rest = text.not_placed()
    if rest:
        yield from _not_placed(text, rest, relation)


# --- first page -----------------------------------------------------------------------------------


def _opening(text: PlanText, called: str) -> Iterable[str]:
    framework = text.framework
    acronym = framework.get("acronym")
    yield paragraph(run(f"{framework['name']} ({acronym})" if acronym else framework["name"]), "Kicker")
    yield paragraph(run(text.title), "Title")
    yield paragraph(run(called[:1].upper() + called[1:]), "Subtitle")
    yield _box(opening_lines(text))
    yield _GAP
    yield _figures(text)
    yield _GAP
    yield _facts(text, called)
    if text.document["structure"]:
        yield paragraph(run("What the plan holds"), "Heading1")
        yield paragraph(run(" ".join(figure_sentences(text)[:2])), "Lede")
        yield _overview(text)
        yield paragraph(run(f"An action counts once, under its main {_level(text, 2).lower()}."), "Aside")


def _box(lines: Sequence[str]) -> str:
    content = "".join(paragraph(run(line), "Notice") for line in lines)
    return Table([TEXT_WIDTH], (), [[Cell(content, TINT)]], kind="Boxed", title="Notices").markup()


def _figures(text: PlanText) -> str:
    figures = text.document["figures"]
    shown = [(figures["actions"], "actions"), (figures["donors"], "donors named")]
    shown.append((figures["implementers"], "implementers named"))
    if text.is_open:
        shown.append((figures["actions_stating_amount"], "actions that state an amount"))
        support = figures.get("support") or {}
        if support.get("needs"):
            shown.append((support["needs"], "needs stated"))
            shown.append((support["without_support"], "needs for which no support is reported"))
    width = TEXT_WIDTH // len(shown)
    cells = [
        Cell(paragraph(run(f"{count:,}"), "Figure") + paragraph(run(words), "CellSmall"))
        for count, words in shown
    ]
    return Table([width] * len(shown), (), [cells], kind="Plain", title="Figures").markup()


def _facts(text: PlanText, called: str) -> str:
    rows = [
        [Cell(paragraph(run(label, "Strong"), "Cell")), Cell(paragraph(run(said), "Cell"))]
        for label, said in about_lines(text, called)
        if label not in {"Text", "Marking", "Framework", "Figures"}
    ]
    return Table([mm(46), TEXT_WIDTH - mm(46)], (), rows, kind="Plain", title="About this text").markup()


def _overview(text: PlanText) -> str:
    """Approaches and measures down, beneficiaries across: how many actions; the approaches are links."""
    places = text.places
    codes = [place.code for place in places]
    narrow = mm(20)
    widths = [TEXT_WIDTH - narrow * (len(places) + 1), *[narrow] * (len(places) + 1)]
    header = _heads([_level(text, 0).capitalize(), "Actions", *(place.short for place in places)])
    rows = []
    for approach in text.approaches:
        measures = [measure for objective in approach.objectives for measure in objective.measures]
        name = link_within(_anchor(approach), run(f"{approach.number}  {approach.name}", "Hyperlink"))
        actions = [action for measure in measures for action in measure.actions]
        rows.append(_overview_row(paragraph(name, "CellHead"), actions, codes, tint=_BAND))
        rows += [
            _overview_row(paragraph(run(f"{m.code}  {m.name}"), "Cell"), m.actions, codes) for m in measures
        ]
    rest = text.not_placed()
    if rest:
        rows.append(_overview_row(paragraph(run("Not yet placed"), "CellHead"), rest, codes, tint=_BAND))
    return Table(widths, header, rows, kind="Tight", title="Actions by measure and beneficiary").markup()


def _overview_row(
    name: str, actions: Sequence[Record], codes: Sequence[str], *, tint: str = ""
) -> list[Cell]:
    counts = [len(actions), *(sum(code in action["beneficiaries"] for action in actions) for code in codes)]
    return [Cell(name, tint), *(Cell(_counted(count), tint) for count in counts)]


def _counted(count: int) -> str:
    return paragraph(run(f"{count:,}"), "Cell") if count else paragraph(run(NONE), "CellSmall")


# --- needs ----------------------------------------------------------------------------------------


def _needs(text: PlanText) -> Iterable[str]:
    yield paragraph(run("Needs and what is reported for them"), "Heading1", bookmark=(1, "needs"))
    yield paragraph(run(" ".join(need_sentences(text))), "Lede")
    yield paragraph(
        run(
            "Each cell says what is reported for the years of the plan. “None reported” means that nobody "
            "reported support to this plan, not that there is none. Only the beneficiary says that a need "
            "is met."
        ),
        "Aside",
    )
    places = text.places
    narrow = mm(25)
    widths = [mm(16), TEXT_WIDTH - mm(16) - narrow * len(places), *[narrow] * len(places)]
    header = _heads(["No.", "Need", *(place.short for place in places)])
    needs = sorted(
        text.needs, key=lambda need: (need.get("measure") or "~", need.get("own_id") or "", need["key"])
    )
    rows: list[list[Cell]] = []
    for code, group in groupby(needs, key=lambda need: need.get("measure") or ""):
        name = f"{code} {text.measure_names[code]}" if code in text.measure_names else "Not yet placed"
        rows.append([Cell(paragraph(run(name), "CellHead"), _BAND, len(widths))])
        rows += [_need_row(text, need) for need in group]
    yield Table(
        widths, header, rows, title="Needs and support", said="Needs down, beneficiaries across"
    ).markup()


def _need_row(text: PlanText, need: Record) -> list[Cell]:
    said = paragraph(run(need["statement"]), "Cell")
    source = ", ".join(part for part in (need.get("reference"), need.get("kind")) if part)
    if source:
        said += paragraph(run(source), "CellSmall")
    states = [_matrix_cell(text.cells.get((need["key"], place.code), [])) for place in text.places]
    return [Cell(paragraph(run(need.get("own_id") or need["key"], "Key"), "Cell")), Cell(said), *states]


def _matrix_cell(cells: Sequence[Record]) -> Cell:
    """Years that say the same are said once: "2018: none reported; 2019-2020: partly"."""
    if not cells:
        return Cell(paragraph(run("not stated", "Quiet"), "CellSmall"))
    spans = [
        (word, [cell["year"] for cell in group])
        for word, group in groupby(cells, key=lambda cell: cell["cell"])
    ]
    if len(spans) == 1:
        return Cell(paragraph(run(spans[0][0]), "CellSmall"), _TINTS.get(spans[0][0], ""))
    lines = "\n".join(f"{_years(years)}: {word}" for word, years in spans)
    return Cell(paragraph(run(lines), "CellSmall"), _TINTS.get(spans[-1][0], ""))


def _years(years: Sequence[str]) -> str:
    return years[0] if len(years) == 1 else f"{years[0]}-{years[-1]}"


# --- approaches, objectives, measures ------------------------------------------------------------------


def _approach(text: PlanText, approach: ApproachText, relation: Relation) -> Iterable[str]:
    place = (10 + approach.number, _anchor(approach))
    yield paragraph(run(f"{approach.number}  {approach.name}"), "Heading1", bookmark=place)
    count = say_count(approach.action_count, "action", "actions")
    yield paragraph(run(f"{count} under this {_level(text, 0).lower()}."), "Aside")
    for objective in approach.objectives:
        yield paragraph(run(f"{objective.code}  {objective.name}"), "Heading2")
        for measure in objective.measures:
            yield paragraph(run(f"{measure.code}  {measure.name}"), "Heading3")
            yield from _measure(text, measure, relation)


def _measure(text: PlanText, measure: MeasureText, relation: Relation) -> Iterable[str]:
    if measure.actions:
        yield _actions(text, measure.actions, relation, f"Actions under {measure.code} {measure.name}")
        yield _GAP
    else:
        yield paragraph(run(f"No action has its main place under this {_level(text, 2).lower()}."), "Aside")
    if measure.linked:
        yield paragraph(run("Also contributing: ", "Strong") + run(_linked(measure.linked)), "Aside")


def _linked(actions: Sequence[Record]) -> str:
    titles = "; ".join(action["title"] for action in actions[:_SHOWN_LINKED])
    more = len(actions) - _SHOWN_LINKED
    return f"{titles}; and {say_count(more, 'other action', 'other actions')}." if more > 0 else f"{titles}."


def _not_placed(text: PlanText, actions: Sequence[Record], relation: Relation) -> Iterable[str]:
    heading = "Not yet placed" if text.document["structure"] else "Actions"
    yield paragraph(run(heading), "Heading1", bookmark=(2, "not-placed"))
    if text.document["structure"]:
        yield paragraph(run(f"These actions stand under no {_level(text, 2).lower()} yet."), "Aside")
    yield _actions(text, actions, relation, heading)


def _actions(text: PlanText, actions: Sequence[Record], relation: Relation, title: str) -> str:
    heads = ["Action", "Donors", "Implementers", "For"]
    widths = [mm(39), mm(43), mm(23)]
    if text.is_open:
        heads += ["When", "Money"]
        widths += [mm(26), mm(37)]
    widths = [TEXT_WIDTH - sum(widths), *widths]
    rows = [_action_row(text, action, relation) for action in actions]
    return Table(widths, _heads(heads), rows, title=title).markup()


def _action_row(text: PlanText, action: Record, relation: Relation) -> list[Cell]:
    shorts = [text.short_of_place(code) for code in text.in_order(action["beneficiaries"])]
    cells = [
        Cell(_told(action, relation)),
        Cell(paragraph(run(say_names(action["donors"])), "Cell")),
        Cell(paragraph(run(say_names(action["implementers"])), "Cell")),
        Cell(paragraph(run(", ".join(shorts) or NOT_REPORTED), "Cell")),
    ]
    if text.is_open:
        money = "\n".join(say_line(line) for line in action["funding"]) or NOT_REPORTED
        cells += [Cell(paragraph(run(say_period(action)), "Cell")), Cell(paragraph(run(money), "Cell"))]
    return cells


def _told(action: Record, relation: Relation) -> str:
    said = paragraph(run(action["title"], "Strong"), "Cell")
    if action.get("summary"):
        said += paragraph(run(action["summary"]), "CellSmall")
    return said + paragraph(run(action["key"], "Key") + _source(action, relation), "CellSmall")


def _source(action: Record, relation: Relation) -> str:
    """Only addresses of the web become links; anything else is not printed at all."""
    address = action.get("source_url") or ""
    try:
        place = urlsplit(address)
    except ValueError:
        return ""
    if place.scheme not in {"http", "https"} or not place.hostname:
        return ""
    return run("   Source: ") + link_to(relation(address), run(place.hostname, "Hyperlink"))


def _heads(names: Sequence[str]) -> list[Cell]:
    return [Cell(paragraph(run(name), "CellHead")) for name in names]


def _level(text: PlanText, at: int) -> str:
    return str(text.plan["levels"][at])


def _anchor(approach: ApproachText) -> str:
    return f"approach-{approach.number}"
