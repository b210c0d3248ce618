"""What the component page shows of taking files in: questions, the grid of rows, and the marks in it."""

from __future__ import annotations

from concord.web.samples.document import States, Values, text

MARKS = ("new", "changed", "same", "conflict", "error", "question", "warning", "mended")


def questions() -> list[Values]:
    """The sample problems as questions that can be answered."""
    return [_question(order, problem) for order, problem in enumerate(text("problems"))]


def _question(order: int, problem: Values) -> Values:
    options = problem.get("options", [])
    choices = [
        {"value": option["value"], "text": option["label"], "key": key}
        for key, option in enumerate(options, 1)
    ]
    return {
        **{name: problem.get(name, "") for name in ("id", "severity", "place", "about", "value", "message")},
        "reading": problem.get("reading", ""),
        "remedy": problem["remedy"],
        "order": order,
        "alike": "12 cells say this" if order else "",
        "action": "#" if choices else "",
        "choices": choices,
        "writes": len(choices) + 1,
        "names": len(choices) + 2 if order else 0,
        "may_add": bool(order),
        "mend": "#",
        "mend_words": "Open this row and mend it",
    }


def _grid() -> Values:
    columns = [
        {"key": "c0", "label": "Project title", "about": "read as title"},
        {"key": "c1", "label": "Donor", "about": "read as donors"},
        {"key": "c2", "label": "End", "about": ""},
    ]
    return {
        "id": "sample-grid",
        "caption": "Rows of sheet Actions, in its own columns",
        "columns": columns,
        "width": 5,
        "rows": [
            _row(
                14,
                "error",
                "can’t be stored",
                [("Weapons registers", "", ""), ("Sweden", "", "")],
                "31.02.2019",
            ),
            _row(15, "changed", "will change", [("Forensics", "changed", "before: Forensic work")], "2019"),
        ],
    }


def _row(number: int, state: str, words: str, first: list[tuple[str, str, str]], end: str) -> Values:
    cells = [
        {"column": f"c{index}", "text": said, "state": mark, "note": note}
        for index, (said, mark, note) in enumerate([*first, ("", "", "")][:2])
    ]
    wrong = state == "error"
    cells.append({"column": "c2", "text": end, "state": "error" if wrong else "", "note": ""})
    field = {
        "name": "cell-2",
        "index": 2,
        "label": "End",
        "about": "",
        "seen": end,
        "written": "",
        "problems": ["There is no 31 February. Write the month alone."],
        "long": False,
    }
    opened = {
        "sheet_order": 0,
        "number": number,
        "title": first[0][0],
        "fields": [field],
        "remarks": [],
        "record": "",
        "may_mend": True,
    }
    return {
        "id": f"sample-row-{number}",
        "number": number,
        "state": state,
        "words": words,
        "opens": "#",
        "record": "",
        "cells": cells,
        "open": opened if wrong else None,
    }


def _names() -> Values:
    lines: list[Values] = [
        {
            "order": order,
            "value": name,
            "cells": cells,
            "choices": [{"value": "organisation:SAMPLE", "text": f"It is {meant}"}] if meant else [],
            "alone": "#",
        }
        for order, (name, cells, meant) in enumerate(
            [("Organistion A", "12 cells", "Organisation A"), ("Various partners", "3 cells", "")]
        )
    ]
    return {
        "title": "4 names are not in the register",
        "lines": lines,
        "folded": [line | {"order": order} for order, line in enumerate(lines, start=2)],
        "folded_words": "2 more names",
        "more": "",
        "answer": "#",
        "keep_all": "#",
        "version": 1,
    }


def states() -> States:
    """The states of the components of taking files in."""
    grid = {"grid": _grid(), "mends": "#", "settles": "#", "show": ""}
    return {
        "cell_mark": [(state, {"state": state}) for state in MARKS],
        "question": [
            (question["severity"], {"question": {**question, "id": f"sample-{question['id']}"}, "show": ""})
            for question in questions()
        ],
        "import_grid": [("one row open", grid)],
        "names_block": [("some folded", {"block": _names(), "show": ""})],
        "names_table": [("two names", {"lines": _names()["lines"], "answer": "#", "caption": "Two names"})],
    }
