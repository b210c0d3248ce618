"""What is compared between two actions, as numbers; each belongs to one term of evidence."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from concord.engine import lexicon, names
from concord.engine.reading import Reading, indicator
from concord.engine.texts import row_products

#: Feature -> the term of evidence under which people see it.
TERM_OF: dict[str, str] = {
    "title_words": "wording", "title_letters": "wording", "summary_words": "wording", "all_words": "wording",
    "title_within": "wording", "title_within_other": "wording", "same_title": "wording", "text_meaning": "wording",
    "subjects": "subject", "subjects_shared": "subject",
    "topics": "topics", "topics_shared": "topics", "first_topic": "topics", "topics_rare": "topics", "pillars": "topics",
    "means": "means", "types": "means", "types_shared": "means",
    "targets": "whom it works with", "targets_shared": "whom it works with",
    "donors": "donors", "donors_known": "donors", "donors_rare": "donors",
    "implementers": "implementers", "implementers_known": "implementers", "implementers_rare": "implementers",
    "organisations": "organisations", "organisations_rare": "organisations", "roles_swapped": "organisations",
    "organisation_in_text": "organisations",
    "beneficiaries": "beneficiaries", "beneficiaries_shared": "beneficiaries", "beneficiaries_within": "beneficiaries",
    "beneficiaries_more": "beneficiaries", "beneficiaries_fewer": "beneficiaries", "title_places": "beneficiaries",
    "common_days": "period", "gap_days": "period", "common_share": "period", "starts_apart": "period",
    "ends_apart": "period", "dates_stated": "period", "same_start": "period", "same_end": "period", "turn": "period",
    "phases": "phase", "phase_step": "phase", "phase_one_only": "phase", "phase_same": "phase", "next_words": "phase",
    "before_words": "phase", "phase_order": "phase",
    "marks": "programme name", "marks_rare": "programme name", "mark_in_title": "programme name",
    "same_amount": "money", "amount_ratio": "money", "amounts_stated": "money",
    "part_words": "whole and part", "news_words": "whole and part", "length_ratio": "whole and part",
}  # fmt: skip
FEATURES: tuple[str, ...] = tuple(TERM_OF)
_FAR = 3650.0  # days: periods whose distance is not known, or ten years and more


def compare(reading: Reading, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The features of the pairs (a[i], b[i]), one row per pair, columns in the order of FEATURES.

    All are symmetric: swapping a and b gives the same numbers.
    """
    columns: dict[str, np.ndarray] = {}
    for part in (_wording, _facets, _organisations, _beneficiaries, _period, _phases, _marks, _money, _parts):
        columns.update(part(reading, a, b))
    return np.column_stack([np.asarray(columns[name], dtype=np.float64) for name in FEATURES])


def _wording(r: Reading, a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
    within_b = _title_share(r, a, b)
    within_a = _title_share(r, b, a)
    titles = np.array([" ".join(words) for words in r.title_words], dtype=object)
    return {
        "title_words": row_products(r.title_vectors, a, b),
        "title_letters": row_products(r.title_letters, a, b),
        "summary_words": row_products(r.summary_vectors, a, b),
        "all_words": row_products(r.all_vectors, a, b),
        "title_within": np.maximum(within_a, within_b),
        "title_within_other": np.minimum(within_a, within_b),
        "same_title": (titles[a] == titles[b]) & (titles[a] != ""),
        "text_meaning": row_products(r.meaning_vectors, a, b),
    }


def _title_share(r: Reading, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """How much of a's title, by weight, stands anywhere in b."""
    titles = indicator([frozenset(words) for words in r.title_words], r.weights)
    vocabulary = sorted(set().union(*r.title_words)) if r.rows else []
    keep = frozenset(vocabulary)
    everything = indicator([frozenset(words) & keep for words in r.all_words])
    if everything.shape[1] != titles.shape[1]:  # only where no title holds a word
        return np.zeros(len(a))
    totals = np.asarray(titles.sum(axis=1)).ravel()
    shared = np.zeros(len(a))
    for begin in range(0, len(a), 50_000):
        part = slice(begin, begin + 50_000)
        shared[part] = np.asarray(titles[a[part]].multiply(everything[b[part]]).sum(axis=1)).ravel()
    return np.divide(shared, totals[a], out=np.zeros(len(a)), where=totals[a] > 0)


def _sets(sets: list[frozenset[str]], a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shared count, share of the union, share weighted by how rare the shared values are."""
    plain = indicator(sets)
    shared = row_products(plain, a, b)
    sizes = np.asarray(plain.sum(axis=1)).ravel()
    union = sizes[a] + sizes[b] - shared
    share = np.divide(shared, union, out=np.zeros(len(a)), where=union > 0)
    weighted = _rare(plain)
    return shared, share, row_products(weighted, a, b)


def _rare(plain: sp.csr_matrix) -> sp.csr_matrix:
    count = np.asarray(plain.sum(axis=0)).ravel()
    weight = np.log((1 + plain.shape[0]) / (1 + count)) + 0.2
    return sp.csr_matrix(plain @ sp.diags(np.sqrt(np.maximum(weight, 0.0))))


def _cosine(sets: list[frozenset[str]], a: np.ndarray, b: np.ndarray) -> np.ndarray:
    weighted = _rare(indicator(sets))
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    both = lengths[a] * lengths[b]
    return np.divide(row_products(weighted, a, b), both, out=np.zeros(len(a)), where=both > 0)


def _facets(r: Reading, a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
    topics = [frozenset(row["topics"] or ()) for row in r.rows]
    first = np.array([(row["topics"] or [""])[0] for row in r.rows], dtype=object)
    types = [frozenset(row["action_types"] or ()) for row in r.rows]
    text = [row["title"] + ". " + row["summary"] for row in r.rows]
    subjects = [lexicon.found_in(t, "subjects") for t in text]
    means = [lexicon.found_in(t, "means") for t in text]
    targets = [lexicon.found_in(t, "targets") for t in text]
    shared_topics, share_topics, rare_topics = _sets(topics, a, b)
    shared_types, share_types, _ = _sets(types, a, b)
    shared_subjects, _, _ = _sets(subjects, a, b)
    shared_targets, _, _ = _sets(targets, a, b)
    in_other = np.array([f in t for f, t in zip(first[a], (topics[i] for i in b), strict=True)], dtype=float)
    in_one = np.array([f in t for f, t in zip(first[b], (topics[i] for i in a), strict=True)], dtype=float)
    return {
        "topics": _cosine(topics, a, b), "topics_shared": shared_topics, "topics_rare": rare_topics,
        "first_topic": in_other + in_one + (first[a] == first[b]),
        "pillars": _sets([frozenset(row["pillars"] or ()) for row in r.rows], a, b)[1],
        "types": share_types, "types_shared": shared_types, "means": _cosine(means, a, b),
        "subjects": _cosine(subjects, a, b), "subjects_shared": shared_subjects,
        "targets": _cosine(targets, a, b), "targets_shared": shared_targets,
    }  # fmt: skip


def _organisations(r: Reading, a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
    found: dict[str, np.ndarray] = {}
    for role in ("donors", "implementers"):
        sets = [bodies[role] for bodies in r.organisations]
        known = np.array([bool(s) for s in sets], dtype=float)
        shared, share, rare = _sets(sets, a, b)
        found |= {role: share, f"{role}_known": known[a] + known[b], f"{role}_rare": rare}
    everyone = [bodies["all"] for bodies in r.organisations]
    _, share, rare = _sets(everyone, a, b)
    swapped = np.array(
        [
            bool(r.organisations[i]["donors"] & r.organisations[j]["implementers"])
            or bool(r.organisations[i]["implementers"] & r.organisations[j]["donors"])
            for i, j in zip(a, b, strict=True)
        ]
    )
    named = np.array(
        [_named_in(everyone[i], r, j) or _named_in(everyone[j], r, i) for i, j in zip(a, b, strict=True)]
    )
    return found | {"organisations": share, "organisations_rare": rare, "roles_swapped": swapped, "organisation_in_text": named}


def _named_in(bodies: frozenset[str], r: Reading, other: int) -> bool:
    return bool((bodies & r.bodies_in_text[other]) - {"eu"} - r.organisations[other]["all"])


def _beneficiaries(r: Reading, a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
    sizes = np.array([len(s) for s in r.beneficiaries], dtype=float)
    shared, share, _ = _sets(r.beneficiaries, a, b)
    smaller = np.minimum(sizes[a], sizes[b])
    titles = [lexicon.places_in(row["title"]) for row in r.rows]
    _, in_titles, _ = _sets(titles, a, b)
    either = np.array([bool(s) for s in titles], dtype=float)
    return {
        "beneficiaries": share,
        "beneficiaries_shared": shared,
        "beneficiaries_within": np.divide(shared, smaller, out=np.full(len(a), 0.5), where=smaller > 0),
        "beneficiaries_more": np.maximum(sizes[a], sizes[b]),
        "beneficiaries_fewer": smaller,
        "title_places": np.where(either[a] * either[b] > 0, in_titles, 0.5),
    }


def _period(r: Reading, a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
    p = r.periods
    dated = p.dated[a] & p.dated[b]
    overlap = np.minimum(p.last[a], p.last[b]) - np.maximum(p.first[a], p.first[b]) + 1
    shorter = np.minimum(p.last[a] - p.first[a], p.last[b] - p.first[b]) + 1
    starts, ends = p.has_start[a] & p.has_start[b], p.has_end[a] & p.has_end[b]
    early, late = np.where(p.first[a] <= p.first[b], a, b), np.where(p.first[a] <= p.first[b], b, a)
    turn = np.abs(p.first[late] - p.last[early])
    return {
        "common_days": np.where(dated, np.clip(overlap, 0, _FAR), -1.0),
        "gap_days": np.where(dated, np.clip(-overlap + 1, 0, _FAR), -1.0),
        "common_share": np.where(dated, np.clip(overlap / np.maximum(shorter, 1), -2, 1), 0.5),
        "starts_apart": np.where(dated, np.minimum(np.abs(p.first[a] - p.first[b]), _FAR), -1.0),
        "ends_apart": np.where(dated, np.minimum(np.abs(p.last[a] - p.last[b]), _FAR), -1.0),
        "dates_stated": p.known[a].astype(float) + p.known[b] + starts + ends,
        "same_start": starts & (np.abs(p.first[a] - p.first[b]) <= 62),
        "same_end": ends & (np.abs(p.last[a] - p.last[b]) <= 62),
        "turn": np.where(dated, np.minimum(turn, _FAR), -1.0),
    }


def _phases(r: Reading, a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
    phase, text = r.phases, [row["title"] + ". " + row["summary"] for row in r.rows]
    follows = np.array([names.speaks_of_next(t) for t in text], dtype=float)
    precedes = np.array([names.speaks_of_before(t) for t in text], dtype=float)
    both = (phase[a] > 0) & (phase[b] > 0)
    step = np.where(both, np.minimum(np.abs(phase[a] - phase[b]), 5), -1)
    p = r.periods
    dated = p.dated[a] & p.dated[b] & both
    order = np.sign(phase[a] - phase[b]) * np.sign(p.first[a] - p.first[b])
    return {
        "phases": (phase[a] > 0).astype(float) + (phase[b] > 0),
        "phase_step": step,
        "phase_one_only": (phase[a] > 0) ^ (phase[b] > 0),
        "phase_same": both & (phase[a] == phase[b]),
        "next_words": follows[a] + follows[b],
        "before_words": precedes[a] + precedes[b],
        "phase_order": np.where(dated, order, 0),
    }


def _marks(r: Reading, a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
    shared, _, rare = _sets(r.marks, a, b)
    titles = [names.marks_of(row["title"]) for row in r.rows]
    in_title = np.array(
        [bool(titles[i] & r.marks[j]) or bool(titles[j] & r.marks[i]) for i, j in zip(a, b, strict=True)]
    )
    return {"marks": shared, "marks_rare": rare, "mark_in_title": in_title}


def _money(r: Reading, a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
    known = np.array([bool(sums) for sums in r.amounts], dtype=float)
    ratio = np.full(len(a), -1.0)
    for place in np.flatnonzero(known[a] * known[b]):
        left, right = r.amounts[a[place]], r.amounts[b[place]]
        common = left.keys() & right.keys()
        if common:
            ratio[place] = max(min(left[c], right[c]) / max(left[c], right[c]) for c in common)
    return {"same_amount": ratio >= 0.98, "amount_ratio": ratio, "amounts_stated": known[a] + known[b]}


def _parts(r: Reading, a: np.ndarray, b: np.ndarray) -> dict[str, np.ndarray]:
    text = [row["title"] + ". " + row["summary"] for row in r.rows]
    part = np.array([names.speaks_of_part(t) for t in text], dtype=float)
    news = np.array([names.speaks_as_news(t) for t in text], dtype=float)
    length = np.array([max(len(words), 1) for words in r.all_words], dtype=float)
    return {
        "part_words": part[a] + part[b],
        "news_words": news[a] + news[b],
        "length_ratio": np.minimum(length[a], length[b]) / np.maximum(length[a], length[b]),
    }
