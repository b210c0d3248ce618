"""Checking an idea before anybody commits to it: compared with what the person may see, and not kept.

Nothing here writes a row, and no text of an idea is logged. The idea is compared as an action of the plan
would be (docs/methods/checking.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from concord.analysis import engines
from concord.analysis.ideas import Idea, Like, ReadAs, likes_of, read_idea, row_of
from concord.analysis.kept_index import index_now
from concord.analysis.published import Published, index_of
from concord.analysis.rules import PROPOSED_FROM, strength_of
from concord.analysis.tables import (
    FOR_ALL_MEMBERS,
    TEXT_LIMIT,
    Facts,
    facts_of_actions,
    facts_of_needs,
    place_names,
)
from concord.engine.index import ASKED, Index
from concord.engine.need_index import NeedIndex
from concord.engine.schemas import actions_table, needs_table
from concord.kernel.errors import BadInput, NotFound
from concord.plan.queries import actions_visible_to, frameworks_visible_to, needs_visible_to
from concord.plan.rules import period_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from concord.accounts.models import Person
    from concord.plan.models import Action, Framework

__all__ = [
    "MOST_IDEAS",
    "TITLE_LIMIT",
    "Checked",
    "Checking",
    "Idea",
    "Like",
    "MayAnswer",
    "ReadAs",
    "check_ideas",
    "check_in_public",
]

MOST_IDEAS: Final = 50
"""So many ideas are checked at once: a table of more is a file to import."""

TITLE_LIMIT: Final = 500


@dataclass(frozen=True, slots=True)
class MayAnswer:
    """A need that the idea may answer. strength: "direct" or "partly"."""

    key: str
    score: float
    strength: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found for one idea: related actions and needs, each surest first."""

    idea: Idea
    read: ReadAs
    related: tuple[Like, ...]
    needs: tuple[MayAnswer, ...]


@dataclass(frozen=True, slots=True)
class Checking:
    """The answer about some ideas. compared_with: how many actions each was compared with; needs: with how
    many open needs."""

    checked: tuple[Checked, ...]
    compared_with: int
    needs: int


def check_ideas(ideas: Sequence[Idea], framework: Framework, *, actor: Person, on: date) -> Checking:
    """What relates to each idea among what the actor may see, and which open needs it may answer.

    What the actor may see is decided first: the index holds what all members see, and what else this person
    may see is read beside it for this one answer. So nothing that is hidden from them counts, not even in how
    common a word is. Nothing is written.

    Returns:
        The ideas in their order. Several ideas are compared with the plan, not with each other.

    Raises:
        NotFound: the actor may not enter this framework.
        BadInput: no idea, too many, one without a title, a date or a period that cannot be.
    """
    if not frameworks_visible_to(actor).filter(pk=framework.pk).exists():
        raise NotFound("There is no such framework, or you may not see it.")
    clean = _clean(ideas)
    world = _World.of(framework, actor, on)
    checked = tuple(world.check(idea) for idea in clean)
    return Checking(checked, len(world.index), len(world.open_needs))


def check_in_public(
    ideas: Sequence[Idea],
    framework: Framework,
    published: Published,
    own: QuerySet[Action],
    *,
    on: date,
) -> Checking:
    """The same for somebody without an account: among what is published and some actions of their own.

    own: what the organisation reports, as it may see it; such an action counts as it is now, also where
    another text of it is published. Of needs those that are published, and open there. Nothing else is read.

    Raises:
        BadInput: as `check_ideas`.
    """
    clean = _clean(ideas)
    world = _World.of_published(framework, published, own, on)
    checked = tuple(world.check(idea) for idea in clean)
    return Checking(checked, len(world.index), len(world.open_needs))


@dataclass(frozen=True, slots=True)
class _World:
    """All that one person may see, as an index, and the names that they read."""

    index: Index
    needs: NeedIndex
    hidden_needs: NeedIndex | None
    open_needs: frozenset[str]
    names: Mapping[str, str]
    on: date

    @classmethod
    def of(cls, framework: Framework, actor: Person, on: date) -> _World:
        kept = index_now(framework, on=on)
        visible = actions_visible_to(actor, framework).exclude(marking__in=FOR_ALL_MEMBERS)
        own, index = facts_of_actions(visible), kept.index
        if own:
            index = index.with_changes(_rows(own.values()), today=on)
        needs = needs_visible_to(actor, framework)
        restricted = facts_of_needs(needs.exclude(marking__in=FOR_ALL_MEMBERS))
        beside = None
        if restricted:
            beside = NeedIndex.of(needs_table(each.row for each in restricted.values()), index, today=on)
        still = needs.filter(beneficiary_rows__state__in=OPEN).values_list("key", flat=True)
        return cls(index, kept.needs, beside, frozenset(still), place_names(framework), on)

    @classmethod
    def of_published(
        cls, framework: Framework, published: Published, own: QuerySet[Action], on: date
    ) -> _World:
        index, needs = index_of(published, on=on)
        facts = facts_of_actions(own)
        if facts:
            index = index.with_changes(_rows(facts.values()), today=on)
        still = (key for key, need in published.needs.items() if _is_open(need))
        return cls(index, needs, None, frozenset(still), place_names(framework), on)

    def check(self, idea: Idea) -> Checked:
        key = idea.key if idea.key in self.index.places else NEW
        read = read_idea(idea, key, self.index, on=self.on)
        facts = Facts(0, key, 0, row_of(idea, read, key))
        pairs = engines.relate_to(self.index, [facts], on=self.on, names=self.names, per_action=ASKED)
        found = engines.cover_with(self.needs, self.index, [facts], on=self.on, names=self.names)
        if self.hidden_needs is not None:
            found += engines.cover_with(self.hidden_needs, self.index, [facts], on=self.on, names=self.names)
        found.sort(key=lambda row: (-row.score, row.need_key))
        needs = [
            MayAnswer(row.need_key, row.score, strength_of(row.score), row.evidence)
            for row in found
            if row.score >= PROPOSED_FROM and row.need_key in self.open_needs
        ]
        return Checked(idea, read, likes_of(pairs, idea, key, self.index), tuple(needs))


NEW: Final = "idea"
"""What an idea is called among keys of actions, which are capital letters and digits."""

OPEN: Final = ("not cleared", "open")
"""Where a beneficiary stands with a need that support is still welcome for."""

_SPACE = re.compile(r"\s+")


def _is_open(need: Mapping[str, Any]) -> bool:
    """Whether a published need is open for one beneficiary at least."""
    return any(place.get("state") in OPEN for place in need.get("beneficiaries") or ())


def _clean(ideas: Sequence[Idea]) -> list[Idea]:
    if not ideas:
        raise BadInput("There is nothing to check. Write a title, or choose a file with one row at least.")
    if len(ideas) > MOST_IDEAS:
        raise BadInput(
            f"{len(ideas)} ideas are more than the {MOST_IDEAS} that are checked at once. Check the file in "
            "parts, or hand it in as it is: its preview comes first, and nothing counts until you say so."
        )
    return [_clean_one(idea) for idea in ideas]


def _clean_one(idea: Idea) -> Idea:
    title = _SPACE.sub(" ", idea.title).strip()
    if not title:
        raise BadInput("An idea needs a title. Write in a few words what would be done, for whom and where.")
    period_of(idea.start, idea.end)
    return replace(idea, title=title[:TITLE_LIMIT], summary=idea.summary.strip()[:TEXT_LIMIT])


def _rows(facts: Iterable[Facts]) -> Any:
    return actions_table(each.row for each in facts)
