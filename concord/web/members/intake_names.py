"""Names of a file that the register does not know: one compact block in place of a card for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.accounts.queries import nearest_names
from concord.intake.queries import names_asked, problem_counts
from concord.web.members.intake_words import shortened

if TYPE_CHECKING:
    from concord.accounts.models import Organisation
    from concord.intake.models import Input, InputProblem

FEWEST_NAMES = 4  # up to three stand as questions of their own, with every answer at hand
NAMES_OPEN, NAMES_SHOWN = 20, 200
NEAR_SHOWN = 2


@dataclass(frozen=True, slots=True)
class NameChoice:
    """One body that a name may mean, on a button: what is sent and what it says."""

    value: str
    text: str


@dataclass(frozen=True, slots=True)
class NameLine:
    """One name as written: in how many cells, what it may mean, and where it is answered alone."""

    order: int
    value: str
    cells: str
    choices: list[NameChoice]
    alone: str


@dataclass(frozen=True, slots=True)
class NamesBlock:
    """All names that are asked about, as components/names_block.html takes them.

    answer, keep_all: the addresses of the forms, "" for who only looks on. version: of the input as read.
    """

    title: str
    lines: list[NameLine]
    folded: list[NameLine]
    folded_words: str
    more: str
    answer: str
    keep_all: str
    version: int


def names_apart(received: Input) -> list[InputProblem]:
    """The names that are asked about in one block; none where they are few."""
    if problem_counts(received).question < FEWEST_NAMES:
        return []
    names = list(names_asked(received).only("order", "value", "alike", "row"))
    return names if len(names) >= FEWEST_NAMES else []


def names_block(received: Input, names: Sequence[InputProblem], *, may_settle: bool) -> NamesBlock | None:
    """The block of these names, None without any; the first ones are shown, those in most cells first."""
    if not names:
        return None
    shown = names[:NAMES_SHOWN]
    near = nearest_names([name.value for name in shown], limit=NEAR_SHOWN) if may_settle else {}
    lines = [_line(name, near.get(name.value, [])) for name in shown]
    folded, count = lines[NAMES_OPEN:], len(names)
    return NamesBlock(
        title=ngettext(
            "%(count)d name is not in the register", "%(count)d names are not in the register", count
        )
        % {"count": count},
        lines=lines[:NAMES_OPEN],
        folded=folded,
        folded_words=ngettext("%(count)d more name", "%(count)d more names", len(folded))
        % {"count": len(folded)},
        more=_("%(count)d more will be shown once some of these are answered.")
        % {"count": count - len(shown)}
        if count > len(shown)
        else "",
        answer=reverse("members:import-answer", args=[received.key]) if may_settle else "",
        keep_all=reverse("members:import-keep-names", args=[received.key]) if may_settle else "",
        version=received.version,
    )


def _line(name: InputProblem, near: list[tuple[Organisation, str]]) -> NameLine:
    return NameLine(
        order=name.order,
        value=name.value,
        cells=_("row %(number)d") % {"number": name.row}
        if name.alike == 1 and name.row is not None
        else ngettext("%(count)d cell", "%(count)d cells", name.alike) % {"count": name.alike},
        choices=[
            NameChoice(f"organisation:{body.key}", _("It is %(name)s") % {"name": shortened(str(body), 60)})
            for body, _why in near
        ],
        alone=f"?show=answer&name={name.order}#waits",
    )
