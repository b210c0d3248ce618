"""Which actions answer which needs, how surely, and why in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial

import numpy as np
import pyarrow as pa

from concord.engine.backends import Backend, Step
from concord.engine.coverage_features import FEATURES, TERM_OF, TERMS, Both
from concord.engine.model import Forest, shipped
from concord.engine.phrases import listed, places
from concord.engine.reading import Reading
from concord.engine.schemas import ACTIONS, COVERAGE, NEEDS, require_schema
from concord.engine.waterfall import terms_column
from concord.kernel import clock
from concord.kernel.codelists import PLACES, name_of_topic

#: At least so many actions are listed for each need, where there are so many.
LISTED_PER_NEED = 60
#: Scores from here on are listed whatever their place.
PLAUSIBLE = 0.2
#: So many actions are scored for each need at most: the likest by words, topics and beneficiaries.
SCORED_PER_NEED = 150
CLASSES = ("none", "partly", "direct")
#: What a class is worth in the score: a partly answering action is an answer, a direct one the better answer.
WORTH = np.array([0.0, 0.85, 1.0])
_GROUPS = [TERMS.index(TERM_OF[name]) for name in FEATURES]
_SCORES = pa.schema([("need_no", pa.int32()), ("action_no", pa.int32()), ("score", pa.float64())])
_ORDER = pa.schema([("place", pa.int64())])


def measure_coverage(
    actions: pa.Table,
    needs: pa.Table,
    *,
    backend: Backend,
    model: Forest | None = None,
    today: date | None = None,
    place_names: Mapping[str, str] | None = None,
) -> pa.Table:
    """Which actions may answer which needs, with a score and the evidence.

    Args:
        actions: ACTIONS; needs: NEEDS; ids distinct in each.
        model, today, place_names: as in `find_relations`.

    Returns:
        COVERAGE, by need_id, then best score first, then action_id: for each need the LISTED_PER_NEED best
        actions and all from PLAUSIBLE on. No actions or no needs: empty.

    Raises:
        SchemaMismatch: a table has other columns, or the model reads other features.

    Source: docs/methods/coverage.md.
    """
    require_schema(actions, ACTIONS)
    require_schema(needs, NEEDS)
    if not len(actions) or not len(needs):
        return COVERAGE.empty_table()
    both = Both(needs, Reading.of(actions, today or clock.now().date()))
    need, action = _worth_scoring(both)
    listed = partial(_listed, need, action, backend=backend)
    return answers_of(both, need, action, listed=listed, model=model, place_names=place_names)


def answers_of(
    both: Both,
    need: np.ndarray,
    action: np.ndarray,
    *,
    listed: Callable[[np.ndarray], np.ndarray],
    model: Forest | None = None,
    place_names: Mapping[str, str] | None = None,
) -> pa.Table:
    """COVERAGE of given pairs (need[i], action[i]); listed: from scores to the places to list, in order."""
    forest = (model or shipped("coverage")).for_features(FEATURES)
    leaves = forest.leaves(both.features(need, action))
    score = np.round(forest.probabilities(leaves) @ WORTH, 6)
    order = listed(score)
    if not len(order):
        return COVERAGE.empty_table()
    base, moved = forest.contributions(leaves[:, order], WORTH, _GROUPS)
    words = [_words(both, int(need[at]), int(action[at]), place_names or PLACES) for at in order]
    need_ids = np.array([row["id"] for row in both.needs], dtype=object)
    action_ids = np.array([row["id"] for row in both.reading.rows], dtype=object)
    values = [[found[name] or "nothing in common" for name in TERMS] for found in words]
    columns = {
        "need_id": need_ids[need[order]],
        "action_id": action_ids[action[order]],
        "score": score[order],
        "evidence": [_sentence(found) for found in words],
        "terms": terms_column(TERMS, values, moved, base, "any action beside any need"),
    }
    return pa.table(columns, schema=COVERAGE)


def best_answers_sql() -> str:
    """Places of the answers to list: the best of each need, and all that are plausible."""
    return f"""
        SELECT place FROM (
            SELECT place, need_no, action_no, score,
                   row_number() OVER (PARTITION BY need_no ORDER BY score DESC, action_no) AS rank
            FROM scores)
        WHERE rank <= {LISTED_PER_NEED} OR score >= {PLAUSIBLE}
        ORDER BY need_no, score DESC, action_no"""  # noqa: S608  (constants of ours)


def _listed(need: np.ndarray, action: np.ndarray, score: np.ndarray, *, backend: Backend) -> np.ndarray:
    scores = pa.table({"place": np.arange(len(need)), "need_no": need, "action_no": action, "score": score})
    found = backend.run([Step("best_answers", best_answers_sql())], {"scores": scores}, _ORDER)
    return np.asarray(found["place"].to_numpy())


def _worth_scoring(both: Both) -> tuple[np.ndarray, np.ndarray]:
    """All pairs in small sets; in large ones those of each need's SCORED_PER_NEED likest actions."""
    needs, actions = both.likeness.shape
    if actions <= SCORED_PER_NEED:
        return np.repeat(np.arange(needs), actions), np.tile(np.arange(actions), needs)
    likest = np.argsort(-np.round(both.worth, 9), axis=1, kind="stable")[:, :SCORED_PER_NEED]
    return np.repeat(np.arange(needs), likest.shape[1]), np.sort(likest, axis=1).ravel()


def _words(both: Both, need: int, action: int, names: Mapping[str, str]) -> dict[str, str]:
    """What need and action have in common, per term, ready to be read."""
    stated, row = both.needs[need], both.reading.rows[action]
    topics = [name_of_topic(code) for code in stated["topics"] or () if code in (row["topics"] or ())]
    common = both.places[need] & both.reading.beneficiaries[action]
    found = {name: sorted(both.wanted[name][need] & both.found[name][action]) for name in both.found}
    shared = _shared_words(both.stated_words[need], frozenset(both.reading.all_words[action]))
    return {
        "topics": f"both on {listed(topics).lower()}" if topics else "no topic in common",
        "beneficiaries": f"for {places(common, names)}" if common else "no beneficiary in common",
        "subject": f"both speak of {listed(found['subjects'])}" if found["subjects"] else "",
        "means": f"asks for and offers {listed(found['means'])}" if found["means"] else "",
        "whom it works with": f"with {listed(found['targets'])}" if found["targets"] else "",
        "wording": f"words in common: {listed(shared, 5)}" if shared else "no word in common",
        "period": _when(both, need, action),
    }


def _when(both: Both, need: int, action: int) -> str:
    p, stated = both.reading.periods, (both.needs[need]["stated_on"] or "")[:4]
    if not p.dated[action] or not stated.isdigit():
        return "period or year of the need not reported"
    year = date.fromordinal(int(p.last[action])).year
    return (
        f"the action ended before the need was stated ({stated})"
        if year < int(stated)
        else "under way after it was stated"
    )


def _shared_words(stated: Mapping[str, str], stems: frozenset[str]) -> list[str]:
    """Whole words of a statement that stand in the action's text too, longest first."""
    return sorted(
        (word for stem, word in stated.items() if stem in stems), key=lambda word: (-len(word), word)
    )


def _sentence(words: Mapping[str, str]) -> str:
    about = [
        words["topics"] if words["topics"].startswith("both") else words["subject"],
        words["beneficiaries"],
    ]
    parts = [" ".join(part for part in about if part), words["means"], words["wording"]]
    if words["period"].startswith("the action ended"):
        parts.append(words["period"])
    text = "; ".join(part for part in parts if part)
    return text[:1].upper() + text[1:]
