"""What people answered about pairs, as labels to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import F, Q

from concord.accounts.rules import Marking
from concord.analysis.models import Assessment
from concord.analysis.rules import Answer
from concord.analysis.tables import facts_of_pair

if TYPE_CHECKING:
    from concord.plan.models import Action

_FOR_ALL_MEMBERS: Final = (Marking.CLEAR, Marking.GREEN)


@dataclass(frozen=True, slots=True)
class OwnLabels:
    """actions: rows of the engine's ACTIONS, each once; pairs: id_a, id_b and kind, in the order of the ids.

    left_out: how many standing answers are no labels, because one of the two actions changed since.
    """

    actions: tuple[dict[str, Any], ...]
    pairs: tuple[dict[str, str], ...]
    left_out: int


def own_labels() -> OwnLabels:
    """The standing answers of this installation as labels, of actions that all members may see.

    "Dismissed" says that the two are not related, "merged" that they were the same; every other answer
    says that the kind which was asked about was right. An answer counts only while both actions still
    say what they said when it was given. Restricted actions teach nothing: what a model learnt could be
    felt by people who may not see them.
    """
    standing = Assessment.objects.filter(
        undone_at=None,
        replaced_at=None,
        finding__action_a__marking__in=_FOR_ALL_MEMBERS,
        finding__action_b__marking__in=_FOR_ALL_MEMBERS,
    )
    unchanged = standing.filter(Q(answer=Answer.MERGED) | Q(digest=F("finding__digest")))
    rows = unchanged.select_related("finding__action_a__framework", "finding__action_b__framework")
    actions: dict[str, dict[str, Any]] = {}
    pairs = []
    for answer in rows.order_by("finding__key_a", "finding__key_b"):
        pairs.append(_label(answer))
        _add(actions, answer.finding.action_a, answer.finding.action_b)
    return OwnLabels(
        tuple(actions[key] for key in sorted(actions)), tuple(pairs), standing.count() - len(pairs)
    )


def _label(answer: Assessment) -> dict[str, str]:
    kinds = {Answer.DISMISSED.value: "none", Answer.MERGED.value: "duplicate"}
    return {
        "id_a": answer.finding.key_a,
        "id_b": answer.finding.key_b,
        "kind": kinds.get(answer.answer, answer.kind),
    }


def _add(actions: dict[str, dict[str, Any]], a: Action, b: Action) -> None:
    for facts in facts_of_pair(a, b):
        actions[facts.key] = facts.row
