"""The page of one input: its counts, what waits for an answer, the file's own rows, and its receipt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.accounts.queries import can
from concord.accounts.rules import Permission
from concord.accounts.scope import ANYWHERE
from concord.intake import rules
from concord.intake.queries import (
    ProblemCounts,
    counts_left,
    counts_of_input,
    later_inputs,
    may_be_copied,
    may_settle,
    names_asked,
    obstacles_to,
    problem_counts,
    problems_of,
    remarks_on_file,
    rows_before,
    rows_of,
    settled_in,
)
from concord.web.members.intake_grid import Grid, Looking, grids_of
from concord.web.members.intake_names import NamesBlock, names_apart, names_block
from concord.web.members.intake_questions import Given, Question, given_of, questions_of
from concord.web.members.intake_vanished import VanishedPart, vanished_part

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.intake.models import Input, InputProblem
    from concord.intake.preview import Counts

ROWS_A_PAGE = 50
QUESTIONS_A_PAGE = 20
OBSTACLES_TOLD = 5
QUESTIONS_FIRST = 5  # above the rows, while nothing is filtered: the rest is one link away

# What the address may show: each with the severities of the questions above its rows
SHOWN: Mapping[str, tuple[str, ...]] = {
    "": ("error", "question"),
    "new": (),
    "changed": (),
    "same": (),
    "conflict": (),
    "error": ("error",),
    "answer": ("error", "question"),
    "question": ("question",),
    "warning": ("warning",),
    "left": (),
}


@dataclass(frozen=True, slots=True)
class CountLink:
    """One part of the sentence on top: "24 changed", with the address that shows those rows."""

    count: int
    word: str
    href: str
    current: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: the part shown, the pages, the open row and the columns."""

    show: str = ""
    page: str = ""
    questions: str = ""
    row: str = ""
    columns: tuple[str, ...] = ()
    name: str = ""

    @property
    def looking(self) -> Looking:
        """The part that the grid needs."""
        page = f"page={self.page}&" if self.page else ""
        return Looking(self.row, self.columns, (f"show={self.show}&" if self.show else "") + page)

    @property
    def query(self) -> str:
        """The address without its page, for the links to other pages."""
        kept = "".join(f"column={name}&" for name in self.columns)
        return (f"show={self.show}&" if self.show else "") + kept

    @property
    def place(self) -> tuple[int, int] | None:
        """Sheet and number of the open row."""
        found = re.fullmatch(r"(\d{1,4})-(\d{1,7})", self.row)
        return (int(found[1]), int(found[2])) if found else None


def asked_in(query: Any) -> Asked:
    """What an address asks for; what is not known is left out."""
    show = query.get("show", "")
    return Asked(
        show=show if show in SHOWN else "",
        page=query.get("page", "") if query.get("page", "").isdigit() else "",
        questions=query.get("questions", "") if query.get("questions", "").isdigit() else "",
        row=query.get("row", "")[:20],
        name=query.get("name", "") if re.fullmatch(r"\d{1,7}", query.get("name", "")) else "",
        columns=tuple(name for name in query.getlist("column") if re.fullmatch(r"c\d{1,3}", name)),
    )


class CountedPaginator(Paginator[Any]):
    """Pages of rows whose number is known already."""

    def __init__(self, rows: Any, per_page: int, known: int) -> None:
        super().__init__(rows, per_page)
        self._known = known

    @cached_property
    def count(self) -> int:
        """The number that was kept with the input."""
        return self._known


@dataclass(frozen=True)
class InputPage:
    """What members/intake/input.html shows."""

    input: Input
    counts: Counts
    left: Counts
    problem_counts: ProblemCounts
    links: list[CountLink]
    show: str
    questions: list[Question]
    questions_title: str
    question_pages: Page[Any] | None
    more: str
    given: list[Given]
    grids: list[Grid]
    pages: Page[Any]
    asked: Asked
    sentence: str
    may_settle: bool
    obstacles: list[str]
    names: NamesBlock | None
    vanished: VanishedPart
    facts: list[dict[str, str]] = field(default_factory=list)

    @property
    def total(self) -> str:
        """How many rows: "212 rows"."""
        return say_rows(self.counts.rows)

    @property
    def is_receipt(self) -> bool:
        """Whether rows of it were applied."""
        return self.input.applied_at is not None

    @property
    def can_apply(self) -> bool:
        """Whether there is anything to apply."""
        return self.may_settle and self.left.stored > 0

    @property
    def can_withdraw(self) -> bool:
        """Whether it may still be taken back whole."""
        return (self.input.state, rules.WITHDRAW) in rules.MOVES

    @property
    def can_undo(self) -> bool:
        """Whether the person may take the whole import back, if nothing is built on it."""
        return self.may_settle and (self.input.state, rules.UNDO) in rules.MOVES

    @property
    def waits_for_answers(self) -> bool:
        """Whether rows that could be applied have open questions, so that they can be left for later."""
        return self.can_apply and self.problem_counts.question > 0

    @property
    def show_all(self) -> bool:
        """Whether nothing is filtered."""
        return not self.show

    @property
    def mend_href(self) -> str:
        """Where the mended file is handed in, with the same choices as this one."""
        return reverse("members:import-new") + f"?replaces={self.input.key}"

    @property
    def can_be_copied(self) -> bool:
        """Whether its doubtful cells can be downloaded marked."""
        return may_be_copied(self.input)

    @property
    def apply_words(self) -> str:
        """What the button says: "Apply 207 rows"."""
        return ngettext("Apply %(count)s row", "Apply %(count)s rows", self.left.stored) % {
            "count": f"{self.left.stored:,}"
        }

    @property
    def apply_note(self) -> str:
        """What happens to the rows with errors, and to the readings proposed."""
        left = self.left.skipped
        if left and not self.left.stored:
            return _("%(rows)s can’t be stored yet. Mend the cells here, or in your file.") % {
                "rows": say_rows(left)
            }
        if left:
            return _("%(rows)s can’t be stored yet and will stay here to be mended and applied later.") % {
                "rows": say_rows(left)
            }
        if self.left.conflict:
            return _("In conflict, what stands in the plan stays unless you choose the file’s value below.")
        if self.problem_counts.question:
            return _("Questions take the reading proposed and stay open; you can still answer them later.")
        return ""

    @property
    def hidden(self) -> list[dict[str, str]]:
        """The rest of the address, so that choosing columns keeps it."""
        said = (("show", self.asked.show), ("page", self.asked.page))
        return [{"name": name, "value": value} for name, value in said if value]

    @cached_property
    def remarks(self) -> list[str]:
        """What there is to know of the whole file or a sheet: what is hidden, how it came."""
        return [
            f"{remark.sheet}: {remark.message} {remark.remedy}"
            if remark.sheet
            else f"{remark.message} {remark.remedy}"
            for remark in remarks_on_file(self.input)
        ]

    @property
    def given_count(self) -> int:
        """How many answers and mended cells hold."""
        return sum(len(given.each) or 1 for given in self.given)

    @property
    def rows_title(self) -> str:
        """The heading over the rows."""
        return _("Every row") if not self.show else _("These rows")


def input_page(
    received: Input, *, person: Person, asked: Asked, facts: Iterable[dict[str, str]]
) -> InputPage:
    """One input as its address asks for it."""
    problems, settle = problem_counts(received), may_settle(received, person)
    rows = CountedPaginator(rows_of(received, asked.show), ROWS_A_PAGE, _how_many(received, asked.show))
    pages = rows.get_page(asked.page or _page_of(received, asked))
    severities = SHOWN[asked.show]
    names = names_apart(received)
    found, question_pages = _problems(received, severities, asked, names)
    with_names = "question" in severities and not (question_pages and question_pages.has_previous())
    answers, corrections = settled_in(received)
    waiting = sum(getattr(problems, name) for name in severities)
    return InputPage(
        input=received,
        counts=counts_of_input(received),
        left=counts_left(received),
        problem_counts=problems,
        links=_links(received, asked.show),
        show=asked.show,
        questions=questions_of(
            received,
            found,
            may_settle=settle,
            may_add=can(person, Permission.MANAGE_ORGANISATIONS, within=ANYWHERE),
        ),
        questions_title=_questions_title(severities, waiting),
        question_pages=question_pages,
        more=_("All %(count)d that need an answer") % {"count": waiting}
        if not asked.show and waiting > len(found) + len(names)
        else "",
        given=given_of(answers, corrections),
        grids=grids_of(received, list(pages.object_list), asked.looking, may_mend=settle),
        pages=pages,
        asked=asked,
        sentence=_sentence(pages, asked.show),
        may_settle=settle,
        obstacles=_obstacles(received) if settle and received.state == rules.APPLIED else [],
        names=names_block(received, names, may_settle=settle) if with_names else None,
        vanished=vanished_part(received, person=person),
        facts=list(facts),
    )


def _obstacles(received: Input) -> list[str]:
    """What was built on the import, in sentences: the first few."""
    later = [
        _("A later file says something about the same records: receipt %(key)s.") % {"key": each.key}
        for each in later_inputs(received)[:1]
    ]
    built = [
        f"“{each.record}” {each.reason}." for each in obstacles_to(received)[: OBSTACLES_TOLD - len(later)]
    ]
    return later + built


def say_rows(count: int) -> str:
    """How many rows: "1 row", "212 rows"."""
    return ngettext("%(count)s row", "%(count)s rows", count) % {"count": f"{count:,}"}


def _how_many(received: Input, show: str) -> int:
    kept = received.counts
    if show == "left":
        return sum(kept.get("left", {}).values())
    names = {"": "rows", "answer": "waiting", "question": "with_question", "warning": "with_warning"}
    count: int = kept.get(names.get(show, show), 0)
    return count


def _page_of(received: Input, asked: Asked) -> int:
    """The page on which the open row stands; the first without one."""
    if asked.place is None:
        return 1
    return rows_before(received, asked.show, *asked.place) // ROWS_A_PAGE + 1


def _links(received: Input, shown: str) -> list[CountLink]:
    waiting = received.counts.get("waiting", 0)
    said = [
        ("new", _("new"), False),
        ("changed", _("changed"), False),
        ("same", _("the same"), False),
        ("conflict", _("in conflict"), True),
        ("error", _("can’t be stored"), True),
        ("answer", ngettext("needs an answer", "need an answer", waiting), True),
        ("warning", _("with a remark"), False),
    ]
    if received.applied_at and received.counts.get("left", {}).get("error", 0):
        said.append(("left", _("left to apply"), True))
    return [
        CountLink(count, word, f"?show={name}", shown == name, waits)
        for name, word, waits in said
        if (count := _how_many(received, name)) or shown == name
    ]


def _problems(
    received: Input, severities: tuple[str, ...], asked: Asked, apart: Sequence[InputProblem]
) -> tuple[list[Any], Page[Any] | None]:
    if not severities:
        return [], None
    problems = problems_of(received, severities)
    if asked.name and any(each.order == int(asked.name) for each in apart):
        return list(problems.filter(order=int(asked.name))), None
    if apart:
        problems = problems.exclude(pk__in=names_asked(received).values("pk"))
    if not asked.show:
        return list(problems[:QUESTIONS_FIRST]), None
    known = sum(getattr(problem_counts(received), name) for name in severities)
    known -= len(apart) if "question" in severities else 0
    page = CountedPaginator(problems, QUESTIONS_A_PAGE, known).get_page(asked.questions or 1)
    return list(page.object_list), page


def _questions_title(severities: tuple[str, ...], count: int) -> str:
    if not severities or not count:
        return ""
    if severities == ("warning",):
        return ngettext("%(count)d remark", "%(count)d remarks", count) % {"count": count}
    if severities == ("error",):
        return ngettext(
            "%(count)d thing can’t be stored as it is", "%(count)d things can’t be stored as they are", count
        ) % {"count": count}
    return ngettext("%(count)d thing needs an answer", "%(count)d things need an answer", count) % {
        "count": count
    }


def _sentence(paged: Page[Any], shown: str) -> str:
    count = paged.paginator.count
    if not count:
        return ""
    words = (
        _("Rows %(first)s to %(last)s of %(count)s")
        if shown == ""
        else _("Rows %(first)s to %(last)s of these %(count)s")
    )
    return words % {
        "first": f"{paged.start_index():,}",
        "last": f"{paged.end_index():,}",
        "count": f"{count:,}",
    }
