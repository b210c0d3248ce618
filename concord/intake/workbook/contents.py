"""What stands in a workbook that goes out, and the columns of its table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

Kind = Literal["text", "date", "amount", "one", "many"]


@dataclass(frozen=True, slots=True)
class GivenAction:
    """One action: its key, the ids that stay as they are, and the cells of its values by column."""

    key: str
    own_id: str
    iati_identifier: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GivenNeed:
    """One need that the receiver may see; `line` is how a cell of an action names it."""

    key: str
    own_id: str
    statement: str
    beneficiaries: str
    measure: str
    line: str


@dataclass(frozen=True, slots=True)
class Contents:
    """All that a workbook says.

    key: of what is given out. marking: its label, TLP:GREEN. write_to: whom to ask and send it back to.
    answer_by: until when, included. choices: the words of the drop-downs by column. notes: lines that
    have to stand in it, such as the footnote to a name.
    """

    key: str
    organisation: str
    about: str
    marking: str
    given_on: date
    write_to: str
    answer_by: date | None
    actions: Sequence[GivenAction]
    needs: Sequence[GivenNeed]
    choices: Mapping[str, Sequence[str]]
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its field, heading, width in characters, kind of cell and what people read about it.

    kept: cells of actions that exist are locked. printed: it stands on paper.
    """

    field: str
    heading: str
    width: int
    kind: Kind
    about: str
    kept: bool = False
    printed: bool = True


_MANY: Final = "Several are separated by semicolons."
_LINES: Final = "One per line of the cell, its parts separated by bars: "

COLUMNS: Final[tuple[Column, ...]] = (
    Column(
        "key",
        "Key",
        12,
        "text",
        "Concord's own key of the action. Leave it as it is; leave it empty for a new action.",
        kept=True,
    ),
    Column("title", "Title", 44, "text", "Your title of the action. The one cell that every row needs."),
    Column(
        "id",
        "Own id",
        14,
        "text",
        "Your own number of the action, if you have one. It stays as it is for actions that are here.",
        kept=True,
    ),
    Column("status", "Status", 13, "one", "planned, ongoing or completed."),
    Column(
        "start",
        "Start",
        13,
        "date",
        "As precise as you know it: 2019, 2019-02 or 28.02.2019. A day that nobody knows is not made up.",
    ),
    Column("end", "End", 13, "date", "As precise as you know it: 2020, 2020-12 or 31.12.2020."),
    Column("donors", "Donors", 30, "text", f"Who pays. {_MANY} A programme in brackets: Name (IPA 2019)."),
    Column("implementers", "Implementers", 30, "text", f"Who does the work. {_MANY}"),
    Column("beneficiaries", "Beneficiaries", 18, "many", f"Choose one, or write several. {_MANY}"),
    Column(
        "budget_amount",
        "Budget amount",
        16,
        "amount",
        "Digits only. Empty means: not reported. Several amounts stand in “Funding lines”.",
    ),
    Column("budget_currency", "Budget currency", 11, "one", "The code of the currency, for example EUR."),
    Column("topics", "Topics", 28, "many", f"Choose one, or write several. {_MANY}"),
    Column("action_types", "Action types", 24, "many", f"Choose one, or write several. {_MANY}"),
    Column(
        "answers_needs",
        "Answers needs",
        36,
        "many",
        f"Which needs of the sheet “Needs” the action answers. {_MANY} An officer confirms it.",
    ),
    Column("summary", "Summary", 50, "text", "What the action does, in one or two sentences."),
    Column(
        "funding",
        "Funding lines",
        44,
        "text",
        f"{_LINES}donor | amount | currency | status | instrument | contract number. Status: secured, "
        "pipeline, unfunded or not reported; (inferred) behind it: read from the action's status.",
        printed=False,
    ),
    Column("description", "Description", 50, "text", "Longer text, if there is any.", printed=False),
    Column("leads", "Leads", 26, "text", f"Who leads it. {_MANY}", printed=False),
    Column("partners", "Partners", 26, "text", f"Who else takes part. {_MANY}", printed=False),
    Column(
        "recipients",
        "Recipients",
        26,
        "text",
        f"The ministry, agency or unit that receives it. {_MANY}",
        printed=False,
    ),
    Column(
        "authorities",
        "Authorities",
        26,
        "text",
        f"An authority's own response, without a donor. {_MANY}",
        printed=False,
    ),
    Column(
        "events",
        "Events",
        36,
        "text",
        f"{_LINES}title | start | end | place | recipient | people. Members only.",
        printed=False,
    ),
    Column(
        "indicators",
        "Indicators",
        36,
        "text",
        f"{_LINES}name | unit | baseline | target.",
        printed=False,
    ),
    Column("pillars", "Pillars", 14, "many", f"Acronyms of the pillars. {_MANY}", printed=False),
    Column("source_url", "Web page", 34, "text", "A page about the action.", printed=False),
    Column(
        "iati_identifier",
        "IATI identifier",
        24,
        "text",
        "Its identifier in IATI, if it is published there.",
        kept=True,
        printed=False,
    ),
    Column("related_ids", "Related ids", 20, "text", f"Own ids of related actions. {_MANY}", printed=False),
    Column("notes", "Notes", 36, "text", "For people. Members only, never public.", printed=False),
)
"""The table of actions, in the order in which people ask."""
