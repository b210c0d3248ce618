"""Which actions answer which needs, how surely, and why in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import pyarrow as pa

from concord.engine import evidence, lexicon, texts
from concord.engine.backends import Backend
from concord.engine.model import Forest, shipped
from concord.engine.reading import Reading, indicator
from concord.engine.schemas import ACTIONS, COVERAGE, NEEDS, require_schema
from concord.kernel import clock
from concord.kernel.codelists import PLACES, name_of_topic

#: At least so many actions are listed for each need, where there are so many.
LISTED_PER_NEED = 60
#: Scores from here on are listed whatever their place.
PLAUSIBLE = 0.2
TERM_OF: dict[str, str] = {
    "words": "wording", "title_words": "wording", "words_found": "wording", "letters": "wording", "place": "wording",
    "subjects": "subject", "subjects_shared": "subject", "subjects_found": "subject", "subjects_missing": "subject",
    "topics": "topics", "topics_shared": "topics", "topics_found": "topics", "first_topic": "topics", "topics_rare": "topics",
    "topics_of_action": "topics", "pillar": "topics",
    "beneficiaries": "beneficiaries", "beneficiaries_shared": "beneficiaries", "beneficiaries_within": "beneficiaries",
    "beneficiaries_of_need": "beneficiaries", "beneficiaries_of_action": "beneficiaries",
    "means": "means", "means_found": "means", "targets": "whom it works with", "targets_found": "whom it works with",
    "legislative": "means", "laws": "means", "equipment": "means", "training": "means",
    "years_later": "period", "dated": "period",
}  # fmt: skip
FEATURES = tuple(TERM_OF)
TERMS = tuple(dict.fromkeys(TERM_OF.values()))
_GROUPS = [TERMS.index(TERM_OF[name]) for name in FEATURES]
CLASSES = ("none", "partly", "direct")
#: What a class is worth in the score: a partly answering action is an answer, a direct one the better answer.
WORTH = np.array([0.0, 0.85, 1.0])


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
        backend: ranks and cuts the list; model, today, place_names: as in `find_relations`.

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
    forest = model or shipped("coverage")
    both = Both(needs, Reading.of(actions, today or clock.now().date()))
    rows = []
    for place, need in enumerate(both.needs):
        x = both.features(place)
        score = np.round(forest.probabilities(x) @ WORTH, 6)
        order = np.lexsort((np.arange(len(score)), -score))
        count = max(LISTED_PER_NEED, int((score >= PLAUSIBLE).sum()))
        best = order[:count]
        base, moved = forest.contributions(x[best], WORTH, _GROUPS)
        for action, effect in zip(best.tolist(), moved, strict=True):
            words = both.words(place, action, place_names or PLACES)
            rows.append(
                {
                    "need_id": need["id"],
                    "action_id": both.reading.rows[action]["id"],
                    "score": float(score[action]),
                    "evidence": _sentence(words),
                    "terms": _terms(words, effect, base),
                }
            )
    return pa.Table.from_pylist(rows, schema=COVERAGE)


class Both:
    """Needs beside actions: what is read of both once, and the features of one need against all actions."""

    def __init__(self, needs: pa.Table, reading: Reading) -> None:
        self.needs = sorted(needs.to_pylist(), key=lambda row: row["id"])
        self.reading = reading
        statements = [texts.words(need["statement"]) for need in self.needs]
        documents = statements + reading.all_words
        weights = texts.rarity(documents)
        vectors = texts.vectors(documents, weights)
        self.statement_vectors, self.action_vectors = vectors[: len(statements)], vectors[len(statements) :]
        titles = texts.vectors(statements + reading.title_words, weights)
        self.title_vectors = titles[len(statements) :]
        letters = texts.letter_vectors(documents, weights)
        self.statement_letters, self.action_letters = letters[: len(statements)], letters[len(statements) :]
        present = indicator([frozenset(words) for words in documents])
        columns = np.array([weights[word] for word in sorted(weights)])
        self.present, self.weight = present[len(statements) :], columns
        self.statement_present = present[: len(statements)]
        self.topics = [frozenset(row["topics"] or ()) for row in reading.rows]
        counts: dict[str, int] = {}
        for topics in self.topics:
            for topic in topics:
                counts[topic] = counts.get(topic, 0) + 1
        self.topic_weight = {t: float(np.log((1 + len(reading)) / (1 + c)) + 0.2) for t, c in counts.items()}
        text = [row["title"] + ". " + row["summary"] for row in reading.rows]
        self.found = {what: [lexicon.found_in(t, what) for t in text] for what in ("subjects", "means", "targets")}
        self.types = [frozenset(row["action_types"] or ()) for row in reading.rows]
        self.pillars = [frozenset(row["pillars"] or ()) for row in reading.rows]

    def features(self, place: int) -> np.ndarray:
        """One row per action, columns in the order of FEATURES, for the need at `place`."""
        columns = self._wording(place) | self._facets(place) | self._beneficiaries(place) | self._period(place)
        return np.column_stack([np.asarray(columns[name], dtype=np.float64) for name in FEATURES])

    def _wording(self, place: int) -> dict[str, np.ndarray]:
        own = self.statement_present[place].indices
        total = float(self.weight[own].sum()) or 1.0
        words = np.asarray((self.action_vectors @ self.statement_vectors[place].T).todense()).ravel()
        order = np.lexsort((np.arange(len(words)), -words))
        rank = np.empty(len(words))
        rank[order] = np.arange(len(words))
        return {
            "words": words,
            "place": np.minimum(np.log1p(rank), 5.0),
            "title_words": np.asarray((self.title_vectors @ self.statement_vectors[place].T).todense()).ravel(),
            "words_found": np.asarray(self.present[:, own] @ self.weight[own]).ravel() / total,
            "letters": np.asarray((self.action_letters @ self.statement_letters[place].T).todense()).ravel(),
        }

    def _facets(self, place: int) -> dict[str, np.ndarray]:
        need = self.needs[place]
        statement, stated = need["statement"] or "", frozenset(need["topics"] or ())
        first = (need["topics"] or [""])[0]
        wanted = {what: lexicon.found_in(statement, what) for what in self.found}
        weight = self.topic_weight
        own = sum(weight.get(t, 0.2) for t in stated) or 1.0
        columns: dict[str, list[float]] = {name: [] for name in FEATURES}
        for no, topics in enumerate(self.topics):
            shared = stated & topics
            columns["topics_shared"].append(len(shared))
            columns["topics_found"].append(sum(weight[t] for t in shared) / own)
            columns["topics_rare"].append(max((weight[t] for t in shared), default=0.0))
            columns["topics"].append(len(shared) / max(len(stated | topics), 1))
            columns["topics_of_action"].append(len(topics))
            columns["first_topic"].append((first in topics) + ((self.reading.rows[no]["topics"] or [""])[0] in stated))
            columns["pillar"].append(need["pillar"] in self.pillars[no] if need["pillar"] and self.pillars[no] else 0.5)
            for what in ("subjects", "means", "targets"):
                here = wanted[what] & self.found[what][no]
                columns[what].append(len(here) / max(len(wanted[what] | self.found[what][no]), 1))
                columns[f"{what}_found"].append(len(here) / max(len(wanted[what]), 1))
                if what == "subjects":
                    columns["subjects_shared"].append(len(here))
                    columns["subjects_missing"].append(len(wanted[what]) - len(here))
            types = self.types[no]
            columns["legislative"].append((need["kind"] == "legislative") * (1 + ("legislation" in types)))
            columns["laws"].append(("legislation" in wanted["means"]) * (1 + ("legislation" in types)))
            columns["equipment"].append(("equipment" in wanted["means"]) * (1 + ("equipment" in types)))
            columns["training"].append(("training" in wanted["means"]) * (1 + ("training" in types)))
        return {name: np.array(cells, dtype=float) for name, cells in columns.items() if cells}

    def _beneficiaries(self, place: int) -> dict[str, np.ndarray]:
        own = frozenset(self.needs[place]["beneficiaries"] or ()) or lexicon.places_in(self.needs[place]["statement"] or "")
        theirs = self.reading.beneficiaries
        shared = np.array([len(own & codes) for codes in theirs], dtype=float)
        sizes = np.array([len(codes) for codes in theirs], dtype=float)
        union = len(own) + sizes - shared
        return {
            "beneficiaries_shared": shared,
            "beneficiaries": np.divide(shared, union, out=np.zeros(len(shared)), where=union > 0),
            "beneficiaries_within": np.where(sizes > 0, shared / max(len(own), 1), 0.5) if own else np.full(len(shared), 0.5),
            "beneficiaries_of_need": np.full(len(shared), float(len(own))),
            "beneficiaries_of_action": sizes,
        }

    def _period(self, place: int) -> dict[str, np.ndarray]:
        p = self.reading.periods
        stated = self.needs[place]["stated_on"] or ""
        if not stated[:4].isdigit():
            return {"years_later": np.zeros(len(p.first)), "dated": np.zeros(len(p.first))}
        day = date(int(stated[:4]), 7, 1).toordinal()
        later = np.where(p.dated, np.clip((p.last - day) / 365.0, -10, 10), 0.0)
        return {"years_later": later, "dated": p.dated.astype(float)}

    def words(self, place: int, action: int, names: Mapping[str, str]) -> dict[str, str]:
        """What need and action have in common, per term, ready to be read."""
        need, row = self.needs[place], self.reading.rows[action]
        statement = need["statement"] or ""
        topics = [name_of_topic(code) for code in need["topics"] or () if code in (row["topics"] or ())]
        own = frozenset(need["beneficiaries"] or ())
        found = {what: sorted(lexicon.found_in(statement, what) & self.found[what][action]) for what in self.found}
        shared = _shared_words(statement, row["title"] + " " + row["summary"])
        return {
            "topics": f"both on {evidence.listed(topics).lower()}" if topics else "",
            "beneficiaries": f"for {evidence.places(own & self.reading.beneficiaries[action], names)}"
            if own & self.reading.beneficiaries[action] else "",
            "subject": f"both speak of {evidence.listed(found['subjects'])}" if found["subjects"] else "",
            "means": f"asks for and offers {evidence.listed(found['means'])}" if found["means"] else "",
            "whom it works with": f"with {evidence.listed(found['targets'])}" if found["targets"] else "",
            "wording": f"words in common: {evidence.listed(shared, 5)}" if shared else "",
            "period": self._when(place, action),
        }  # fmt: skip

    def _when(self, place: int, action: int) -> str:
        p, stated = self.reading.periods, self.needs[place]["stated_on"] or ""
        if not p.dated[action] or not stated[:4].isdigit():
            return ""
        if date.fromordinal(int(p.last[action])).year < int(stated[:4]):
            return f"the action ended before the need was stated ({stated[:4]})"
        return ""


def _shared_words(statement: str, text: str) -> list[str]:
    """Whole words of the statement that stand in the text too, longest first."""
    stems = set(texts.words(text))
    seen: dict[str, str] = {}
    for word in texts.plain(statement).replace(",", " ").replace(".", " ").split():
        found = texts.words(word)
        if len(found) == 1 and found[0] in stems and len(word) > 3:
            seen.setdefault(found[0], word)
    return sorted(seen.values(), key=lambda word: (-len(word), word))


def _sentence(words: Mapping[str, str]) -> str:
    about = " ".join(part for part in (words["topics"] or words["subject"], words["beneficiaries"]) if part)
    parts = [about, words["means"], words["wording"], words["period"]]
    text = "; ".join(part for part in parts if part)
    return text[:1].upper() + text[1:] if text else "Little in common but the general field"


def _terms(words: Mapping[str, str], effect: np.ndarray, base: float) -> list[dict[str, object]]:
    found = [
        {"name": name, "value": words.get(name) or "nothing in common", "weight": round(float(weight), 6)}
        for name, weight in zip(TERMS, effect, strict=True)
    ]
    found.sort(key=lambda term: (-abs(float(str(term["weight"]))), str(term["name"])))
    return [{"name": "base", "value": "any action beside any need", "weight": round(base, 6)}, *found]
