"""The plan page and the action page, and the states of the components they are made of."""

from concord.kernel.codelists import KOSOVO_FOOTNOTE, name_of_action_type, name_of_topic
from concord.web.samples.document import AXIS, NAMING, States, Values, action, sample_document, text
from concord.web.timebar import in_words, period_in_words


def plan_page() -> Values:
    """The plan: structure, figures, filters."""
    document = sample_document()
    structure = _structure(document, {"WB-211": "new", "WB-264": "changed", "WB-292": "new"})
    return {
        **_frame(),
        "plan": document["plan"],
        "lines": text("version_lines"),
        "figures": text("plan_figures"),
        "structure": structure,
        "contents": _contents(structure),
        "filters": _filters(),
        "downloads": text("downloads"),
    }


def action_page() -> Values:
    """One action: its facts with their sources, what it answers and works with, its history."""
    one = action("WB-271")
    return {
        **_frame(),
        "action": one,
        "trail": [
            {"text": "Plans", "href": "#"},
            {"text": "WBCSCi 2018–2020", "href": "#"},
            {"text": "Action against trafficking in firearms", "href": "#"},
            {"text": "SIRAS"},
        ],
        "facts": _facts(one),
        "funding": text("funding"),
        "related": text("related"),
        "history": text("history"),
        "downloads": text("downloads")[2:],
        "citation": text("citation"),
    }


def states() -> States:
    """The states of the components of the two public pages."""
    return _head_states() | _row_states() | _fact_states()


def _frame() -> Values:
    return {
        "framework_name": sample_document()["framework"]["name"],
        "kosovo_footnote": KOSOVO_FOOTNOTE,
        "naming": NAMING,
        "axis": AXIS,
        "nav_items": text("navigation"),
    }


def _structure(document: Values, changes: dict[str, str]) -> list[Values]:
    def with_rows(measure: Values) -> Values:
        return {**measure, "rows": _rows(measure["code"], changes)}

    def with_measures(objective: Values) -> Values:
        return {**objective, "measures": [with_rows(measure) for measure in objective["measures"]]}

    return [
        {**approach, "objectives": [with_measures(objective) for objective in approach["objectives"]]}
        for approach in document["structure"]
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


def _filters(prefix: str = "") -> Values:
    places = {
        "name": "for",
        "label": "For whom",
        "kind": "choices",
        "options": [{"value": line["code"].lower(), "text": line["name"]} for line in NAMING],
    }
    filters = text("filters")
    fields = [{**field, "name": prefix + field["name"]} for field in [*filters["fields"], places]]
    return {**filters, "fields": fields}


def _facts(one: Values) -> list[Values]:
    source = {
        "source": "the project’s page at selec.org",
        "source_href": one["source_url"],
        "stated_on": "23 Nov 2026",
    }
    places = [line["name"] for line in NAMING if line["code"] in one["beneficiaries"]]
    kinds = [name_of_action_type(code) for code in one["action_types"]]
    return [
        {"label": "For whom", "many": places, **source},
        {"label": "Who pays", "many": one["donors"], **source},
        {"label": "Who does", "many": one["implementers"], **source},
        {"label": "When", "value": period_in_words(one["start"], one["end"]), **source},
        {"label": "How it stands", "value": one["status"], "note": "as the page says", **source},
        {"label": "What kind of work", "value": ", ".join(kinds), "note": "our reading"},
        {"label": "Topics", "value": ", ".join(map(name_of_topic, one["topics"])), "note": "our reading"},
        {"label": "Contract number", "value": ""},
        {
            "label": "Reported by",
            "value": one["reporting_organisation"],
            "note": "entered on its behalf by the secretariat, not yet confirmed",
        },
        {"label": "Last confirmed", "value": ""},
    ]


def _head_states() -> States:
    head = {
        "kicker": "Western Balkan Counter Serious Crime initiative",
        "title": "WBCSCi integrative plan of action",
        "period": "2018–2020",
        "lede": "A living document: it is adjusted when partners decide so.",
        "lines": text("version_lines"),
        "marking": "TLP:CLEAR",
    }
    chosen = {"summary": "Albania, any type, 2018–2020", "open": True, "clear": "#"}
    return {
        "page_head": [("a plan", head)],
        "figures": [
            (
                "with their source",
                {
                    "sentences": text("plan_figures"),
                    "source": "Counted from draft 3 on 23 November 2026.",
                },
            )
        ],
        "contents": [
            ("two levels", {"title": "Contents of the sample", "entries": plan_page()["contents"][:2]})
        ],
        "filter_line": [
            ("folded", {**_filters(), "fields": []}),
            ("open, one filter set", _filters("sample-") | chosen),
        ],
    }


def _row_states() -> States:
    frame = {"naming": NAMING, "axis": AXIS, "href": "#"}
    rows = _rows("P1.3", {"WB-211": "new"})
    unkeyed = [
        {**row, "action": {**row["action"], "key": f"sample-{row['action']['key']}"}} for row in rows
    ]  # the same action stands on the page once more, and an id only once
    return {
        "action_row": [
            ("known", {**frame, "action": action("WB-271")}),
            ("new, facts missing", {**frame, "action": action("WB-264"), "change": "new"}),
            ("members see the finding", {**frame, "action": action("WB-313"), "tag": "coordinate"}),
        ],
        "action_list": [
            ("a measure", {**frame, "actions": unkeyed, "label": "Actions of a measure"}),
            ("empty", {**frame, "actions": []}),
        ],
    }


def _fact_states() -> States:
    page = {
        "label": "Period",
        "source": "seesac.org",
        "href": "https://www.seesac.org/",
        "stated_on": "23 Nov 2026",
    }
    row = {
        "label": "Title",
        "source": "western-balkans-actions.csv",
        "row": 271,
        "stated_on": in_words("2026-11-23"),
    }
    return {
        "facts": [("known, not reported, with sources", {"facts": _facts(action("WB-271"))})],
        "provenance": [("a page", page), ("a row", row)],
        "history": [("latest first", {"events": text("history")})],
        "downloads": [("", {"items": text("downloads")})],
        "cite": [("an action", text("citation"))],
    }
