"""What people answered about pairs, as labels to learn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db.models import F, Q

from concord.accounts.rules import Marking
from concord.analysis.models import Assessment
from concord.analysis.rules import ACTION_FIELDS, Answer, digest_of, hashes_of
from concord.analysis.tables import Facts, facts_of_pair

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
        both = facts_of_pair(answer.finding.action_a, answer.finding.action_b)
        if answer.answer != Answer.MERGED and answer.digest != _digest(both):
            continue  # changed since the last run, which alone brings the finding's own digest up to date
        pairs.append(_label(answer))
        actions |= {facts.key: facts.row for facts in both}
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


def _digest(both: tuple[Facts, Facts]) -> str:
    """What the two say now, as a run would keep it of their pair."""
    a, b = (hashes_of(facts.row, ACTION_FIELDS) for facts in both)
    return digest_of({"a": a, "b": b})
