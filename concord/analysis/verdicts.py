"""Whether actions that stand side by side say the same under one fact. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from concord.engine.organisations import same_bodies, shared_names
from concord.kernel.names import fold

BODIES: Final = frozenset({"reported_by", "donors", "implementers"})


class Verdict(TextChoices):
    """What is said of one fact of actions side by side."""

    AGREES = "agrees", _("agrees")
    PARTLY = "partly", _("the same where reported")
    ALIKE = "alike", _("the same, written differently")
    ONCE = "once", _("only one reports it")
    DIFFERS = "differs", _("differs")


def verdict_of(field: str, cells: Sequence[Sequence[str]]) -> Verdict:
    """The verdict on what each action says, an empty list for not reported; the order in a list is nothing.

    Organisations are the same if their names are, by the keys that the engine compares them by.
    """
    said = [tuple(sorted(map(fold, cell))) for cell in cells]
    told = [cell for cell in said if cell]
    if len(told) < 2:
        return Verdict.AGREES if len(cells) == 1 else Verdict.ONCE
    if len(set(told)) == 1:
        return Verdict.AGREES if len(told) == len(said) else Verdict.PARTLY
    first, *others = [cell for cell in cells if cell]
    if field in BODIES and all(same_bodies(first, other) for other in others):
        return Verdict.ALIKE
    return Verdict.DIFFERS


def also_said(field: str, cells: Sequence[Sequence[str]]) -> list[list[bool]]:
    """Of each thing that an action says, whether another action says it too; shaped like `cells`."""
    return [
        [
            _stands_in(field, text, [other for at, cell in enumerate(cells) if at != place for other in cell])
            for text in said
        ]
        for place, said in enumerate(cells)
    ]


def _stands_in(field: str, text: str, others: Sequence[str]) -> bool:
    if field in BODIES:
        return bool(shared_names([text], others))
    return fold(text) in map(fold, others)
