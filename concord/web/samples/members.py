"""Four members' pages, and the states of the components they are made of."""

from concord.kernel.codelists import KOSOVO_FOOTNOTE
from concord.web.matrix import matrix_groups
from concord.web.samples import intake
from concord.web.samples.document import NAMING, States, Values, action, sample_document, text
from concord.web.timebar import period_in_words

FIRST_YEAR = 2018
CELL_WORDS = (
    "met",
    "under way, money secured",
    "under way, money not reported",
    "planned only",
    "partly",
    "none reported",
    "need not stated for that year",
)


def needs_page() -> Values:
    """The matrix with the three sentences that matter above it."""
    return {
        **_frame("Needs and support"),
        "naming": NAMING,
        "groups": _groups(),
        "sentences": text("needs_sentences"),
        "filters": text("needs_filters"),
    }


def desk_page() -> Values:
    """One list: what waits, why, until when, one button each."""
    return {**_frame("My desk"), "tasks": text("tasks")}


def import_page() -> Values:
    """A file as a careful colleague has read it."""
    return {
        **_frame("Import"),
        "counts": text("counts"),
        "problems": intake.questions(),
        "table": _preview(),
    }


def coordinate_page() -> Values:
    """The queue at the left, two actions side by side at the right, the answers below."""
    return {
        **_frame("To be coordinated"),
        "queue": text("queue"),
        "comparison": _compared(),
        "answers": text("answers"),
    }


def states() -> States:
    """The states of the members' components."""
    return _matrix_states() | _table_states() | _case_states() | _import_states()


def _frame(current: str) -> Values:
    return {
        "framework_name": sample_document()["framework"]["name"],
        "nav_items": [{**item, "current": item["text"] == current} for item in text("members_navigation")],
        "kosovo_footnote": KOSOVO_FOOTNOTE,
    }


def _groups(prefix: str = "") -> list[Values]:
    document, cells = sample_document(), text("cells")
    needs = [{**need, "key": prefix + need["key"]} for need in document["needs"] if need["own_id"] in cells]
    matrix = [
        {"need": need["key"], "beneficiary": code, "year": str(FIRST_YEAR + offset), "cell": word}
        for need in needs
        for code, words in cells[need["own_id"]].items()
        for offset, word in enumerate(words)
    ]
    return matrix_groups(
        {**document, "beneficiaries": NAMING, "needs": needs, "matrix": matrix},
        need_address=lambda key: f"#need-{key}",
        cell_address=lambda key, _code, _year: f"#need-{key}",
    )


def _preview() -> Values:
    """The file's own rows, one of them open."""
    states = [("WB-126", "new"), ("WB-271", "changed"), ("WB-292", "new"), ("WB-264", "the same")]
    rows = [_preview_row(number, own_id, state) for number, (own_id, state) in enumerate(states, start=2)]
    caption = "Rows of the sheet Actions, in the file’s order"
    return {"id": "rows", "caption": caption, "columns": text("preview_columns"), "rows": rows}


def _preview_row(number: int, own_id: str, state: str) -> Values:
    one, changed = action(own_id), state == "changed"
    line = one["funding"][0] if one["funding"] else None
    amount = f"{line['currency']} {int(float(line['amount'])):,}" if line else ""
    return {
        "key": str(number),
        "opens": f"#rows-{number}",
        "open": changed,
        "detail": text("preview_detail"),
        "cells": [
            {"column": "row", "text": f"{number}. {one['title']}"},
            {"column": "state", "text": state},
            {"column": "donors", "text": ", ".join(one["donors"][:1]), "unknown": not one["donors"]},
            {"column": "start", "text": one["start"], "unknown": not one["start"]},
            {"column": "end", "text": one["end"], "unknown": not one["end"], "changed": changed},
            {"column": "amount", "text": amount, "unknown": not amount, "number": True},
        ],
    }


def _compared() -> Values:
    left, right = action("WB-045"), action("WB-071")
    places = ", ".join(line["name"] for line in NAMING)
    when = {
        "text": period_in_words(left["start"], left["end"]),
        "note": f"the second says {period_in_words(right['start'], right['end'])}",
    }
    said = [{"pieces": pieces} for pieces in text("what_they_say")]
    return {
        "caption": "The two actions, fact by fact",
        "columns": [
            {"title": one["title"], "href": "#", "told_by": f"as {one['reporting_organisation']} reports it"}
            for one in (left, right)
        ],
        "facts": [
            _differing("Who pays", left["donors"], right["donors"], "donors"),
            {
                **_differing("Who does", left["implementers"], right["implementers"], "implementers"),
                "once": "only one reports it",
                "chosen": 2,
            },
            {"label": "For whom", "agrees": True, "values": [{"text": places}]},
            {"label": "When", "agrees": True, "values": [when]},
            {"label": "How much", "agrees": True, "values": [{"text": "EUR 17,915,000"}]},
            {"label": "What", "agrees": False, "field": "summary", "values": said},
        ],
    }


def _differing(label: str, left: list[str], right: list[str], field: str) -> Values:
    values = [{"text": ", ".join(left)}, {"text": ", ".join(right)}]
    return {"label": label, "agrees": False, "field": field, "values": values}


def _matrix_states() -> States:
    caption = "Needs and reported support, 2018–2020"
    every = [{"cell": word, "years": "", "href": "#"} for word in CELL_WORDS]
    differing = [
        {"cell": "none reported", "years": "2018–2019", "href": "#"},
        {"cell": "under way, money not reported", "years": "2020", "href": "#"},
    ]
    shown = {"id": "sample-matrix", "caption": caption, "naming": NAMING, "groups": _groups("sample-")}
    return {
        "matrix": [("two measures", shown)],
        "matrix_cell": [
            ("every word", {"name": "Albania", "stated": True, "runs": every}),
            ("years that differ", {"name": "Albania", "stated": True, "runs": differing}),
            ("not stated for this beneficiary", {"name": "Albania", "stated": False, "runs": []}),
        ],
        "matrix_legend": [("folded", {})],
    }


def _table_states() -> States:
    table = _preview()
    columns = table["columns"]
    by_title = [{**columns[0], "sort": "#", "sorted": "ascending"}, *columns[1:]]
    empty = {"columns": columns, "rows": [], "empty": "No row needs an answer."}
    return {
        "table": [
            ("rows, one open", {**table, "id": "sample-rows", "caption": "Rows of a file"}),
            (
                "sorted",
                {
                    "id": "sample-sorted",
                    "caption": "The first row, by title",
                    "columns": by_title,
                    "rows": table["rows"][:1],
                },
            ),
            ("empty", {"id": "sample-empty", "caption": "Rows that need an answer", **empty}),
        ],
        "column_choice": [("folded", {"table": "sample-rows", "columns": columns, "action": ""})],
    }


def _case_states() -> States:
    compared = _compared()
    form = {
        "action": "#",
        "name": "sample-answer",
        "question": "Are these two the same action?",
        "answers": text("answers"),
        "button": "Record this answer",
    }
    given = {
        "text": "Different, kept side by side for a reason",
        "by": "A. Officer",
        "when": "23 November 2026",
        "undo": "#",
    }
    return {
        "comparison": [
            ("two actions", compared),
            ("five actions", _many(compared)),
            ("choosing per fact", {**compared, "choose": True, "caption": "The same two, choosing"}),
        ],
        "notes": [("two notes, one of one's own", {"notes": _notes()})],
        "case_list": [("with keys", {"label": "Sample cases", "groups": text("queue"), "keys": True})],
        "answer_form": [("before an answer", form), ("answered", {"given": given})],
    }


def _many(compared: Values) -> Values:
    """The two sample actions again and again, numbered, as a case of five shows them."""
    columns = [compared["columns"][number % 2] | {"n": number + 1} for number in range(5)]
    facts = [
        fact
        | {"values": [fact["values"][number % len(fact["values"])] for number in range(5)], "agrees": False}
        for fact in compared["facts"]
    ]
    return {"caption": "Five sample actions side by side", "columns": columns, "facts": facts}


def _notes() -> list[Values]:
    when = "2 June 2018, 12:00 UTC"
    return [
        {"text": "Ask both after the meeting.", "by": "Sample officer", "when": when, "back": "#"},
        {"text": "Done, they agree.", "by": "Sample partner", "when": when, "back": ""},
    ]


def _import_states() -> States:
    return {
        "import_counts": [("five wait", text("counts"))],
        "task_list": [("four tasks", {"tasks": text("tasks")})],
    }
