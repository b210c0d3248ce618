"""Names as written that nobody identified yet, as one person may see them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet, Value

from concord.kernel.errors import NotFound
from concord.kernel.names import fold
from concord.plan.models import Action, Framework, FundingLine, NameAnswer, Participation, Statement
from concord.plan.queries.records import FOR_ALL_MEMBERS, actions_visible_to

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.accounts.queries import Actor


@dataclass(slots=True)
class UnidentifiedName:
    """A name as written, with what the person may see of it.

    roles: donor, implementer … and reporter. actions: key to title, in the order of titles.
    """

    text: str
    folded: str
    roles: set[str] = field(default_factory=set)
    actions: dict[str, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """In how many actions that the person may see."""
        return len(self.actions)


def unidentified_names(actor: Actor, framework: Framework) -> list[UnidentifiedName]:
    """The names not identified and not answered for, those in most actions first, in five queries.

    Ways of writing that differ by case, spaces and diacritics alone are one name.
    """
    found: dict[str, UnidentifiedName] = {}
    visible = actions_visible_to(actor, framework).order_by("title", "key")
    for text, role, key, title in _named_in(visible):
        folded = fold(text)
        name = found.setdefault(folded, UnidentifiedName(" ".join(text.split()), folded))
        name.roles.add(role)
        name.actions.setdefault(key, title)
    kept = NameAnswer.objects.filter(undone_at=None, organisation=None, folded__in=list(found))
    for folded in kept.values_list("folded", flat=True):
        found.pop(folded, None)
    return sorted(found.values(), key=lambda name: (-name.count, name.folded))


def _named_in(visible: QuerySet[Action]) -> list[tuple[str, str, str, str]]:
    parts = visible.filter(participations__organisation=None, participations__isnull=False)
    lines = visible.filter(funding_lines__donor=None, funding_lines__donor_as_written__gt="")
    reported = visible.exclude(reported_by_as_written="")
    donor, reporter = Value("donor"), Value("reporter")
    rows = [
        *parts.values_list("participations__as_written", "participations__role", "key", "title"),
        *lines.values_list("funding_lines__donor_as_written", donor, "key", "title"),
        *reported.values_list("reported_by_as_written", reporter, "key", "title"),
    ]
    return [row for row in rows if fold(row[0] or "")]


def answers_of_names(actor: Person) -> QuerySet[NameAnswer]:
    """The answers that hold, newest first; about restricted names only those that the person gave."""
    held = NameAnswer.objects.filter(Q(restricted=False) | Q(answered_by=actor), undone_at=None)
    return held.select_related("organisation", "answered_by").order_by("-pk")


def answer_of_name(key: str, *, actor: Person) -> NameAnswer:
    """One answer by its key; raises NotFound where there is none that the person may see."""
    found = NameAnswer.objects.filter(Q(restricted=False) | Q(answered_by=actor), key=key)
    answer = found.select_related("organisation").first()
    if answer is None:
        raise NotFound("There is no such answer.")
    return answer


def answer_that_taught(alias: int, *, actor: Person) -> NameAnswer | None:
    """The answer with which the register learnt an alias (its primary key), if it was learnt so."""
    return next((answer for answer in answers_of_names(actor) if alias in answer.learnt), None)


def files_of_name(text: str) -> list[str]:
    """The files of the rows in which a name stands as written; "" stands for typed entries."""
    actions = _actions_named(fold(text))
    rows = Statement.objects.filter(
        action__in=actions, chosen=True, field__in=("participations", "funding", "title")
    )
    return sorted(set(rows.values_list("origin__file_name", flat=True)))


def is_restricted_name(text: str) -> bool:
    """Whether a name stands in rows, and in none that every member may see."""
    actions = _actions_named(fold(text))
    if not actions:
        return False
    return not Action.objects.filter(pk__in=actions, marking__in=FOR_ALL_MEMBERS).exists()


def _actions_named(folded: str) -> Collection[int]:
    parts = Participation.objects.filter(organisation=None).values_list("as_written", "action_id")
    lines = FundingLine.objects.filter(donor=None).exclude(donor_as_written="")
    reported = Action.objects.exclude(reported_by_as_written="")
    rows = [
        *parts,
        *lines.values_list("donor_as_written", "action_id"),
        *reported.values_list("reported_by_as_written", "pk"),
    ]
    return {action for text, action in rows if fold(text) == folded}
