"""What the first sheet of the workbook tells the person who fills it in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from concord.intake.marks import ACTIONS, LISTS, NEEDS

if TYPE_CHECKING:
    from datetime import date

    from concord.intake.workbook.contents import Contents

PROPERTY: Final = "Concord workbook"
"""The document property that carries the key of what was given out."""
RANGE_NAME: Final = "Concord_workbook"
"""The defined name that carries it too."""

_TAKEN_OVER: Final = (
    "Only what you change is taken over. If it was changed in Concord meanwhile as well, a person is asked "
    "which one is right. Nothing is overwritten in silence."
)
_MEANINGS: Final = {
    "TLP:CLEAR": "It may be passed on to anybody.",
    "TLP:GREEN": "It may be passed on among the members of the framework, not published.",
    "TLP:AMBER": "It may be passed on within your organisation and to who needs to know, not further.",
    "TLP:AMBER+STRICT": "It may be passed on within your organisation only.",
}
"""Source: FIRST, "Traffic Light Protocol", version 2.0, in our words."""


def say_day(day: date) -> str:
    """A day as people write it: 3 June 2019."""
    return f"{day.day} {day:%B %Y}"


def instructions(contents: Contents) -> Iterator[tuple[str, str]]:
    """The lines of the sheet, each with the label before it ("" without one); the title first."""
    count = len(contents.actions)
    yield "", f"Actions that {contents.organisation} reports: {contents.about}"
    yield "As it stood on", say_day(contents.given_on)
    yield (
        "In it",
        f"{count} {'action' if count == 1 else 'actions'}, {len(contents.needs)} needs to choose from",
    )
    if contents.answer_by:
        yield "Please answer by", say_day(contents.answer_by)
    yield "Send it back to", contents.write_to
    yield "", ""
    yield "What to do", f"1. Open the sheet “{ACTIONS}”. Each row is one action."
    yield "", "2. Change what is no longer right. Leave the rest as it is. The key stays as it is."
    yield "", "3. Write new actions into the empty rows below. Leave their key empty."
    if contents.needs:
        yield "", f"4. Choose in “Answers needs” which needs of the sheet “{NEEDS}” an action answers."
    yield "", "5. Save the file as an Excel workbook and send it back."
    yield "", ""
    yield "Good to know", _TAKEN_OVER
    yield (
        "",
        "An action that is no longer planned: delete its row. You will be asked before anything changes.",
    )
    yield "", "To delete or sort rows, choose Review, Unprotect sheet. There is no password."
    yield "", "Several values in one cell are separated by semicolons: Border security; Police cooperation."
    yield (
        "",
        "Dates are as precise as you know them: 2019, 2019-02 or 28.02.2019. An empty cell: not reported.",
    )
    yield "", f"What a column holds is told on its heading. The words to choose from stand on “{LISTS}”."
    yield "", ""
    yield "Who may see it", f"{contents.marking}. {_MEANINGS.get(contents.marking, '')}".strip()
    for note in contents.notes:
        yield "", note
