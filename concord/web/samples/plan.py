"""The plan page and the action page, and the states of the components they are made of."""

from concord.kernel.codelists import KOSOVO_FOOTNOTE, name_of_action_type, name_of_topic
from concord.web.samples.document import AXIS, NAMING, Values, action, sample_document
from concord.web.timebar import in_words, period_in_words


def plan_page() -> Values:
    """The plan: structure, figures, filters."""
    document = sample_document()
    changes = {"WB-211": "new", "WB-264": "changed", "WB-292": "new"}
    measures = {code: _rows(code, changes) for code in _measure_codes(document)}
    structure = [
        {
            **approach,
            "objectives": [
                {
                    **objective,
                    "measures": [{**one, "rows": measures[one["code"]]} for one in objective["measures"]],
                }
                for objective in approach["objectives"]
            ],
        }
        for approach in document["structure"]
    ]
    return {
        "plan": document["plan"],
        "framework_name": document["framework"]["name"],
        "kosovo_footnote": KOSOVO_FOOTNOTE,
        "structure": structure,
        "contents": _contents(structure),
        "naming": NAMING,
        "axis": AXIS,
        "filters": FILTERS,
        "lines": [
            {
                "text": "Version 1, endorsed as a rehearsal on 23 November 2026: no Board took this decision on this text.",
                "link": "All versions",
                "href": "#versions",
            }
        ],
        "figures": [
            "13 actions by 9 organisations, for six beneficiaries; 6 of them state an amount, 2 run on after 2020.",
            "Since the version before: 2 actions new, 1 changed.",
        ],
        "downloads": DOWNLOADS,
        "nav_items": NAV_PUBLIC,
    }


def action_page() -> Values:
    """One action: its facts with their sources, what it answers and works with, its history."""
    one = action("WB-271")
    return {
        "action": one,
        "framework_name": sample_document()["framework"]["name"],
        "kosovo_footnote": KOSOVO_FOOTNOTE,
        "naming": NAMING,
        "axis": AXIS,
        "nav_items": NAV_PUBLIC,
        "trail": [
            {"text": "Plans", "href": "#"},
            {"text": "WBCSCi 2018–2020", "href": "#"},
            {"text": "Action against trafficking in firearms", "href": "#"},
            {"text": "SIRAS"},
        ],
        "facts": _facts(one),
        "funding": FUNDING,
        "related": RELATED,
        "history": HISTORY,
        "downloads": DOWNLOADS[2:],
        "citation": CITATION,
    }


def _facts(one: Values) -> list[Values]:
    source = {
        "source": "the project’s page at selec.org",
        "source_href": one["source_url"],
        "stated_on": "23 Nov 2026",
    }
    places = [line["name"] for line in NAMING if line["code"] in one["beneficiaries"]]
    return [
        {"label": "For whom", "many": places, **source},
        {"label": "Who pays", "many": one["donors"], **source},
        {"label": "Who does", "many": one["implementers"], **source},
        {"label": "When", "value": period_in_words(one["start"], one["end"]), **source},
        {"label": "How it stands", "value": one["status"], "note": "as the page says", **source},
        {
            "label": "What kind of work",
            "many": [name_of_action_type(code) for code in one["action_types"]],
            "note": "our reading",
        },
        {"label": "Topics", "many": [name_of_topic(code) for code in one["topics"]], "note": "our reading"},
        {"label": "Contract number", "value": ""},
        {
            "label": "Reported by",
            "value": one["reporting_organisation"],
            "note": "entered on its behalf by the secretariat, not yet confirmed",
        },
        {"label": "Last confirmed", "value": ""},
    ]


def _measure_codes(document: Values) -> list[str]:
    return [
        measure["code"]
        for approach in document["structure"]
        for objective in approach["objectives"]
        for measure in objective["measures"]
    ]


def _rows(measure: str, changes: dict[str, str]) -> list[Values]:
    return [
        {"action": one, "href": f"#action-{one['key']}", "change": changes.get(one["own_id"], "")}
        for one in sample_document()["actions"]
        if one["measure"] == measure
    ]


def _contents(structure: list[Values]) -> list[Values]:
    return [
        {
            "text": approach["name"],
            "href": f"#{approach['code']}",
            "children": [
                {"text": measure["name"], "href": f"#{measure['code']}", "count": len(measure["rows"])}
                for objective in approach["objectives"]
                for measure in objective["measures"]
            ],
        }
        for approach in structure
    ]


FILTERS: Values = {
    "summary": "All beneficiaries, any type, 2018–2020",
    "action": "",
    "result": "13 actions",
    "fields": [
        {"name": "q", "label": "Words in the title or summary", "kind": "search"},
        {
            "name": "donor",
            "label": "Who pays",
            "kind": "select",
            "options": [{"value": "", "text": "Anybody"}, {"value": "eu", "text": "European Union"}],
        },
        {
            "name": "type",
            "label": "Type of work",
            "kind": "select",
            "options": [{"value": "", "text": "Any type"}, {"value": "training", "text": "Training"}],
        },
        {
            "name": "for",
            "label": "For whom",
            "kind": "choices",
            "options": [{"value": line["code"].lower(), "text": line["name"]} for line in NAMING],
        },
    ],
}
DOWNLOADS: list[Values] = [
    {"text": "The plan as a Word document", "href": "#", "format": "DOCX"},
    {"text": "All actions as a workbook", "href": "#", "format": "XLSX"},
    {
        "text": "The published text for machines",
        "href": "#",
        "format": "JSON",
        "note": "These are the bytes that the hash below is of.",
    },
]
FUNDING: Values = {
    "columns": [
        {"key": "donor", "label": "Donor"},
        {"key": "amount", "label": "Amount", "number": True},
        {"key": "status", "label": "Status"},
        {"key": "instrument", "label": "Instrument"},
    ],
    "rows": [
        {
            "cells": [
                {"column": "donor", "text": "European Union"},
                {"column": "amount", "text": "EUR 562,072", "number": True},
                {"column": "status", "text": "secured", "note": "inferred from “completed”"},
                {"column": "instrument", "text": "Internal Security Fund Police 2014–2020"},
            ]
        }
    ],
}
RELATED: list[Values] = [
    {
        "label": "Answers these needs",
        "many": [
            {
                "text": "Authorities need greater strategic and operational capacity for firearms investigations, with focal points able to analyse and to share information in the region and with the EU.",
                "href": "#",
                "note": "directly",
            }
        ],
    },
    {"label": "Continues", "value": "", "note": "an earlier action"},
    {
        "label": "Works with",
        "many": [
            {"text": "Criminal Justice Response Against Arms Trafficking", "href": "#", "note": "joined"}
        ],
    },
    {
        "label": "Also stands in",
        "many": [{"text": "WBCSCi integrative plan of action 2021–2023", "href": "#", "note": "draft"}],
    },
]
HISTORY: list[Values] = [
    {"when": "23 November 2026", "text": "Published in version 1", "href": "#"},
    {
        "when": "23 November 2026",
        "text": "Period changed from “Dec 2016 to Jan 2020”",
        "by": "both statements are kept",
    },
    {"when": "23 November 2026", "text": "Read from western-balkans-actions.csv, row 271", "href": "#"},
]
CITATION: Values = {
    "text": "“SIRAS - Strengthening the fight against firearms trafficking in Southeastern Europe”, in: WBCSCi integrative plan of action 2018–2020, version 1.",
    "href": "https://concord.example/plans/wbcsci-2018-2020/v1/actions/YMZ807WR/",
}
NAV_PUBLIC: list[Values] = [
    {"text": "Plans", "href": "#", "current": True},
    {"text": "Beneficiaries", "href": "#"},
    {"text": "Organisations", "href": "#"},
]


def states() -> dict[str, list[tuple[str, Values]]]:
    """The states of the components of the two public pages."""
    rows = _rows("P1.3", {"WB-211": "new"})
    structure = plan_page()["structure"]
    return {
        "page_head": [
            (
                "a plan",
                {
                    "kicker": "Western Balkan Counter Serious Crime initiative",
                    "title": "WBCSCi integrative plan of action",
                    "period": "2018–2020",
                    "lede": "A living document: it is adjusted when partners decide so.",
                    "lines": [{"text": "Version 1", "href": "#"}],
                    "marking": "TLP:CLEAR",
                },
            )
        ],
        "figures": [
            (
                "with their source",
                {
                    "sentences": [
                        "3 of 44 needs have no secured money.",
                        "133 actions, 41 of them with a reported amount.",
                    ],
                    "source": "Counted from draft 3 on 23 November 2026.",
                },
            )
        ],
        "contents": [
            ("two levels", {"title": "Contents of the sample", "entries": _contents(structure)[:2]})
        ],
        "filter_line": [
            ("folded", {**FILTERS, "fields": []}),
            (
                "open, one filter set",
                {**_renamed(FILTERS), "summary": "Albania, any type, 2018–2020", "open": True, "clear": "#"},
            ),
        ],
        "action_row": [
            ("known", {"action": action("WB-271"), "href": "#", "naming": NAMING, "axis": AXIS}),
            (
                "new, facts missing",
                {"action": action("WB-264"), "href": "#", "naming": NAMING, "axis": AXIS, "change": "new"},
            ),
            (
                "members see the finding",
                {
                    "action": action("WB-313"),
                    "href": "#",
                    "naming": NAMING,
                    "axis": AXIS,
                    "tag": "coordinate",
                },
            ),
        ],
        "action_list": [
            (
                "a measure",
                {"actions": _unkeyed(rows), "naming": NAMING, "axis": AXIS, "label": "Actions of a measure"},
            ),
            ("empty", {"actions": [], "naming": NAMING, "axis": AXIS}),
        ],
        "facts": [("known, not reported, with sources", {"facts": _facts(action("WB-271"))})],
        "provenance": [
            (
                "a page",
                {
                    "label": "Period",
                    "source": "seesac.org",
                    "href": "https://www.seesac.org/",
                    "stated_on": "23 Nov 2026",
                },
            ),
            (
                "a row",
                {
                    "label": "Title",
                    "source": "western-balkans-actions.csv",
                    "row": 271,
                    "stated_on": in_words("2026-11-23"),
                },
            ),
        ],
        "history": [("latest first", {"events": HISTORY})],
        "downloads": [("", {"items": DOWNLOADS})],
        "cite": [
            (
                "a version",
                {
                    "text": "WBCSCi integrative plan of action 2018–2020, version 1. Concord demonstration, rehearsal of 23 November 2026.",
                    "href": "https://concord.example/plans/wbcsci-2018-2020/v1/",
                },
            )
        ],
    }


def _renamed(filters: Values) -> Values:
    return {
        **filters,
        "fields": [{**field, "name": f"sample-{field['name']}"} for field in filters["fields"]],
    }


def _unkeyed(rows: list[Values]) -> list[Values]:
    return [{**row, "action": {**row["action"], "key": f"sample-{row['action']['key']}"}} for row in rows]
