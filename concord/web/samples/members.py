"""Four members' pages, and the states of the components they are made of."""

from concord.kernel.codelists import KOSOVO_FOOTNOTE
from concord.kernel.dates import ImpreciseDate
from concord.web.matrix import matrix_groups
from concord.web.samples.document import NAMING, Values, action, sample_document
from concord.web.timebar import period_in_words

NAV_MEMBERS: list[Values] = [
    {"text": "My desk", "href": "#"},
    {"text": "Plans", "href": "#"},
    {"text": "Needs and support", "href": "#"},
    {"text": "To be coordinated", "href": "#", "count": 14},
    {"text": "Import", "href": "#"},
]


def _frame(current: str) -> Values:
    return {
        "framework_name": sample_document()["framework"]["name"],
        "nav_items": [{**item, "current": item["text"] == current} for item in NAV_MEMBERS],
        "kosovo_footnote": KOSOVO_FOOTNOTE,
    }


# ---- Needs and support

NONE, PLANNED, PARTLY = "none reported", "planned only", "partly"
SECURED, UNREPORTED, MET = "under way, money secured", "under way, money not reported", "met"
NOT_STATED = "need not stated for that year"
CELLS: dict[str, dict[str, list[str]]] = {
    "N-001": {
        "AL": [UNREPORTED, UNREPORTED, SECURED],
        "BA": [SECURED, SECURED, SECURED],
        "XK": [NONE, UNREPORTED, NONE],
        "ME": [PARTLY, PARTLY, NONE],
        "MK": [NONE, NONE, NONE],
        "RS": [PLANNED, UNREPORTED, UNREPORTED],
    },
    "N-086": {"AL": [NOT_STATED, UNREPORTED, UNREPORTED]},
    "N-083": {
        "AL": [SECURED, SECURED, SECURED],
        "BA": [SECURED, SECURED, SECURED],
        "XK": [NONE, NONE, UNREPORTED],
        "ME": [NONE, NONE, NONE],
        "MK": [NONE, NONE, PLANNED],
        "RS": [MET, MET, MET],
    },
}


def needs_page() -> Values:
    """The matrix with the three sentences that matter above it."""
    return {
        **_frame("Needs and support"),
        "naming": NAMING,
        "groups": _groups(),
        "sentences": [
            "1 of 3 needs has a beneficiary for which no support is reported in any of the three years: Montenegro and North Macedonia.",
            "2 of 3 needs are answered with secured money somewhere; for Serbia one is met, as its coordinator says.",
            "1 need was first stated in 2019 and counts from then.",
        ],
        "filters": {
            "summary": "Every need, all beneficiaries, 2018–2020",
            "result": "3 needs",
            "fields": [
                {"name": "q", "label": "Words in the need", "kind": "search"},
                {
                    "name": "cell",
                    "label": "Support",
                    "kind": "select",
                    "options": [{"value": "", "text": "Any"}, {"value": "none", "text": "None reported"}],
                },
            ],
        },
    }


def _groups() -> list[Values]:
    document = sample_document()
    needs = [need for need in document["needs"] if need["own_id"] in CELLS]
    matrix = [
        {"need": need["key"], "beneficiary": code, "year": str(2018 + offset), "cell": word}
        for need in needs
        for code, words in CELLS[need["own_id"]].items()
        for offset, word in enumerate(words)
    ]
    return matrix_groups(
        {**document, "beneficiaries": NAMING, "needs": needs, "matrix": matrix},
        need_address=lambda key: f"#need-{key}",
        cell_address=lambda key, code, year: f"#need-{key}",
    )


# ---- My desk

TASKS: list[Values] = [
    {
        "text": "5 rows of western-balkans-actions.csv need an answer",
        "why": "The other 207 rows are read and wait for your click.",
        "until": "today",
        "href": "#",
        "button": "Settle the 5 rows",
    },
    {
        "text": "“EXPLODE+” and two others may be the same work",
        "why": "Three donors tell of ammunition disposal for the same ministry; UNDP is named in all of them.",
        "until": "4 December, in 11 days",
        "href": "#",
        "button": "Compare them",
    },
    {
        "text": "Confirm the publication of version 1",
        "why": "The second officer asked for it this morning; it takes two people.",
        "until": "20 November",
        "late": True,
        "href": "#",
        "button": "Read and confirm",
    },
    {
        "text": "11 actions weren’t confirmed for a year",
        "why": "Their reporting organisations get one list each.",
        "href": "#",
        "button": "Show the 11 actions",
    },
]


def desk_page() -> Values:
    """One list: what waits, why, until when, one button each."""
    return {**_frame("My desk"), "tasks": TASKS}


# ---- Import preview

COUNTS: Values = {
    "total": "212 rows",
    "href": "#",
    "items": [
        {"count": 5, "word": "need an answer", "href": "#", "current": True, "waits": True},
        {"count": 180, "word": "new", "href": "#"},
        {"count": 24, "word": "changed", "href": "#"},
        {"count": 3, "word": "the same", "href": "#"},
    ],
}
PROBLEMS: list[Values] = [
    {
        "id": "problem-1",
        "severity": "error",
        "place": "actions-2026.xlsx, sheet Actions, row 14, column Start",
        "about": "Support for weapons registers",
        "value": "31.02.2019",
        "message": "There is no 31 February.",
        "remedy": "Write the month alone, or mend the file and send it again. The other rows aren’t held up.",
        "name": "answer-1",
        "options": [
            {"value": "month", "label": "Store “02/2019”", "checked": True},
            {"value": "leave", "label": "Leave this row out", "consequence": "it stays on the list"},
        ],
    },
    {
        "id": "problem-2",
        "severity": "question",
        "place": "actions-2026.xlsx, sheet Actions, row 31, column Donors",
        "about": "Forensic laboratories and the handling of evidence",
        "value": "Min. of Interior",
        "reading": "kept as written, no organisation yet",
        "message": "Which ministry is meant?",
        "remedy": "Choose one; until then the name stands as written and is counted as not yet identified.",
        "name": "answer-2",
        "options": [
            {"value": "it", "label": "Ministry of the Interior (Italy)"},
            {"value": "at", "label": "Federal Ministry of the Interior (Austria)"},
            {"value": "keep", "label": "Keep as written", "checked": True},
        ],
    },
    {
        "id": "problem-3",
        "severity": "warning",
        "place": "actions-2026.xlsx, sheet Actions, row 58, column Beneficiaries",
        "about": "Regional seminar on evidence",
        "value": "ALB; Moldova",
        "reading": "Albania",
        "message": "This plan doesn’t serve Moldova.",
        "remedy": "The row is stored for Albania; the other name is kept with its source.",
    },
]
PREVIEW: Values = {
    "columns": [
        {"key": "row", "label": "Row and title"},
        {"key": "state", "label": "What happens"},
        {"key": "donors", "label": "Donors"},
        {"key": "start", "label": "Start"},
        {"key": "end", "label": "End"},
        {"key": "amount", "label": "Amount", "number": True},
    ],
    "rows": [],
}


def _preview_row(number: int, own_id: str, state: str, *, opened: bool = False) -> Values:
    one = action(own_id)
    amount = one["funding"][0] if one["funding"] else None
    return {
        "key": str(number),
        "opens": "#rows-3",
        "open": opened,
        "detail": "Was “Jan 2020” (concluding conference, selec.org), the file says “Dec 2019”. Both are kept; the file’s is shown.",
        "cells": [
            {"column": "row", "text": f"{number}. {one['title']}"},
            {"column": "state", "text": state},
            {"column": "donors", "text": ", ".join(one["donors"][:1]), "unknown": not one["donors"]},
            {"column": "start", "text": one["start"], "unknown": not one["start"]},
            {"column": "end", "text": one["end"], "unknown": not one["end"], "changed": state == "changed"},
            {
                "column": "amount",
                "text": f"{amount['currency']} {int(float(amount['amount'])):,}" if amount else "",
                "unknown": amount is None,
                "number": True,
            },
        ],
    }


def preview_table() -> Values:
    """The file's own rows, one of them open."""
    rows = [
        _preview_row(2, "WB-126", "new"),
        _preview_row(3, "WB-271", "changed", opened=True),
        _preview_row(4, "WB-292", "new"),
        _preview_row(5, "WB-264", "the same"),
        _preview_row(6, "WB-120", "new"),
    ]
    return {
        **PREVIEW,
        "id": "rows",
        "caption": "Rows of the sheet Actions, in the file’s order",
        "rows": rows,
    }


def import_page() -> Values:
    """A file as a careful colleague has read it."""
    return {**_frame("Import"), "counts": COUNTS, "problems": PROBLEMS, "table": preview_table()}


# ---- To be coordinated


def coordinate_page() -> Values:
    """The queue at the left, two actions side by side at the right, the answers below."""
    return {**_frame("To be coordinated"), "queue": QUEUE, "comparison": _compared(), "answers": ANSWERS}


QUEUE: list[Values] = [
    {
        "text": "Possible double entries",
        "cases": [
            {
                "key": "a",
                "href": "#",
                "current": True,
                "state": "double",
                "sentence": "Countering Serious Crime in the Western Balkans",
                "meta": "European Commission, CILC · EUR 17,915,000",
            },
            {
                "key": "b",
                "href": "#",
                "state": "double",
                "sentence": "SIRAS, firearms trafficking in Southeastern Europe",
                "meta": "Romanian Police, twice",
            },
        ],
    },
    {
        "text": "Can still be changed",
        "cases": [
            {
                "key": "c",
                "href": "#",
                "state": "coordinate",
                "sentence": "Do EXPLODE+ and the German contribution do the same work?",
                "meta": "BIH · runs 14 more months",
            },
            {
                "key": "d",
                "href": "#",
                "state": "synergy",
                "sentence": "Could the Montenegrin laboratory’s accreditation serve the region?",
                "meta": "MNE, six others",
            },
            {
                "key": "e",
                "href": "#",
                "state": "continuation",
                "sentence": "Does HALT go on from the criminal justice response?",
                "meta": "BIH",
                "answered": "Answered: kept, for a reason",
            },
        ],
    },
]
ANSWERS: list[Values] = [
    {
        "value": "merged",
        "label": "One and the same: merge them",
        "consequence": "One record stays, with the facts you choose above; the other’s key leads to it. Can be undone.",
    },
    {
        "value": "joined",
        "label": "Different, and they agreed to join",
        "consequence": "Both stay and name each other on their public pages.",
    },
    {
        "value": "phased",
        "label": "Different, and they agreed on an order",
        "consequence": "Both stay; the later one says what it follows.",
    },
    {
        "value": "kept",
        "label": "Different, kept side by side for a reason",
        "consequence": "Both stay. The reason is kept with the finding; it isn’t public.",
    },
    {
        "value": "dismissed",
        "label": "Not related",
        "consequence": "The finding goes and doesn’t come back with the next run.",
    },
]


def _compared() -> Values:
    left, right = action("WB-045"), action("WB-071")
    return {
        "caption": "The two actions, fact by fact",
        "columns": [
            {"title": one["title"], "href": "#", "told_by": f"as {one['reporting_organisation']} reports it"}
            for one in (left, right)
        ],
        "facts": [
            _fact("Who pays", left["donors"], right["donors"], "donors"),
            _fact("Who does", left["implementers"], right["implementers"], "implementers"),
            {
                "label": "For whom",
                "agrees": True,
                "values": [
                    {"text": "Albania, Bosnia and Herzegovina, Kosovo*, Montenegro, North Macedonia, Serbia"}
                ],
            },
            {
                "label": "When",
                "agrees": True,
                "values": [
                    {
                        "text": period_in_words(left["start"], left["end"]),
                        "note": f"the second says {ImpreciseDate(right['start'])} to {ImpreciseDate(right['end'])}",
                    }
                ],
            },
            {"label": "How much", "agrees": True, "values": [{"text": "EUR 17,915,000"}]},
            {
                "label": "What",
                "agrees": False,
                "field": "summary",
                "values": [
                    {
                        "pieces": [
                            {"text": "Project site of the "},
                            {"text": "second phase", "match": True},
                            {"text": ": operational help for law enforcement "},
                            {"text": "against organised crime and terrorism", "match": True},
                            {
                                "text": ", strategic cooperation with EU and regional bodies, and interoperability of information systems, for justice and interior ministries, prosecutors and police."
                            },
                        ]
                    },
                    {
                        "pieces": [
                            {
                                "text": "CILC leads the output on cross-border investigations, the Eurojust part of the cooperation output and the work on advance passenger information and passenger name records within the "
                            },
                            {"text": "second", "match": True},
                            {"text": " EU/BMZ action "},
                            {"text": "against organised crime and terrorism", "match": True},
                            {"text": "."},
                        ]
                    },
                ],
            },
        ],
    }


def _fact(label: str, left: list[str], right: list[str], field: str) -> Values:
    return {
        "label": label,
        "agrees": left == right,
        "field": field,
        "values": [{"text": ", ".join(left)}, {"text": ", ".join(right)}],
    }


def states() -> dict[str, list[tuple[str, Values]]]:
    """The states of the members' components."""
    groups, table = _groups(), preview_table()
    every_cell = [
        {"cell": word, "years": "", "href": "#"}
        for word in (MET, SECURED, UNREPORTED, PLANNED, PARTLY, NONE, NOT_STATED)
    ]
    return {
        "matrix": [
            (
                "two measures",
                {
                    "id": "sample-matrix",
                    "caption": "Needs and reported support, 2018–2020",
                    "naming": NAMING,
                    "groups": _renamed(groups),
                },
            )
        ],
        "matrix_cell": [
            ("every word", {"name": "Albania", "stated": True, "runs": every_cell}),
            (
                "years that differ",
                {
                    "name": "Albania",
                    "stated": True,
                    "runs": [
                        {"cell": NONE, "years": "2018–2019", "href": "#"},
                        {"cell": UNREPORTED, "years": "2020", "href": "#"},
                    ],
                },
            ),
            ("not stated for this beneficiary", {"name": "Albania", "stated": False, "runs": []}),
        ],
        "matrix_legend": [("folded", {})],
        "table": [
            ("rows, one open", {**table, "id": "sample-rows", "caption": "Rows of a file"}),
            (
                "sorted, scrolls by itself",
                {
                    **table,
                    "id": "sample-sorted",
                    "caption": "The same rows by title",
                    "rows": table["rows"][:1],
                    "columns": [
                        {**table["columns"][0], "sort": "#", "sorted": "ascending"},
                        *table["columns"][1:],
                    ],
                },
            ),
            (
                "empty",
                {
                    "id": "sample-empty",
                    "caption": "Rows that need an answer",
                    "columns": table["columns"],
                    "rows": [],
                    "empty": "No row needs an answer.",
                },
            ),
        ],
        "column_choice": [("folded", {"table": "sample-rows", "columns": table["columns"], "action": ""})],
        "comparison": [
            ("two actions", _compared()),
            ("choosing per fact", {**_compared(), "choose": True, "caption": "The same two, choosing"}),
        ],
        "case_list": [("with keys", {"label": "Sample cases", "groups": QUEUE, "keys": True})],
        "answer_form": [
            (
                "before an answer",
                {
                    "action": "#",
                    "name": "sample-answer",
                    "question": "Are these two the same action?",
                    "answers": ANSWERS,
                    "button": "Record this answer",
                },
            ),
            (
                "answered",
                {
                    "given": {
                        "text": "Different, kept side by side for a reason",
                        "by": "A. Officer",
                        "when": "23 November 2026",
                        "undo": "#",
                    }
                },
            ),
        ],
        "import_counts": [("five wait", COUNTS)],
        "problem": [
            (one["severity"], {**one, "id": f"sample-{one['id']}", "name": f"sample-{one.get('name', '')}"})
            for one in PROBLEMS
        ],
        "task_list": [("four tasks", {"tasks": TASKS})],
    }


def _renamed(groups: list[Values]) -> list[Values]:
    return [
        {
            **group,
            "rows": [
                {**row, "need": {**row["need"], "key": f"sample-{row['need']['key']}"}}
                for row in group["rows"]
            ],
        }
        for group in groups
    ]
